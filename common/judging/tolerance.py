"""Compute what faithful runs keep, from the values of a few measured seeds: tolerance limits.

A limit is kept by CONTENT of all runs. CONFIDENCE says how seldom the measured seeds mislead about that: few seeds make
a limit wide. There are three cases:

- Values that spread. The limits are their mean less and plus `factor(n)` of their standard deviations. Each is the
  one-sided limit of a normal distribution. The factor comes from the noncentral t distribution. (NIST/SEMATECH
  e-Handbook of Statistical Methods, 7.2.6.3.) Perplexity is exp of a mean cost, so its limits are those of the cost.
  A share of few examples moves in steps. Its limits lie between two steps, so the bound is at most one step too wide.
- Values that are all the same, such as 4 right letters of 4. There is no deviation to make room for, so the bound is
  the value itself. That CONTENT of the runs keep it is not shown: `share_kept(n)` says what n such seeds do show.
- No values, only a printed share of `sample` examples. Its limit is that of a binomial distribution. The true share is
  at least the lower limit of Clopper and Pearson. (Meeker, Hahn and Escobar, Statistical Intervals, 2017, chapter 6;
  `bintol.int` of the R package tolerance.)

This module imports scipy, which takes a second. So the results stand in `book.toml`, and `make check` reads them there.
"""

import math
from statistics import mean, stdev

from scipy.stats import beta, binom, nct, norm, t

from common.judging.threshold import is_perplexity

CONTENT = 0.999
CONFIDENCE = 0.95
DIGITS = {False: 4, True: 2}  # of a bound behind the point; True is for perplexity


def factor(n, content=CONTENT, confidence=CONFIDENCE):
    """Return how many standard deviations of `n` values the one-sided limit lies away from their mean."""
    return nct.ppf(confidence, n - 1, norm.ppf(content) * math.sqrt(n)) / math.sqrt(n)


def limits(metric, values):
    """Return (least, greatest): the lower and the upper one-sided limit of `values`, at least two numbers.

    A share (`metric` ends in "accuracy") has limits from 0 to 1.
    """
    if min(values) == max(values):
        return values[0], values[0]
    if is_perplexity(metric):
        return tuple(math.exp(limit) for limit in limits("cost", [math.log(value) for value in values]))
    beyond = factor(len(values)) * stdev(values)
    low, high = mean(values) - beyond, mean(values) + beyond
    return (max(0, low), min(1, high)) if metric.endswith("accuracy") else (low, high)


def share_kept(n):
    """Return the share of all runs that keep a bound at least, when each of `n` measured ones did."""
    return (1 - CONFIDENCE) ** (1 / n)


def share_limit(share, sample):
    """Return the lower limit of another share of `sample` examples, when the one share that is known is `share`."""
    right = share * sample
    least = beta.ppf(1 - CONFIDENCE, right, sample - right + 1) if right else 0.0
    return float(binom.ppf(1 - CONTENT, sample, least)) / sample


def reach(metric, values):
    """Return [least, greatest] as `book.toml` holds them: the limits of `values`, rounded outwards."""
    scale = 10 ** DIGITS[is_perplexity(metric)]
    low, high = limits(metric, values)
    return [_plain(math.floor(_near(low * scale)) / scale), _plain(math.ceil(_near(high * scale)) / scale)]


def bound(metric, values, printed=None, sample=None, floor=-math.inf, ceiling=math.inf):
    """Return the `at_least` of `metric`, or its `at_most` when it is a perplexity, as `book.toml` holds it.

    Without two `values` it is that of the share `printed` of `sample` examples. It is within `floor` and `ceiling`.
    """
    if not values:
        scale = 10 ** DIGITS[False]
        return max(floor, math.floor(_near(share_limit(printed, sample) * scale)) / scale)
    low, high = reach(metric, values)
    return min(high, ceiling) if is_perplexity(metric) else max(low, floor)


def mean_interval(values):
    """Return (least, greatest): where the mean of all runs lies, with CONFIDENCE, by Student's t distribution."""
    half = t.ppf((1 + CONFIDENCE) / 2, len(values) - 1) * stdev(values) / math.sqrt(len(values))
    return mean(values) - half, mean(values) + half


def _near(number):
    """Return `number` without the last digits of a float: 9085.000000000001 must not round up to 9086."""
    return round(number, 6)


def _plain(number):
    return int(number) if number == int(number) else number
