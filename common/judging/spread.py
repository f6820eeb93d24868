"""Say how a chapter's results lie over the seeds, and where the printed number lies among them.

It imports scipy, which takes a second.
"""

import textwrap
from dataclasses import dataclass
from statistics import mean, stdev

from common.judging import tolerance
from common.judging.numbers import is_number, written
from common.judging.threshold import REACHED, away, is_perplexity
from common.language import N_, _

METHOD = N_(
    "The printed number is within reach when it lies within the one-sided tolerance limits of the seeds: those of "
    "{content:.1%} of all runs, with a confidence of {confidence:.0%}\n"
    "(NIST/SEMATECH e-Handbook of Statistical Methods, 7.2.6.3; common/judging/tolerance.py)."
)


def method():
    """Return the sentence that says when a printed number is within reach."""
    return _(METHOD).format(content=tolerance.CONTENT, confidence=tolerance.CONFIDENCE)


@dataclass(frozen=True)
class Row:
    """A Row is one metric of one Sample.

    `values` maps seeds to numbers. `printed` is the number of the book, None where none can be held against them.
    """

    chapter: str
    label: str
    metric: str
    values: dict
    printed: float | None

    @property
    def numbers(self):
        """The values in the order of the seeds."""
        return list(self.values.values())

    @property
    def mean(self):
        """The mean over the seeds."""
        return mean(self.numbers)

    @property
    def sd(self):
        """The sample standard deviation. It is None for one seed."""
        return stdev(self.numbers) if len(self.values) > 1 else None

    @property
    def interval(self):
        """Where the mean of all runs lies, as (least, greatest). It is None for one seed, or without a spread."""
        return tolerance.mean_interval(self.numbers) if self.sd else None

    @property
    def limits(self):
        """Where faithful runs lie, as (least, greatest). It is None for one seed."""
        return tolerance.limits(self.metric, self.numbers) if self.sd is not None else None

    @property
    def in_reach(self):
        """Whether the printed number can have come from the seeds. It is None where nothing tells."""
        if self.printed is None or not self.limits:
            return None
        return self.limits[0] <= self.printed <= self.limits[1]

    def cells(self):
        """Return what a table shows of it, as a dict from heading to text."""
        far = away(self.metric, self.numbers, self.printed) if self.printed is not None and self.sd else None
        below = sum(value < self.printed for value in self.numbers) if self.printed is not None else None
        reach = REACHED[self.in_reach]
        return {
            _("metric"): self.metric,
            _("seeds"): str(len(self.values)),
            _("mean ± sd"): f"{self.mean:.4f}" + (f" ± {self.sd:.4f}" if self.sd is not None else ""),
            _("range"): _from_to((min(self.numbers), max(self.numbers)), written),
            _("mean, 95 %"): _from_to(self.interval, "{:.4f}".format) if self.interval else "-",
            _("printed"): written(self.printed),
            _("distance"): _("{far:+.1f} sd").format(far=far) if far is not None else "-",
            _("seeds below"): _("{below} of {count}").format(below=below, count=len(self.values))
            if below is not None
            else "-",
            _("reach"): _(reach),
        }


def _from_to(ends, text):
    low, high = map(text, ends)
    return low if low == high else _("{low} to {high}").format(low=low, high=high)


def rows_of(sample):
    """Return the list of Rows of a Sample: its judged metrics first, then others that the book prints.

    Others that are the same for every seed are left out. So is the time, which no seed decides.
    """
    judged = judged_metrics(sample)
    claimed = [claim.get("metric") for claim in sample.chapter.claims if "minus" not in claim]
    others = [
        metric
        for metric in dict.fromkeys(claimed)
        if metric not in (*judged, None, "seconds_a_batch") and len(set(sample.values(metric).values())) > 1
    ]
    return [
        Row(sample.chapter.name, sample.label, metric, values, printed_for(sample, metric))
        for metric in [*judged, *others]
        if (values := sample.values(metric))
    ]


def judged_metrics(sample):
    """Return the metrics by which the profile of `sample` is judged, the chapter's main one first."""
    chapter = sample.chapter
    judged = [threshold.metric for threshold in chapter.thresholds(sample.profile, sample.metrics())]
    return sorted(set(judged) or {chapter.main_metric()}, key=lambda metric: metric != chapter.main_metric())


def printed_for(sample, metric):
    """Return the number that the book prints for `metric`, if these results may be held against it. Else return None.

    Results of built-in data may not. Nor may those that lack what the claim needs, or a number that a finding calls no
    result.
    """
    chapter = sample.chapter
    built_in = chapter.data_kind(sample.profile) == "built-in"
    for claim in chapter.claims:
        if claim.get("metric") != metric or "minus" in claim or not is_number(claim.get("value")):
            continue
        found = sample.metrics()
        short = [name for name, least in claim.get("given", {}).items() if not found.get(name, -1) >= least]
        if not (short or "finding" in claim or (built_in and not claim.get("any_data"))):
            return claim["value"]
    return None


def book_lines(sample):
    """Return the lines of TOML that the chapter's `book.toml` should hold of a Sample with the profile's settings."""
    chapter, profile = sample.chapter, sample.chapter.resolved(sample.profile)
    lines, evidence = [], {}
    for metric in judged_metrics(sample):
        values = [_short(value) for value in sample.values(metric).values()]
        if len(values) < 2:
            lines.append(f"# One seed has no deviation, so that {metric} has no threshold yet.")
            evidence[metric] = values
            continue
        table = f"profiles.{profile}.thresholds.{metric}"
        several = len(chapter.bounds(profile).get(metric, ())) > 1
        lines += [f"[[{table}]]" if several else f"[{table}]", *_threshold_lines(sample, metric, values)]
    for claim in chapter.claims:
        metric = claim.get("metric")
        if {"at_least", "at_most"} & claim.keys() and metric not in judged_metrics(sample):
            evidence[metric] = [_short(value) for value in sample.values(metric).values()]
    if any(evidence.values()):
        lines += [f"[profiles.{profile}.evidence]"]
        lines += [line for metric, values in evidence.items() if values for line in _list_lines(metric, values)]
    seeds = list(sample.results)
    if seeds != list(range(1, len(seeds) + 1)):
        lines.insert(0, f"# The seeds are {' '.join(map(str, seeds))}.")
    return lines


def _threshold_lines(sample, metric, values):
    known = {one.metric: one for one in sample.chapter.thresholds(sample.profile, sample.metrics())}.get(metric)
    given = ", ".join(f"{name} = {least}" for name, least in known.given.items()) if known else ""
    kept = {name: getattr(known, name) for name in ("floor", "ceiling") if known and abs(getattr(known, name)) < 1e300}
    side = "at_most" if is_perplexity(metric) else "at_least"
    lines = [f"given = {{ {given} }}"] if given else []
    lines += [f"{name} = {value}" for name, value in kept.items()]
    lines.append(f"{side} = {tolerance.bound(metric, values, **kept)}")
    if printed_for(sample, metric) is not None:
        lines.append(f"reach = {tolerance.reach(metric, values)}")
    return lines + _list_lines("values", values)


def _list_lines(name, values):
    line = f"{name} = [{', '.join(map(str, values))}]"
    if len(line) <= 120:
        return [line]
    inside = textwrap.wrap(", ".join(map(str, values)) + ",", 110)
    return [f"{name} = [", *(f"    {part}" for part in inside), "]"]


def _short(value):
    """Return `value` with six digits behind the point, as an int where it is whole."""
    value = round(value, 6)
    return int(value) if value == int(value) else value
