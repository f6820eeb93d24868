"""The three questions of a chapter: their settings exist, their answers are those of `book.toml` and of a run."""

import re

import pytest

from chapters.ch01_dnn_single import replay as ch01
from chapters.ch02_dnn_multi import replay as ch02
from chapters.ch06_rnn_hello import replay as ch06
from common.judging.chapter import all_chapters
from common.judging.settings import read_settings, settings_words
from common.paths import ROOT
from tests.support import questions
from tests.support.chapters import replayed
from tests.support.languages import LANGUAGES

CHAPTERS = [chapter for chapter in all_chapters() if chapter.name != "theory"]
EACH = pytest.mark.parametrize("chapter", CHAPTERS, ids=lambda chapter: chapter.name)
BOTH = pytest.mark.parametrize("language", LANGUAGES, ids=lambda language: language.name)
# The question of a chapter that a run of seconds answers. On another processor a few digits may change sides.
CHEAP = [(ch01, 0), (ch02, 2), (ch06, 0)]
TOLERANCE = 0.01


def text_of(chapter, language):
    return chapter.path.with_name(language.page).read_text(encoding="utf-8")


@BOTH
@EACH
def test_the_answers_of_the_readme_are_those_of_book_toml(chapter, language):
    page = chapter.path.with_name(language.page).relative_to(ROOT).as_posix()
    found = questions.complaints(chapter, text_of(chapter, language), language.questions, page)
    assert not found, "\n".join(found)


@EACH
def test_each_question_changes_settings_that_the_chapter_has(chapter):
    asked = questions.questions_of(chapter)
    assert len(asked) == questions.COUNT
    for question in asked:
        words = settings_words(question["with"])
        assert read_settings(chapter, question["profile"], words) == question["with"] != {}
    assert len({questions.command(chapter, question) for question in asked}) == questions.COUNT


@EACH
def test_each_answer_is_measured_on_every_seed_and_most_differ_from_the_profile_s_own(chapter):
    asked = questions.questions_of(chapter)
    assert [len(question.get("stops", question.get("values"))) for question in asked] == [questions.SEEDS] * len(asked)
    differ = [questions.command(chapter, question) for question in asked if questions.differs(chapter, question)]
    assert len(differ) >= 2, differ


@BOTH
@EACH
@pytest.mark.parametrize("number", range(questions.COUNT))
def test_each_changed_figure_is_missed(chapter, language, number):
    question, text = questions.questions_of(chapter)[number], text_of(chapter, language)
    for figure in questions.figures_of(question):
        answer = re.findall(r"^<details>$.*?^</details>$", text, flags=re.M | re.S)[number]
        changed = text.replace(answer, re.sub(rf"(?<![\d.]){re.escape(figure)}(?!\d|\.\d)", "0.111", answer))
        found = questions.complaints(chapter, changed, language.questions, "page")
        assert [line for line in found if f"question {number + 1}: {figure} is not" in line]


@pytest.mark.parametrize(("script", "number"), CHEAP, ids=lambda value: getattr(value, "__name__", ""))
def test_a_run_gives_the_answer_again(script, number, tmp_path, builtin_digits):
    (chapter,) = [chapter for chapter in CHAPTERS if chapter.script("builtin").samefile(script.__file__)]
    question = questions.questions_of(chapter)[number]
    options = ["--seed", "1", "--threads", "1", "--with", " ".join(settings_words(question["with"]))]
    done = replayed(script, tmp_path, *options)
    if "stops" in question:
        assert f"step {question['stops'][0]}: " in done.errors and "nan" in done.errors and not done.result
    else:
        assert done.result["metrics"][question["metric"]] == pytest.approx(question["values"][0], abs=TOLERANCE)
