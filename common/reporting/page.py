"""Gather what the report says of one chapter, from its result, for the template."""

from collections import Counter

from common.files import read_regular
from common.judging.numbers import is_number, is_numeric, written
from common.judging.result import finished, is_of, judge, read_curves, read_result
from common.judging.threshold import reach_in_words
from common.judging.variants import find_variants
from common.paths import current, result_folder
from common.reporting import charts
from common.reporting.beside import compare
from common.reporting.pictures import read_pictures

MOST_LINES = 2000  # of one output; a longer one is cut in its middle


def gather_chapter(chapter, profile, build, entries, token=None):
    """Return what the template shows of `chapter`, as a dict. `entries` is the whole ledger, a list of Entries.

    With `token` a result of another run of make is shown as kept, and not judged.
    """
    folder = result_folder(profile, chapter.name, build)
    path = folder / "result.json"
    result, _ = read_result(chapter, profile, path)
    metrics, seconds, complaints = judge(chapter, profile, path, token)
    thresholds = chapter.thresholds(profile, metrics) or chapter.thresholds(profile)[:1]
    judged = [(threshold.metric, threshold) for threshold in thresholds] or [(chapter.main_metric(), None)]
    output = _read_output(current(folder / "output.txt"))
    claims = [entry for entry in entries if entry.chapter == chapter.name]
    return {
        "name": chapter.name,
        "title": chapter.title,
        "pages": chapter.pages,
        "data": chapter.data,
        "folder": f"chapters/{chapter.path.parent.name}",
        "state": _state(complaints, path, thresholds) if not result or is_of(result, token) else "not run",
        "complaints": complaints,
        "time": finished(path) if result else None,
        "seconds": seconds,
        "scores": [
            _score(chapter, metric, threshold, metrics, chapter.data_kind(profile) == "built-in")
            for metric, threshold in judged
        ],
        "variants": find_variants(chapter, profile, build),
        "counts": Counter(entry.verdict for entry in claims),
        "claims": claims,
        "prints": bool(chapter.printed_output.strip()),
        "output": output,
        "rows": compare(chapter.printed_output, output) if result and output is not None else [],
        "charts": _charts(chapter, result) if result else [],
        "pictures": read_pictures(chapter, current(folder / "figures")) if result else [],
        "built_in": chapter.data_kind(profile) == "built-in",
        "facts": _facts(result, finished(path)) if result else [],
        "hashes": _strings(_dict(result.get("data")).get("sha256")),
    }


def _state(complaints, path, thresholds):
    if complaints:
        return "failed" if current(path).exists() else "no result"
    return "passed" if thresholds else "not judged"


def _score(chapter, metric, threshold, metrics, built_in):
    value = metrics.get(metric)
    replayed = value if is_numeric(value) and not isinstance(value, list) and abs(value) < 1e100 else None
    printed = chapter.printed(metric)
    on_axis = None if built_in or isinstance(printed, list) else printed
    return {
        "metric": metric,
        "threshold": threshold,
        "printed": printed,
        "replayed": replayed,
        "reach": reach_in_words(threshold, printed),
        # On built-in data the printed number lies far from the replayed ones and would squeeze them.
        "strip": charts.strip(threshold, on_axis, replayed) if threshold else None,
        "strip_printed": on_axis is not None,
    }


def _read_output(path):
    """Return the output at `path` (str), cut in its middle when it is very long. Return None when there is none."""
    try:
        lines = read_regular(path).decode("utf-8", "replace").splitlines()
    except OSError:
        return None
    if len(lines) > MOST_LINES:
        half = MOST_LINES // 2
        lines = [*lines[:half], f"[{len(lines) - MOST_LINES} lines of output.txt are left out here]", *lines[-half:]]
    # HTML may not hold the other control characters.
    return "".join(letter if letter >= " " or letter in "\n\t" else "\ufffd" for letter in "\n".join(lines))


def _charts(chapter, result):
    """Return the list of Charts. `train_x` and `test_x` share one, and what is printed of both stands in it."""
    curves = read_curves(result)
    groups = {}
    for name in curves:
        prefix, _, rest = name.partition("_")
        groups.setdefault(rest if prefix in ("train", "test") and rest else name, []).append(name)
    made = [_chart(chapter, result, base, {name: curves[name] for name in names}) for base, names in groups.items()]
    return sorted(made, key=lambda chart: not chart.marks)


def _chart(chapter, result, base, curves):
    keys = {name: name.partition("_")[0] if name != base else "other" for name in curves}
    end = {name: max(step for step, _ in points) for name, points in curves.items()}
    last = max(end.values())
    points = []
    for claim in chapter.claims:
        value, claim_id = claim.get("value"), claim["id"]
        if "minus" in claim or not is_numeric(value):
            continue
        if claim.get("curve") in curves:
            name = claim["curve"]
            marked = [(keys[name], step, at, readable(name)) for step, at in zip(claim["steps"], value, strict=True)]
        elif isinstance(value, list):
            continue
        elif claim.get("metric") in curves:
            name = claim["metric"]
            marked = [(keys[name], claim.get("step", end[name]), value, readable(name))]
        elif claim.get("metric") == f"test_{base}":
            marked = [("test", last, value, f"test {readable(base)}")]
        else:
            continue
        points += [("printed", key, step, at, f"printed {name}", claim_id) for key, step, at, name in marked]
    tested = _dict(result.get("metrics")).get(f"test_{base}")
    if f"test_{base}" not in curves and is_numeric(tested) and not isinstance(tested, list) and abs(tested) < 1e100:
        points.append(("replayed", "test", last, tested, f"test {readable(base)} {written(tested)}", ""))
    lines = [(name, keys[name], points) for name, points in curves.items()]
    epochs = _dict(result.get("settings")).get("num_epochs")
    return charts.chart(readable(base), "epoch" if last == epochs else "step", lines, points)


def _facts(result, time):
    """Return what the run was made with and its seconds, as a list of (heading, {name: text})."""
    data = _dict(result.get("data"))
    seconds = {name: f"{value:.1f}" for name, value in _dict(result.get("seconds")).items() if _is_short(value)}
    seed = {name: written(result.get(name)) for name in ("seed", "threads")}
    seed |= {"data": ", ".join(str(data[name]) for name in ("name", "kind") if data.get(name) not in (None, "none"))}
    seed["data"] = seed["data"] or "in the listing"
    seed["finished"] = time
    gone_on = _dict(result.get("run")).get("gone_on")
    if is_number(gone_on) and gone_on:
        seed["gone on"] = f"{written(gone_on)} {'time' if gone_on == 1 else 'times'}"
    return [
        ("Run", seed),
        ("Settings", {name: written(value) for name, value in _dict(result.get("settings")).items()}),
        ("Seconds", seconds),
        ("Versions", _strings(result.get("versions"))),
    ]


def _is_short(value):
    return is_numeric(value) and not isinstance(value, list) and abs(value) < 1e12


def _dict(value):
    return value if isinstance(value, dict) else {}


def _strings(value):
    return {name: text for name, text in _dict(value).items() if isinstance(text, str)}


def readable(name):
    """Return the name of a metric or a curve with spaces between its words."""
    return name.replace("_", " ")
