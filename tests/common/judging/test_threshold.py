"""Bounds: what keeps them, what misses them, and the evidence they rest on."""

import math

import pytest

from common.judging.chapter import PROFILES, all_chapters
from common.judging.threshold import Threshold, missed, reach_in_words
from common.judging.tolerance import bound as bound_of
from common.judging.tolerance import reach

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


@pytest.mark.parametrize(
    ("reached", "printed", "words"),
    [
        ((0.8, 0.9), 0.8, "within"),
        ((0.8, 0.9), 0.91, "beyond"),
        ((0.8, 0.9), 0.79, "beyond"),
        ((0.8, 0.9), None, "-"),
        ((0.8, 0.9), [0.8], "-"),
        ((), 0.8, "-"),
    ],
)
def test_reach_is_said_in_words(reached, printed, words):
    assert reach_in_words(Threshold("score", (0.9, 0.8), reach=reached), printed) == words
    assert reach_in_words(None, printed) == "-"


@pytest.mark.parametrize("profile", PROFILES)
@pytest.mark.parametrize("chapter", CHAPTERS, ids=lambda chapter: chapter.name)
def test_thresholds_follow_from_their_evidence(chapter, profile):
    """Compute each bound from its measured values, or from the printed share where nothing could be measured."""
    if profile not in chapter.profiles():
        return
    for threshold in chapter.thresholds(profile):
        printed = chapter.printed(threshold.metric)
        assert len(threshold.values) > 1 or (not threshold.values and threshold.sample)
        if profile != "repaired":
            assert math.isinf(threshold.floor) and math.isinf(threshold.ceiling)
        limit = bound_of(
            threshold.metric, threshold.values, printed, threshold.sample, threshold.floor, threshold.ceiling
        )
        assert threshold.bound == limit
        assert threshold.sign == ("<=" if threshold.metric.endswith("perplexity") else ">=")
        assert all(map(threshold.holds, threshold.values))
        assert not threshold.holds(math.nan) and not threshold.holds(math.inf)


@pytest.mark.parametrize("profile", PROFILES)
@pytest.mark.parametrize("chapter", CHAPTERS, ids=lambda chapter: chapter.name)
def test_reach_follows_from_the_evidence_where_the_printed_number_is_comparable(chapter, profile):
    """Compute each reach. On other data there is none, nor where a finding says that the number is no result."""
    if profile not in chapter.profiles():
        return
    findings = {claim.get("metric") for claim in chapter.claims if "finding" in claim}
    for threshold in chapter.thresholds(profile):
        comparable = (
            threshold.values
            and chapter.printed(threshold.metric) is not None
            and chapter.data_kind(profile) != "built-in"
            and threshold.metric not in findings
        )
        assert list(threshold.reach) == (reach(threshold.metric, threshold.values) if comparable else [])


def test_the_listings_of_ch05_and_ch07_do_not_reach_the_printed_number_and_the_repaired_ones_do():
    """Hold E19 and E20 against the measured seeds."""
    found = {
        (chapter.name, profile): threshold.in_reach(chapter.printed(threshold.metric))
        for chapter in CHAPTERS
        for profile in chapter.profiles()
        for threshold in chapter.thresholds(profile)
        if threshold.reach
    }
    beyond = {where for where, reached in found.items() if not reached}
    assert beyond == {("ch05", "listed"), ("ch07", "listed"), ("ch07", "printed")}
    assert found["ch05", "repaired"] and found["ch07", "repaired"]
