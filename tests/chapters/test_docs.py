"""The tables that people read hold the figures that `book.toml` holds."""

import re

import pytest

from common.judging.chapter import all_chapters
from common.paths import ROOT

CHAPTERS = all_chapters()
PAGES = [ROOT / "README.md", ROOT / "chapters" / "README.md"]


def row(page, chapter):
    found = re.search(rf"^\| *\[?{chapter}\b.*$", page.read_text(encoding="utf-8"), re.M)
    assert found, f"{page} has no row for {chapter}"
    return found[0]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
@pytest.mark.parametrize("chapter", CHAPTERS, ids=lambda chapter: chapter.name)
def test_tables(page, chapter):
    cells = row(page, chapter.name)
    for threshold in chapter.thresholds("printed") or chapter.thresholds("listed"):
        if chapter.printed(threshold.metric) is not None:
            assert f"{chapter.printed(threshold.metric):g}" in cells
        assert f"{threshold.bound:g}" in cells
        if not threshold.values:
            continue
        assert f"{len(threshold.values)} seeds" in cells
        if threshold.sd:
            assert f"{threshold.mean:.4f} ± {threshold.sd:.4f}" in cells
        else:
            assert f"{threshold.mean:g}" in cells


@pytest.mark.parametrize("chapter", CHAPTERS, ids=lambda chapter: chapter.name)
def test_chapter_readme(chapter):
    text = (chapter.path.parent / "README.md").read_text(encoding="utf-8")
    assert f"pages {chapter.pages}" in text
    for profile in chapter.profiles():
        for threshold in chapter.thresholds(profile):
            assert f"{threshold.bound:g}" in text
            if threshold.values and threshold.sd:
                assert f"{threshold.mean:.4f}" in text and f"{threshold.sd:.4f}" in text
    for line in chapter.printed_output.strip().splitlines():
        assert line in text


@pytest.mark.parametrize("page", [*PAGES, *(chapter.path.parent / "README.md" for chapter in CHAPTERS)], ids=str)
def test_links_lead_somewhere(page):
    for target in re.findall(r"\]\(([^)#]+)", page.read_text(encoding="utf-8")):
        if not target.startswith("http"):
            assert (page.parent / target).exists(), target
