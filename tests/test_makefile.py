"""The Makefile with a Python that only writes down how it is called: what is run, and with which token."""

import json
import os
import re
import shutil
import subprocess
import sys

import pytest

from common.judging.chapter import all_chapters
from common.language import VARIABLES, current
from common.paths import ROOT
from common.running.sources import read_sources

PYTHON = f"""#!{sys.executable}
import json, os, sys
if sys.argv[1] == "-c":
    exec(sys.argv[2])
    sys.exit()
module, words = sys.argv[2], sys.argv[3:]
with open("calls.txt", "a") as calls:
    calls.write(json.dumps([module, words, os.environ.get("REPLAY_TOKEN"), os.environ.get("REPLAY_ORDER")]) + "\\n")
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
    found = {token for module, _, token, _ in calls if module.startswith("chapters.")}
    asked = {words[words.index("--token") + 1] for module, words, *_ in calls if module == "common.reporting.report"}
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


@pytest.mark.parametrize("words", [[], ["printed", "DATA=real"], ["listed", "DATA=real"]])
def test_other_settings_are_for_one_chapter(make, words):
    status, calls, errors = make(*words, "WITH=steps=3")
    assert status != 0 and [module for module, *_ in calls if module != "data.builtin"] == []
    assert 'WITH is for one chapter: make ch02 WITH="steps=3"' in errors
    status, calls, _ = make("ch02", "WITH=steps=3")
    assert status == 0 and calls[-1][0] == "chapters.ch02_b.replay"


def test_nothing_is_run_without_a_token(make):
    status, calls, errors = make("PY=false", "printed", "DATA=real")
    assert status != 0 and calls == [] and "To make it anew: make setup" in errors


def test_the_site_is_made_of_new_notebooks_and_not_without_them(make):
    status, calls, _ = make("site")
    assert [module for module, *_ in calls] == ["data.builtin", "common.tooling.notebooks", "common.publishing.site"]
    assert status == 0
    status, calls, _ = make("site", FAILING="common.tooling.notebooks")
    assert status != 0 and "common.publishing.site" not in [module for module, *_ in calls]


def test_a_chapter_of_a_make_knows_which_of_all_it_is_and_one_alone_does_not(make):
    _, calls, _ = make(REPLAY_ORDER="theory", REPLAY_TOKEN="a shell's")
    assert {order for module, _, _, order in calls if module.startswith("chapters.")} == {"theory ch01 ch02"}
    _, calls, _ = make("ch01", REPLAY_ORDER="ch01", REPLAY_TOKEN="a shell's")
    assert [(module, order) for module, *_, order in calls if module.startswith("chapters.")] == [
        ("chapters.ch01_a.replay", "")
    ]


def test_a_chapter_makes_the_data_that_it_reads_and_no_other(make):
    made = {}
    for name in ("theory", "ch01", "ch02"):
        _, calls, _ = make(name)
        made[name] = [words for module, words, *_ in calls if module == "data.builtin"]
    assert made == {"theory": [], "ch01": [["mnist"]], "ch02": [["mnist"]]}
    _, calls, _ = make("ch01", "PROFILE=printed", "DATA=real")
    assert [module for module, *_ in calls] == ["chapters.ch01_a.replay"]


@pytest.mark.parametrize("chapter", all_chapters(), ids=lambda chapter: chapter.name)
def test_the_makefile_names_the_set_that_the_book_toml_names(chapter):
    found = re.search(rf"^SET_{chapter.name} := (.*)$", (ROOT / "Makefile").read_text(encoding="utf-8"), re.M)
    folder = read_sources()[chapter.data]["folder"] if chapter.data else None
    assert (found and found[1]) == folder


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["CHAPTER=ch02"], "make replays all chapters. For one of them: make ch02"),
        (["printed", "DATA=real", "CHAPTER=ch02"], "make printed replays all chapters. For one of them: make ch02"),
        (["ch01", "CHAPTER=ch02"], "ch01 is the chapter already: leave CHAPTER out"),
        (["report", "CHAPTER=ch02"], "One chapter: make check CHAPTER=ch02"),
    ],
)
def test_a_chapter_that_a_target_does_not_take_is_refused(make, words, said):
    status, calls, errors = make(*words)
    assert (status, calls) == (2, []) and said in errors


def test_what_make_refuses_is_said_in_each_language():
    text = (ROOT / "Makefile").read_text(encoding="utf-8")
    names = set(re.findall(r"\$\(call refuse,(\w+)\)", text))
    said = dict(re.findall(r"^(\w+_(?:en|ko)) = (.*)$", text, re.M))
    assert names and said.keys() == {f"{name}_{language}" for name in names for language in ("en", "ko")}
    for name in names:
        english, korean = said[f"{name}_en"], said[f"{name}_ko"]
        assert re.search("[가-힣]", korean) and not re.search("[가-힣]", english)
        values = [
            sorted(re.findall(r"\$@|\$\(PY\)|\$\(call given,\w+\)|\$\(strip", each)) for each in (english, korean)
        ]
        assert values[0] == values[1], name
    assert text.count("$(error") == 1, "call refuse, which knows the language"


@pytest.mark.parametrize(
    ("environment", "korean"),
    [
        ({}, False),
        ({"LANG": "ko_KR.UTF-8"}, True),
        ({"LANGUAGE": "en", "LANG": "ko_KR.UTF-8"}, False),
        ({"LANGUAGE": "fr:ko:en"}, True),
        ({"LANG": "C.UTF-8"}, False),
        ({"LC_ALL": "C", "LANG": "ko_KR.UTF-8"}, False),
    ],
)
def test_make_speaks_the_language_that_the_programs_speak(make, environment, korean, monkeypatch):
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert current() == ("ko" if korean else "en")
    status, calls, errors = make("data", **environment)
    assert status == 2 and calls == []
    assert ("받을 데이터를 알려 주십시오" in errors) == korean and ("Say which data set" in errors) != korean
