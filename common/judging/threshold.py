"""Hold metrics against bounds that rest on measured seeds."""

import math
from dataclasses import dataclass, field
from statistics import mean, stdev

from common.judging.numbers import is_number, written
from common.language import N_, _

# Translators: of a printed number, which lies within the reach of the seeds or beyond it.
REACHED = {True: N_("within"), False: N_("beyond"), None: "-"}


@dataclass(frozen=True)
class Threshold:
    """A Threshold is the bound that `metric` must keep, with the measured `values` behind it.

    `values` has one number for each seed, from seed 1. `at_least` is what a faithful run keeps in 99.9 of 100 cases. So
    is `at_most` for perplexity, where less is better. Both follow from `values` alone, and few values make them wide.
    The docstring of common/judging/tolerance.py says how, also for values that are all the same. Where nothing could be
    measured, `values` is empty. Then the bound follows from the printed number, the share of right ones of `sample`.
    `floor` and `ceiling` are for the profile `repaired`, which is there to reach a number. They tighten its bound.

    `reach` is (least, greatest). A printed number between them can have come from where the values come from. It is
    empty for fewer than two values. So it is where the printed number is of other data, or no possible result.

    `given` names other metrics and their least values. The bound applies when all of them are reached. An empty `given`
    means that it always applies.
    """

    metric: str
    values: tuple
    at_least: float = -math.inf
    at_most: float = math.inf
    floor: float = -math.inf
    ceiling: float = math.inf
    sample: int | None = None
    given: dict = field(default_factory=dict)
    reach: tuple = ()

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

    def in_reach(self, value):
        """Return whether `value` lies within `reach`. Return None where there is no `reach`, or no number."""
        if not self.reach or not is_number(value):
            return None
        return self.reach[0] <= value <= self.reach[1]

    def applies(self, metrics):
        """Return whether `metrics`, a dict, reach every least value of `given`."""
        return all(is_number(metrics.get(name)) and metrics[name] >= least for name, least in self.given.items())

    def holds(self, value):
        """Return whether `value` keeps the bound. NaN and infinity never do."""
        return math.isfinite(value) and self.at_least <= value <= self.at_most


def is_perplexity(metric):
    """Return whether `metric` is a perplexity, where less is better."""
    return metric.endswith("perplexity")


def away(metric, values, number):
    """Return how many standard deviations `number` lies above the mean of `values`, at least two that differ.

    Perplexity is exp of a mean cost. Its deviations are those of the cost.
    """
    if is_perplexity(metric):
        return away("cost", [math.log(value) for value in values], math.log(number))
    return (number - mean(values)) / stdev(values)


def reach_in_words(threshold, printed):
    """Return "within" or "beyond": where the number `printed` lies to the reach of the seeds.

    It is "-" where nothing tells: without a Threshold (None), without its `reach`, or without a printed number.
    """
    reached = threshold.in_reach(printed) if threshold else None
    return REACHED[reached]


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
                message = _("no threshold of {metric} for {name} {found}: expected at least {least}")
                sentences.append(message.format(metric=metric, name=name, found=found, least=written(least)))
        elif not is_number(value):
            sentences.append(_("no {name} in the result").format(name=metric))
        elif not math.isfinite(value):
            sentences.append(_("{metric} is {value}, not a number to compare").format(metric=metric, value=value))
        elif not applying[-1].holds(value):
            below, above = _("{metric} {value} is below {bound}"), _("{metric} {value} is above {bound}")
            message = below if applying[-1].sign == ">=" else above
            sentences.append(message.format(metric=metric, value=written(value), bound=written(applying[-1].bound)))
    return sentences
