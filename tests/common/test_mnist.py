"""Test MNIST's splits and the IDX reader: every dtype and rank, every refusal, and a thousand mutated files."""

import gzip
import math
import os
import struct
import tracemalloc

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from common import mnist
from common.errors import ReplayError
from common.mnist import IdxError, find_file, read_data_sets, read_idx, read_images, read_labels
from data.builtin import encode_idx

CODES = {0x08: "u1", 0x09: "i1", 0x0B: "i2", 0x0C: "i4", 0x0D: "f4", 0x0E: "f8"}
LABELS = encode_idx(np.array([3, 1, 4], np.uint8))
PACKED = gzip.compress(LABELS, mtime=0)
HUGE = b"\0\0\x0e\3" + b"\xff" * 12  # the header of a float64 array of three dimensions of 2**32 - 1
PACKED_HUGE = gzip.compress(HUGE, mtime=0)
HUGE_TRUNCATED = f"truncated: expected {8 * (2**32 - 1) ** 3} bytes of float64 {[2**32 - 1] * 3}, found"


def idx(array, code):
    header = bytes([0, 0, code, array.ndim]) + struct.pack(f">{array.ndim}I", *array.shape)
    return header + array.astype(f">{CODES[code]}").tobytes()


@pytest.mark.parametrize("code", CODES)
@pytest.mark.parametrize("shape", [(), (5,), (2, 3), (2, 0, 3), (1, 2, 3, 2, 1)])
@pytest.mark.parametrize("name", ["plain", "packed.gz"])
def test_every_dtype_and_rank_is_read_in_the_machines_byte_order(tmp_path, code, shape, name):
    array = np.arange(math.prod(shape)).reshape(shape).astype(CODES[code])
    content = idx(array, code)
    path = tmp_path / name
    path.write_bytes(gzip.compress(content) if name.endswith(".gz") else content)
    read = read_idx(path)
    assert read.dtype == np.dtype(CODES[code]) and read.dtype.isnative
    assert read.shape == shape
    assert (read == array).all()


def refusal(tmp_path, content, name="file", reader=read_idx):
    """Return what `reader` says of a file with the bytes `content`, without the file's path."""
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(IdxError) as caught:
        reader(path)
    message = str(caught.value)
    assert message.startswith(f"{path}: ")
    return message.removeprefix(f"{path}: ")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "truncated: expected a magic number of 4 bytes, found 0"),
        (b"\1\2\x08\1" + LABELS[4:], "wrong magic number: expected 00 00 at the start, found 01 02 08 01"),
        (b"\0\0\x0a\1" + LABELS[4:], "unknown dtype code 0a: expected one of 08, 09, 0b, 0c, 0d, 0e"),
        (b"\0\0\x08\xff" + bytes(1020), "rank 255: expected at most 64"),
        (LABELS[:6], "truncated: expected 1 dimensions of 4 bytes, found 2 bytes"),
        (LABELS[:-1], "truncated: expected 3 bytes of uint8 [3], found 2"),
        (LABELS + b"!", "trailing bytes: expected 3 bytes of uint8 [3], found 4"),
        (HUGE, f"{HUGE_TRUNCATED} 0."),
        (b"\0\0\x08\3" + b"\xff" * 8 + bytes(4), "a shape of (4294967295, 4294967295, 0) cannot be held in memory"),
    ],
)
def test_a_plain_file_that_is_no_idx_is_refused(tmp_path, content, words):
    assert refusal(tmp_path, content).startswith(words)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"<html>", "not gzip: expected the first bytes 1f 8b, found 3c 68"),
        (b"", "not gzip: expected the first bytes 1f 8b, found nothing"),
        (PACKED[:-9], "truncated: the gzip data ends"),
        (gzip.compress(LABELS[:-1]), "truncated: expected 3 bytes of uint8 [3], found 2"),
        (gzip.compress(LABELS + b"!"), "trailing bytes: expected 3 bytes of uint8 [3], found more"),
        (PACKED + b"junk", "damaged gzip data or trailing bytes"),
        (PACKED[:10] + b"\x07" + PACKED[11:], "damaged gzip data or trailing bytes (Error -3"),  # no such kind of block
        (PACKED[:-8] + bytes(4) + PACKED[-4:], "damaged gzip data or trailing bytes (CRC check failed"),
        (
            PACKED_HUGE,
            f"{HUGE_TRUNCATED} at most {len(PACKED_HUGE) * mnist.MAX_GZIP_RATIO - len(HUGE)} in a file of this size.",
        ),
    ],
)
def test_a_gzip_file_that_is_no_idx_is_refused(tmp_path, content, words):
    assert refusal(tmp_path, content, "file.gz").startswith(words)


def test_the_first_bytes_tell_what_is_packed_whatever_the_name(tmp_path):
    for name, content in (("plain.gz", LABELS), ("packed", PACKED)):
        (tmp_path / name).write_bytes(content)
        assert read_idx(tmp_path / name).tolist() == [3, 1, 4]


def test_a_missing_file_and_a_folder_cannot_be_read(tmp_path):
    with pytest.raises(IdxError, match=r"nowhere: cannot be read: No such file .* data/README\.md tells how"):
        read_idx(tmp_path / "nowhere")
    with pytest.raises(IdxError, match=f"^{tmp_path}: cannot be read"):
        read_idx(tmp_path)


def test_a_label_above_nine_is_refused(tmp_path):
    message = refusal(tmp_path, encode_idx(np.array([3, 10], np.uint8)), reader=read_labels)
    assert message.startswith("expected labels from 0 to 9; found 10 at position 1.")


def test_labels_are_no_images_and_the_reverse(tmp_path):
    images, narrow = (encode_idx(np.zeros((1, 28, width), np.uint8)) for width in (28, 27))
    signed = idx(np.array([3, 1, 4]), 0x09)
    for content, reader, words in (
        (LABELS, read_images, "expected images, uint8 [n, 28, 28]; found uint8 [3]."),
        (narrow, read_images, "expected images, uint8 [n, 28, 28]; found uint8 [1, 28, 27]."),
        (images, read_labels, "expected labels, uint8 [n]; found uint8 [1, 28, 28]."),
        (signed, read_labels, "expected labels, uint8 [n]; found int8 [3]."),
    ):
        assert refusal(tmp_path, content, reader=reader).startswith(words)


def oracle(content):
    """Return what an IDX file of these bytes holds, or None when it is not one."""
    if len(content) < 4 or content[:2] != b"\0\0" or content[2] not in CODES or content[3] > 64:
        return None
    rank, dtype = content[3], np.dtype(f">{CODES[content[2]]}")
    if len(content) < 4 + 4 * rank:
        return None
    shape = struct.unpack(f">{rank}I", content[4 : 4 + 4 * rank])
    data = content[4 + 4 * rank :]
    if len(data) != math.prod(shape) * dtype.itemsize:
        return None
    try:
        return np.frombuffer(data, dtype).reshape(shape)
    except ValueError:
        return None


@st.composite
def mutated(draw):
    code = draw(st.sampled_from(sorted(CODES)))
    shape = tuple(draw(st.lists(st.integers(0, 4), max_size=4)))
    content = idx(np.arange(math.prod(shape)).reshape(shape), code)
    pack = draw(st.booleans())
    if pack and draw(st.booleans()):  # mutate what is packed, then pack it well
        content = damage(draw, content)
        return gzip.compress(content, mtime=0), True
    return damage(draw, gzip.compress(content, mtime=0) if pack else content), pack


def damage(draw, content):
    content = bytearray(content)
    for _ in range(draw(st.integers(0, 3))):
        position = draw(st.integers(0, len(content)))
        kind = draw(st.sampled_from(["flip", "cut", "insert", "remove", "header"]))
        if kind == "flip" and position < len(content):
            content[position] ^= 1 << draw(st.integers(0, 7))
        elif kind == "cut":
            del content[position:]
        elif kind == "insert":
            content[position:position] = draw(st.binary(min_size=1, max_size=6))
        elif kind == "remove":
            del content[position : position + draw(st.integers(1, 4))]
        elif kind == "header" and len(content) >= 8:
            where = draw(st.integers(2, 7))
            content[where] = draw(st.integers(0, 255))
    return bytes(content)


@settings(max_examples=1000, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(mutated())
def test_mutated_files_are_read_right_or_refused_by_name(tmp_path, case):
    content, packed = case
    path = tmp_path / ("mutated.gz" if packed else "mutated")
    path.write_bytes(content)
    if packed:
        try:
            content = gzip.decompress(content) if content[:2] == b"\x1f\x8b" else content
        except Exception:
            content = b""  # damaged gzip, whatever it raises, is not an IDX file
    expected = oracle(content)
    try:
        read = read_idx(path)
    except IdxError as error:
        assert str(error).startswith(f"{path}: ")
        assert expected is None
    else:
        assert expected is not None
        assert read.shape == expected.shape
        np.testing.assert_array_equal(read, expected)


def write_set(folder):
    """Write 30 training and 10 test examples of noise into `folder` as the four IDX files, gzip."""
    random = np.random.RandomState(0)
    for name, array in (
        (mnist.TRAIN_IMAGES, random.randint(0, 256, size=(30, 28, 28))),
        (mnist.TRAIN_LABELS, random.randint(0, 10, size=30)),
        (mnist.TEST_IMAGES, random.randint(0, 256, size=(10, 28, 28))),
        (mnist.TEST_LABELS, random.randint(0, 10, size=10)),
    ):
        (folder / f"{name}.gz").write_bytes(gzip.compress(encode_idx(array.astype(np.uint8))))


def test_the_first_training_examples_validate_and_pixels_are_scaled(tmp_path):
    write_set(tmp_path)
    sets = read_data_sets(tmp_path, one_hot=True, validation_size=5)
    images = read_images(tmp_path / f"{mnist.TRAIN_IMAGES}.gz").reshape(30, 784)
    labels = read_labels(tmp_path / f"{mnist.TRAIN_LABELS}.gz")
    assert [s.num_examples for s in (sets.train, sets.validation, sets.test)] == [25, 5, 10]
    for part, its_images, its_labels in (
        (sets.validation, images[:5], labels[:5]),
        (sets.train, images[5:], labels[5:]),
    ):
        assert part.images.dtype == np.float32 and part.labels.dtype == np.float64
        np.testing.assert_allclose(part.images, its_images / 255, rtol=1e-6)
        np.testing.assert_array_equal(part.labels, np.eye(10)[its_labels])
    assert (sets.train.images.min(), sets.train.images.max()) == (0, 1)


def test_each_file_is_announced_as_in_the_book(tmp_path, capsys):
    write_set(tmp_path)
    read_data_sets(tmp_path, validation_size=5)
    assert capsys.readouterr().out.splitlines() == [
        "Extracting MNIST_data/train-images-idx3-ubyte.gz",
        "Extracting MNIST_data/train-labels-idx1-ubyte.gz",
        "Extracting MNIST_data/t10k-images-idx3-ubyte.gz",
        "Extracting MNIST_data/t10k-labels-idx1-ubyte.gz",
    ]


def test_unpacked_files_serve_as_well_and_packed_ones_come_first(tmp_path):
    write_set(tmp_path)
    packed = read_data_sets(tmp_path, validation_size=0)
    for path in tmp_path.glob("*.gz"):
        path.with_suffix("").write_bytes(gzip.decompress(path.read_bytes()))
    assert find_file(tmp_path, mnist.TEST_LABELS).name == "t10k-labels-idx1-ubyte.gz"
    for path in tmp_path.glob("*.gz"):
        path.unlink()
    assert find_file(tmp_path, mnist.TEST_LABELS).name == "t10k-labels-idx1-ubyte"
    plain = read_data_sets(tmp_path, validation_size=0)
    for one, other in ((packed.train, plain.train), (packed.test, plain.test)):
        np.testing.assert_array_equal(one.images, other.images)
        np.testing.assert_array_equal(one.labels, other.labels)


def test_labels_that_are_not_one_hot_are_the_files_numbers(tmp_path):
    write_set(tmp_path)
    labels = read_data_sets(tmp_path, validation_size=0).test.labels
    assert labels.dtype == np.uint8
    np.testing.assert_array_equal(labels, read_labels(tmp_path / f"{mnist.TEST_LABELS}.gz"))


@pytest.mark.parametrize("part", ["train", "t10k"])
def test_counts_of_images_and_labels_that_differ_are_refused(tmp_path, part):
    write_set(tmp_path)
    (tmp_path / f"{part}-labels-idx1-ubyte.gz").write_bytes(gzip.compress(LABELS))
    count = {"train": 30, "t10k": 10}[part]
    words = f"^{tmp_path}: {part}-images-idx3-ubyte has {count} images, but {part}-labels-idx1-ubyte has 3 labels"
    with pytest.raises(ReplayError, match=words):
        read_data_sets(tmp_path, validation_size=0)


@pytest.mark.parametrize("size", [-1, 30, 5000])
def test_a_validation_set_that_leaves_nothing_is_refused(tmp_path, size):
    write_set(tmp_path)
    with pytest.raises(ReplayError, match=f"validation set of {size} cannot be split off 30 .* expected 0 to 29"):
        read_data_sets(tmp_path, validation_size=size)


@pytest.mark.parametrize("name", mnist.FILES)
def test_a_missing_file_is_refused_by_name(tmp_path, name):
    write_set(tmp_path)
    (tmp_path / f"{name}.gz").unlink()
    with pytest.raises(ReplayError, match=f"{name}.gz: missing, and so is {name} beside it. data/README.md tells how"):
        read_data_sets(tmp_path)


@pytest.mark.real_data
def test_real_data_is_what_the_book_describes(real_data):
    """Hold claims D01 to D09."""
    sets = read_data_sets(real_data / "mnist", one_hot=True)
    assert sets.train.images.shape == (55000, 784)
    assert sets.train.labels.shape == (55000, 10)
    assert sets.test.num_examples == 10000
    assert (sets.train.images.min(), sets.train.images.max()) == (0, 1)
    sizes = {path.name: path.stat().st_size for path in (real_data / "mnist").glob("*.gz")}
    assert sizes == {
        "train-images-idx3-ubyte.gz": 9912422,
        "train-labels-idx1-ubyte.gz": 28881,
        "t10k-images-idx3-ubyte.gz": 1648877,
        "t10k-labels-idx1-ubyte.gz": 4542,
    }


@pytest.mark.parametrize("name", ["a.gz", "a"])
def test_a_file_that_unpacks_to_hundreds_of_megabytes_is_refused_by_its_header(tmp_path, name):
    content = b"\0\0\x08\x01" + struct.pack(">I", 300_000_000)
    if name == "a.gz":
        (tmp_path / name).write_bytes(gzip.compress(content) + 30 * gzip.compress(bytes(10_000_000)))
    else:
        (tmp_path / name).write_bytes(content)
        os.truncate(tmp_path / name, len(content) + 300_000_000)
    tracemalloc.start()
    try:
        with pytest.raises(mnist.IdxError, match=r"at most 134,217,728 bytes of data, .* found 300,000,000"):
            mnist.read_idx(tmp_path / name)
        assert tracemalloc.get_traced_memory()[1] < 10_000_000
    finally:
        tracemalloc.stop()
