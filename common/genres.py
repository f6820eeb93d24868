"""Find and read the four genres of the GTZAN collection as the listing does (pages 28-40): `<genre>/*.wav`."""

from common.formats.wav import WavError, read_wav
from common.language import _
from common.running.found import Found
from common.running.tracks import find_tracks

GENRES = ("pop", "classical", "jazz", "metal")  # the order of the listing's one-hot labels
SECONDS_CUT = 5
SECONDS_LEFT = 10


def list_tracks(directory):
    """Return the tracks in `directory` as a list of (genre, path), genres and files in sorted order (pages 28-40).

    `directory` is a Path or a Found. What systems leave is passed over. So are GTZAN's other six genres and its list of
    files. A line on standard error names those.

    It raises ReplayError when a genre is missing or empty, or when anything else lies there. The listing would have
    called that metal.
    """
    tracks = directory.files if isinstance(directory, Found) else find_tracks(directory, GENRES)
    return [(name.partition("/")[0], path) for name, path in tracks.items()]


def one_hot(genre):
    """Return the listing's label of `genre`, a list of four (pages 28-40)."""
    return [int(genre == name) for name in GENRES]


def read_music(path):
    """Return the sampling rate in Hz and the sound of the track at `path` (pages 28-40).

    The sound is float64 [n] from -1 to 1. The first and the last five seconds are cut off.

    It raises WavError for a file that `read_wav` refuses, or for one that leaves less than ten seconds.
    """
    sample_freq, f = read_wav(path)
    n_total = len(f)
    n_cut = sample_freq * SECONDS_CUT
    n_least = 2 * n_cut + SECONDS_LEFT * sample_freq
    if n_total < n_least:
        raise WavError(
            _(
                "{path}: too short: expected at least {n_least} samples ({seconds} s, of which {seconds_cut} "
                "s are cut from both ends), found {n_total}. Put a longer track there."
            ).format(
                path=path, n_least=n_least, seconds=n_least // sample_freq, seconds_cut=SECONDS_CUT, n_total=n_total
            )
        )
    return sample_freq, f[n_cut : n_total - n_cut] / (2.0**15)
