"""Printed beside replayed, as a table."""

import re

import pytest

from common.judging.chapter import Chapter
from common.judging.scores import Scores
from tests.support.books import book


@pytest.fixture
def chapter(tmp_path):
    profiles = "[profiles.builtin]\n[profiles.printed]\n[profiles.printed.thresholds.accuracy]\n"
    profiles += "at_least = 0.9\nvalues = [0.91, 0.92]\n[profiles.listed]\n[profiles.listed.thresholds.accuracy]\n"
    profiles += "at_least = 0.8\nvalues = [0.91, 0.92]\ngiven = { tracks = 40 }"
    (tmp_path / "book.toml").write_text(book(profiles=profiles), encoding="utf-8")
    return Chapter(tmp_path / "book.toml")


@pytest.mark.parametrize(("accuracy", "verdict"), [(0.9, "holds"), (0.89, "missed"), (None, "no result")])
def test_the_verdict_is_that_of_the_threshold(chapter, accuracy, verdict):
    (row,) = Scores(chapter, "printed", {} if accuracy is None else {"accuracy": accuracy}).rows
    assert row[0] == "accuracy" and row[2:] == ("-" if accuracy is None else str(accuracy), ">= 0.9", verdict)


def test_a_threshold_that_does_not_apply_is_missed(chapter):
    assert Scores(chapter, "listed", {"accuracy": 0.99, "tracks": 39}).rows[0][-1] == "missed"
    assert Scores(chapter, "listed", {"accuracy": 0.99, "tracks": 40}).rows[0][-1] == "holds"


def test_without_a_threshold_nothing_is_judged(chapter):
    assert Scores(chapter, "builtin", {"accuracy": 0.99}).rows[0][2:] == ("0.99", "none yet", "no threshold")


def test_the_table_is_the_same_as_text_and_as_html(chapter):
    scores = Scores(chapter, "printed", {"accuracy": 0.95})
    cells = re.findall("<(?:td|th scope=.col.)>(.*?)</t[hd]>", scores.as_html())
    assert " ".join(cells).replace("&gt;", ">").split() == repr(scores).split()
