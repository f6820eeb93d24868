"""The evidence of a threshold comes from runs that ended well, and from no earlier ones."""

import json
import subprocess

import pytest

from common.judging.chapter import all_chapters
from common.running import evidence

CH06 = next(chapter for chapter in all_chapters() if chapter.name == "ch06")
METRICS = {1: {"letters_right": 4}, 2: {"letters_right": 2}, 3: {"letters_right": 3, "right_from_step": 7}}


@pytest.fixture
def runs(tmp_path, monkeypatch):
    """Runs that leave METRICS, except for the seeds in the set that the fixture gives."""
    failing = set()

    def run(arguments, **_):
        seed = int(arguments[arguments.index("--seed") + 1])
        assert arguments[1:3] == ["-m", "chapters.ch06_rnn_hello.replay"]
        out = tmp_path / "evidence" / "builtin" / "ch06" / f"seed{seed:02d}"
        assert arguments[arguments.index("--out") + 1] == str(out)
        out.mkdir(parents=True, exist_ok=True)
        if seed not in failing:
            result = {"chapter": "ch06", "profile": "builtin", "data": {"kind": "none"}, "metrics": METRICS[seed]}
            (out / "result.json").write_text(json.dumps(result | {"settings": CH06.settings("builtin")}))

    monkeypatch.setattr(evidence, "BUILD", tmp_path)
    monkeypatch.setattr(subprocess, "run", run)
    return failing


def test_mean_and_values(runs, capsys):
    assert evidence.main(["ch06", "--seeds", "3"]) == 0
    out = capsys.readouterr().out
    assert "letters_right: mean 3.0000, standard deviation 1.0000, 2 to 4\nvalues = [4, 2, 3]\n" in out
    assert "right_from_step:" not in out  # one seed has no deviation


def test_an_earlier_result_does_not_stand_in_for_a_run_that_failed(runs, capsys):
    assert evidence.main(["ch06", "--seeds", "2"]) == 0
    runs.add(2)
    capsys.readouterr()
    assert evidence.main(["ch06", "--seeds", "2"]) == 1
    out, err = capsys.readouterr()
    assert err.startswith("ch06 seed 2: no new result") and "mean" not in out


def test_one_seed_is_not_enough(capsys):
    with pytest.raises(SystemExit):
        evidence.main(["ch06", "--seeds", "1"])
    assert "at least 2 seeds" in capsys.readouterr().err
