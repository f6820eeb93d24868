"""Which claims are settled before anything is compared, and why."""

from types import SimpleNamespace

import pytest

from common.judging.chapter import Chapter
from common.judging.obstacles import changed_settings, obstacle
from common.judging.verdicts import CONTRADICTION, DIFFERS, NEEDS_DATA
from tests.support.books import book

PROFILES = """
[profiles.builtin.settings]
steps = 1
[profiles.listed.settings]
steps = 3000
[profiles.printed]
[profiles.repaired.settings]
rate = 0.5
"""
CLAIM = {"id": "X1", "about": "a score", "metric": "score", "value": 0.9}


@pytest.fixture
def chapter(tmp_path):
    (tmp_path / "book.toml").write_text(book(data="mnist", settings="steps = 8000", profiles=PROFILES))
    return Chapter(tmp_path / "book.toml")


def evidence(complaint="", metrics=None, pictures=(), beyond=None):
    return SimpleNamespace(
        complaint=complaint, metrics=metrics or {}, pictures=set(pictures), step_beyond=lambda claim: beyond
    )


@pytest.mark.parametrize("profile", ["builtin", "listed", "printed", "repaired"])
def test_a_finding_comes_before_all_else(chapter, profile):
    claim = CLAIM | {"finding": "E05", "reason": "no fraction of 120", "any_data": True, "not_in": [profile]}
    expected = (CONTRADICTION, "E05: no fraction of 120", "")
    assert obstacle(chapter, claim, evidence("no result"), profile) == expected


def test_the_built_in_data_is_enough_for_some_claims_only(chapter):
    assert obstacle(chapter, CLAIM, evidence(), "builtin") == (NEEDS_DATA, "mnist, real: make printed", "")
    assert obstacle(chapter, CLAIM | {"any_data": True}, evidence(), "builtin") is None
    assert obstacle(chapter, CLAIM, evidence(), "printed") is None


def test_without_a_good_result_there_is_no_verdict(chapter):
    assert obstacle(chapter, CLAIM, evidence("no result"), "printed") == (None, "", "no result")


@pytest.mark.parametrize(("tracks", "shown"), [(40, "40"), (None, "-"), ([400], "400")])
def test_a_result_of_less_data_needs_more(chapter, tracks, shown):
    claim = CLAIM | {"given": {"tracks": 4000}}
    found = obstacle(chapter, claim, evidence(metrics={"tracks": tracks}), "printed")
    assert found == (NEEDS_DATA, f"tracks {shown} of 4,000", "")
    assert obstacle(chapter, claim, evidence(metrics={"tracks": 4000}), "printed") is None


def test_a_profile_may_not_do_what_the_claim_is_about(chapter):
    claim = CLAIM | {"not_in": ["repaired"]}
    assert obstacle(chapter, claim, evidence(), "repaired") == (DIFFERS, "profile repaired does not do this", "")
    assert obstacle(chapter, claim, evidence(), "printed") is None


def test_a_picture_must_be_there(chapter):
    claim = CLAIM | {"picture": "page7.png"}
    assert obstacle(chapter, claim, evidence(), "printed") == (None, "", "no figures/page7.png")
    assert obstacle(chapter, claim, evidence(pictures=["page7.png"]), "printed") is None


def test_a_shorter_profile_may_end_before_the_step(chapter):
    expected = (DIFFERS, "profile listed does not reach step 7,900", "")
    assert obstacle(chapter, CLAIM, evidence(beyond=7900), "listed") == expected
    assert obstacle(chapter, CLAIM, evidence(beyond=7900), "printed") is None  # it must reach it


@pytest.mark.parametrize(
    ("profile", "words"),
    [
        ("builtin", ""),
        ("printed", ""),
        ("listed", "profile listed has other settings than the printed one: steps 3000"),
        ("repaired", "profile repaired has other settings than the printed one: rate 0.5"),
    ],
)
def test_other_settings_than_the_printed_ones_are_named(chapter, profile, words):
    assert changed_settings(chapter, profile) == words
