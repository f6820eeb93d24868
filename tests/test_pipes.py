"""A pipe, a device and a socket in place of a file: each reader refuses them by name, and none waits for ever."""

import os
import signal
import socket
from pathlib import Path

import pytest

from common import cifar10, mfcc, mnist, ptb
from common.errors import ReplayError
from common.files import open_regular, read_regular
from common.formats.pickles import read_pickle
from common.formats.wav import read_wav
from common.judging.chapter import Chapter
from common.judging.replayed import Replayed
from common.judging.result import read_result
from common.paths import result_folder
from common.reporting.page import gather_chapter
from common.reporting.pictures import read_pictures
from common.running import checkpoints
from common.running.run_folder import for_one_run
from common.running.sources import locate
from common.tf1 import tf
from data import au, fetch
from data.archive import regular_members
from data.download import fetch_file
from tests.support.books import book

pytestmark = pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
SECONDS = 20


@pytest.fixture(autouse=True)
def alarm():
    """A test that waits at a pipe fails after some seconds."""

    def late(*_):
        raise AssertionError(f"it still waits after {SECONDS} s")

    before = signal.signal(signal.SIGALRM, late)
    signal.alarm(SECONDS)
    yield
    signal.alarm(0)
    signal.signal(signal.SIGALRM, before)


def make_pipe(path):
    os.mkfifo(path)


def make_device(path):
    path.symlink_to("/dev/zero")


def make_socket(path):
    here = Path.cwd()
    os.chdir(path.parent)  # the name of a socket may have 100 bytes only
    try:
        with socket.socket(socket.AF_UNIX) as made:
            made.bind(path.name)
    finally:
        os.chdir(here)


KINDS = {"a pipe": make_pipe, "a device": make_device, "a socket": make_socket}
kinds = pytest.mark.parametrize(("found", "make"), KINDS.items(), ids=KINDS)


@kinds
def test_only_a_regular_file_is_opened(tmp_path, found, make):
    make(tmp_path / "x")
    with pytest.raises(OSError, match=f"expected a regular file, found {found}") as error:
        open_regular(tmp_path / "x")
    assert error.value.filename == str(tmp_path / "x")
    with pytest.raises(IsADirectoryError):
        open_regular(str(tmp_path))
    with pytest.raises(FileNotFoundError):
        open_regular(tmp_path / "absent")


def test_a_link_to_a_regular_file_is_read(tmp_path):
    (tmp_path / "x").write_bytes(b"abc")
    (tmp_path / "link").symlink_to(tmp_path / "x")
    assert read_regular(tmp_path / "link") == b"abc"
    with pytest.raises(OSError, match="expected at most 2 bytes, found 3"):
        read_regular(tmp_path / "link", at_most=2)


BOUND = "[profiles.builtin.thresholds.score]\nat_least = 0.5\nvalues = [1, 1]"

# A reader's file, and the call that reads it.
READERS = {
    "IDX": ("train-images-idx3-ubyte.gz", lambda path: mnist.read_data_sets(path.parent)),
    "unpacked IDX": ("train-images-idx3-ubyte", lambda path: mnist.read_data_sets(path.parent)),
    "pickle": ("data_batch_1", read_pickle),
    "CIFAR-10": ("batches.meta", lambda path: cifar10.load_class_names(path.parent)),
    "text": ("ptb.train.txt", ptb.read_words),
    "sound": ("pop.00000.wav", read_wav),
    "features": ("pop.00000.wav", lambda path: mfcc.features_of_file(path, path.parent)),
    "Sun audio": ("pop.00000.au", lambda path: au.convert(path, path.with_suffix(".wav"))),
    "archive": ("genres.tar.gz", lambda path: regular_members(path, None)),
    "book.toml": ("book.toml", Chapter),
}


@kinds
@pytest.mark.parametrize("reader", READERS)
def test_a_reader_names_it(tmp_path, reader, found, make):
    name, read = READERS[reader]
    make(tmp_path / name)
    with pytest.raises((ReplayError, OSError)) as error:
        read(tmp_path / name)
    assert name in str(error.value) and f"found {found}" in str(error.value)


@kinds
@pytest.mark.parametrize("name", ["mnist/train-images-idx3-ubyte.gz", "mnist/t10k-labels-idx1-ubyte.gz"])
def test_real_data_that_is_one_is_named(tmp_path, builtin_digits, found, make, name):
    (tmp_path / "mnist").mkdir()
    for path in builtin_digits.glob("*.gz"):
        (tmp_path / "mnist" / path.name).write_bytes(path.read_bytes())
    (tmp_path / name).unlink()
    make(tmp_path / name)
    with pytest.raises(ReplayError, match="found "):
        locate("mnist", tmp_path, real=True)
    with pytest.raises(ReplayError):
        locate("mnist", tmp_path, real=False)


@kinds
def test_a_track_that_is_one_counts_as_missing(tmp_path, monkeypatch, found, make):
    monkeypatch.setattr(fetch, "fetch_file", lambda *_, **__: pytest.fail("as it should"))
    (tmp_path / "genres" / "pop").mkdir(parents=True)
    make(tmp_path / "genres" / "pop" / "pop.00000.wav")
    with pytest.raises(pytest.fail.Exception, match="as it should"):
        fetch.fetch("gtzan", tmp_path)


@kinds
def test_a_part_of_a_download_that_is_one_is_named(tmp_path, found, make):
    make(tmp_path / "a.part")
    with pytest.raises(ReplayError, match=r"a\.part: expected the first part of a download"):
        fetch_file(tmp_path / "a", ["http://127.0.0.1:9/a"])


@kinds
@pytest.mark.parametrize("name", ["result.json", "output.txt", "figures/a.png"])
def test_a_part_of_a_result_that_is_one_is_shown_as_missing(tmp_path, found, make, name):
    (tmp_path / "book.toml").write_text(book('id = "X1", metric = "score", value = 1', profiles=BOUND))
    chapter = Chapter(tmp_path / "book.toml")
    folder = result_folder("builtin", "ch00", tmp_path)
    (folder / "figures").mkdir(parents=True)
    (folder / "result.json").write_text('{"metrics": {"score": 1}}')
    (folder / name).unlink(missing_ok=True)
    make(folder / name)
    result, complaints = read_result(chapter, "builtin", folder / "result.json")
    assert bool(result) == (name != "result.json")
    assert result or f"found {found}" in complaints[0]
    assert Replayed(chapter, "builtin", tmp_path).lines == []
    assert all(picture["content"] is None for picture in read_pictures(chapter, folder / "figures"))
    assert gather_chapter(chapter, "builtin", tmp_path, [])["output"] is None


@kinds
def test_a_folder_with_one_is_not_a_run_s(tmp_path, found, make):
    (tmp_path / "out").mkdir()
    make(tmp_path / "out" / "result.json")
    with pytest.raises(ReplayError, match=r"found result\.json"), for_one_run(tmp_path / "out", "ch00"):
        pass


@kinds
def test_a_checkpoint_that_is_one_is_named(tmp_path, found, make):
    make(tmp_path / "model.index")
    with tf.Graph().as_default(), tf.Session() as sess:
        tf.get_variable("v", [2])
        with pytest.raises(ReplayError, match=f"found {found}"):
            checkpoints.restore(sess, tmp_path)
