"""Whole files or none: reading checksums and writing through a temporary name."""

import hashlib
import os
import tempfile
from pathlib import Path


def write_atomically(path, content):
    """Write `content` (str as UTF-8 with Unix line ends, or bytes) to `path`; nobody ever sees a part of it.

    Raises OSError when it cannot be written.
    """
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    if isinstance(content, str):
        content = content.encode("utf-8")
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(content)
        # mkstemp makes files that only their owner can read; a result is for everybody.
        Path(temporary).chmod(0o644)
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def with_home(path):
    """`path` (str) with the home folder for a `~` at its start, which no shell writes out in make's DATA="~/data".

    The home of a user who does not exist stays as it is: to be found missing, like any other folder.
    """
    return os.path.expanduser(path)  # noqa: PTH111 (Path.expanduser would raise RuntimeError)


def sha256(content):
    """Hexadecimal SHA-256 of `content` (bytes)."""
    return hashlib.sha256(content).hexdigest()
