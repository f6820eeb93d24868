"""Draw how the results of a sweep lie: a dot for each seed, and the curves of each setting.

It imports matplotlib, which takes a second.
"""

import io
import os

os.environ.pop("MPLBACKEND", None)  # a backend that is not installed would stop the import

import matplotlib
import numpy as np
from matplotlib.figure import Figure

from common.reporting.charts import LOGARITHMIC_FROM

COLUMNS = 2
STRETCHES = 100  # a long curve is drawn as the means of so many stretches
STYLE = {"font.size": 10, "axes.titlesize": 11, "axes.grid": True, "axes.axisbelow": True, "grid.color": "#dddddd"}
KEY = "dot: a seed; black: the mean and its 95 % interval; band: the one-sided limits of 99.9 % of the runs"
OWN = "as the profile"
SEED, MEAN, PRINTED, REACH = "#1f6fb2", "#111111", "#c51b3a", "#e8eef6"


def png(draw, *arguments):
    """Return the figure that `draw(*arguments)` makes as the bytes of a PNG."""
    content = io.BytesIO()
    with matplotlib.rc_context(STYLE):
        draw(*arguments).savefig(content, format="png", dpi=110)
    return content.getvalue()


def spread(groups):
    """Return a Figure with a panel for each chapter. It has a line of dots for each choice of settings.

    `groups` maps chapters to lists of Rows of one metric. A dot is a seed, the red line is the printed number. Below
    the dots lie the mean and its 95 % interval. The band reaches as far as faithful runs do.
    """
    heights = [0.8 + 0.6 * max(map(len, line)) for line in _lines(list(groups.values()))]
    figure, panels = _panels(len(groups), heights)
    for axes, (chapter, rows) in zip(panels, groups.items(), strict=False):
        for place, row in enumerate(rows):
            _draw_row(axes, row, -place)
        printed = next((row.printed for row in rows if row.printed is not None), None)
        if printed is not None:
            axes.axvline(printed, color=PRINTED, linewidth=1.5, label=f"printed {printed:g}")
            axes.legend(loc="best", fontsize=8, framealpha=0.9)
        axes.set_title(f"{chapter}, {rows[0].metric.replace('_', ' ')}")
        axes.set_yticks([-place for place in range(len(rows))], [_name(row) for row in rows], fontsize=8)
        axes.set_ylim(0.5 - len(rows), 0.5)
        axes.grid(axis="y", visible=False)
    figure.supxlabel(KEY, fontsize=8)
    return figure


def _draw_row(axes, row, y):
    if row.limits and row.sd:
        axes.fill_betweenx([y - 0.42, y + 0.42], *row.limits, color=REACH, linewidth=0)
    axes.plot(row.numbers, y + _apart(row.numbers), "o", color=SEED, alpha=0.6, markersize=4.5, markeredgewidth=0)
    axes.plot(row.mean, y - 0.3, "|", color=MEAN, markersize=8)
    if row.interval:
        axes.plot(row.interval, [y - 0.3] * 2, color=MEAN, linewidth=1.5)


def _apart(numbers):
    """Return a height for each number, so that dots in the same place stand above each other."""
    numbers = np.asarray(numbers, float)
    width = (np.ptp(numbers) or 1) / 60
    seen, heights = {}, []
    for cell in np.round(numbers / width):
        heights.append(seen.get(cell, 0))
        seen[cell] = heights[-1] + 1
    return -0.1 + np.array(heights) * min(0.12, 0.5 / max(1, max(seen.values()) - 1))


def variants(panels_of):
    """Return a Figure with a panel for each chapter: curves over steps, one colour for each choice of settings.

    `panels_of` maps chapters to (curve's name, list of (label, {seed: [(step, value), ...]})). The label of the
    profile's own settings is empty. The thick line is the mean over the seeds, and a thin one is a seed.
    """
    figure, panels = _panels(len(panels_of), [3.6] * len(_lines(list(panels_of))))
    for axes, (chapter, (name, lines)) in zip(panels, panels_of.items(), strict=False):
        values = []
        for number, (label, curves) in enumerate(lines):
            colour = f"C{number % 10}"
            reduced = [_stretches(points) for points in curves.values()]
            for steps, line in reduced if len(reduced) > 1 else []:
                axes.plot(steps, line, color=colour, linewidth=0.6, alpha=0.4)
            steps, middle = _mean_line(reduced)
            count = f" ({len(curves)} seeds)" if len(curves) > 1 else " (1 seed)"
            axes.plot(steps, middle, color=colour, linewidth=2, label=(label or OWN) + count)
            values += [value for _, line in reduced for value in line]
        if min(values) > 0 and max(values) > LOGARITHMIC_FROM * min(values):
            axes.set_yscale("log")
        axes.set_title(f"{chapter}, {name.replace('_', ' ')}")
        axes.set_xlabel("step or epoch")
        axes.legend(loc="best", fontsize=8, framealpha=0.9)
    return figure


def _stretches(points):
    steps, values = np.array(sorted(points), float).T
    parts = np.array_split(np.arange(len(steps)), min(STRETCHES, len(steps)))
    return np.array([steps[part].mean() for part in parts]), np.array([values[part].mean() for part in parts])


def _mean_line(reduced):
    """Return the steps of the longest line, and the mean of all lines there. A line counts as far as it goes."""
    steps = max((steps for steps, _ in reduced), key=len)
    lines = [np.interp(steps, own, line, left=np.nan, right=np.nan) for own, line in reduced]
    return steps, np.nanmean(lines, axis=0)


def _lines(panels):
    return [panels[start : start + COLUMNS] for start in range(0, len(panels), COLUMNS)]


def _panels(count, heights):
    """Return a Figure with `count` Axes in lines of COLUMNS, and the list of the Axes. `heights` are in inches."""
    columns = min(count, COLUMNS)
    figure = Figure(figsize=(5.5 * columns, sum(heights)), layout="constrained")
    axes = figure.subplots(len(heights), columns, squeeze=False, height_ratios=heights)
    for unused in axes.flat[count:]:
        unused.remove()
    return figure, list(axes.flat[:count])


def _name(row):
    seeds = f"{len(row.values)} {'seed' if len(row.values) == 1 else 'seeds'}"
    return f"{row.label or OWN}\n{seeds}".replace(", ", "\n")
