"""The Korean pages: beside each English one, with its figures, commands and names, in natural and uniform Korean."""

import re

import pytest

from common.paths import ROOT
from tests.support import korean, languages
from tests.support.languages import ENGLISH, KOREAN

OVERVIEW = ROOT / "chapters" / KOREAN.page
PAGES = [ROOT / KOREAN.page, OVERVIEW, *sorted((ROOT / "chapters").glob(f"*/{KOREAN.page}"))]
EACH = pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())


def read(path):
    return path.read_text(encoding="utf-8")


def texts(page):
    """Return what both languages have of `page`, in English and in Korean."""
    return languages.shared(read(languages.english_of(page))), languages.shared(read(page))


def report(page, complaints):
    """Fail when there are complaints about `page`, with one on each line."""
    where = page.relative_to(ROOT).as_posix()
    assert not complaints, "\n".join(f"{where}: {complaint}" for complaint in complaints)


def test_every_chapter_and_the_project_have_a_korean_page():
    folders = [ROOT, ROOT / "chapters", *(book.parent for book in sorted((ROOT / "chapters").glob("*/book.toml")))]
    assert [folder for folder in folders if not (folder / KOREAN.page).is_file()] == []


@EACH
def test_the_first_line_links_to_the_other_language(page):
    assert read(page).splitlines()[0] == f"[English]({ENGLISH.page})"
    assert read(languages.english_of(page)).splitlines()[0] == f"[한국어]({KOREAN.page})"


@EACH
def test_the_english_page_is_english_alone(page):
    lines = [line for line in languages.without_code_and_tables(read(languages.english_of(page)))[1:] if line.strip()]
    assert [line for line in lines if len(re.findall("[가-힣]+", line)) > 2] == []


@EACH
def test_the_commands_and_outputs_are_those_of_the_english_page(page):
    report(page, languages.code_that_differs(*texts(page)))


@EACH
def test_the_figures_are_those_of_the_english_page(page):
    report(page, languages.figures_that_differ(*texts(page)))


@EACH
def test_the_names_in_backticks_are_those_of_the_english_page(page):
    report(page, languages.names_that_differ(*texts(page)))


@EACH
def test_the_lists_have_as_many_points_as_those_of_the_english_page(page):
    ours, theirs = texts(page)
    expected, found = languages.points(ours), languages.points(theirs)
    report(page, [f"expected {expected} points in the lists, found {found}"] if expected != found else [])


@EACH
def test_links_lead_to_korean_pages_where_there_are_any(page):
    report(page, languages.links_to_english(page))


@EACH
def test_the_korean_is_polite_short_and_uses_one_word_for_one_thing(page):
    report(page, korean.complaints(read(page)))


GLOSSARY = languages.glossary(read(OVERVIEW))


def test_the_glossary_has_each_term_once_and_the_pages_of_the_book():
    for place in (0, 1):
        terms = [row[place] for row in GLOSSARY]
        assert len(terms) > 30 and len(set(terms)) == len(terms)
    assert [row for row in GLOSSARY if not re.fullmatch(r"\d+(-\d+)?", row[2])] == []


def test_every_term_of_the_glossary_is_used_in_a_page():
    pages = " ".join(korean.written(read(page)) for page in PAGES)
    assert [row[1] for row in GLOSSARY if not all(term in pages for term in row[1].split(", "))] == []


def test_the_glossary_uses_no_variant():
    variants = {variant for variants in korean.VARIANTS.values() for variant in variants}
    assert variants.isdisjoint({term for row in GLOSSARY for term in row[1].split(", ")})


def test_every_term_of_the_glossary_is_the_book_s(book_text):
    assert [row[1] for row in GLOSSARY if not all(word.strip(",") in book_text for word in row[1].split())] == []


# The checks find what they are for.

PAGE = """[English](README.md)

# A page

Seed 12 gives 0.5 with `f`.

    make ch01        on digits
    make ch02

| profile | replayed |
|---|---|
| `a` | 0.9154 (C101), 10 seeds |

## Departures from the listing

- `g` is gone.

## Output

0.7
"""
SAME = """[한국어](README.ko.md)

# 문서

시드 12에서 `f`로 0.5가 나옵니다.

    make ch01        숫자로
    make ch02

| 프로필 | 다시 얻은 수치 |
|---|---|
| `a` | 0.9154 (C101), 시드 10개 |

## 책의 코드와 다른 점

- `g`는 없습니다.
"""


def every_difference(ours, theirs):
    ours, theirs = languages.shared(ours), languages.shared(theirs)
    found = languages.code_that_differs(ours, theirs) + languages.figures_that_differ(ours, theirs)
    return found + languages.names_that_differ(ours, theirs)


def test_pages_that_say_the_same_do_not_differ():
    assert every_difference(PAGE, SAME) == []
    assert languages.points(languages.shared(PAGE)) == languages.points(languages.shared(SAME)) == 1


@pytest.mark.parametrize("page", ["PAGE", "SAME"])
@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("0.5", "0.6", "the figure 0.6"),
        ("0.9154", "0.9155", "'0.9155'"),
        ("C101", "C102", "'C102'"),
        ("10", "20", "'20'"),
        ("make ch02", "make ch03", "make ch03"),
        ("make ch01 ", "make ch05 ", "make ch05"),
        ("`g`", "`h`", "`h`"),
    ],
)
def test_a_change_in_one_language_alone_is_found(page, old, new, words):
    pages = {"PAGE": PAGE, "SAME": SAME}
    assert old in pages[page]
    pages[page] = pages[page].replace(old, new)
    assert words in " ".join(every_difference(*pages.values()))


def test_a_link_to_a_page_that_is_there_in_korean_is_found(tmp_path):
    for name in ("README.md", "a.md", "a.ko.md", "b.md"):
        (tmp_path / name).touch()
    page = tmp_path / "README.ko.md"
    page.write_text("[English](README.md)\n[a](a.md), [a](a.ko.md), [b](b.md)\n", encoding="utf-8")
    (complaint,) = languages.links_to_english(page)
    assert "expected a.ko.md" in complaint


LONG = " ".join(["낱말을"] * 19)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("학습합니다. 여십시오. 왜 그럴까요?", "왜 그럴까요?"),
        ("학습합니다. 왜 그렇습니까?", None),
        ("학습합니다(E01). **그렇습니다(E02).** `a`입니다.", None),
        ("학습해요.", "학습해요."),
        ("학습한다.", "학습한다."),
        ("- 학습합니다.\n- 학습", "학습"),
        ("- 학습합니다", "full stop"),
        (f"{LONG} 씁니다.", "20 words"),
        (f"{LONG[4:]} 씁니다.", None),
        ("`TensorFlow`입니다.\n\n    TensorFlow\n\n```\nTensorFlow\n```", None),
        ("TensorFlow입니다.", "write '텐서플로우'"),
        ("| 퍼플렉시티 |\n|---|\n| 1 |", "write '혼잡도'"),
        ("책에 의해 정해집니다.", "sounds translated"),
        ("# 학습\n\n학습합니다.\n\n## 용어\n\n| 훈련 |\n|---|", None),
    ],
)
def test_korean_that_breaks_a_rule_is_found(text, words):
    found = korean.complaints(text)
    assert bool(found) == bool(words) and (not words or words in " ".join(found)), found
