"""A value of a wrong type in `book.toml` is named: the file, the entry, what was expected and what was found."""

import tomllib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from common.errors import ReplayError
from common.judging import entries
from common.judging.chapter import Chapter
from common.paths import ROOT
from tests.support.books import book

BOUND = "[profiles.builtin.thresholds.score]\n"
WRONG = [
    "true",
    '"a text"',
    "3",
    "-1",
    "1.5",
    "nan",
    "[]",
    '["a"]',
    "[1, true]",
    "{}",
    "{ a = 'b' }",
    "[{}]",
    "1979-05-27",
]
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=5,
)


def refused(tmp_path, text, entry, kind, value):
    """Return whether the book is refused. If so, the message must say all that is to be said."""
    path = tmp_path / "book.toml"
    path.write_text(text, encoding="utf-8")
    found = tomllib.loads(f"x = {value}")["x"]
    try:
        Chapter(path)
    except ReplayError as error:
        if not kind[1](found):
            assert str(error) == f"{path}: {entry}: expected {kind[0]}, found {found!r}."
        return True
    return False


@pytest.mark.parametrize("value", WRONG)
@pytest.mark.parametrize("name", sorted(entries.CLAIM))
def test_a_wrong_type_in_a_claim_is_named(tmp_path, name, value):
    other = "" if name == "id" else 'id = "X1", '
    kind = entries.CLAIM[name]
    where = "claim X1: " if other or value == '"a text"' else "claim 1: "
    is_wrong = not kind[1](tomllib.loads(f"x = {value}")["x"])
    text = book(f"{other}{name} = {value}")
    assert refused(tmp_path, text, where + name, kind, value) or not is_wrong


@pytest.mark.parametrize("value", WRONG)
@pytest.mark.parametrize("name", sorted(entries.THRESHOLD))
def test_a_wrong_type_in_a_threshold_is_named(tmp_path, name, value):
    kind = entries.THRESHOLD[name]
    is_wrong = not kind[1](tomllib.loads(f"x = {value}")["x"])
    text = book(profiles=f"{BOUND}{name} = {value}")
    assert refused(tmp_path, text, f"profiles.builtin.thresholds.score.{name}", kind, value) or not is_wrong


@pytest.mark.parametrize("value", WRONG)
@pytest.mark.parametrize("name", sorted(entries.PROFILE))
def test_a_wrong_type_in_a_profile_is_named(tmp_path, name, value):
    kind = entries.PROFILE[name]
    is_wrong = not kind[1](tomllib.loads(f"x = {value}")["x"])
    text = book(profiles=f"[profiles.builtin]\n{name} = {value}")
    assert refused(tmp_path, text, f"profiles.builtin.{name}", kind, value) or not is_wrong


@pytest.mark.parametrize("value", WRONG)
@pytest.mark.parametrize("name", sorted(entries.BOOK))
def test_a_wrong_type_at_the_top_is_named(tmp_path, name, value):
    lines = {
        **dict.fromkeys(("chapter", "title", "pages", "printed_output"), "''"),
        **{"claims": "[]", "settings": "{}", "profiles": "{}"},
        name: value,
    }
    text = "\n".join(f"{entry} = {content}" for entry, content in lines.items())
    is_wrong = not entries.BOOK[name][1](tomllib.loads(f"x = {value}")["x"])
    assert refused(tmp_path, text, name, entries.BOOK[name], value) or not is_wrong


@pytest.mark.parametrize(
    ("usual", "changed", "words"),
    [
        ("'5'", "5", "settings.steps: expected a number or a list of numbers, found '5'."),
        ("true", "5", "settings.steps: expected a number or a list of numbers, found True."),
        ("5", "'5'", "profiles.builtin.settings.steps: expected a number or a list of numbers, found '5'."),
        ("5", "[5]", "profiles.builtin.settings.steps: expected a number, found [5]."),
        ("[5]", "5", "profiles.builtin.settings.steps: expected a list of numbers, found 5."),
        ("5", "5.5", "profiles.builtin.settings.steps: expected a whole number, found 5.5."),
    ],
)
def test_a_wrong_type_of_a_setting_is_named(tmp_path, usual, changed, words):
    text = book(settings=f"steps = {usual}", profiles=f"[profiles.builtin]\nsettings = {{ steps = {changed} }}")
    (tmp_path / "book.toml").write_text(text)
    with pytest.raises(ReplayError) as error:
        Chapter(tmp_path / "book.toml")
    assert str(error.value) == f"{tmp_path / 'book.toml'}: {words}"


def test_the_points_of_a_curve_have_a_number_each(tmp_path):
    (tmp_path / "book.toml").write_text(book('id = "X1", curve = "loss", steps = [1, 2], value = [3]'))
    with pytest.raises(ReplayError, match="claim X1: value: expected as many numbers as `steps` has"):
        Chapter(tmp_path / "book.toml")


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_any_value_anywhere_is_read_or_refused(data):
    """Put any value in place of any other one in a chapter's own book."""
    path = ROOT / "chapters" / "ch03_dnn_genre" / "book.toml"
    content = tomllib.loads(path.read_text(encoding="utf-8"))
    place = content
    while True:
        key = data.draw(st.sampled_from(sorted(place) if isinstance(place, dict) else range(len(place))))
        if not isinstance(place[key], dict | list) or not place[key] or data.draw(st.booleans()):
            break
        place = place[key]
    place[key] = data.draw(VALUES)
    try:
        entries.check_book(path, content)
    except ReplayError as error:
        assert str(error).startswith(f"{path}: ")
