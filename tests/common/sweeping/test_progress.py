"""What a sweep shows: a table on a terminal, lines elsewhere, and the time that is left."""

import io
from collections import Counter

import pytest

from common.sweeping.task import Task

pytest.importorskip("distributed", reason="needs the packages of common/tooling/requirements-sweep.txt: make sweep")
progress = pytest.importorskip("common.sweeping.progress")
A, B = Task("ch01", "builtin", 1, 1), Task("ch01", "builtin", 2, 1, {"steps": 10})
TOTAL = Counter({"ch01": 4, "ch01 steps=10": 2})


class Terminal(io.StringIO):
    def isatty(self):
        return True


@pytest.fixture
def shown():
    stream = io.StringIO()
    return progress.Progress(TOTAL, Counter({"ch01": 1}), {"ch01": [7.0]}, stream), stream


def test_elsewhere_a_finished_task_is_a_line(shown):
    show, stream = shown
    with show:
        show.refresh([], [A, A, B], slots=2)
        show.finished(A, "tcp://host:1", 12.3, ran=True)
        show.finished(A, "tcp://host:1", 0.1, ran=False)
        show.failed(B, ["on tcp://host:1, with exit status 2.", "last [line]", "of its log"])
    assert stream.getvalue() == (
        "ch01 seed 1: 12.3 s, tcp://host:1. 2 of 6 finished.\n"
        "ch01 seed 1: was there, tcp://host:1. 3 of 6 finished.\n"
        "ch01 seed 2 steps=10 failed: on tcp://host:1, with exit status 2.\n    last [line]\n    of its log\n"
    )


def test_a_terminal_has_one_table():
    stream = Terminal()
    with progress.Progress(TOTAL, Counter(), {}, stream) as show:
        show.refresh([], [A], slots=1)
        show.finished(A, "tcp://host:1", 12.3, ran=True)
        show.say("tcp://host:2 gets no task: numpy is missing there.")
    text = stream.getvalue()
    assert "seed 1" not in text and "tcp://host:2 gets no task" in text
    rows = [line for line in text.splitlines() if "steps=10" in line]
    assert rows and rows[-1].split()[:6] == ["ch01", "steps=10", "0", "2", "0", "0"]


def test_the_time_left_counts_what_runs_and_what_waits(shown):
    show, _ = shown
    assert show.left([("ch01", 3.0)], ["ch01", "ch01"], slots=2) == (4 + 7 + 7) / 2
    assert show.left([("ch01", 30.0)], ["ch01"], slots=8) == 7  # no task can be halved
    assert show.left([], [], slots=2) is None
    assert show.left([], ["ch02"], slots=2) is None  # nobody knows
    show.finished(A, "w", 5.0, ran=True)
    assert show.seconds_each("ch01") == 5.0 and show.seconds_each("ch01 steps=10") == 5.0


@pytest.mark.parametrize(("seconds", "text"), [(12.3, "12 s"), (300, "5 min"), (11400, "3 h 10 min")])
def test_spans_of_time(seconds, text):
    assert progress.span(seconds) == text
