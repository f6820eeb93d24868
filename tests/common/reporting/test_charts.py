"""Where the curves, marks and labels of the report's charts lie."""

import itertools
import re

import pytest

from common.judging.threshold import Threshold
from common.reporting import charts


def one_curve(line, points=()):
    """Return the Chart of one curve."""
    return charts.chart("accuracy", "step", [("train_accuracy", "train", line)], list(points))


def positions(path):
    """Return the points of an SVG path as (x, y)."""
    return [(float(x), float(y)) for x, y in re.findall(r"[ML](\S+?) ([\d.]+)", path)]


def test_a_printed_point_lies_on_the_curve_that_it_equals():
    points = [("printed", "train", 50, 0.5, "printed", "X1"), ("printed", "train", 101, 0.5, "printed", "X2")]
    chart = one_curve([(0, 0.1), (50, 0.5), (100, 0.9)], points)
    (mark,) = chart.marks
    (series,) = chart.series
    assert positions(series.line)[1] == (mark.x, mark.y)
    assert chart.left_out == 1 and not chart.logarithmic and series.band == ""
    assert list(chart.legend()) == [(("printed", "train", "printed"), ["X1"])]
    heights = [y for _, y in positions(series.line)]
    assert heights == sorted(heights, reverse=True)  # y grows downwards
    assert min(heights) >= charts.TOP and max(heights) <= charts.HEIGHT - charts.BOTTOM
    assert series.last == 0.9


def test_marks_of_one_kind_share_a_line_of_the_legend():
    points = [
        ("printed", "train", step, 0.5, "printed accuracy", source)
        for step, source in ((0, "X1"), (50, "X1"), (100, "X2"))
    ]
    chart = one_curve([(0, 0.1), (100, 0.9)], [*points, ("replayed", "test", 100, 0.8, "test 0.8", "")])
    assert list(chart.legend()) == [
        (("printed", "train", "printed accuracy"), ["X1", "X2"]),
        (("replayed", "test", "test 0.8"), [""]),
    ]


def test_a_long_curve_is_drawn_as_means_and_extremes():
    (series,) = one_curve([(i, 5 + (-1) ** i) for i in range(10000)]).series
    heights = {y for _, y in positions(series.line)}
    assert len(positions(series.line)) == charts.BUCKETS
    assert len(heights) <= 3  # the mean of each stretch is 5
    band = {y for _, y in positions(series.band)}
    assert len(band) == 2 and min(band) < heights.pop() < max(band)


def test_wide_ranges_are_logarithmic():
    chart = one_curve([(0, 1000), (1, 10), (2, 0.1)])
    assert chart.logarithmic
    assert [label for _, label in chart.ticks_y] == ["0.1", "1", "10", "100", "1,000"]
    assert not one_curve([(0, 1000), (1, 0)]).logarithmic


@pytest.mark.parametrize(
    ("last", "labels"),
    [
        (1, ["0", "1"]),
        (4, ["0", "1", "2", "3", "4"]),
        (8000, ["0", "2,000", "4,000", "6,000", "8,000"]),
        (33270, ["0", "5,000", "10,000", "15,000", "20,000", "25,000", "30,000"]),
    ],
)
def test_labels_are_round_numbers_at_their_places(last, labels):
    ticks = one_curve([(0, 1), (last, 2)]).ticks_x
    assert [label for _, label in ticks] == labels
    share = float(labels[-1].replace(",", "")) / last
    assert ticks[0][0] == charts.LEFT
    assert ticks[-1][0] == pytest.approx(charts.LEFT + share * (charts.WIDTH - charts.RIGHT - charts.LEFT), abs=0.1)


def test_counts_have_whole_numbers_from_0_on():
    for line in ([(0, 4), (99, 4)], [(0, 0), (1, 1), (99, 4)]):
        assert [label for _, label in one_curve(line).ticks_y] == ["0", "1", "2", "3", "4"]
    assert "0.5" in [label for _, label in one_curve([(0, 0.5), (1, 2)]).ticks_y]


def test_an_axis_is_logarithmic_when_that_is_asked_for():
    curve = [("test_perplexity", "test", [(1, 432.2), (5, 140), (10, 96.35)])]
    chart = charts.chart("perplexity", "epoch", curve, [], logarithmic=True)
    ticks = {label: y for y, label in chart.ticks_y}
    assert chart.logarithmic and len(ticks) >= 3
    assert ticks["100"] - ticks["200"] == pytest.approx(ticks["200"] - ticks["400"], abs=0.2)
    assert not charts.chart("x", "epoch", [("x", "test", [(0, 0), (1, 9)])], [], logarithmic=True).logarithmic


def test_a_narrow_range_has_labels_within_it():
    labels = [label for _, label in one_curve([(0, 0.93), (1, 0.957)]).ticks_y]
    assert labels == ["0.93", "0.935", "0.94", "0.945", "0.95", "0.955"]


def test_a_flat_curve_is_drawn_in_the_middle():
    (series,) = one_curve([(0, 0.5), (1, 0.5)]).series
    middle = (charts.TOP + charts.HEIGHT - charts.BOTTOM) / 2
    assert [y for _, y in positions(series.line)] == [middle, middle]


def test_a_strip_orders_what_it_shows_by_value():
    threshold = Threshold("score", (0.97, 0.98, 0.99), at_least=0.95)
    strip = charts.strip(threshold, 0.985, 0.96)
    seeds = [x for x, _ in strip.seeds]
    assert strip.bound < strip.replayed < seeds[0] < strip.mean[0] < strip.printed < seeds[2]
    assert strip.mean[1] == seeds[0] and strip.mean[2] == seeds[2]
    assert strip.fails_below and len({y for _, y in strip.seeds}) == 1


@pytest.mark.parametrize(("count", "radius"), [(2, charts.DOT), (20, charts.SMALL_DOT)])
def test_seeds_with_the_same_value_lie_above_each_other(count, radius):
    strip = charts.strip(Threshold("score", (0.9, *[0.8] * count), at_least=0.5), None, None)
    same = [(x, y) for x, y in strip.seeds if x == strip.seeds[0][0]]
    assert len(same) == len(set(same)) == count and strip.radius == radius
    heights = sorted(y for _, y in same)
    assert heights[0] >= radius and heights[-1] <= strip.floor - radius
    assert min(b - a for a, b in itertools.pairwise(heights)) >= 2 * radius


def test_dots_that_overlap_only_in_part_do_not_touch_either():
    values = (0.9, 0.901, 0.902, 0.903, 0.95)
    strip = charts.strip(Threshold("score", values, at_least=0.5), None, None)
    gaps = [(a[0] - b[0]) ** 2 + (a[1] - b[1]) ** 2 for i, a in enumerate(strip.seeds) for b in strip.seeds[:i]]
    assert min(gaps) >= (2 * strip.radius) ** 2


def test_a_strip_needs_seeds_that_spread():
    assert charts.strip(Threshold("score", (4, 4), at_least=4), 4, 4) is None
    assert charts.strip(Threshold("score", (4,), at_least=4), 4, 4) is None


def test_what_is_not_known_is_not_on_the_strip():
    strip = charts.strip(Threshold("score", (1, 2), at_most=3), None, None)
    assert strip.printed is None and strip.replayed is None and not strip.fails_below
