"""Tell whether the result that an earlier sweep left is the one that a task would make."""

import importlib.metadata
import platform

from common.judging.result import read_result
from common.language import _
from common.paths import current
from common.running.fingerprint import PACKAGES, code_of
from common.sweeping.task import chapters

NOTHING = "nothing"


def why_not(task, folder, hashes=None):
    """Return None when the result in `folder` (Path) counts as that of `task`, else the reason as text.

    It counts when the chapter ran to its end with the same settings, seed, threads, versions, code and data. `hashes`
    has the SHA-256 of each file of the data. Without it, the data is not compared.
    """
    result, complaints = read_result(task.book, task.profile, folder / "result.json")
    if not result:
        return complaints[0] if current(folder / "result.json").exists() else NOTHING
    if complaints:
        return complaints[0]
    for name, found, expected in _pairs(task, result, hashes):
        if found != expected:
            return _("{name} was {found} and is {expected}").format(
                name=name, found=_short(found), expected=_short(expected)
            )
    return None


def _pairs(task, result, hashes):
    """Yield (name, then, now) for each thing that a result depends on."""
    yield _("the seed"), result.get("seed"), task.seed
    yield _("the number of threads"), result.get("threads"), task.threads
    versions = _table(result.get("versions"))
    yield "Python", versions.get("python"), platform.python_version()
    for name in PACKAGES:
        yield name, versions.get(name), importlib.metadata.version(name)
    yield _("the code"), _table(result.get("run")).get("code"), code_of(chapters()[task.chapter].path.parent)
    if hashes is not None:
        found = _table(_table(result.get("data")).get("sha256"))
        for name in sorted(found.keys() | hashes.keys()):
            yield _("the data's {name}").format(name=name), found.get(name), hashes.get(name)


def _table(value):
    return value if isinstance(value, dict) else {}


def _short(value):
    text = _("unknown") if value is None else str(value)
    return text if len(text) <= 20 else f"{text[:12]}..."
