"""Write what a run leaves in its folder: `result.json`, `output.txt`, the figures and the checkpoint."""

import importlib.metadata
import json
import platform

import numpy as np

from common.errors import ReplayError
from common.files import write_atomically
from common.judging.threshold import missed
from common.running.run_folder import CHECKPOINT, UNFINISHED

PACKAGES = ("tensorflow", "tf_keras", "numpy")


def leave(out, run, metrics, output):
    """Write the result of `run` into `out` (a Path), and return the sentences of the thresholds that it missed.

    `metrics` is a flat dict of numbers and lists of them, `output` is what was printed. It raises ReplayError for a
    metric that is not finite, and OSError when a file cannot be written.
    """
    for name, value in metrics.items():
        if not np.isfinite(value).all():
            raise ReplayError(f"the metric {name} is {value}.")
    sentences = missed(run.chapter.bounds(run.profile), metrics)
    write_atomically(out / "output.txt", output)
    for name, png in run.figures.items():
        write_atomically(out / "figures" / f"{name}.png", png)
    if (out / UNFINISHED).is_dir():
        (out / UNFINISHED).rename(out / CHECKPOINT)
    text = json.dumps(_result(run, metrics, passed=not sentences), indent=1, ensure_ascii=False, allow_nan=False)
    write_atomically(out / "result.json", text + "\n")
    return sentences


def _result(run, metrics, passed):
    """Return the content of `result.json` as a dict."""
    chapter, profile = run.chapter, run.profile
    return {
        "chapter": chapter.name,
        "profile": profile,
        "seed": run.seed,
        "threads": run.threads,
        "data": {"name": chapter.data, "kind": chapter.data_kind(profile), "sha256": run.hashes},
        "settings": chapter.settings(profile),
        "metrics": metrics,
        "book": {claim["id"]: claim.get("value") for claim in chapter.claims},
        "thresholds": {
            threshold.metric: {"at_least" if threshold.sign == ">=" else "at_most": threshold.bound}
            for threshold in chapter.thresholds(profile, metrics)
        },
        "passed": passed,
        "seconds": run.seconds,
        "versions": {
            "python": platform.python_version(),
            **{name: importlib.metadata.version(name) for name in PACKAGES},
        },
        "curves": run.curves,
    }
