"""Test the features against the listing's own statements, and the features that are kept."""

import decimal
import itertools
import time

import numpy as np
import pytest
from python_speech_features import mfcc
from scipy.io import wavfile

from common import mfcc as mfcc_module
from common.errors import ReplayError
from common.genres import GENRES, list_tracks, read_music
from common.mfcc import coefficients, extract, features, features_of_file

RATE = 22050
NUM_FEATURES = 135


def listing_features(music, samplerate):
    """Return the features that the statements of pages 28-40 make of one track."""

    def round_half_up(number):
        return int(decimal.Decimal(number).quantize(decimal.Decimal("1"), rounding=decimal.ROUND_HALF_UP))

    def normalize(a):
        b = (a - np.mean(a)) / np.std(a)
        return b

    winlen, winstep, numcep, nfilt, nfft = 0.02, 0.01, 15, 26, int(round_half_up(0.02 * samplerate))
    mfcc_feat = mfcc(
        music, samplerate, winlen, winstep, numcep, nfilt, nfft, 0, None, 0.97, 22, True, lambda x: np.hamming(x)
    )
    mfcc_feat = np.apply_along_axis(normalize, 1, mfcc_feat)
    feat_mean = np.mean(mfcc_feat, axis=0)
    feat_cov = np.cov(mfcc_feat, rowvar=0)
    feat_cov_up = np.triu(feat_cov, k=0)
    feat_flat = feat_cov_up.flatten()
    index = np.arange(len(feat_flat))[feat_flat == 0]
    feat_cov = list(np.delete(feat_flat, index))
    feat = []
    feat.extend(feat_mean)
    feat.extend(feat_cov)
    return np.array(feat)


def noise(seconds, seed=0):
    return np.random.RandomState(seed).uniform(-0.5, 0.5, size=int(seconds * RATE))


def test_features_equal_the_listings():
    """Hold claim C301."""
    for seed in range(3):
        music = noise(2, seed)
        expected = listing_features(music, RATE)
        assert expected.shape == (NUM_FEATURES,)
        np.testing.assert_allclose(features(music, RATE), expected, rtol=0, atol=1e-12)


@pytest.mark.parametrize("genre", GENRES)
def test_built_in_tracks_have_the_listings_features(genre, builtin_tracks, tmp_path):
    path = next(path for found, path in list_tracks(builtin_tracks) if found == genre)
    rate, music = read_music(path)
    np.testing.assert_allclose(features_of_file(path, tmp_path), listing_features(music, rate), rtol=0, atol=1e-12)


def test_a_frame_of_twenty_milliseconds_begins_every_ten():
    assert coefficients(noise(2), RATE).shape == (199, 15)  # 1 + ceil((44,100 - 441) / 221)


def test_a_covariance_of_zero_stays_in_its_place():
    """Hold what differs from the listing: it deletes covariances of zero, such as those of silence."""
    music = np.zeros(RATE)
    assert len(listing_features(music, RATE)) < NUM_FEATURES
    feat = features(music, RATE)
    assert feat.shape == (NUM_FEATURES,)
    assert np.isfinite(feat).all()
    np.testing.assert_allclose(feat[15:], 0, atol=1e-12)


@pytest.fixture
def tracks(tmp_path):
    paths = []
    for seed in range(3):
        paths.append(tmp_path / f"{seed}.wav")
        wavfile.write(paths[-1], RATE, (noise(20, seed) * 2**15).astype(np.int16))
    return paths


def test_features_are_kept_by_content_and_parameters(tracks, tmp_path, monkeypatch):
    cache = tmp_path / "kept"
    first = list(extract(tracks, 2, cache))
    assert not np.array_equal(first[0], first[1])
    assert len(list(cache.iterdir())) == 3
    tracks[0].rename(tmp_path / "other.wav")  # the content decides, not the name
    monkeypatch.setattr(mfcc_module, "features", lambda *_: pytest.fail("computed again"))
    again = list(extract([tmp_path / "other.wav", *tracks[1:]], 1, cache))
    np.testing.assert_array_equal(again, first)
    monkeypatch.undo()
    monkeypatch.setattr(mfcc_module, "MADE_WITH", "other parameters")
    list(extract(tracks[1:], 1, cache))
    assert len(list(cache.iterdir())) == 5


def test_kept_features_that_are_damaged_are_made_anew(tracks, tmp_path):
    cache = tmp_path / "kept"
    feat = features_of_file(tracks[0], cache)
    (kept,) = cache.iterdir()
    for content in (b"", kept.read_bytes()[:-8], np.full(NUM_FEATURES, np.nan).tobytes()):
        kept.write_bytes(content)
        np.testing.assert_array_equal(features_of_file(tracks[0], cache), feat)
        assert kept.read_bytes() == feat.tobytes()


def test_features_that_are_not_finite_are_refused_and_not_kept(tracks, tmp_path, monkeypatch):
    monkeypatch.setattr(mfcc_module, "features", lambda *_: np.array([1.0, np.nan, np.inf]))
    with pytest.raises(ReplayError, match=f"^{tracks[0]}: expected 135 finite features, found 2 that are not"):
        features_of_file(tracks[0], tmp_path / "kept")
    assert not (tmp_path / "kept").exists()


def test_no_track_is_started_after_a_bad_one(monkeypatch):
    started = itertools.count()

    def fake(path, _):
        next(started)
        if path == "bad":
            raise ReplayError("bad")
        time.sleep(0.1)

    monkeypatch.setattr(mfcc_module, "features_of_file", fake)
    with pytest.raises(ReplayError, match="bad"):
        list(extract(["bad"] + 30 * ["good"], 1))
    assert next(started) < 31


def test_a_bad_track_stops_by_name_and_leaves_nothing(tracks, tmp_path):
    tracks[0].write_bytes(b"RIFF")
    with pytest.raises(ReplayError, match=f"^{tracks[0]}: not a WAV file"):
        list(extract(tracks[:1], 2, tmp_path / "kept"))
    with pytest.raises(ReplayError, match=f"^{tmp_path / 'nowhere'}: cannot be read"):
        list(extract([tmp_path / "nowhere"], 2, tmp_path / "kept"))
    assert not (tmp_path / "kept").exists()


@pytest.mark.real_data
def test_real_tracks_have_the_listings_features(real_data, tmp_path):
    tracks = [path for _, path in list_tracks(real_data / "genres")]
    assert len(tracks) >= 40
    for path, feat in zip(tracks[:400], extract(tracks, 2, tmp_path), strict=True):
        rate, music = read_music(path)
        np.testing.assert_allclose(feat, listing_features(music, rate), rtol=0, atol=1e-12)
