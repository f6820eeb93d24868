"""The pages that people read hold the numbers that `book.toml` holds, in both languages. Their links lead somewhere."""

import math
import re

import pytest

from common.judging import tolerance
from common.judging.chapter import all_chapters
from common.judging.threshold import reach_in_words
from common.paths import ROOT
from tests.support.languages import LANGUAGES, spaced
from tests.support.markdown import has_columns, links, numbers, tables

CHAPTERS = all_chapters()
RESULTS = ["chapter", "pages", "metric", "printed", "replayed", "threshold", "verdict"]
PAGES = [*(ROOT / folder / language.page for folder in ("", "chapters") for language in LANGUAGES)]
PAGES += [ROOT / folder / "README.md" for folder in ("data", "common")]
PAGES += sorted((ROOT / "chapters").glob("*/*.md"))
BOOKS = pytest.mark.parametrize("chapter", CHAPTERS, ids=lambda chapter: chapter.name)
BOTH = pytest.mark.parametrize("language", LANGUAGES, ids=lambda language: language.name)


def read(path):
    return path.read_text(encoding="utf-8")


def overview(language):
    """Return the path of the page with the table of results."""
    return ROOT / "chapters" / language.page


def page_of(chapter, language):
    """Return the path of the chapter's README."""
    return chapter.path.with_name(language.page)


def assert_figure(number, cell, page):
    """Assert that the figure `number` (a text) stands in `cell` of `page` (a path)."""
    where = page.relative_to(ROOT).as_posix()
    assert re.search(rf"(?<![\d.]){re.escape(number)}(?!\d|\.\d)", cell), f"{where}: {number} is not in: {cell}"


def assert_replayed(threshold, cell, page, language):
    """Assert that `cell` has the mean, the deviation and the number of the seeds behind `threshold`."""
    if threshold.values:
        mean_and_sd = f"{threshold.mean:.4f} ± {threshold.sd:.4f}" if threshold.sd else f"{threshold.mean:g}"
        assert_figure(mean_and_sd, cell, page)
        measured = [[int(number) for number in found.groups() if number] for found in re.finditer(language.seeds, cell)]
        where = f"{page.relative_to(ROOT).as_posix()}: {len(threshold.values)} seeds are not in: {cell}"
        assert len(threshold.values) in map(math.prod, measured), where


def results(language):
    """Return the rows of the one table of results."""
    (table,) = [table for table in tables(read(overview(language))) if has_columns(table, language.words(*RESULTS))]
    return [{word: language.cell(row, word) for word in RESULTS} for row in table]


@BOTH
def test_there_is_one_table_of_results_and_it_has_every_chapter_in_order(language):
    assert [re.search(r"\w+", row["chapter"])[0] for row in results(language)] == [chapter.name for chapter in CHAPTERS]
    words = language.words("chapter", "printed", "replayed")
    assert not [table for table in tables(read(ROOT / language.page)) if has_columns(table, words)]


@BOTH
@BOOKS
def test_the_row_of_a_chapter_has_its_numbers_in_their_columns(chapter, language):
    page, row = overview(language), results(language)[CHAPTERS.index(chapter)]
    assert row["chapter"].startswith(f"[{chapter.name}]({chapter.path.parent.name}/{language.page})")
    assert row["pages"].startswith(chapter.pages)
    assert row["verdict"]
    for threshold in chapter.thresholds("printed") or chapter.thresholds("listed"):
        assert_figure(f"{threshold.bound:g}", row["threshold"], page)
        assert_replayed(threshold, row["replayed"], page, language)
        if chapter.printed(threshold.metric) is not None:
            assert_figure(f"{chapter.printed(threshold.metric):g}", row["printed"], page)


@BOTH
@BOOKS
def test_the_verdict_of_a_chapter_says_whether_the_printed_number_is_within_reach(chapter, language):
    verdict = results(language)[CHAPTERS.index(chapter)]["verdict"]
    thresholds = chapter.thresholds("printed") or chapter.thresholds("listed")
    words = {reach_in_words(one, chapter.printed(one.metric)) for one in thresholds if one.reach}
    assert {word for word, said in language.reach.items() if said in verdict} == words


@BOTH
def test_the_page_of_all_chapters_has_the_factors_and_the_shares(language):
    page = " ".join(read(overview(language)).split())
    for seeds in (3, 10, 20, 100):
        assert re.search(language.factor.format(seeds=seeds, factor=f"{tolerance.factor(seeds):.1f}"), page), seeds
    hundred, ten = (f"{100 * tolerance.share_kept(seeds):.1f}" for seeds in (100, 10))
    assert language.shares.format(hundred=hundred, ten=ten) in page
    assert tolerance.share_kept(3000) > tolerance.CONTENT > tolerance.share_kept(2900)


def rows_of(chapter, language):
    """Yield (profiles, row) of the results in the chapter's README. An empty cell means the profile above it."""
    words = language.words("profile", "metric", "printed", "replayed", "threshold")
    (table,) = [table for table in tables(read(page_of(chapter, language))) if has_columns(table, words)]
    cell = ""
    for row in table:
        cell = language.cell(row, "profile") or cell
        every = cell.startswith(language.every)
        yield chapter.profiles() if every else re.findall(r"`(\w+)`", cell), row


def metrics_of(chapter):
    """Return the metrics that the chapter is judged by."""
    return {threshold.metric for profile in chapter.profiles() for threshold in chapter.thresholds(profile)}


@BOTH
@BOOKS
def test_the_readme_of_a_chapter_has_its_numbers_in_their_columns(chapter, language):
    page, rows = page_of(chapter, language), list(rows_of(chapter, language))
    where = page.relative_to(ROOT).as_posix()
    for profile in chapter.profiles():
        for threshold in chapter.thresholds(profile):
            found = [
                row
                for profiles, row in rows
                if profile in profiles
                and language.cell(row, "metric")
                .strip("`")
                .replace("_", " ")
                .startswith(threshold.metric.replace("_", " "))
                and f"{threshold.bound:g}" in numbers(spaced(language.cell(row, "threshold")))
            ]
            what = f"profile {profile}, {threshold.metric} and the threshold {threshold.bound:g}"
            assert found, f"{where}: no row of the results has {what}"
            assert_replayed(threshold, language.cell(found[0], "replayed"), page, language)
            printed = chapter.printed(threshold.metric)
            cell = language.cell(found[0], "printed")
            if printed is not None and cell != "-":  # the book need not have run this profile
                assert_figure(f"{printed:g}", cell, page)
    printed = [row for _, row in rows if language.cell(row, "printed") != "-"]
    assert printed or not any(map(chapter.printed, metrics_of(chapter)))


@BOOKS
def test_the_pages_of_a_chapter_have_the_printed_lines(chapter):
    text = "\n".join(read(path) for path in sorted(chapter.path.parent.glob("*.md")))
    lines = text.splitlines()
    assert [line for line in chapter.printed_output.strip().splitlines() if line not in lines] == []


@BOTH
@BOOKS
def test_the_readme_of_a_chapter_names_the_pages_of_the_book(chapter, language):
    assert re.search(language.pages.format(re.escape(chapter.pages)), read(page_of(chapter, language)))


@BOTH
@BOOKS
def test_the_first_screen_of_a_chapter_has_commands_results_and_departures(chapter, language):
    screen = read(page_of(chapter, language)).splitlines()[:40]
    starts = (f"# {chapter.name}: ", f"make {chapter.name}", rf"\| {language.headers['profile']} ", language.departures)
    places = [next((i for i, line in enumerate(screen) if re.match(start, line.strip())), None) for start in starts]
    assert None not in places and places == sorted(places)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_links_lead_somewhere(page):
    assert [target for target in links(read(page)) if not (page.parent / target).exists()] == []


FINDINGS = [f"E{number:02d}" for number in range(1, 22)]


@BOTH
def test_the_index_of_findings_has_each_of_them_in_one_line(language):
    found = re.findall(r"^[|*-] *[\[`*]*(E\d\d)\b.*\w{3}", read(overview(language)), re.M)
    assert found == FINDINGS


def test_every_finding_that_is_named_stands_in_the_index():
    paths = [
        *ROOT.glob("*.md"),
        *(path for top in ("chapters", "common", "data") for path in (ROOT / top).rglob("*.*")),
    ]
    texts = [read(path) for path in paths if path.suffix in (".py", ".toml", ".md")]
    named = {name for text in texts for name in re.findall(r"\bE\d\d\b", text)}
    assert named and named <= set(FINDINGS)
