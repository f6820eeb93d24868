"""Every checkable thing that the book prints, beside the replayed one: `python -m common.ledger --profile printed`.

Each claim is one entry of `figures` in a chapter's `book.toml`:

    claim     its id
    about     what the book says there
    printed   what is printed, where it is not just what follows
    value     the printed number or list of numbers; or `lines`, what the output must hold but for runs of spaces
    metric    the name of the replayed one in the result; or `curve` and `steps`, points of a curve of the result
    within    how far apart the two may be, with the `reason`; without it they are equal, or, for a metric with evidence
              from several seeds, the printed one is within two standard deviations of their mean
    at_least, at_most   in place of `value`, where the book states a bound
    minus     the chapter whose metric of the same name is subtracted first
    picture   a figure of the result that shows what the book draws
    given     metrics that the result must reach before the claim can be judged: what data it needs
    under     settings that a profile must have for the claim to mean anything
    any_data  true when it holds on the built-in data as well
    differs   why the replayed one is known to be another, with the settings of the printed output
    by_seed   true when one seed may agree with the book and another differ, for the reason in `differs`
    step      the training step that a printed number is of, for the report's curves
    finding   the number of the finding (E..) why the printed one cannot be right
"""

import argparse
import sys
import textwrap
from collections import Counter
from dataclasses import dataclass

import numpy as np

from common.beside import words
from common.book import BUILD, PROFILES, all_books, is_numeric, read_curves, read_result
from common.errors import command

AGREES = "agrees"
WITHIN_SPREAD = "agrees within the spread of seeds"
DIFFERS = "differs"
CONTRADICTION = "contradicts the book itself"
NEEDS_DATA = "needs data that is not here"
VERDICTS = (AGREES, WITHIN_SPREAD, DIFFERS, CONTRADICTION, NEEDS_DATA)


@dataclass(frozen=True)
class Entry:
    """One line of the ledger: `verdict` is one of VERDICTS, or None with the `complaint` why there is none.

    A complaint beside a verdict says that the entry of `book.toml` claims something else.
    """

    chapter: str
    claim: str
    about: str
    printed: str
    replayed: str
    verdict: str | None
    reason: str = ""
    complaint: str = ""


def entries(profile, build=BUILD):
    """The ledger of `profile`: an Entry for each claim of each chapter, from the results in `build`."""
    books = {book.chapter: book for book in all_books() if profile in book.profiles()}
    results = {name: _Result(book, profile, build) for name, book in books.items()}
    return [_judge(books[name], figure, results, profile) for name in books for figure in books[name].figures]


class _Result:
    """What a chapter left behind under `profile`, as far as it did."""

    def __init__(self, book, profile, build):
        folder = build / profile / book.chapter
        self.content, complaints = read_result(book, profile, folder / "result.json")
        self.complaint = complaints[0] if complaints else ""
        metrics = self.content.get("metrics", {})
        self.metrics = {name: value for name, value in metrics.items() if is_numeric(value)}
        self.curves = read_curves(self.content)
        self.pictures = {path.name for path in (folder / "figures").glob("*.png")}
        try:
            self.lines = [words(line) for line in (folder / "output.txt").read_text(encoding="utf-8").splitlines()]
        except (OSError, ValueError):
            self.lines = []

    def found(self, figure):
        """The replayed value: a number, a list of numbers (with None for points that are not there), or None."""
        if "curve" not in figure:
            return self.metrics.get(figure.get("metric"))
        points = dict(self.curves.get(figure["curve"], []))
        return [points.get(step) for step in figure["steps"]]

    def steps_beyond(self, figure):
        """The last step that `figure` is of when the run ended before it, else None."""
        last = max((step for step, _ in self.curves.get(figure.get("curve") or figure.get("metric"), [])), default=None)
        step = max(figure["steps"]) if "curve" in figure else figure.get("step")
        return step if step is not None and last is not None and last < step else None


def _judge(book, figure, results, profile):
    result = results[book.chapter]
    entry = {
        "chapter": book.chapter,
        "claim": figure["claim"],
        "about": figure["about"],
        "printed": _printed(figure),
        "replayed": "-",
    }
    if "finding" in figure:
        entry["replayed"] = _text(result.found(figure))
        return Entry(**entry, verdict=CONTRADICTION, reason=f"{figure['finding']}: {figure['reason']}")
    if book.data_kind(profile) == "built-in" and not figure.get("any_data"):
        return Entry(**entry, verdict=NEEDS_DATA, reason=f"{book.data}, real: make book")
    if result.complaint:
        return Entry(**entry, verdict=None, complaint=result.complaint)
    short = [
        f"{name} {_text(result.metrics.get(name))} of {least}"
        for name, least in figure.get("given", {}).items()
        if not _reaches(result.metrics.get(name), least)
    ]
    if short:
        return Entry(**entry, verdict=NEEDS_DATA, reason=", ".join(short))
    settings = book.settings(profile)
    other = [
        f"{name} is {settings[name]}" for name, value in figure.get("under", {}).items() if settings[name] != value
    ]
    if other:
        return Entry(**entry, verdict=DIFFERS, reason=f"profile {profile}: {', '.join(other)}")
    if "picture" in figure and figure["picture"] not in result.pictures:
        return Entry(**entry, verdict=None, complaint=f"no figures/{figure['picture']}")
    if "lines" in figure:
        missing = [line for line in figure["lines"] if words(line) not in result.lines]
        same = " / ".join(figure["lines"]) if "printed" in figure else "the same lines"
        entry["replayed"] = f"without {missing[0]}" if missing else same
        return _settle(entry, figure, AGREES if not missing else None, book, profile)
    if "value" not in figure and "at_least" not in figure and "at_most" not in figure:
        entry["replayed"] = f"figures/{figure['picture']}"
        return _settle(entry, figure, AGREES, book, profile)
    beyond = _changed_settings(book, profile) and result.steps_beyond(figure)
    if beyond:
        return Entry(**entry, verdict=DIFFERS, reason=f"profile {profile} does not reach step {beyond}")
    found = result.found(figure)
    one_number = {"minus", "at_least", "at_most"} & figure.keys()
    if found is None or (isinstance(found, list) and (one_number or None in found)):
        return Entry(**entry, verdict=None, complaint=f"no {figure.get('metric') or figure['curve']} in the result")
    if "minus" in figure:
        other = results[figure["minus"]]
        subtrahend = other.metrics.get(figure["metric"])
        if other.complaint or not isinstance(subtrahend, int | float):
            return Entry(**entry, verdict=None, complaint=f"{figure['minus']}: {other.complaint or 'no such metric'}")
        found -= subtrahend
    entry["replayed"] = _text(found)
    return _settle(entry, figure, _compare(book, figure, found, profile), book, profile)


def _reaches(value, least):
    return isinstance(value, int | float) and value >= least


def _compare(book, figure, found, profile):
    """AGREES, WITHIN_SPREAD or None."""
    if "value" not in figure:
        return AGREES if figure.get("at_least", -np.inf) <= found <= figure.get("at_most", np.inf) else None
    printed, replayed = np.asarray(figure["value"], float), np.asarray(found, float)
    if printed.shape != replayed.shape:
        return None
    if (np.abs(printed - replayed) <= figure.get("within", 1e-9)).all():
        return AGREES
    if "within" not in figure and "minus" not in figure and "metric" in figure:
        for threshold in book.thresholds(profile):
            if threshold.metric == figure["metric"] and len(threshold.values) > 1:
                spread = 2 * threshold.sd
                if abs(printed - threshold.mean) <= spread and abs(replayed - threshold.mean) <= 2 * spread:
                    return WITHIN_SPREAD
    return None


def _changed_settings(book, profile):
    """Where the settings of `profile` are others than the printed output's, or "": then `differs` may not hold."""
    if book.data_kind(profile) == "built-in":
        return ""
    settings, printed = book.settings(profile), book.settings("printed")
    changed = ", ".join(f"{name} {settings[name]}" for name in settings if settings[name] != printed.get(name))
    return f"profile {profile} has other settings than the printed one: {changed}" if changed else ""


def _settle(entry, figure, verdict, book, profile):
    """The Entry, with a complaint when `book.toml` says that the two differ and they do not, or the other way round."""
    expected = figure.get("differs")
    changed = _changed_settings(book, profile)
    if expected and (changed or figure.get("by_seed")):
        return Entry(**entry, verdict=verdict or DIFFERS, reason="" if verdict else changed or expected)
    if verdict is None:
        complaint = "" if expected else "should agree, and does not: say in `differs` why, or mend the chapter"
        return Entry(**entry, verdict=DIFFERS, reason=expected or "", complaint=complaint)
    complaint = "`differs` says that it does not agree, and it does" if expected else ""
    return Entry(**entry, verdict=verdict, reason=figure.get("reason", ""), complaint=complaint)


def _printed(figure):
    if "printed" in figure:
        return figure["printed"]
    if "lines" in figure:
        return " / ".join(figure["lines"])
    for bound, phrase in (("at_least", "at least"), ("at_most", "at most")):
        if bound in figure:
            return f"{phrase} {figure[bound]:g}"
    return _text(figure["value"]) if "value" in figure else "a picture"


def _text(value):
    if isinstance(value, list):
        return " ".join(_text(part) for part in value)
    if isinstance(value, int):
        return str(value)
    return f"{value:.6g}" if isinstance(value, float) else "-"


def show(ledger):
    """Print the ledger by chapter with the count of each verdict; return how many entries have a complaint."""
    width = max(len(entry.claim) for entry in ledger)
    chapter = None
    for entry in ledger:
        if entry.chapter != chapter:
            chapter = entry.chapter
            print(f"\n{chapter}")
        verdict = entry.verdict or "NO VERDICT"
        if entry.reason:
            verdict += f" ({entry.reason})"
        print(f"  {entry.claim:<{width}}  {entry.about}")
        for label, text in (("printed", entry.printed), ("replayed", entry.replayed), ("", verdict)):
            first = f"  {'':<{width}}    {label:<9} "
            print(textwrap.fill(text, 118, initial_indent=first, subsequent_indent=" " * len(first)))
    print()
    counts = Counter(entry.verdict for entry in ledger)
    for verdict in VERDICTS:
        print(f"{counts[verdict]:4d}  {verdict}")
    print(f"{len(ledger):4d}  claims")
    complaints = [entry for entry in ledger if entry.complaint]
    for entry in complaints:
        print(f"{entry.claim}: {entry.complaint}")
    return len(complaints)


@command
def main(arguments=None):
    """The command line; returns the exit status: 1 when a claim has no verdict or another than its entry says."""
    parser = argparse.ArgumentParser(prog="python -m common.ledger", description=__doc__.splitlines()[0])
    parser.add_argument("--profile", choices=PROFILES, default="printed")
    options = parser.parse_args(arguments)
    sys.stdout.reconfigure(encoding="utf-8")
    return 1 if show(entries(options.profile)) else 0


if __name__ == "__main__":
    sys.exit(main())
