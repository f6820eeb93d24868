"""Set a chapter's printed numbers beside its replayed ones, as a table for a notebook."""

import html

from common.judging.columns import in_columns
from common.judging.numbers import written
from common.judging.result import thresholds_of, verdict
from common.judging.threshold import missed
from common.language import N_, _

HEADINGS = (N_("metric"), N_("printed"), N_("replayed"), N_("threshold"), N_("verdict"))
BUILT_IN = N_("The built-in data is not the book's: the printed numbers are for the real data.")


class Scores:
    """A Scores is a table of the metrics by which a chapter is judged, and of their verdicts.

    `metrics` is the dict of the run. `rows` is a list of tuples of texts, in the order of HEADINGS. A notebook shows
    the table as HTML, and other programs as text.
    """

    def __init__(self, chapter, profile, metrics):
        self.headings = tuple(map(_, HEADINGS))
        self.rows = [
            (
                metric,
                written(chapter.printed(metric)),
                written(metrics.get(metric)),
                bound,
                _verdict(chapter, profile, metric, metrics),
            )
            for metric, bound, _reach in thresholds_of(chapter, profile, metrics)
        ]
        self.note = _(BUILT_IN) if chapter.data_kind(profile) == "built-in" else ""

    def __repr__(self):
        return "\n".join([*in_columns([self.headings, *self.rows]), *([self.note] if self.note else [])])

    def as_html(self):
        """Return the table as HTML (str)."""
        head = "".join(f'<th scope="col">{heading}</th>' for heading in self.headings)
        body = "".join(f"<tr>{''.join(f'<td>{html.escape(cell)}</td>' for cell in row)}</tr>" for row in self.rows)
        note = f"<p>{html.escape(self.note)}</p>" if self.note else ""
        return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>{note}"

    _repr_html_ = as_html  # IPython asks for it under this name


def _verdict(chapter, profile, metric, metrics):
    """Return the verdict of one `metric` of the run's dict `metrics`, in the language of the messages."""
    bounds = chapter.bounds(profile).get(metric)
    words = verdict(chapter, profile, metrics, missed({metric: bounds}, metrics) if bounds else [])
    return _(words)
