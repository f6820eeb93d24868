"""This module says where things lie: the project, what `make` builds, and a result."""

from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BUILD = ROOT / "build"


def result_folder(profile, name, build=BUILD):
    """Return the folder of the result of the chapter `name` (such as "ch01") under `profile`."""
    return Path(build) / profile / name
