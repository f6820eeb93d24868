"""Files are written whole or not at all."""

import gzip
import hashlib
import os
from pathlib import Path

import pytest

from common.files import gunzip, sha256, with_home, write_atomically


@pytest.mark.parametrize("content", ["반\n", b"\x00\r\n"])
def test_a_file_is_written_whole_and_for_everybody(tmp_path, content):
    path = tmp_path / "new" / "file"
    write_atomically(path, content)
    assert path.read_bytes() == (content if isinstance(content, bytes) else "반\n".encode())
    assert path.stat().st_mode & 0o777 == 0o644
    assert list(path.parent.iterdir()) == [path]


def test_a_write_that_fails_leaves_the_earlier_file_alone(tmp_path, monkeypatch):
    path = tmp_path / "file"
    write_atomically(path, "earlier")

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(OSError, match="No space left"):
        write_atomically(path, "later")
    assert path.read_text() == "earlier"
    assert list(tmp_path.iterdir()) == [path]


def test_a_home_is_written_out_and_the_rest_stays(monkeypatch):
    monkeypatch.setenv("HOME", f"{os.sep}home of one")
    assert with_home("~/data") == f"{os.sep}home of one/data"
    for path in ("data/~", "~nosuchuser/data", "/data"):
        assert with_home(path) == path


def test_sha256_is_that_of_the_standard_library():
    assert sha256(b"abc") == hashlib.sha256(b"abc").hexdigest()


def test_what_a_gzip_file_unpacks_to_is_bounded():
    packed = gzip.compress(b"abc") + gzip.compress(b"def")
    assert gunzip(packed, at_most=6) == b"abcdef"
    with pytest.raises(ValueError, match="expected at most 5 bytes unpacked"):
        gunzip(packed, at_most=5)
    with pytest.raises(EOFError):
        gunzip(packed[:-3])
    bomb = gzip.compress(bytes(10_000_000)) * 50
    with pytest.raises(ValueError, match="expected at most 268,435,456 bytes unpacked"):
        gunzip(bomb)
