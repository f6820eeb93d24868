"""Hold a setting against its range: what [ranges] of `book.toml` says of it."""

import math

from common.judging.numbers import written
from common.language import _


def in_range(value, limits):
    """Return whether `value`, a number, keeps `limits`: a dict that may have `at_least`, `above` and `at_most`."""
    return (
        limits.get("at_least", -math.inf) <= value <= limits.get("at_most", math.inf)
        and limits.get("above", -math.inf) < value
    )


def range_text(limits):
    """Return the range `limits` in words, such as "from 1 to 55,000". It is empty for a range without limits."""
    low, above, high = (limits.get(name) for name in ("at_least", "above", "at_most"))
    if low is not None and high is not None:
        return _("from {low} to {high}").format(low=written(low), high=written(high))
    if above is not None and high is not None:
        return _("above {low}, at most {high}").format(low=written(above), high=written(high))
    if above is not None and low is not None:
        above, low = (above, None) if above >= low else (None, low)  # the other one says nothing
    if low is not None:
        return _("of at least {low}").format(low=written(low))
    if above is not None:
        return _("above {low}").format(low=written(above))
    return _("of at most {high}").format(high=written(high)) if high is not None else ""


def number_in(limits, whole=False):
    """Return the numbers within the range `limits` in words, such as "a whole number from 1 to 5"."""
    words = range_text(limits)
    if not words:
        return _("a whole number") if whole else _("a number")
    return (_("a whole number {range}") if whole else _("a number {range}")).format(range=words)
