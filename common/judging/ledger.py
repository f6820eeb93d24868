"""Set every checkable claim of the book beside the replayed result: `python -m common.judging.ledger`.

A claim is one entry of `claims` in a chapter's `book.toml`. It has some of these keys:

- `id`: the number of the claim, such as C301.
- `about`: what the book says there.
- `printed`: the printed words, where they are more than the value below.
- `value`: the printed number, or the printed list of numbers.
- `lines`: lines that the output must hold, in place of `value`. Runs of spaces count as one space.
- `metric`: the name of the replayed value in the result.
- `curve` and `steps`: in place of `metric`, a curve of the result, and the steps of its points.
- `within`: how far apart the two may be, with the `reason`. Without it they must be equal. Where several seeds were
  measured, they decide: the printed value lies within their reach or not (`reach` of common/judging/threshold.py).
- `at_least`, `at_most`: the bound that the book states, in place of `value`. Where several seeds were measured, it
  agrees when one of them keeps it.
- `minus`: another chapter. Its metric of the same name is subtracted first.
- `picture`: the file of a figure of the result. It shows what the book draws.
- `given`: metrics and their least values. A result that does not reach them lacks the data for this claim.
- `not_in`: the profiles whose script does not do what the claim is about.
- `any_data`: true when the claim holds on the built-in data too.
- `differs`: why the replayed value is another one, with the settings of the printed output.
- `step`: the training step of a printed number, for the report's curves.
- `finding`: the number of the finding (E01, E02, ...). It says why the printed value cannot be right.
"""

import sys
from collections import Counter
from dataclasses import dataclass

from common.errors import command, with_given
from common.judging.chapter import PROFILES, chapters_with
from common.judging.choosing import add_chapters, chosen_chapters, require_results
from common.judging.comparing import compare, place, squeezed
from common.judging.numbers import is_number, written
from common.judging.obstacles import changed_settings, obstacle
from common.judging.replayed import Replayed
from common.judging.verdicts import AGREES, DIFFERS, MEANINGS, NO_RESULT, VERDICTS
from common.language import _, argument_parser, pad, width, wrap
from common.paths import BUILD


@dataclass(frozen=True)
class Entry:
    """An Entry is one claim of the ledger, with its verdict.

    `verdict` is one of VERDICTS. It is None when there is no result; then `complaint` says why. A complaint beside a
    verdict means that `book.toml` expects another verdict.
    """

    chapter: str
    claim: str
    about: str
    printed: str
    replayed: str
    verdict: str | None
    reason: str = ""
    complaint: str = ""


def entries(profile, build=BUILD, token=None, names=()):
    """Return the ledger of `profile`: a list with an Entry for each claim, from the results in `build`.

    With `token` a result of another run of make counts as none. `names` are those of chapters: no others are judged.
    """
    chapters = chapters_with(profile)
    replayed = {chapter.name: Replayed(chapter, profile, build, token) for chapter in chapters}
    chosen = [chapter for chapter in chapters if not names or chapter.name in names]
    return [_judge(chapter, claim, replayed, profile) for chapter in chosen for claim in chapter.claims]


def _judge(chapter, claim, replayed, profile):
    own, about = replayed[chapter.name], claim["about"]
    entry = {
        "chapter": chapter.name,
        "claim": claim["id"],
        "about": _(about),
        "printed": _printed(claim),
        "replayed": written(own.found(claim)) if "finding" in claim else "-",
    }
    hindered = obstacle(chapter, claim, own, profile)
    if hindered:
        verdict, reason, complaint = hindered
        return Entry(**entry, verdict=verdict, reason=reason, complaint=complaint)
    if "lines" in claim:
        missing = [line for line in claim["lines"] if squeezed(line) not in own.lines]
        same = " / ".join(claim["lines"]) if "printed" in claim else _("the same lines")
        entry["replayed"] = _("without {line}").format(line=missing[0]) if missing else same
        return _settle(entry, claim, AGREES if not missing else None, chapter, profile)
    if not {"value", "at_least", "at_most"} & claim.keys():
        entry["replayed"] = f"figures/{claim['picture']}"
        return _settle(entry, claim, AGREES, chapter, profile)
    found, complaint = _number(claim, replayed, chapter)
    if complaint:
        return Entry(**entry, verdict=None, complaint=complaint)
    entry["replayed"] = written(found)
    seeds = chapter.thresholds(profile), chapter.measured(profile, claim.get("metric"))
    return _settle(entry, claim, compare(claim, found, *seeds), chapter, profile, place(claim, *seeds))


def _number(claim, replayed, chapter):
    """Return the replayed value of a claim, and a complaint, which is empty when there is a value.

    With `minus`, the other chapter's value is subtracted.
    """
    found = replayed[chapter.name].found(claim)
    one_number = {"minus", "at_least", "at_most"} & claim.keys()
    if found is None or (isinstance(found, list) and (one_number or None in found)):
        return None, _("no {name} in the result").format(name=claim.get("metric") or claim["curve"])
    if "minus" not in claim:
        return found, ""
    other = replayed[claim["minus"]]
    subtrahend = other.metrics.get(claim["metric"])
    if other.complaint or not is_number(subtrahend):
        complaint = other.complaint or _("no such metric")
        return None, f"{claim['minus']}: {complaint}"
    return found - subtrahend, ""


def _settle(entry, claim, verdict, chapter, profile, among=""):
    """Return the Entry. It has a complaint when `differs` of `book.toml` and the comparison say different things.

    `among` says where the printed value lies among the measured seeds.
    """
    expected = claim.get("differs")
    changed = changed_settings(chapter, profile)
    complaint = ""
    if verdict is None:
        reason = changed if changed and expected else expected
        if not expected:
            complaint = _("should agree, and does not: say in `differs` why, or mend the chapter")
    else:
        reason = claim.get("reason") if not (changed and expected) else None
        if expected and not changed:
            complaint = _("`differs` says that it does not agree, and it does")
    reason = reason and _(reason)
    reason = "; ".join(part for part in (reason, among if verdict != AGREES else "") if part)
    return Entry(**entry, verdict=verdict or DIFFERS, reason=reason, complaint=complaint)


def _printed(claim):
    printed = claim.get("printed")
    if printed:
        return _(printed)
    if "lines" in claim:
        return " / ".join(claim["lines"])
    if "at_least" in claim:
        return _("at least {number}").format(number=written(claim["at_least"]))
    if "at_most" in claim:
        return _("at most {number}").format(number=written(claim["at_most"]))
    return written(claim["value"]) if "value" in claim else _("a picture")


def show(ledger):
    """Print the list of entries by chapter, and the count of each verdict. Return how many have a complaint."""
    columns, labels = max(len(entry.claim) for entry in ledger), (_("printed"), _("replayed"), "")
    chapter = None
    for entry in ledger:
        if entry.chapter != chapter:
            chapter = entry.chapter
            print(f"\n{chapter}")
        verdict = entry.verdict or NO_RESULT
        verdict = _(verdict) + (f" ({entry.reason})" if entry.reason else "")
        print(f"  {entry.claim:<{columns}}  {entry.about}")
        for label, text in zip(labels, (entry.printed, entry.replayed, verdict), strict=True):
            first = f"  {'':<{columns}}    {pad(label, 9)} "
            for line in wrap(text, 118 - width(first)):
                print(first + line)
                first = " " * width(first)
    print()
    return _show_counts(ledger)


def _show_counts(ledger):
    """Print the count of each verdict, and the complaints of the list of entries. Return how many have one."""
    counts = Counter(entry.verdict or NO_RESULT for entry in ledger)
    words = max(width(_(verdict)) for verdict in (*VERDICTS, NO_RESULT))
    for verdict in (*VERDICTS, NO_RESULT):
        meaning = MEANINGS[verdict]
        print(f"{counts[verdict]:4d}  {pad(_(verdict), words)}  {_(meaning)}")
    print(f"{len(ledger):4d}  " + _("claims"))
    complaints = [entry for entry in ledger if entry.complaint]
    of_several = {}  # what is wrong with a result is said once, not for each of its claims
    for entry in complaints:
        of_several.setdefault((entry.chapter, entry.complaint), []).append(entry.claim)
    for (_chapter, complaint), claims in of_several.items():
        print(f"{', '.join(claims)}: {complaint}")
    return len(complaints)


@command
def main(arguments=None):
    """Read the command line and show the ledger. Return the exit status.

    It is 1 when a claim has no verdict, or another one than `book.toml` expects. Otherwise it is 0.
    """
    parser = argument_parser(
        prog="python -m common.judging.ledger",
        description=_("Set every checkable claim of the book beside the replayed result."),
    )
    parser.add_argument("--profile", choices=PROFILES, default="printed")
    add_chapters(parser)
    options = parser.parse_args(with_given(arguments, "profile", positional="chapter"))
    chosen = chosen_chapters(options.profile, options.chapters)
    require_results(options.profile, chosen)
    return 1 if show(entries(options.profile, names=[chapter.name for chapter in chosen])) else 0


if __name__ == "__main__":
    sys.exit(main())
