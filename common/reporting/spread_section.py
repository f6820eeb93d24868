"""Gather what a sweep shows: tables, figures, and lines for `book.toml`. The terminal and the report show the same."""

from functools import partial

from common.judging.samples import read_sweep
from common.language import N_, _
from common.paths import BUILD

DOTS, LINES = N_("each seed a dot, the printed number a line"), N_("curves over steps, one colour a setting")


def spread_of(profile, build=BUILD, names=None):
    """Return what is to be shown of the sweeps of `profile` in the folder `build`, as a dict. Return None without any.

    `method` is a sentence. `tables` is a list of (title, headings, lists of texts). `figures` is a list of dicts with
    `name`, `about` and `draw`, which returns the bytes of a PNG. `book` maps each chapter's `book.toml` to its lines.
    `left_out` is a list of sentences. `names`, such as ["ch01"], chooses chapters. All is in the language of the
    messages, except the figures.
    """
    samples, left_out = read_sweep(profile, build, names)
    if not samples:
        return {"tables": [], "figures": [], "book": {}, "left_out": left_out, "method": ""} if left_out else None
    # scipy and matplotlib take two seconds, which a report without a sweep does not spend.
    from common.judging import spread
    from common.reporting import spread_figures

    rows = {id(sample): spread.rows_of(sample) for sample in samples}
    own = [sample for sample in samples if not sample.changed]
    lines = [(row.chapter, row) for one in own for row in rows[id(one)]]
    tables = [_table(_("profile {profile}").format(profile=profile), _("chapter"), lines)]
    for group in _groups(samples):
        lines = [(row.label or _("as the profile"), row) for sample in group for row in rows[id(sample)]]
        title = _("{chapter}, other settings").format(chapter=group[0].chapter.name)
        tables.append(_table(title, _("settings"), lines))
    judged = {sample.chapter.name: spread.judged_metrics(sample)[0] for sample in samples}
    dots = {
        name: [row for one in samples for row in rows[id(one)] if (row.chapter, row.metric) == (name, metric)]
        for name, metric in judged.items()
    }
    drawn = [("spread.png", DOTS, spread_figures.spread, dots)]
    panels = {group[0].chapter.name: _curves(group, judged[group[0].chapter.name]) for group in _groups(samples)}
    if any(panels.values()):
        panels = {name: panel for name, panel in panels.items() if panel}
        drawn.append(("variants.png", LINES, spread_figures.variants, panels))
    return {
        "method": spread.method(),
        "tables": [table for table in tables if table[2]],
        "figures": [
            {"name": name, "about": _(about), "draw": partial(spread_figures.png, draw, what)}
            for name, about, draw, what in drawn
        ],
        "book": {f"chapters/{one.chapter.path.parent.name}/book.toml": spread.book_lines(one) for one in own},
        "left_out": left_out,
    }


def _groups(samples):
    """Return the Samples of each chapter that has other settings than the profile's, as lists."""
    groups = {}
    for sample in samples:
        groups.setdefault(sample.chapter.name, []).append(sample)
    return [group for group in groups.values() if any(sample.changed for sample in group)]


def _table(title, first, rows):
    cells = [{first: name, **row.cells()} for name, row in rows]
    return title, list(cells[0]) if cells else [], [list(one.values()) for one in cells]


def _curves(group, metric):
    """Return the name of the curve that tells most of `metric`, and it for each Sample. Return None without a curve."""
    recorded = {name for sample in group for result in sample.results.values() for name in result.get("curves") or ()}
    base = metric.removeprefix("test_")
    for name in (metric, f"train_{base}", base, *sorted(recorded)):
        lines = [(sample.label, sample.curves(name)) for sample in group]
        if any(curves for _label, curves in lines):
            return name, [(label, curves) for label, curves in lines if curves]
    return None
