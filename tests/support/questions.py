"""The questions at the end of a chapter's README, and their measured answers in `book.toml`.

`[[questions]]` of `book.toml` has for each question `with` (the changed settings), the `profile`, and either a `metric`
with its `values`, one a seed from seed 1, or `stops`: the steps where the loss is no longer a number.
"""

import re
import tomllib
from statistics import mean

from common.judging.settings import settings_words

COUNT = 3
SEEDS = 3


def questions_of(chapter):
    """Return the questions of a Chapter as a list of dicts."""
    return tomllib.loads(chapter.path.read_text(encoding="utf-8")).get("questions", [])


def command(chapter, question):
    """Return the command that answers `question`."""
    return f'make {chapter.name} WITH="{" ".join(settings_words(question["with"]))}"'


def asked(text, heading):
    """Return what a README's `text` has below `heading` (a pattern): the words before the questions, and the questions.

    The questions are pairs of question and answer.
    """
    section = re.search(rf"^{heading}$(.*?)(?=^## |\Z)", text, flags=re.M | re.S)
    start, *parts = re.split(r"^\*\*\d\. ", section[1] if section else "", flags=re.M)
    return start, [tuple(re.split(r"^<details>$", part, maxsplit=1, flags=re.M)) for part in parts]


def own_bound(chapter, question):
    """Return the Threshold that holds the profile's own figures for the metric of `question`."""
    bounds = chapter.thresholds(question["profile"])
    return next(bound for bound in bounds if bound.metric == question.get("metric", bound.metric))


def own_figure(chapter):
    """Return the profile's own result as a text, which stands before the questions."""
    own = own_bound(chapter, questions_of(chapter)[0])
    return f"{own.mean:.4f} ± {own.sd:.4f}" if own.sd else f"{own.mean:g}"


def figures_of(question):
    """Return the texts that the answer of `question` must have."""
    if "stops" in question:
        return sorted({str(step) for step in question["stops"]})
    return [", ".join(f"{value:g}" for value in question["values"])]


def has(text, figure):
    """Return whether the figure stands in `text`, and is not a part of another."""
    return bool(re.search(rf"(?<![\d.]){re.escape(figure)}(?!\d|\.\d)", text))


def complaints(chapter, text, heading, page):
    """Complain of what a README's `text` lacks of the chapter's questions. `page` is its name."""
    start, pairs = asked(text, heading)
    questions = questions_of(chapter)
    if not len(pairs) == len(questions) == COUNT:
        counts = f"{len(pairs)} below {heading}, and {len(questions)} in book.toml"
        return [f"{page}: expected {COUNT} questions, found {counts}"]
    found = [] if has(start, own_figure(chapter)) else [f"{page}: {own_figure(chapter)} is not below {heading}"]
    for number, (question, pair) in enumerate(zip(questions, pairs, strict=True), 1):
        if len(pair) != 2 or "</details>" not in pair[1]:
            found.append(f"{page}: question {number}: the answer is not folded in <details>")
            continue
        if f"`{command(chapter, question)}`" not in pair[0]:
            found.append(f"{page}: question {number}: `{command(chapter, question)}` is missing")
        missing = [figure for figure in figures_of(question) if not has(pair[1], figure)]
        found += [f"{page}: question {number}: {figure} is not in its answer" for figure in missing]
    return found


def differs(chapter, question):
    """Return whether the answer lies more than two standard deviations away from the profile's own result."""
    if "stops" in question:
        return True
    own = own_bound(chapter, question)
    return abs(mean(question["values"]) - own.mean) > 2 * own.sd
