"""The IDX reader: every dtype and rank, every documented refusal, and hundreds of mutated files."""

import gzip
import math
import struct

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from common import mnist
from common.errors import ReplayError
from common.mnist import IdxError, read_data_sets, read_idx, read_images, read_labels
from data.builtin import encode_idx

CODES = {0x08: "u1", 0x09: "i1", 0x0B: "i2", 0x0C: "i4", 0x0D: "f4", 0x0E: "f8"}
LABELS = encode_idx(np.array([3, 1, 4], np.uint8))


def idx(array, code):
    header = bytes([0, 0, code, array.ndim]) + struct.pack(f">{array.ndim}I", *array.shape)
    return header + array.astype(f">{CODES[code]}").tobytes()


@pytest.mark.parametrize("code", CODES)
@pytest.mark.parametrize("shape", [(), (5,), (2, 3), (2, 0, 3), (1, 2, 3, 2, 1)])
@pytest.mark.parametrize("name", ["plain", "packed.gz"])
def test_every_dtype_and_rank(tmp_path, code, shape, name):
    array = np.arange(math.prod(shape)).reshape(shape).astype(CODES[code])
    content = idx(array, code)
    path = tmp_path / name
    path.write_bytes(gzip.compress(content) if name.endswith(".gz") else content)
    read = read_idx(path)
    assert read.dtype == np.dtype(CODES[code]) and read.dtype.isnative
    assert read.shape == shape
    assert (read == array).all()


def refusal(tmp_path, content, name="file", reader=read_idx):
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(IdxError) as caught:
        reader(path)
    message = str(caught.value)
    assert message.startswith(f"{path}: ")
    return message


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "truncated: expected a magic number of 4 bytes, found 0"),
        (b"\1\2\x08\1" + LABELS[4:], "wrong magic number: expected 00 00 at the start, found 01 02 08 01"),
        (gzip.compress(LABELS), "looks like gzip"),
        (b"\0\0\x0a\1" + LABELS[4:], "unknown dtype code 0a: expected one of 08, 09, 0b, 0c, 0d, 0e"),
        (b"\0\0\x08\xff" + bytes(1020), "rank 255: expected at most 64"),
        (LABELS[:6], "truncated: expected 1 dimensions of 4 bytes, found 2 bytes"),
        (LABELS[:-1], "truncated: 3 of 1 byte(s) is 3 bytes, found 2"),
        (LABELS + b"!", "trailing bytes: 3 of 1 byte(s) is 3 bytes, found 4"),
        (b"\0\0\x0e\3" + b"\xff" * 12, "truncated"),
    ],
)
def test_refusals_of_plain_files(tmp_path, content, words):
    assert words in refusal(tmp_path, content)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (LABELS, "not gzip: expected the first bytes 1f 8b, found 00 00"),
        (b"", "not gzip: expected the first bytes 1f 8b, found nothing"),
        (gzip.compress(LABELS)[:-9], "truncated: the gzip data ends"),
        (gzip.compress(LABELS[:-1]), "truncated: 3 of 1 byte(s) is 3 bytes, found 2"),
        (gzip.compress(LABELS + b"!"), "trailing bytes: 3 of 1 byte(s) is 3 bytes, found more"),
        (gzip.compress(LABELS) + b"junk", "trailing bytes"),
        (gzip.compress(LABELS)[:12] + b"\xff\xff\xff" + gzip.compress(LABELS)[15:], "gzip"),
        (gzip.compress(b"\0\0\x0e\3" + b"\xff" * 12), "truncated"),
    ],
)
def test_refusals_of_gzip_files(tmp_path, content, words):
    assert words in refusal(tmp_path, content, "file.gz")


def test_missing_file_and_folder(tmp_path):
    with pytest.raises(IdxError, match=r"nowhere: cannot be read: No such file"):
        read_idx(tmp_path / "nowhere")
    with pytest.raises(IdxError, match="cannot be read"):
        read_idx(tmp_path)


def test_label_above_nine(tmp_path):
    message = refusal(tmp_path, encode_idx(np.array([3, 10], np.uint8)), reader=read_labels)
    assert "labels from 0 to 9; found 10 at position 1" in message


def test_labels_are_no_images_and_the_reverse(tmp_path):
    assert "expected images, uint8 of n x 28 x 28" in refusal(tmp_path, LABELS, reader=read_images)
    images = encode_idx(np.zeros((1, 28, 28), np.uint8))
    assert "expected labels, uint8 of n" in refusal(tmp_path, images, reader=read_labels)
    assert "found uint8 of 1 x 28 x 27" in refusal(
        tmp_path, encode_idx(np.zeros((1, 28, 27), np.uint8)), reader=read_images
    )


def oracle(content):
    """What an IDX file of these bytes holds, or None when it is not one; as simple as can be."""
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
            content = gzip.decompress(content) if content[:2] == b"\x1f\x8b" else b""
        except Exception:
            content = b""  # damaged gzip, whatever it raises, is not an IDX file
    expected = oracle(content)
    try:
        read = read_idx(path)
    except IdxError as error:
        assert str(path) in str(error)
        assert expected is None
    else:
        assert expected is not None
        assert read.shape == expected.shape
        np.testing.assert_array_equal(read, expected)


def write_set(folder, train=30, test=10, train_labels=None):
    random = np.random.RandomState(0)
    for name, array in (
        (mnist.TRAIN_IMAGES, random.randint(0, 256, size=(train, 28, 28))),
        (mnist.TRAIN_LABELS, random.randint(0, 10, size=train if train_labels is None else train_labels)),
        (mnist.TEST_IMAGES, random.randint(0, 256, size=(test, 28, 28))),
        (mnist.TEST_LABELS, random.randint(0, 10, size=test)),
    ):
        (folder / f"{name}.gz").write_bytes(gzip.compress(encode_idx(array.astype(np.uint8))))


def test_read_data_sets_splits_scales_and_reports(tmp_path, capsys):
    write_set(tmp_path)
    sets = read_data_sets(tmp_path, one_hot=True, validation_size=5)
    assert [s.num_examples for s in (sets.train, sets.validation, sets.test)] == [25, 5, 10]
    assert sets.train.images.dtype == np.float32 and sets.train.images.shape == (25, 784)
    assert (sets.train.images.min(), sets.train.images.max()) == (0, 1)
    assert sets.train.labels.shape == (25, 10) and (sets.train.labels.sum(axis=1) == 1).all()
    raw = read_labels(tmp_path / f"{mnist.TRAIN_LABELS}.gz")
    assert (sets.train.labels.argmax(axis=1) == raw[5:]).all()
    first = f"Extracting {tmp_path.name}/train-images-idx3-ubyte.gz\n"
    assert capsys.readouterr().out.startswith(first)


def test_unpacked_files_serve_as_well(tmp_path):
    write_set(tmp_path)
    for path in tmp_path.glob("*.gz"):
        path.with_suffix("").write_bytes(gzip.decompress(path.read_bytes()))
        path.unlink()
    assert read_data_sets(tmp_path, validation_size=0).train.labels.shape == (30,)


def test_counts_that_differ(tmp_path):
    write_set(tmp_path, train_labels=29)
    with pytest.raises(ReplayError, match="has 30 images, but train-labels-idx1-ubyte has 29 labels"):
        read_data_sets(tmp_path, validation_size=0)


@pytest.mark.parametrize("size", [-1, 30, 5000])
def test_validation_set_that_leaves_nothing(tmp_path, size):
    write_set(tmp_path)
    with pytest.raises(ReplayError, match=f"validation set of {size} .* expected 0 to 29"):
        read_data_sets(tmp_path, validation_size=size)


def test_missing_set(tmp_path):
    with pytest.raises(ReplayError, match=r"train-images-idx3-ubyte\.gz: missing"):
        read_data_sets(tmp_path)


@pytest.mark.real_data
def test_real_data_is_what_the_book_describes(real_data):
    """Claims D01 to D09."""
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
