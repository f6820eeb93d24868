"""Tell whether the result that an earlier sweep left is the one that a task would make."""

import importlib.metadata
import platform

from common.judging.result import read_result
from common.running.fingerprint import PACKAGES, code_of
from common.sweeping.task import chapters

NOTHING = "there is none"


def why_not(task, folder, hashes=None):
    """Return None when the result in `folder` (Path) counts as that of `task`, else the reason as text.

    It counts when the chapter ran to its end with the same settings, seed, threads, versions, code and data. `hashes`
    has the SHA-256 of each file of the data. Without it, the data is not compared.
    """
    result, complaints = read_result(task.book, task.profile, folder / "result.json")
    if not result:
        return NOTHING if complaints[0].startswith("no result") else complaints[0]
    if complaints:
        return complaints[0]
    for name, found, expected in _pairs(task, result, hashes):
        if found != expected:
            return f"{name} was {_short(found)} and is {_short(expected)}"
    return None


def _pairs(task, result, hashes):
    """Yield (name, then, now) for each thing that a result depends on."""
    yield "the seed", result.get("seed"), task.seed
    yield "the number of threads", result.get("threads"), task.threads
    versions = _table(result.get("versions"))
    yield "Python", versions.get("python"), platform.python_version()
    for name in PACKAGES:
        yield name, versions.get(name), importlib.metadata.version(name)
    yield "the code", _table(result.get("run")).get("code"), code_of(chapters()[task.chapter].path.parent)
    if hashes is not None:
        found = _table(_table(result.get("data")).get("sha256"))
        for name in sorted(found.keys() | hashes.keys()):
            yield f"the data's {name}", found.get(name), hashes.get(name)


def _table(value):
    return value if isinstance(value, dict) else {}


def _short(value):
    text = "unknown" if value is None else str(value)
    return text if len(text) <= 20 else f"{text[:12]}..."
