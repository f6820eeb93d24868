"""Say what a run's numbers depend on, so that only the same run goes on from a saved state."""

import importlib.metadata
import platform
from pathlib import Path

from common.files import sha256
from common.language import _
from common.paths import ROOT

PACKAGES = ("tensorflow", "tf_keras", "numpy")
# What the chapters compute with: the top of common/ and these folders of it.
FOLDERS = (".", "formats", "running")


def fingerprint(run, script):
    """Return all that the numbers of `run` depend on, as a flat dict of name to text or number.

    `script` is the path of the chapter's script.
    """
    chapter, profile = run.chapter, run.profile
    return {
        "chapter": chapter.name,
        "script": Path(script).name,
        "profile": profile,
        "seed": run.seed,
        "threads": run.threads,
        **{f"setting {name}": repr(value) for name, value in chapter.settings(profile).items()},
        **{f"SHA-256 of {name}": value for name, value in run.hashes.items()},
        "code": code_of(Path(script).resolve().parent),
        "Python": platform.python_version(),
        **{name: importlib.metadata.version(name) for name in PACKAGES},
        "processor": _processor(),
    }


def difference(found, expected):
    """Return a text that names the first difference of two fingerprints, or None when they are equal."""
    for name in [*expected, *found]:
        if found.get(name) != expected.get(name):
            return _("{name} was {found} and is {expected}").format(
                name=name, found=_short(found.get(name)), expected=_short(expected.get(name))
            )
    return None


def _short(value):
    text = _("missing") if value is None else str(value)
    return text if len(text) <= 40 else f"{text[:12]}..."


def code_of(folder):
    """Return the SHA-256 of the Python files of a chapter's `folder` and of what the chapters compute with."""
    paths = [*folder.glob("*.py"), *(path for name in FOLDERS for path in (ROOT / "common" / name).glob("*.py"))]
    return sha256("".join(f"{path.name} {sha256(path.read_bytes())}\n" for path in sorted(paths)).encode())


def _processor():
    """Return what kind of processor this is: another one may round differently."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        lines = []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else f"{platform.machine()} {platform.processor()}".strip()
