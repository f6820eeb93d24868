"""Tell an official file from another by its SHA-256, packed or unpacked, under any name."""

import errno
import gzip
import io
import stat
from pathlib import Path

from common.files import sha256

GZIP = b"\x1f\x8b"
MAX_GZIP_RATIO = 1032  # deflate cannot pack more bytes into one


def names_of(file):
    """Return the official name of `file`, an entry of sources.toml, and its name when it is unpacked."""
    return file["name"], Path(file["name"]).stem if "content_sha256" in file else file["name"]


def examine(path, file):
    """Return the SHA-256 of the file at `path`, and whether it is that of `file`, an entry of sources.toml.

    The official content counts, packed anew or unpacked, under any name. A file whose size cannot be right is not
    read: its SHA-256 is None. It raises OSError for what cannot be read, such as a pipe.
    """
    path = Path(path)
    status = path.stat()
    if not stat.S_ISREG(status.st_mode):
        raise OSError(errno.EINVAL, "it is not a plain file", str(path))
    packed = "content_sha256" in file
    at_most = file.get("content_bytes", file["bytes"] * MAX_GZIP_RATIO) if packed else file["bytes"]
    if status.st_size > 2 * max(at_most, file["bytes"]) if packed else status.st_size != at_most:
        return None, False
    content = path.read_bytes()
    digest = sha256(content)
    if digest in (file["sha256"], file.get("content_sha256")):
        return digest, True
    return digest, packed and _unpacked_sha256(content, at_most) == file["content_sha256"]


def is_official(path, file):
    """Return whether the file at `path` is there and is that of `file`, an entry of sources.toml."""
    try:
        return examine(path, file)[1]
    except OSError:
        return False


def _unpacked_sha256(content, at_most):
    """Return the SHA-256 of what is packed in `content`.

    It is None for a damaged archive, and for more than `at_most` bytes.
    """
    if not content.startswith(GZIP):
        return None
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(content)) as stream:
            unpacked = stream.read(at_most + 1)
    except Exception:  # a damaged archive, whatever it raises, is not the official file
        return None
    return sha256(unpacked) if len(unpacked) <= at_most else None
