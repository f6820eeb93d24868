"""What the ledger finds in a chapter's result folder."""

import json
import math

import pytest

from common.judging.chapter import Chapter
from common.judging.replayed import Replayed
from tests.support.books import book

RESULT = {
    "chapter": "ch00",
    "profile": "printed",
    "data": {"kind": "none"},
    "settings": {"steps": 5},
    "metrics": {"score": 0.91, "shape": [2, 3], "name": "x", "mixed": [1, "x"], "flag": True},
    "curves": {"loss": [[0, 2.0], [10, 1.0]], "broken": [[0, math.nan], "x"]},
}


@pytest.fixture
def left(tmp_path):
    """The result folder of a small chapter; `read()` gives its Replayed."""
    (tmp_path / "book.toml").write_text(book(profiles="[profiles.printed]"))
    folder = tmp_path / "printed" / "ch00"
    (folder / "figures").mkdir(parents=True)
    (folder / "figures" / "there.png").touch()
    (folder / "figures" / "notes.txt").touch()
    (folder / "result.json").write_text(json.dumps(RESULT))
    (folder / "output.txt").write_text("[ 1   2]\n\n  반  갑 \n", encoding="utf-8")
    return folder


def read(folder):
    root = folder.parent.parent
    return Replayed(Chapter(root / "book.toml"), "printed", root)


def test_what_is_there_is_found(left):
    evidence = read(left)
    assert evidence.complaint == ""
    assert evidence.metrics == {"score": 0.91, "shape": [2, 3]}
    assert evidence.curves == {"loss": [(0, 2.0), (10, 1.0)]}
    assert evidence.lines == ["[1 2]", "", "반 갑"]
    assert evidence.pictures == {"there.png"}


@pytest.mark.parametrize(
    ("claim", "value"),
    [
        ({"metric": "score"}, 0.91),
        ({"metric": "shape"}, [2, 3]),
        ({"metric": "name"}, None),
        ({"lines": ["x"]}, None),
        ({"curve": "loss", "steps": [10, 0]}, [1.0, 2.0]),
        ({"curve": "loss", "steps": [0, 5]}, [2.0, None]),
        ({"curve": "absent", "steps": [0]}, [None]),
    ],
)
def test_the_value_of_a_claim(left, claim, value):
    assert read(left).found(claim) == value


@pytest.mark.parametrize(
    ("claim", "step"),
    [
        ({"curve": "loss", "steps": [0, 10]}, None),
        ({"curve": "loss", "steps": [0, 11]}, 11),
        ({"metric": "loss", "step": 10}, None),
        ({"metric": "loss", "step": 11}, 11),
        ({"metric": "score", "step": 11}, None),
        ({"metric": "loss"}, None),
    ],
)
def test_a_step_after_the_end_of_the_run(left, claim, step):
    assert read(left).step_beyond(claim) == step


def test_nothing_is_found_where_nothing_is(left):
    for name in ("result.json", "output.txt"):
        (left / name).unlink()
    evidence = read(left)
    assert evidence.complaint == "no result: the chapter did not run to its end"
    assert (evidence.metrics, evidence.curves, evidence.lines) == ({}, {}, [])


def test_output_that_is_no_text_has_no_lines(left):
    (left / "output.txt").write_bytes(b"\xff\xfe")
    assert read(left).lines == []
