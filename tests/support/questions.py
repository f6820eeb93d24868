"""The questions at the end of a chapter's README, and their measured answers in `book.toml`.

`[[questions]]` of `book.toml` has for each question `with` (the changed settings), the `profile`, and either a `metric`
with its `values`, one a seed from seed 1, or `stops`: the steps where the loss is no longer a number.
"""

import re
import tomllib
from statistics import mean, stdev

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
    """Return the questions of a README's `text` below `heading` (a pattern), as pairs of question and answer."""
    section = re.search(rf"^{heading}$(.*?)(?=^## |\Z)", text, flags=re.M | re.S)
    parts = re.split(r"^\*\*\d\. ", section[1] if section else "", flags=re.M)[1:]
    return [tuple(re.split(r"^<details>$", part, maxsplit=1, flags=re.M)) for part in parts]


def figures_of(chapter, question):
    """Return the texts that the answer of `question` must have: its figures, and those of the profile beside them."""
    if "stops" in question:
        return sorted({str(step) for step in question["stops"]})
    (own,) = [bound for bound in chapter.thresholds(question["profile"]) if bound.metric == question["metric"]]
    beside = f"{own.mean:.4f} ± {own.sd:.4f}" if own.sd else f"{own.mean:g}"
    return [", ".join(f"{value:g}" for value in question["values"]), beside]


def complaints(chapter, text, heading, page):
    """Complain of what a README's `text` lacks of the chapter's questions. `page` is its name."""
    found, pairs = [], asked(text, heading)
    questions = questions_of(chapter)
    if len(pairs) != len(questions):
        return [f"{page}: expected {len(questions)} questions below {heading}, found {len(pairs)}"]
    for number, (question, pair) in enumerate(zip(questions, pairs, strict=True), 1):
        if len(pair) != 2 or "</details>" not in pair[1]:
            found.append(f"{page}: question {number}: the answer is not folded in <details>")
            continue
        if f"`{command(chapter, question)}`" not in pair[0]:
            found.append(f"{page}: question {number}: `{command(chapter, question)}` is missing")
        for figure in figures_of(chapter, question):
            if not re.search(rf"(?<![\d.]){re.escape(figure)}(?!\d|\.\d)", pair[1]):
                found.append(f"{page}: question {number}: {figure} is not in its answer")
    return found


def teaches(chapter, question):
    """Return whether the answer lies outside the spread of the profile's seeds, so that it is one."""
    if "stops" in question:
        return True
    (own,) = [bound for bound in chapter.thresholds(question["profile"]) if bound.metric == question["metric"]]
    spread = max(own.sd, stdev(question["values"]))
    return abs(mean(question["values"]) - own.mean) > 2 * spread
