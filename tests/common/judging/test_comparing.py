"""When a printed value and a replayed one agree."""

import math

import pytest

from common.judging.comparing import agrees, compare, place, squeezed
from common.judging.threshold import Threshold
from common.judging.verdicts import AGREES, WITHIN_SPREAD


@pytest.mark.parametrize(
    ("value", "within", "found", "expected"),
    [
        (0.5, None, 0.5, True),
        (0.5, None, 0.5000001, False),
        (0.5, 1e-6, 0.5000001, True),
        (0.5, 1e-6, 0.500002, False),
        ([6, 8], None, [6, 8], True),
        ([6, 8], None, [6, 9], False),
        ([6, 8], 1, [6, 9], True),
        ([6, 8], 10, [6], False),
        (6, 10, [6], False),
        (6, 10, None, False),
        (6, 10, math.nan, False),
    ],
)
def test_a_worked_number_agrees_when_it_is_within_its_distance(value, within, found, expected):
    claim = {"id": "X1", "metric": "score", "value": value} | ({} if within is None else {"within": within})
    assert agrees(claim, {} if found is None else {"score": found}) is expected


# Mean 0.91, standard deviation 0.01.
SEEDS = [Threshold("score", (0.90, 0.91, 0.92), at_least=0.8, reach=(0.87, 0.93))]


@pytest.mark.parametrize(
    ("printed", "found", "expected"),
    [
        (0.93, 0.93, AGREES),
        (0.929, 0.871, WITHIN_SPREAD),
        (0.871, 0.929, WITHIN_SPREAD),
        (0.931, 0.91, None),
        (0.869, 0.91, None),
        (0.91, 0.931, None),
        (0.91, 0.869, None),
        (0.91, math.nan, None),
        (0.95, 0.95, None),  # a run that met it by chance does not outweigh the seeds
    ],
)
def test_seeds_tell_how_far_two_values_may_lie_apart(printed, found, expected):
    claim = {"id": "X1", "metric": "score", "value": printed}
    assert compare(claim, found, SEEDS) == expected
    assert compare(claim, found, []) == (AGREES if printed == found else None)


@pytest.mark.parametrize("key", [{"within": 0}, {"minus": "ch01"}, {"metric": "other"}])
def test_the_spread_counts_for_the_metric_itself_only(key):
    claim = {"id": "X1", "metric": "score", "value": 0.91}
    assert compare(claim, 0.92, SEEDS) == WITHIN_SPREAD
    assert compare(claim | key, 0.92, SEEDS) is None and place(claim | key, SEEDS) == ""


def test_one_seed_has_no_spread():
    assert compare({"id": "X1", "metric": "score", "value": 0.91}, 0.92, [Threshold("score", (0.91,))]) is None
    assert place({"id": "X1", "metric": "score", "value": 0.91}, [Threshold("score", (0.91,))]) == ""


@pytest.mark.parametrize(
    ("printed", "words"),
    [
        (0.93, "within reach: 2.0 standard deviations above the mean of 3 seeds"),
        (0.865, "beyond reach: 4.5 standard deviations below the mean of 3 seeds"),
    ],
)
def test_the_place_of_a_printed_value_is_said_in_words(printed, words):
    assert place({"id": "X1", "metric": "score", "value": printed}, SEEDS) == words
    assert place({"id": "X1", "metric": "score", "value": printed, "within": 1}, SEEDS) == ""


@pytest.mark.parametrize(
    ("measured", "found", "expected"),
    [
        ((0, 3, 0, 0), 0, WITHIN_SPREAD),
        ((0, 3, 0, 0), 3, WITHIN_SPREAD),
        ((0, 0), 0, None),
        ((0, 0), 3, None),  # a run that met it by chance does not outweigh the seeds
        ((2, 3), 3, AGREES),
        ((2, 3), 0, None),
    ],
)
def test_a_printed_bound_is_judged_by_the_measured_seeds(measured, found, expected):
    claim = {"id": "X1", "metric": "score", "at_least": 1}
    assert compare(claim, found, [], measured) == expected
    assert place(claim, [], measured) == f"{sum(value >= 1 for value in measured)} of {len(measured)} seeds"


@pytest.mark.parametrize(
    ("bounds", "found", "expected"),
    [
        ({"at_least": 3}, 3, AGREES),
        ({"at_least": 3}, 2.9, None),
        ({"at_most": 3}, 3, AGREES),
        ({"at_most": 3}, 3.1, None),
        ({"at_least": 1, "at_most": 3}, 0, None),
        ({"at_most": 3}, math.nan, None),
    ],
)
def test_a_printed_bound_holds_or_not(bounds, found, expected):
    assert compare({"id": "X1", "metric": "score", **bounds}, found, []) == expected


def test_lists_agree_in_every_place():
    claim = {"id": "X1", "curve": "loss", "steps": [0, 9], "value": [2, 1]}
    assert compare(claim, [2, 1.0], []) == AGREES
    assert compare(claim, [2, 1.1], []) is None and compare(claim, [2], []) is None


def test_spaces_of_a_scan_do_not_count():
    assert squeezed(" [ 1   2]\t( 3) ") == squeezed("[1 2] (3)") == "[1 2] (3)"
    assert squeezed("[1 2]") != squeezed("[12]")
