"""Read what a run left in `result.json`, and tell whether this chapter and this profile made it."""

import json

from common.files import read_regular
from common.judging.numbers import is_number
from common.judging.threshold import missed


def read_result(chapter, profile, path):
    """Return the result at `path` as a dict, and a list of complaints.

    No complaint means: `chapter` (a Chapter) made it under `profile`, and ran to its end. The dict is empty when
    the file is missing, is not JSON or holds no metrics.
    """
    try:
        result = json.loads(read_regular(path).decode("utf-8"))
    except FileNotFoundError:
        return {}, ["no result: the chapter did not run to its end"]
    except (OSError, ValueError, RecursionError) as error:
        return {}, [f"unreadable result.json: {error}"]
    if not isinstance(result, dict) or not isinstance(result.get("metrics"), dict):
        return {}, ["result.json holds no metrics"]
    return result, [
        f"made with other settings: {what} {found!r}, expected {expected!r}"
        for what, found, expected in _differences(chapter, profile, result)
    ]


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


def judge(chapter, profile, path):
    """Return (metrics, seconds, complaints) of the result at `path`. No complaint means that it passed.

    `metrics` is a dict, and `seconds` the sum of all phases. Without a result they are {} and None.
    """
    result, complaints = read_result(chapter, profile, path)
    if not result:
        return {}, None, complaints
    complaints += missed(chapter.bounds(profile), result["metrics"])
    seconds = result.get("seconds")
    numbers = seconds.values() if isinstance(seconds, dict) else []
    total = sum(value for value in numbers if is_number(value))
    return result["metrics"], total, complaints


def _differences(chapter, profile, result):
    data = result.get("data")
    kind = data.get("kind") if isinstance(data, dict) else None
    for what, found, expected in (
        ("chapter", result.get("chapter"), chapter.name),
        ("profile", result.get("profile"), profile),
        ("data", kind, chapter.data_kind(profile)),
    ):
        if found != expected:
            yield what, found, expected
    settings = result.get("settings")
    settings = settings if isinstance(settings, dict) else {}
    expected = chapter.settings(profile)
    for name in sorted(settings.keys() | expected.keys()):
        if settings.get(name) != expected.get(name):
            yield name, settings.get(name), expected.get(name)
