"""Means, intervals and the place of the printed number; and the lines that `book.toml` should hold."""

import shutil
import tomllib

import pytest

from common.judging import chapter as chapter_module
from common.judging import spread, tolerance
from common.judging.chapter import Chapter
from common.judging.samples import read_sweep
from tests.support.books import BOUNDS
from tests.support.sweeps import CLAIMS, PROFILES, chapter_of, leave

SCORES = (0.90, 0.92, 0.94, 0.91, 0.93)
REPAIRED = """
[profiles.repaired.thresholds.score]
floor = 0.93
at_least = 0.93
values = [0.96, 0.94]
"""


@pytest.fixture
def sampled(tmp_path, monkeypatch):
    """A function that returns the Sample of seeds with these metrics."""

    def sampled(metrics, profile="printed", profiles=PROFILES, claims=CLAIMS, seeds=None):
        chapter = chapter_of(tmp_path, profiles, claims)
        monkeypatch.setattr(chapter_module, "all_chapters", lambda: [chapter])
        shutil.rmtree(tmp_path / "build", ignore_errors=True)
        for seed, found in zip(seeds or range(1, len(metrics) + 1), metrics, strict=True):
            leave(tmp_path / "build", chapter, seed, under=profile, metrics=found)
        ((sample,), _) = read_sweep(profile, tmp_path / "build")
        return sample

    return sampled


def test_a_row_has_the_place_of_the_printed_number(sampled):
    (row,) = spread.rows_of(sampled([{"score": score} for score in SCORES]))
    # Mean 0.92 and standard deviation 0.015811: the half width of the mean's interval is 2.776 * 0.015811 / sqrt(5).
    assert row.cells() == {
        "metric": "score",
        "seeds": "5",
        "mean ± sd": "0.9200 ± 0.0158",
        "range": "0.9 to 0.94",
        "mean, 95 %": "0.9004 to 0.9396",
        "printed": "0.95",
        "distance": "+1.9 sd",
        "seeds below": "5 of 5",
        "reach": "within",
    }
    assert row.limits == tolerance.limits("score", SCORES)


@pytest.mark.parametrize(("printed", "reach"), [(1.0, "within"), (1.1, "beyond"), (0.7, "beyond")])
def test_a_number_beyond_the_limits_of_the_seeds_is_beyond_reach(sampled, printed, reach):
    claims = (CLAIMS[0].replace("0.95", str(printed)),)
    (row,) = spread.rows_of(sampled([{"score": score} for score in SCORES], claims=claims))
    assert row.cells()["reach"] == reach


def test_one_seed_tells_nothing(sampled):
    (row,) = spread.rows_of(sampled([{"score": 0.9}]))
    cells = row.cells()
    assert (cells["mean ± sd"], cells["mean, 95 %"], cells["distance"], cells["reach"]) == ("0.9000", "-", "-", "-")
    assert cells["seeds below"] == "1 of 1"


def test_metrics_that_the_book_prints_follow_where_seeds_differ(sampled):
    rows = spread.rows_of(sampled([{"score": 0.9, "first": 3, "loss": 1, "other": 1}, {"score": 0.9, "first": 0}]))
    assert [(row.metric, row.printed) for row in rows] == [("score", 0.95), ("first", None)]
    assert rows[0].cells()["mean, 95 %"] == "-" and rows[0].cells()["reach"] == "beyond"


def test_built_in_data_findings_and_missing_data_have_no_printed_number(sampled):
    scores = [{"score": 0.9, "loss": 1, "tracks": 40}, {"score": 0.8, "loss": 2, "tracks": 40}]
    assert spread.printed_for(sampled(scores), "loss") is None
    assert spread.printed_for(sampled(scores, profile="builtin"), "score") is None
    needs = (f"{CLAIMS[0]}, given = {{ tracks = 400 }}",)
    assert spread.printed_for(sampled(scores, claims=needs), "score") is None
    assert spread.printed_for(sampled([{"score": 0.9, "tracks": 400}], claims=needs), "score") == 0.95


def read_back(tmp_path, lines):
    """Return the Chapter of a `book.toml` that holds `lines` in place of its profile's."""
    text = "\n".join(line for line in lines if not line.startswith("#"))
    return chapter_of(tmp_path, f"[profiles.builtin]\n{text}\n"), tomllib.loads(text)


def test_the_lines_for_the_book_are_read_back_as_they_were_measured(sampled, tmp_path):
    lines = spread.book_lines(sampled([{"score": score, "first": seed} for seed, score in enumerate(SCORES)]))
    book, _ = read_back(tmp_path, lines)
    (threshold,) = book.thresholds("printed")
    assert threshold.values == SCORES
    assert threshold.at_least == tolerance.bound("score", SCORES)
    assert list(threshold.reach) == tolerance.reach("score", SCORES)
    assert book.measured("printed", "first") == (0, 1, 2, 3, 4)
    assert not any(line.startswith("#") for line in lines)


def test_a_profile_that_is_the_same_as_another_has_its_lines_there(sampled):
    lines = spread.book_lines(sampled([{"score": score} for score in SCORES], profile="listed"))
    assert lines[0] == "[profiles.printed.thresholds.score]"


def test_built_in_data_has_no_reach(sampled, tmp_path):
    lines = spread.book_lines(sampled([{"score": score} for score in SCORES], profile="builtin"))
    assert lines[0] == "[profiles.builtin.thresholds.score]" and not any(line.startswith("reach") for line in lines)


def test_one_seed_is_evidence_and_no_threshold(sampled, tmp_path):
    lines = spread.book_lines(sampled([{"score": 0.9, "first": 3}]))
    assert lines[0] == "# One seed has no deviation, so that score has no threshold yet."
    _, table = read_back(tmp_path, lines)
    assert table == {"profiles": {"printed": {"evidence": {"score": [0.9], "first": [3]}}}}


def test_what_a_threshold_is_given_and_its_floor_stay(sampled, tmp_path):
    found = [{"score": score, "tracks": 40} for score in SCORES]
    lines = spread.book_lines(sampled(found, profiles="[profiles.builtin]" + BOUNDS))
    assert lines[:2] == ["[[profiles.printed.thresholds.score]]", "given = { tracks = 40 }"]
    lines = spread.book_lines(sampled(found, profile="repaired", profiles=PROFILES + REPAIRED))
    assert lines[1:3] == ["floor = 0.93", "at_least = 0.93"]


def test_seeds_that_are_missing_are_said(sampled):
    lines = spread.book_lines(sampled([{"score": score} for score in SCORES], seeds=[1, 2, 4, 5, 6]))
    assert lines[0] == "# The seeds are 1 2 4 5 6."


def test_a_hundred_values_stand_in_short_lines(sampled, tmp_path):
    scores = [0.9 + seed / 12345 for seed in range(100)]
    lines = spread.book_lines(sampled([{"score": score} for score in scores]))
    assert max(map(len, lines)) <= 120
    book, _ = read_back(tmp_path, lines)
    assert isinstance(book, Chapter) and book.measured("printed", "score") == tuple(round(one, 6) for one in scores)
