"""Every checkable thing that the book prints, beside the replayed one: `python -m common.judging.ledger`.

Each is one entry of `claims` in a chapter's `book.toml`:

    id        its number
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
    not_in    the profiles whose script does not do what the claim is about
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

from common.errors import command
from common.judging.chapter import PROFILES, all_chapters
from common.judging.comparing import AGREES, WITHIN_SPREAD, compare, squeezed
from common.judging.evidence import Evidence
from common.judging.numbers import is_number, written
from common.judging.obstacles import CONTRADICTION, DIFFERS, NEEDS_DATA, changed_settings, obstacle
from common.paths import BUILD

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
    """Return the ledger of `profile`: an Entry for each claim of each chapter, from the results in `build`."""
    chapters = [chapter for chapter in all_chapters() if profile in chapter.profiles()]
    evidence = {chapter.name: Evidence(chapter, profile, build) for chapter in chapters}
    return [_judge(chapter, claim, evidence, profile) for chapter in chapters for claim in chapter.claims]


def _judge(chapter, claim, evidence, profile):
    own = evidence[chapter.name]
    entry = {
        "chapter": chapter.name,
        "claim": claim["id"],
        "about": claim["about"],
        "printed": _printed(claim),
        "replayed": written(own.found(claim)) if "finding" in claim else "-",
    }
    hindered = obstacle(chapter, claim, own, profile)
    if hindered:
        verdict, reason, complaint = hindered
        return Entry(**entry, verdict=verdict, reason=reason, complaint=complaint)
    if "lines" in claim:
        missing = [line for line in claim["lines"] if squeezed(line) not in own.lines]
        same = " / ".join(claim["lines"]) if "printed" in claim else "the same lines"
        entry["replayed"] = f"without {missing[0]}" if missing else same
        return _settle(entry, claim, AGREES if not missing else None, chapter, profile)
    if not {"value", "at_least", "at_most"} & claim.keys():
        entry["replayed"] = f"figures/{claim['picture']}"
        return _settle(entry, claim, AGREES, chapter, profile)
    found, complaint = _number(claim, evidence, chapter)
    if complaint:
        return Entry(**entry, verdict=None, complaint=complaint)
    entry["replayed"] = written(found)
    return _settle(entry, claim, compare(claim, found, chapter.thresholds(profile)), chapter, profile)


def _number(claim, evidence, chapter):
    """Return the replayed value that a claim compares, less another chapter's where it says so, and a complaint."""
    found = evidence[chapter.name].found(claim)
    one_number = {"minus", "at_least", "at_most"} & claim.keys()
    if found is None or (isinstance(found, list) and (one_number or None in found)):
        return None, f"no {claim.get('metric') or claim['curve']} in the result"
    if "minus" not in claim:
        return found, ""
    other = evidence[claim["minus"]]
    subtrahend = other.metrics.get(claim["metric"])
    if other.complaint or not is_number(subtrahend):
        return None, f"{claim['minus']}: {other.complaint or 'no such metric'}"
    return found - subtrahend, ""


def _settle(entry, claim, verdict, chapter, profile):
    """Return the Entry, with a complaint when `book.toml` says that the two differ and they do not, or the reverse."""
    expected = claim.get("differs")
    changed = changed_settings(chapter, profile)
    if expected and (changed or claim.get("by_seed")):
        return Entry(**entry, verdict=verdict or DIFFERS, reason="" if verdict else changed or expected)
    if verdict is None:
        complaint = "" if expected else "should agree, and does not: say in `differs` why, or mend the chapter"
        return Entry(**entry, verdict=DIFFERS, reason=expected or "", complaint=complaint)
    complaint = "`differs` says that it does not agree, and it does" if expected else ""
    return Entry(**entry, verdict=verdict, reason=claim.get("reason", ""), complaint=complaint)


def _printed(claim):
    if "printed" in claim:
        return claim["printed"]
    if "lines" in claim:
        return " / ".join(claim["lines"])
    for bound, phrase in (("at_least", "at least"), ("at_most", "at most")):
        if bound in claim:
            return f"{phrase} {written(claim[bound])}"
    return written(claim["value"]) if "value" in claim else "a picture"


def show(ledger):
    """Print the ledger by chapter, with the count of each verdict. Return how many entries have a complaint."""
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
    """Read the command line and show the ledger.

    Return the exit status: 1 when a claim has no verdict, or another one than its entry says.
    """
    parser = argparse.ArgumentParser(prog="python -m common.judging.ledger", description=__doc__.splitlines()[0])
    parser.add_argument("--profile", choices=PROFILES, default="printed")
    options = parser.parse_args(arguments)
    sys.stdout.reconfigure(encoding="utf-8")
    return 1 if show(entries(options.profile)) else 0


if __name__ == "__main__":
    sys.exit(main())
