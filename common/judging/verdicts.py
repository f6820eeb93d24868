"""This module has the words for verdicts. No program and no page uses another."""

from common.language import N_

HOLDS = N_("holds")
MISSED = N_("missed")
NO_THRESHOLD = N_("no threshold")
NO_RESULT = N_("no result")
AGREES = N_("agrees")
WITHIN_SPREAD = N_("within spread")
DIFFERS = N_("differs")
CONTRADICTION = N_("contradiction")
NEEDS_DATA = N_("needs data")

RESULT_VERDICTS = (HOLDS, MISSED, NO_THRESHOLD, NO_RESULT)  # of a result beside its threshold
VERDICTS = (AGREES, WITHIN_SPREAD, DIFFERS, CONTRADICTION, NEEDS_DATA)  # of a claim beside the replayed value
MEANINGS = {
    HOLDS: N_("the replayed value keeps its threshold"),
    MISSED: N_("it does not"),
    NO_THRESHOLD: N_("the profile has none for this chapter yet"),
    NO_RESULT: N_("no whole result of these settings is there, or it lacks the value"),
    AGREES: N_("the replayed value is the printed one, or as near as the claim allows"),
    WITHIN_SPREAD: N_("it is another one, but seeds lie that far apart"),
    DIFFERS: N_("it is another one"),
    CONTRADICTION: N_("the book contradicts itself, so that no value can be right"),
    NEEDS_DATA: N_("the claim is about data that is not here"),
}
