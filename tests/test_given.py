"""What make is given reaches the programs to the letter, and nothing else does: a stub stands in for .venv's Python."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from common import errors
from common.judging import check
from common.paths import ROOT
from common.running.arguments import parse_arguments
from tests.support.chapters import shortened

pytestmark = pytest.mark.skipif(shutil.which("make") is None, reason="this machine has no make")
STUB = """
import json, os, sys
if sys.argv[1] == "-c":
    print("token")
    sys.exit()
with open(__file__ + ".seen", "a") as seen:
    seen.write(json.dumps({"argv": sys.argv[1:], "environment": dict(os.environ)}) + "\\n")
"""
# Names of folders that a shell, or make, would make something else of. `{}` is a file that must not come to be.
NAMES = [
    "plain",
    "two words",
    "a space at its end ",
    'a "quoted" one',
    "one ' alone",
    "`touch {}`",
    "$(touch {})",
    "$(shell touch {})",
    "${{HOME}}",
    "$HOME",
    "a; touch {}",
    "a && touch {} &",
    "a | b > {}",
    "a # b",
    "#",
    "a\\b\\",
    "100 %",
    "(a, b)",
    "a=b:=c",
    "*",
    "~nosuchuser",
    "--help",
    "한글 폴더",
]
HARD = [name for name in NAMES if "{}" in name or name == "#"]


@pytest.fixture
def project(tmp_path):
    """A copy of the Makefile in a small project, and the function that runs make there.

    The function returns the finished process, and what the stub saw: a list of (words, environment).
    """
    root = tmp_path / "project"
    shutil.copytree(ROOT / "data", root / "data", ignore=shutil.ignore_patterns("real", "__pycache__"))
    for script in (ROOT / "chapters").glob("*/re*.py"):
        (root / script.relative_to(ROOT)).parent.mkdir(parents=True, exist_ok=True)
        (root / script.relative_to(ROOT)).touch()
    shutil.copy(ROOT / "Makefile", root)
    sets = ("mnist", "genres", "cifar-10-batches-py", "ptb")
    for name in (
        "requirements.txt",
        ".venv/installed.txt",
        ".venv/notebooks.txt",
        ".venv/sweep.txt",
        *(f"build/data/{s}/.made" for s in sets),
    ):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).touch()
    for path in (ROOT / "common" / "tooling").glob("*"):
        if path.suffix in (".txt", ".lock"):
            (root / "common" / "tooling").mkdir(parents=True, exist_ok=True)
            shutil.copy(path, root / "common" / "tooling")
            os.utime(root / "common" / "tooling" / path.name, (0, 0))
    stub = tmp_path / "stub.py"
    stub.write_text(STUB)

    def run(*words, **environment):
        seen = Path(f"{stub}.seen")
        seen.unlink(missing_ok=True)
        others = {name: value for name, value in os.environ.items() if not name.startswith(("MAKE", "MFLAGS"))}
        done = subprocess.run(
            ["make", f"PY={sys.executable} {stub}", *words],
            cwd=root,
            env={**others, **environment},
            capture_output=True,
            text=True,
            errors="surrogateescape",
            timeout=120,
        )
        lines = map(json.loads, seen.read_text().splitlines() if seen.exists() else ())
        return done, [(line["argv"], line["environment"]) for line in lines]

    return run


def given(environment):
    """Return what a program finds of what make was given, without what is empty."""
    return {name.removeprefix("REPLAY_"): environment[name] for name in environment if is_given(name, environment)}


def is_given(name, environment):
    return name.removeprefix("REPLAY_").lower() in errors.GIVEN and name.startswith("REPLAY_") and environment[name]


@pytest.mark.parametrize("name", NAMES)
def test_a_name_reaches_the_chapter_to_the_letter(project, tmp_path, monkeypatch, name):
    trap = tmp_path / "trap"
    name = name.format(trap)
    done, seen = project("ch07", "PROFILE=printed", *(f"{v}={name}" for v in ("DATA", "OUT", "LOGDIR", "SAMPLE")))
    assert (done.returncode, done.stderr) == (0, "") and not trap.exists()
    ((words, environment),) = seen
    assert words == ["-m", "chapters.ch07_lstm_ptb.replay"]
    assert given(environment) == {"PROFILE": "printed", **dict.fromkeys(("DATA", "OUT", "LOGDIR", "SAMPLE"), name)}
    assert "DATA" not in environment
    for variable in ("DATA", "OUT", "PROFILE"):
        monkeypatch.setenv(f"REPLAY_{variable}", environment[f"REPLAY_{variable}"])
    from chapters.ch07_lstm_ptb import replay

    options = parse_arguments(shortened(replay), Path(replay.__file__), [], can_sample=True)
    assert (options.data, options.out, options.profile) == (name, name, "printed")


@pytest.mark.parametrize("name", HARD[2:5])
@pytest.mark.parametrize(
    ("target", "program"),
    [
        ("data", "data.fetch"),
        ("test", "pytest"),
        ("sweep", "common.sweeping.sweep"),
        ("worker", "common.sweeping.worker"),
        ("spread", "common.reporting.spread"),
        ("notebooks", "common.tooling.notebooks"),
    ],
)
def test_a_name_reaches_the_other_programs_to_the_letter(project, tmp_path, target, program, name):
    trap = tmp_path / "trap"
    name = name.format(trap)
    done, seen = project(
        target, *(f"{v}={name}" for v in ("DATA", "SET", "CHAPTER", "SEEDS", "SEED", "THREADS", "BOOK"))
    )
    assert (done.returncode, done.stderr) == (0, "") and not trap.exists()
    ((words, environment),) = seen
    assert words[:2] == ["-m", program] and name not in " ".join(words)
    expected = dict.fromkeys(("DATA", "SET", "CHAPTER", "SEEDS", "SEED", "THREADS", "BOOK"), name)
    assert given(environment) == {"PROFILE": "builtin", **expected}


@pytest.mark.parametrize("name", HARD)
def test_a_name_reaches_all_chapters_of_a_make_to_the_letter(project, tmp_path, name):
    trap = tmp_path / "trap"
    name = name.format(trap)
    done, seen = project("printed", f"DATA={name}", "SEED=3")
    assert done.returncode == 0 and not trap.exists(), done.stderr
    assert len(seen) == 10
    for words, environment in seen:
        assert environment["REPLAY_DATA"] == name and environment["REPLAY_SEED"] == "3"
        assert environment["REPLAY_PROFILE"] == "printed" or "--profile" in words or words[-1] == "common.running.begin"


@pytest.mark.parametrize("name", HARD)
def test_make_names_a_folder_that_it_does_not_take_to_the_letter(project, tmp_path, name):
    trap = tmp_path / "trap"
    name = name.format(trap)
    done, seen = project(f"DATA={name}")
    assert done.returncode == 2 and seen == [] and not trap.exists()
    assert f"For the real data: make printed DATA={name}" in done.stderr


@pytest.mark.parametrize("variable", [name.upper() for name in errors.GIVEN])
def test_what_a_shell_exports_does_not_count(project, variable):
    done, seen = project(**{variable: "printed", f"REPLAY_{variable}": "printed"})
    assert done.returncode == 0, done.stderr
    assert len(seen) == 9
    assert {words[words.index("--profile") + 1] for words, _ in seen if "--profile" in words} == {"builtin"}
    for _, environment in seen:
        assert given(environment) == {"PROFILE": "builtin"}
    done, ((_, environment),) = project("ch05", **{variable: "printed"})
    assert given(environment) == {"PROFILE": "builtin"}


@pytest.mark.parametrize("words", [["LANGUAGE=ko"], []])
def test_a_language_counts_from_make_and_from_the_shell(project, words):
    done, ((_, environment),) = project("ch05", *words, LANGUAGE="en" if words else "ko")
    assert (done.returncode, environment["LANGUAGE"]) == (0, "ko")


def test_make_refuses_a_language_that_it_does_not_know_and_a_shell_may_have_any(project):
    done, seen = project("ch05", "LANGUAGE=fr")
    assert done.returncode == 2 and seen == [] and "LANGUAGE=fr: choose en or ko." in done.stderr
    done, ((_, environment),) = project("ch05", LANGUAGE="fr")
    assert (done.returncode, environment["LANGUAGE"]) == (0, "fr")


def test_an_exported_folder_is_not_the_real_data_and_make_says_so(project):
    done, seen = project("printed", DATA="/real")
    assert done.returncode == 2 and seen == []
    assert "Say where the real data is: make printed DATA=dir (the shell's own DATA does not count)" in done.stderr


def test_claims_are_those_of_the_printed_profile_unless_another_is_named(project):
    assert given(project("claims")[1][0][1]) == {"PROFILE": "printed"}
    assert given(project("claims", "PROFILE=builtin")[1][0][1]) == {"PROFILE": "builtin"}
    assert given(project("ch05", "PROFILE=repaired")[1][0][1]) == {"PROFILE": "repaired"}
    assert project("ch05", "PROFILE=repaired")[1][0][0][-1] == "chapters.ch05_cnn_cifar10.repaired"


def test_a_profile_that_is_none_is_refused_by_the_program(project, monkeypatch, capsys):
    ((_, environment),) = project("check", "PROFILE=repaired; echo")[1]
    monkeypatch.setenv("REPLAY_PROFILE", environment["REPLAY_PROFILE"])
    with pytest.raises(SystemExit) as end:
        check.main([])
    assert end.value.code == 2 and "invalid choice: 'repaired; echo'" in capsys.readouterr().err


def test_what_was_given_stands_before_the_words_of_the_command_line(monkeypatch):
    monkeypatch.setenv("REPLAY_SEED", "3")
    monkeypatch.setenv("REPLAY_DATA", "")
    monkeypatch.setenv("REPLAY_CHAPTER", "ch01 ch06")
    monkeypatch.setenv("REPLAY_TOKEN", "t")
    assert errors.with_given(["--seed", "4"], "data", "seed", positional="chapter") == [
        *("--seed=3", "--seed", "4", "ch01", "ch06"),
    ]
    assert errors.with_given(None, "data")[: len(sys.argv) - 1] == sys.argv[1:]
    left = errors.without_given()
    assert "REPLAY_SEED" not in left and left["REPLAY_TOKEN"] == "t" and left["PATH"] == os.environ["PATH"]


def test_variables_that_change_python_do_not_reach_it(project):
    names = ("PYTHONHOME", "PYTHONPATH", "PYTHONSAFEPATH", "PYTHONINSPECT", "PYTHONOPTIMIZE", "PYTHONWARNINGS")
    done = [project("check", **{name: "1"}) for name in names if name != "PYTHONHOME"]
    for name, (process, ((_, environment),)) in zip(names[1:], done, strict=True):
        assert process.returncode == 0 and name not in environment
