"""Read what a run left in `result.json`, and tell whether this chapter and this profile made it."""

import json
from datetime import datetime

from common.files import read_regular
from common.judging.numbers import is_number, written
from common.judging.threshold import missed, reach_in_words
from common.judging.verdicts import HOLDS, MISSED, NO_RESULT, NO_THRESHOLD
from common.language import N_, _
from common.paths import current

CHAPTER, PROFILE, DATA = N_("chapter"), N_("profile"), N_("data")


def read_result(chapter, profile, path, token=None):
    """Return the result at `path` as a dict, and a list of complaints.

    No complaint means: `chapter` (a Chapter) made it under `profile`, and ran to its end. With `token` (str) it is also
    of the run of make that has this token. The dict is empty when the file is missing, is not JSON or holds no metrics.
    """
    try:
        result = _read(path)
    except FileNotFoundError:
        return {}, [_("no result: the chapter did not run to its end")]
    except (OSError, ValueError, RecursionError) as error:
        return {}, [_("unreadable result.json: {error}").format(error=error)]
    if not isinstance(result, dict) or not isinstance(result.get("metrics"), dict):
        return {}, [_("result.json holds no metrics")]
    if not is_of(result, token):
        message = _("not run by this make: an older result of {time} is kept")
        return result, [message.format(time=finished(path))]
    message = _("made with other settings: {what} {found!r}, expected {expected!r}")
    return result, [
        message.format(what=_(what), found=found, expected=expected)
        for what, found, expected in _differences(chapter, profile, result)
    ]


def _read(path):
    """Return what the JSON at `path` holds. A run may move the file to its place meanwhile."""
    try:
        text = read_regular(current(path)).decode("utf-8")
    except FileNotFoundError:
        text = read_regular(current(path)).decode("utf-8")
    return json.loads(text)


def is_of(result, token):
    """Return whether `result` (a dict) is of the run of make with this token. Without a token any result is."""
    run = result.get("run")
    return token is None or (isinstance(run, dict) and run.get("token") == token)


def finished(path):
    """Return when the run that made the result at `path` finished, in local time, such as "2026-03-01 10:15".

    A result that does not say it has the time of its file. Without a file it is "-".
    """
    try:
        time = datetime.fromisoformat(_read(path)["run"]["finished"]).astimezone()
    except (OSError, ValueError, KeyError, TypeError, OverflowError, RecursionError):
        try:
            time = datetime.fromtimestamp(current(path).stat().st_mtime).astimezone()
        except (OSError, ValueError, OverflowError):
            return "-"
    return f"{time:%Y-%m-%d %H:%M}"


def seconds_of_make(paths, token):
    """Return how many results at `paths` are of the make with `token`, and how many seconds they took.

    The seconds go from the first start to the last end. A result that does not say when it began or ended is left out.
    """
    times = []
    for path in paths:
        try:
            result = _read(path)
            if is_of(result, token):
                times.append([datetime.fromisoformat(result["run"][name]) for name in ("started", "finished")])
        except (OSError, ValueError, KeyError, TypeError, AttributeError, OverflowError, RecursionError):
            continue
    if not times:
        return 0, 0
    starts, ends = zip(*times, strict=True)
    return len(times), round((max(ends) - min(starts)).total_seconds())


def read_curves(result):
    """Return the curves of a result as {name: [(step, value), ...]}. Points that cannot be drawn are left out."""
    curves = result.get("curves")
    return {
        name: [tuple(point) for point in points if _is_point(point)]
        for name, points in (curves.items() if isinstance(curves, dict) else ())
        if isinstance(points, list) and any(map(_is_point, points))
    }


def _is_point(point):
    return isinstance(point, list) and len(point) == 2 and all(is_number(part) and abs(part) < 1e100 for part in point)


def judge(chapter, profile, path, token=None):
    """Return (metrics, seconds, complaints) of the result at `path`. No complaint means that it passed.

    `metrics` is a dict, and `seconds` the sum of all phases. They are {} and None without a result. So they are when
    it is not of the run of make with this token.
    """
    result, complaints = read_result(chapter, profile, path, token)
    if not result or not is_of(result, token):
        return {}, None, complaints
    complaints += missed(chapter.bounds(profile), result["metrics"])
    seconds = result.get("seconds")
    numbers = seconds.values() if isinstance(seconds, dict) else []
    total = sum(value for value in numbers if is_number(value))
    return result["metrics"], total, complaints


def thresholds_of(chapter, profile, metrics):
    """Return the list of (metric, bound, reach) by which the result is judged. All are text, such as ">= 0.9".

    It has one for each threshold that applies to `metrics`. Without a threshold it has the chapter's main metric.
    """
    thresholds = chapter.thresholds(profile, metrics) or chapter.thresholds(profile)[:1]
    judged = []
    for threshold in thresholds:
        reach = reach_in_words(threshold, chapter.printed(threshold.metric))
        judged.append((threshold.metric, f"{threshold.sign} {written(threshold.bound)}", _(reach)))
    return judged or [(chapter.main_metric(), _("none yet"), reach_in_words(None, None))]


def verdict(chapter, profile, metrics, complaints):
    """Return the one of RESULT_VERDICTS that fits what `judge` returned."""
    if complaints:
        return MISSED if metrics and missed(chapter.bounds(profile), metrics) else NO_RESULT
    return HOLDS if chapter.thresholds(profile) else NO_THRESHOLD


def _differences(chapter, profile, result):
    data = result.get("data")
    kind = data.get("kind") if isinstance(data, dict) else None
    for what, found, expected in (
        (CHAPTER, result.get("chapter"), chapter.name),
        (PROFILE, result.get("profile"), profile),
        (DATA, kind, chapter.data_kind(profile)),
    ):
        if found != expected:
            yield what, found, expected
    settings = result.get("settings")
    settings = settings if isinstance(settings, dict) else {}
    expected = chapter.settings(profile)
    for name in sorted(settings.keys() | expected.keys()):
        if settings.get(name) != expected.get(name):
            yield name, settings.get(name), expected.get(name)
