"""A downloaded .tar.gz: every member is checked before the first byte of it is written."""

import contextlib
import gzip
import re
import shutil
import tarfile
import tempfile
from pathlib import Path, PurePosixPath

from common.errors import ReplayError

CHUNK = 1 << 20
BLOCK = 512  # what the header of a member takes


class _Stream:
    """The unpacked bytes as tarfile reads them; a header that would fill the memory is refused, not read."""

    def __init__(self, stream):
        self._stream = stream
        self.tell, self.seek = stream.tell, stream.seek

    def read(self, size):
        # tarfile copies members in small pieces: only the extra headers (long names, pax) are read in one piece.
        if size > CHUNK:
            raise tarfile.ReadError(f"a header of {size:,} bytes")
        return self._stream.read(size)


def regular_members(path, at_most):
    """The regular files in the .tar.gz `path` as a dict of their names (without './') to their sizes in bytes.

    Raises ReplayError when it cannot be read to its end; when a member is not a plain file or folder, or leads outside
    the folder it is unpacked in; and when it announces more than `at_most` bytes in all (None: no bound).
    """
    with _open(path) as (tar, stream):
        return {_name(member): member.size for member in _checked(path, tar, stream, at_most)}


@contextlib.contextmanager
def unpacked(path, parent, at_most, wanted=None):
    """Unpack the .tar.gz `path` into a new folder in `parent`, yield it, and remove what is left of it at the end.

    Only regular files come out, those whose name `wanted` (str to bool) admits. Raises what `regular_members` raises,
    before anything is written, and OSError when it cannot be written.
    """
    if not hasattr(tarfile, "data_filter"):
        raise ReplayError(
            "Archives are unpacked safely from Python 3.11.4 on: name a later one, make PYTHON=python3.12."
        )
    with _open(path) as (tar, stream):
        members = [member for member in _checked(path, tar, stream, at_most) if wanted is None or wanted(_name(member))]
        folder = Path(tempfile.mkdtemp(dir=parent, prefix=f".{Path(path).name}."))
        try:
            try:
                tar.extractall(folder, members=members, filter="data")
            except (tarfile.TarError, ValueError) as error:
                raise _unreadable(path, error) from error
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)


def place(folder, target):
    """Move `folder` to `target`; where that is already, its files go in one by one, each whole at every moment."""
    if not target.exists():
        target.parent.mkdir(parents=True, exist_ok=True)
        folder.rename(target)
        return
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            goal = target / path.relative_to(folder)
            goal.parent.mkdir(parents=True, exist_ok=True)
            path.replace(goal)


@contextlib.contextmanager
def _open(path):
    with gzip.open(path) as stream:
        try:
            tar = tarfile.open(fileobj=_Stream(stream), mode="r:")  # noqa: SIM115
        except Exception as error:
            raise _unreadable(path, error) from error
        with tar:
            yield tar, stream


def _checked(path, tar, stream, at_most):
    """The regular members of `tar`, all of them checked, and the stream read to its end and checksum."""
    members, total = [], 0
    try:
        for member in tar:
            fault = _fault(member)
            if fault:
                raise ReplayError(
                    f"{path}: the member {member.name!r} {fault}. Nothing was unpacked: this is not the archive it "
                    "should be. Delete it and fetch it again."
                )
            total += BLOCK + member.size
            _bound(path, total, at_most)
            if member.isreg():
                members.append(member)
        # Behind the last member there may be anything, and the checksum comes after it.
        while chunk := stream.read(CHUNK):
            total += len(chunk)
            _bound(path, total, at_most)
    except ReplayError:
        raise
    except Exception as error:  # tarfile raises a dozen kinds for damaged bytes
        raise _unreadable(path, error) from error
    return members


def _bound(path, total, at_most):
    if at_most is not None and total > at_most:
        raise ReplayError(
            f"{path}: it announces {total:,} bytes or more, but what belongs into it is less than {at_most:,}. Nothing "
            "was unpacked: this is not the archive it should be. Delete it and fetch it again."
        )


def _fault(member):
    """What is wrong with a member, as the rest of a sentence, or None."""
    if member.issym() or member.islnk():
        return f"is a link to {member.linkname!r}"
    if member.issparse() or not (member.isreg() or member.isdir()):
        return "is neither a plain file nor a folder (a device, a pipe or a file with holes)"
    if member.size < 0:
        return f"announces {member.size} bytes"
    parts = re.split(r"[/\\]", member.name)
    # Windows takes backslashes and drive letters for paths too, so they are refused everywhere.
    if parts[0] == "" or ":" in member.name or "\0" in member.name:
        return "has an absolute path or a drive in its name"
    if ".." in parts or "\\" in member.name:
        return "leads out of its folder"
    return None


def _name(member):
    return str(PurePosixPath(member.name))


def _unreadable(path, error):
    return ReplayError(f"{path}: not a .tar.gz archive that can be read to its end ({error or type(error).__name__}).")
