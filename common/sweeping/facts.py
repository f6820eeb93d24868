"""Say what a machine has that a run depends on: code, versions, data and memory."""

import contextlib
import importlib.metadata
import io
import json
import platform
import re
import socket
import uuid
from pathlib import Path

from common.errors import ReplayError, given
from common.files import sha256, with_home
from common.language import _
from common.paths import BUILD, ROOT
from common.running.memory import free_bytes
from common.running.sources import locate
from common.sweeping.task import chapters

PINS = ("requirements.txt", "common/tooling/requirements-sweep.txt")
CODE = "code/"  # before the name of what has the code
FOLDERS = (".", "formats", "judging", "running", "sweeping")  # of common/: what a run and its result come from


def facts(names):
    """Return the versions and the code on this machine that the chapters `names` depend on, a dict of texts."""
    return {
        "Python": platform.python_version(),
        **{name: _version(name) for name in _pinned()},
        f"{CODE}common": _digest([path for name in FOLDERS for path in (ROOT / "common" / name).glob("*.py")]),
        **{f"{CODE}{name}": _code_of_chapter(name) for name in names},
    }


def difference(there, here):
    """Return the sentence that names the first difference of two dicts of facts, or None when they are equal."""
    for name in [*here, *there]:
        found, expected = there.get(name), here.get(name)
        if found != expected:
            if name.startswith(CODE):
                return _("the code of {name} is other than here").format(name=name.removeprefix(CODE))
            return _("{name} is {found} there and {expected} here").format(
                name=name, found=found or _("missing"), expected=expected or _("missing")
            )
    return None


def machine():
    """Return a text that is the same for all programs of this machine, and for no other."""
    return f"{socket.gethostname()} {uuid.getnode():012x}"


def free():
    """Return how many bytes programs can still take on this machine, or None when nobody says."""
    return free_bytes()


def own_data(root):
    """Return the folder of the real data on this machine. The worker's own DATA goes before `root`."""
    root = given("data") or root
    return str(Path(with_home(root)).absolute()) if root else None


def data_there(name, real, root):
    """Return (hashes, complaint) of the data set `name` on this machine: a dict and None.

    For data that is not there, they are None and a text.

    `root` (str) is the folder of the real data that the sweep was given.
    """
    root = own_data(root)
    if real and not root:
        return None, _("it was not told where the real data is: start it with make worker DATA=dir")
    try:
        with contextlib.redirect_stderr(io.StringIO()):  # what was taken from where is said by each run
            return locate(name, root if real else BUILD / "data", real)[1], None
    except (ReplayError, OSError) as error:
        return None, str(error)


def digest(hashes):
    """Return one SHA-256 for the hashes of many files."""
    return sha256(json.dumps(hashes, sort_keys=True).encode())


def _pinned():
    """Return the names of the packages that the direct pins name."""
    text = "".join((ROOT / name).read_text(encoding="utf-8") for name in PINS)
    return re.findall(r"^([\w.-]+)==", text, re.M)


def _version(name):
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return None


def _code_of_chapter(name):
    if name not in chapters():
        return None
    folder = chapters()[name].path.parent
    return _digest([*folder.glob("*.py"), *folder.glob("*.toml")])


def _digest(paths):
    names = sorted(paths)
    return sha256("".join(f"{path.name} {sha256(path.read_bytes())}\n" for path in names).encode())
