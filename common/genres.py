"""Find and read the four genres of the GTZAN collection as the listing does (pages 28-40): `<genre>/*.wav`."""

from pathlib import Path

from common.errors import ReplayError
from common.formats.wav import WavError, read_wav

GENRES = ("pop", "classical", "jazz", "metal")  # the order of the listing's one-hot labels
SECONDS_CUT = 5
SECONDS_LEFT = 10


def list_tracks(directory):
    """Return the tracks in `directory` as a list of (genre, path), genres and files in sorted order (pages 28-40).

    Names that start with a dot are skipped, because file managers leave such files.

    It raises ReplayError when a genre is missing or empty, or when anything else lies there. The listing would have
    called that metal.
    """
    directory = Path(directory)
    tracks = []
    for folder in _visible(directory):
        if folder.name not in GENRES or not folder.is_dir():
            raise ReplayError(
                f"{folder}: expected only the folders {', '.join(sorted(GENRES))} here. The listing would make metal "
                "of anything else: move it elsewhere."
            )
        for path in _visible(folder):
            if path.suffix != ".wav" or not path.is_file():
                hint = " `make data SET=gtzan` converts GTZAN's own .au files." if path.suffix == ".au" else ""
                raise ReplayError(f"{path}: expected only .wav files here. Move it elsewhere.{hint}")
            tracks.append((folder.name, path))
    found = {genre for genre, _ in tracks}
    for genre in sorted(GENRES):
        if genre not in found:
            raise ReplayError(
                f"{directory / genre}: no tracks of {genre} here: expected .wav files. "
                "data/README.md tells how to get them."
            )
    return tracks


def _visible(directory):
    try:
        return sorted(path for path in directory.iterdir() if not path.name.startswith("."))
    except OSError as error:
        raise ReplayError(
            f"{directory}: cannot be read: {error.strerror or error}. Expected a folder with the tracks: "
            "data/README.md tells how to get them."
        ) from error


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
            f"{path}: too short: expected at least {n_least} samples ({n_least // sample_freq} s, of which "
            f"{SECONDS_CUT} s are cut from both ends), found {n_total}. Put a longer track there."
        )
    return sample_freq, f[n_cut : n_total - n_cut] / (2.0**15)
