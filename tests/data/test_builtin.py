"""Test the built-in data: real digits, music, pictures and a text.

The digits are balanced and always split the same. Loudness does not tell a genre, and colour does not tell a class.
"""

import collections
import pickle
import re

import numpy as np
import pytest

from common import ptb
from common.cifar10 import load_class_names, load_test_data, load_training_data
from common.genres import GENRES, list_tracks, read_music
from common.judging.chapter import Chapter
from common.mnist import read_data_sets
from common.paths import ROOT
from common.tf1 import period_graph, session, tf
from data import builtin, pictures, reference_text, synth


def test_the_digits_are_balanced_and_none_is_in_two_sets(builtin_digits):
    sets = read_data_sets(builtin_digits, validation_size=0)
    assert (sets.train.num_examples, sets.test.num_examples) == (4000, 1000)
    labels = np.concatenate([sets.train.labels, sets.test.labels])
    assert np.bincount(labels).tolist() == [500] * 10
    together = {image.tobytes() for image in sets.train.images} & {image.tobytes() for image in sets.test.images}
    assert not together


def test_the_digits_are_written_the_same_each_time(builtin_digits, tmp_path):
    builtin.write_mnist(tmp_path)
    written = sorted(tmp_path.iterdir())
    assert len(written) == 4
    for path in written:
        assert path.read_bytes() == (builtin_digits / path.name).read_bytes(), path.name


def test_a_set_is_made_anew_only_when_a_source_changes(tmp_path, monkeypatch):
    calls = []
    source = tmp_path / "maker.py"
    source.write_text("one")
    monkeypatch.setattr(builtin, "ROOT", tmp_path)
    monkeypatch.setattr(builtin, "SETS", {"set": ("a set", calls.append, [source])})
    builtin.write_sets()
    builtin.write_sets(["set"])
    assert calls == [tmp_path / "set"]
    source.write_text("two")
    builtin.write_sets(["set"])
    assert len(calls) == 2


def test_a_set_that_is_not_known_is_refused(capsys):
    with pytest.raises(SystemExit, match="2"):
        builtin.main(["digits"])
    assert "there is no set 'digits': choose from mnist" in capsys.readouterr().err


def test_a_folder_that_cannot_be_made_ends_in_a_sentence(tmp_path, monkeypatch, capsys):
    (tmp_path / "build").write_text("a file")
    monkeypatch.setattr(builtin, "ROOT", tmp_path / "build" / "data")
    assert builtin.main(["mnist"]) == 1
    assert str(tmp_path / "build") in capsys.readouterr().err


@pytest.mark.parametrize("genre", sorted(GENRES))
def test_a_track_is_the_same_each_time_and_each_number_is_another(genre):
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
    """Give each track the genre with the nearest mean level: below 60 % are right, in decibels and plainly."""
    tracks = list_tracks(builtin_tracks)
    genres = np.array([genre for genre, _ in tracks])
    levels = np.array([np.sqrt(np.mean(read_music(path)[1] ** 2)) for _, path in tracks])
    for values in (levels, 20 * np.log10(levels)):
        means = {genre: values[genres == genre].mean() for genre in GENRES}
        nearest = [min(means, key=lambda genre: abs(means[genre] - value)) for value in values]
        assert (np.array(nearest) == genres).mean() < 0.6


@pytest.fixture(scope="session")
def drawn(tmp_path_factory):
    """Return a folder with the built-in pictures."""
    folder = tmp_path_factory.mktemp("drawn") / "cifar-10-batches-py"
    pictures.write_pictures(folder)
    return folder


def test_pictures_are_in_the_official_layout(drawn):
    assert sorted(path.name for path in drawn.iterdir()) == [
        "batches.meta",
        *(f"data_batch_{i}" for i in range(1, 6)),
        "test_batch",
    ]
    batch = pickle.loads((drawn / "data_batch_2").read_bytes(), encoding="bytes")
    assert batch[b"batch_label"] == b"training batch 2 of 5"
    assert batch[b"data"].shape == (1000, 3072) and batch[b"data"].dtype == np.uint8
    assert len(batch[b"filenames"]) == len(batch[b"labels"]) == 1000
    images, cls, _ = load_training_data(drawn)
    test_images, test_cls, _ = load_test_data(drawn)
    assert images.shape == (5000, 32, 32, 3) and test_images.shape == (1000, 32, 32, 3)
    assert np.bincount(cls).tolist() == [500] * 10 and np.bincount(test_cls).tolist() == [100] * 10
    assert load_class_names(drawn) == pictures.CLASS_NAMES
    assert not {image.tobytes() for image in images} & {image.tobytes() for image in test_images}


def test_pictures_are_drawn_the_same_each_time(drawn, tmp_path):
    pictures.write_pictures(tmp_path)
    assert {p.name: p.read_bytes() for p in tmp_path.iterdir()} == {p.name: p.read_bytes() for p in drawn.iterdir()}


def test_softmax_on_the_pixels_does_not_learn_the_pictures(drawn):
    """Check that a softmax stays below 60 %, though it fits its training set. ch05's net must reach 85 %."""
    (images, cls, labels), (test_images, test_cls, _) = load_training_data(drawn), load_test_data(drawn)
    random = np.random.RandomState(0)
    with period_graph(seed=1), session(2) as sess:
        x, y_ = tf.placeholder("float", [None, 3072]), tf.placeholder("float", [None, 10])
        logits = tf.matmul(x - 0.5, tf.Variable(tf.zeros([3072, 10]))) + tf.Variable(tf.zeros([10]))
        loss = tf.reduce_mean(tf.nn.softmax_cross_entropy_with_logits(labels=y_, logits=logits))
        train_step = tf.train.AdamOptimizer(1e-3).minimize(loss)
        sess.run(tf.initialize_all_variables())
        best = 0
        for i in range(1, 601):
            batch = random.choice(5000, 250, replace=False)
            sess.run(train_step, {x: images[batch].reshape(-1, 3072), y_: labels[batch]})
            if i % 50 == 0:
                found = sess.run(logits, {x: test_images.reshape(-1, 3072)}).argmax(axis=1)
                best = max(best, (found == test_cls).mean())
        fitted = (sess.run(logits, {x: images.reshape(-1, 3072)}).argmax(axis=1) == cls).mean()
    assert best < 0.6 and fitted > best + 0.1
    (threshold,) = Chapter(ROOT / "chapters" / "ch05_cnn_cifar10" / "book.toml").thresholds("builtin")
    assert threshold.at_least > 0.85


def test_colours_do_not_tell_the_class(drawn):
    """Give each picture the class with the nearest mean colour: that is no better than a guess, 10 %."""
    (images, cls, _), (test_images, test_cls, _) = load_training_data(drawn), load_test_data(drawn)
    means = np.array([images[cls == c].mean(axis=(0, 1, 2)) for c in range(10)])
    nearest = np.linalg.norm(test_images.mean(axis=(1, 2))[:, None] - means, axis=2).argmin(axis=1)
    assert (nearest == test_cls).mean() < 0.15


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
