"""The features against the listing's own statements, and the features that are kept."""

import decimal

import numpy as np
import pytest
from python_speech_features import mfcc
from scipy.io import wavfile

from common import mfcc as mfcc_module
from common.errors import ReplayError
from common.genres import list_tracks, read_music
from common.mfcc import coefficients, extract, features, features_of_file

RATE = 22050


def listing_features(music, samplerate):
    """The statements of pages 28-40, one track at a time."""

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
    """Claim C301."""
    for seed in range(3):
        music = noise(2, seed)
        expected = listing_features(music, RATE)
        assert expected.shape == (135,)
        np.testing.assert_allclose(features(music, RATE), expected, rtol=0, atol=1e-12)


def test_frames():
    assert coefficients(noise(2), RATE).shape == (199, 15)  # 1 + ceil((44,100 - 441) / 221)


def test_covariance_of_zero_stays_in_its_place():
    """In silence all frames are the same: the listing deletes covariances that are exactly zero."""
    music = np.zeros(RATE)
    assert len(listing_features(music, RATE)) < 135
    feat = features(music, RATE)
    assert feat.shape == (135,) and np.isfinite(feat).all()


@pytest.fixture
def tracks(tmp_path):
    paths = []
    for seed in range(3):
        paths.append(tmp_path / f"{seed}.wav")
        wavfile.write(paths[-1], RATE, (noise(20, seed) * 2**15).astype(np.int16))
    return paths


def test_kept_features(tracks, tmp_path, monkeypatch):
    cache = tmp_path / "kept"
    first = list(extract(tracks, 2, cache))
    assert len(list(cache.iterdir())) == 3
    tracks[0].rename(tmp_path / "other.wav")  # the content decides, not the name
    monkeypatch.setattr(mfcc_module, "features", lambda *_: pytest.fail("computed again"))
    again = list(extract([tmp_path / "other.wav", *tracks[1:]], 1, cache))
    np.testing.assert_array_equal(again, first)
    monkeypatch.undo()
    monkeypatch.setattr(mfcc_module, "MADE_WITH", "other parameters")
    list(extract(tracks[1:], 1, cache))
    assert len(list(cache.iterdir())) == 5


def test_damaged_kept_features_are_made_anew(tracks, tmp_path):
    cache = tmp_path / "kept"
    feat = features_of_file(tracks[0], cache)
    (kept,) = cache.iterdir()
    for content in (b"", kept.read_bytes()[:-8], np.full(135, np.nan).tobytes()):
        kept.write_bytes(content)
        np.testing.assert_array_equal(features_of_file(tracks[0], cache), feat)
        assert kept.read_bytes() == feat.tobytes()


def test_bad_track_stops_by_name_and_leaves_nothing(tracks, tmp_path):
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
