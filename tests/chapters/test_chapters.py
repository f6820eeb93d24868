"""Whole chapters: their output against the book's, line by line in form, and the same bytes twice."""

import json
import re
import subprocess
import sys

import pytest

from common.judging.chapter import all_chapters
from common.paths import ROOT
from data import builtin

CHAPTERS = {chapter.name: chapter for chapter in all_chapters()}


def replayed(chapter, out, *arguments):
    module = f"chapters.{CHAPTERS[chapter].path.parent.name}.replay"
    subprocess.run(
        [sys.executable, "-m", module, "--out", out, "--threads", "2", *arguments],
        cwd=ROOT,
        check=True,
        stdout=subprocess.DEVNULL,
    )
    return (out / "output.txt").read_bytes().decode(), json.loads((out / "result.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="session", autouse=True)
def data_in_its_place():
    builtin.write_sets()


@pytest.fixture(scope="session")
def builtin_runs(tmp_path_factory):
    return {
        chapter: replayed(chapter, tmp_path_factory.mktemp(chapter)) for chapter in ("ch01", "ch02", "ch03", "ch06")
    }


def form(line):
    """A line with every number, folder and Korean letter taken out: what is left is the listing's format."""
    line = line.replace("MNIST_data/", "mnist/").replace("one_hot_1:", "one_hot:")
    return re.sub(r"[가-힣]", "가", re.sub(r"\d+(\.\d+)?", "0", line))


@pytest.mark.parametrize("chapter", ["ch01", "ch02", "ch03", "ch06"])
def test_every_printed_line_has_its_form_in_the_output(chapter, builtin_runs):
    output, _ = builtin_runs[chapter]
    forms = [form(line) for line in output.splitlines()]
    printed = [line for line in CHAPTERS[chapter].printed_output.strip().splitlines() if "생략" not in line]
    if chapter == "ch06":  # Python 3.5 printed a dict in no order
        printed[0] = "{'반': 0, '갑': 1, '습': 2, '니': 3, '다': 4}"
    missing = [line for line in printed if form(line) not in forms]
    assert not missing
    for line in printed[-1:]:
        assert form(line) == forms[-1]


def test_ch04_prints_every_tenth_step(tmp_path):
    """The lines of page 54, from the chapter's own functions on a net that is stopped after 21 steps."""
    book = (CHAPTERS["ch04"].path).read_text(encoding="utf-8")
    assert "steps = 300" in book
    folder = tmp_path / "ch04_short"
    folder.mkdir()
    (folder / "book.toml").write_text(book.replace("steps = 300", "steps = 21"), encoding="utf-8")
    program = (
        "from chapters.ch04_cnn_mnist.replay import main\nfrom common import harness\n"
        f"harness.replay({str(folder / 'replay.py')!r}, main, ['--out', {str(tmp_path / 'out')!r}])"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, encoding="utf-8", check=False)
    assert done.returncode == 1 and "ch04 missed its threshold: test_accuracy" in done.stderr
    lines = [line for line in done.stdout.splitlines() if not line.startswith("Extracting")]
    assert [re.sub(r"(?<=accuracy )\S+", "#", line) for line in lines] == [
        "step 0, train accuracy #",
        "step 10, train accuracy #",
        "step 20, train accuracy #",
        "test accuracy #",
    ]


def test_ch03_log_lines_and_sizes(builtin_runs):
    """A line for each track (E04 mended), two for every hundredth step, and the numbers behind C301 and C302."""
    output, result = builtin_runs["ch03"]
    lines = output.splitlines()
    assert lines[:96] == [f"step {i}" for i in range(96)]
    steps = [line.split(",")[0] for line in lines[96:-1]]
    assert steps == [f"step {i}" for i in range(0, result["settings"]["steps"], 100) for _ in range(2)]
    metrics = result["metrics"]
    sizes = {"tracks": 96, "split": [68, 28], "features": 135}
    assert sizes.items() <= metrics.items()
    assert lines[-1] == f"test accuracy {metrics['test_accuracy']:g}"


def test_ch06_prints_a_hundred_lines_and_ends_right(builtin_runs):
    """Claims C601, C602, C603 and C605."""
    output, result = builtin_runs["ch06"]
    lines = output.splitlines()
    assert lines[0] == "{'반': 0, '갑': 1, '습': 2, '니': 3, '다': 4}"
    assert lines[1] == "[0, 1, 2, 3, 4]"
    assert lines[2] == 'Tensor("one_hot:0", shape=(4, 5), dtype=float32)'
    assert len(lines[6:]) == 100
    assert lines[-1] == "[1 2 3 4] ['갑', '습', '니', '다']"
    assert result["metrics"]["letters_right"] == 4


@pytest.mark.parametrize("chapter", ["ch01", "ch02", "ch03", "ch06"])
def test_one_seed_gives_the_same_bytes_twice(chapter, builtin_runs, tmp_path):
    output, result = replayed(chapter, tmp_path)
    assert output == builtin_runs[chapter][0]
    assert result["curves"] == builtin_runs[chapter][1]["curves"]


@pytest.mark.real_data
@pytest.mark.parametrize("chapter", ["ch01", "ch02", "ch03", "ch06"])
def test_thresholds_hold_on_the_real_data(chapter, real_data, tmp_path):
    """`check=True` sees to it: a chapter that misses its threshold ends with 1."""
    _, result = replayed(chapter, tmp_path, "--profile", "printed", "--data", str(real_data))
    assert result["passed"]
