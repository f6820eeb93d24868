"""One set of words for verdicts: each has a meaning, and no page uses another."""

import re

import pytest

from common.judging import verdicts
from common.paths import ROOT
from tests.support.markdown import column, has_columns, tables

WORDS = {*verdicts.VERDICTS, *verdicts.RESULT_VERDICTS}
REACH = {f"{word} reach" for word in ("within", "beyond")}  # of the printed number: a verdict of its own
PAGES = sorted((ROOT / "chapters").rglob("*.md"))


def cells(page):
    """Return the verdicts in the tables of `page`."""
    found = tables(page.read_text(encoding="utf-8"))
    return [column(row, "verdict") for table in found if has_columns(table, ["verdict"]) for row in table]


def test_every_verdict_has_one_meaning():
    assert verdicts.MEANINGS.keys() == WORDS
    assert len(set(verdicts.MEANINGS.values())) == len(WORDS)


def test_there_are_pages_with_verdicts():
    assert sum(bool(cells(page)) for page in PAGES) >= 2


@pytest.mark.parametrize("page", [page for page in PAGES if cells(page)], ids=lambda page: page.parent.name)
def test_a_page_s_verdicts_are_of_the_set(page):
    for cell in cells(page):
        words = re.sub(r" \(E\d\d\)", "", cell.partition(":")[0]).split("; ")  # after a colon stands the reason
        assert {re.sub(r"(?<=reach) of .*", "", word) for word in words} <= WORDS | REACH, cell


def test_the_table_of_results_explains_the_words_that_it_uses():
    page = ROOT / "chapters" / "README.md"
    text = page.read_text(encoding="utf-8")
    used = {word for cell in cells(page) for word in WORDS if re.match(rf"{word}\b", cell)}
    assert used and {word for word in used if f"`{word}`" not in text} == set()
