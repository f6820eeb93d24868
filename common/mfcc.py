"""The 135 features of a track: mean and covariance of its normalised MFCC (pages 28-40), kept once computed."""

import hashlib
import importlib.metadata
from concurrent.futures import ThreadPoolExecutor

import numpy as np
from python_speech_features import mfcc
from python_speech_features.sigproc import round_half_up

from common.errors import ReplayError
from common.files import write_atomically
from common.genres import read_music
from common.paths import BUILD

WINLEN, WINSTEP = 0.02, 0.01  # seconds
PARAMETERS = {
    "numcep": 15,
    "nfilt": 26,
    "lowfreq": 0,
    "highfreq": None,
    "preemph": 0.97,
    "ceplifter": 22,
    "appendEnergy": True,
}
NUM_FEATURES = 15 + 15 * 16 // 2
VERSIONS = [importlib.metadata.version(name) for name in ("numpy", "scipy", "python_speech_features")]
# What a kept feature depends on beside its file. Count the last number up when the statements below change.
MADE_WITH = repr([WINLEN, WINSTEP, PARAMETERS, VERSIONS, 1])
CACHE = BUILD / "mfcc"


def coefficients(music, samplerate):
    """The MFCC of `music`, a float vector with `samplerate` in Hz: float64 [frames, 15] (pages 28-40).

    Frames of 20 ms every 10 ms, a Hamming window, 26 filters; the first coefficient is the log of the frame's energy.
    """
    nfft = int(round_half_up(WINLEN * samplerate))
    return mfcc(music, samplerate, WINLEN, WINSTEP, nfft=nfft, winfunc=np.hamming, **PARAMETERS)


def features(music, samplerate):
    """The features of `music`: 15 means, then the covariance's upper triangle by rows, float64 [135] (pages 28-40).

    Each frame's 15 coefficients are first scaled to mean 0 and standard deviation 1. Entries of the triangle are taken
    by their place, so that one which is exactly zero stays.
    """
    mfcc_feat = coefficients(music, samplerate)
    mfcc_feat = (mfcc_feat - mfcc_feat.mean(axis=1, keepdims=True)) / mfcc_feat.std(axis=1, keepdims=True)
    feat_mean = np.mean(mfcc_feat, axis=0)
    feat_cov = np.cov(mfcc_feat, rowvar=0)
    return np.concatenate([feat_mean, feat_cov[np.triu_indices(len(feat_cov))]])


def features_of_file(path, cache=CACHE):
    """The features of the track at `path`, from `cache` when a file of the same content was there before.

    Raises WavError as `read_music`, and ReplayError when a feature is not a finite number.
    """
    try:
        with path.open("rb") as stream:
            digest = hashlib.file_digest(stream, "sha256")
    except OSError as error:
        raise ReplayError(f"{path}: cannot be read: {error.strerror or error}.") from error
    digest.update(MADE_WITH.encode())
    kept = cache / digest.hexdigest()
    if kept.is_file():
        feat = np.fromfile(kept)
        if feat.shape == (NUM_FEATURES,) and np.isfinite(feat).all():
            return feat
    sample_freq, music = read_music(path)
    feat = features(music, sample_freq)
    if not np.isfinite(feat).all():
        raise ReplayError(f"{path}: its features are not finite numbers: a frame has no spectrum to scale.")
    write_atomically(kept, feat.tobytes())
    return feat


def extract(paths, threads, cache=CACHE):
    """Yield the features of the tracks at `paths` in order; `threads` threads compute them side by side.

    Raises what `features_of_file` raises for the first bad track, and starts no further one then.
    """
    pool = ThreadPoolExecutor(threads)
    try:
        yield from pool.map(lambda path: features_of_file(path, cache), paths)
    finally:
        pool.shutdown(cancel_futures=True)
