"""Telling the real files from others, packed or unpacked."""

import gzip
import hashlib

import pytest

from common import sources
from common.errors import ReplayError
from common.sources import locate

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
def test_official_content(folder, name, content):
    (folder / name).write_bytes(content)
    assert locate("set", folder.parent, real=True) == (folder, {name: hashlib.sha256(content).hexdigest()})


@pytest.mark.parametrize("content", [b"", b"no gzip", PACKED[:-1], gzip.compress(b"other"), PACKED + b"junk"])
def test_other_content(folder, content):
    (folder / "one.gz").write_bytes(content)
    with pytest.raises(ReplayError, match=r"one\.gz: not the official file of Set: expected .* http://example\.org/"):
        locate("set", folder.parent, real=True)
    assert locate("set", folder.parent, real=False)


def test_missing(folder):
    with pytest.raises(
        ReplayError,
        match=r"real data of Set is needed here.*make data SET=set.*By hand: put one\.gz from http://example\.org/",
    ):
        locate("set", folder.parent, real=True)
    with pytest.raises(ReplayError, match="make builtin-data"):
        locate("set", folder.parent, real=False)
