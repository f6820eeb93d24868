"""Set a chapter's printed numbers beside its replayed ones, as a table for a notebook."""

import html

from common.judging.numbers import written
from common.judging.threshold import missed

HEADINGS = ("metric", "printed", "replayed", "threshold", "verdict")
BUILT_IN = "The built-in data is not the book's: the printed numbers are for the real data."


class Scores:
    """A Scores is a table of the metrics by which a chapter is judged, and of their verdicts.

    `metrics` is the dict of the run. `rows` is a list of tuples of texts, in the order of HEADINGS. A notebook shows
    the table as HTML, and other programs as text.
    """

    def __init__(self, chapter, profile, metrics):
        thresholds = chapter.thresholds(profile, metrics) or chapter.thresholds(profile)[:1]
        self.rows = [_row(chapter, profile, threshold, metrics) for threshold in thresholds]
        if not thresholds:
            metric = chapter.main_metric()
            printed, replayed = chapter.printed(metric), metrics.get(metric)
            self.rows = [(metric, written(printed), written(replayed), "none yet", "not judged")]
        self.note = BUILT_IN if chapter.data_kind(profile) == "built-in" else ""

    def __repr__(self):
        widths = [max(map(len, column)) for column in zip(HEADINGS, *self.rows, strict=True)]
        lines = [
            "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
            for row in (HEADINGS, *self.rows)
        ]
        return "\n".join([*lines, *([self.note] if self.note else [])])

    def as_html(self):
        """Return the table as HTML (str)."""
        head = "".join(f'<th scope="col">{heading}</th>' for heading in HEADINGS)
        body = "".join(f"<tr>{''.join(f'<td>{html.escape(cell)}</td>' for cell in row)}</tr>" for row in self.rows)
        note = f"<p>{html.escape(self.note)}</p>" if self.note else ""
        return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>{note}"

    _repr_html_ = as_html  # IPython asks for it under this name


def _row(chapter, profile, threshold, metrics):
    """Return the texts of one row. `metrics` is the dict of the run."""
    metric = threshold.metric
    bound = f"{threshold.sign} {written(threshold.bound)}"
    verdict = "failed" if missed({metric: chapter.bounds(profile)[metric]}, metrics) else "passed"
    return metric, written(chapter.printed(metric)), written(metrics.get(metric)), bound, verdict
