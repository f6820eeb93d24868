"""The wrong file is named for what it is, with the right one to get. Every input is made here."""

import gzip
import io
import tomllib

import numpy as np
import pytest

from common.errors import ReplayError
from common.files import sha256
from common.paths import ROOT
from common.running import sources
from common.running.sources import locate

FACTS = tomllib.loads((ROOT / "data" / "sources.toml").read_text(encoding="utf-8"))
TEXT = b"one two\nthree <unk>\n" * 50


@pytest.fixture
def refused(tmp_path, monkeypatch):
    """Return a function that writes files and returns the message with which the real data set is refused."""
    monkeypatch.setattr(sources, "read_sources", lambda: FACTS)

    def message(name, files):
        for path, content in files.items():
            (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / path).write_bytes(content)
        with pytest.raises(ReplayError) as caught:
            locate(name, tmp_path, real=True)
        assert f'make data SET={name} DATA="{tmp_path}"' in str(caught.value)
        return str(caught.value)

    return message


def npz():
    stream = io.BytesIO()
    np.savez(stream, x_train=np.zeros(3, np.uint8))
    return stream.getvalue()


IMAGES = "mnist/train-images-idx3-ubyte.gz"


@pytest.mark.parametrize(
    ("name", "path", "content", "words"),
    [
        (
            "mnist",
            "mnist.npz",
            b"",
            "mnist.npz: it is MNIST packed in another way, for another program. The",
        ),
        ("mnist", IMAGES, npz(), "It is mnist.npz, numpy arrays for another program. The book reads the four IDX"),
        (
            "mnist",
            IMAGES,
            b"\n<!DOCTYPE html><html>",
            "It is a web page, not the file: the address answered with",
        ),
        ("mnist", "MNIST/raw/train-images-idx3-ubyte.gz", b"<html>", "train-images-idx3-ubyte.gz: it is a web page"),
        ("mnist", IMAGES, b"", "It is empty. Remove it and fetch it again."),
        ("mnist", IMAGES, b"version https://git-lfs.github.com/spec/v1\n", "It is a pointer of Git LFS"),
        ("mnist", IMAGES, gzip.compress(bytes(999))[:-9], "It is a part of a gzip file: the download broke off."),
        ("mnist", IMAGES, gzip.compress(bytes(999))[:-8] + bytes(8), "It is a damaged gzip file."),
        ("mnist", "FashionMNIST/raw/x", b"", "FashionMNIST: it is another set in MNIST's format (Fashion-MNIST"),
        ("mnist", "mnist/t10k-labels-idx1-ubyte.gz", bytes(5148), "it is another set in MNIST's format (Fashion"),
        ("mnist", IMAGES + ".crdownload", b"", "it is a download that is not finished"),
        ("cifar10", "cifar-10-batches-bin/data_batch_1.bin", b"", "cifar-10-batches-bin: it is CIFAR-10's binary"),
        ("cifar10", "data_batch_1.bin", b"", "it is CIFAR-10's binary version, for programs in C. The book reads"),
        ("cifar10", "cifar-10-batches-mat/data_batch_1.mat", b"", "it is CIFAR-10's version for Matlab"),
        ("cifar10", "cifar-100-python/train", b"", "cifar-100-python: it is CIFAR-100, another set of a hundred"),
        ("cifar10", "cifar-10-batches-py/data_batch_1", b"...fine_labels...", "It is a file of CIFAR-100."),
        (
            "cifar10",
            "down/cifar-10-python.tar.gz",
            b"",
            "it is the archive of the set: `make data` with SET=",
        ),
        ("ptb", "simple-examples/data/ptb.char.train.txt", b"", "it is Penn Treebank letter by letter. The book reads"),
        ("ptb", "wiki.train.tokens", b"", "it is WikiText, another text"),
        ("gtzan", "features_30_sec.csv", b"", "it is numbers and pictures that somebody made from GTZAN"),
    ],
)
def test_the_wrong_thing_is_named_for_what_it_is(refused, name, path, content, words):
    message = refused(name, {path: content})
    assert words in message and message.count(words[-20:]) == 1


def test_a_file_of_the_binary_version_under_an_official_name_is_known_by_its_size(refused, tmp_path):
    path = tmp_path / "cifar-10-batches-py" / "data_batch_1"
    path.parent.mkdir()
    with path.open("wb") as stream:
        stream.truncate(30_730_000)
    assert "found 30730000 bytes. It is CIFAR-10's binary version" in refused("cifar10", {})


@pytest.mark.parametrize("path", ["set/text.txt", "elsewhere/text.txt", "elsewhere/train.txt"])
def test_a_text_with_windows_line_ends_is_named_with_the_remedy(tmp_path, monkeypatch, path):
    file = {"name": "text.txt", "bytes": len(TEXT), "sha256": sha256(TEXT), "also": ["train.txt"]}
    source = {"title": "Text", "folder": "set", "addresses": ["http://example.org/"], "files": [file]}
    monkeypatch.setattr(sources, "read_sources", lambda: {"text": source})
    (tmp_path / path).parent.mkdir()
    (tmp_path / path).write_bytes(TEXT.replace(b"\n", b"\r\n"))
    with pytest.raises(ReplayError, match=r"t is the official text with Windows line ends \(CR LF\).*dos2unix"):
        locate("text", tmp_path, real=True)
    (tmp_path / path).write_bytes(TEXT.replace(b"\n", b"\r\n").replace(b"two", b"2"))
    with pytest.raises(ReplayError) as caught:
        locate("text", tmp_path, real=True)
    assert "Windows" not in str(caught.value)


def test_a_thing_is_named_once_and_at_most_three_are(refused):
    files = {f"cifar-10-batches-bin/data_batch_{i}.bin": b"" for i in range(1, 6)}
    message = refused("cifar10", {**files, "train.7z": b"", "cifar-100-python/train": b"", "data_batch_1.mat": b""})
    assert message.count("it is CIFAR-10's binary version") == 1
    assert message.count(": it is ") == 3
