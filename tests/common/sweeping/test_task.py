"""The tasks of a sweep: which there are, where they lie, and how each is started."""

import pytest

from common.errors import ReplayError
from common.sweeping.task import Task, all_tasks


def test_a_sweep_has_each_chapter_with_each_setting_and_each_seed():
    words = ["learning_rate=0.001,0.0003", "duplicate_num=3,10"]
    tasks = all_tasks(["ch05"], "printed", 2, 1, words)
    changes = [task.changed for task in tasks]
    assert [task.seed for task in tasks] == [1, 2] * 4
    assert (
        changes[::2]
        == changes[1::2]
        == [
            {"learning_rate": 0.001, "duplicate_num": 3},
            {"learning_rate": 0.001, "duplicate_num": 10},
            {"learning_rate": 0.0003, "duplicate_num": 3},
            {"learning_rate": 0.0003, "duplicate_num": 10},
        ]
    )


def test_the_profile_s_own_setting_is_no_variant_and_comes_once(tmp_path):
    tasks = all_tasks(["ch02"], "printed", 1, 1, ["steps=1000,500,1000"])
    own, other = sorted(tasks, key=lambda task: len(task.changed))
    assert (own.changed, other.changed) == ({}, {"steps": 500})
    assert own.folder(tmp_path) == tmp_path / "sweep" / "printed" / "ch02" / "seed01"
    assert other.folder(tmp_path) == tmp_path / "sweep" / "printed" / "variants" / "ch02" / "steps=500" / "seed01"
    assert (str(other), other.kind) == ("ch02 seed 1 steps=500", "ch02 steps=500")


def test_without_names_these_are_all_chapters_that_have_the_profile():
    assert {task.chapter for task in all_tasks([], "repaired", 1, 1)} == {"ch05", "ch07"}
    assert len(all_tasks(["ch06", "ch06"], "builtin", 3, 1)) == 3


@pytest.mark.parametrize(
    ("names", "words", "sentence"),
    [
        (["ch06", "ch05"], ["duplicate_num=3,10"], "ch06 has no setting 'duplicate_num'"),
        (["ch99"], [], "There is no chapter 'ch99'"),
        (["ch06"], ["steps=10,x"], "steps=x: expected a whole number"),
        (["ch06"], ["steps"], "expected NAME=VALUE"),
    ],
)
def test_a_wrong_word_is_an_error_before_anything_starts(names, words, sentence):
    with pytest.raises(ReplayError, match=sentence):
        all_tasks(names, "printed", 2, 1, words)


def test_the_command_line_is_that_of_the_chapter_alone(tmp_path):
    task = Task("ch05", "repaired", 3, 2, {"learning_rate": 0.01})
    words = task.words("/data", tmp_path)
    assert words[:7] == ["chapters.ch05_cnn_cifar10.repaired", "--profile", "repaired", "--seed", "3", "--threads", "2"]
    assert words[7:] == ["--out", str(task.folder(tmp_path)), "--with", "learning_rate=0.01", "--data", "/data"]
    assert "--data" not in Task("ch05", "builtin", 1, 1).words("/data", tmp_path)
    assert "--data" not in Task("ch06", "printed", 1, 1).words("/data", tmp_path)


def test_a_task_that_travels_is_the_same_on_arrival():
    task = Task("ch05", "printed", 3, 2, {"learning_rate": 0.01})
    assert vars(Task(**vars(task))) == vars(task)
    assert (task.data, task.memory) == (("cifar10", True), task.book.memory("printed"))
    assert Task("ch06", "printed", 1, 1).data is None
