"""Settings that are given as words: what is read, what is refused, and the name of a run that has them."""

import pytest

from common.errors import ReplayError
from common.judging.chapter import Chapter
from common.judging.settings import LONGEST, read_settings, settings_table, settings_words, variant_name
from common.paths import variant_folder
from tests.support.books import book

SETTINGS = "steps = 1000\nlearning_rate = 1e-4\nkeep_prob = 0.5\nrates = [0.1, 0.5]"
RANGES = """
[ranges]
steps = { at_least = 1, at_most = 50_000 }
learning_rate = { above = 0 }
keep_prob = { above = 0, at_most = 1 }
"""
PROFILES = """
[profiles.builtin]
settings = { steps = 300 }
thresholds = { score = { at_least = 0.5 } }
[profiles.printed]
thresholds = { score = { at_least = 0.5 } }
[profiles.repaired]
settings = { extra = 2 }
without = ["keep_prob"]
"""


def chapter_of(folder, settings=SETTINGS, ranges=RANGES, profiles=PROFILES):
    path = folder / "book.toml"
    path.write_text(book(settings=settings, profiles=f"{ranges}\n{profiles}"), encoding="utf-8")
    return Chapter(path)


@pytest.fixture
def chapter(tmp_path):
    return chapter_of(tmp_path)


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ([], {}),
        (["steps=500"], {"steps": 500}),
        (["steps=1_000"], {"steps": 1000}),
        (["steps=+7", "learning_rate=.5"], {"steps": 7, "learning_rate": 0.5}),
        (["learning_rate=1e-3"], {"learning_rate": 0.001}),
        (["learning_rate=0.001"], {"learning_rate": 0.001}),
        (["learning_rate=1E-3"], {"learning_rate": 0.001}),
        (["learning_rate=3"], {"learning_rate": 3.0}),
        (["keep_prob=1"], {"keep_prob": 1.0}),
        (["steps=300"], {}),
        (["steps=300", "keep_prob=0.50", "learning_rate=0.0001"], {}),
    ],
)
def test_a_number_gets_the_type_of_the_setting_and_what_is_usual_is_left_out(chapter, words, expected):
    found = read_settings(chapter, "builtin", words)
    assert found == expected
    assert [type(value) for value in found.values()] == [type(value) for value in expected.values()]


@pytest.mark.parametrize(
    ("word", "sentence"),
    [
        ("steps=0", "steps=0: expected a whole number from 1 to 50,000, found '0'. ch00 usually has 300."),
        ("steps=50001", "expected a whole number from 1 to 50,000, found '50001'"),
        ("steps=1e3", "expected a whole number from 1 to 50,000, found '1e3'"),
        ("steps=5.0", "expected a whole number"),
        ("steps=" + "9" * 5000, "expected a whole number"),
        ("steps=true", "expected a whole number"),
        ("steps=٣", "expected a whole number"),
        ("steps= 3", "expected a whole number"),
        ("learning_rate=0", "learning_rate=0: expected a number above 0, found '0'. ch00 usually has 0.0001."),
        ("learning_rate=-1", "expected a number above 0"),
        ("learning_rate=nan", "expected a number above 0, found 'nan'"),
        ("learning_rate=inf", "expected a number above 0, found 'inf'"),
        ("learning_rate=1e999", "expected a number above 0, found '1e999'"),
        ("learning_rate=fast", "expected a number above 0, found 'fast'"),
        ("keep_prob=1.5", "expected a number above 0, at most 1, found '1.5'"),
        ("keep_prob=0", "expected a number above 0, at most 1, found '0'"),
        ("steps=5,6", "steps=5,6: expected one number. Several numbers with commas are for make sweep"),
        ("rates=3", "rates of ch00 is a list of numbers. To change it, edit "),
        ("rates=0.1,0.2", "rates of ch00 is a list of numbers. To change it, edit "),
        ("steps", "ch00 has no number for 'steps': expected NAME=VALUE. Under profile builtin these can be changed:"),
        ("steps=", "ch00 has no number for 'steps': expected NAME=VALUE"),
        ("=3", "ch00 has no setting ''. Under profile builtin"),
        ("setps=3", "ch00 has no setting 'setps'. Under profile builtin these can be changed:\n"),
        ("extra=3", "ch00 has no setting 'extra'. Under profile builtin"),
    ],
)
def test_a_word_that_is_no_setting_is_refused_with_what_there_is(chapter, word, sentence):
    with pytest.raises(ReplayError) as error:
        read_settings(chapter, "builtin", [word])
    assert str(error.value).startswith(sentence) or sentence in str(error.value)


def test_a_range_reads_well_in_korean(chapter, monkeypatch):
    monkeypatch.setenv("LANGUAGE", "ko")
    with pytest.raises(ReplayError, match=r"필요한 값: 수\(0 초과 1 이하\), 적은 값: '2'"):
        read_settings(chapter, "builtin", ["keep_prob=2"])


def test_a_setting_is_given_once(chapter):
    with pytest.raises(ReplayError, match="steps=3: steps was given before, as 2"):
        read_settings(chapter, "builtin", ["steps=2", "steps=3"])


def test_the_table_has_each_number_with_its_range(chapter):
    assert settings_table(chapter, "builtin") == [
        "  keep_prob      0.5     above 0, at most 1",
        "  learning_rate  0.0001  above 0",
        "  steps          300     from 1 to 50,000",
    ]


def test_a_profile_has_its_own_settings_and_lacks_those_that_its_script_does_not_read(chapter):
    assert read_settings(chapter, "repaired", ["extra=3"]) == {"extra": 3}
    assert "keep_prob" not in chapter.settings("repaired")
    with pytest.raises(ReplayError, match="ch00 has no setting 'keep_prob'"):
        read_settings(chapter, "repaired", ["keep_prob=1"])


def test_what_is_changed_depends_on_the_profile_and_only_that_has_no_threshold(chapter):
    other = chapter.with_settings(steps=1000)
    assert (other.changed("builtin"), other.changed("printed")) == ({"steps": 1000}, {})
    assert other.bounds("builtin") == {} and other.thresholds("builtin") == []
    assert [bound.at_least for bound in other.thresholds("printed")] == [0.5]
    assert chapter.thresholds("builtin") and chapter.changed("builtin") == {}
    assert other.with_settings().thresholds("builtin") == chapter.thresholds("builtin")
    assert other.main_metric() == "score"


def test_the_name_of_a_variant_is_the_same_for_the_same_settings(chapter, tmp_path):
    words = (["steps=0500", "learning_rate=1e-2"], ["learning_rate=0.01", "steps=5_00"])
    for found in (read_settings(chapter, "builtin", each) for each in words):
        assert variant_name(found) == "learning_rate=0.01,steps=500"
        assert settings_words(found) == ["learning_rate=0.01", "steps=500"]
        assert read_settings(chapter, "builtin", settings_words(found)) == found
    folder = variant_folder("builtin", "ch00", "steps=500", tmp_path)
    assert folder == tmp_path / "builtin" / "variants" / "ch00" / "steps=500"
    assert variant_name({"keep_prob": 1.0, "learning_rate": 1e-05}) == "keep_prob=1,learning_rate=1e-05"


def test_a_long_name_is_cut_and_stays_the_only_one():
    names = {variant_name({**{f"setting_{i}": 123456 for i in range(20)}, "z": last}) for last in range(5)}
    assert len(names) == 5 and {len(name) for name in names} == {LONGEST}


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"settings": SETTINGS.replace("1000", "0")}, "settings.steps: expected a number from 1 to 50,000, found 0"),
        (
            {"profiles": PROFILES.replace("300", "60_000")},
            "profiles.builtin.settings.steps: expected a number from 1 to 50,000, found 60000",
        ),
        ({"ranges": RANGES + "setps = { above = 0 }"}, "ranges.setps: expected the limits at_least, above, at_most of"),
        ({"ranges": "[ranges]\nsteps = { over = 0 }"}, "ranges.steps: expected the limits at_least, above, at_most of"),
        ({"ranges": "[ranges]\nsteps = 3"}, "ranges.steps: expected a table, found 3"),
        ({"ranges": "[ranges]\nsteps = { above = 'x' }"}, "ranges.steps.above: expected a number, found 'x'"),
        (
            {"profiles": PROFILES.replace('["keep_prob"]', '["keep"]')},
            "profile repaired is without keep, which [settings] does not have",
        ),
        (
            {"profiles": PROFILES.replace('["keep_prob"]', "3")},
            "profiles.repaired.without: expected a list of texts, found 3",
        ),
    ],
)
def test_a_mistake_in_book_toml_is_named(tmp_path, change, sentence):
    with pytest.raises(ReplayError) as error:
        chapter_of(tmp_path, **change)
    assert sentence in str(error.value)
