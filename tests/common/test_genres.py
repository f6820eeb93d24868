"""Test the walk through the genres' folders, and what is used of a track."""

import numpy as np
import pytest
from scipy.io import wavfile

from common.errors import ReplayError
from common.formats.wav import WavError
from common.genres import GENRES, list_tracks, one_hot, read_music

RATE = 22050


@pytest.fixture
def folder(tmp_path):
    """A folder with two empty tracks of each genre: the walk opens none of them."""
    for genre in GENRES:
        (tmp_path / genre).mkdir()
        for number in (1, 0):
            (tmp_path / genre / f"{genre}.0000{number}.wav").touch()
    return tmp_path


def refusal(reader, path, error=ReplayError):
    """Return what `reader(path)` says of a file, as a list [file, its complaint]."""
    with pytest.raises(error) as caught:
        reader(path)
    return str(caught.value).split(": ", 1)


def test_the_walk_is_sorted_and_passes_over_what_systems_leave(folder, capsys):
    for name in (".DS_Store", "jazz/._jazz.00000.wav", "jazz/Thumbs.db", "desktop.ini", "pop/Desktop.ini"):
        (folder / name).touch()
    (folder / "__MACOSX").mkdir()
    assert [(genre, path.name) for genre, path in list_tracks(folder)] == [
        (genre, f"{genre}.0000{number}.wav") for genre in sorted(GENRES) for number in (0, 1)
    ]
    assert capsys.readouterr().err == ""


def test_the_other_genres_and_converted_sun_audio_are_passed_over_with_a_line(folder, capsys):
    expected = list_tracks(folder)
    for name in ("blues", "rock"):
        (folder / name).mkdir()
    for name in ("input.mf", "blues/stray.txt", "jazz/jazz.00000.au"):
        (folder / name).touch()
    assert list_tracks(folder) == expected
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith(f"{folder}: passed over: blues, input.mf, jazz/jazz.00000.au, rock. The listing reads")


def test_an_ending_in_capitals_is_taken_but_no_track_twice(folder):
    path = folder / "jazz" / "jazz.00000.wav"
    path.rename(path.with_suffix(".WAV"))
    assert ("jazz", path.with_suffix(".WAV")) in list_tracks(folder)
    path.touch()
    _, complaint = refusal(list_tracks, folder)
    assert complaint.startswith("expected each track once, found jazz.00000.WAV beside it.")


def test_the_walk_finds_all_built_in_tracks(builtin_tracks):
    tracks = list_tracks(builtin_tracks)
    assert [genre for genre, _ in tracks] == [genre for genre in sorted(GENRES) for _ in range(24)]
    assert all(path.parent.name == genre and path.stat().st_size > 30 * RATE * 2 for genre, path in tracks)


@pytest.mark.parametrize("name", ["polka/polka.00000.wav", "notes.txt", "pop.wav"])
def test_anything_beside_the_four_folders_is_refused_by_name(folder, name):
    (folder / name).parent.mkdir(exist_ok=True)
    (folder / name).touch()
    file, complaint = refusal(list_tracks, folder)
    assert file == str(folder / name.split("/")[0])
    assert complaint.startswith("expected only the folders classical, jazz, metal, pop here.")


@pytest.mark.parametrize("name", ["jazz.00054.au", "jazz.00054.mp3", "folder", "folder.wav"])
def test_anything_beside_wav_files_is_refused_by_name(folder, name):
    (folder / "jazz" / name).mkdir() if name.startswith("folder") else (folder / "jazz" / name).touch()
    file, complaint = refusal(list_tracks, folder)
    assert file == str(folder / "jazz" / name)
    assert complaint.startswith("expected only .wav files here. Move it elsewhere.")
    assert ("make data SET=gtzan" in complaint) == name.endswith(".au")


def test_a_genre_that_is_empty_missing_or_a_file_is_refused_by_name(folder):
    metal = folder / "metal"
    for path in metal.iterdir():
        path.unlink()
    empty = refusal(list_tracks, folder)
    metal.rmdir()
    missing = refusal(list_tracks, folder)
    metal.touch()
    file = refusal(list_tracks, folder)
    assert [found for found, _ in (empty, missing, file)] == [str(metal)] * 3
    assert empty[1].startswith("no tracks of metal here: expected .wav files.")
    assert missing == empty
    assert file[1].startswith("expected only the folders")


def test_a_folder_that_is_not_there_is_refused_by_name(tmp_path):
    file, complaint = refusal(list_tracks, tmp_path / "nowhere")
    assert file == str(tmp_path / "nowhere")
    assert complaint.startswith("cannot be read: No such file") and "data/README.md" in complaint


def test_labels_are_the_listings():
    assert [one_hot(genre) for genre in ("pop", "classical", "jazz", "metal")] == np.eye(4).tolist()


@pytest.mark.parametrize("seconds", [20, 21])
def test_five_seconds_are_cut_from_both_ends(tmp_path, seconds):
    samples = np.arange(RATE * seconds).astype(np.int16)
    wavfile.write(tmp_path / "a.wav", RATE, samples)
    rate, music = read_music(tmp_path / "a.wav")
    assert rate == RATE and music.dtype == np.float64
    np.testing.assert_array_equal(music * 2**15, samples[RATE * 5 : RATE * (seconds - 5)])


@pytest.mark.parametrize("count", [0, RATE * 10, RATE * 20 - 1])
def test_a_track_of_less_than_twenty_seconds_is_refused(tmp_path, count):
    path = tmp_path / "a.wav"
    wavfile.write(path, RATE, np.zeros(count, np.int16))
    file, complaint = refusal(read_music, path, WavError)
    assert file == str(path)
    assert complaint.startswith("too short: expected at least 441000 samples (20 s,")
    assert f"found {count}." in complaint
