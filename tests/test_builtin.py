"""The built-in data: real digits, balanced, split once and for all; music whose loudness tells nothing; a text."""

import collections
import re

import numpy as np
import pytest

from common import ptb
from common.genres import GENRES, list_tracks, read_music
from common.mnist import read_data_sets
from data import builtin, reference_text, synth


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


def test_text_is_written_as_penn_treebank_is(tmp_path):
    reference_text.write_ptb(tmp_path)
    lines = {name: (tmp_path / name).read_text().splitlines() for name in (ptb.TRAIN, ptb.VALID, ptb.TEST)}
    words = {name: ptb.read_words(tmp_path / name) for name in lines}
    for word in {word for text in words.values() for word in text}:
        assert word in ("N", "<unk>") or re.fullmatch(r"[a-z_']+", word), word
    counts = collections.Counter(words[ptb.TRAIN])
    assert min(counts.values()) >= 3
    assert set(words[ptb.VALID]) | set(words[ptb.TEST]) <= counts.keys()
    assert 8 < len(lines[ptb.TRAIN]) / len(lines[ptb.TEST]) < 10
    assert 40_000 < len(words[ptb.TRAIN]) < 60_000


def test_no_paragraph_of_the_text_stands_in_two_parts():
    paragraphs = [tuple(words) for words in reference_text.paragraphs()]
    assert len(set(paragraphs)) == len(paragraphs)
