"""Decide whether a printed value and a replayed one agree, and by which rule."""

import re

import numpy as np

from common.judging.verdicts import AGREES, WITHIN_SPREAD


def squeezed(line):
    """Return `line` with single spaces, and without those after a bracket: a scan does not keep them."""
    return re.sub(r"(?<=[\[(]) ", "", re.sub(r"\s+", " ", line)).strip()


def agrees(claim, metrics):
    """Return whether `metrics` (a dict) hold the value of `claim`.

    The value is a number or a list of numbers. Without `within` both are equal; with it they lie no further apart.
    Another length, a missing metric and NaN never agree.
    """
    value, found = np.asarray(claim["value"]), np.asarray(metrics.get(claim["metric"], np.nan), float)
    return value.shape == found.shape and bool((np.abs(found - value) <= claim.get("within", 0)).all())


def compare(claim, found, thresholds):
    """Return AGREES, WITHIN_SPREAD or None for the replayed value `found`, a number or a list of numbers.

    `thresholds` is a list of Thresholds. The seeds of the one for the same metric tell how far seeds lie apart.
    WITHIN_SPREAD means two things. The printed value is within two standard deviations of the seeds' mean. The replayed
    one is within four.
    """
    if "value" not in claim:
        return AGREES if claim.get("at_least", -np.inf) <= found <= claim.get("at_most", np.inf) else None
    printed, replayed = np.asarray(claim["value"], float), np.asarray(found, float)
    if printed.shape != replayed.shape:
        return None
    if (np.abs(printed - replayed) <= claim.get("within", 1e-9)).all():
        return AGREES
    if "within" not in claim and "minus" not in claim and "metric" in claim:
        for threshold in thresholds:
            if threshold.metric == claim["metric"] and len(threshold.values) > 1:
                spread = 2 * threshold.sd
                if abs(printed - threshold.mean) <= spread and abs(replayed - threshold.mean) <= 2 * spread:
                    return WITHIN_SPREAD
    return None
