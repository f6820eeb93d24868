"""The trial of kills itself: a short form of it, and the faults that it must find."""

import json
import shutil

import pytest

from tests.torture import __main__ as torture
from tests.torture import kills


def test_a_chapter_that_is_killed_twice_goes_on_to_the_same_bytes(tmp_path, capfd):
    out = tmp_path / "kills.json"
    words = ["--chapters", "ch06", "--kills", "2", "--signals", "0", "--full", "0", "--save-seconds", "0"]
    assert torture.main(["kills", *words, "--out", str(out)]) == 0
    outcomes = json.loads(out.read_text(encoding="utf-8"))
    assert [(outcome["kind"], outcome["complaints"]) for outcome in outcomes] == [("SIGKILL", []), ("SIGKILL", [])]
    assert sum(outcome["statuses"].count(-9) for outcome in outcomes) == 2
    assert outcomes[0]["gone_on"] == 1  # its kill came after a checkpoint
    assert "2 of 2" in capfd.readouterr().out


def write_result(folder, took="0.1", seconds=1.0, score=0.5):
    (folder / "figures").mkdir(parents=True)
    (folder / "figures" / "one.png").write_bytes(b"png")
    (folder / "output.txt").write_text(f"each took {took} sec\n", encoding="utf-8")
    metrics = {"score": score, "seconds_a_batch": seconds}
    result = {"metrics": metrics, "curves": {"loss": [[0, 1.5]]}, "seconds": {"train_model": seconds}}
    (folder / "result.json").write_text(json.dumps(result), encoding="utf-8")


@pytest.fixture
def results(tmp_path):
    """Return the folders of two results that differ in their times."""
    write_result(tmp_path / "a")
    write_result(tmp_path / "b", took="0.2", seconds=2.0)
    return tmp_path / "a", tmp_path / "b"


def test_results_that_differ_in_times_alone_are_the_same(results):
    assert kills.differences(*results) == []


@pytest.mark.parametrize("name", ["output.txt", "figures/one.png", "result.json"])
def test_a_byte_that_differs_is_found(results, name):
    path = results[1] / name
    path.write_bytes(path.read_bytes().replace(b"each", b"Each").replace(b"1.5", b"1.6").replace(b"png", b"pnG"))
    assert kills.differences(*results) == [f"{name} differs"]


def test_files_that_are_missing_or_left_behind_are_found(results):
    (results[1] / "figures" / "one.png").unlink()
    (results[1] / ".lock").touch()
    assert kills.differences(*results) == ["figures/one.png is missing", ".lock is too much"]
    assert kills.differences(*results, more=True) == ["figures/one.png is missing"]


def test_parts_that_a_kill_left_ready_are_looked_at_there(results, tmp_path):
    write_result(tmp_path / "new", score=0.6)
    shutil.move(tmp_path / "new", results[1] / ".ready")
    assert kills.differences(*results, more=True) == ["result.json differs"]


def test_the_table_counts_moments_of_good_runs():
    good = kills.Outcome("ch02", kills.SIGKILL, [1.0, 2.0], [-9, -9, 0], 1)
    bad = kills.Outcome("ch02", kills.SIGKILL, [1.0], [-9, 0], 0, ["output.txt differs"])
    line = kills.report([good, bad], ["ch02"]).splitlines()[1]
    assert line.split()[:4] == ["ch02", "2", "of", "3"] and line.split()[-1] == "1"


@pytest.mark.parametrize("count", [0, 1, 2, 7, 20])
def test_the_plan_has_as_many_kills_as_asked_for(count):
    options = kills.parse(["--kills", str(count), "--signals", "1", "--full", "1"])
    runs = kills.plan(options)
    assert sum(times for kind, _, times in runs if kind == kills.SIGKILL) == count
    assert max((times for _, _, times in runs), default=1) <= kills.IN_A_ROW
    assert [kind for kind, _, _ in runs[-3:]] == [kills.SIGTERM, kills.SIGINT, kills.FULL]


def test_a_word_that_is_no_trial_is_refused(capsys):
    assert torture.main(["nothing"]) == 2
    assert "kills" in capsys.readouterr().err
