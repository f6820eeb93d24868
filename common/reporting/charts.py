"""Compute where everything lies in the report's charts. The template draws them as SVG."""

import math
from dataclasses import dataclass, field

import numpy as np

from common.judging.numbers import written

WIDTH, HEIGHT = 440, 260  # of a chart, in units of its viewBox; a larger one would shrink the letters on a phone
LEFT, RIGHT, TOP, BOTTOM = 52, 14, 12, 42  # the room of the axes and their labels
BUCKETS = 120  # a long curve is drawn as the means and extremes of so many stretches
LOGARITHMIC_FROM = 30  # above this ratio of greatest and least value, an axis is logarithmic
NOTHING = 1e-30  # smaller values are drawn as zero
STRIP_MARGIN = 14
DOT, SMALL_DOT = 4, 2.5  # radii of the dots of a strip: one for each seed
MOST_LEVELS = 5  # more dots than so many above each other are small ones


@dataclass
class Chart:
    """A Chart is what the template draws as one picture.

    `series` is a list of Series and `marks` a list of Marks; both lie within the axes. `ticks_x` and `ticks_y` are
    lists of (position, label). `left_out` counts the points outside the steps of the run. `title` and `x_label` are
    what was given.
    """

    title: object
    x_label: object
    logarithmic: bool
    series: list = field(default_factory=list)
    marks: list = field(default_factory=list)
    ticks_x: list = field(default_factory=list)
    ticks_y: list = field(default_factory=list)
    left_out: int = 0

    def legend(self):
        """Return the marks in order, grouped by their words: ((kind, key, text), [each source once])."""
        groups = {}
        for mark in self.marks:
            sources = groups.setdefault((mark.kind, mark.key, mark.text), [])
            if mark.source not in sources:
                sources.append(mark.source)
        return groups.items()


@dataclass
class Series:
    """A Series is one curve as SVG paths.

    `line` goes through the means. `band` lies around the least and the greatest values; it is '' for a short curve.
    `key` is 'train', 'test' or 'other'. `first` and `last` are the values at its ends.
    """

    name: object
    key: str
    line: str
    band: str
    first: float
    last: float


@dataclass
class Mark:
    """A Mark is one point to compare with.

    `kind` is 'printed' or 'replayed'. `key` is that of a series. `source` is the id of a claim.
    """

    kind: str
    key: str
    x: float
    y: float
    text: object
    source: str


def chart(title, x_label, curves, points, logarithmic=False):
    """Return the Chart of `curves`, a list of (name, key, [(step, value), ...]), with `points` as Marks.

    `points` is a list of (kind, key, step, value, text, source). Those outside the steps of the curves are left out.
    The axis is `logarithmic` when that is asked for, or when the values lie far apart. An axis of counts starts at 0.
    """
    last = max(step for _, _, line in curves for step, _ in line)
    first = min(step for _, _, line in curves for step, _ in line)
    near = [point for point in points if first <= point[2] <= last]
    reduced = [(name, key, *_reduce(line)) for name, key, line in curves]
    values = [value for *_, low, _, high in reduced for value in (*low, *high)] + [point[3] for point in near]
    logarithmic = min(values) > NOTHING and (logarithmic or max(values) > LOGARITHMIC_FROM * min(values))
    whole = not logarithmic and all(float(value).is_integer() for value in values)
    made = Chart(title, x_label, bool(logarithmic), left_out=len(points) - len(near))
    x = _scale([first, last], LEFT, WIDTH - RIGHT, margin=0)
    y = _scale([*values, 0] if whole else values, HEIGHT - BOTTOM, TOP, logarithmic)
    for name, key, steps, low, middle, high in reduced:
        band = ""
        if (low != high).any():
            there, back = [list(zip(steps, edge, strict=True)) for edge in (high, low)]
            band = _path(there + back[::-1], x, y) + "Z"
        path = _path(zip(steps, middle, strict=True), x, y)
        made.series.append(Series(name, key, path, band, float(middle[0]), float(middle[-1])))
    made.marks = [Mark(kind, key, x(step), y(value), *rest) for kind, key, step, value, *rest in near]
    made.ticks_x = [(x(tick), written(tick)) for tick in _ticks(*x.domain, 5, whole=True)]
    ticks = _decades(*y.domain) if logarithmic else _ticks(*y.domain, 5, whole)
    made.ticks_y = [(y(tick), written(tick)) for tick in ticks]
    return made


@dataclass
class Strip:
    """A Strip is one line of positions: the seeds, two numbers (`printed`, `replayed`) and the bound.

    `seeds` is a list of (x, y), where seeds with the same value lie above each other. `radius` is that of their dots.
    `mean` has three positions: the mean, and the mean less and plus one standard deviation. An unknown position is
    None. `ticks` is a list of (position, label). `floor` is how far down the seeds reach.
    """

    seeds: list
    radius: float
    floor: float
    mean: tuple
    printed: float | None
    replayed: float | None
    bound: float
    fails_below: bool
    ticks: list


def strip(threshold, printed, replayed):
    """Return the Strip of a Threshold, for numbers or None. Return None when its seeds do not spread."""
    if len(threshold.values) < 2 or not threshold.sd:
        return None
    known = [value for value in (printed, replayed) if value is not None]
    ends = [*threshold.values, threshold.bound, *known]
    x = _scale(ends, STRIP_MARGIN, WIDTH - STRIP_MARGIN)
    radius, levels = DOT, _levels(map(x, threshold.values), 2 * DOT)
    if max(level for _, level in levels) >= MOST_LEVELS:
        radius, levels = SMALL_DOT, _levels(map(x, threshold.values), 2 * SMALL_DOT)
    floor = 2 * radius * (1 + max(level for _, level in levels))
    return Strip(
        seeds=[(position, round(floor - radius * (1 + 2 * level), 1)) for position, level in levels],
        radius=radius,
        floor=floor,
        mean=(x(threshold.mean), x(threshold.mean - threshold.sd), x(threshold.mean + threshold.sd)),
        printed=None if printed is None else x(printed),
        replayed=None if replayed is None else x(replayed),
        bound=x(threshold.bound),
        fails_below=threshold.sign == ">=",
        ticks=[(x(tick), written(tick)) for tick in _ticks(*x.domain, 5)],
    )


def _levels(positions, apart):
    """Return (position, level) for each, so that those on one level lie at least `apart`. Level 0 is filled first."""
    placed, ends = [], []
    for position in sorted(positions):
        level = next((level for level, end in enumerate(ends) if position - end >= apart), len(ends))
        ends[level : level + 1] = [position]
        placed.append((position, level))
    return placed


def _reduce(line):
    """Return four arrays of a curve: the steps, and the least, mean and greatest values.

    They are of each point, or of BUCKETS stretches when there are more than twice as many points.
    """
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
    """Return a function from values to positions between `start` and `end`.

    Its `domain` is (value at `start`, value at `end`). The extremes of `values` lie inside it, by the share `margin` of
    their range.
    """
    forward = math.log10 if logarithmic else float
    low, high = forward(min(values)), forward(max(values))
    size = max(abs(low), abs(high))
    flat = high - low <= max(NOTHING, 1e-9 * size)  # such values are drawn in the middle
    beyond = 0.5 * (size if size > NOTHING else 1) if flat else margin * (high - low)
    low, high = low - beyond, high + beyond

    def position(value):
        return round(start + (forward(value) - low) / (high - low) * (end - start), 1)

    position.domain = (10**low, 10**high) if logarithmic else (low, high)
    return position


def _ticks(low, high, count, whole=False):
    """Return about `count` round numbers from `low` to `high`, or `whole` numbers."""
    raw = max((high - low) / count, 1 if whole else 0)
    power = 10 ** math.floor(math.log10(raw))
    step = next(power * factor for factor in (1, 2, 5, 10) if power * factor >= raw * 0.75)
    first = math.ceil(low / step - 1e-9)
    return [tick * step for tick in range(first, math.floor(high / step + 1e-9) + 1)]


def _decades(low, high):
    """Return round numbers from `low` to `high` for a logarithmic axis, which may be less than a decade."""
    first, last = math.floor(math.log10(low)), math.ceil(math.log10(high))
    decades = range(first, last + 1, 1 + (last - first) // 8)
    factors = (1, 2, 5) if len(decades) <= 3 else (1, 3) if len(decades) <= 4 else (1,)
    ticks = [factor * 10**decade for decade in decades for factor in factors]
    ticks = [tick for tick in ticks if low <= tick <= high]
    return ticks if len(ticks) >= 3 else _ticks(low, high, 5)


def _path(points, x, y):
    return "M" + "L".join(f"{x(step):g} {y(value):g}" for step, value in points)
