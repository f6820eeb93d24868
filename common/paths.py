"""This module says where things lie: the project, what `make` builds, and a result."""

from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BUILD = ROOT / "build"
READY = ".ready"  # in the folder of a result: parts of a newer one, which are still to be moved to their places


def result_folder(profile, name, build=None):
    """Return the folder of the result of the chapter `name` (such as "ch01") under `profile`, in `build` or BUILD."""
    return Path(build or BUILD) / profile / name


def variant_folder(profile, name, variant="", build=None):
    """Return the folder of the result of the chapter `name` with other settings, of which `variant` is the name.

    Without `variant` it is the folder that has them all.
    """
    return Path(build or BUILD) / profile / "variants" / name / variant


def shown(path):
    """Return `path` as text for a person: relative to the current folder, when it lies below it."""
    path, here = Path(path), Path.cwd()
    return str(path.relative_to(here) if path.is_relative_to(here) else path)


def current(path):
    """Return where a part of a result lies now. `path` is its place, such as `result.json` in the result's folder.

    A run that was killed at its very end may have left the newer part in `.ready`.
    """
    path = Path(path)
    newer = path.parent / READY / path.name
    return newer if newer.exists() else path
