"""The tables that people read hold the figures that `book.toml` holds."""

import re

import pytest

from common.book import ROOT, all_books

BOOKS = all_books()
PAGES = [ROOT / "README.md", ROOT / "chapters" / "README.md"]


def row(page, chapter):
    found = re.search(rf"^\| *\[?{chapter}\b.*$", page.read_text(encoding="utf-8"), re.M)
    assert found, f"{page} has no row for {chapter}"
    return found[0]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
@pytest.mark.parametrize("book", BOOKS, ids=lambda book: book.chapter)
def test_tables(page, book):
    cells = row(page, book.chapter)
    for threshold in book.thresholds("printed") or book.thresholds("listed"):
        if book.printed(threshold.metric) is not None:
            assert f"{book.printed(threshold.metric):g}" in cells
        assert f"{threshold.bound:g}" in cells
        if not threshold.values:
            continue
        assert f"{len(threshold.values)} seeds" in cells
        if threshold.sd:
            assert f"{threshold.mean:.4f} ± {threshold.sd:.4f}" in cells
        else:
            assert f"{threshold.mean:g}" in cells


@pytest.mark.parametrize("book", BOOKS, ids=lambda book: book.chapter)
def test_chapter_readme(book):
    text = (book.path.parent / "README.md").read_text(encoding="utf-8")
    assert f"pages {book.pages}" in text
    for profile in book.profiles():
        for threshold in book.thresholds(profile):
            assert f"{threshold.bound:g}" in text
            if threshold.values and threshold.sd:
                assert f"{threshold.mean:.4f}" in text and f"{threshold.sd:.4f}" in text
    for line in book.printed_output.strip().splitlines():
        assert line in text


@pytest.mark.parametrize("page", [*PAGES, *(book.path.parent / "README.md" for book in BOOKS)], ids=str)
def test_links_lead_somewhere(page):
    for target in re.findall(r"\]\(([^)#]+)", page.read_text(encoding="utf-8")):
        if not target.startswith("http"):
            assert (page.parent / target).exists(), target
