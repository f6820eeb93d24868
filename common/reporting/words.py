"""Say the names of metrics, curves, verdicts and states in words."""

from common.judging import verdicts
from common.judging.verdicts import VERDICTS
from common.language import LANGUAGES, N_
from common.reporting.bilingual import either, spoken

NAMES = {
    "accuracy": N_("accuracy"),
    "claims_that_agree": N_("claims that agree"),
    "cost": N_("cost"),
    "cross_entropy": N_("cross-entropy"),
    "letters_right": N_("letters right"),
    "perplexity": N_("perplexity"),
    "perplexity_so_far": N_("perplexity so far"),
    "test_accuracy": N_("test accuracy"),
    "test_perplexity": N_("test perplexity"),
    "train_accuracy": N_("train accuracy"),
    "train_cost": N_("train cost"),
    "train_perplexity": N_("train perplexity"),
    "train_perplexity_so_far": N_("train perplexity so far"),
}
# The verdicts of the ledger, and their classes in the style sheet.
CLASSES = {**dict(zip(VERDICTS, ("agrees", "spread", "differs", "contradicts", "needs"), strict=True)), None: "bad"}
NO_VERDICT = verdicts.NO_RESULT
# What became of a chapter's result, and its class in the style sheet.
PASSED, FAILED, NOT_RUN, NO_RESULT, NOT_JUDGED = "passed", "failed", "not-run", "no-result", "not-judged"
STATES = {PASSED: "agrees", FAILED: "bad", NOT_RUN: "bad", NO_RESULT: "needs", NOT_JUDGED: "needs"}
ABOUT = {
    "builtin": N_("built-in data, scaled down to minutes"),
    "listed": N_("the real data, exactly as listed"),
    "printed": N_("the real data, with the settings that the printed output shows"),
    "repaired": N_("the real data, with a small change to the listing that reaches the printed result"),
}


def readable(name):
    """Return the name of a metric or a curve as a Text. One that is not known has spaces between its words."""
    message = NAMES.get(name)
    return spoken(message) if message else either(*[name.replace("_", " ")] * len(LANGUAGES))
