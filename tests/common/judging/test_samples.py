"""What a sweep left: what belongs together, and what is named and left out."""

import math

import pytest

from common.judging import chapter as chapter_module
from common.judging.samples import read_sweep
from tests.support.sweeps import chapter_of, leave

SLOW = ("rate=0.1", {"rate": 0.1})


@pytest.fixture
def chapter(tmp_path, monkeypatch):
    chapter = chapter_of(tmp_path)
    monkeypatch.setattr(chapter_module, "all_chapters", lambda: [chapter])
    return chapter


@pytest.fixture
def build(tmp_path):
    return tmp_path / "build"


def test_seeds_are_read_in_their_order_and_settings_apart(chapter, build):
    for seed in (10, 2, 1):
        leave(build, chapter, seed, metrics={"score": seed / 100})
    leave(build, chapter, 1, variant=SLOW, metrics={"score": 0.5})
    leave(build, chapter, 1, variant=("rate=0.1,steps=9", {"rate": 0.1, "steps": 9}), metrics={"score": 0.4})
    found, left_out = read_sweep("printed", build)
    assert left_out == []
    assert [(one.label, one.values("score")) for one in found] == [
        ("", {1: 0.01, 2: 0.02, 10: 0.1}),
        ("rate=0.1", {1: 0.5}),
        ("rate=0.1, steps=9", {1: 0.4}),
    ]
    assert [one.changed for one in found] == [{}, {"rate": 0.1}, {"rate": 0.1, "steps": 9}]
    assert found[0].curves("train_loss")[2] == [(0, 2.0), (10, 1.0)] and found[0].curves("none") == {}


def test_numbers_that_are_none_are_left_out_of_the_values(chapter, build):
    for seed, score in enumerate((0.9, None, math.nan, True, "0.9"), 1):
        leave(build, chapter, seed, metrics={"score": score})
    ((sample,), _) = read_sweep("printed", build)
    assert sample.values("score") == {1: 0.9}


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"settings": {"steps": 6, "rate": 0.5}}, "made with other settings: steps 6, expected 5"),
        ({"profile": "listed"}, "made with other settings: profile 'listed', expected 'printed'"),
        ({"data": {"kind": "built-in"}}, "made with other settings: data 'built-in', expected 'real'"),
        ({"data": {"kind": "real", "sha256": {"a": "11"}}}, "of other data than most results beside it"),
        ({"chapter": "ch01"}, "made with other settings: chapter 'ch01', expected 'ch00'"),
        ({"seed": 8}, "holds seed 8"),
        ({"seed": None}, "holds seed -"),
        ({"metrics": None}, "result.json holds no metrics"),
    ],
)
def test_what_does_not_belong_is_named_and_left_out(chapter, build, changes, why):
    for seed in (1, 2):
        leave(build, chapter, seed)
    leave(build, chapter, 7, **changes)
    ((sample,), left_out) = read_sweep("printed", build)
    assert list(sample.results) == [1, 2]
    assert left_out == [f"build/sweep/printed/ch00, seed 7: {why}"]


def test_seeds_that_are_left_out_for_the_same_reason_have_one_sentence(chapter, build):
    for seed in range(1, 5):
        leave(build, chapter, seed, settings={"steps": 5 + (seed > 2), "rate": 0.5})
    (_, left_out) = read_sweep("printed", build)
    assert left_out == ["build/sweep/printed/ch00, seeds 3 4: made with other settings: steps 6, expected 5"]


def test_a_broken_result_and_an_unfinished_one(chapter, build):
    leave(build, chapter, 1)
    broken = leave(build, chapter, 2)
    broken.write_text('{"metrics": ')
    unfinished = leave(build, chapter, 3)
    unfinished.unlink()
    ((sample,), (complaint,)) = read_sweep("printed", build)
    assert list(sample.results) == [1]
    assert complaint.startswith("build/sweep/printed/ch00, seed 2: unreadable result.json")


def test_a_variant_of_other_settings_than_most_beside_it_is_left_out(chapter, build):
    for seed in (1, 2):
        leave(build, chapter, seed, variant=SLOW)
    leave(build, chapter, 3, variant=SLOW, settings={"steps": 5, "rate": 0.2})
    leave(build, chapter, 4, variant=SLOW, settings={"steps": 5, "rate": 0.5})
    leave(build, chapter, 5, variant=SLOW, settings={"steps": 5, "rate": 0.1, "size": 3})
    ((sample,), left_out) = read_sweep("printed", build)
    assert (sample.label, list(sample.results)) == ("rate=0.1", [1, 2])
    folder = "build/sweep/printed/variants/ch00/rate=0.1"
    assert left_out == [
        f"{folder}, seed 4: has the profile's own settings",
        f"{folder}, seed 5: made with other settings: size 3, expected None",
        f"{folder}, seed 3: of other settings than most results beside it",
    ]


def test_other_folders_other_profiles_and_other_chapters_are_passed_over(chapter, build):
    leave(build, chapter, 1, folder="seed01.part")
    leave(build, chapter, 1, under="builtin")
    assert read_sweep("printed", build) == ([], [])
    assert [one.profile for one in read_sweep("builtin", build)[0]] == ["builtin"]
    assert read_sweep("builtin", build, ["ch01"]) == ([], [])
    assert len(read_sweep("builtin", build, ["ch00"])[0]) == 1
