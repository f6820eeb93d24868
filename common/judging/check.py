"""Compare all chapters' results with their thresholds, and print a table.

python -m common.judging.check --profile printed
"""

import argparse
import sys

from common.errors import command, with_given
from common.judging.chapter import PROFILES, all_chapters
from common.judging.numbers import written
from common.judging.result import finished, judge
from common.judging.threshold import reach_in_words
from common.judging.variants import find_variants
from common.paths import BUILD, result_folder

HEADINGS = ("chapter", "metric", "printed", "replayed", "threshold", "verdict", "reach", "seconds", "finished")


def check(profile, build=BUILD, token=None):
    """Print one table of all chapters' results in the folder `build`. Return how many chapters failed.

    With `token` a chapter fails whose result is not of the run of make that has it.
    """
    rows, variants, failures, failed, unjudged = [HEADINGS], [], [], 0, []
    for chapter in all_chapters():
        if profile not in chapter.profiles():
            continue
        path = result_folder(profile, chapter.name, build) / "result.json"
        metrics, seconds, complaints = judge(chapter, profile, path, token)
        failures += [f"{chapter.name}: {complaint}" for complaint in complaints]
        failed += bool(complaints)
        unjudged += [] if chapter.thresholds(profile) else [chapter.name]
        rows += _rows(chapter, profile, metrics, seconds, bool(complaints), finished(path))
        variants += _variant_rows(chapter, profile, build) if token is None else []
    print(f"\nprofile {profile}")
    print_table(rows)
    if variants:
        print("\nwith other settings, which no threshold judges")
        print_table(variants)
    for failure in failures:
        print(failure)
    if profile == "builtin":
        print("The built-in data is not the book's: the printed numbers are for the real data (make printed).")
    unjudged = f" Not judged, since they have none yet: {', '.join(unjudged)}." if unjudged else ""
    print("FAILED" if failures else f"All thresholds hold.{unjudged}")
    return failed


def _rows(chapter, profile, metrics, seconds, failed, time):
    """Return a row for each threshold of the chapter. Without a threshold, one row says that there is none."""
    judged = [
        (threshold.metric, f"{threshold.sign} {written(threshold.bound)}", "ok", threshold)
        for threshold in chapter.thresholds(profile, metrics) or chapter.thresholds(profile)[:1]
    ]
    return [
        (
            chapter.name,
            metric,
            written(chapter.printed(metric)),
            written(metrics.get(metric)),
            bound,
            "FAILED" if failed else verdict,
            reach_in_words(threshold, chapter.printed(metric)),
            "-" if seconds is None else f"{seconds:.1f}",
            time,
        )
        for metric, bound, verdict, threshold in judged or [(chapter.main_metric(), "none yet", "not judged", None)]
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
        description="Compare all chapters' results with their thresholds, and print a table.",
    )
    parser.add_argument("--profile", choices=PROFILES, default="builtin")
    parser.add_argument("--token", type=a_token, help="judge only what the run of make with this token made")
    options = parser.parse_args(with_given(arguments, "profile"))
    return 1 if check(options.profile, token=options.token) else 0


if __name__ == "__main__":
    sys.exit(main())
