"""The first docstring of each script says what the book prints and what was replayed, as `book.toml` has it."""

import ast
import re

import pytest

from common.judging.chapter import REPAIRED, all_chapters

SCRIPTS = [
    pytest.param(chapter, chapter.path.with_name(name), id=f"{chapter.name}-{name}")
    for chapter in all_chapters()
    for name in ("replay.py", "repaired.py")
    if chapter.path.with_name(name).exists()
]
FORM = re.compile(
    r"Printed: (?P<metric>[a-z ]+) (?P<printed>[\d.]+)(?:, of (?P<of>\d+))?\. "
    r"Replayed: (?P<replayed>[\d.]+(?: ± [\d.]+)?) over (?P<seeds>\d+) seeds \(profile (?P<profile>\w+)\)\."
)


def measured(chapter, profile):
    """Return the threshold of the chapter's main metric that has measured seeds under `profile`, or None."""
    thresholds = chapter.thresholds(profile) if profile in chapter.profiles() else []
    return next((bound for bound in thresholds if bound.metric == chapter.main_metric() and bound.values), None)


def profile_of(chapter, script):
    """Return the profile whose seeds the docstring gives: printed, or listed where printed has no threshold."""
    if script.name == "repaired.py":
        return REPAIRED
    return "printed" if measured(chapter, "printed") else "listed"


def said(chapter, profile):
    """Return what the second paragraph has to say of `profile`, as the groups of FORM without `of`."""
    threshold = measured(chapter, profile)
    printed = chapter.printed(threshold.metric)
    return {
        "metric": threshold.metric.replace("_", " "),
        # The book prints all the claims of theory, but no number of them.
        "printed": f"{len(chapter.claims) if printed is None else printed:g}",
        "replayed": f"{threshold.mean:.4f} ± {threshold.sd:.4f}" if threshold.sd else f"{threshold.mean:g}",
        "seeds": str(len(threshold.values)),
        "profile": profile,
    }


def paragraphs(script):
    """Return the paragraphs of the first docstring of `script`, each in one line."""
    docstring = ast.get_docstring(ast.parse(script.read_text(encoding="utf-8")))
    return [" ".join(paragraph.split()) for paragraph in docstring.split("\n\n")]


@pytest.mark.parametrize(("chapter", "script"), SCRIPTS)
def test_first_docstring_says_what_was_printed_and_replayed(chapter, script):
    title, *results = paragraphs(script)
    assert title.startswith(f"{chapter.name}: ")
    found = FORM.match(results[0] if results else "")
    assert found, f"{script} does not say: Printed: ... Replayed: ... over ... seeds (profile ...)."
    groups = found.groupdict()
    groups.pop("of")
    assert groups == said(chapter, profile_of(chapter, script))
