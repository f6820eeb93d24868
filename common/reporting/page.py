"""Gather what the report says of one chapter, from its result, for the template."""

from collections import Counter

from common.files import read_regular
from common.judging.numbers import is_number, is_numeric, written
from common.judging.result import finished, is_of, judge, read_curves, read_result, verdict
from common.judging.threshold import reach_in_words
from common.judging.variants import find_variants
from common.language import N_
from common.paths import current, result_folder
from common.reporting import charts
from common.reporting.beside import compare
from common.reporting.bilingual import either, in_each, spoken
from common.reporting.captions import captions
from common.reporting.pictures import read_pictures
from common.reporting.readmes import statements
from common.reporting.words import FAILED, NO_RESULT, NOT_JUDGED, NOT_RUN, PASSED, readable

MOST_LINES = 2000  # of one output; a longer one is cut in its middle
EPOCH, STEP = N_("epoch"), N_("step")
KINDS = {"built-in": N_("built-in"), "real": N_("real")}


def gather_chapter(chapter, profile, build, entries, token=None):
    """Return what the template shows of `chapter`, as a dict. `entries` is the whole ledger of `gather_claims`.

    With `token` a result of another run of make is shown as kept, and not judged.
    """
    folder = result_folder(profile, chapter.name, build)
    path = folder / "result.json"
    result, _ = read_result(chapter, profile, path)
    judged = in_each(judge, chapter, profile, path, token)
    metrics, seconds, _ = judged[0]
    complaints = [either(*said) for said in zip(*(complaints for *_, complaints in judged), strict=False)]
    thresholds = chapter.thresholds(profile, metrics) or chapter.thresholds(profile)[:1]
    built_in = chapter.data_kind(profile) == "built-in"
    output = _read_output(current(folder / "output.txt"))
    claims = [entry for entry in entries if entry["chapter"] == chapter.name]
    return {
        "name": chapter.name,
        "title": spoken(chapter.title),
        "pages": chapter.pages,
        "data": chapter.data,
        "folder": f"chapters/{chapter.path.parent.name}",
        "state": _state(complaints, path, thresholds) if not result or is_of(result, token) else NOT_RUN,
        "verdict": verdict(chapter, profile, metrics, complaints),
        "complaints": complaints,
        "time": finished(path) if result else None,
        "seconds": seconds,
        "scores": [
            _score(chapter, metric, threshold, metrics, built_in)
            for metric, threshold in [(threshold.metric, threshold) for threshold in thresholds]
            or [(chapter.main_metric(), None)]
        ],
        "variants": find_variants(chapter, profile, build),
        "counts": Counter(entry["verdict"] for entry in claims),
        "claims": claims,
        "statements": statements(chapter),
        "prints": bool(chapter.printed_output.strip()),
        "output": output,
        "rows": compare(chapter.printed_output, output) if result and output is not None else [],
        "charts": _charts(chapter, result) if result else [],
        "pictures": read_pictures(chapter, current(folder / "figures")) if result else [],
        "built_in": built_in,
        "facts": _facts(result, finished(path)) if result else [],
        "hashes": _strings(_dict(result.get("data")).get("sha256")),
    }


def gather_claims(entries):
    """Return the ledger as a list of dicts. `entries` has a list of its Entries for each of LANGUAGES.

    What people read is a Text in the dicts.
    """
    return [
        {
            "chapter": same[0].chapter,
            "claim": same[0].claim,
            "verdict": same[0].verdict,
            **{
                name: either(*[str(getattr(entry, name)) for entry in same])
                for name in ("about", "printed", "replayed", "reason", "complaint")
            },
        }
        for same in zip(*entries, strict=False)
    ]


def _state(complaints, path, thresholds):
    if complaints:
        return FAILED if current(path).exists() else NO_RESULT
    return PASSED if thresholds else NOT_JUDGED


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
    """Return the list of Charts. `train_x` and `test_x` share one, and what is printed of both stands in it.

    Curves that a figure of the chapter draws have none.
    """
    drawn = {curve for caption in captions(chapter.name) for curve in caption.curves}
    curves = {name: points for name, points in read_curves(result).items() if name not in drawn}
    groups = {}
    for name in curves:
        prefix, _, rest = name.partition("_")
        groups.setdefault(rest if prefix in ("train", "test") and rest else name, []).append(name)
    made = [_chart(chapter, result, base, {name: curves[name] for name in names}) for base, names in groups.items()]
    return sorted(made, key=lambda chart: not chart.marks)


def _chart(chapter, result, base, curves):
    keys = {name: name.partition("_")[0] if name != base else "other" for name in curves}
    last = max(step for line in curves.values() for step, _ in line)
    points = list(_printed_points(chapter, base, curves, keys))
    tested = _dict(result.get("metrics")).get(f"test_{base}")
    if f"test_{base}" not in curves and is_numeric(tested) and not isinstance(tested, list) and abs(tested) < 1e100:
        words = spoken("{metric} {value}", metric=readable(f"test_{base}"), value=written(tested))
        points.append(("replayed", "test", last, tested, words, ""))
    lines = [(readable(name), keys[name], line) for name, line in curves.items()]
    epochs = _dict(result.get("settings")).get("num_epochs")
    by = EPOCH if last == epochs else STEP
    return charts.chart(readable(base), spoken(by), lines, points, logarithmic="perplexity" in base)


def _printed_points(chapter, base, curves, keys):
    """Yield what the book prints of `curves` as the points of a chart."""
    end = {name: max(step for step, _ in points) for name, points in curves.items()}
    for claim in chapter.claims:
        value, claim_id = claim.get("value"), claim["id"]
        if "minus" in claim or not is_numeric(value):
            continue
        if claim.get("curve") in curves:
            name = claim["curve"]
            marked = [(keys[name], step, at) for step, at in zip(claim["steps"], value, strict=True)]
        elif isinstance(value, list):
            continue
        elif claim.get("metric") in curves:
            name = claim["metric"]
            marked = [(keys[name], claim.get("step", end[name]), value)]
        elif claim.get("metric") == f"test_{base}":
            name = f"test_{base}"
            marked = [("test", max(end.values()), value)]
        else:
            continue
        words = spoken("printed {metric}", metric=readable(name))
        yield from (("printed", key, step, at, words, claim_id) for key, step, at in marked)


def _facts(result, time):
    """Return what the run was made with and its seconds, as a list of (heading, [(name, text), ...])."""
    data = _dict(result.get("data"))
    seconds = {name: f"{value:.1f}" for name, value in _dict(result.get("seconds")).items() if _is_short(value)}
    kind = KINDS.get(data.get("kind")) if isinstance(data.get("kind"), str) else None
    names = spoken("{name}, {kind}", name=str(data.get("name")), kind=spoken(kind)) if kind else None
    run = [
        (spoken("seed"), written(result.get("seed"))),
        (spoken("threads"), written(result.get("threads"))),
        (spoken("data"), names or spoken("in the listing")),
        (spoken("finished"), time),
    ]
    gone_on = _dict(result.get("run")).get("gone_on")
    if is_number(gone_on) and gone_on:
        times = spoken("once") if gone_on == 1 else spoken("{count} times", count=written(gone_on))
        run.append((spoken("gone on"), times))
    return [
        (spoken("Run"), run),
        (spoken("Settings"), [(name, written(value)) for name, value in _dict(result.get("settings")).items()]),
        (spoken("Seconds"), list(seconds.items())),
        (spoken("Versions"), list(_strings(result.get("versions")).items())),
    ]


def _is_short(value):
    return is_numeric(value) and not isinstance(value, list) and abs(value) < 1e12


def _dict(value):
    return value if isinstance(value, dict) else {}


def _strings(value):
    return {name: text for name, text in _dict(value).items() if isinstance(text, str)}
