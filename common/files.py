"""Write whole files or none, and take their checksums."""

import hashlib
import os
import tempfile
from pathlib import Path


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
