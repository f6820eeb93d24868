"""A chapter's command line from outside: results, errors, exit status. Chapters of a few lines stand in."""

import json
import os
import random
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from common import harness
from common.figures import confusion_matrix
from common.paths import ROOT
from common.tf1 import tf

BOOK = """
chapter = "ch00"
title = "A test"
pages = "1-2"
printed_output = ""
claims = [{ id = "X1", metric = "score", value = 0.9 }]
[settings]
steps = 5
[profiles.builtin.thresholds.score]
at_least = 0.5
values = [0.9, 0.8]
"""
SCRIPT = """
from common import harness

def main(run):
    for i in run.steps(run.settings.steps):
        print(i, "반")
    return {"score": 0.7}

harness.replay(__file__, main)
"""


@pytest.fixture
def chapter(tmp_path, capsys):
    """A function that replays a small chapter in this process; the attribute `out` is its result folder."""
    (tmp_path / "ch00_test").mkdir()
    script, chapter_out = tmp_path / "ch00_test" / "replay.py", tmp_path / "out"

    def run(*arguments, score=0.7, loss=lambda i: 1.5, book=BOOK, figures=()):
        (script.parent / "book.toml").write_text(book, encoding="utf-8")

        def load_data(run):
            return run.settings.steps

        def train_model(run, steps):
            noise = tf.random_uniform([])
            for i in run.steps(steps):
                print(i, run.session().run(noise), np.random.rand(), random.random(), "반")
                run.record("loss", i, loss(i))

        def main(run):
            for name in figures:
                run.save_figure(name, confusion_matrix(["a", "b"], [0, 1, 1], [0, 0, 1]))
            run.phase(train_model, run, run.phase(load_data, run))
            return {"score": score}

        code = None  # in a notebook a good run ends nothing
        try:
            harness.replay(script, main, ["--out", str(chapter_out), *arguments], sample=lambda run, text, words: None)
        except SystemExit as ended:
            code = ended.code
        out, err = capsys.readouterr()
        if isinstance(code, str):  # what the interpreter does with it
            return SimpleNamespace(returncode=1, stdout=out, stderr=f"{err}{code}\n")
        return SimpleNamespace(returncode=code, stdout=out, stderr=err)

    run.out, run.script = chapter_out, script
    run.book = SimpleNamespace(path=script, chapter="ch00", title="A test", pages="1-2")
    return run


def test_from_a_shell_that_knows_no_korean(chapter):
    chapter.script.with_name("book.toml").write_text(BOOK, encoding="utf-8")
    chapter.script.write_text(SCRIPT, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, chapter.script, "--out", chapter.out],
        capture_output=True,
        encoding="utf-8",
        env={**os.environ, "PYTHONPATH": str(ROOT), "LC_ALL": "C", "PYTHONUTF8": "0"},
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "ch00: A test (profile builtin, seed 1)\n")
    assert done.stdout == "".join(f"{i} 반\n" for i in range(5))
    assert (chapter.out / "output.txt").read_text(encoding="utf-8") == done.stdout


def test_result_and_output(chapter):
    done = chapter("--seed", "3", "--threads", "1")
    assert (done.returncode, done.stderr) == (0, "ch00: A test (profile builtin, seed 3)\n")
    assert (chapter.out / "output.txt").read_bytes().decode() == done.stdout
    result = json.loads((chapter.out / "result.json").read_text(encoding="utf-8"))
    assert result["metrics"] == {"score": 0.7}
    assert result["passed"] is True
    assert (result["chapter"], result["profile"], result["seed"], result["threads"]) == ("ch00", "builtin", 3, 1)
    assert result["settings"] == {"steps": 5}
    assert result["data"]["kind"] == "none"
    assert result["book"] == {"X1": 0.9} and result["thresholds"] == {"score": {"at_least": 0.5}}
    assert result["curves"] == {"loss": [[i, 1.5] for i in range(5)]}
    assert set(result["seconds"]) == {"load_data", "train_model"}
    assert set(result["versions"]) == {"python", "tensorflow", "tf_keras", "numpy"}
    assert sorted(path.name for path in chapter.out.iterdir()) == ["output.txt", "result.json"]


def test_figures_are_written_with_the_result_and_removed_with_it(chapter):
    chapter(figures=["one", "two"])
    folder = chapter.out / "figures"
    first = {path.name: path.read_bytes() for path in folder.iterdir()}
    assert set(first) == {"one.png", "two.png"}
    assert all(content.startswith(b"\x89PNG") for content in first.values())
    chapter(figures=["one"])
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == {"one.png": first["one.png"]}
    chapter(figures=["one"], loss=lambda i: float("nan"))
    assert list(chapter.out.iterdir()) == []
    with pytest.raises(ValueError, match="a figure 'one' was saved before"):
        chapter(figures=["one", "one"])


def test_figure_is_shown_in_a_notebook_only(chapter, monkeypatch):
    shown = []
    monkeypatch.setitem(sys.modules, "IPython.display", SimpleNamespace(Image=lambda png: png, display=shown.append))
    chapter(figures=["one"])
    assert shown == []
    for shell in (None, SimpleNamespace()):  # imported only, or the shell of a terminal
        monkeypatch.setitem(sys.modules, "IPython", SimpleNamespace(get_ipython=lambda shell=shell: shell))
        assert chapter(figures=["one"]).returncode == 0
    assert shown == []
    shell = SimpleNamespace(kernel="a kernel")
    monkeypatch.setitem(sys.modules, "IPython", SimpleNamespace(get_ipython=lambda: shell))
    assert chapter(figures=["one"]).returncode is None
    assert chapter(figures=["one"], score=0.1).returncode == 1
    assert shown == 2 * [(chapter.out / "figures" / "one.png").read_bytes()]


def test_logdir_holds_the_graph_and_the_curves(chapter, tmp_path):
    logdir = tmp_path / "logs"
    chapter("--seed", "3", "--logdir", str(logdir))
    done = chapter("--seed", "3", "--logdir", str(logdir), loss=lambda i: i / 4)
    assert done.returncode == 0
    assert [path.name for path in logdir.iterdir()] == ["ch00-builtin-seed3"]
    (path,) = (logdir / "ch00-builtin-seed3").iterdir()  # the second run's alone
    events = list(tf.train.summary_iterator(str(path)))
    points = [(value.tag, event.step, value.simple_value) for event in events for value in event.summary.value]
    assert points == [("loss", i, i / 4) for i in range(5)]
    (graph,) = [tf.GraphDef.FromString(event.graph_def) for event in events if event.graph_def]
    assert "random_uniform/RandomUniform" in {node.name for node in graph.node}


def test_logdir_holds_what_a_failed_run_recorded(chapter, tmp_path):
    done = chapter("--logdir", str(tmp_path / "logs"), loss=lambda i: float("nan") if i == 2 else 1)
    assert done.returncode == 1
    (path,) = (tmp_path / "logs" / "ch00-builtin-seed1").iterdir()
    events = list(tf.train.summary_iterator(str(path)))
    assert [event.step for event in events if event.summary.value] == [0, 1]
    assert any(event.graph_def for event in events)


@pytest.mark.parametrize("cut", [lambda size: 150, lambda size: size - 10])
def test_logdir_on_a_full_disk(chapter, tmp_path, monkeypatch, cut):
    def close(writer, original=tf.summary.FileWriter.close):
        original(writer)
        (path,) = (tmp_path / "logs" / "ch00-builtin-seed1").iterdir()
        os.truncate(path, cut(path.stat().st_size))

    monkeypatch.setattr(tf.summary.FileWriter, "close", close)
    done = chapter("--logdir", str(tmp_path / "logs"))
    assert done.returncode == 0
    assert done.stderr.endswith("ch00-builtin-seed1: the event file is not whole. Is the disk full?\n")


def test_logdir_that_cannot_be_written(chapter, tmp_path):
    (tmp_path / "file").write_text("")
    done = chapter("--logdir", str(tmp_path / "file"))
    assert done.returncode == 1
    assert done.stderr.startswith("ch00: A test (profile builtin, seed 1)\nch00 stopped: ")
    assert "Traceback" not in done.stderr and not (chapter.out / "result.json").exists()


def test_seed_decides_every_random_number(chapter):
    first, again, other = (chapter("--seed", seed).stdout for seed in ("1", "1", "2"))
    assert first == again
    for mine, others in zip(first.splitlines(), other.splitlines(), strict=True):
        mine, others = mine.split(), others.split()
        assert all(a != b for a, b in zip(mine[1:4], others[1:4], strict=True))


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (lambda i: float("nan"), "step 0: loss is nan"),
        (lambda i: float("inf") if i == 3 else 1.0, "step 3: loss is inf"),
    ],
)
def test_loss_that_is_not_finite_stops_with_the_step(chapter, value, words):
    chapter()
    done = chapter(loss=value)
    assert done.returncode == 1
    assert f"\nch00 stopped: {words}" in done.stderr
    assert "Traceback" not in done.stderr
    assert list(chapter.out.iterdir()) == []  # not even the earlier result


def test_missed_threshold(chapter):
    done = chapter(score=0.4)
    assert done.returncode == 1
    assert done.stderr.endswith("\nch00 missed its threshold: score 0.4 is below 0.5.\n")
    assert json.loads((chapter.out / "result.json").read_text())["passed"] is False


@pytest.mark.parametrize(("score", "words"), [(float("nan"), "nan"), ([1.0, float("inf")], r"[1.0, inf]")])
def test_metric_that_is_not_a_number(chapter, score, words):
    done = chapter(score=score)
    assert done.returncode == 1 and f"the metric score is {words}" in done.stderr
    assert not (chapter.out / "result.json").exists()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--seed", "-1"], "expected a whole number from 0 to 2147483647, found '-1'"),
        (["--seed", "one"], "found 'one'"),
        (["--threads", "0"], "expected a whole number from 1 to 1024"),
        (["--profile", "fast"], "invalid choice: 'fast'"),
        (["--data", "somewhere"], "profile builtin uses the built-in data"),
        (["--words", "5"], "--words says how many words are to follow the text of --sample"),
        (["--sample", "a word", "--logdir", "logs"], "nothing for --logdir"),
    ],
)
def test_bad_command_line(chapter, arguments, words):
    done = chapter(*arguments)
    assert done.returncode == 2 and words in done.stderr and "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("book", "words"),
    [
        ("chapter = ", "book.toml: not TOML"),
        (BOOK.replace('title = "A test"', ""), "book.toml: the entry 'title' is missing"),
        (BOOK.replace("steps = 5", "step = 5"), "The [settings] of book.toml have no steps"),
        (BOOK.replace("[profiles.builtin.", "[profiles.builtin.settings]\nstep = 5\n[profiles.builtin."), "sets step,"),
        (BOOK.replace("at_least", "at_lest"), "a threshold of profile builtin is not one"),
        (BOOK.replace("at_least = 0.5", ""), "the threshold of score, profile builtin, has no `at_least`"),
        (BOOK.replace('id = "X1", ', ""), "a figure without `claim`"),
        (BOOK.replace("metric =", "metrik ="), "the figure X1 has metrik; expected only about, any_data"),
        (BOOK.replace("builtin.thresholds", "builtin.threshold"), "profile builtin has threshold; expected only"),
        (BOOK + "[profiles.listed]\nsame_as = 'listed'\n", "profile listed is the same as one that is the same"),
    ],
)
def test_bad_book(chapter, book, words):
    done = chapter(book=book)
    assert done.returncode == 1 and words in done.stderr and "Traceback" not in done.stderr


def test_profile_that_the_chapter_lacks(chapter):
    done = chapter("--profile", "repaired")
    assert done.returncode == 1
    assert "ch00 has no profile 'repaired': choose one of builtin" in done.stderr


def test_out_that_cannot_be_written(chapter):
    chapter.out.write_text("a file")
    done = chapter()
    assert done.returncode == 1
    assert done.stderr.startswith("ch00 stopped: ") and "Traceback" not in done.stderr


def test_a_full_disk_while_the_result_is_written(chapter, monkeypatch):
    def full(path, content, original=harness.write_atomically):
        if path.name == "result.json":
            raise OSError(28, "No space left on device", str(path))
        original(path, content)

    monkeypatch.setattr(harness, "write_atomically", full)
    done = chapter(figures=["one"])
    assert done.returncode == 1 and done.stderr.endswith("result.json: No space left on device.\n")
    assert list(chapter.out.iterdir()) == []


def test_home_of_nobody(chapter):
    assert harness.parse_arguments(chapter.book, ["--out", "~nosuchuser/x"]).out == "~nosuchuser/x"


def test_out_that_is_found_bad_before_the_training(chapter):
    chapter.out.mkdir()
    (chapter.out / "mine.txt").touch()
    done = chapter(loss=lambda i: pytest.fail("it was trained"))
    assert done.returncode == 1 and "found mine.txt" in done.stderr


def test_data_that_is_not_there_leaves_an_earlier_result(chapter):
    book = BOOK.replace("printed_output", 'data = "mnist"\nprinted_output') + "[profiles.printed]\n"
    chapter.out.mkdir()
    (chapter.out / "result.json").write_text('{"chapter": "ch00"}')
    done = chapter("--profile", "printed", "--data", "~/no/such/folder", book=book)
    assert done.returncode == 1
    assert str(Path("~/no/such/folder/mnist").expanduser()) in done.stderr
    assert (chapter.out / "result.json").exists()


def test_a_path_that_is_no_text_is_named(tmp_path):
    arguments = [b"-m", b"chapters.ch01_dnn_single.replay", b"--profile", b"printed", b"--out", os.fsencode(tmp_path)]
    done = subprocess.run(
        [sys.executable, *arguments, b"--data", b"/no/\xff"], cwd=ROOT, capture_output=True, check=False
    )
    assert done.returncode == 1
    assert rb"/no/\udcff/mnist/train-images-idx3-ubyte.gz: the real data of MNIST" in done.stderr


def test_output_that_nobody_reads(tmp_path):
    with subprocess.Popen(
        [sys.executable, "-m", "chapters.ch06_rnn_hello.replay", "--out", tmp_path / "out"],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        process.stdout.close()
        assert process.wait() == 1
        assert process.stderr.read().endswith(b"nobody reads its output any more. No result was written.\n")
    assert list((tmp_path / "out").iterdir()) == []


def real_chapter(*arguments):
    return subprocess.run(
        [sys.executable, "-m", "chapters.ch01_dnn_single.replay", *arguments],
        cwd=ROOT,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )


def test_real_profile_without_data(tmp_path):
    done = real_chapter("--profile", "printed", "--out", str(tmp_path))
    assert done.returncode == 1
    assert "Profile printed runs on the real data: say where it is, with DATA=dir" in done.stderr


def test_real_profile_with_an_empty_folder(tmp_path):
    done = real_chapter("--profile", "printed", "--data", str(tmp_path), "--out", str(tmp_path / "out"))
    assert done.returncode == 1
    assert f"{tmp_path / 'mnist' / 'train-images-idx3-ubyte.gz'}: the real data of MNIST" in done.stderr
    assert "https://storage.googleapis.com/cvdf-datasets/mnist/" in done.stderr


def test_real_profile_never_takes_other_digits(tmp_path, builtin_digits):
    (tmp_path / "mnist").symlink_to(Path(builtin_digits))
    done = real_chapter("--profile", "printed", "--data", str(tmp_path), "--out", str(tmp_path / "out"))
    assert done.returncode == 1
    assert "not the official file of MNIST handwritten digits: expected 9912422 bytes" in done.stderr


def test_python_without_the_packages():
    done = subprocess.run(
        [sys.executable, "-S", "-m", "chapters.ch01_dnn_single.replay"],
        cwd=ROOT,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 1
    assert "has no numpy, tqdm, tensorflow, " in done.stderr and ", soundfile. Run `make setup`" in done.stderr
    assert "Traceback" not in done.stderr
