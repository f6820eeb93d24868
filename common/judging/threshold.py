"""Hold metrics against bounds that rest on measured seeds."""

import math
from dataclasses import dataclass, field
from statistics import mean, stdev

from common.judging.numbers import is_number, written


@dataclass(frozen=True)
class Threshold:
    """A Threshold is the bound that `metric` must keep, with the measured `values` behind it.

    `values` has one number for each seed, from seed 1. `at_least` is the start minus three standard deviations. It is
    never below `floor`. `at_most` is the start plus three standard deviations. It is never above `ceiling`. It is for
    perplexity, where less is better. The start is the printed number (`basis` "printed") or the mean of the values
    (`basis` "mean"). The mean is for other data than the book's, and for printed numbers that the listing cannot reach.
    Where nothing could be measured, `values` is empty. Then the printed number is a share: that of the right ones among
    `sample` examples. The deviation is that of such a share.

    `given` names other metrics and their least values. The bound applies when all of them are reached. An empty `given`
    means that it always applies.
    """

    metric: str
    values: tuple
    basis: str = "printed"
    at_least: float = -math.inf
    at_most: float = math.inf
    floor: float = -math.inf
    ceiling: float = math.inf
    sample: int | None = None
    given: dict = field(default_factory=dict)

    @property
    def mean(self):
        """The mean over the seeds."""
        return mean(self.values)

    @property
    def sd(self):
        """The sample standard deviation over the seeds."""
        return stdev(self.values)

    @property
    def sign(self):
        """The string '>=' or '<='."""
        return ">=" if math.isfinite(self.at_least) else "<="

    @property
    def bound(self):
        """The number after the sign."""
        return self.at_least if math.isfinite(self.at_least) else self.at_most

    def sampling_error(self, share):
        """Return the standard deviation of a share among `sample` examples, when its true value is `share`."""
        return math.sqrt(share * (1 - share) / self.sample)

    def applies(self, metrics):
        """Return whether `metrics`, a dict, reach every least value of `given`."""
        return all(is_number(metrics.get(name)) and metrics[name] >= least for name, least in self.given.items())

    def holds(self, value):
        """Return whether `value` keeps the bound. NaN and infinity never do."""
        return math.isfinite(value) and self.at_least <= value <= self.at_most


def missed(bounds, metrics):
    """Return a sentence for each bound that `metrics` (a dict) does not keep.

    `bounds` maps each metric to its Thresholds. Of several, the last one that applies is the bound.
    """
    sentences = []
    for metric, thresholds in bounds.items():
        applying = [threshold for threshold in thresholds if threshold.applies(metrics)]
        value = metrics.get(metric)
        if not applying:
            for name, least in thresholds[0].given.items():
                found = written(metrics[name]) if is_number(metrics.get(name)) else "-"
                sentences.append(f"no threshold of {metric} for {name} {found}: expected at least {written(least)}")
        elif not is_number(value):
            sentences.append(f"no {metric} in the result")
        elif not math.isfinite(value):
            sentences.append(f"{metric} is {value}, not a number to compare")
        elif not applying[-1].holds(value):
            side = "below" if applying[-1].sign == ">=" else "above"
            sentences.append(f"{metric} {written(value)} is {side} {written(applying[-1].bound)}")
    return sentences
