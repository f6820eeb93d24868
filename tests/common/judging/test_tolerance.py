"""Tolerance limits: held against published factors, against chance, and against what `book.toml` says of them."""

import math

import numpy as np
import pytest
from scipy.stats import binom, norm

from common.judging import tolerance

SEEDS = (0.9829, 0.9810, 0.9793)


@pytest.mark.parametrize(
    ("n", "content", "confidence", "expected"),
    [
        (43, 0.90, 0.99, 1.8740),  # the example of NIST's handbook, 7.2.6.3
        (10, 0.99, 0.95, 3.981),  # from here on of the tables in Hahn and Meeker, Statistical Intervals
        (5, 0.95, 0.95, 4.203),
        (3, 0.99, 0.95, 10.553),
        (2, 0.90, 0.95, 20.581),
        (100, 0.99, 0.95, 2.684),
    ],
)
def test_factors_are_the_published_ones(n, content, confidence, expected):
    assert tolerance.factor(n, content, confidence) == pytest.approx(expected, abs=6e-4)


@pytest.mark.parametrize("n", [3, 10, 50])
def test_95_of_100_limits_are_kept_by_999_of_1000_runs(n):
    """Draw seeds again and again, and count how often their limit keeps its promise."""
    draws = np.random.default_rng(0).normal(0.98, 0.002, (20000, n))
    limits = draws.mean(axis=1) - tolerance.factor(n) * draws.std(axis=1, ddof=1)
    kept = norm.sf(limits, 0.98, 0.002) >= 0.999
    assert kept.mean() == pytest.approx(0.95, abs=0.005)


def test_more_seeds_of_the_same_spread_make_the_limit_tighter():
    wide, tight = (tolerance.limits("score", SEEDS * times) for times in (1, 10))
    assert wide[0] < tight[0] < min(SEEDS) and max(SEEDS) < tight[1] < wide[1]


def test_a_share_stays_from_0_to_1_and_other_numbers_do_not():
    assert tolerance.limits("test_accuracy", (0.9, 0.99))[1] == 1 and tolerance.limits("accuracy", (0.1, 0.01))[0] == 0
    assert tolerance.limits("score", (0.9, 0.99))[1] > 1


def test_limits_of_a_perplexity_are_those_of_its_cost():
    costs = (5.70, 5.75, 5.80)
    low, high = tolerance.limits("test_perplexity", [math.exp(cost) for cost in costs])
    assert [math.log(low), math.log(high)] == pytest.approx(tolerance.limits("cost", costs))
    assert low > 1


def test_values_that_are_all_the_same_are_their_own_limit():
    assert tolerance.limits("letters_right", (4, 4, 4)) == (4, 4)
    assert tolerance.bound("letters_right", (4, 4, 4)) == 4 and tolerance.reach("letters_right", (4, 4, 4)) == [4, 4]
    # With a smaller share of good runs, n good ones in a row would come in fewer than 5 of 100 cases.
    assert tolerance.share_kept(100) ** 100 == pytest.approx(0.05)


@pytest.mark.parametrize(("right", "sample"), [(112, 120), (12, 12), (0, 12), (6, 12)])
def test_the_limit_of_a_printed_share_is_kept_by_shares_like_it(right, sample):
    limit = tolerance.share_limit(right / sample, sample) * sample
    assert limit == pytest.approx(round(limit)) and limit <= right
    # The least true share that would still print so many right ones in 5 of 100 cases.
    shares = np.linspace(0, 1, 10001)
    least = shares[binom.sf(right - 1, sample, shares) >= 0.05][0] if right else 0
    assert binom.cdf(limit - 1, sample, least) <= 0.001 < binom.cdf(limit, sample, least)


def test_bounds_are_rounded_to_the_wider_side():
    low, high = tolerance.limits("score", SEEDS)
    assert tolerance.reach("score", SEEDS) == [math.floor(low * 1e4) / 1e4, math.ceil(high * 1e4) / 1e4]
    assert tolerance.bound("score", SEEDS) == math.floor(low * 1e4) / 1e4
    perplexities = (188.779, 188.816, 187.638)
    low, high = tolerance.limits("test_perplexity", perplexities)
    assert tolerance.bound("test_perplexity", perplexities) == math.ceil(high * 100) / 100


def test_floor_and_ceiling_tighten_a_bound():
    assert tolerance.bound("score", SEEDS, floor=0.98) == 0.98 and tolerance.bound("score", SEEDS, floor=0.1) > 0.9
    assert tolerance.bound("test_perplexity", (115.4, 114.8, 114.7), ceiling=120.0) == 120.0


def test_the_mean_has_an_interval_of_student():
    """Hold it against the table of t: 2.776 for five values."""
    low, high = tolerance.mean_interval((1, 2, 3, 4, 5))
    assert (low, high) == pytest.approx((3 - 2.776 * 0.70711, 3 + 2.776 * 0.70711), abs=1e-3)
