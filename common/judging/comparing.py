"""Decide whether a printed value and a replayed one agree, and by which rule."""

import re

import numpy as np

from common.judging.threshold import away
from common.judging.verdicts import AGREES, WITHIN_SPREAD
from common.language import N_, _

# Where a printed value lies: within the reach or not, above the mean of the seeds or not.
PLACES = {
    (True, True): N_("within reach: {far:.1f} standard deviations above the mean of {count} seeds"),
    (True, False): N_("within reach: {far:.1f} standard deviations below the mean of {count} seeds"),
    (False, True): N_("beyond reach: {far:.1f} standard deviations above the mean of {count} seeds"),
    (False, False): N_("beyond reach: {far:.1f} standard deviations below the mean of {count} seeds"),
}


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


def compare(claim, found, thresholds, measured=()):
    """Return AGREES, WITHIN_SPREAD or None for the replayed value `found`, a number or a list of numbers.

    One run is one draw. So where seeds were measured, they decide. `thresholds` is a list of Thresholds. The printed
    value must lie in the `reach` of the one for the same metric. So must the replayed one. `measured` has the values of
    the metric over the seeds. A bound that some of them keep is WITHIN_SPREAD, whether or not this run keeps it.
    """
    if "value" not in claim:
        kept = [_keeps(claim, value) for value in measured]
        if all(kept):
            return AGREES if _keeps(claim, found) else None
        return WITHIN_SPREAD if any(kept) else None
    printed, replayed = np.asarray(claim["value"], float), np.asarray(found, float)
    if printed.shape != replayed.shape:
        return None
    threshold = _that_reaches(claim, thresholds)
    if threshold and not (threshold.in_reach(claim["value"]) and threshold.in_reach(found)):
        return None
    if (np.abs(printed - replayed) <= claim.get("within", 1e-9)).all():
        return AGREES
    return WITHIN_SPREAD if threshold else None


def place(claim, thresholds, measured=()):
    """Return where the printed value lies among the measured seeds, in words. Return "" where none decide.

    The arguments are those of `compare`.
    """
    if "value" not in claim:
        keeping = sum(_keeps(claim, value) for value in measured)
        return _("{keeping} of {count} seeds").format(keeping=keeping, count=len(measured)) if measured else ""
    threshold = _that_reaches(claim, thresholds)
    if not threshold or not threshold.sd:
        return ""
    far = away(threshold.metric, threshold.values, claim["value"])
    words = PLACES[threshold.in_reach(claim["value"]), far > 0]
    return _(words).format(far=abs(far), count=len(threshold.values))


def _keeps(claim, value):
    return claim.get("at_least", -np.inf) <= value <= claim.get("at_most", np.inf)


def _that_reaches(claim, thresholds):
    """Return the Threshold whose seeds decide about the printed value of `claim`, or None."""
    if {"within", "minus"} & claim.keys() or isinstance(claim["value"], list):
        return None
    return next((one for one in thresholds if one.metric == claim.get("metric") and one.reach), None)
