"""The bound that a metric must keep, and the measured seeds that it rests on."""

import math
from dataclasses import dataclass, field
from statistics import mean, stdev

from common.judging.numbers import is_number, written


@dataclass(frozen=True)
class Threshold:
    """The bound that `metric` must keep, and the measured `values` that it rests on: one a seed, from seed 1.

    `at_least` is the start minus three standard deviations. It is never below `floor`. `at_most` is the start plus
    three, never above `ceiling`: it is for perplexity, where less is better. The start is the printed number
    (`basis` "printed") or the mean of the values (`basis` "mean"). The mean is for other data than the book's, and for
    printed numbers that the listing cannot reach. Where nothing could be measured, `values` is empty. Then the printed
    number is the right share of `sample` examples, and the deviation is that of such a share.

    `given` names other metrics and their least values. The bound applies from there on; an empty one applies always.
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
        """Return the standard deviation of a share of `sample` examples whose true value is `share`."""
        return math.sqrt(share * (1 - share) / self.sample)

    def applies(self, metrics):
        """Return whether `metrics`, a dict of numbers, reach what the bound is given for."""
        return all(is_number(metrics.get(name)) and metrics[name] >= least for name, least in self.given.items())

    def holds(self, value):
        """Return whether `value` keeps the bound. NaN and infinity never do."""
        return math.isfinite(value) and self.at_least <= value <= self.at_most


def missed(bounds, metrics):
    """Return a sentence for each metric of `bounds` (metric to Thresholds) that `metrics` (a dict) does not keep.

    Of several Thresholds of a metric, the last one that applies is the bound.
    """
    sentences = []
    for metric, thresholds in bounds.items():
        applying = [threshold for threshold in thresholds if threshold.applies(metrics)]
        value = metrics.get(metric)
        if not applying:
            sentences += [
                f"no threshold of {metric} for {name} {written(metrics.get(name))}: expected at least {written(least)}"
                for name, least in thresholds[0].given.items()
            ]
        elif not is_number(value):
            sentences.append(f"no {metric} in the result")
        elif not math.isfinite(value):
            sentences.append(f"{metric} is {value}, not a number to compare")
        elif not applying[-1].holds(value):
            side = "below" if applying[-1].sign == ">=" else "above"
            sentences.append(f"{metric} {written(value)} is {side} {written(applying[-1].bound)}")
    return sentences
