"""The Makefile with a Python that only writes down how it is called: what is run, and with which token."""

import json
import os
import shutil
import subprocess
import sys

import pytest

from common.paths import ROOT

PYTHON = f"""#!{sys.executable}
import json, os, sys
if sys.argv[1] == "-c":
    exec(sys.argv[2])
    sys.exit()
module, words = sys.argv[2], sys.argv[3:]
with open("calls.txt", "a") as calls:
    calls.write(json.dumps([module, words, os.environ.get("REPLAY_TOKEN")]) + "\\n")
sys.exit(module in os.environ.get("FAILING", "").split())
"""


@pytest.fixture
def make(tmp_path):
    """A function that calls make in a copy of the project's bones. It gives the exit status and the calls of Python."""
    if shutil.which("make") is None or os.name == "nt":
        pytest.skip("no make here")
    shutil.copy(ROOT / "Makefile", tmp_path)
    for name in ("builtin", "synth", "pictures", "reference_text"):
        (tmp_path / "data").mkdir(exist_ok=True)
        (tmp_path / "data" / f"{name}.py").touch()
    for name in ("theory", "ch01_a", "ch02_b"):
        (tmp_path / "chapters" / name).mkdir(parents=True)
    for lock in (ROOT / "common" / "tooling").glob("*.lock"):
        (tmp_path / "common" / "tooling").mkdir(parents=True, exist_ok=True)
        shutil.copy(lock, tmp_path / "common" / "tooling")
    (tmp_path / "requirements.txt").touch()
    (tmp_path / ".venv" / "bin").mkdir(parents=True)
    for name in ("installed", "notebooks", "site"):
        (tmp_path / ".venv" / f"{name}.txt").touch()
    python = tmp_path / ".venv" / "bin" / "python"
    python.write_text(PYTHON, encoding="utf-8")
    python.chmod(0o755)

    def make(*words, **environment):
        calls = tmp_path / "calls.txt"
        calls.unlink(missing_ok=True)
        line = ["make", "--no-print-directory", *words]
        environment = {"PATH": os.environ["PATH"], **environment}
        done = subprocess.run(line, cwd=tmp_path, env=environment, capture_output=True, encoding="utf-8", check=False)
        lines = calls.read_text(encoding="utf-8").splitlines() if calls.exists() else []
        return done.returncode, [json.loads(line) for line in lines], done.stderr

    return make


def tokens(calls):
    """Return the tokens that the chapters found, and those that the report was called with."""
    found = {token for module, _, token in calls if module.startswith("chapters.")}
    asked = {words[words.index("--token") + 1] for module, words, _ in calls if module == "common.reporting.report"}
    return found, asked


@pytest.mark.parametrize("words", [[], ["printed", "DATA=real"], ["listed", "DATA=real"], ["--jobs=3"]])
def test_the_chapters_and_the_check_get_one_token_which_no_other_make_has(make, words):
    seen = []
    for _ in range(2):
        status, calls, _ = make(*words, REPLAY_TOKEN="somebody's")
        assert status == 0
        assert [module for module, *_ in calls if module.startswith("chapters.")].count("chapters.ch02_b.replay") == 1
        found, asked = tokens(calls)
        assert found == asked and len(found) == 1
        seen += found
    assert len({*seen, "", None, "somebody's"}) == 5


def test_a_chapter_alone_needs_no_token(make):
    status, calls, _ = make("ch01")
    assert (status, tokens(calls)) == (0, ({None}, set()))


def test_a_chapter_that_fails_stops_neither_the_others_nor_the_check(make):
    status, calls, _ = make(FAILING="chapters.ch01_a.replay")
    modules = [module for module, *_ in calls]
    assert modules[-2:] == ["chapters.ch02_b.replay", "common.reporting.report"] and status == 0
    status, _, _ = make(FAILING="common.reporting.report")  # what no chapter made anew does not pass there
    assert status != 0


def test_nothing_is_removed_before_a_run_and_nothing_is_run_without_data(make):
    _, calls, _ = make()
    assert {module for module, *_ in calls if module.startswith("common.")} == {"common.reporting.report"}
    status, calls, _ = make("printed", "DATA=real", FAILING="common.running.begin")
    assert status != 0 and [module for module, *_ in calls] == ["common.running.begin"]


def test_nothing_is_run_without_a_token(make):
    status, calls, errors = make("PY=false", "printed", "DATA=real")
    assert status != 0 and calls == [] and "To make it anew: make setup" in errors


def test_the_site_is_made_of_new_notebooks_and_not_without_them(make):
    status, calls, _ = make("site")
    assert [module for module, *_ in calls] == [
        *["data.builtin"] * 4,
        "common.tooling.notebooks",
        "common.publishing.site",
    ]
    assert status == 0
    status, calls, _ = make("site", FAILING="common.tooling.notebooks")
    assert status != 0 and "common.publishing.site" not in [module for module, *_ in calls]
