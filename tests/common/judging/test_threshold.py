"""Bounds: what keeps them, what misses them, and the evidence they rest on."""

import math

import pytest

from common.judging.chapter import PROFILES, all_chapters
from common.judging.threshold import Threshold, missed

CHAPTERS = all_chapters()
# The bound of `score` depends on how many tracks were found.
FEW = Threshold("score", (0.9, 0.8), at_least=0.7, given={"tracks": 40})
ALL = Threshold("score", (), at_least=0.82, given={"tracks": 400}, sample=120)


@pytest.mark.parametrize(
    ("metrics", "sentences"),
    [
        ({"tracks": 40, "score": 0.7}, []),
        ({"tracks": 399, "score": 0.75}, []),
        ({"tracks": 40, "score": 0.69}, ["score 0.69 is below 0.7"]),
        ({"tracks": 400, "score": 0.75}, ["score 0.75 is below 0.82"]),
        ({"tracks": 400, "score": 0.82}, []),
        ({"tracks": 400}, ["no score in the result"]),
        ({"tracks": 400, "score": True}, ["no score in the result"]),
        ({"tracks": 400, "score": "0.99"}, ["no score in the result"]),
        ({"tracks": 400, "score": math.nan}, ["score is nan, not a number to compare"]),
        ({"tracks": 400, "score": math.inf}, ["score is inf, not a number to compare"]),
        ({"tracks": 39, "score": 1.0}, ["no threshold of score for tracks 39: expected at least 40"]),
        ({"tracks": math.nan, "score": 1.0}, ["no threshold of score for tracks nan: expected at least 40"]),
        ({"tracks": "40", "score": 1.0}, ["no threshold of score for tracks -: expected at least 40"]),
        ({"score": 1.0}, ["no threshold of score for tracks -: expected at least 40"]),
    ],
)
def test_the_last_bound_that_applies_is_the_one_to_keep(metrics, sentences):
    assert missed({"score": [FEW, ALL]}, metrics) == sentences


def test_perplexity_is_bound_from_above():
    bound = Threshold("perplexity", (118.0, 119.0), at_most=120)
    assert (bound.sign, bound.bound) == ("<=", 120)
    assert missed({"perplexity": [bound]}, {"perplexity": 120}) == []
    assert missed({"perplexity": [bound]}, {"perplexity": 1203.5}) == ["perplexity 1,203.5 is above 120"]


def test_every_missed_metric_has_a_sentence():
    bounds = {"a": [Threshold("a", (), at_least=1)], "b": [Threshold("b", (), at_most=1)]}
    assert missed(bounds, {"a": 0, "b": 2}) == ["a 0 is below 1", "b 2 is above 1"]
    assert missed(bounds, {"a": 1, "b": 1}) == [] == missed({}, {"a": 0})


def test_mean_and_deviation_are_those_of_a_sample():
    bound = Threshold("score", (0.97, 0.98, 0.99), at_least=0.9)
    assert bound.mean == pytest.approx(0.98) and bound.sd == pytest.approx(0.01)


def test_sampling_error():
    """Hold the deviation of 0.9 of 120 against that of a binomial share."""
    assert ALL.sampling_error(0.9) == pytest.approx(0.02738613)


@pytest.mark.parametrize("profile", PROFILES)
@pytest.mark.parametrize("chapter", CHAPTERS, ids=lambda chapter: chapter.name)
def test_thresholds_follow_from_their_evidence(chapter, profile):
    """Compute each bound: three standard deviations on the worse side of its start, rounded, within floor and ceiling.

    The start is the printed number. It is the mean where no number is printed, and on other data than the book's. It is
    the mean too where the listing cannot reach the printed number.
    """
    if profile not in chapter.profiles():
        return
    for threshold in chapter.thresholds(profile):
        assert threshold.basis in ("mean", "printed")
        assert threshold.basis == "mean" or chapter.data_kind(profile) != "built-in"
        start = threshold.mean if threshold.basis == "mean" else chapter.printed(threshold.metric)
        sd = threshold.sd if threshold.values else threshold.sampling_error(start)
        if threshold.sign == ">=":
            rule = math.floor((start - 3 * sd) * 1e4) / 1e4
            assert threshold.at_least == max(rule, threshold.floor)
        else:
            rule = math.ceil((start + 3 * sd) * 1e2) / 1e2
            assert threshold.at_most == min(rule, threshold.ceiling)
        if threshold.values:
            assert threshold.holds(threshold.values[0])  # make and `make printed` run seed 1
        assert not threshold.holds(math.nan) and not threshold.holds(math.inf)
