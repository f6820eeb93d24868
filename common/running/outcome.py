"""Write what a run leaves in its folder: `result.json`, `output.txt`, the figures and the checkpoint."""

import importlib.metadata
import json
import os
import platform
from datetime import UTC, datetime

import numpy as np

from common.errors import ReplayError
from common.files import write_atomically
from common.judging.numbers import written
from common.judging.result import thresholds_of, verdict
from common.judging.settings import settings_words
from common.judging.threshold import missed
from common.language import _
from common.paths import shown
from common.running.fingerprint import PACKAGES
from common.running.run_folder import FIGURES, RUNNING, take_place

# What make hands to the chapters: its token, and the names of those that it replays.
TOKEN, ORDER = "REPLAY_TOKEN", "REPLAY_ORDER"


def now():
    """Return the time as text, such as "2026-03-01T10:15:02+00:00"."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def leave(out, run, metrics, output, started):
    """Write the result of `run` in place of that in `out` (a Path). Return the sentences of the thresholds it missed.

    `metrics` is a flat dict of numbers and lists of them. `output` is what was printed, `started` is text from `now`.
    It raises ReplayError for a metric that is not finite, and OSError when a file cannot be written. Then the earlier
    result stays.
    """
    for name, value in metrics.items():
        if not np.isfinite(value).all():
            raise ReplayError(_("the metric {name} is {value}.").format(name=name, value=value))
    sentences = missed(run.chapter.bounds(run.profile), metrics)
    folder = out / RUNNING
    write_atomically(folder / "output.txt", output)
    for name, png in run.figures.items():
        write_atomically(folder / FIGURES / f"{name}.png", png)
    result = _result(run, metrics, started, passed=None if run.changed else not sentences)
    text = json.dumps(result, indent=1, ensure_ascii=False, allow_nan=False)
    write_atomically(folder / "result.json", text + "\n")
    take_place(out)
    return sentences


def turn(chapter):
    """Return which one `chapter` is of the chapters that make replays, such as "[3 of 8] ". Alone it is ""."""
    names = os.environ.get(ORDER, "").split()
    if chapter.name not in names:
        return ""
    return _("[{place} of {count}] ").format(place=names.index(chapter.name) + 1, count=len(names))


def last_line(out, run, metrics):
    """Return the line with which a run ends: printed beside replayed, the verdict, and where the result is."""
    chapter, profile = run.chapter, run.profile
    complaints = missed(chapter.bounds(profile), metrics)
    judged = _("printed {printed}, replayed {replayed}, threshold {bound}")
    words = _("printed {printed}, replayed {replayed}") if run.changed else judged
    values = [
        words.format(printed=written(chapter.printed(metric)), replayed=written(metrics.get(metric)), bound=bound)
        for metric, bound, _reach in thresholds_of(chapter, profile, metrics)
    ]
    seconds = _("{seconds:.1f} s").format(seconds=sum(run.seconds.values()))
    facts = "; ".join([*values, seconds, shown(out)])
    if run.changed:
        message = _("{chapter}: no threshold judges other settings ({settings}). {facts}")
        return message.format(chapter=chapter.name, settings=" ".join(settings_words(run.changed)), facts=facts)
    words = verdict(chapter, profile, metrics, complaints)
    return f"{chapter.name} {_(words)}: {facts}"


def _result(run, metrics, started, passed):
    """Return the content of `result.json` as a dict."""
    chapter, profile = run.chapter, run.profile
    return {
        "chapter": chapter.name,
        "profile": profile,
        "seed": run.seed,
        "threads": run.threads,
        "data": {"name": chapter.data, "kind": chapter.data_kind(profile), "sha256": run.hashes},
        "settings": chapter.settings(profile),
        "changed": run.changed,
        "metrics": metrics,
        "book": {claim["id"]: claim.get("value") for claim in chapter.claims},
        "thresholds": {
            threshold.metric: {"at_least" if threshold.sign == ">=" else "at_most": threshold.bound}
            for threshold in chapter.thresholds(profile, metrics)
        },
        "passed": passed,
        "run": {
            "token": os.environ.get(TOKEN) or None,
            "started": started,
            "finished": now(),
            "gone_on": getattr(run, "gone_on", 0),
            "code": getattr(run, "code", None),
        },
        "seconds": run.seconds,
        "versions": {
            "python": platform.python_version(),
            **{name: importlib.metadata.version(name) for name in PACKAGES},
        },
        "curves": run.curves,
    }
