"""Tell an official file from another by its SHA-256, packed or unpacked, under any name."""

import os
from pathlib import Path

from common.files import MOST_BYTES, gunzip, open_regular, sha256

GZIP = b"\x1f\x8b"


def names_of(file):
    """Return the official name of `file`, an entry of sources.toml, and its name when it is unpacked."""
    return file["name"], Path(file["name"]).stem if "content_sha256" in file else file["name"]


def examine(path, file):
    """Return the SHA-256 of the file at `path`, and whether it is that of `file`, an entry of sources.toml.

    The official content counts, packed anew or unpacked, under any name. A file whose size cannot be right is not
    read: its SHA-256 is None. It raises OSError for what cannot be read, such as a pipe.
    """
    packed = "content_sha256" in file
    at_most = file.get("content_bytes", MOST_BYTES) if packed else file["bytes"]
    with open_regular(path) as stream:
        size = os.fstat(stream.fileno()).st_size
        if size > 2 * max(at_most, file["bytes"]) if packed else size != at_most:
            return None, False
        content = stream.read()
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
        return sha256(gunzip(content, at_most))
    except Exception:  # a damaged archive, whatever it raises, is not the official file
        return None
