"""The ledger: every claim once, and each verdict from results that deserve it."""

import json
import re
from collections import Counter

import pytest

from common.judging import chapter as chapter_module
from common.judging import ledger as ledger_module
from common.judging.chapter import Chapter, all_chapters
from common.judging.ledger import entries, show
from common.judging.verdicts import AGREES, CONTRADICTION, DIFFERS, NEEDS_DATA, NO_RESULT, VERDICTS, WITHIN_SPREAD
from tests.support.books import book

CLAIMS = [
    *(f"D{i:02d}" for i in range(1, 24)),
    *(f"T{i:02d}" for i in range(1, 15)),
    *("C101", "C201", "C202", "C301", "C302", "C303", "C304", "C305", "C401", "C402", "C403", "C404", "C405"),
    *("C501", "C502", "C503", "C504", "C505", "C601", "C602", "C603", "C604", "C605", "C701", "C702", "C703", "C704"),
]
PROFILES = """
[profiles.builtin]
[profiles.listed]
settings = { steps = 6 }
[profiles.printed.thresholds.score]
at_least = 0.7
reach = [0.88, 0.94]
values = [0.90, 0.91, 0.92]
[profiles.printed.evidence]
first = [0, 3, 0]
"""
RESULT = {
    "chapter": "ch00",
    "profile": "printed",
    "data": {"kind": "real"},
    "settings": {"steps": 5},
    "metrics": {"score": 0.91, "shape": [2, 3], "tracks": 40, "first": 0},
    "curves": {"loss": [[0, 2.0], [10, 1.0]]},
}


def test_every_claim_stands_once():
    found = [claim["id"] for chapter in all_chapters() for claim in chapter.claims]
    assert Counter(found) == Counter(CLAIMS)


def test_each_has_something_to_compare_and_says_what_it_is():
    for chapter in all_chapters():
        for claim in chapter.claims:
            assert claim.get("about"), claim
            assert {"value", "lines", "picture", "at_least", "at_most"} & claim.keys(), claim
            assert {"finding", "within"}.isdisjoint(claim) or "reason" in claim, claim
            assert set(claim.get("not_in", ())) <= set(chapter.profiles()), claim


def counts(out):
    """Return the numbers at the end of the ledger `out`, by what they count."""
    return {what: int(count) for count, what in re.findall(r"^ *(\d+)  (\S+(?: \S+)*)", out, re.M)}


@pytest.fixture
def judged(tmp_path, monkeypatch):
    """A function that judges one claim, given the rest of its entry and changes of the result."""

    def judge(entry, **changes):
        profile = changes.get("profile", "printed")
        text = book(f'id = "X1", about = "something", {entry}', data="mnist", profiles=PROFILES)
        (tmp_path / "book.toml").write_text(text, encoding="utf-8")
        monkeypatch.setattr(chapter_module, "all_chapters", lambda: [Chapter(tmp_path / "book.toml")])
        folder = tmp_path / profile / "ch00"
        (folder / "figures").mkdir(parents=True, exist_ok=True)
        (folder / "figures" / "there.png").touch()
        (folder / "output.txt").write_text("[ 1   2]\nand more\n")
        (folder / "result.json").write_text(json.dumps(RESULT | changes))
        (found,) = entries(profile, tmp_path)
        return found

    judge.build = tmp_path
    return judge


@pytest.mark.parametrize(
    ("entry", "verdict"),
    [
        ('metric = "score", value = 0.91', AGREES),
        ('metric = "score", value = 0.90', WITHIN_SPREAD),
        ('metric = "score", value = 0.95, differs = "so it is"', DIFFERS),
        ('metric = "score", value = 0.95, within = 0.05, reason = "r"', AGREES),
        ('metric = "score", at_least = 0.9', AGREES),
        ('metric = "score", at_most = 0.9', WITHIN_SPREAD),
        ('metric = "score", at_most = 0.89, differs = "so it is"', DIFFERS),
        ('metric = "first", at_least = 1', WITHIN_SPREAD),
        ('metric = "first", at_least = 4, differs = "so it is"', DIFFERS),
        ('metric = "shape", value = [2, 3]', AGREES),
        ('metric = "shape", value = [2, 4], differs = "so it is"', DIFFERS),
        ('metric = "shape", value = [2], differs = "so it is"', DIFFERS),
        ('curve = "loss", steps = [0, 10], value = [2, 1]', AGREES),
        ('lines = ["[1 2]", "and more"]', AGREES),
        ('lines = ["[1 3]"], differs = "so it is"', DIFFERS),
        ('picture = "there.png"', AGREES),
        ('metric = "score", value = 0.95, finding = "E99", reason = "r"', CONTRADICTION),
        ('metric = "score", value = 0.95, given = { tracks = 400 }', NEEDS_DATA),
        ('metric = "score", value = 0.91, given = { tracks = 40 }', AGREES),
    ],
)
def test_verdicts(judged, entry, verdict, capsys):
    found = judged(entry)
    assert (found.verdict, found.complaint) == (verdict, "")
    assert verdict in VERDICTS
    assert show([found]) == 0
    assert counts(capsys.readouterr().out) == {name: int(name == verdict) for name in (*VERDICTS, NO_RESULT)} | {
        "claims": 1
    }


@pytest.mark.parametrize(
    ("entry", "words"),
    [
        ('metric = "score", value = 0.95', "should agree, and does not"),
        ('metric = "score", value = 0.91, differs = "r"', "says that it does not agree, and it does"),
        ('metric = "none", value = 1', "no none in the result"),
        ('curve = "loss", steps = [0, 5], value = [2, 1]', "no loss in the result"),
        ('curve = "none", steps = [0], value = [2]', "no none in the result"),
        ('picture = "absent.png"', "no figures/absent.png"),
        ('metric = "score", value = 0, minus = "ch00", within = 0', None),
    ],
)
def test_complaints(judged, entry, words, capsys):
    found = judged(entry)
    assert show([found]) == bool(words)
    if words:
        assert words in found.complaint
        assert f"X1: {found.complaint}" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("entry", "reason"),
    [
        ('metric = "score", value = 0.93', "within reach: 2.0 standard deviations above the mean of 3 seeds"),
        (
            'metric = "score", value = 0.95, differs = "E99: so it is"',
            "E99: so it is; beyond reach: 4.0 standard deviations above the mean of 3 seeds",
        ),
        ('metric = "first", at_least = 1, reason = "chance"', "chance; 1 of 3 seeds"),
        ('metric = "score", value = 0.91', ""),
    ],
)
def test_the_reason_says_where_the_printed_value_lies_among_the_seeds(judged, entry, reason):
    assert judged(entry).reason == reason


def test_no_result_no_verdict(judged, capsys):
    found = judged('metric = "score", value = 0.91', settings={"steps": 6})
    assert found.verdict is None and "made with other settings: steps 6" in found.complaint
    assert show([found]) == 1
    out = capsys.readouterr().out
    assert re.search(r"^ {10,}no result$", out, re.M) and counts(out)["no result"] == 1


@pytest.mark.parametrize(
    ("entry", "verdict", "reason"),
    [
        ('metric = "score", value = 0.91, differs = "so it is"', AGREES, ""),
        (
            'metric = "score", value = 0.95, differs = "r"',
            DIFFERS,
            "profile listed has other settings than the printed",
        ),
        ('metric = "score", value = 0.91, not_in = ["listed"]', DIFFERS, "profile listed does not do this"),
        ('metric = "score", value = 0.91, not_in = ["repaired"]', AGREES, ""),
        ('curve = "loss", steps = [0, 90], value = [2, 1]', DIFFERS, "profile listed does not reach step 90"),
        ('metric = "loss", step = 90, value = 1', DIFFERS, "profile listed does not reach step 90"),
        ('metric = "score", value = 0.95, finding = "E99", reason = "r"', CONTRADICTION, "E99: r"),
    ],
)
def test_a_profile_with_other_settings(judged, entry, verdict, reason):
    found = judged(entry, profile="listed", settings={"steps": 6})
    assert (found.verdict, found.complaint) == (verdict, "")
    assert found.reason.startswith(reason)


@pytest.mark.parametrize(
    ("entry", "words"),
    [
        ('metric = "shape", value = [2, 4]', "should agree, and does not"),
        ('metric = "none", value = 1', "no none in the result"),
        ('curve = "loss", steps = [0, 5], value = [2, 1]', "no loss in the result"),
        ('lines = ["[1 3]"]', "should agree, and does not"),
    ],
)
def test_other_settings_excuse_nothing_else(judged, entry, words):
    assert words in judged(entry, profile="listed", settings={"steps": 6}).complaint


def test_chapters_without_the_profile_are_left_out(judged):
    found = entries("repaired", judged.build)
    assert {entry.chapter for entry in found} == {"ch05", "ch07"}


def test_built_in_data_is_not_the_book_s(judged):
    built_in = {"profile": "builtin", "data": {"kind": "built-in"}}
    assert judged('metric = "score", value = 0.91', **built_in).verdict == NEEDS_DATA
    assert judged('metric = "score", value = 0.91, any_data = true', **built_in).verdict == AGREES


def test_what_is_shown_of_a_claim(judged, capsys):
    show([judged('metric = "shape", value = [2, 4], printed = "2 by 4", differs = "so it is"')])
    lines = [line.split() for line in capsys.readouterr().out.splitlines()]
    assert lines[1:6] == [
        ["ch00"],
        ["X1", "something"],
        ["printed", "2", "by", "4"],
        ["replayed", "2", "3"],
        ["differs", "(so", "it", "is)"],
    ]


@pytest.mark.parametrize(("value", "status"), [(0.91, 0), (0.95, 1)])
def test_exit_status_of_the_command(judged, monkeypatch, capsys, value, status):
    found = judged(f'metric = "score", value = {value}')
    profiles = []
    monkeypatch.setattr(chapter_module, "all_chapters", all_chapters)  # the project's own again
    monkeypatch.setattr(ledger_module, "require_results", lambda profile, chapters: None)
    monkeypatch.setattr(ledger_module, "entries", lambda profile, names: profiles.append((profile, names)) or [found])
    assert ledger_module.main(["--profile", "repaired"]) == ledger_module.main(["ch02"]) == status
    assert profiles == [("repaired", ["ch05", "ch07"]), ("printed", ["ch02"])]
    assert ("X1: should agree, and does not" in capsys.readouterr().out) == bool(status)
