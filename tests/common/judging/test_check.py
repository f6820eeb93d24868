"""`make check`: its table by column, what it says of failures, and its exit status."""

import json
import re
import subprocess
import sys

import pytest

from common.judging import chapter as chapter_module
from common.judging import check as check_module
from common.judging.chapter import Chapter, all_chapters
from common.judging.check import check
from common.judging.numbers import written
from common.judging.result import finished
from common.language import width
from common.paths import ROOT, result_folder, variant_folder
from tests.support.books import BOUNDS, book

CHAPTERS = all_chapters()


def rows(out):
    """Return the rows of the table in `out` as dicts from heading to cell."""
    lines = [re.split(r" {2,}", line) for line in out.splitlines()]
    start = next(i for i, cells in enumerate(lines) if cells[0] == "chapter")
    headings = lines[start]
    table = [dict(zip(headings, cells, strict=True)) for cells in lines[start:] if len(cells) == len(headings)]
    return table[1:]


def leave(build, chapter, profile, metrics, **changes):
    """Write the result that a run of `chapter` leaves, with these metrics."""
    result = {
        "chapter": chapter.name,
        "profile": profile,
        "data": {"kind": chapter.data_kind(profile)},
        "settings": chapter.settings(profile),
        "metrics": metrics,
        "seconds": {"load_data": 1.0, "train_model": 0.25},
        "run": {"token": "first", "finished": "2026-03-01T10:15:02+00:00"},
    }
    path = build / profile / chapter.name / "result.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(result | changes), encoding="utf-8")


@pytest.fixture
def small(tmp_path, monkeypatch):
    """A function that makes a small chapter the only one."""

    def small(*claims, profiles):
        path = tmp_path / "book.toml"
        path.write_text(book(*claims, profiles=profiles), encoding="utf-8")
        monkeypatch.setattr(chapter_module, "all_chapters", lambda: [Chapter(path)])
        return Chapter(path)

    return small


@pytest.fixture
def good(tmp_path):
    """A build folder with a result for every chapter of the project: the mean of the seeds."""
    for chapter in CHAPTERS:
        leave(tmp_path, chapter, "builtin", {bound.metric: bound.mean for bound in chapter.thresholds("builtin")})
    return tmp_path


def test_good_results_pass(good, capsys):
    assert check("builtin", good) == 0
    out = capsys.readouterr().out
    assert out.rstrip().endswith("All thresholds hold.")
    expected = [
        {
            "chapter": chapter.name,
            "metric": bound.metric,
            "printed": written(chapter.printed(bound.metric)),
            "replayed": written(bound.mean),
            "threshold": f"{bound.sign} {written(bound.bound)}",
            "verdict": "holds",
            "reach": "within" if chapter.name == "ch06" else "-",
            "seconds": "1.2",
            "finished": finished(good / "builtin" / chapter.name / "result.json"),
        }
        for chapter in CHAPTERS
        for bound in chapter.thresholds("builtin")
    ]
    assert rows(out) == expected and len(expected) == len(CHAPTERS)


def test_one_bad_result_fails_alone(good, capsys):
    (chapter,) = (chapter for chapter in CHAPTERS if chapter.name == "ch01")
    leave(good, chapter, "builtin", {"test_accuracy": 0.1})
    assert check("builtin", good) == 1
    out = capsys.readouterr().out
    verdicts = {row["chapter"]: row["verdict"] for row in rows(out)}
    assert verdicts == {chapter.name: "holds" for chapter in CHAPTERS} | {"ch01": "missed"}
    (bound,) = chapter.thresholds("builtin")
    assert f"\nch01: test_accuracy 0.1 is below {written(bound.bound)}\n" in out
    assert out.rstrip().endswith("Not all thresholds hold: ch01.")


def test_an_absent_result_fails(good, capsys):
    (good / "builtin" / "ch06" / "result.json").unlink()
    assert check("builtin", good) == 1
    out = capsys.readouterr().out
    assert "\nch06: no result: the chapter did not run to its end\n" in out
    (row,) = (row for row in rows(out) if row["chapter"] == "ch06")
    assert (row["replayed"], row["verdict"], row["seconds"], row["finished"]) == ("-", "no result", "-", "-")


def test_a_good_result_of_another_make_is_not_judged(good, capsys):
    (chapter,) = (chapter for chapter in CHAPTERS if chapter.name == "ch01")
    (bound,) = chapter.thresholds("builtin")
    path = good / "builtin" / "ch01" / "result.json"
    assert check("builtin", good, token="first") == 0
    for run in ({"token": "second"}, {"token": None}, {}, None, "first"):
        leave(good, chapter, "builtin", {bound.metric: bound.mean}, run=run)
        capsys.readouterr()
        assert check("builtin", good, token="first") == 1
        out = capsys.readouterr().out
        assert f"\nch01: not run by this make: an older result of {finished(path)} is kept\nThe built-in" in out
        assert out.rstrip().endswith("Not all thresholds hold: ch01.")
        (row,) = (row for row in rows(out) if row["chapter"] == "ch01")
        assert (row["replayed"], row["verdict"]) == ("-", "no result") and "finished" not in row
    assert check("builtin", good) == 0  # no make asks: what lies there is judged


def test_every_result_is_said_to_be_of_another_make(good, capsys):
    assert check("builtin", good, token="second") == len(CHAPTERS)
    out = capsys.readouterr().out
    assert {row["verdict"] for row in rows(out)} == {"no result"} and "All thresholds hold" not in out
    assert out.count("not run by this make: an older result of") == len(CHAPTERS)


def test_every_complaint_of_a_chapter_has_a_line_and_the_chapter_counts_once(small, tmp_path, capsys):
    chapter = small(profiles=BOUNDS)
    leave(tmp_path, chapter, "printed", {"tracks": 400, "score": 0.5}, settings={"steps": 9})
    assert check("printed", tmp_path) == 1
    out = capsys.readouterr().out
    said = "\nch00: made with other settings: steps 9, expected 5\nch00: score 0.5 is below 0.82\n"
    assert f"{said}Not all thresholds hold: ch00.\n" in out


def test_results_with_other_settings_have_a_table_of_their_own(small, tmp_path, capsys):
    chapter = small('id = "X1", metric = "score", value = 0.9', profiles=BOUNDS)
    leave(tmp_path, chapter, "printed", {"tracks": 400, "score": 0.9})
    own = result_folder("printed", "ch00", tmp_path) / "result.json"
    result = json.loads(own.read_text(encoding="utf-8"))
    changed = {"settings": {"steps": 9}, "changed": {"steps": 9}, "metrics": {"score": 0.1}}
    other = variant_folder("printed", "ch00", "steps=9", tmp_path)
    other.mkdir(parents=True)
    (other / "result.json").write_text(json.dumps(result | changed), encoding="utf-8")
    assert check("printed", tmp_path) == 0  # none of them is judged
    out = capsys.readouterr().out
    assert "\nwith other settings, which no threshold judges\nch00  steps=9  score  0.1  " in out
    assert check("printed", tmp_path, token="first") == 0  # what this make ran
    assert "with other settings" not in capsys.readouterr().out


def test_a_chapter_without_threshold_is_not_called_good(small, tmp_path, capsys):
    chapter = small('id = "X1", metric = "score", value = 0.9154', profiles="[profiles.builtin]" + BOUNDS)
    leave(tmp_path, chapter, "builtin", {"score": 0.25})
    assert check("builtin", tmp_path) == 0
    out = capsys.readouterr().out
    (row,) = rows(out)
    assert (row["metric"], row["printed"], row["replayed"]) == ("score", "0.9154", "0.25")
    assert (row["threshold"], row["verdict"]) == ("none yet", "no threshold")
    assert out.rstrip().endswith("All thresholds hold. No threshold yet: ch00.")


@pytest.mark.parametrize(
    ("tracks", "threshold", "verdict"), [(40, ">= 0.7", "holds"), (400, ">= 0.82", "missed"), (1, ">= 0.7", "missed")]
)
def test_the_table_names_the_threshold_that_applied(small, tmp_path, capsys, tracks, threshold, verdict):
    chapter = small('id = "X1", metric = "score", value = 0.9', profiles=BOUNDS)
    leave(tmp_path, chapter, "printed", {"tracks": tracks, "score": 0.75})
    assert check("printed", tmp_path) == (verdict == "missed")
    (row,) = rows(capsys.readouterr().out)
    assert row == {
        "chapter": "ch00",
        "metric": "score",
        "printed": "0.9",
        "replayed": "0.75",
        "threshold": threshold,
        "verdict": verdict,
        "reach": "-",
        "seconds": "1.2",
        "finished": finished(tmp_path / "printed" / "ch00" / "result.json"),
    }


@pytest.mark.parametrize(("printed", "words"), [(0.95, "within"), (0.6, "within"), (0.96, "beyond"), ([0.7], "-")])
def test_whether_the_printed_number_is_within_reach_is_a_verdict_of_its_own(small, tmp_path, capsys, printed, words):
    bounds = "[profiles.printed.thresholds.score]\nat_least = 0.7\nreach = [0.6, 0.95]\nvalues = [0.9, 0.8]"
    chapter = small(f'id = "X1", metric = "score", value = {printed}', profiles=bounds)
    for score, verdict in ((0.75, "holds"), (0.65, "missed")):
        leave(tmp_path, chapter, "printed", {"score": score})
        assert check("printed", tmp_path) == (verdict == "missed")
        (row,) = rows(capsys.readouterr().out)
        assert (row["verdict"], row["reach"]) == (verdict, words)


def test_it_starts_without_scipy():
    """Hold what `make check` costs: scipy alone takes a second to import."""
    line = "import sys, common.judging.check; sys.exit('scipy' in sys.modules or 'numpy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", line], cwd=ROOT, check=False).returncode == 0


@pytest.mark.parametrize(("perplexity", "verdict"), [(1204.5, "missed"), (119, "holds")])
def test_a_bound_from_above(small, tmp_path, capsys, perplexity, verdict):
    chapter = small(profiles="[profiles.printed.thresholds.perplexity]\nat_most = 1200")
    leave(tmp_path, chapter, "printed", {"perplexity": perplexity})
    assert check("printed", tmp_path) == (verdict == "missed")
    out = capsys.readouterr().out
    (row,) = rows(out)
    assert (row["threshold"], row["verdict"]) == ("<= 1,200", verdict)
    assert ("ch00: perplexity 1,204.5 is above 1,200" in out) == (verdict == "missed")


def test_a_chapter_without_the_profile_is_left_out(small, tmp_path, capsys):
    small(profiles=BOUNDS)
    assert check("listed", tmp_path) == 0
    assert rows(capsys.readouterr().out) == []


@pytest.mark.parametrize(("failed", "status"), [(0, 0), (2, 1)])
def test_exit_status_of_the_command(monkeypatch, failed, status):
    checked = []

    def instead(profile, token, names):
        checked.append((profile, token, names))
        return failed

    monkeypatch.setattr(check_module, "check", instead)
    monkeypatch.setattr(check_module, "require_results", lambda profile, chapters: None)
    assert check_module.main(["--profile", "repaired", "--token", "first"]) == status
    assert check_module.main(["ch06"]) == status
    assert checked == [("repaired", "first", ["ch05", "ch07"]), ("builtin", None, ["ch06"])]


def test_only_the_chapters_that_are_named_are_checked(good, capsys):
    leave(good, CHAPTERS[1], "builtin", {"test_accuracy": 0.1})
    assert check("builtin", good, names=["ch02", "ch06"]) == 0
    assert [row["chapter"] for row in rows(capsys.readouterr().out)] == ["ch02", "ch06"]


def test_the_table_of_a_make_fits_80_columns_and_says_how_long_all_took(good, capsys, monkeypatch):
    runs = [
        ("2026-03-01T10:15:02+00:00", "2026-03-01T10:15:07+00:00"),
        ("2026-03-01T10:15:08+00:00", "2026-03-01T10:17:04+00:00"),
    ]
    for chapter in CHAPTERS:
        metrics = {bound.metric: bound.mean for bound in chapter.thresholds("builtin")}
        started, ended = runs[chapter.name != "theory"]
        leave(good, chapter, "builtin", metrics, run={"token": "first", "started": started, "finished": ended})
    assert check("builtin", good, token="first") == 0
    head, *table = capsys.readouterr().out.strip().splitlines()
    assert head == f"profile builtin: {len(CHAPTERS)} chapters in 2 min 2 s"
    assert max(map(len, table[: len(CHAPTERS) + 1])) <= 80
    monkeypatch.setenv("LANGUAGE", "ko")
    check("builtin", good, token="first")
    head, *table = capsys.readouterr().out.strip().splitlines()
    assert head == f"프로필 builtin: {len(CHAPTERS)}개 장, 2분 2초"
    assert max(map(width, table[: len(CHAPTERS) + 1])) <= 80
    # The thresholds of all lines begin below each other, though their headings are wide.
    starts = {width(re.match(".*(?=기준|[<>]= )", line)[0]) for line in table[: len(CHAPTERS) + 1]}
    assert len(starts) == 1 and table[-1] == "모든 기준을 만족합니다."
    monkeypatch.delenv("LANGUAGE")
    leave(good, CHAPTERS[0], "builtin", {}, run={"token": "first", "started": "noon", "finished": "2026-03-01"})
    check("builtin", good, token="first")
    assert f"profile builtin: {len(CHAPTERS) - 1} chapters in 1 min 56 s\n" in capsys.readouterr().out


def test_an_empty_token_is_refused(capsys):
    with pytest.raises(SystemExit) as end:
        check_module.main(["--token", ""])
    assert end.value.code == 2 and "expected a token, found nothing" in capsys.readouterr().err
