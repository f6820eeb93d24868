"""MNIST as the book's `input_data.read_data_sets` gave it (pages 14-17): IDX files in, batches of arrays out."""

import gzip
import math
import zlib
from pathlib import Path
from types import SimpleNamespace

import numpy as np

from common.errors import ReplayError

TRAIN_IMAGES = "train-images-idx3-ubyte"
TRAIN_LABELS = "train-labels-idx1-ubyte"
TEST_IMAGES = "t10k-images-idx3-ubyte"
TEST_LABELS = "t10k-labels-idx1-ubyte"
FILES = (TRAIN_IMAGES, TRAIN_LABELS, TEST_IMAGES, TEST_LABELS)
NUM_CLASSES = 10
SIDE = 28

IDX_DTYPES = {0x08: ">u1", 0x09: ">i1", 0x0B: ">i2", 0x0C: ">i4", 0x0D: ">f4", 0x0E: ">f8"}
MAX_RANK = 64  # numpy's own limit
MAX_GZIP_RATIO = 1032  # deflate cannot pack more bytes into one
CHUNK = 1 << 20


class IdxError(ReplayError):
    """A file that is not the IDX file it should be; the message starts with its path."""


def read_idx(path):
    """The array in the IDX file at `path`: any of the format's six dtypes and any rank, gzip when named `.gz`.

    The array's shape is the file's and its byte order the machine's. Sizes are checked before data is read, and no more
    memory is taken than the file can fill.

    Raises IdxError for a file that cannot be opened, is not gzip though named so, has a wrong magic number or unknown
    dtype, or holds fewer or more bytes than its header announces.
    """
    path = Path(path)
    try:
        with path.open("rb") as raw:
            size = path.stat().st_size
            if path.suffix != ".gz":
                return _read_array(path, raw, size, exact=True)
            start = raw.read(2)
            if start != b"\x1f\x8b":
                raise IdxError(f"{path}: not gzip: expected the first bytes 1f 8b, found {_hex(start)}.")
            raw.seek(0)
            with gzip.GzipFile(fileobj=raw) as stream:
                return _read_array(path, stream, size * MAX_GZIP_RATIO, exact=False)
    except EOFError as error:
        raise IdxError(f"{path}: truncated: the gzip data ends before its end mark.") from error
    except (zlib.error, gzip.BadGzipFile) as error:
        raise IdxError(f"{path}: damaged gzip data or trailing bytes ({error}). Fetch the file again.") from error
    except OSError as error:
        raise IdxError(f"{path}: cannot be read: {error.strerror or error}.") from error


def _read_array(path, stream, available, exact):
    """Read header and data from `stream`, which holds `available` bytes (`exact`) or at most that many."""
    magic = stream.read(4)
    if len(magic) < 4:
        raise IdxError(f"{path}: truncated: expected a magic number of 4 bytes, found {len(magic)}.")
    if magic[:2] != b"\0\0":
        hint = " It looks like gzip: give it a name that ends in .gz." if magic[:2] == b"\x1f\x8b" else ""
        raise IdxError(f"{path}: wrong magic number: expected 00 00 at the start, found {_hex(magic)}.{hint}")
    code, rank = magic[2], magic[3]
    if code not in IDX_DTYPES:
        known = ", ".join(f"{known:02x}" for known in IDX_DTYPES)
        raise IdxError(f"{path}: unknown dtype code {code:02x}: expected one of {known}.")
    if rank > MAX_RANK:
        raise IdxError(f"{path}: rank {rank}: expected at most {MAX_RANK} dimensions.")
    header = stream.read(4 * rank)
    if len(header) < 4 * rank:
        raise IdxError(f"{path}: truncated: expected {rank} dimensions of 4 bytes, found {len(header)} bytes.")
    shape = tuple(int(size) for size in np.frombuffer(header, ">u4"))
    dtype = np.dtype(IDX_DTYPES[code])
    expected = math.prod(shape) * dtype.itemsize
    room = available - 4 - 4 * rank
    if expected > room or (exact and expected < room):
        what = "truncated" if expected > room else "trailing bytes"
        found = room if exact else f"at most {room} in a file of this size"
        raise IdxError(f"{path}: {what}: {_describe(shape, dtype)} is {expected} bytes, found {found}.")
    data = bytearray()
    while len(data) <= expected:
        chunk = stream.read(min(CHUNK, expected + 1 - len(data)))
        if not chunk:
            break
        data += chunk
    if len(data) != expected:
        what, found = ("truncated", len(data)) if len(data) < expected else ("trailing bytes", "more")
        raise IdxError(f"{path}: {what}: {_describe(shape, dtype)} is {expected} bytes, found {found}.")
    try:
        return np.frombuffer(data, dtype).reshape(shape).astype(dtype.newbyteorder("="), copy=False)
    except ValueError as error:
        # Dimensions of which one is 0 and the others multiply past the machine's word.
        raise IdxError(f"{path}: a shape of {shape} cannot be held in memory ({error}).") from error


def _hex(content):
    return content.hex(" ") or "nothing"


def _describe(shape, dtype):
    return f"{' x '.join(map(str, shape)) or 'a scalar'} of {dtype.itemsize} byte(s)"


def read_images(path):
    """The images at `path` as uint8 [n, 28, 28]; raises IdxError when the file holds something else."""
    images = read_idx(path)
    if images.dtype != np.uint8 or images.ndim != 3 or images.shape[1:] != (SIDE, SIDE):
        raise IdxError(
            f"{path}: expected images, uint8 of n x {SIDE} x {SIDE}; found {images.dtype} of "
            f"{_describe(images.shape, images.dtype)}."
        )
    return images


def read_labels(path):
    """The labels at `path` as uint8 [n], each 0 to 9; raises IdxError when the file holds something else."""
    labels = read_idx(path)
    if labels.dtype != np.uint8 or labels.ndim != 1:
        raise IdxError(
            f"{path}: expected labels, uint8 of n; found {labels.dtype} of {_describe(labels.shape, labels.dtype)}."
        )
    bad = np.flatnonzero(labels >= NUM_CLASSES)
    if bad.size:
        raise IdxError(f"{path}: expected labels from 0 to 9; found {labels[bad[0]]} at position {bad[0]}.")
    return labels


class DataSet:
    """Images and labels that are handed out in batches, in the order of r0.11's `DataSet`.

    `images` is float32 [n, 784] from 0 to 1, `labels` float64 [n, 10] when one-hot, else uint8 [n].
    """

    def __init__(self, images, labels):
        self.images = images.reshape(len(images), math.prod(images.shape[1:])).astype(np.float32) * np.float32(
            1.0 / 255.0
        )
        self.labels = labels
        self.num_examples = len(images)
        self.epochs_completed = 0
        self._order = np.arange(self.num_examples)
        self._index_in_epoch = 0

    def next_batch(self, batch_size):
        """The next `batch_size` images and labels (pages 18-23).

        The first pass is in file order. A batch that would run over the end starts a new pass instead: the incomplete
        rest is dropped and `numpy.random.shuffle` reorders what the last pass had. Raises ReplayError when the set is
        smaller than one batch.
        """
        if not 0 < batch_size <= self.num_examples:
            raise ReplayError(f"A batch of {batch_size} was asked for; the set has {self.num_examples} examples.")
        start = self._index_in_epoch
        if start + batch_size > self.num_examples:
            self.epochs_completed += 1
            shuffled = np.arange(self.num_examples)
            np.random.shuffle(shuffled)
            self._order = self._order[shuffled]
            start = 0
        self._index_in_epoch = start + batch_size
        batch = self._order[start : self._index_in_epoch]
        return self.images[batch], self.labels[batch]


def dense_to_one_hot(labels):
    """Labels [n] as float64 one-hot vectors [n, 10] (pages 14-17)."""
    return np.eye(NUM_CLASSES)[labels]


def read_data_sets(directory, one_hot=False, validation_size=5000):
    """The namespace `train`, `validation`, `test` of DataSets from the four IDX files in `directory` (pages 14-17).

    Prints the period's "Extracting ..." lines, with the last folder of `directory` only, so that output is the same on
    every machine. `validation` is the first `validation_size` training examples; the book's 55,000 are the rest.

    Raises IdxError for a bad file, and ReplayError when counts of images and labels differ, a file is missing or
    `validation_size` leaves nothing to train on.
    """
    directory = Path(directory)
    arrays = {}
    for name, read in (
        (TRAIN_IMAGES, read_images),
        (TRAIN_LABELS, read_labels),
        (TEST_IMAGES, read_images),
        (TEST_LABELS, read_labels),
    ):
        path = find_file(directory, name)
        print(f"Extracting {directory.name}/{path.name}")
        arrays[name] = read(path)
    for images, labels in ((TRAIN_IMAGES, TRAIN_LABELS), (TEST_IMAGES, TEST_LABELS)):
        if len(arrays[images]) != len(arrays[labels]):
            raise ReplayError(
                f"{directory}: {images} has {len(arrays[images])} images, but {labels} has {len(arrays[labels])} "
                "labels. The two files do not belong together: fetch both again."
            )
    total = len(arrays[TRAIN_IMAGES])
    if not 0 <= validation_size < total:
        raise ReplayError(
            f"{directory}: a validation set of {validation_size} cannot be split off {total} training examples: "
            f"expected 0 to {total - 1}."
        )

    def data_set(images, labels, part):
        chosen = arrays[labels][part]
        return DataSet(arrays[images][part], dense_to_one_hot(chosen) if one_hot else chosen)

    return SimpleNamespace(
        train=data_set(TRAIN_IMAGES, TRAIN_LABELS, slice(validation_size, None)),
        validation=data_set(TRAIN_IMAGES, TRAIN_LABELS, slice(validation_size)),
        test=data_set(TEST_IMAGES, TEST_LABELS, slice(None)),
    )


def find_file(directory, name):
    """The path of the IDX file `name` in `directory`, gzip before plain; raises ReplayError when neither is there."""
    packed = Path(directory) / f"{name}.gz"
    for path in (packed, packed.with_suffix("")):
        if path.is_file():
            return path
    raise ReplayError(f"{packed}: missing, and so is {name} beside it.")
