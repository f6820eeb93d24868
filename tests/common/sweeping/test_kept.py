"""Which earlier results count, and what makes one not count."""

import json

import pytest

from chapters.ch06_rnn_hello import replay
from common.sweeping import work
from common.sweeping.kept import NOTHING, why_not
from common.sweeping.task import Task
from tests.support.chapters import replayed


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A task and the folder of its result."""
    folder = tmp_path_factory.mktemp("made") / "out"
    assert replayed(replay, folder, "--seed", "3").status == 0
    return Task("ch06", "builtin", 3, 2), folder


def test_the_result_of_the_same_run_counts(made):
    task, folder = made
    assert why_not(task, folder) is None


@pytest.mark.parametrize(
    ("other", "reason"),
    [
        (Task("ch06", "builtin", 4, 2), "the seed was 3 and is 4"),
        (Task("ch06", "builtin", 3, 1), "the number of threads was 2 and is 1"),
        (Task("ch06", "builtin", 3, 2, {"steps": 50}), "made with other settings: steps 100, expected 50"),
        (Task("ch06", "printed", 3, 2), "made with other settings: profile 'builtin', expected 'printed'"),
        (Task("ch01", "builtin", 3, 2), "made with other settings: chapter 'ch06', expected 'ch01'"),
    ],
)
def test_the_result_of_another_run_does_not(made, other, reason):
    assert why_not(other, made[1]) == reason


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (
            lambda result: result["run"].update(code="0123456789abcdef0123456789abcdef"),
            "the code was 0123456789ab... and",
        ),
        (lambda result: result["run"].pop("code"), "the code was unknown and is"),
        (lambda result: result["versions"].update(numpy="1.0"), "numpy was 1.0 and is"),
        (lambda result: result["versions"].update(python="3.5.2"), "Python was 3.5.2 and is"),
        (lambda result: result["data"].update(sha256={"a.gz": "1"}), "the data's a.gz was 1 and is unknown"),
        (lambda result: result.pop("metrics"), "result.json holds no metrics"),
        (lambda result: result.update(versions=[]), "Python was unknown"),
    ],
)
def test_what_made_it_is_compared(made, tmp_path, change, reason):
    task, folder = made
    result = json.loads((folder / "result.json").read_text(encoding="utf-8"))
    change(result)
    (tmp_path / "result.json").write_text(json.dumps(result), encoding="utf-8")
    assert why_not(task, tmp_path, hashes={}).startswith(reason)


def test_nothing_and_half_of_a_file_do_not_count(made, tmp_path):
    task, _ = made
    assert why_not(task, tmp_path) == NOTHING
    (tmp_path / "result.json").write_text('{"chapter": "ch', encoding="utf-8")
    assert why_not(task, tmp_path).startswith("unreadable result.json")


def test_a_run_whose_code_was_changed_meanwhile_is_said_to_be_so(made, monkeypatch):
    task, folder = made
    result = json.loads((folder / "result.json").read_text(encoding="utf-8"))
    result["run"]["code"] = "of before"
    other = folder.with_name("other")
    other.mkdir()
    monkeypatch.setattr(Task, "folder", lambda *_: other)

    def run(sweep, words):
        (other / "result.json").write_text(json.dumps(result), encoding="utf-8")
        return 0, ["the last line"]

    monkeypatch.setattr(work.processes, "run", run)
    answer = work.perform(vars(task), "sweep", None, False)
    assert answer["status"] == work.FAILED and answer["lines"][0] == "the last line"
    assert answer["lines"][1].startswith("Its result does not count: the code was of before and is")
