"""Hold a setting against its range: what [ranges] of `book.toml` says of it."""

import math

from common.judging.numbers import written


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
        return f"from {written(low)} to {written(high)}"
    words = [f"of at least {written(low)}"] if low is not None else []
    words += [f"above {written(above)}"] if above is not None else []
    words += [f"{'of ' if not words else ''}at most {written(high)}"] if high is not None else []
    return ", ".join(words)
