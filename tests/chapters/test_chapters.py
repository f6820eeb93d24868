"""Whole chapters: their output against the book's, line by line in form, and the same bytes twice."""

import re
import subprocess
import sys

import pytest

from chapters.ch01_dnn_single import replay as ch01
from chapters.ch02_dnn_multi import replay as ch02
from chapters.ch03_dnn_genre import replay as ch03
from chapters.ch04_cnn_mnist import replay as ch04
from chapters.ch06_rnn_hello import replay as ch06
from common.paths import ROOT
from tests.support.chapters import replayed, shortened

SCRIPTS = {"ch01": ch01, "ch02": ch02, "ch03": ch03, "ch06": ch06}  # those that take seconds
SMALL = pytest.mark.parametrize("name", SCRIPTS)


@pytest.fixture(scope="module")
def run_of(tmp_path_factory, builtin_digits, builtin_tracks):
    """A function that replays the chapter `name` once, on the built-in data, and returns what came of it."""
    done = {}

    def run(name):
        if name not in done:
            done[name] = replayed(SCRIPTS[name], tmp_path_factory.mktemp(name))
        return done[name]

    return run


def form(line):
    """Return a line without its numbers and Korean letters: what is left is the listing's format."""
    line = line.replace("one_hot_1:", "one_hot:")
    return re.sub(r"[가-힣]", "가", re.sub(r"\d+(\.\d+)?", "0", line))


@SMALL
def test_every_printed_line_has_its_form_in_the_output(name, run_of):
    forms = [form(line) for line in run_of(name).output.splitlines()]
    printed = [line for line in shortened(SCRIPTS[name]).printed_output.strip().splitlines() if "생략" not in line]
    if name == "ch06":  # Python 3.5 printed a dict in no order
        printed[0] = "{'반': 0, '갑': 1, '습': 2, '니': 3, '다': 4}"
    assert [line for line in printed if form(line) not in forms] == []
    assert form(printed[-1]) == forms[-1]


@SMALL
def test_the_threshold_holds_on_the_built_in_data(name, run_of):
    done = run_of(name)
    assert done.status == 0 and done.result["passed"]
    first, last = done.errors.splitlines()
    assert first == f"{name}: {shortened(SCRIPTS[name]).title} (profile builtin, seed 1)"
    assert last.startswith(f"{name} holds: printed ")


def test_ch04_prints_every_tenth_step(tmp_path, builtin_digits):
    """The lines of page 54, of a net that is stopped after 21 steps."""
    done = replayed(ch04, tmp_path, steps=21)
    assert done.status == 0 and "ch04: no threshold judges other settings (steps=21)." in done.errors
    lines = [line for line in done.output.splitlines() if not line.startswith("Extracting")]
    assert [re.sub(r"(?<=accuracy )\S+", "#", line) for line in lines] == [
        "step 0, train accuracy #",
        "step 10, train accuracy #",
        "step 20, train accuracy #",
        "test accuracy #",
    ]


def test_ch03_prints_each_track_and_every_hundredth_step(run_of):
    """A line for each track (E04 mended), two for every hundredth step, and the numbers behind C301 and C302."""
    done = run_of("ch03")
    lines = done.output.splitlines()
    assert lines[:96] == [f"step {i}" for i in range(96)]
    steps = [line.split(",")[0] for line in lines[96:-1]]
    assert steps == [f"step {i}" for i in range(0, done.result["settings"]["steps"], 100) for _ in range(2)]
    metrics = done.result["metrics"]
    sizes = {"tracks": 96, "split": [68, 28], "features": 135}
    assert sizes.items() <= metrics.items()
    assert lines[-1] == f"test accuracy {metrics['test_accuracy']:g}"


def test_ch06_prints_a_hundred_lines_and_ends_right(run_of):
    """Claims C601, C602, C603 and C605."""
    done = run_of("ch06")
    lines = done.output.splitlines()
    assert lines[0] == "{'반': 0, '갑': 1, '습': 2, '니': 3, '다': 4}"
    assert lines[1] == "[0, 1, 2, 3, 4]"
    assert lines[2] == 'Tensor("one_hot:0", shape=(4, 5), dtype=float32)'
    assert len(lines[6:]) == 100
    assert lines[-1] == "[1 2 3 4] ['갑', '습', '니', '다']"
    assert done.result["metrics"]["letters_right"] == 4


@pytest.mark.parametrize("name", ["ch01", "ch02", "ch03"])
def test_one_seed_gives_the_same_bytes_twice(name, run_of, tmp_path):
    again = replayed(SCRIPTS[name], tmp_path)
    assert again.output == run_of(name).output
    assert again.result["curves"] == run_of(name).result["curves"]


def test_another_process_gives_the_same_bytes(run_of, tmp_path):
    script = [sys.executable, "-m", "chapters.ch06_rnn_hello.replay", "--out", tmp_path, "--threads", "2"]
    done = subprocess.run(script, cwd=ROOT, check=True, capture_output=True, encoding="utf-8")
    assert done.stdout == run_of("ch06").output
    assert (tmp_path / "output.txt").read_bytes().decode() == done.stdout


def test_another_seed_gives_other_numbers(run_of, tmp_path):
    assert replayed(ch06, tmp_path, "--seed", "2").result["curves"] != run_of("ch06").result["curves"]


@pytest.mark.real_data
@SMALL
def test_thresholds_hold_on_the_real_data(name, real_data, tmp_path):
    done = replayed(SCRIPTS[name], tmp_path, "--profile", "printed", "--data", str(real_data))
    assert done.status == 0 and done.result["passed"]
