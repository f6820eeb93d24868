"""What a `book.toml` may say, and what a Chapter makes of it."""

import pytest

from common.errors import ReplayError
from common.judging.chapter import Chapter, all_chapters
from common.paths import ROOT
from tests.support.books import BOUNDS, book

CHAPTERS = all_chapters()
EACH = pytest.mark.parametrize("chapter", CHAPTERS, ids=lambda chapter: chapter.name)
SCORE = 'id = "X1", about = "score", metric = "score", value = 0.9'
PROFILES = """
[profiles.builtin]
settings = { steps = 2 }
[profiles.listed]
same_as = "printed"
[profiles.repaired]
settings = { rate = 0.5 }
"""


@pytest.fixture
def chapter(tmp_path):
    """A function that reads a `book.toml` with this text."""

    def read(text):
        path = tmp_path / "ch00_test" / "book.toml"
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return Chapter(path)

    return read


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("chapter = ", "book.toml: not TOML: "),
        ('chapter = "ch00"', "book.toml: the entry 'title' is missing."),
        (book('id = "X1", valeu = 3'), "the claim X1 has valeu; expected only about, "),
        (book("value = 3"), "a claim without `id`: {'value': 3}."),
        (
            book(profiles="[profiles.builtin]\nsetings = 3"),
            "profile builtin has setings; expected only evidence, memory, same_as, ",
        ),
        (book(profiles="[profiles.listed]\nsame_as = 'listed'"), "profile listed is the same as one that is the same"),
        (
            book(profiles="[profiles.listed]\nsame_as = 'printed'"),
            "profile listed is the same as 'printed'. There is no such profile",
        ),
        (
            book(profiles="[profiles.listed.settings]\nsetps = 3"),
            "profile listed sets setps, which [settings] does not",
        ),
        (book(profiles="[profiles.listed.thresholds]\nscore = 3"), "expected a table or a list of tables, found 3."),
        (
            book(profiles="[profiles.listed.thresholds.score]\nat_lest = 3"),
            "a threshold of profile listed is not one: ",
        ),
        (book(profiles="[profiles.listed.thresholds.score]\nvalues = [3]"), "has no `at_least` or `at_most`."),
    ],
)
def test_a_mistake_in_it_is_named(chapter, text, words):
    with pytest.raises(ReplayError) as error:
        chapter(text)
    assert words in str(error.value)


def test_a_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(ReplayError, match=r"absent\.toml: cannot be read: No such file"):
        Chapter(tmp_path / "absent.toml")


def test_a_profile_has_the_chapter_s_settings_with_its_own_on_top(chapter):
    read = chapter(book(settings="steps = 5\nsize = 3", profiles=PROFILES + BOUNDS))
    assert read.settings("builtin") == {"steps": 2, "size": 3}
    assert read.settings("listed") == read.settings("printed") == {"steps": 5, "size": 3}
    assert read.settings("repaired") == {"steps": 5, "size": 3, "rate": 0.5}  # its script is another one
    with pytest.raises(ReplayError, match="ch00 has no profile 'lsited': choose one of builtin, listed, "):
        read.settings("lsited")


def test_settings_can_be_replaced_by_name(chapter):
    read = chapter(book(settings="steps = 5\nsize = 3", profiles=PROFILES + BOUNDS))
    other = read.with_settings(steps=1, rate=2.0)
    assert {other.settings(profile)["steps"] for profile in other.profiles()} == {1}
    assert other.settings("repaired")["rate"] == 2.0
    assert read.settings("listed")["steps"] == 5
    with pytest.raises(ReplayError, match="ch00 has no setting setps: choose from rate, size, steps"):
        read.with_settings(setps=1)


def test_repaired_is_a_script_of_its_own(chapter, tmp_path):
    read = chapter(book(profiles=PROFILES + BOUNDS))
    assert read.script("printed") == tmp_path / "ch00_test" / "replay.py"
    assert read.script("repaired") == tmp_path / "ch00_test" / "repaired.py"
    assert read.module("listed") == "chapters.ch00_test.replay"
    assert read.module("repaired") == "chapters.ch00_test.repaired"


@pytest.mark.parametrize(
    ("metrics", "bounds"),
    [(None, [0.7, 0.82]), ({"tracks": 39}, []), ({}, []), ({"tracks": 399}, [0.7]), ({"tracks": 400}, [0.82])],
)
def test_the_last_threshold_that_applies_is_chosen(chapter, metrics, bounds):
    read = chapter(book(SCORE, profiles=PROFILES + BOUNDS))
    assert [threshold.at_least for threshold in read.thresholds("printed", metrics)] == bounds
    assert [threshold.at_least for threshold in read.thresholds("listed", metrics)] == bounds
    assert read.thresholds("builtin", metrics) == []


def test_measured_values_stand_with_a_threshold_or_as_evidence(chapter):
    evidence = "[profiles.printed.evidence]\nfirst = [0, 3]\nscore = [1]\n"
    read = chapter(book(SCORE, profiles=PROFILES + BOUNDS + evidence))
    assert read.measured("printed", "score") == read.measured("listed", "score") == (0.9, 0.8)
    assert read.measured("listed", "first") == (0, 3)
    assert read.measured("printed", "other") == read.measured("builtin", "first") == ()


def test_the_main_metric_is_that_of_the_first_threshold(chapter):
    assert chapter(book(profiles=PROFILES + BOUNDS)).main_metric() == "score"
    with pytest.raises(ReplayError, match="no profile has a threshold"):
        chapter(book()).main_metric()


def test_printed_is_the_first_value_of_a_metric_itself(chapter):
    less = 'id = "X0", metric = "score", value = 0, minus = "ch01"'
    bound = 'id = "X2", metric = "score", at_least = 3'
    curve = 'id = "X3", curve = "loss", steps = [0, 9], value = [2, 1]'
    read = chapter(book(less, bound, SCORE, curve))
    assert read.printed("score") == 0.9 and read.printed("loss") is None
    assert read.printed_curve("loss") == [2, 1]


@pytest.mark.parametrize(
    ("data", "profile", "kind"),
    [(None, "builtin", "none"), ("mnist", "builtin", "built-in"), ("mnist", "printed", "real")],
)
def test_only_builtin_runs_on_built_in_data(chapter, data, profile, kind):
    assert chapter(book(data=data, profiles=PROFILES + BOUNDS)).data_kind(profile) == kind


# The chapters of the project.


def test_theory_comes_first():
    assert [chapter.name for chapter in CHAPTERS] == ["theory", *sorted(chapter.name for chapter in CHAPTERS[1:])]
    assert {chapter.path.parent.parent for chapter in CHAPTERS} == {ROOT / "chapters"}


@pytest.mark.parametrize("profile", ["listed", "printed"])
def test_ch03_is_judged_by_the_tracks_that_were_found(profile):
    (chapter,) = (chapter for chapter in CHAPTERS if chapter.name == "ch03")
    few, all_of_them = chapter.thresholds(profile)
    assert [chapter.thresholds(profile, {"tracks": n}) for n in (39, 40, 399)] == [[], [few], [few]]
    assert chapter.thresholds(profile, {"tracks": chapter.printed("tracks")}) == [all_of_them]
    assert all_of_them.at_least == 0.7833 and all_of_them.sample == 120


@EACH
def test_printed_results_stand_in_the_printed_output(chapter):
    for claim in chapter.claims:
        if claim.get("metric") in ("test_accuracy", "test_perplexity") and "value" in claim and "minus" not in claim:
            assert f"{claim['value']:g}" in chapter.printed_output.split()
