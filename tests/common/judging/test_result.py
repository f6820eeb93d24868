"""What a run left behind: whether it is this chapter's and this profile's, and whether it passed."""

import json
import math
import os
from datetime import UTC, datetime

import pytest

from common.judging.chapter import Chapter
from common.judging.result import finished, judge, read_curves, read_result
from common.paths import READY
from tests.support.books import book

BOOK = book(
    data="mnist",
    settings="steps = 1000\nbatch_size = 100",
    profiles="[profiles.builtin.thresholds.score]\nat_least = 0.7\nvalues = [0.9, 0.8]",
)
RESULT = {
    "chapter": "ch00",
    "profile": "builtin",
    "data": {"kind": "built-in"},
    "settings": {"steps": 1000, "batch_size": 100},
    "metrics": {"score": 0.75},
    "seconds": {"load_data": 0.5, "train_model": 1.25},
}


@pytest.fixture
def judged(tmp_path):
    """A function that judges a result: RESULT with changes, or a file with this text."""
    (tmp_path / "book.toml").write_text(BOOK, encoding="utf-8")
    chapter = Chapter(tmp_path / "book.toml")

    def judged(text=None, **changes):
        (tmp_path / "result.json").write_text(
            json.dumps(RESULT | changes) if text is None else text, encoding="latin-1"
        )
        return judge(chapter, "builtin", tmp_path / "result.json")

    judged.chapter, judged.folder = chapter, tmp_path
    return judged


def test_a_good_result_has_no_complaints(judged):
    assert judged() == ({"score": 0.75}, 1.75, [])
    assert read_result(judged.chapter, "builtin", judged.folder / "result.json") == (RESULT, [])


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"metrics": {"score": 0.1}}, "score 0.1 is below 0.7"),
        ({"metrics": {"score": math.nan}}, "score is nan, not a number to compare"),
        ({"metrics": {"score": math.inf}}, "score is inf, not a number to compare"),
        ({"metrics": {"score": "0.99"}}, "no score in the result"),
        ({"metrics": {"score": True}}, "no score in the result"),
        ({"metrics": {}}, "no score in the result"),
        ({"metrics": 3}, "result.json holds no metrics"),
        ({"settings": {"steps": 9, "batch_size": 100}}, "made with other settings: steps 9, expected 1000"),
        ({"settings": {"batch_size": 100}}, "made with other settings: steps None, expected 1000"),
        ({"settings": RESULT["settings"] | {"fast": 1}}, "made with other settings: fast 1, expected None"),
        ({"settings": None}, "made with other settings: batch_size None, expected 100"),
        ({"profile": "listed"}, "made with other settings: profile 'listed', expected 'builtin'"),
        ({"chapter": "ch02"}, "made with other settings: chapter 'ch02', expected 'ch00'"),
        ({"data": {"kind": "real"}}, "made with other settings: data 'real', expected 'built-in'"),
        ({"data": None}, "made with other settings: data None, expected 'built-in'"),
    ],
)
def test_a_doctored_result_is_complained_of(judged, changes, words):
    _, _, complaints = judged(**changes)
    assert complaints[0] == words


@pytest.mark.parametrize("text", ["", "{", "\xff", "[" * 100000])
def test_a_broken_file_is_unreadable(judged, text):
    metrics, seconds, complaints = judged(text)
    assert (metrics, seconds) == ({}, None)
    (complaint,) = complaints
    assert complaint.startswith("unreadable result.json: ")


@pytest.mark.parametrize("text", ["[]", "3", "null", "{}"])
def test_json_of_another_kind_holds_no_metrics(judged, text):
    assert judged(text) == ({}, None, ["result.json holds no metrics"])


def test_an_absent_file_is_a_chapter_that_did_not_end(judged):
    path = judged.folder / "absent" / "result.json"
    complaints = ["no result: the chapter did not run to its end"]
    assert judge(judged.chapter, "builtin", path) == ({}, None, complaints)
    assert read_result(judged.chapter, "builtin", path) == ({}, complaints)


def test_a_result_of_another_make_has_no_metrics(judged):
    path = judged.folder / "result.json"
    for run in (None, {}, {"token": "other"}):
        judged(run=run, settings={})
        complaint = f"not run by this make: an older result of {finished(path)} is kept"
        assert judge(judged.chapter, "builtin", path, "mine") == ({}, None, [complaint])
        assert read_result(judged.chapter, "builtin", path, "mine")[1] == [complaint]
    judged(run={"token": "mine"})
    assert judge(judged.chapter, "builtin", path, "mine") == ({"score": 0.75}, 1.75, [])


def test_a_newer_result_that_is_still_to_be_moved_is_the_one_that_is_read(judged):
    judged()
    (judged.folder / READY).mkdir()
    newer = RESULT | {"metrics": {"score": 0.8}, "run": {"finished": "2026-03-01T10:15:02+00:00"}}
    (judged.folder / READY / "result.json").write_text(json.dumps(newer))
    path = judged.folder / "result.json"
    assert judge(judged.chapter, "builtin", path) == ({"score": 0.8}, 1.75, [])
    path.unlink()
    assert judge(judged.chapter, "builtin", path) == ({"score": 0.8}, 1.75, [])
    assert finished(path) == local(2026, 3, 1, 10, 15)


def local(*when):
    """Return a time of UTC as `finished` writes it."""
    return f"{datetime(*when, tzinfo=UTC).astimezone():%Y-%m-%d %H:%M}"


@pytest.mark.parametrize(
    "run", [None, 3, {}, {"finished": 3}, {"finished": "yesterday"}, {"finished": "9999-12-31T23:59:59-23:00"}]
)
def test_a_result_that_does_not_say_when_it_finished_has_the_time_of_its_file(judged, run):
    judged(run=run)
    os.utime(judged.folder / "result.json", 2 * (datetime(2025, 7, 8, 9, 10, tzinfo=UTC).timestamp(),))
    assert finished(judged.folder / "result.json") == local(2025, 7, 8, 9, 10)
    assert finished(judged.folder / "absent.json") == "-"


@pytest.mark.parametrize(
    ("seconds", "total"), [(None, 0), (3, 0), ({"a": "1", "b": True}, 0), ({"a": 1, "b": 0.5, "c": None}, 1.5)]
)
def test_only_numbers_are_added_up_as_seconds(judged, seconds, total):
    assert judged(seconds=seconds) == ({"score": 0.75}, total, [])


@pytest.mark.parametrize(
    ("curves", "expected"),
    [
        ({"loss": [[0, 2.5], [10, 1]]}, {"loss": [(0, 2.5), (10, 1)]}),
        ({"a": [], "b": [[0, 1]], "c": [[0], 3, [1, "x"], [0, math.inf], [0, True]], "d": {}}, {"b": [(0, 1)]}),
        ({"loss": [[0, 1], [1, math.nan], [2, 10**400], [3, 4]]}, {"loss": [(0, 1), (3, 4)]}),
        ([1, 2], {}),
        (None, {}),
    ],
)
def test_only_points_that_can_be_drawn_are_read(curves, expected):
    assert read_curves({"curves": curves}) == expected
