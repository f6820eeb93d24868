"""Signals of a run: held back or raised, and restored after it."""

import os
import signal
import subprocess
import sys
import threading
import time

import pytest

from common.paths import ROOT
from common.running.signals import CAUGHT, Stop, Stopped, caught


def send(number):
    os.kill(os.getpid(), number)


@pytest.mark.parametrize("number", CAUGHT)
def test_a_signal_is_raised_at_once_or_waits(number):
    before = signal.getsignal(number)
    stop = Stop()
    with caught(stop):
        stop.waits = True
        send(number)
        with pytest.raises(Stopped) as raised:
            stop.check()
    assert raised.value.status == 128 + number
    with caught(Stop()), pytest.raises(Stopped):
        send(number)
    assert signal.getsignal(number) == before


class Collected:
    """What sends a signal while Python collects it."""

    def __del__(self):
        send(signal.SIGTERM)


def test_a_signal_in_the_middle_of_collecting_garbage_is_not_lost(capsys):
    with caught(Stop()), pytest.raises(Stopped) as raised:
        Collected()
        time.sleep(10)
    assert raised.value.status == 143
    assert capsys.readouterr().err == ""


def test_a_signal_that_is_ignored_stays_so():
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        stop = Stop()
        with caught(stop):
            send(signal.SIGHUP)
        assert stop.number is None
    finally:
        signal.signal(signal.SIGHUP, before)


def test_another_thread_takes_no_signals():
    done = []

    def inside():
        with caught(Stop()):
            done.append(signal.getsignal(signal.SIGTERM))

    thread = threading.Thread(target=inside)
    thread.start()
    thread.join()
    assert done == [signal.getsignal(signal.SIGTERM)]


def test_the_second_signal_leaves_at_once():
    code = (
        "import os, signal, sys; from common.running.signals import Stop, caught\n"
        "stop = Stop(); stop.waits = True\n"
        "with caught(stop):\n"
        "    os.kill(os.getpid(), signal.SIGINT); print('saving', flush=True)\n"
        "    os.kill(os.getpid(), signal.SIGTERM); print('not reached', flush=True)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, encoding="utf-8", check=False)
    assert (done.returncode, done.stdout, done.stderr) == (143, "saving\n", "")


# What `python -m chapters...` does. The line tells that Python itself has started.
MODULE = (
    "import sys; sys.argv[0] = '-m'; import chapters; print('started', flush=True)\n"
    "import runpy; runpy.run_module('chapters.ch05_cnn_cifar10.replay', run_name='__main__', alter_sys=True)"
)


@pytest.mark.parametrize(("name", "status"), [("SIGINT", 130), ("SIGTERM", 143), ("SIGHUP", 129)])
@pytest.mark.parametrize("seconds", [0, 0.5])
def test_a_signal_during_the_imports_leaves_no_traceback(name, status, seconds):
    line = [sys.executable, "-c", MODULE, "--profile", "printed"]
    with subprocess.Popen(line, cwd=ROOT, stderr=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        process.stdout.readline()
        time.sleep(seconds)
        process.send_signal(signal.Signals[name])
        output, errors = process.communicate()
    assert (process.returncode, output, errors) == (status, b"", b"")
