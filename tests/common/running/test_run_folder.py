"""What a run finds in its folder: its own earlier result, another run, or files of somebody else."""

import json

import pytest

from common.errors import ReplayError
from common.running import run_folder
from common.running.run_folder import for_one_run, forget


def leave_a_result(out, chapter="ch00"):
    for name in ("figures", "checkpoint"):
        (out / name).mkdir(parents=True)
    (out / "result.json").write_text(json.dumps({"chapter": chapter}))
    (out / "output.txt").write_text("1\n")
    (out / "figures" / "one.png").touch()
    (out / "checkpoint" / "model.index").touch()


def test_an_earlier_result_is_accepted_and_removed(tmp_path):
    leave_a_result(tmp_path / "out")
    with for_one_run(tmp_path / "out", "ch00"):
        assert (tmp_path / "out" / "result.json").exists()
        forget(tmp_path / "out")
    assert list((tmp_path / "out").iterdir()) == []
    assert list(tmp_path.iterdir()) == [tmp_path / "out"]


@pytest.mark.parametrize("content", [None, "{", "[]", '{"chapter": "ch01"}'])
def test_files_that_are_not_of_this_chapter_are_left_alone(tmp_path, content):
    (tmp_path / "figures").mkdir()
    (tmp_path / "figures" / "mine.png").touch()
    if content is not None:
        (tmp_path / "result.json").write_text(content)
    with pytest.raises(ReplayError, match="expected an empty folder, or an earlier result of ch00") as caught:
        for_one_run(tmp_path, "ch00").__enter__()
    assert "found figures" in str(caught.value) and "--out" in str(caught.value)
    assert (tmp_path / "figures" / "mine.png").exists()


def test_hidden_files_are_somebody_s_too(tmp_path):
    (tmp_path / run_folder.UNFINISHED).mkdir()
    with pytest.raises(ReplayError, match=r"found \.checkpoint"):
        for_one_run(tmp_path, "ch00").__enter__()
    assert [path.name for path in tmp_path.iterdir()] == [run_folder.UNFINISHED]


def test_the_project_s_own_folder_needs_no_result(tmp_path, monkeypatch):
    monkeypatch.setattr(run_folder, "BUILD", tmp_path)
    (tmp_path / "ch00").mkdir()
    (tmp_path / "ch00" / "output.txt").touch()
    with for_one_run(tmp_path / "ch00", "ch00"):
        pass


def test_another_run_is_refused_until_the_first_has_ended(tmp_path):
    with (
        for_one_run(tmp_path / "out", "ch00"),
        pytest.raises(ReplayError, match="another run writes its result here"),
        for_one_run(tmp_path / "other" / ".." / "out", "ch00"),
    ):
        pass
    with for_one_run(tmp_path / "out", "ch00"):
        pass


def test_an_unfinished_net_is_removed_when_the_run_fails(tmp_path):
    with pytest.raises(KeyboardInterrupt), for_one_run(tmp_path, "ch00"):
        (tmp_path / run_folder.UNFINISHED).mkdir()
        raise KeyboardInterrupt
    assert list(tmp_path.iterdir()) == []
