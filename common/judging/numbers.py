"""Tell numbers from other values, and write numbers."""


def is_number(value):
    """Return whether `value` is a number that fits into a float. True and False are not numbers."""
    # JSON may hold integers that are too large for a float.
    return isinstance(value, float) or (isinstance(value, int) and not isinstance(value, bool) and abs(value) < 1e300)


def is_numeric(value):
    """Return whether `value` is a number or a list of numbers."""
    return all(map(is_number, value)) if isinstance(value, list) else is_number(value)


def written(value):
    """Return `value` (a number, a list, None or anything else) as people read it.

    A number has six digits, and a comma after the thousands. A list has a space between its parts. None is "-".
    """
    if isinstance(value, list):
        return " ".join(map(written, value))
    if value is None:
        return "-"
    if not is_number(value):
        return str(value)
    return f"{value:,}" if isinstance(value, int) else f"{value:,.6g}"
