"""A chapter's `book.toml`, and results held against it: `python -m common.book check --profile printed`."""

import argparse
import json
import math
import shutil
import sys
import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from statistics import mean, stdev

import numpy as np

from common.errors import ReplayError, command
from common.files import with_home
from common.sources import read_sources

ROOT = Path(__file__).resolve().parent.parent
BUILD = ROOT / "build"
PROFILES = ("builtin", "listed", "printed", "repaired")
PROFILE_KEYS = {"settings", "thresholds", "same_as"}
# What each means: common/ledger.py.
FIGURE_KEYS = {
    *("claim", "about", "printed", "value", "lines", "metric", "curve", "steps", "step", "within", "reason"),
    *("at_least", "at_most", "minus", "picture", "given", "under", "any_data", "differs", "by_seed", "finding"),
}


@dataclass(frozen=True)
class Threshold:
    """The bound that `metric` must keep, and the measured `values` (one a seed, from 1) it rests on.

    `at_least` is the start minus three standard deviations, and never below `floor`; `at_most` (perplexity: the lower
    the better) is the start plus three, and never above `ceiling`. The start is the printed figure (`basis` "printed")
    or, on data that the printed figure is not of, or where the listing cannot reach it, their mean ("mean").
    Where nothing could be measured, `values` is empty and `sample` the number of examples of which the printed figure
    is the share that was right: the deviation is then that of such a share.

    `given` maps other metrics to the least values from which on this bound is the one to keep; empty means always.
    """

    metric: str
    values: tuple
    basis: str = "printed"
    at_least: float = -math.inf
    at_most: float = math.inf
    floor: float = -math.inf
    ceiling: float = math.inf
    sample: int | None = None
    given: dict = field(default_factory=dict)

    @property
    def mean(self):
        """Mean over the seeds."""
        return mean(self.values)

    @property
    def sd(self):
        """Sample standard deviation over the seeds."""
        return stdev(self.values)

    @property
    def sign(self):
        """'>=' or '<='."""
        return ">=" if math.isfinite(self.at_least) else "<="

    @property
    def bound(self):
        """The number after the sign."""
        return self.at_least if math.isfinite(self.at_least) else self.at_most

    def sampling_error(self, share):
        """Standard deviation of a share of `sample` examples whose true value is `share`."""
        return math.sqrt(share * (1 - share) / self.sample)

    def applies(self, metrics):
        """Whether `metrics` (name to number) reach what the bound is given for."""
        return all(_is_number(metrics.get(name)) and metrics[name] >= least for name, least in self.given.items())

    def holds(self, value):
        """Whether `value` keeps the bound; NaN and infinity never do."""
        return math.isfinite(value) and self.at_least <= value <= self.at_most


class Book:
    """One chapter's `book.toml`: title, pages, settings and thresholds of each profile, printed figures.

    Raises ReplayError for a file that cannot be read, is not TOML, or lacks or misspells an entry.
    """

    def __init__(self, path):
        self.path = Path(path)
        try:
            entry = tomllib.loads(self.path.read_text(encoding="utf-8"))
        except OSError as error:
            raise ReplayError(f"{self.path}: cannot be read: {error.strerror}.") from error
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise ReplayError(f"{self.path}: not TOML: {error}.") from error
        try:
            self.chapter, self.title, self.pages = entry["chapter"], entry["title"], entry["pages"]
            self.data = entry.get("data")
            self.printed_output = entry["printed_output"]
            self.figures = entry["figures"]
            self._settings = entry["settings"]
            self._profiles = entry["profiles"]
        except KeyError as error:
            raise ReplayError(f"{self.path}: the entry {error} is missing.") from error
        self._check()

    def _check(self):
        """Raise ReplayError for what would come to light in the middle of a run only."""
        for figure in self.figures:
            self._check_keys(f"the figure {figure.get('claim', '')}", figure, FIGURE_KEYS)
            if "claim" not in figure:
                raise ReplayError(f"{self.path}: a figure without `claim`: {figure}.")
        for profile, content in self._profiles.items():
            self._check_keys(f"profile {profile}", content, PROFILE_KEYS)
            if "same_as" in content and "same_as" in self._profiles.get(content["same_as"], {}):
                raise ReplayError(f"{self.path}: profile {profile} is the same as one that is the same as another.")
        for profile in self._profiles:
            unknown = self.settings(profile).keys() - self._settings.keys()
            if unknown:
                raise ReplayError(
                    f"{self.path}: profile {profile} sets {', '.join(sorted(unknown))}, which [settings] does not have."
                )
            try:
                unbound = [bound.metric for bound in self.thresholds(profile) if not math.isfinite(bound.bound)]
            except (TypeError, AttributeError) as error:
                raise ReplayError(f"{self.path}: a threshold of profile {profile} is not one: {error}.") from error
            if unbound:
                raise ReplayError(
                    f"{self.path}: the threshold of {unbound[0]}, profile {profile}, has no `at_least` or `at_most`."
                )

    def _check_keys(self, what, content, known):
        unknown = content.keys() - known
        if unknown:
            raise ReplayError(
                f"{self.path}: {what} has {', '.join(sorted(unknown))}; expected only {', '.join(sorted(known))}."
            )

    def _profile(self, name):
        if name not in self._profiles:
            raise ReplayError(f"{self.chapter} has no profile {name!r}: choose one of {', '.join(self._profiles)}.")
        profile = self._profiles[name]
        return self._profile(profile["same_as"]) if "same_as" in profile else profile

    def profiles(self):
        """The names of the profiles that this chapter has."""
        return tuple(self._profiles)

    def settings(self, profile):
        """The settings of `profile`: the chapter's own with the profile's on top; ReplayError when it has no such."""
        return {**self._settings, **self._profile(profile).get("settings", {})}

    def data_kind(self, profile):
        """'built-in' or 'real', or 'none' for a chapter whose data is in the listing."""
        if self.data is None:
            return "none"
        return "built-in" if profile == "builtin" else "real"

    def _threshold(self, profile, metric, entry):
        unprinted = self.data_kind(profile) == "built-in" or self.printed(metric) is None
        entry = {"basis": "mean" if unprinted else "printed", **entry, "values": tuple(entry.get("values", ()))}
        return Threshold(metric=metric, **entry)

    def _bounds(self, profile):
        """The Thresholds of `profile`, a list for each metric."""
        return {
            metric: [
                self._threshold(profile, metric, entry)
                for entry in (entries if isinstance(entries, list) else [entries])
            ]
            for metric, entries in self._profile(profile).get("thresholds", {}).items()
        }

    def thresholds(self, profile, metrics=None):
        """The Thresholds of `profile`: all, or of each metric the last one that applies to the result's `metrics`."""
        chosen = []
        for bounds in self._bounds(profile).values():
            chosen += bounds if metrics is None else [bound for bound in bounds if bound.applies(metrics)][-1:]
        return chosen

    def main_metric(self):
        """The metric that the first profile with a threshold is judged by; ReplayError when none has one."""
        for profile in self._profiles:
            for threshold in self.thresholds(profile):
                return threshold.metric
        raise ReplayError(f"{self.path}: no profile has a threshold.")

    def printed(self, metric):
        """The figure that the book prints for `metric`, or None."""
        figures = (figure for figure in self.figures if figure.get("metric") == metric and "minus" not in figure)
        return next((figure["value"] for figure in figures if "value" in figure), None)

    def printed_curve(self, curve):
        """The figures that the book prints for points of `curve`, a list; StopIteration when it prints none."""
        return next(figure["value"] for figure in self.figures if figure.get("curve") == curve)

    def agrees(self, figure, metrics):
        """Whether `metrics` hold the printed value of `figure`, one of `figures`: equal, or no further than `within`.

        The value is a number or a list of numbers; another length, a missing metric and NaN never agree.
        """
        value, found = np.asarray(figure["value"]), np.asarray(metrics.get(figure["metric"], np.nan), float)
        return value.shape == found.shape and bool((np.abs(found - value) <= figure.get("within", 0)).all())

    def missed(self, profile, metrics):
        """Sentences, one for each threshold of `profile` that `metrics` (name to number) does not keep."""
        sentences = []
        for metric, bounds in self._bounds(profile).items():
            applying = [bound for bound in bounds if bound.applies(metrics)]
            value = metrics.get(metric)
            if not applying:
                sentences += [
                    f"no threshold of {metric} for {name} {_number(metrics.get(name))}: expected at least {least:g}"
                    for name, least in bounds[0].given.items()
                ]
            elif not _is_number(value):
                sentences.append(f"no {metric} in the result")
            elif not math.isfinite(value):
                sentences.append(f"{metric} is {value}, not a number to compare")
            elif not applying[-1].holds(value):
                side = "below" if applying[-1].sign == ">=" else "above"
                sentences.append(f"{metric} {value:g} is {side} {applying[-1].bound:g}")
        return sentences


def all_books():
    """The Books of all chapters, in the book's order; raises ReplayError as Book does."""
    paths = (ROOT / "chapters").glob("*/book.toml")
    return [Book(path) for path in sorted(paths, key=lambda path: (path.parent.name != "theory", path))]


def result_folder(profile, chapter):
    """Where a chapter's `result.json` and `output.txt` lie."""
    return BUILD / profile / chapter


def read_result(book, profile, path):
    """The result at `path` as (result, complaints); no complaints means `book` and `profile` made it, to the end."""
    try:
        result = json.loads(Path(path).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}, ["no result: the chapter did not run to its end"]
    except (OSError, ValueError, RecursionError) as error:
        return {}, [f"unreadable result.json: {error}"]
    if not isinstance(result, dict) or not isinstance(result.get("metrics"), dict):
        return {}, ["result.json holds no metrics"]
    return result, [
        f"made with other settings: {what} {found!r}, expected {expected!r}"
        for what, found, expected in _differences(book, profile, result)
    ]


def read_curves(result):
    """The curves of a result as name to [(step, value), ...]: those points that are numbers one can draw."""
    curves = result.get("curves")
    return {
        name: [tuple(point) for point in points if _is_point(point)]
        for name, points in (curves.items() if isinstance(curves, dict) else ())
        if isinstance(points, list) and any(map(_is_point, points))
    }


def _is_point(point):
    return isinstance(point, list) and len(point) == 2 and all(_is_number(part) and abs(part) < 1e100 for part in point)


def is_numeric(value):
    """Whether `value` is a number or a list of numbers."""
    return all(map(_is_number, value)) if isinstance(value, list) else _is_number(value)


def judge(book, profile, path):
    """The result at `path` as (metrics, seconds, complaints); no complaints means it passed."""
    result, complaints = read_result(book, profile, path)
    if not result:
        return {}, None, complaints
    complaints += book.missed(profile, result["metrics"])
    seconds = result.get("seconds")
    numbers = seconds.values() if isinstance(seconds, dict) else []
    total = sum(value for value in numbers if _is_number(value))
    return result["metrics"], total, complaints


def _differences(book, profile, result):
    yield from (
        (what, found, expected)
        for what, found, expected in (
            ("chapter", result.get("chapter"), book.chapter),
            ("profile", result.get("profile"), profile),
        )
        if found != expected
    )
    data = result.get("data")
    kind = data.get("kind") if isinstance(data, dict) else None
    if kind != book.data_kind(profile):
        yield "data", kind, book.data_kind(profile)
    settings = result.get("settings")
    settings = settings if isinstance(settings, dict) else {}
    expected = book.settings(profile)
    for name in sorted(settings.keys() | expected.keys()):
        if settings.get(name) != expected.get(name):
            yield name, settings.get(name), expected.get(name)


def check(profile, build=BUILD):
    """Print one table of all chapters' results in `build`; return how many chapters failed."""
    rows = [("chapter", "metric", "printed", "replayed", "threshold", "verdict", "seconds")]
    failures, failed, unjudged = [], 0, []
    for book in all_books():
        if profile not in book.profiles():
            continue
        path = build / profile / book.chapter / "result.json"
        metrics, seconds, complaints = judge(book, profile, path)
        failures += [f"{book.chapter}: {complaint}" for complaint in complaints]
        failed += bool(complaints)
        judged = [
            (threshold.metric, f"{threshold.sign} {_number(threshold.bound)}", "ok")
            for threshold in book.thresholds(profile, metrics) or book.thresholds(profile)[:1]
        ]
        unjudged += [] if judged else [book.chapter]
        for metric, bound, verdict in judged or [(book.main_metric(), "none yet", "not judged")]:
            rows.append(
                (
                    book.chapter,
                    metric,
                    _number(book.printed(metric)),
                    _number(metrics.get(metric)),
                    bound,
                    "FAILED" if complaints else verdict,
                    "-" if seconds is None else f"{seconds:.1f}",
                )
            )
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    print(f"\nprofile {profile}")
    for row in rows:
        print("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())
    for failure in failures:
        print(failure)
    if profile == "builtin":
        print("The built-in data is not the book's: its printed figures are for the real data (make book).")
    unjudged = f" Not judged, since it has none yet: {', '.join(unjudged)}." if unjudged else ""
    print("FAILED" if failures else f"All thresholds hold.{unjudged}")
    return failed


def _is_number(value):
    # JSON may hold integers that are no float.
    return isinstance(value, float) or (isinstance(value, int) and not isinstance(value, bool) and abs(value) < 1e300)


def _number(value):
    return f"{value:.6g}" if _is_number(value) else "-"


def forget(profile, data=None):
    """Remove the results of `profile`, which a run is to make anew.

    Raises ReplayError, and removes nothing, when `data`, the folder that the run is to read, holds no data set.
    """
    if data is not None:
        folders = [source["folder"] for source in read_sources().values()]
        if not any(Path(with_home(data), folder).is_dir() for folder in folders):
            raise ReplayError(
                f"{data}: expected the folder with the real data, found none of {', '.join(folders)} there. To fetch "
                f"them: make data SET=all DATA={data}. The results in {BUILD / profile} were left as they are."
            )
    shutil.rmtree(BUILD / profile, ignore_errors=True)


@command
def main(arguments=None):
    """The command line; returns the exit status."""
    parser = argparse.ArgumentParser(prog="python -m common.book", description=__doc__)
    parser.add_argument("command", choices=("check", "forget"), help="judge the results, or remove them before a run")
    parser.add_argument("--profile", choices=PROFILES, default="builtin")
    parser.add_argument("--data", metavar="DIR", help="forget: only if this folder with the real data is there")
    options = parser.parse_args(arguments)
    sys.stdout.reconfigure(encoding="utf-8")
    if options.command == "forget":
        forget(options.profile, options.data)
        return 0
    return 1 if check(options.profile) else 0


if __name__ == "__main__":
    sys.exit(main())
