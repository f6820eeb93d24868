"""Copies of the project, each as another machine would have it: with its own build folder and its own data."""

import contextlib
import shutil
import subprocess
import sys
from pathlib import Path

from common.errors import without_given
from common.paths import ROOT

IGNORED = shutil.ignore_patterns("__pycache__", "real")


def checkout(folder, built_in=()):
    """Copy what a run needs of the project into `folder` (Path), and return it.

    `built_in` are folders of built-in data sets, which it gets as links.
    """
    for name in ("chapters", "common", "data"):
        shutil.copytree(ROOT / name, folder / name, ignore=IGNORED)
    shutil.copy(ROOT / "requirements.txt", folder)
    (folder / "build" / "data").mkdir(parents=True)
    for path in built_in:
        (folder / "build" / "data" / path.name).symlink_to(path.resolve(), target_is_directory=True)
    return folder


def start(folder, *words, before=(), log=None, **environment):
    """Start `python -m` with `words` in the checkout `folder`, and return the process.

    `before` are the words of a program that starts it. What it writes goes to the file `log`, or is read as its stdout.
    """
    line = [*before, sys.executable, *(words if words[0].startswith("-") else ("-m", *words))]
    variables = {**without_given(), **environment}
    if log is None:
        return subprocess.Popen(
            line, cwd=folder, env=variables, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL
        )
    with log.open("ab") as stream:
        return subprocess.Popen(
            line, cwd=folder, env=variables, stdout=stream, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL
        )


def children(folder):
    """Return the numbers of the processes that a sweep has started in the checkout `folder`. Linux says so."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):  # it has ended
            words = (process / "cmdline").read_bytes().split(b"\0")
            if b"common.sweeping.child" in words and (process / "cwd").readlink() == folder:
                found.append(int(process.name))
    return found
