"""The official files are told from others, packed or unpacked, and found under other names and in other folders."""

import gzip
import hashlib
import os
import struct

import pytest

from common.errors import ReplayError
from common.running import official, sources
from common.running.sources import locate


def digest(content):
    return hashlib.sha256(content).hexdigest()


CONTENT = b"content of the official file"
PACKED = gzip.compress(CONTENT, mtime=0)


@pytest.fixture
def folder(tmp_path, monkeypatch):
    source = {
        "title": "Set",
        "folder": "set",
        "addresses": ["http://example.org/"],
        "files": [
            {
                "name": "one.gz",
                "bytes": len(PACKED),
                "sha256": hashlib.sha256(PACKED).hexdigest(),
                "content_sha256": hashlib.sha256(CONTENT).hexdigest(),
                "content_bytes": len(CONTENT),
                "also": ["dotted.one.gz"],
            }
        ],
    }
    monkeypatch.setattr(sources, "read_sources", lambda: {"set": source})
    (tmp_path / "set").mkdir()
    return tmp_path / "set"


@pytest.mark.parametrize(
    ("name", "content"), [("one.gz", PACKED), ("one.gz", gzip.compress(CONTENT, 1, mtime=7)), ("one", CONTENT)]
)
def test_an_official_file_is_taken_packed_or_unpacked(folder, name, content):
    (folder / name).write_bytes(content)
    found, hashes = locate("set", folder.parent, real=True)
    assert hashes == {name: digest(content)}
    assert (found.name, str(found)) == ("set", str(folder))
    assert found / "one.gz" == found / "one" == folder / name
    assert found / "two" == folder / "two"


@pytest.mark.parametrize(
    ("path", "content"),
    [
        ("set/other name", CONTENT),
        ("set/other name.gz", PACKED),
        ("set/one", PACKED),
        ("set/set/one.gz", PACKED),
        ("SET/raw/one", CONTENT),
        ("Data/packed/set/raw/one.gz", PACKED),
        ("Data/dotted.one.gz", gzip.compress(CONTENT, 1, mtime=7)),
        ("one.gz", PACKED),
        ("something", CONTENT),
    ],
)
def test_the_official_content_is_taken_from_elsewhere_with_a_line(folder, capsys, path, content):
    path = folder.parent / path
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    before = sorted(folder.parent.rglob("*"))
    found, hashes = locate("set", folder.parent, real=True)
    assert found / "one.gz" == path and found.name == "set"
    assert hashes == {"one" if content == CONTENT or path.name == "one" else "one.gz": digest(content)}
    err = capsys.readouterr().err
    if path.name != "one" or path.parent != folder:
        assert err.startswith(f"Set: taken from {path.parent}") and path.name in err and err.count("\n") == 1
    assert sorted(folder.parent.rglob("*")) == before


def test_unpacked_content_that_is_still_called_gz_is_taken(folder, capsys):
    (folder / "one.gz").write_bytes(CONTENT)
    found, hashes = locate("set", folder.parent, real=True)
    assert found / "one" == folder / "one.gz" and hashes == {"one": digest(CONTENT)}
    assert "one.gz (unpacked, though its name says gzip)" in capsys.readouterr().err


def test_an_unpacked_file_beside_a_broken_packed_one_is_taken(folder, capsys):
    (folder / "one.gz").write_bytes(PACKED[:-5])
    (folder / "one").write_bytes(CONTENT)
    found, hashes = locate("set", folder.parent, real=True)
    assert found / "one.gz" == folder / "one" and hashes == {"one": digest(CONTENT)}
    assert "one (one.gz beside it is another file)" in capsys.readouterr().err


def test_the_right_place_is_read_once_and_nothing_else_is(folder, monkeypatch, capsys):
    read = []
    true_open = official.open_regular
    monkeypatch.setattr(official, "open_regular", lambda path: read.append(path) or true_open(path))
    (folder / "one.gz").write_bytes(PACKED)
    (folder / "copy").write_bytes(PACKED)
    locate("set", folder.parent, real=True)
    assert read == [folder / "one.gz"] and capsys.readouterr().err == ""


def test_only_files_of_the_right_size_or_name_are_read(folder, monkeypatch):
    read = []
    true_open = official.open_regular
    monkeypatch.setattr(official, "open_regular", lambda path: read.append(path.name) or true_open(path))
    for name, content in (
        ("right size", bytes(len(CONTENT))),
        ("wrong size", CONTENT + b"!"),
        ("dotted.one.gz", PACKED[:9]),
    ):
        (folder.parent / name).write_bytes(content)
    with pytest.raises(ReplayError):
        locate("set", folder.parent, real=True)
    assert set(read) - {"one.gz", "one"} == {"dotted.one.gz", "right size"}  # the first two are not there


@pytest.mark.parametrize("place", ["a/b/c/d/e", ".hidden", "__MACOSX"])
def test_what_lies_too_deep_or_was_left_by_a_system_is_not_found(folder, place):
    (folder.parent / place).mkdir(parents=True)
    (folder.parent / place / "one.gz").write_bytes(PACKED)
    with pytest.raises(ReplayError, match=r"one\.gz: the real data of Set is needed.*up to 4 folders deep: \d+ folder"):
        locate("set", folder.parent, real=True)


def test_a_pipe_in_the_place_of_a_file_does_not_hang(folder):
    os.mkfifo(folder / "one.gz")
    with pytest.raises(ReplayError, match=r"one\.gz: .* \(expected a regular file, found a pipe\)"):
        locate("set", folder.parent, real=True)


def test_built_in_data_is_not_looked_for_elsewhere(folder):
    (folder.parent / "one.gz").write_bytes(PACKED)
    with pytest.raises(ReplayError, match="make builtin-data"):
        locate("set", folder.parent, real=False)


@pytest.mark.parametrize("content", [b"", b"no gzip", PACKED[:-1], gzip.compress(b"other"), PACKED + b"junk"])
def test_another_file_is_refused_as_real_data(folder, content):
    (folder / "one.gz").write_bytes(content)
    with pytest.raises(ReplayError, match=r"one\.gz: not the official file of Set: expected .* http://example\.org/"):
        locate("set", folder.parent, real=True)
    assert locate("set", folder.parent, real=False)


def test_a_missing_file_is_said_with_the_way_to_it(folder):
    with pytest.raises(
        ReplayError,
        match=r"real data of Set is needed here.*make data SET=set.*By hand: put one\.gz from http://example\.org/",
    ):
        locate("set", folder.parent, real=True)
    with pytest.raises(ReplayError, match="make builtin-data"):
        locate("set", folder.parent, real=False)


def wav(samples, further=b""):
    fmt = b"fmt " + struct.pack("<IHHIIHH", 16, 1, 1, 22050, 44100, 2, 16)
    content = b"WAVE" + further + fmt + b"data" + struct.pack("<I", len(samples)) + samples
    return b"RIFF" + struct.pack("<I", len(content)) + content


@pytest.fixture
def music(tmp_path, monkeypatch):
    known = hashlib.sha256(b"four").hexdigest()
    source = {
        "title": "Music",
        "folder": "music",
        "archive": {"name": "music.tar.gz", "addresses": ["http://example.org/music.tar.gz"]},
        "tracks": {"genres": ["jazz"], "each": 2, "samples": {"jazz/jazz.00000.wav": known}},
    }
    monkeypatch.setattr(sources, "read_sources", lambda: {"music": source})
    (tmp_path / "music" / "jazz").mkdir(parents=True)
    return tmp_path / "music"


@pytest.mark.parametrize("header", [b"", b"LIST\4\0\0\0text"])
def test_a_track_is_known_by_its_samples_whatever_its_header(music, header):
    first, second = music / "jazz" / "jazz.00000.wav", music / "jazz" / "jazz.00001.wav"
    first.write_bytes(wav(b"four", header))
    second.write_bytes(b"whatever")
    (music / "jazz" / "._jazz.wav").touch()
    found, hashes = locate("music", music.parent, real=True)
    assert hashes == {f"jazz/{path.name}": digest(path.read_bytes()) for path in (first, second)}
    assert list(found.files.values()) == [first, second] and (found.name, found.path) == ("music", music)


@pytest.mark.parametrize("place", ["Data/music", "music/music", "Data/music_original", "."])
@pytest.mark.parametrize("ending", [".wav", ".WAV"])
def test_tracks_are_taken_from_elsewhere_with_a_line(music, capsys, place, ending):
    folder = music.parent / place / "jazz"
    folder.mkdir(parents=True, exist_ok=True)
    track = folder / f"jazz.00000{ending}"
    track.write_bytes(wav(b"four"))
    found, hashes = locate("music", music.parent, real=True)
    assert found.files == {"jazz/jazz.00000.wav": track} and found.name == "music"
    assert hashes == {"jazz/jazz.00000.wav": digest(track.read_bytes())}
    *passed_over, err = capsys.readouterr().err.splitlines()
    assert err.startswith(f"Music: taken from {folder.parent}, not from {music}.")
    expected = [f"{music.parent}: passed over: music. The listing reads jazz."] if place == "." else []
    assert passed_over == expected


def test_a_known_track_under_another_name_is_taken_by_its_samples(music, capsys):
    track = music / "jazz" / "first.wav"
    track.write_bytes(wav(b"four"))
    (music / "jazz" / "broken.wav").write_bytes(b"RIFF")
    found, _ = locate("music", music.parent, real=True)
    assert found / "jazz/jazz.00000.wav" == track
    assert list(found.files) == ["jazz/broken.wav", "jazz/jazz.00000.wav"]
    assert f"{track}: taken as jazz/jazz.00000.wav" in capsys.readouterr().err


@pytest.mark.parametrize("place", ["music", "Data/genres"])
def test_sun_audio_where_wav_is_wanted_is_named_with_what_converts_it(music, place):
    folder = music.parent / place / "jazz"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "jazz.00000.au").touch()
    with pytest.raises(ReplayError) as caught:
        locate("music", music.parent, real=True)
    assert f"{folder / 'jazz.00000.au'} lies there: it is Sun audio" in str(caught.value)
    assert f'`make data SET=music DATA="{music.parent}"` converts it.' in str(caught.value)


def test_a_stray_file_among_the_tracks_stays_an_error(music):
    (music / "jazz" / "jazz.00000.wav").write_bytes(wav(b"four"))
    (music / "jazz" / "desktop.ini").touch()
    assert len(locate("music", music.parent, real=True)[1]) == 1
    (music / "jazz" / "notes.txt").touch()
    with pytest.raises(ReplayError, match=r"notes\.txt: expected only \.wav files here"):
        locate("music", music.parent, real=True)


def test_other_samples_a_damaged_and_a_missing_track_are_refused(music):
    path = music / "jazz" / "jazz.00000.wav"
    path.write_bytes(wav(b"five"))
    with pytest.raises(ReplayError, match=r"00000\.wav: not the official file of Music: expected samples with SHA-256"):
        locate("music", music.parent, real=True)
    assert locate("music", music.parent, real=False)
    path.write_bytes(b"RIFF")
    with pytest.raises(ReplayError, match=r"00000\.wav: not a WAV file"):
        locate("music", music.parent, real=True)
    path.rename(music / "jazz" / "jazz.00001.wav")
    with pytest.raises(ReplayError, match=r"00000\.wav: the real data of Music is needed here"):
        locate("music", music.parent, real=True)
    with pytest.raises(ReplayError, match="make builtin-data"):
        locate("music", music.parent, real=False)
