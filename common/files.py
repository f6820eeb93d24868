"""Open only regular files, write whole files or none, and take checksums."""

import errno
import gzip
import hashlib
import io
import os
import stat
import tempfile
from pathlib import Path

from common.language import N_, _

MOST_BYTES = 256 << 20  # of a file that is read in one piece; the largest one that is needed has 47 MB
_CHUNK = 1 << 20
_KINDS = (
    (stat.S_ISFIFO, N_("a pipe")),
    (stat.S_ISCHR, N_("a device")),
    (stat.S_ISBLK, N_("a device")),
    (stat.S_ISSOCK, N_("a socket")),
)


def open_regular(path):
    """Return the regular file at `path`, open for reading bytes. A link to a regular file is one.

    It raises OSError for anything else, before it is opened. A pipe would wait for its writer for ever, and a device
    may never end. The error's `strerror` and `filename` say what was found where.
    """
    mode = os.stat(path).st_mode  # noqa: PTH116 (`path` may be a str)
    if stat.S_ISDIR(mode):
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
    if not stat.S_ISREG(mode):
        found = next((kind for is_kind, kind in _KINDS if is_kind(mode)), N_("something else"))
        what = _("expected a regular file, found {found}").format(found=_(found))
        raise OSError(errno.EINVAL, what, str(path))
    return open(path, "rb")  # noqa: PTH123


def read_regular(path, at_most=MOST_BYTES):
    """Return the bytes of the regular file at `path`.

    It raises OSError as `open_regular` does, and for a file of more than `at_most` bytes.
    """
    with open_regular(path) as stream:
        size = os.fstat(stream.fileno()).st_size
        if size > at_most:
            raise OSError(
                errno.EFBIG,
                _("expected at most {at_most:,} bytes, found {size:,}").format(at_most=at_most, size=size),
                str(path),
            )
        return stream.read()


def gunzip(content, at_most=MOST_BYTES):
    """Return what is packed in `content`, the bytes of a gzip file.

    It raises ValueError for more than `at_most` bytes. For damage it raises OSError, EOFError or zlib.error.
    """
    unpacked = bytearray()
    with gzip.GzipFile(fileobj=io.BytesIO(content)) as stream:
        while chunk := stream.read(_CHUNK):
            unpacked += chunk
            if len(unpacked) > at_most:
                raise ValueError(_("expected at most {at_most:,} bytes unpacked, found more").format(at_most=at_most))
    return bytes(unpacked)


def write_atomically(path, content):
    """Write `content` to `path` through a temporary name, so that nobody ever sees a part of it.

    `content` is bytes, or a str, which is written as UTF-8 with Unix line ends. It raises OSError when the file
    cannot be written.
    """
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    if isinstance(content, str):
        content = content.encode("utf-8")
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(content)
        # mkstemp makes files that only their owner can read. A result is for everybody.
        Path(temporary).chmod(0o644)
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def with_home(path):
    """Return `path` (str) with the home folder in place of a `~` at its start.

    A shell does not do this for make's `DATA="~/data"`. The home of a user who does not exist stays as it is. It is
    then found missing, like any other folder.
    """
    return os.path.expanduser(path)  # noqa: PTH111 (Path.expanduser would raise RuntimeError)


def sha256(content):
    """Return the hexadecimal SHA-256 of `content` (bytes)."""
    return hashlib.sha256(content).hexdigest()
