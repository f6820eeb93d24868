"""Say what the wrong file is, and which one to get instead."""

import fnmatch
import gzip

from common.files import open_regular, read_regular, sha256
from common.language import _
from common.running.official import GZIP, names_of

HEAD = 4 << 20  # bytes at the start and the end of a file that are looked at
WEB_PAGE = (b"<!doctype", b"<html", b"<?xml", b"<head", b"<script")
UNFINISHED = (".part", ".crdownload", ".download", ".partial", ".aria2")


def describe(path, size, source, file):
    """Return the sentences that say what the wrong file at `path` is, or "" when it is not known.

    It lies in place of `file`. `file` and `source` are entries of sources.toml. `size` is the file's number of bytes.
    """
    by_name = describe_name(path.name, size, source)
    if by_name:
        return by_name
    try:
        with open_regular(path) as stream:
            head = stream.read(HEAD)
            stream.seek(max(0, size - HEAD))
            tail = stream.read(HEAD)
    except OSError:
        return ""
    start = head[:200].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if not size:
        return _("It is empty. Remove it and fetch it again.")
    if start.startswith(WEB_PAGE):
        return _(
            "It is a web page, not the file: the address answered with a page. Remove it and fetch the file again."
        )
    if start.startswith(b"version https://git-lfs"):
        return _("It is a pointer of Git LFS, not the file. Run `git lfs pull` where it came from, or fetch the file.")
    if b"x_train.npy" in head or b"x_train.npy" in tail:
        return _("It is mnist.npz, numpy arrays for another program. The book reads the four IDX files.")
    if b"fine_label" in head or b"fine_label" in tail:
        return _("It is a file of CIFAR-100. The book reads CIFAR-10, cifar-10-python.tar.gz.")
    if _has_windows_line_ends(path, size, file):
        return _(
            "It is the official text with Windows line ends (CR LF), which a program put there. Turn "
            "them into LF, for example with `dos2unix` (or git's core.autocrlf=false before a clone), or "
            "fetch the file again."
        )
    return _damage_of_gzip(path, head, file)


def _has_windows_line_ends(path, size, file):
    # A text with a CR a line is longer, and less than twice as long. Others are not read.
    if "content_sha256" in file or not file["bytes"] < size <= 2 * file["bytes"]:
        return False
    content = read_regular(path)
    return b"\r\n" in content and sha256(content.replace(b"\r\n", b"\n")) == file["sha256"]


def _damage_of_gzip(path, head, file):
    if "content_sha256" not in file or not head.startswith(GZIP):
        return ""
    try:
        with open_regular(path) as packed, gzip.open(packed) as stream:
            while stream.read(HEAD):
                if stream.tell() > file.get("content_bytes", 0) + HEAD:
                    return ""
    except EOFError:
        return _("It is a part of a gzip file: the download broke off. Remove it and fetch it again.")
    except Exception:  # whatever a damaged archive raises
        return _("It is a damaged gzip file. Remove it and fetch it again.")
    return ""


def describe_name(name, size, source):
    """Return what a file or folder of this `name` is known to be, or "". A folder has the `size` None."""
    for other in source.get("others", ()):
        if size in other.get("bytes", ()) or any(fnmatch.fnmatch(name.lower(), known) for known in other["names"]):
            what, todo = other["what"], other["todo"]
            return _("It is {what}. {todo}").format(what=_(what), todo=_(todo))
    return ""


def describe_seen(seen, source, file=None, said=""):
    """Return sentences that say where `file` was looked for, and what lies there in place of the set `source`.

    `seen` is a Seen. At most three things are named, and none that was `said` before. The text ends in a space.
    """
    names = {*names_of(file), *file.get("also", ())} if file is not None else ()
    told = [(path, describe(path, size, source, file)) for path, size in seen.files if path.name.lower() in names]
    for path, size in [*((folder, None) for folder in seen.folders), *seen.files]:
        told.append((path, describe_name(path.name, size, source) or _describe_unfinished(path, size, source)))
    kinds = {}  # one file of a kind says it for all
    for path, what in told:
        kinds.setdefault(what, path)
    found = [
        _("There lies {path}: {what}").format(path=path, what=f"{what[0].lower()}{what[1:]}")
        for what, path in kinds.items()
        if what not in said
    ]
    return " ".join([str(seen), *found[:3], ""])


def _describe_unfinished(path, size, source):
    """Return what the file at `path` is when it is the set's archive or an unfinished download, else ""."""
    archive = source.get("archive", {}).get("name", "")
    if size is not None and path.name == archive:
        return _('It is the archive of the set: `make data` with SET= and DATA="{folder}" unpacks it.').format(
            folder=path.parent
        )
    wanted = (archive, *(file["name"] for file in source.get("files", ())))
    if size is not None and any(path.name == f"{name}{ending}" for name in wanted for ending in UNFINISHED):
        return _("It is a download that is not finished. `make data` fetches the whole file.")
    return ""
