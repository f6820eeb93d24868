"""Closed and full streams: a sentence where there is a place for one, a status that is not 0, and no traceback."""

import os
import subprocess
import sys

import pytest

from common.paths import ROOT

pytestmark = pytest.mark.skipif(not os.path.exists("/dev/full"), reason="this system has no /dev/full")  # noqa: PTH110
PROGRAMS = {
    # With a token a table is printed, whether there are results or not.
    "check": "-m common.judging.check --token t",
    "claims": "-m common.judging.ledger --help",
    "report": "-m common.reporting.report --check --token t",
    "help of a chapter": "-m chapters.ch06_rnn_hello.replay --help",
    "help of make": "common/tooling/usage.py",
    "chapter": "-m chapters.ch06_rnn_hello.replay --out {out}",
}
CLOSED = {name: PROGRAMS[name] for name in ("check", "help of a chapter", "chapter")}


def run(words, out, streams, unbuffered=False):
    """Run Python with `words` in a shell that changes its streams, and return what came of it."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"}
    line = f'"{sys.executable}" {words.format(out=out)} {streams}'
    environment |= {"PYTHONUNBUFFERED": "1"} if unbuffered else {}
    done = subprocess.run(
        ["sh", "-c", line], cwd=ROOT, env=environment, capture_output=True, text=True, encoding="utf-8"
    )
    assert "Traceback" not in done.stderr + done.stdout and "Exception ignored" not in done.stderr
    assert not (out / "result.json").exists()
    return done


@pytest.mark.parametrize("program", PROGRAMS)
def test_a_full_disk_behind_standard_output_is_said(tmp_path, program):
    done = run(PROGRAMS[program], tmp_path / "out", ">/dev/full")
    assert done.returncode == 1 and "standard output: No space left on device" in done.stderr


@pytest.mark.parametrize("program", ["check", "chapter"])
def test_so_it_is_without_a_buffer(tmp_path, program):
    done = run(PROGRAMS[program], tmp_path / "out", ">/dev/full", unbuffered=True)
    assert done.returncode == 1 and "standard output: No space left on device" in done.stderr


def test_a_chapter_that_cannot_say_anything_leaves_no_result(tmp_path):
    assert run(PROGRAMS["chapter"], tmp_path / "out", "2>/dev/full").returncode != 0
    assert run(PROGRAMS["chapter"], tmp_path / "out", ">/dev/full 2>&1").returncode != 0


@pytest.mark.parametrize("program", CLOSED)
@pytest.mark.parametrize(
    ("streams", "place", "words"),
    [
        (">&-", "stderr", "standard output is closed"),
        ("2>&-", "stdout", "standard error is closed"),
        (">&- 2>&-", None, ""),
    ],
)
def test_a_closed_stream_is_said_on_the_other(tmp_path, program, streams, place, words):
    done = run(CLOSED[program], tmp_path / "out", streams)
    assert done.returncode == 1
    for name in ("stdout", "stderr"):
        assert words in getattr(done, name) if name == place else getattr(done, name) == ""


def test_setup_and_help_say_it_too(tmp_path):
    done = run("common/tooling/environment.py", tmp_path, ">&-")
    assert done.returncode == 1 and "setup stopped: standard output or standard error is closed" in done.stderr
    assert run("common/tooling/environment.py", tmp_path, "2>&-").returncode == 1
    done = run("common/tooling/usage.py", tmp_path, ">&-")
    assert done.returncode == 1 and "standard output is closed" in done.stderr


def test_a_closed_standard_input_does_not_matter(tmp_path):
    line = "import common, os; assert os.fstat(0).st_rdev == os.stat(os.devnull).st_rdev; print('read')"
    done = run(f'-c "{line}"', tmp_path, "<&-")
    assert (done.returncode, done.stdout, done.stderr) == (0, "read\n", "")
