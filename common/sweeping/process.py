"""Run a task as a process of its own, and stop it with its worker or its sweep."""

import collections
import contextlib
import os
import subprocess
import sys
import threading

from common.errors import without_given
from common.paths import ROOT
from common.sweeping.child import SECONDS

LINES = 20  # of what a process writes to standard error: the last ones
# Dask sets these for its own workers. A chapter is to find what a chapter alone finds.
OF_DASK = {"PYTHONHASHSEED": "6640"}


class Processes:
    """A Processes has what runs on this worker now, by sweep. Its methods may be called from any thread."""

    def __init__(self):
        self._lock = threading.Lock()
        self._running = []  # pairs of a sweep and a process
        self._stopped = set()  # sweeps that shall start nothing any more

    def run(self, sweep, words):
        """Run `python -m` with `words` for `sweep` (text). Return the exit status and the last lines of its errors.

        Return None and no lines when the sweep was stopped.
        """
        with self._lock:
            if sweep in self._stopped:
                return None, []
            process = subprocess.Popen(
                [sys.executable, "-m", "common.sweeping.child", *words],
                cwd=ROOT,
                env=environment(),
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
                **_apart(),
            )
            self._running.append((sweep, process))
        lines = collections.deque(maxlen=LINES)
        try:
            for line in process.stderr:
                lines.append(line.decode("utf-8", "replace").rstrip())
            status = process.wait()
        finally:
            with self._lock:
                self._running.remove((sweep, process))
            _close(process)
            process.stderr.close()
        return (None, []) if sweep in self._stopped else (status, list(lines))

    def stop(self, sweep=None):
        """Ask the processes of `sweep` to save and to end, and kill those that do not. Without a sweep, ask all."""
        with self._lock:
            if sweep is not None:
                self._stopped.add(sweep)
            asked = [process for other, process in self._running if sweep in (None, other)]
        for process in asked:
            _close(process)
        if asked:
            threading.Thread(target=_kill_late, args=[asked], daemon=True).start()

    def is_stopped(self, sweep):
        """Return whether `sweep` was stopped."""
        return sweep in self._stopped


def environment():
    """Return the environment of a task, as a dict: this worker's, without what is not for a chapter."""
    return {name: value for name, value in without_given().items() if OF_DASK.get(name) != value}


def _apart():
    """Return the arguments that keep Ctrl-C of the terminal from a process: its worker stops it."""
    if os.name == "nt":
        return {"creationflags": subprocess.CREATE_NEW_PROCESS_GROUP}
    return {"start_new_session": True}


def _close(process):
    with contextlib.suppress(OSError):  # it has ended
        process.stdin.close()


def _kill_late(processes):
    for process in processes:
        try:
            process.wait(timeout=SECONDS + 5)
        except subprocess.TimeoutExpired:
            process.kill()
