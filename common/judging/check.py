"""Compare chapters' results with their thresholds, and print a table.

python -m common.judging.check --profile printed
"""

import argparse
import sys

from common.errors import command, with_given
from common.judging.chapter import PROFILES, chapters_with
from common.judging.choosing import add_chapters, chosen_chapters, require_results
from common.judging.columns import in_columns
from common.judging.numbers import written
from common.judging.result import finished, judge, seconds_of_make, thresholds_of, verdict
from common.judging.variants import find_variants
from common.language import N_, _, argument_parser, ngettext
from common.paths import BUILD, result_folder

HEADINGS = (
    *(N_("chapter"), N_("metric"), N_("printed"), N_("replayed"), N_("threshold"), N_("verdict"), N_("reach")),
    *(N_("seconds"), N_("finished")),
)


def check(profile, build=BUILD, token=None, names=()):
    """Print one table of the chapters' results in the folder `build`. Return how many chapters failed.

    With `token` a chapter fails whose result is not of the run of make that has it. `names` are those of chapters: no
    others are checked.
    """
    rows, variants, failures, failed, unjudged, paths = [list(map(_, HEADINGS))], [], [], [], [], []
    for chapter in chapters_with(profile, names):
        path = result_folder(profile, chapter.name, build) / "result.json"
        metrics, seconds, complaints = judge(chapter, profile, path, token)
        failures += [f"{chapter.name}: {complaint}" for complaint in complaints]
        failed += [chapter.name] if complaints else []
        unjudged += [] if chapter.thresholds(profile) else [chapter.name]
        rows += _rows(chapter, profile, metrics, seconds, complaints, finished(path))
        variants += _variant_rows(chapter, profile, build) if token is None else []
        paths.append(path)
    print("\n" + _heading(profile, paths, token))
    if token:  # a make has just finished them all, and its table fits into 80 columns
        rows[0][-2] = _("s")
        rows = [row[:-1] for row in rows]
    print_table(rows)
    if variants:
        print("\n" + _("with other settings, which no threshold judges"))
        print_table(variants)
    for failure in failures:
        print(failure)
    _print_verdict(profile, failed, unjudged)
    return len(failed)


def _print_verdict(profile, failed, unjudged):
    """Print what follows from the table. `failed` and `unjudged` are lists of chapters' names."""
    if profile == "builtin":
        print(_("The built-in data is not the book's: the printed numbers are for the real data (make printed)."))
    if failed:
        print(_("Not all thresholds hold: {chapters}.").format(chapters=", ".join(failed)))
    elif unjudged:
        print(_("All thresholds hold. No threshold yet: {chapters}.").format(chapters=", ".join(unjudged)))
    else:
        print(_("All thresholds hold."))


def _heading(profile, paths, token):
    """Return the line above the table. With `token` it has the number of chapters of that make, and its time."""
    count, seconds = seconds_of_make(paths, token) if token else (0, 0)
    if not count:
        return _("profile {profile}").format(profile=profile)
    return ngettext(
        "profile {profile}: {count} chapter in {minutes} min {seconds} s",
        "profile {profile}: {count} chapters in {minutes} min {seconds} s",
        count,
    ).format(profile=profile, count=count, minutes=seconds // 60, seconds=seconds % 60)


def _rows(chapter, profile, metrics, seconds, complaints, time):
    """Return a row for each threshold of the chapter. Without a threshold, one row says that there is none."""
    judged = verdict(chapter, profile, metrics, complaints)
    return [
        (
            chapter.name,
            metric,
            written(chapter.printed(metric)),
            written(metrics.get(metric)),
            bound,
            _(judged),
            reach,
            "-" if seconds is None else f"{seconds:.1f}",
            time,
        )
        for metric, bound, reach in thresholds_of(chapter, profile, metrics)
    ]


def _variant_rows(chapter, profile, build):
    """Return a row for each result of the chapter with other settings."""
    metric = chapter.main_metric()
    return [
        (chapter.name, variant["name"], metric, written(variant["metrics"].get(metric)), variant["time"])
        for variant in find_variants(chapter, profile, build)
    ]


def print_table(rows):
    """Print `rows`, lists of texts of the same length, in columns."""
    print("\n".join(in_columns(rows)))


def a_token(text):
    """Return `text`, for argparse. It raises ArgumentTypeError when it is empty: any result would do then."""
    if not text:
        raise argparse.ArgumentTypeError(_("expected a token, found nothing"))
    return text


@command
def main(arguments=None):
    """Read the command line and check. Return the exit status: 1 when a chapter failed, else 0."""
    parser = argument_parser(
        prog="python -m common.judging.check",
        description=_("Compare chapters' results with their thresholds, and print a table."),
    )
    parser.add_argument("--profile", choices=PROFILES, default="builtin")
    parser.add_argument("--token", type=a_token, help=_("judge only what the run of make with this token made"))
    add_chapters(parser)
    options = parser.parse_args(with_given(arguments, "profile", positional="chapter"))
    chosen = chosen_chapters(options.profile, options.chapters)
    if not options.token:
        require_results(options.profile, chosen)
    names = [chapter.name for chapter in chosen]
    return 1 if check(options.profile, token=options.token, names=names) else 0


if __name__ == "__main__":
    sys.exit(main())
