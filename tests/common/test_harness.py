"""A chapter's run from outside: results, errors, exit status. A chapter of a few lines stands in."""

import contextlib
import json
import math
import os
import re
import signal
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace

import pytest

from chapters.ch01_dnn_single import replay as ch01
from common import paths
from common.files import write_atomically
from common.judging.chapter import Chapter
from common.judging.result import finished, judge, read_result
from common.paths import ROOT
from common.reporting.captions import Caption
from common.running import outcome
from tests.support.chapters import book_toml, replayed

SCRIPT = """
from common import harness

def main(run):
    for i in run.steps(run.settings.steps):
        print(i, "반")
    return {"score": 0.7}

harness.replay(__file__, main)
"""


KILLED = """
import os, signal
from common import harness
from common.running import outcome

def write(path, content, write=outcome.write_atomically):
    if os.environ.get("MOMENT") == path.name:
        os.kill(os.getpid(), signal.SIGKILL)
    write(path, content)

outcome.write_atomically = write

def main(run):
    if os.environ.get("MOMENT") == "train":
        (run.out / ".running" / "checkpoint").mkdir(parents=True)
        os.kill(os.getpid(), signal.SIGKILL)
    return {"score": 0.7}

harness.replay(__file__, main)
"""


def test_from_a_shell_that_knows_no_korean(chapter):
    chapter.write_book()
    chapter.script.write_text(SCRIPT, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, chapter.script, "--out", chapter.out],
        capture_output=True,
        encoding="utf-8",
        env={**os.environ, "PYTHONPATH": str(ROOT), "LC_ALL": "C", "PYTHONUTF8": "0"},
        check=False,
    )
    last = f"ch00 holds: printed 0.9, replayed 0.7, threshold >= 0.5; 0.0 s; {chapter.out}\n"
    assert (done.returncode, done.stderr) == (0, f"ch00: A test (profile builtin, seed 1)\n{last}")
    assert done.stdout == "".join(f"{i} 반\n" for i in range(5))
    assert (chapter.out / "output.txt").read_text(encoding="utf-8") == done.stdout


def test_a_run_leaves_its_result_and_its_output(chapter):
    done = chapter("--seed", "3", "--threads", "1")
    assert done.status == 0
    header, last = done.errors.splitlines()
    assert header == "ch00: A test (profile builtin, seed 3)"
    assert re.fullmatch(
        rf"ch00 holds: printed 0\.9, replayed 0\.7, threshold >= 0\.5; \d+\.\d s; {re.escape(str(chapter.out))}", last
    )
    assert (chapter.out / "output.txt").read_bytes().decode() == done.output
    result = done.result
    assert result["metrics"] == {"score": 0.7}
    assert result["passed"] is True
    assert (result["chapter"], result["profile"], result["seed"], result["threads"]) == ("ch00", "builtin", 3, 1)
    assert result["settings"] == {"steps": 5}
    assert result["data"]["kind"] == "none"
    assert result["book"] == {"X1": 0.9} and result["thresholds"] == {"score": {"at_least": 0.5}}
    assert result["curves"] == {"loss": [[i, 1.5] for i in range(5)]}
    assert set(result["seconds"]) == {"load_data", "train_model"}
    assert set(result["versions"]) == {"python", "tensorflow", "tf_keras", "numpy"}
    assert sorted(path.name for path in chapter.out.iterdir()) == [".replay", "output.txt", "result.json"]


def test_a_result_says_of_which_run_it_is(chapter, monkeypatch):
    before = datetime.now(UTC).replace(microsecond=0)
    monkeypatch.delenv("REPLAY_TOKEN", raising=False)
    assert chapter().result["run"]["token"] is None
    monkeypatch.setenv("REPLAY_TOKEN", "first")
    run = chapter().result["run"]
    assert (run["token"], run["gone_on"]) == ("first", 0)
    started, ended = (datetime.fromisoformat(run[name]) for name in ("started", "finished"))
    assert before <= started <= ended <= datetime.now(UTC)


def test_settings_stand_on_top_of_those_of_the_profile(chapter):
    chapter.book = book_toml(builtin="at_least = 0.5\n[profiles.builtin.settings]\nsteps = 4")
    assert len(chapter().output.splitlines()) == 4
    done = chapter(steps=2)
    assert len(done.output.splitlines()) == 2
    assert done.result["settings"] == {"steps": 2}
    done = chapter(step=2)
    assert done.status == 1 and "ch00 has no setting step: choose from steps" in done.errors


def test_a_run_with_other_settings_says_so_and_no_threshold_judges_it(chapter):
    chapter()
    before = whole(chapter.out)
    chapter.out = chapter.out.with_name("other")
    done = chapter("--with", "steps=3", score=0.1)
    assert done.status == 0
    first, last = done.errors.splitlines()
    assert first == "ch00: A test (profile builtin, seed 1, with steps=3)"
    assert last.startswith("ch00: no threshold judges other settings (steps=3). printed ")
    assert last.endswith(f" s; {chapter.out}")
    assert len(done.output.splitlines()) == 3
    result = done.result
    assert (result["settings"], result["changed"], result["thresholds"]) == ({"steps": 3}, {"steps": 3}, {})
    assert result["passed"] is None
    book = Chapter(chapter.script.with_name("book.toml"))
    for other, complaints in (
        (book, ["made with other settings: steps 3, expected 5"]),
        (book.with_settings(steps=3), []),
    ):
        assert read_result(other, "builtin", chapter.out / "result.json")[1] == complaints
    assert whole(chapter.out.with_name("out")) == before
    usual = chapter("--with", "steps=5")  # the profile's own number
    assert usual.result["changed"] == {} and usual.result["passed"] is True and ", with" not in usual.errors


def test_a_result_with_other_settings_has_a_folder_of_its_own(chapter):
    """Without OUT it lies beside those of the profiles. It never takes the place of one, though OUT says so."""
    own = paths.result_folder("builtin", "ch00")
    for line, folder in (
        ([], own),
        (["--with", "steps=3"], paths.variant_folder("builtin", "ch00", "steps=3")),
        (["--with", "steps=5"], own),
    ):
        earlier = whole(own)
        chapter("--out", "", *line)
        assert (folder / "result.json").exists()
        assert folder == own or whole(own) == earlier
    before = whole(own)
    chapter.out = own
    done = chapter("--with", "steps=3")
    assert done.status == 1 and f"{own}: here lies the result without other settings." in done.errors
    assert whole(own) == before


def test_event_files_are_named_with_the_settings(chapter, tmp_path):
    chapter("--with", "steps=3", "--logdir", str(tmp_path / "logs"))
    assert [path.name for path in (tmp_path / "logs").iterdir()] == ["ch00-builtin-seed1-steps=3"]


def test_the_language_changes_what_is_said_and_nothing_that_is_printed_or_kept(chapter, monkeypatch):
    english = chapter()
    for words, language in ((["--lang", "ko"], ""), ([], "ko")):
        monkeypatch.setenv("LANGUAGE", language)
        korean = chapter(*words)
        assert "(프로필 builtin, 시드 1)" in korean.errors and "만족: 책의 수치" in korean.errors
        assert korean.output == english.output
        for name in ("metrics", "curves", "thresholds", "passed", "settings"):
            assert korean.result[name] == english.result[name]
    monkeypatch.setenv("LANGUAGE", "")
    assert "profile builtin, seed 1" in chapter().errors  # the language was that of one run


def test_figures_are_written_with_the_result_and_go_with_it(chapter):
    chapter(figures=["one", "two"])
    folder = chapter.out / "figures"
    first = {path.name: path.read_bytes() for path in folder.iterdir()}
    assert set(first) == {"one.png", "two.png"}
    assert all(content.startswith(b"\x89PNG") for content in first.values())
    chapter(figures=["one"])
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == {"one.png": first["one.png"]}
    chapter(figures=["two"], loss=lambda i: float("nan"))
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == {"one.png": first["one.png"]}
    with pytest.raises(ValueError, match="a figure 'one' was saved before"):
        chapter(figures=["one", "one"])


def test_a_figure_is_shown_in_a_notebook_only(chapter, monkeypatch):
    shown = []
    monkeypatch.setitem(
        sys.modules, "IPython.display", SimpleNamespace(Image=lambda png, alt: (png, alt), display=shown.append)
    )
    chapter(figures=["one"])
    assert shown == []
    for shell in (None, SimpleNamespace()):  # imported only, or the shell of a terminal
        monkeypatch.setitem(sys.modules, "IPython", SimpleNamespace(get_ipython=lambda shell=shell: shell))
        assert chapter(figures=["one"]).status == 0
    assert shown == []
    shell = SimpleNamespace(kernel="a kernel")
    monkeypatch.setitem(sys.modules, "IPython", SimpleNamespace(get_ipython=lambda: shell))
    assert chapter(figures=["one"]).status is None
    assert chapter(figures=["one"], score=0.1).status == 1
    assert shown == 2 * [((chapter.out / "figures" / "one.png").read_bytes(), "one")]
    caption = Caption("two.png", "1", "Two", "Two lines cross.")
    monkeypatch.setattr("common.harness.captions", lambda name: (caption,))
    assert chapter(figures=["two"]).status is None
    assert shown[-1][1] == "Two lines cross."


def test_the_seed_decides_every_random_number(chapter):
    first, again, other = (chapter("--seed", seed).output for seed in ("1", "1", "2"))
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
def test_a_loss_that_is_not_finite_stops_with_the_step(chapter, value, words):
    done = chapter(loss=value)
    assert done.status == 1
    assert f"\nch00 stopped: {words}" in done.errors
    assert "Traceback" not in done.errors
    assert list(chapter.out.iterdir()) == []


def whole(out):
    """Return what a run left in `out`: the content of each file by its path."""
    return {path.relative_to(out).as_posix(): path.read_bytes() for path in out.rglob("*") if path.is_file()}


def interrupted(i):
    raise KeyboardInterrupt


def full(i):
    raise OSError(28, "No space left on device", "somewhere")


@pytest.mark.parametrize(
    "fault",
    [
        {"loss": lambda i: math.nan},
        {"score": math.nan},
        {"loss": interrupted},
        {"loss": full},
        {"loss": lambda i: 1 / 0 if i == 3 else 1.0},
    ],
    ids=["loss", "metric", "interrupt", "disk", "bug"],
)
def test_a_rerun_that_fails_leaves_the_earlier_result_whole_and_says_so(chapter, fault):
    chapter(figures=["one"])
    before = whole(chapter.out)
    with contextlib.suppress(ZeroDivisionError):
        done = chapter(figures=["two"], **fault)
        assert done.status in (1, 130)
        time = finished(chapter.out / "result.json")
        assert f"\nch00: the earlier result, finished {time}, stays in {chapter.out}.\nch00 " in done.errors
    assert whole(chapter.out) == before


def test_a_rerun_that_fails_is_not_judged_by_its_earlier_result(chapter, monkeypatch):
    monkeypatch.setenv("REPLAY_TOKEN", "first")
    chapter()
    book = Chapter(chapter.script.with_name("book.toml"))
    assert judge(book, "builtin", chapter.out / "result.json", "first")[2] == []
    monkeypatch.setenv("REPLAY_TOKEN", "second")
    chapter(loss=interrupted)
    (complaint,) = judge(book, "builtin", chapter.out / "result.json", "second")[2]
    assert complaint.startswith("not run by this make: an older result of ")
    chapter()
    assert judge(book, "builtin", chapter.out / "result.json", "second")[2] == []


@pytest.mark.parametrize("moment", ["train", "result.json"])
def test_a_killed_run_does_not_block_its_own_rerun(chapter, moment):
    chapter.write_book()
    chapter.script.write_text(KILLED, encoding="utf-8")
    line = [sys.executable, chapter.script, "--out", chapter.out]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(line, env={**environment, "MOMENT": moment}, stdout=subprocess.PIPE, check=False)
    assert done.returncode == -signal.SIGKILL
    assert (chapter.out / ".running").is_dir() and not (chapter.out / "result.json").exists()
    done = subprocess.run(line, env=environment, stdout=subprocess.PIPE, check=False)
    assert done.returncode == 0
    assert sorted(path.name for path in chapter.out.iterdir()) == [".replay", "output.txt", "result.json"]


def test_a_missed_threshold_ends_with_1_and_leaves_the_result(chapter):
    done = chapter(score=0.4)
    assert done.status == 1
    said, last = done.errors.splitlines()[-2:]
    assert said == "ch00 missed its threshold: score 0.4 is below 0.5."
    assert last.startswith("ch00 missed: printed 0.9, replayed 0.4, threshold >= 0.5; ")
    assert done.result["passed"] is False


def test_an_interrupt_ends_with_130_and_leaves_nothing(chapter):
    done = chapter(loss=interrupted)
    assert done.status == 130
    assert done.errors.endswith("\nch00 was interrupted; no result was written.\n")
    assert list(chapter.out.iterdir()) == []


@pytest.mark.parametrize(("score", "words"), [(float("nan"), "nan"), ([1.0, float("inf")], r"[1.0, inf]")])
def test_a_metric_that_is_not_a_number_leaves_no_result(chapter, score, words):
    done = chapter(score=score)
    assert done.status == 1 and f"the metric score is {words}" in done.errors
    assert done.result == {}


@pytest.mark.parametrize(
    ("book", "words"),
    [
        ("chapter = ", "replay stopped: {book}: not TOML"),
        (book_toml(title=None), "replay stopped: {book}: the entry 'title' is missing"),
        (book_toml(settings="step = 5"), "ch00 stopped: The [settings] of book.toml have no steps"),
    ],
)
def test_a_bad_book_stops_the_chapter_with_its_fault(chapter, book, words):
    chapter.book = book
    done = chapter()
    assert done.status == 1 and "Traceback" not in done.errors
    assert words.format(book=chapter.script.with_name("book.toml")) in done.errors


def test_a_profile_that_the_chapter_lacks_is_named(chapter):
    done = chapter("--profile", "printed")
    assert done.status == 1
    assert "ch00 has no profile 'printed': choose one of builtin" in done.errors


def test_a_folder_that_cannot_be_made_is_named(chapter):
    chapter.out.write_text("a file")
    done = chapter("--out", str(chapter.out / "below"))
    assert done.status == 1
    assert done.errors.startswith(f"ch00 stopped: {chapter.out / 'below'}: ") and "Traceback" not in done.errors


def test_a_full_disk_while_the_result_is_written_leaves_nothing(chapter, monkeypatch):
    def full(path, content):
        if path.name == "result.json":
            raise OSError(28, "No space left on device", str(path))
        write_atomically(path, content)

    monkeypatch.setattr(outcome, "write_atomically", full)
    done = chapter(figures=["one"])
    assert done.status == 1 and done.errors.endswith("result.json: No space left on device.\n")
    assert list(chapter.out.iterdir()) == []


def test_a_folder_of_others_is_found_before_the_training(chapter):
    chapter.out.mkdir()
    (chapter.out / "mine.txt").touch()
    done = chapter(loss=lambda i: pytest.fail("it was trained"))
    assert done.status == 1 and "found mine.txt" in done.errors


def test_data_that_is_not_there_leaves_an_earlier_result(chapter):
    chapter.book = book_toml(data='"mnist"', profiles="[profiles.printed]\n")
    chapter.out.mkdir()
    (chapter.out / ".replay").write_text(json.dumps({"made_by": "common/running/run_folder.py", "chapter": "ch00"}))
    (chapter.out / "result.json").write_text('{"chapter": "ch00"}')
    done = chapter("--profile", "printed", "--data", "~/no/such/folder")
    assert done.status == 1
    assert str(Path("~/no/such/folder/mnist").expanduser()) in done.errors
    assert done.result == {"chapter": "ch00"}


def test_a_path_that_is_no_text_is_named(tmp_path):
    arguments = [b"-m", b"chapters.ch01_dnn_single.replay", b"--profile", b"printed", b"--out", os.fsencode(tmp_path)]
    done = subprocess.run(
        [sys.executable, *arguments, b"--data", b"/no/\xff"], cwd=ROOT, capture_output=True, check=False
    )
    assert done.returncode == 1
    assert rb"/no/\udcff/mnist/train-images-idx3-ubyte.gz: the real data of MNIST" in done.stderr


def test_output_that_nobody_reads_ends_the_chapter(tmp_path):
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


def test_a_real_profile_asks_for_the_data(tmp_path):
    done = replayed(ch01, tmp_path, "--profile", "printed")
    assert done.status == 1
    assert "Profile printed runs on the real data. Say where it is: DATA=dir for make, --data dir" in done.errors


def test_a_real_profile_says_where_a_missing_file_comes_from(tmp_path):
    done = replayed(ch01, tmp_path / "out", "--profile", "printed", "--data", str(tmp_path))
    assert done.status == 1
    assert f"{tmp_path / 'mnist' / 'train-images-idx3-ubyte.gz'}: the real data of MNIST" in done.errors
    assert "https://storage.googleapis.com/cvdf-datasets/mnist/" in done.errors


def test_a_real_profile_never_takes_other_digits(tmp_path, builtin_digits):
    (tmp_path / "mnist").symlink_to(Path(builtin_digits))
    done = replayed(ch01, tmp_path / "out", "--profile", "printed", "--data", str(tmp_path))
    assert done.status == 1
    assert "not the official file of MNIST handwritten digits: expected 9912422 bytes" in done.errors


def test_a_python_without_the_packages_says_so():
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
