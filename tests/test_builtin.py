"""The built-in data: real digits, balanced, split once and for all; music whose loudness tells nothing."""

import numpy as np
import pytest

from common.genres import GENRES, list_tracks, read_music
from common.mnist import read_data_sets
from data import builtin, synth


def test_digits(builtin_digits):
    sets = read_data_sets(builtin_digits, validation_size=0)
    assert (sets.train.num_examples, sets.test.num_examples) == (4000, 1000)
    labels = np.concatenate([sets.train.labels, sets.test.labels])
    assert np.bincount(labels).tolist() == [500] * 10
    together = {image.tobytes() for image in sets.train.images} & {image.tobytes() for image in sets.test.images}
    assert not together


def test_written_the_same_each_time(builtin_digits, tmp_path):
    builtin.write_mnist(tmp_path)
    assert {p.name: p.read_bytes() for p in tmp_path.iterdir()} == {
        p.name: p.read_bytes() for p in builtin_digits.iterdir()
    }


def test_made_once(tmp_path, monkeypatch):
    calls = []
    source = tmp_path / "maker.py"
    source.write_text("one")
    monkeypatch.setattr(builtin, "ROOT", tmp_path)
    monkeypatch.setattr(builtin, "SETS", {"set": ("a set", calls.append, [source])})
    builtin.main()
    builtin.main(["set"])
    assert calls == [tmp_path / "set"]
    source.write_text("two")
    builtin.main(["set"])
    assert len(calls) == 2


@pytest.mark.parametrize("genre", sorted(GENRES))
def test_music(genre):
    sound = synth.play(genre, 5, seconds=3)
    assert sound.dtype == np.int16 and sound.shape == (3 * 22050,)
    assert np.abs(sound).max() < 32767
    np.testing.assert_array_equal(synth.play(genre, 5, seconds=3), sound)
    assert (synth.play(genre, 6, seconds=3) != sound).any()


def test_tracks_are_what_the_reader_expects(builtin_tracks):
    tracks = list_tracks(builtin_tracks)
    assert [genre for genre, _ in tracks] == [genre for genre in sorted(GENRES) for _ in range(24)]
    rate, music = read_music(tracks[0][1])
    assert (rate, len(music)) == (22050, 20 * 22050)


def test_loudness_does_not_tell_the_genre(builtin_tracks):
    """Each track goes to the genre whose mean level is nearest: below 60 %, in decibels as in plain values."""
    tracks = list_tracks(builtin_tracks)
    genres = np.array([genre for genre, _ in tracks])
    levels = np.array([np.sqrt(np.mean(read_music(path)[1] ** 2)) for _, path in tracks])
    for values in (levels, 20 * np.log10(levels)):
        means = {genre: values[genres == genre].mean() for genre in GENRES}
        nearest = [min(means, key=lambda genre: abs(means[genre] - value)) for value in values]
        assert (np.array(nearest) == genres).mean() < 0.6
