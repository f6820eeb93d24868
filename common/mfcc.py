"""Compute the 135 features of a track, mean and covariance of its normalised MFCC (pages 28-40), and keep them."""

import hashlib
import importlib.metadata
from concurrent.futures import ThreadPoolExecutor

import numpy as np
from python_speech_features import mfcc
from python_speech_features.sigproc import round_half_up

from common.errors import ReplayError, reason
from common.files import open_regular, write_atomically
from common.genres import read_music
from common.language import _
from common.paths import BUILD

WINLEN, WINSTEP = 0.02, 0.01  # seconds
NUMCEP = 15
PARAMETERS = {
    "numcep": NUMCEP,
    "nfilt": 26,
    "lowfreq": 0,
    "highfreq": None,
    "preemph": 0.97,
    "ceplifter": 22,
    "appendEnergy": True,
}
NUM_FEATURES = NUMCEP + NUMCEP * (NUMCEP + 1) // 2
VERSIONS = [importlib.metadata.version(name) for name in ("numpy", "scipy", "python_speech_features")]
# A kept feature depends on this and on its file. Count the last number up when the statements below change.
MADE_WITH = repr([WINLEN, WINSTEP, PARAMETERS, VERSIONS, 1])
CACHE = BUILD / "mfcc"


def coefficients(music, samplerate):
    """Return the MFCC of `music`, a float vector with `samplerate` in Hz: float64 [frames, 15] (pages 28-40).

    A frame of 20 ms begins every 10 ms. The window is Hamming's, and there are 26 filters. The first coefficient is the
    log of the frame's energy.
    """
    nfft = int(round_half_up(WINLEN * samplerate))
    return mfcc(music, samplerate, WINLEN, WINSTEP, nfft=nfft, winfunc=np.hamming, **PARAMETERS)


def features(music, samplerate):
    """Return the features of `music`, float64 [135]: 15 means, then 120 covariances (pages 28-40).

    Each frame's 15 coefficients are first scaled to mean 0 and standard deviation 1. The covariances are the matrix's
    upper triangle, row by row. They are taken by their place, so a covariance of exactly zero stays.
    """
    mfcc_feat = coefficients(music, samplerate)
    mfcc_feat = (mfcc_feat - mfcc_feat.mean(axis=1, keepdims=True)) / mfcc_feat.std(axis=1, keepdims=True)
    feat_mean = np.mean(mfcc_feat, axis=0)
    feat_cov = np.cov(mfcc_feat, rowvar=0)
    return np.concatenate([feat_mean, feat_cov[np.triu_indices(len(feat_cov))]])


def features_of_file(path, cache=CACHE):
    """Return the features of the track at `path`, float64 [135].

    They come from the folder `cache` when a file of the same content was read before. Otherwise they are computed, and
    saved there.

    It raises WavError as `read_music` does, and ReplayError when a feature is not a finite number.
    """
    try:
        with open_regular(path) as stream:
            digest = hashlib.file_digest(stream, "sha256")
    except OSError as error:
        raise ReplayError(
            _(
                "{path}: cannot be read: {reason}. Make it readable, or fetch it again: data/README.md tells how."
            ).format(path=path, reason=reason(error))
        ) from error
    digest.update(MADE_WITH.encode())
    kept = cache / digest.hexdigest()
    if kept.is_file():
        feat = np.fromfile(kept)
        if feat.shape == (NUM_FEATURES,) and np.isfinite(feat).all():
            return feat
    sample_freq, music = read_music(path)
    feat = features(music, sample_freq)
    if not np.isfinite(feat).all():
        bad = np.count_nonzero(~np.isfinite(feat))
        raise ReplayError(
            _(
                "{path}: expected {num_features} finite features, found {bad} that are not: a frame has no "
                "spectrum to scale. Put another track there."
            ).format(path=path, num_features=NUM_FEATURES, bad=bad)
        )
    write_atomically(kept, feat.tobytes())
    return feat


def extract(paths, threads, cache=CACHE):
    """Yield the features of the tracks at `paths` in order; `threads` threads compute them side by side.

    It raises what `features_of_file` raises for the first bad track, and starts no further track then.
    """
    with ThreadPoolExecutor(threads) as pool:
        # When one track raises, `map` itself cancels those that have not started.
        yield from pool.map(lambda path: features_of_file(path, cache), paths)
