"""The official files are told from others, packed or unpacked."""

import gzip
import hashlib
import struct

import pytest

from common.errors import ReplayError
from common.running import sources
from common.running.sources import locate

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
    assert locate("set", folder.parent, real=True) == (folder, {name: hashlib.sha256(content).hexdigest()})


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
    assert locate("music", music.parent, real=True) == (
        music,
        {f"jazz/{path.name}": hashlib.sha256(path.read_bytes()).hexdigest() for path in (first, second)},
    )


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
