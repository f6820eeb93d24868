"""Unpack a downloaded .tar.gz. Every member is checked before the first byte is written."""

import contextlib
import gzip
import os
import platform
import re
import shutil
import tarfile
import tempfile
from pathlib import Path, PurePosixPath

from common.errors import ReplayError
from common.files import open_regular
from common.language import _

CHUNK = 1 << 20
LONGEST_NAME = 255  # what file systems take
LONGEST_PATH = 1000
BLOCK = 512  # bytes of a member's header


class _Stream:
    """A _Stream gives tarfile the unpacked bytes. It refuses a header that would fill the memory."""

    def __init__(self, stream):
        self._stream = stream
        self.tell, self.seek = stream.tell, stream.seek

    def read(self, size):
        # tarfile copies members in small pieces. Only the extra headers (long names, pax) are read in one piece.
        if size > CHUNK:
            raise tarfile.ReadError(_("a header of {size:,} bytes").format(size=size))
        return self._stream.read(size)


def regular_members(path, at_most):
    """Return the regular files in the .tar.gz `path`: a dict of names (without './') to sizes in bytes.

    It raises ReplayError in four cases. The archive cannot be read to its end. A member is neither a plain file nor a
    folder, or both under one name. A member leads outside the folder of the archive. The archive announces more than
    `at_most` bytes in all. `at_most` None means no bound.
    """
    with _open(path) as (tar, stream):
        return {_name(member): member.size for member in _checked(path, tar, stream, at_most)}


@contextlib.contextmanager
def unpacked(path, parent, at_most, wanted=None):
    """Unpack the .tar.gz `path` into a new folder in `parent` and yield that folder.

    What is left in the folder at the end is removed. Only regular files come out. `wanted` (str to bool) says which
    names; None means all. It raises the errors of `regular_members` before anything is written. It raises OSError when
    the disk refuses a file.
    """
    if not hasattr(tarfile, "data_filter"):
        raise ReplayError(
            _(
                "{path}: not unpacked: Python 3.11.4 or later does this safely, found {found}. Name a later "
                "one: make PYTHON=python3.12."
            ).format(path=path, found=platform.python_version())
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
    """Move `folder` to `target`.

    A `target` that is there keeps its other files. The new files go in one by one, each whole at every moment.
    """
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
    with open_regular(path) as packed, gzip.GzipFile(fileobj=packed) as stream:
        try:
            tar = tarfile.open(fileobj=_Stream(stream), mode="r:")  # noqa: SIM115
        except Exception as error:
            raise _unreadable(path, error) from error
        with tar:
            yield tar, stream


def _checked(path, tar, stream, at_most):
    """Return the regular members of `tar`. All members are checked, and the stream is read to its checksum."""
    members, total, files, folders = [], 0, set(), set()
    try:
        for member in tar:
            fault = _fault(member)
            if fault:
                raise _refused(path, member.name, fault)
            total += BLOCK + member.size
            _bound(path, total, at_most)
            if member.isreg():
                members.append(member)
                files.add(_name(member))
            else:
                folders.add(_name(member))
            folders.update(map(str, PurePosixPath(member.name).parents))
            both = files & {_name(member), *map(str, PurePosixPath(member.name).parents)} & folders
            if both:
                raise _refused(path, min(both), _("is a file and a folder"))
        # Anything may follow the last member. The checksum follows that.
        while chunk := stream.read(CHUNK):
            total += len(chunk)
            _bound(path, total, at_most)
    except ReplayError:
        raise
    except Exception as error:  # tarfile raises a dozen kinds of errors for damaged bytes
        raise _unreadable(path, error) from error
    return members


def _bound(path, total, at_most):
    if at_most is not None and total > at_most:
        raise ReplayError(
            _(
                "{path}: expected at most {at_most:,} bytes in the archive, found {total:,} bytes or more. "
                "Nothing was unpacked. Fetch it again."
            ).format(path=path, at_most=at_most, total=total)
        )


def _refused(path, name, fault):
    return ReplayError(
        _(
            "{path}: expected plain files and folders, but the member {name!r} {fault}. Nothing was "
            "unpacked. Fetch it again."
        ).format(path=path, name=name, fault=fault)
    )


def _fault(member):
    """Return the fault of a member as the rest of a sentence, or None."""
    if member.issym() or member.islnk():
        return _("is a link to {target!r}").format(target=member.linkname)
    if member.issparse() or not (member.isreg() or member.isdir()):
        return _("is neither a plain file nor a folder (a device, a pipe or a file with holes)")
    if member.size < 0:
        return f"announces {member.size} bytes"
    parts = re.split(r"[/\\]", member.name)
    if member.isreg() and parts[-1] in ("", "."):
        return _("is a file without a name")
    if max(len(os.fsencode(part)) for part in parts) > LONGEST_NAME or len(member.name) > LONGEST_PATH:
        return _("has a name of more than {longest_name} bytes or a path of more than {longest_path} letters").format(
            longest_name=LONGEST_NAME, longest_path=LONGEST_PATH
        )
    # Windows reads backslashes and drive letters as paths too, so every system refuses them.
    if parts[0] == "" or ":" in member.name or "\0" in member.name:
        return _("has an absolute path or a drive in its name")
    if ".." in parts or "\\" in member.name:
        return _("leads out of its folder")
    return None


def _name(member):
    return str(PurePosixPath(member.name))


def _unreadable(path, error):
    return ReplayError(
        _(
            "{path}: expected a .tar.gz archive that can be read to its end, found damage: {error}. Fetch it again."
        ).format(path=path, error=str(error) or type(error).__name__)
    )
