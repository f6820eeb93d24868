"""This module has the words for verdicts. No program and no page uses another."""

HOLDS = "holds"
MISSED = "missed"
NO_THRESHOLD = "no threshold"
NO_RESULT = "no result"
AGREES = "agrees"
WITHIN_SPREAD = "within spread"
DIFFERS = "differs"
CONTRADICTION = "contradiction"
NEEDS_DATA = "needs data"

RESULT_VERDICTS = (HOLDS, MISSED, NO_THRESHOLD, NO_RESULT)  # of a result beside its threshold
VERDICTS = (AGREES, WITHIN_SPREAD, DIFFERS, CONTRADICTION, NEEDS_DATA)  # of a claim beside the replayed value
MEANINGS = {
    HOLDS: "the replayed value keeps its threshold",
    MISSED: "it does not",
    NO_THRESHOLD: "the profile has none for this chapter yet",
    NO_RESULT: "no whole result of these settings is there, or it lacks the value",
    AGREES: "the replayed value is the printed one, or as near as the claim allows",
    WITHIN_SPREAD: "it is another one, but seeds lie that far apart",
    DIFFERS: "it is another one",
    CONTRADICTION: "the book contradicts itself, so that no value can be right",
    NEEDS_DATA: "the claim is about data that is not here",
}
