"""A task as a process: what it is given, and that it ends with its worker or its sweep."""

import subprocess
import sys
import threading
import time

import pytest

from common.paths import ROOT
from common.sweeping.process import Processes, environment


def test_a_process_gives_its_status_and_its_last_lines(tmp_path):
    words = ["chapters.ch06_rnn_hello.replay", "--out", str(tmp_path / "out"), "--profile", "none"]
    status, lines = Processes().run("a", words)
    assert status == 2 and "invalid choice: 'none'" in lines[-1]


def test_a_process_has_not_what_make_or_dask_gave_the_worker(monkeypatch):
    monkeypatch.setenv("REPLAY_SEED", "3")
    monkeypatch.setenv("PYTHONHASHSEED", "6640")
    assert not environment().keys() & {"REPLAY_SEED", "PYTHONHASHSEED"}
    monkeypatch.setenv("PYTHONHASHSEED", "1")
    assert environment()["PYTHONHASHSEED"] == "1"


def wait_until(condition, seconds=60):
    end = time.monotonic() + seconds
    while not condition() and time.monotonic() < end:
        time.sleep(0.05)
    assert condition()


@pytest.fixture
def long_run(tmp_path):
    """The command line of a run that would take minutes, and a function that tells whether it has saved its state."""
    words = ["chapters.ch06_rnn_hello.replay", "--out", str(tmp_path / "out"), "--with", "steps=10000000"]
    return words, lambda: bool(list((tmp_path / "out").glob(".going-on/*.state")))


def test_a_sweep_that_is_stopped_saves_and_starts_nothing_more(long_run, monkeypatch):
    words, is_saved = long_run
    monkeypatch.setenv("REPLAY_SAVE_SECONDS", "0.2")
    processes, found = Processes(), []
    thread = threading.Thread(target=lambda: found.append(processes.run("a", words)))
    thread.start()
    wait_until(is_saved)
    processes.stop("another")
    assert thread.is_alive()
    processes.stop("a")
    thread.join(60)
    assert found == [(None, [])] and is_saved() and processes.is_stopped("a")
    assert processes.run("a", words) == (None, [])


def test_a_task_ends_when_its_worker_is_killed(long_run):
    words, is_saved = long_run
    worker = "import sys; from common.sweeping.process import Processes; Processes().run('a', sys.argv[1:])"
    line = [sys.executable, "-c", worker, *words]
    with subprocess.Popen(line, cwd=ROOT, env={**environment(), "REPLAY_SAVE_SECONDS": "0.2"}) as process:
        wait_until(is_saved)
        process.kill()
    out = words[2]
    again = [sys.executable, "-m", *words[:1], "--out", out, "--with", "steps=10"]

    def is_free():  # nobody has the folder any more, so that another run can begin there
        return subprocess.run(again, cwd=ROOT, capture_output=True, check=False).returncode == 0

    wait_until(is_free)
