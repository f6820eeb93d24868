"""Read MNIST as the book's `input_data.read_data_sets` did (pages 14-17): IDX files in, batches of arrays out."""

import gzip
import math
import os
import zlib
from pathlib import Path
from types import SimpleNamespace

import numpy as np

from common.errors import ReplayError, reason
from common.files import open_regular
from common.language import _

TRAIN_IMAGES = "train-images-idx3-ubyte"
TRAIN_LABELS = "train-labels-idx1-ubyte"
TEST_IMAGES = "t10k-images-idx3-ubyte"
TEST_LABELS = "t10k-labels-idx1-ubyte"
FILES = (TRAIN_IMAGES, TRAIN_LABELS, TEST_IMAGES, TEST_LABELS)
LISTED_FOLDER = "MNIST_data"  # what the listing hands to read_data_sets, and the period printed
NUM_CLASSES = 10
SIDE = 28


def read_data_sets(directory, one_hot=False, validation_size=5000):
    """Return the namespace `train`, `validation`, `test` of DataSets from `directory` (pages 14-17).

    The folder, a Path or a Found, holds the four IDX files. This prints the period's "Extracting ..." line for each of
    them. A line names the listing's folder, so output is the book's on every machine. `validation` is the first
    `validation_size` training examples, and `train` is the rest: the book's 55,000.

    It raises IdxError for a bad file. It raises ReplayError in three cases: a file is missing; the counts of images and
    labels differ; `validation_size` leaves nothing to train on.
    """
    train_images = _extract(directory, TRAIN_IMAGES, read_images)
    train_labels = _extract(directory, TRAIN_LABELS, read_labels)
    test_images = _extract(directory, TEST_IMAGES, read_images)
    test_labels = _extract(directory, TEST_LABELS, read_labels)
    _check_counts(directory, (TRAIN_IMAGES, train_images), (TRAIN_LABELS, train_labels))
    _check_counts(directory, (TEST_IMAGES, test_images), (TEST_LABELS, test_labels))
    total = len(train_images)
    if not 0 <= validation_size < total:
        raise ReplayError(
            _(
                "{directory}: a validation set of {validation_size} cannot be split off {total} training "
                "examples. The setting `validation_size`: expected 0 to {last}."
            ).format(directory=directory, validation_size=validation_size, total=total, last=total - 1)
        )
    if one_hot:
        train_labels, test_labels = dense_to_one_hot(train_labels), dense_to_one_hot(test_labels)
    return SimpleNamespace(
        train=DataSet(train_images[validation_size:], train_labels[validation_size:]),
        validation=DataSet(train_images[:validation_size], train_labels[:validation_size]),
        test=DataSet(test_images, test_labels),
    )


class DataSet:
    """A DataSet hands out images and labels in batches, in the order of r0.11's class of this name.

    `images` is float32 [n, 784] from 0 to 1. `labels` is float64 [n, 10] when one-hot, else uint8 [n].
    `num_examples` is n, and `epochs_completed` counts the finished passes.
    """

    def __init__(self, images, labels):
        images = images.reshape(len(images), math.prod(images.shape[1:]))
        self.images = images.astype(np.float32) * np.float32(1.0 / 255.0)
        self.labels = labels
        self.num_examples = len(images)
        self.epochs_completed = 0
        self._order = np.arange(self.num_examples)
        self._index_in_epoch = 0

    def next_batch(self, batch_size):
        """Return the next `batch_size` images and labels (pages 18-23).

        The first pass is in the file's order. A batch that would run over the end starts a new pass. The incomplete
        rest of the old pass is dropped. `numpy.random.shuffle` draws the new order from the old one.

        It raises ReplayError when the set is smaller than one batch.
        """
        if not 0 < batch_size <= self.num_examples:
            raise ReplayError(
                _(
                    "A batch of {batch_size} was asked for; the set has {examples} examples. The "
                    "setting `batch_size`: expected 1 to {examples}."
                ).format(batch_size=batch_size, examples=self.num_examples)
            )
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

    def state(self):
        """Return where the passes stand, for `set_state`."""
        return {"order": self._order, "index": self._index_in_epoch, "epochs": self.epochs_completed}

    def set_state(self, state):
        """Go on where the DataSet that gave `state` stood."""
        self._order, self._index_in_epoch, self.epochs_completed = state["order"], state["index"], state["epochs"]


def dense_to_one_hot(labels):
    """Return labels [n] as float64 one-hot vectors [n, 10] (pages 14-17)."""
    return np.eye(NUM_CLASSES)[labels]


def find_file(directory, name):
    """Return the path of the IDX file `name` in `directory`.

    `directory` is a Path or a Found. The gzip file comes before the plain one. This raises ReplayError when neither is
    there.
    """
    packed = directory / f"{name}.gz"
    for path in (packed, directory / name):
        if path.exists() and not path.is_dir():  # read_idx says what is wrong with a pipe
            return path
    raise ReplayError(
        _("{packed}: missing, and so is {name} beside it. data/README.md tells how to get them.").format(
            packed=packed, name=name
        )
    )


def _extract(directory, name, read):
    path = find_file(directory, name)
    # The official name, whatever the file is called here, so that output is the same on every machine.
    print(f"Extracting {LISTED_FOLDER}/{name}{'.gz' if is_packed(path) else ''}")
    return read(path)


def is_packed(path):
    """Return whether the file at `path` is gzip by its first two bytes, whatever its name says."""
    try:
        with open_regular(path) as stream:
            return stream.read(len(GZIP_MAGIC)) == GZIP_MAGIC
    except OSError:
        return False


def _check_counts(directory, images, labels):
    """Raise ReplayError when two pairs (name, array) have different lengths."""
    (images_name, images), (labels_name, labels) = images, labels
    if len(images) != len(labels):
        raise ReplayError(
            _(
                "{directory}: {images_name} has {images} images, but {labels_name} has {labels} labels. The "
                "two files do not belong together: fetch both again."
            ).format(
                directory=directory,
                images_name=images_name,
                images=len(images),
                labels_name=labels_name,
                labels=len(labels),
            )
        )


def read_images(path):
    """Return the images at `path` as uint8 [n, 28, 28]; raise IdxError when the file holds others."""
    images = read_idx(path)
    if images.dtype != np.uint8 or images.ndim != 3 or images.shape[1:] != (SIDE, SIDE):
        raise IdxError(
            _(
                "{path}: expected images, uint8 [n, {side}, {side}]; found {found}. Put MNIST's own file of "
                "this name there."
            ).format(path=path, side=SIDE, found=_kind(images.shape, images.dtype))
        )
    return images


def read_labels(path):
    """Return the labels at `path` as uint8 [n], each 0 to 9; raise IdxError when the file holds others."""
    labels = read_idx(path)
    if labels.dtype != np.uint8 or labels.ndim != 1:
        raise IdxError(
            _("{path}: expected labels, uint8 [n]; found {found}. Put MNIST's own file of this name there.").format(
                path=path, found=_kind(labels.shape, labels.dtype)
            )
        )
    bad = np.flatnonzero(labels >= NUM_CLASSES)
    if bad.size:
        raise IdxError(
            _(
                "{path}: expected labels from 0 to {last}; found {found} at position {position}. Put MNIST's "
                "own file of this name there."
            ).format(path=path, last=NUM_CLASSES - 1, found=labels[bad[0]], position=bad[0])
        )
    return labels


# From here on: the bytes of the IDX format.

IDX_DTYPES = {0x08: ">u1", 0x09: ">i1", 0x0B: ">i2", 0x0C: ">i4", 0x0D: ">f4", 0x0E: ">f8"}
MAX_RANK = 64  # numpy's own limit
GZIP_MAGIC = b"\x1f\x8b"
IDX_MAGIC = b"\0\0"
MAX_GZIP_RATIO = 1032  # deflate cannot pack more bytes into one
MAX_BYTES = 1 << 27  # a small .gz may unpack to a thousand times its size
CHUNK = 1 << 20


class IdxError(ReplayError):
    """An IdxError says that a file is not the IDX file it should be. Its message starts with the path."""


def read_idx(path):
    """Return the array in the IDX file at `path`, gzip or plain. The first bytes tell which.

    The array has the file's shape and the machine's byte order. All six dtypes of the format are read, and any rank up
    to 64. Sizes are checked before data is read. This takes no more memory than the file can fill, and
    at most `MAX_BYTES`.

    It raises IdxError for a file that cannot be opened, or is neither though its name ends in `.gz`. It also raises it
    for a wrong magic number and an unknown dtype. So it does for fewer or more bytes than announced, and for too many.
    """
    path = Path(path)
    try:
        with open_regular(path) as raw:
            size = os.fstat(raw.fileno()).st_size
            start = raw.read(len(GZIP_MAGIC))
            raw.seek(0)
            if start == IDX_MAGIC or (start != GZIP_MAGIC and path.suffix != ".gz"):
                return _read_array(path, raw, size, exact=True)
            if start != GZIP_MAGIC:
                raise IdxError(
                    _(
                        "{path}: not gzip: expected the first bytes {expected}, found {found}. Fetch the file again."
                    ).format(path=path, expected=_hex(GZIP_MAGIC), found=_hex(start))
                )
            with gzip.GzipFile(fileobj=raw) as stream:
                return _read_array(path, stream, size * MAX_GZIP_RATIO, exact=False)
    except EOFError as error:
        raise IdxError(
            _("{path}: truncated: the gzip data ends before its end mark. Fetch the file again.").format(path=path)
        ) from error
    except (zlib.error, gzip.BadGzipFile) as error:
        raise IdxError(
            _("{path}: damaged gzip data or trailing bytes ({error}). Fetch the file again.").format(
                path=path, error=error
            )
        ) from error
    except OSError as error:
        raise IdxError(
            _(
                "{path}: cannot be read: {reason}. Make it readable, or fetch it again: data/README.md tells how."
            ).format(path=path, reason=reason(error))
        ) from error


def _read_array(path, stream, available, exact):
    """Return the array in `stream`, which holds `available` bytes (`exact`) or at most that many."""
    shape, dtype = _read_header(path, stream)
    expected = math.prod(shape) * dtype.itemsize
    room = available - 4 - 4 * len(shape)
    if expected > room or (exact and expected < room):
        found = room if exact else _("at most {room} in a file of this size").format(room=room)
        raise _wrong_size(path, shape, dtype, expected > room, found)
    if expected > MAX_BYTES:
        raise IdxError(
            _(
                "{path}: expected at most {max_bytes:,} bytes of data, since MNIST's largest file has "
                "47,040,000; found {expected:,}, {kind}. Fetch the file again."
            ).format(path=path, max_bytes=MAX_BYTES, expected=expected, kind=_kind(shape, dtype))
        )
    data = bytearray()
    while len(data) <= expected:
        chunk = stream.read(min(CHUNK, expected + 1 - len(data)))
        if not chunk:
            break
        data += chunk
    if len(data) != expected:
        truncated = len(data) < expected
        raise _wrong_size(path, shape, dtype, truncated, len(data) if truncated else _("more"))
    try:
        return np.frombuffer(data, dtype).reshape(shape).astype(dtype.newbyteorder("="), copy=False)
    except ValueError as error:
        # One dimension is 0, and the others multiply past the machine's word.
        raise IdxError(
            _("{path}: a shape of {shape} cannot be held in memory ({error}). Fetch the file again.").format(
                path=path, shape=shape, error=error
            )
        ) from error


def _read_header(path, stream):
    """Return the shape and the dtype that the first bytes of `stream` announce."""
    magic = stream.read(4)
    if len(magic) < 4:
        raise IdxError(
            _("{path}: truncated: expected a magic number of 4 bytes, found {found}. Fetch the file again.").format(
                path=path, found=len(magic)
            )
        )
    if magic[:2] != IDX_MAGIC:
        raise IdxError(
            _("{path}: wrong magic number: expected 00 00 at the start, found {found}. Fetch the file again.").format(
                path=path, found=_hex(magic)
            )
        )
    code, rank = magic[2], magic[3]
    if code not in IDX_DTYPES:
        known = ", ".join(f"{known:02x}" for known in IDX_DTYPES)
        raise IdxError(
            _("{path}: unknown dtype code {code:02x}: expected one of {known}. Fetch the file again.").format(
                path=path, code=code, known=known
            )
        )
    if rank > MAX_RANK:
        raise IdxError(
            _("{path}: rank {rank}: expected at most {max_rank} dimensions. Fetch the file again.").format(
                path=path, rank=rank, max_rank=MAX_RANK
            )
        )
    sizes = stream.read(4 * rank)
    if len(sizes) < 4 * rank:
        raise IdxError(
            _(
                "{path}: truncated: expected {rank} dimensions of 4 bytes, found {found} bytes. Fetch the file again."
            ).format(path=path, rank=rank, found=len(sizes))
        )
    return tuple(int(size) for size in np.frombuffer(sizes, ">u4")), np.dtype(IDX_DTYPES[code])


def _wrong_size(path, shape, dtype, truncated, found):
    return IdxError(
        (
            _("{path}: truncated: expected {expected} bytes of {kind}, found {found}. Fetch the file again.")
            if truncated
            else _("{path}: trailing bytes: expected {expected} bytes of {kind}, found {found}. Fetch the file again.")
        ).format(path=path, expected=math.prod(shape) * dtype.itemsize, kind=_kind(shape, dtype), found=found)
    )


def _hex(content):
    return content.hex(" ") or _("nothing")


def _kind(shape, dtype):
    return f"{dtype.name} {list(shape)}"
