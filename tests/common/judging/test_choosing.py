"""Which chapters a command shows, and what it says when there is nothing to show."""

import pytest

from common.errors import ReplayError
from common.judging import check, ledger
from common.judging.choosing import chosen_chapters, require_results
from common.reporting import report


def names(chapters):
    return [chapter.name for chapter in chapters]


def test_without_a_name_all_chapters_of_the_profile_are_chosen():
    assert names(chosen_chapters("builtin"))[:2] == ["theory", "ch01"]
    assert names(chosen_chapters("repaired")) == ["ch05", "ch07"]


def test_with_names_those_are_in_the_book_s_order():
    assert names(chosen_chapters("builtin", ["ch06", "theory"])) == ["theory", "ch06"]


@pytest.mark.parametrize(("profile", "name"), [("builtin", "ch12"), ("repaired", "ch01")])
def test_a_chapter_that_does_not_have_the_profile_is_refused(profile, name):
    with pytest.raises(ReplayError, match=f"^{name}: expected a chapter with profile {profile}: choose from .*ch05"):
        chosen_chapters(profile, [name])


@pytest.mark.parametrize(
    ("profile", "chosen", "command"),
    [
        ("builtin", [], "make"),
        ("printed", [], "make printed DATA=dir"),
        ("listed", [], "make listed DATA=dir"),
        ("repaired", [], "make ch05 PROFILE=repaired DATA=dir"),
        ("builtin", ["ch02"], "make ch02"),
        ("printed", ["ch02"], "make ch02 PROFILE=printed DATA=dir"),
        ("repaired", ["ch07"], "make ch07 PROFILE=repaired DATA=dir"),
    ],
)
def test_a_profile_that_was_never_run_has_a_sentence_with_its_command(tmp_path, profile, chosen, command):
    with pytest.raises(ReplayError) as error:
        require_results(profile, chosen_chapters(profile, chosen), tmp_path)
    of = "".join(f" of {name}" for name in chosen)
    assert str(error.value) == f"There is no result{of} under profile {profile} yet. To make one: {command}"


@pytest.mark.parametrize("place", ["result.json", ".ready/result.json"])
def test_one_result_is_enough(tmp_path, place):
    path = tmp_path / "printed" / "ch06" / place
    path.parent.mkdir(parents=True)
    path.touch()
    require_results("printed", chosen_chapters("printed"), tmp_path)
    with pytest.raises(ReplayError, match="no result of ch02 under"):
        require_results("printed", chosen_chapters("printed", ["ch02"]), tmp_path)


@pytest.mark.parametrize("module", [check, ledger, report], ids=lambda module: module.__name__)
def test_each_command_says_it_and_nothing_else(module, capsys):
    assert module.main(["--profile", "repaired"]) == 1
    said = capsys.readouterr()
    assert said.out == ""
    assert (
        said.err == "There is no result under profile repaired yet. To make one: make ch05 PROFILE=repaired DATA=dir\n"
    )
