"""The geometry of the report's charts: where everything lies, for a template to draw as SVG."""

import math
from dataclasses import dataclass, field

import numpy as np

from common.judging.numbers import written

WIDTH, HEIGHT = 440, 260  # of a chart, in units of its viewBox: small, so that a phone does not shrink the letters
LEFT, RIGHT, TOP, BOTTOM = 52, 14, 12, 42  # what the axes and their labels take
BUCKETS = 120  # a longer curve is drawn as the means and extremes of so many stretches
LOGARITHMIC_FROM = 30  # the ratio of greatest and least value from which an axis is logarithmic
NOTHING = 1e-30  # what is smaller is drawn as zero
STRIP_HEIGHT = 44
STRIP_MARGIN = 14


@dataclass
class Chart:
    """One chart: `ticks_x` and `ticks_y` are (position, label); series and marks lie within the axes.

    `left_out` counts the printed points outside the steps of the run.
    """

    title: str
    x_label: str
    logarithmic: bool
    series: list = field(default_factory=list)
    marks: list = field(default_factory=list)
    ticks_x: list = field(default_factory=list)
    ticks_y: list = field(default_factory=list)
    left_out: int = 0

    def legend(self):
        """The marks by what is said of them: ((kind, key, text), [sources, each once]), in order."""
        groups = {}
        for mark in self.marks:
            sources = groups.setdefault((mark.kind, mark.key, mark.text), [])
            if mark.source not in sources:
                sources.append(mark.source)
        return groups.items()


@dataclass
class Series:
    """One curve as SVG paths: `line` through the means, `band` around least and greatest value ('' for short curves).

    `key` is 'train', 'test' or 'other'; `last` the last value.
    """

    name: str
    key: str
    line: str
    band: str
    last: float


@dataclass
class Mark:
    """One point to compare with: `kind` is 'printed' or 'replayed', `key` that of a series, `source` a claim's id."""

    kind: str
    key: str
    x: float
    y: float
    text: str
    source: str


def chart(title, x_label, curves, points):
    """A Chart of `curves`, a list of (name, key, [(step, value), ...]), with `points` to compare with marked on it.

    `points` is a list of (kind, key, step, value, text, source). Those outside the steps of the curves are left out.
    """
    last = max(step for _, _, line in curves for step, _ in line)
    first = min(step for _, _, line in curves for step, _ in line)
    near = [point for point in points if first <= point[2] <= last]
    reduced = [(name, key, *_reduce(line)) for name, key, line in curves]
    values = [value for *_, low, _, high in reduced for value in (*low, *high)] + [point[3] for point in near]
    logarithmic = bool(min(values) > NOTHING and max(values) > LOGARITHMIC_FROM * min(values))
    made = Chart(title, x_label, logarithmic, left_out=len(points) - len(near))
    x = _scale([first, last], LEFT, WIDTH - RIGHT, margin=0)
    y = _scale(values, HEIGHT - BOTTOM, TOP, logarithmic)
    for name, key, steps, low, middle, high in reduced:
        band = ""
        if (low != high).any():
            there, back = [list(zip(steps, edge, strict=True)) for edge in (high, low)]
            band = _path(there + back[::-1], x, y) + "Z"
        made.series.append(Series(name, key, _path(zip(steps, middle, strict=True), x, y), band, middle[-1]))
    made.marks = [Mark(kind, key, x(step), y(value), *rest) for kind, key, step, value, *rest in near]
    made.ticks_x = [(x(tick), written(tick)) for tick in _ticks(*x.domain, 5)]
    low, high = y.domain
    ticks = _decades(low, high) if logarithmic else _ticks(low, high, 5)
    made.ticks_y = [(y(tick), written(tick)) for tick in ticks]
    return made


@dataclass
class Strip:
    """One line of figures: where the seeds, their mean and spread, the printed and the replayed one and the bound lie.

    `mean` is (position, position less and plus a standard deviation); what is not known is None.
    """

    seeds: list
    mean: tuple
    printed: float | None
    replayed: float | None
    bound: float
    fails_below: bool
    ticks: list


def strip(threshold, printed, replayed):
    """The Strip of a Threshold with evidence, or None where the seeds do not spread."""
    if len(threshold.values) < 2 or not threshold.sd:
        return None
    known = [value for value in (printed, replayed) if value is not None]
    ends = [*threshold.values, threshold.bound, *known]
    x = _scale(ends, STRIP_MARGIN, WIDTH - STRIP_MARGIN)
    return Strip(
        seeds=[x(value) for value in threshold.values],
        mean=(x(threshold.mean), x(threshold.mean - threshold.sd), x(threshold.mean + threshold.sd)),
        printed=None if printed is None else x(printed),
        replayed=None if replayed is None else x(replayed),
        bound=x(threshold.bound),
        fails_below=threshold.sign == ">=",
        ticks=[(x(tick), written(tick)) for tick in _ticks(*x.domain, 5)],
    )


def _reduce(line):
    """Steps, least, mean and greatest values of a curve: of each point, or of each of BUCKETS stretches of it."""
    steps, values = np.array(line, float).T
    order = np.argsort(steps, kind="stable")
    steps, values = steps[order], values[order]
    if len(steps) <= 2 * BUCKETS:
        return steps, values, values, values
    stretches = np.array_split(np.arange(len(steps)), BUCKETS)
    return tuple(
        np.array([reduce(of[stretch]) for stretch in stretches])
        for reduce, of in ((np.mean, steps), (np.min, values), (np.mean, values), (np.max, values))
    )


def _scale(values, start, end, logarithmic=False, margin=0.05):
    """A function from values to positions, the extremes a share `margin` of the range inside; `domain` is its reach."""
    forward = math.log10 if logarithmic else float
    low, high = forward(min(values)), forward(max(values))
    size = max(abs(low), abs(high))
    flat = high - low <= max(NOTHING, 1e-9 * size)  # and then drawn in the middle
    beyond = 0.5 * (size if size > NOTHING else 1) if flat else margin * (high - low)
    low, high = low - beyond, high + beyond

    def position(value):
        return round(start + (forward(value) - low) / (high - low) * (end - start), 1)

    position.domain = (10**low, 10**high) if logarithmic else (low, high)
    return position


def _ticks(low, high, count):
    """About `count` round numbers from `low` to `high`."""
    raw = (high - low) / count
    power = 10 ** math.floor(math.log10(raw))
    step = next(power * factor for factor in (1, 2, 5, 10) if power * factor >= raw * 0.75)
    first = math.ceil(low / step - 1e-9)
    return [tick * step for tick in range(first, math.floor(high / step + 1e-9) + 1)]


def _decades(low, high):
    """Round numbers for a logarithmic axis."""
    first, last = math.floor(math.log10(low)), math.ceil(math.log10(high))
    decades = range(first, last + 1, 1 + (last - first) // 8)
    factors = (1, 2, 5) if len(decades) <= 3 else (1, 3) if len(decades) <= 4 else (1,)
    ticks = [factor * 10**decade for decade in decades for factor in factors]
    return [tick for tick in ticks if low <= tick <= high]


def _path(points, x, y):
    return "M" + "L".join(f"{x(step):g} {y(value):g}" for step, value in points)
