"""What a run finds in its folder, and what a kill at any moment leaves there."""

import contextlib
import json
import os
from pathlib import Path

import pytest

from common.errors import ReplayError
from common.files import write_atomically
from common.judging.result import finished
from common.paths import READY, current
from common.running import run_folder
from common.running.run_folder import MARKER, RUNNING, UNFINISHED, for_one_run, take_place

EARLIER = {"score": 1, "pictures": ["one", "two"], "net": "first"}
NEWER = {"score": 2, "pictures": ["two", "three"], "net": "second"}
BARE = {"score": 3, "pictures": [], "net": None}
PARTS = {"result.json", "output.txt", "figures", "checkpoint"}


def write(folder, score, pictures, net):
    """Write the parts of a result into `folder`, all of them with `score` in them."""
    write_atomically(folder / "output.txt", f"score {score}\n")
    for name in pictures:
        write_atomically(folder / "figures" / f"{name}.png", f"{name} {score}")
    if net:
        (folder / "checkpoint").mkdir()
        write_atomically(folder / "checkpoint" / "model.index", net)
    write_atomically(folder / "result.json", json.dumps({"chapter": "ch00", "metrics": {"score": score}}))


def replay(out, result):
    """Do what a run does in its folder."""
    with for_one_run(out, "ch00"):
        write(out / RUNNING, **result)
        take_place(out)


def seen(out):
    """Return the result that a reader finds in `out`, in the form of EARLIER. Every part of it is of one run."""
    score = json.loads(current(out / "result.json").read_text())["metrics"]["score"]
    assert current(out / "output.txt").read_text() == f"score {score}\n"
    pictures = {path.stem: path.read_text() for path in current(out / "figures").glob("*.png")}
    assert pictures == {name: f"{name} {score}" for name in pictures}
    net = current(out / "checkpoint") / "model.index"
    found = {"score": score, "pictures": set(pictures), "net": net.read_text() if net.exists() else None}
    return next(one for one in (EARLIER, NEWER, BARE) if {**one, "pictures": set(one["pictures"])} == found)


def names(out):
    return {path.name for path in out.iterdir()}


class Killed(BaseException):
    """A Killed ends a program as SIGKILL does: nothing that it does afterwards reaches the disk."""


@pytest.fixture
def disk(monkeypatch):
    """A function: call it with a number, and all changes of the disk fail from that one on, with that exception."""
    changes = []

    def limited(kind):
        function = getattr(os, kind)

        def change(path, *arguments, **options):
            reads = kind == "open" and not arguments[0] & (os.O_WRONLY | os.O_RDWR)
            if str(path).endswith(".lock") or reads:
                return function(path, *arguments, **options)
            changes.append(kind)
            if change.kills(len(changes)):
                raise change.error
            return function(path, *arguments, **options)

        return change

    functions = {kind: limited(kind) for kind in ("rename", "replace", "mkdir", "rmdir", "unlink", "open")}
    for kind, function in functions.items():
        function.kills, function.error = lambda number: False, None
        monkeypatch.setattr(os, kind, function)

    def fail(kills, error):
        changes.clear()
        for function in functions.values():
            function.kills, function.error = kills, error

    fail.changes = changes
    return fail


def never(number):
    return False


@pytest.mark.parametrize("result", [NEWER, BARE], ids=["newer", "bare"])
@pytest.mark.parametrize("before", [EARLIER, BARE, None], ids=["earlier", "bare before", "none"])
def test_a_kill_at_any_moment_leaves_one_whole_result(disk, tmp_path, before, result):
    replay(tmp_path / "whole", EARLIER)
    disk(never, None)
    replay(tmp_path / "whole", result)
    moments = len(disk.changes)
    assert moments > 15
    found = []
    for moment in range(1, moments + 1):
        out = tmp_path / f"{moment}"
        disk(never, None)
        if before:
            replay(out, before)
        disk(lambda number, moment=moment: number >= moment, Killed())
        with contextlib.suppress(Killed):
            replay(out, result)
        disk(never, None)
        found.append(seen(out) if current(out / "result.json").exists() else None)
        with for_one_run(out, "ch00"):  # the next run changes nothing of it, and needs no other folder
            assert names(out) - PARTS <= {MARKER, ".lock"}
            assert (seen(out) if found[-1] else None) == found[-1]
    assert found[0] == before and found[-1] == result
    assert found == sorted(found, key=lambda one: one is not before)  # first the one, then the other


def test_a_kill_while_the_moves_are_finished_leaves_the_new_result(disk, tmp_path):
    for moment in range(1, 40):
        out = tmp_path / f"{moment}"
        disk(never, None)
        replay(out, EARLIER)
        write(out / READY, **NEWER)
        for again in (moment, moment, 1):
            disk(lambda number, again=again: number >= again, Killed())
            with contextlib.suppress(Killed):
                replay(out, BARE)
            disk(never, None)
            assert seen(out) in (NEWER, BARE)
    assert seen(out) == BARE


@pytest.mark.parametrize("error", [OSError(28, "No space left on device"), KeyboardInterrupt()], ids=["full", "ctrl-c"])
def test_a_fault_at_any_moment_leaves_one_whole_result(disk, tmp_path, error, capsys):
    for moment in range(1, 60):
        out = tmp_path / f"{moment}"
        disk(never, None)
        replay(out, EARLIER)
        capsys.readouterr()
        disk(lambda number, moment=moment: number == moment, error)
        try:
            replay(out, NEWER)
            failed = False
        except (OSError, KeyboardInterrupt):
            failed = True
        disk(never, None)
        stays = f"ch00: the earlier result, finished {finished(out / 'result.json')}, stays in {out}.\n"
        assert seen(out) == (EARLIER if stays in capsys.readouterr().err else seen(out))
        assert failed or seen(out) == NEWER
        assert READY not in names(out) or isinstance(error, OSError)  # an interrupt waits for the moves
        with for_one_run(out, "ch00"):
            assert names(out) - PARTS <= {MARKER, ".lock"}
    assert not failed


def test_a_run_that_fails_leaves_the_earlier_result_and_says_so(tmp_path, capsys):
    out = tmp_path / "out"
    replay(out, EARLIER)
    before = {path: path.stat().st_mtime_ns for path in out.rglob("*") if path.is_file() and path.name != MARKER}
    with pytest.raises(KeyboardInterrupt), for_one_run(out, "ch00"):
        write(out / RUNNING, **NEWER)
        raise KeyboardInterrupt
    assert {path: path.stat().st_mtime_ns for path in before} == before
    assert names(out) == PARTS | {MARKER}
    time = finished(out / "result.json")
    assert capsys.readouterr().err == f"ch00: the earlier result, finished {time}, stays in {out}.\n"


def test_a_run_that_fails_in_an_empty_folder_leaves_it_empty_and_says_nothing(tmp_path, capsys):
    with pytest.raises(KeyboardInterrupt), for_one_run(tmp_path, "ch00"):
        (tmp_path / UNFINISHED).mkdir(parents=True)
        raise KeyboardInterrupt
    assert names(tmp_path) == set() and capsys.readouterr().err == ""


def test_a_result_takes_the_place_of_an_earlier_one_and_leaves_no_other_files(tmp_path):
    out = tmp_path / "out"
    replay(out, EARLIER)
    replay(out, NEWER)
    assert seen(out) == NEWER and names(out) == PARTS | {MARKER}
    replay(out, BARE)
    assert seen(out) == BARE and names(out) == {"result.json", "output.txt", MARKER}
    assert names(tmp_path) == {"out"}


def test_temporary_files_of_killed_runs_go_at_the_next_one(tmp_path):
    out = tmp_path / "out"
    replay(out, EARLIER)
    for name in (".result.json.abcd1234", ".output.txt._bcd1234", "..replay.abcd1234", "figures/.one.png.abcd1234"):
        (out / name).touch()
    for name in (RUNNING, ".replaced", ".checkpoint", ".checkpoint.abcd1234"):
        (out / name / "model").mkdir(parents=True)
    with for_one_run(out, "ch00"):
        assert names(out) == PARTS | {MARKER, ".lock"}
        assert names(out / "figures") == {"one.png", "two.png"}


def test_what_somebody_keeps_beside_a_result_stays(tmp_path):
    out = tmp_path / "out"
    replay(out, EARLIER)
    for name in ("notes.txt", ".result.json.swp", "figures/notes.txt", "figures/.hidden"):
        (out / name).write_text("mine")
    for result in (NEWER, BARE):
        replay(out, result)
        assert seen(out) == result
        for name in ("notes.txt", ".result.json.swp", "figures/notes.txt", "figures/.hidden"):
            assert (out / name).read_text() == "mine"


OTHERS = '{"made_by": "common/running/run_folder.py", "chapter": "ch01"}'


@pytest.mark.parametrize("marker", [None, "", "{", "[]", '{"chapter": "ch00"}', OTHERS, "[" * 100000])
@pytest.mark.parametrize("result", [None, '{"chapter": "ch00"}'], ids=["no result", "result"])
def test_files_without_the_marker_of_this_chapter_are_left_alone(tmp_path, marker, result):
    (tmp_path / "figures").mkdir()
    (tmp_path / "figures" / "mine.png").touch()
    for name, content in (("result.json", result), (MARKER, marker)):
        if content is not None:
            (tmp_path / name).write_text(content)
    before = names(tmp_path)
    with pytest.raises(ReplayError, match=f"expected an empty folder, or one with the file {MARKER}") as caught:
        for_one_run(tmp_path, "ch00").__enter__()
    assert "figures" in str(caught.value) and "--out" in str(caught.value)
    assert names(tmp_path) == before and (tmp_path / "figures" / "mine.png").exists()


def test_hidden_files_are_somebody_s_too(tmp_path):
    (tmp_path / RUNNING).mkdir()
    with pytest.raises(ReplayError, match=r"found \.running"):
        for_one_run(tmp_path, "ch00").__enter__()
    assert names(tmp_path) == {RUNNING}


def test_the_project_s_own_folder_needs_no_marker(tmp_path, monkeypatch):
    monkeypatch.setattr(run_folder, "BUILD", tmp_path)
    write(tmp_path / "ch00", **EARLIER)
    (tmp_path / "ch00" / ".checkpoint").mkdir()
    replay(tmp_path / "ch00", NEWER)
    assert seen(tmp_path / "ch00") == NEWER and names(tmp_path / "ch00") == PARTS | {MARKER}


def test_another_run_is_refused_until_the_first_has_ended(tmp_path):
    with (
        for_one_run(tmp_path / "out", "ch00"),
        pytest.raises(ReplayError, match="another run writes its result here"),
        for_one_run(tmp_path / "other" / ".." / "out", "ch00"),
    ):
        pass
    with for_one_run(tmp_path / "out", "ch00"):
        pass


def test_a_folder_that_cannot_be_written_is_named(tmp_path, monkeypatch):
    def refused(path, content):
        raise PermissionError(13, "Permission denied", f"{Path(path).parent}/..replay.abcd1234")

    monkeypatch.setattr(run_folder, "write_atomically", refused)
    with pytest.raises(PermissionError) as caught:
        for_one_run(tmp_path, "ch00").__enter__()
    assert caught.value.filename == str(tmp_path)
