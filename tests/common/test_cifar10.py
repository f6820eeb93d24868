"""Test the reader of CIFAR-10: the listing's arrays from small files, every refusal, and the real set's memory."""

import pickle
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from common.cifar10 import load_class_names, load_test_data, load_training_data
from common.errors import ReplayError
from common.paths import ROOT

NAMES = [b"plane", b"car", b"bird", b"cat", b"deer", b"dog", b"frog", b"horse", b"ship", b"truck"]
FILES = [f"data_batch_{i}" for i in range(1, 6)] + ["test_batch"]


def write(path, value):
    path.write_bytes(pickle.dumps(value, protocol=3))


@pytest.fixture
def folder(tmp_path):
    """Make five training files of 4 to 8 random images and a test file of 9."""
    directory = tmp_path / "cifar-10-batches-py"
    directory.mkdir()
    random = np.random.RandomState(0)
    for n, name in enumerate(FILES, 4):
        data = random.randint(0, 256, size=(n, 3072)).astype(np.uint8)
        write(directory / name, {b"data": data, b"labels": random.randint(0, 10, size=n).tolist()})
    write(directory / "batches.meta", {b"label_names": NAMES})
    return directory


def listed(path):
    """Return what the listing's `_load_data` makes of a file, by its own statements."""
    data = pickle.loads(path.read_bytes(), encoding="bytes")
    raw_float = np.array(data[b"data"], dtype=float) / 255.0
    images = raw_float.reshape([-1, 3, 32, 32]).transpose([0, 2, 3, 1])
    return images, np.array(data[b"labels"])


def test_arrays_are_the_listings_as_float32(folder, capsys):
    images, cls, labels = load_training_data(folder)
    expected = [listed(folder / name) for name in FILES[:5]]
    assert images.dtype == labels.dtype == np.float32
    assert images.flags.c_contiguous and images.shape == (30, 32, 32, 3)
    assert (images == np.concatenate([part for part, _ in expected]).astype(np.float32)).all()
    assert (cls == np.concatenate([part for _, part in expected])).all()
    assert (labels == np.eye(10)[cls]).all()
    test_images, test_cls, test_labels = load_test_data(folder)
    expected_images, expected_cls = listed(folder / "test_batch")
    assert (test_images == expected_images.astype(np.float32)).all()
    assert (test_cls == expected_cls).all() and (test_labels == np.eye(10)[test_cls]).all()
    assert load_class_names(folder) == [name.decode() for name in NAMES]
    assert capsys.readouterr().out.splitlines() == [
        f"Loading data: cifar-10-batches-py/{name}" for name in [*FILES, "batches.meta"]
    ]


def test_every_byte_is_rounded_as_the_placeholder_rounds_it(folder):
    every_byte = np.resize(np.arange(256, dtype=np.uint8), (1, 3072))
    write(folder / "test_batch", {b"data": every_byte, b"labels": [0]})
    images, _, _ = load_test_data(folder)
    assert (np.unique(images) == (np.arange(256) / 255.0).astype(np.float32)).all()


GOOD = {b"data": np.zeros((2, 3072), np.uint8), b"labels": [0, 9]}


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (
            {b"data": np.zeros((2, 3071), np.uint8)},
            "bytes of n x 3072; found an array of 2 x 3071",
        ),
        ({b"data": np.zeros(6144, np.uint8)}, "found an array of 6144"),
        ({b"data": np.zeros((2, 32, 96), np.uint8)}, "found an array of 2 x 32 x 96"),
        ({b"data": np.zeros((0, 3072), np.uint8)}, "found an array of 0 x 3072"),
        ({b"data": bytes(6144)}, "found bytes"),
        ({b"data": None}, "found NoneType"),
        ({b"labels": [0]}, "has 2 images, but 1 labels"),
        ({b"labels": [0, 10]}, "expected labels from 0 to 9; found 10 at position 1"),
        ({b"labels": [-1, 0]}, "found -1 at position 0"),
        ({b"labels": [True, 0]}, "found bool at position 0"),
        ({b"labels": [0, [0] * 100]}, "found list at position 1"),
        ({b"labels": np.zeros(2, np.uint8)}, "expected a list of classes under 'labels'; found ndarray"),
        ({b"labels": (0, 1)}, "found tuple"),
    ],
)
def test_a_file_with_other_content_is_refused_by_name(folder, change, words):
    for name, load in (("data_batch_3", load_training_data), ("test_batch", load_test_data)):
        write(folder / name, {**GOOD, **change})
        with pytest.raises(ReplayError, match=rf"{name}: .*{words}") as caught:
            load(folder)
        assert str(caught.value).startswith(str(folder / name))


@pytest.mark.parametrize("value", [[], {}, {b"label": [1, 2]}, b"", 3])
def test_a_pickle_that_is_no_batch_is_refused(folder, value):
    write(folder / "test_batch", value)
    with pytest.raises(ReplayError, match=r"test_batch: expected (a dict, found|images under 'data')"):
        load_test_data(folder)


@pytest.mark.parametrize(
    ("names", "words"),
    [
        (NAMES[:9], "expected 10 class names"),
        ([*NAMES[:9], 3], "expected 10 class names"),
        ([*NAMES[:9], b"\xff"], "a class name is not UTF-8"),
        ([*NAMES[:9], b"cat"], "two classes have the same name: plane, car"),
        (None, "expected 10 class names"),
    ],
)
def test_bad_class_names_are_refused(folder, names, words):
    write(folder / "batches.meta", {b"label_names": names})
    with pytest.raises(ReplayError, match=rf"batches\.meta: {words}"):
        load_class_names(folder)


def test_missing_and_hostile_files_are_named(folder):
    (folder / "data_batch_4").unlink()
    with pytest.raises(ReplayError, match="data_batch_4: cannot be read: No such file"):
        load_training_data(folder)
    (folder / "data_batch_2").write_bytes(b"cos\nsystem\n(U\2idtR.")
    with pytest.raises(ReplayError, match=r"data_batch_2: refused at byte 0: it names os\.system"):
        load_training_data(folder)


@pytest.mark.real_data
def test_real_data_is_what_the_book_describes(real_data):
    """Hold claim D13, and the values of the listing's own statements."""
    folder = real_data / "cifar-10-batches-py"
    assert load_class_names(folder)[:2] == ["airplane", "automobile"]
    images, cls, _ = load_training_data(folder)
    test_images, test_cls, _ = load_test_data(folder)
    assert images.shape == (50000, 32, 32, 3) and test_images.shape == (10000, 32, 32, 3)
    assert (np.bincount(cls) + np.bincount(test_cls)).tolist() == [6000] * 10
    expected, expected_cls = listed(folder / "data_batch_2")
    assert (images[10000:20000] == expected.astype(np.float32)).all()
    assert (cls[10000:20000] == expected_cls).all()


@pytest.mark.real_data
@pytest.mark.skipif(not Path("/proc/self/status").is_file(), reason="needs Linux, which notes a process's peak memory")
def test_the_whole_real_set_is_read_within_its_memory(real_data):
    """Hold no more than 1.2 GB at any time while all six files are read."""
    program = (
        "import pathlib, sys\nfrom common.cifar10 import load_test_data, load_training_data\n"
        "folder = pathlib.Path(sys.argv[1])\n"
        "training, test = load_training_data(folder), load_test_data(folder)\n"
        "print(open('/proc/self/status').read())"
    )
    command = [sys.executable, "-c", program, str(real_data / "cifar-10-batches-py")]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    peak = re.search(r"^VmHWM:\s+(\d+) kB$", done.stdout, re.M)[1]  # getrusage would count the parent's peak too
    assert int(peak) * 1024 < 1.2e9
