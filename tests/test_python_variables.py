"""Environment variables that change Python: everything works under them, or says why not."""

import os
import subprocess
import sys

import pytest

from common.paths import ROOT

CH06 = "chapters.ch06_rnn_hello.replay"
HELPS = (
    *("common.judging.check", "common.judging.ledger", "common.reporting.report", "common.reporting.spread"),
    *("data.fetch", CH06),
)


def run(*words, **variables):
    line = [sys.executable, "-m", *words]
    return subprocess.run(line, cwd=ROOT, env={**os.environ, **variables}, capture_output=True, check=False)


@pytest.mark.parametrize("module", HELPS)
def test_helps_need_no_docstrings(module):
    done = run(module, "--help", PYTHONOPTIMIZE="2")
    assert b"Traceback" not in done.stderr
    assert done.returncode == 0 or b"PYTHONOPTIMIZE=2" in done.stderr


def test_a_chapter_without_docstrings_says_what_stops_it(tmp_path):
    done = run(CH06, "--out", str(tmp_path / "out"), PYTHONOPTIMIZE="2")
    assert done.returncode == 1 and b"Traceback" not in done.stderr
    assert b"Start the chapters through make" in done.stderr


@pytest.fixture
def foreign(tmp_path):
    """A folder with packages of our names, which end the program."""
    for name in ("common", "data", "chapters", "tests"):
        (tmp_path / "foreign" / name).mkdir(parents=True)
        (tmp_path / "foreign" / name / "__init__.py").write_text("raise SystemExit('foreign')")
    return str(tmp_path / "foreign")


@pytest.fixture(scope="module")
def plain(tmp_path_factory):
    """What ch06 prints in the environment of the tests."""
    return run(CH06, "--out", str(tmp_path_factory.mktemp("plain") / "out"), "--threads", "2").stdout


@pytest.mark.parametrize(
    "variables",
    [
        {"PYTHONPATH": "{}", "PYTHONWARNINGS": "error", "PYTHONDONTWRITEBYTECODE": "1"},
        {"PYTHONOPTIMIZE": "1", "LC_ALL": "xx_YY", "PYTHONIOENCODING": "ascii"},
        {"MPLBACKEND": "nonsense", "LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
    ],
)
def test_a_chapter_prints_the_same(tmp_path, foreign, plain, variables):
    changed = {name: value.format(foreign) for name, value in variables.items()}
    done = run(CH06, "--out", str(tmp_path / "out"), "--threads", "2", **changed)
    assert (done.returncode, done.stdout) == (0, plain), done.stderr.decode()
    assert "['갑', '습', '니', '다']".encode() in done.stdout
