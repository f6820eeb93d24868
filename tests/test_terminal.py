"""What a person sees: lines that are whole, one bar below them, and nothing of it left behind."""

import os
import re
import shutil
import subprocess
import sys

import pytest

from common.paths import ROOT
from tests.support.terminal import Terminal, chapter, wrapped

pytestmark = pytest.mark.skipif(os.name == "nt", reason="Windows has no pseudo-terminals of this kind")
WIDTHS = pytest.mark.parametrize("columns", [80, 100])
# A loop of three epochs as a chapter has it, without TensorFlow.
LOOP = """
import sys, time
from common.running.output import Tee
from common.running.screen import Progress, say

progress, tee = Progress("ch00"), Tee(sys.stdout)
for epoch in progress.epochs(range(3), 3):
    for i in progress.steps(range(40), 40):
        time.sleep(0.004)
        if i % 10 == 0:
            print(f"step {i}, '반갑습니다'", "가나다" * 20 if i == 20 else "", file=tee)
        if i == 30 and "quiet" not in sys.argv:
            say("ch00 cannot be saved")
tee.finish()
progress.close()
"""
LOOPED = [sys.executable, "-c", LOOP]
PRINTED = [f"step {i}, '반갑습니다' " + "가나다" * (20 if i == 20 else 0) for i in range(0, 40, 10)]
SAID = "ch00 cannot be saved"


def shown(lines, columns):
    return wrapped("\n".join(lines), columns)


def bars(lines):
    return [line for line in lines if "%|" in line]


@WIDTHS
def test_lines_are_whole_and_the_bar_is_gone_at_the_end(columns):
    done = Terminal(LOOPED, columns)
    assert done.lines == shown([*PRINTED, SAID] * 3, columns) and done.status == 0


@WIDTHS
def test_one_bar_over_all_epochs_stands_below_the_lines_with_the_time_left(columns):
    counts = []
    for _, lines in Terminal(LOOPED, columns).seen:
        filled = [line for line in lines if line]
        assert bars(filled) in ([], filled[-1:])
        for line in bars(filled):
            counts += [int(done) for done in re.findall(r"^ch00 .*\| (\d+)/120 steps, (?:\d\d:\d\d|\?) left", line)]
    assert counts == sorted(counts) and counts[0] == 0 and counts[-1] >= 110


def test_output_that_goes_elsewhere_leaves_the_bar_and_what_is_said():
    done = Terminal(LOOPED, streams="2")
    assert done.lines == [SAID] * 3
    assert any(bars(lines) for _, lines in done.seen)


def test_errors_that_go_elsewhere_leave_the_lines_alone():
    done = Terminal(LOOPED, streams="1")
    assert done.lines == shown(PRINTED * 3, 80)
    assert b"\r" not in done.raw.replace(b"\r\n", b"")


@pytest.mark.parametrize(
    ("command", "lines", "environment"),
    [
        # cat writes when it likes, even in the middle of what is said
        (["sh", "-c", '"$0" -c "$1" quiet | cat', sys.executable, LOOP], PRINTED * 3, {}),
        (LOOPED, [*PRINTED, SAID] * 3, {"TERM": "dumb"}),
        # other chapters write at the same time
        (LOOPED, [*PRINTED, SAID] * 3, {"MAKEFLAGS": "-j3 --jobserver-auth=3,4"}),
    ],
    ids=["pipe", "dumb terminal", "parallel make"],
)
def test_there_is_no_bar_where_it_could_not_step_aside(command, lines, environment):
    done = Terminal(command, **environment)
    assert done.lines == shown(lines, 80)
    assert b"\r" not in done.raw.replace(b"\r\n", b"") and b"\x1b" not in done.raw


@pytest.mark.parametrize("environment", [{}, {"NO_COLOR": "1"}, {"TERM": "dumb"}], ids=str)
def test_nothing_is_coloured(environment):
    done = Terminal(LOOPED, **environment)
    assert not re.search(rb"\x1b\[[\d;]*m", done.raw)
    done = Terminal([sys.executable, "common/tooling/usage.py"], **environment)
    assert b"make ch04" in done.raw and b"\x1b" not in done.raw


def expected_of(out, columns, before=""):
    """Return the lines that a terminal shows of a run of ch06 with its result in `out`."""
    header = f"{before}ch06: Character RNN that completes '반갑습니다' (profile builtin, seed 1)\n"
    last = rf"ch06 holds: printed 4, replayed 4, threshold >= 4; \d+\.\d s; {re.escape(str(out))}"
    return wrapped(header + (out / "output.txt").read_text(encoding="utf-8"), columns), last


def assert_whole(done, out, columns, before=""):
    """Assert that the screen shows the header, the output and the last line, and that a line stood there before."""
    lines, last = expected_of(out, columns, before)
    assert done.lines[: len(lines)] == lines
    assert re.fullmatch(last, "".join(done.lines[len(lines) :]))
    assert done.status == 0
    assert [line for line in done.seen[0][1] if line] == ["ch06 is starting: TensorFlow is loading ..."]


@WIDTHS
def test_a_chapter_says_at_once_that_it_starts_and_ends_with_its_verdict(tmp_path, columns):
    done = Terminal(chapter("ch06_rnn_hello", "--out", tmp_path / "out"), columns)
    assert_whole(done, tmp_path / "out", columns)


@pytest.mark.skipif(shutil.which("make") is None, reason="this machine has no make")
def test_so_it_is_with_make_which_says_which_chapter_it_is(tmp_path):
    make = ["make", "-o", ".venv/installed.txt", f"PY={sys.executable}", "ch06", f"OUT={tmp_path / 'out'}"]
    done = Terminal([*make, "REPLAY_TOKEN=t"], 80)
    assert_whole(done, tmp_path / "out", 80, "[7 of 8] ")


def test_a_chapter_that_is_refused_says_so_in_place_of_the_line_that_it_starts():
    done = Terminal(chapter("ch06_rnn_hello", "--seed", "x"), 80)
    assert done.status == 2 and done.lines[0].startswith("usage: python -m chapters.ch06_rnn_hello.replay")


def test_ctrl_c_while_it_starts_leaves_the_line_and_a_new_one():
    code = """
import os, signal, sys
sys.argv[0] = "-m"  # as while `python -m` looks for a module
import chapters
with open(os.devnull) as nothing:
    os.dup2(nothing.fileno(), 2)  # as TensorFlow's import does
os.kill(os.getpid(), signal.SIGINT)
"""
    done = Terminal([sys.executable, "-c", code])
    assert done.raw.endswith(b" is starting: TensorFlow is loading ...\r\n") and done.status == 130


def test_what_stands_before_the_first_line_imports_nothing_that_takes_time():
    code = "import chapters, sys; print([name for name in ('numpy', 'tqdm', 'tensorflow') if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert (done.stdout, done.stderr) == ("[]\n", "")
