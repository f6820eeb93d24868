"""The pages that people read hold the numbers that `book.toml` holds, and their links lead somewhere."""

import re

import pytest

from common.judging import tolerance
from common.judging.chapter import all_chapters
from common.judging.threshold import reach_in_words
from common.paths import ROOT
from tests.support.markdown import column, has_columns, links, numbers, tables

CHAPTERS = all_chapters()
CHAPTERS_PAGE = ROOT / "chapters" / "README.md"
README = ROOT / "README.md"
RESULTS = ["chapter", "pages", "metric", "printed", "replayed", "threshold", "verdict"]
PAGES = [README, CHAPTERS_PAGE, *(ROOT / folder / "README.md" for folder in ("data", "common"))]
PAGES += sorted((ROOT / "chapters").glob("*/*.md"))
BOOKS = pytest.mark.parametrize("chapter", CHAPTERS, ids=lambda chapter: chapter.name)


def read(path):
    return path.read_text(encoding="utf-8")


def assert_replayed(threshold, cell):
    """Assert that `cell` has the mean, the deviation and the number of the seeds behind `threshold`."""
    if threshold.values:
        expected = f"{threshold.mean:.4f} ± {threshold.sd:.4f}" if threshold.sd else f"{threshold.mean:g}"
        assert re.search(rf"(?<![\d.]){re.escape(expected)}(?!\d)", cell), f"{expected} is not in: {cell}"
        counts = re.findall(r"(?<!\d)(\d+) seeds(?: on (?:the )?(?:texts of )?(\d+) (?:texts|Pythons))?", cell)
        assert len(threshold.values) in [int(seeds) * int(texts or 1) for seeds, texts in counts], cell


def results():
    """Return the rows of the one table of results."""
    (table,) = [table for table in tables(read(CHAPTERS_PAGE)) if has_columns(table, RESULTS)]
    return [{word: column(row, word) for word in RESULTS} for row in table]


def test_there_is_one_table_of_results_and_it_has_every_chapter_in_order():
    assert [re.search(r"\w+", row["chapter"])[0] for row in results()] == [chapter.name for chapter in CHAPTERS]
    assert not [table for table in tables(read(README)) if has_columns(table, ["chapter", "printed", "replayed"])]


@BOOKS
def test_the_row_of_a_chapter_has_its_numbers_in_their_columns(chapter):
    row = results()[CHAPTERS.index(chapter)]
    assert row["chapter"].startswith(f"[{chapter.name}]({chapter.path.parent.name}/README.md)")
    assert row["pages"].startswith(chapter.pages)
    assert row["verdict"]
    for threshold in chapter.thresholds("printed") or chapter.thresholds("listed"):
        assert f"{threshold.bound:g}" in numbers(row["threshold"])
        assert_replayed(threshold, row["replayed"])
        if chapter.printed(threshold.metric) is not None:
            assert f"{chapter.printed(threshold.metric):g}" in numbers(row["printed"])


@BOOKS
def test_the_verdict_of_a_chapter_says_whether_the_printed_number_is_within_reach(chapter):
    verdict = results()[CHAPTERS.index(chapter)]["verdict"]
    thresholds = chapter.thresholds("printed") or chapter.thresholds("listed")
    words = {reach_in_words(one, chapter.printed(one.metric)) for one in thresholds if one.reach}
    assert set(re.findall(r"(within|beyond) reach\b", verdict)) == words


def test_the_page_of_all_chapters_has_the_factors_and_the_shares():
    page = " ".join(read(CHAPTERS_PAGE).split())
    multiples = [f"{tolerance.factor(n):.1f} for {n}" for n in (3, 10, 20, 100)]
    assert f"The multiple is {multiples[0]} seeds, {multiples[1]}, {multiples[2]} and {multiples[3]}." in page
    hundred, ten = (f"{100 * tolerance.share_kept(n):.1f} of 100" for n in (100, 10))
    assert f"A hundred show {hundred}, and ten {ten}," in page
    assert tolerance.share_kept(3000) > tolerance.CONTENT > tolerance.share_kept(2900)


def rows_of(chapter):
    """Yield (profiles, row) of the results in the chapter's README. An empty cell means the profile above it."""
    words = ["profile", "metric", "printed", "replayed", "threshold"]
    (table,) = [table for table in tables(read(chapter.path.with_name("README.md"))) if has_columns(table, words)]
    cell = ""
    for row in table:
        cell = column(row, "profile") or cell
        yield chapter.profiles() if cell.startswith("all") else re.findall(r"`(\w+)`", cell), row


def metrics_of(chapter):
    """Return the metrics that the chapter is judged by."""
    return {threshold.metric for profile in chapter.profiles() for threshold in chapter.thresholds(profile)}


@BOOKS
def test_the_readme_of_a_chapter_has_its_numbers_in_their_columns(chapter):
    rows = list(rows_of(chapter))
    for profile in chapter.profiles():
        for threshold in chapter.thresholds(profile):
            found = [
                row
                for profiles, row in rows
                if profile in profiles
                and column(row, "metric").strip("`").replace("_", " ").startswith(threshold.metric.replace("_", " "))
                and f"{threshold.bound:g}" in numbers(column(row, "threshold"))
            ]
            assert found, f"no row has profile {profile}, {threshold.metric} and the threshold {threshold.bound:g}"
            assert_replayed(threshold, column(found[0], "replayed"))
            printed = chapter.printed(threshold.metric)
            if printed is not None and column(found[0], "printed") != "-":  # the book need not have run this profile
                assert f"{printed:g}" in numbers(column(found[0], "printed"))
    assert any(column(row, "printed") != "-" for _, row in rows) or not any(map(chapter.printed, metrics_of(chapter)))


@BOOKS
def test_the_pages_of_a_chapter_have_the_printed_lines(chapter):
    text = "\n".join(read(path) for path in sorted(chapter.path.parent.glob("*.md")))
    assert re.search(rf"pages? {re.escape(chapter.pages)}", text)
    lines = text.splitlines()
    assert [line for line in chapter.printed_output.strip().splitlines() if line not in lines] == []


@BOOKS
def test_the_first_screen_of_a_chapter_has_commands_results_and_departures(chapter):
    screen = read(chapter.path.with_name("README.md")).splitlines()[:40]
    places = [
        next((i for i, line in enumerate(screen) if line.strip().startswith(start)), None)
        for start in (f"# {chapter.name}: ", f"make {chapter.name}", "| profile ", "## Departures")
    ]
    assert None not in places and places == sorted(places)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page):
    assert [target for target in links(read(page)) if not (page.parent / target).exists()] == []


FINDINGS = [f"E{number:02d}" for number in range(1, 22)]


def test_the_index_of_findings_has_each_of_them_in_one_line():
    found = re.findall(r"^[|*-] *[\[`*]*(E\d\d)\b.*\w{3}", read(CHAPTERS_PAGE), re.M)
    assert found == FINDINGS


def test_every_finding_that_is_named_stands_in_the_index():
    paths = [README, *(path for top in ("chapters", "common", "data") for path in (ROOT / top).rglob("*.*"))]
    texts = [read(path) for path in paths if path.suffix in (".py", ".toml", ".md")]
    named = {name for text in texts for name in re.findall(r"\bE\d\d\b", text)}
    assert named and named <= set(FINDINGS)
