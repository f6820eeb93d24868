"""Walking the genres' folders, and what of a track is used."""

import numpy as np
import pytest
from scipy.io import wavfile

from common.errors import ReplayError
from common.formats.wav import WavError
from common.genres import GENRES, list_tracks, one_hot, read_music


@pytest.fixture
def folder(tmp_path):
    """Two empty tracks of each genre: the walk opens none of them."""
    for genre in GENRES:
        (tmp_path / genre).mkdir()
        for number in (1, 0):
            (tmp_path / genre / f"{genre}.0000{number}.wav").touch()
    return tmp_path


def test_sorted_walk_and_hidden_files(folder):
    (folder / ".DS_Store").touch()
    (folder / "jazz" / "._jazz.00000.wav").touch()
    assert [(genre, path.name) for genre, path in list_tracks(folder)] == [
        (genre, f"{genre}.0000{number}.wav") for genre in sorted(GENRES) for number in (0, 1)
    ]


@pytest.mark.parametrize("name", ["blues/blues.00000.wav", "notes.txt", "pop.wav"])
def test_anything_but_the_four_folders(folder, name):
    (folder / name).parent.mkdir(exist_ok=True)
    (folder / name).touch()
    stray = folder / name.split("/")[0]
    with pytest.raises(ReplayError, match=f"^{stray}: expected only the folders classical, jazz, metal, pop"):
        list_tracks(folder)


@pytest.mark.parametrize("name", ["jazz.00054.au", "jazz.00054.mp3", "Thumbs.db", "more"])
def test_anything_but_wav_files(folder, name):
    (folder / "jazz" / name).mkdir() if name == "more" else (folder / "jazz" / name).touch()
    with pytest.raises(ReplayError, match=f"^{folder / 'jazz' / name}: expected only .wav files here") as caught:
        list_tracks(folder)
    assert ("make data SET=gtzan" in str(caught.value)) == name.endswith(".au")


def test_file_in_the_place_of_a_folder(folder):
    for path in (folder / "metal").iterdir():
        path.unlink()
    with pytest.raises(ReplayError, match=f"^{folder / 'metal'}: no tracks of metal here"):
        list_tracks(folder)
    (folder / "metal").rmdir()
    with pytest.raises(ReplayError, match=f"^{folder / 'metal'}: no tracks of metal here"):
        list_tracks(folder)
    (folder / "metal").touch()
    with pytest.raises(ReplayError, match=f"^{folder / 'metal'}: expected only the folders"):
        list_tracks(folder)


def test_no_folder(tmp_path):
    with pytest.raises(ReplayError, match="nowhere: cannot be read"):
        list_tracks(tmp_path / "nowhere")


def test_labels_are_the_listings():
    assert [one_hot(genre) for genre in ("pop", "classical", "jazz", "metal")] == np.eye(4).tolist()


def test_five_seconds_are_cut_from_both_ends(tmp_path):
    samples = np.arange(22050 * 21).astype(np.int16)
    wavfile.write(tmp_path / "a.wav", 22050, samples)
    rate, music = read_music(tmp_path / "a.wav")
    assert rate == 22050
    np.testing.assert_array_equal(music * 2**15, samples[22050 * 5 : 22050 * 16])


@pytest.mark.parametrize(("count", "seconds"), [(0, "0.0"), (22050 * 10, "10.0"), (22050 * 20 - 1, "20.0")])
def test_short_track(tmp_path, count, seconds):
    wavfile.write(tmp_path / "a.wav", 22050, np.zeros(count, np.int16))
    with pytest.raises(WavError, match=f"a.wav: too short: expected at least 20 s, .* found {seconds} s"):
        read_music(tmp_path / "a.wav")
