"""Where the curves, marks and labels of the report's charts lie."""

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
        (1, ["0", "0.2", "0.4", "0.6", "0.8", "1"]),
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
    assert strip.bound < strip.replayed < strip.seeds[0] < strip.mean[0] < strip.printed < strip.seeds[2]
    assert strip.mean[1] == strip.seeds[0] and strip.mean[2] == strip.seeds[2]
    assert strip.fails_below


def test_a_strip_needs_seeds_that_spread():
    assert charts.strip(Threshold("score", (4, 4), at_least=4), 4, 4) is None
    assert charts.strip(Threshold("score", (4,), at_least=4), 4, 4) is None


def test_what_is_not_known_is_not_on_the_strip():
    strip = charts.strip(Threshold("score", (1, 2), at_most=3), None, None)
    assert strip.printed is None and strip.replayed is None and not strip.fails_below
