"""Compare chapters' results with their thresholds, and print a table.

python -m common.judging.check --profile printed
"""

import argparse
import sys

from common.errors import command, with_given
from common.judging.chapter import PROFILES, all_chapters
from common.judging.choosing import add_chapters, chosen_chapters, require_results
from common.judging.numbers import written
from common.judging.result import finished, judge, seconds_of_make, thresholds_of, verdict
from common.judging.variants import find_variants
from common.paths import BUILD, result_folder

HEADINGS = ("chapter", "metric", "printed", "replayed", "threshold", "verdict", "reach", "seconds", "finished")


def check(profile, build=BUILD, token=None, names=()):
    """Print one table of the chapters' results in the folder `build`. Return how many chapters failed.

    With `token` a chapter fails whose result is not of the run of make that has it. `names` are those of chapters: no
    others are checked.
    """
    rows, variants, failures, failed, unjudged, paths = [HEADINGS], [], [], [], [], []
    for chapter in all_chapters():
        if profile not in chapter.profiles() or (names and chapter.name not in names):
            continue
        path = result_folder(profile, chapter.name, build) / "result.json"
        metrics, seconds, complaints = judge(chapter, profile, path, token)
        failures += [f"{chapter.name}: {complaint}" for complaint in complaints]
        failed += [chapter.name] if complaints else []
        unjudged += [] if chapter.thresholds(profile) else [chapter.name]
        rows += _rows(chapter, profile, metrics, seconds, complaints, finished(path))
        variants += _variant_rows(chapter, profile, build) if token is None else []
        paths.append(path)
    print(f"\nprofile {profile}{_duration(paths, token)}")
    # A make has just finished them all, and its table fits into 80 columns.
    print_table([row[:-1] for row in rows] if token else rows)
    if variants:
        print("\nwith other settings, which no threshold judges")
        print_table(variants)
    for failure in failures:
        print(failure)
    if profile == "builtin":
        print("The built-in data is not the book's: the printed numbers are for the real data (make printed).")
    unjudged = f" No threshold yet: {', '.join(unjudged)}." if unjudged else ""
    print(f"Not all thresholds hold: {', '.join(failed)}." if failed else f"All thresholds hold.{unjudged}")
    return len(failed)


def _duration(paths, token):
    """Return how many chapters the make with `token` replayed, and how long it took. Without a token return nothing."""
    count, seconds = seconds_of_make(paths, token) if token else (0, 0)
    if not count:
        return ""
    return f": {count} {'chapter' if count == 1 else 'chapters'} in {seconds // 60} min {seconds % 60} s"


def _rows(chapter, profile, metrics, seconds, complaints, time):
    """Return a row for each threshold of the chapter. Without a threshold, one row says that there is none."""
    return [
        (
            chapter.name,
            metric,
            written(chapter.printed(metric)),
            written(metrics.get(metric)),
            bound,
            verdict(chapter, profile, metrics, complaints),
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
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        print("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())


def a_token(text):
    """Return `text`, for argparse. It raises ArgumentTypeError when it is empty: any result would do then."""
    if not text:
        raise argparse.ArgumentTypeError("expected a token, found nothing")
    return text


@command
def main(arguments=None):
    """Read the command line and check. Return the exit status: 1 when a chapter failed, else 0."""
    parser = argparse.ArgumentParser(
        prog="python -m common.judging.check",
        description="Compare chapters' results with their thresholds, and print a table.",
    )
    parser.add_argument("--profile", choices=PROFILES, default="builtin")
    parser.add_argument("--token", type=a_token, help="judge only what the run of make with this token made")
    add_chapters(parser)
    options = parser.parse_args(with_given(arguments, "profile", positional="chapter"))
    chosen = chosen_chapters(options.profile, options.chapters)
    if not options.token:
        require_results(options.profile, chosen)
    names = [chapter.name for chapter in chosen]
    return 1 if check(options.profile, token=options.token, names=names) else 0


if __name__ == "__main__":
    sys.exit(main())
