"""Set texts in columns."""

from common.language import pad, width


def in_columns(rows):
    """Return `rows`, lists of texts of the same length, as a list of lines. Wide letters count as two."""
    widths = [max(map(width, column)) for column in zip(*rows, strict=True)]
    return ["  ".join(map(pad, row, widths)).rstrip() for row in rows]
