"""Read the official pickles of CIFAR-10 as arrays, as the book's module `cifar10` does (pages 55-66)."""

import numpy as np

from common.errors import ReplayError
from common.formats.pickles import read_pickle
from common.language import _

img_size = 32
num_channels = 3
img_size_flat = img_size * img_size * num_channels
num_classes = 10
_num_files_train = 5


def _unpickle(directory, filename):
    # The last folder only, so that output is the same on every machine.
    print(f"Loading data: {directory.name}/{filename}")
    path = directory / filename
    data = read_pickle(path)
    if not isinstance(data, dict):
        raise ReplayError(
            _("{path}: expected a dict, found {found}. Fetch the file again.").format(
                path=path, found=type(data).__name__
            )
        )
    return path, data


def _convert_images(raw, out):
    """Write `raw`, uint8 [n, 3072], into `out`, float32 [n, 32, 32, 3] from 0 to 1. `raw` has one plane a channel."""
    images = raw.reshape([-1, num_channels, img_size, img_size]).transpose([0, 2, 3, 1])
    np.divide(images, np.float32(255), out=out)


def _load_data(directory, filename):
    """Return the images of a file, uint8 [n, 3072], and their classes, int [n]. It raises ReplayError for others."""
    path, data = _unpickle(directory, filename)
    raw_images, labels = data.get(b"data"), data.get(b"labels")
    shape = raw_images.shape if isinstance(raw_images, np.ndarray) else None
    if shape is None or shape[1:] != (img_size_flat,) or not shape[0]:
        found = (
            type(raw_images).__name__
            if shape is None
            else _("an array of {shape}").format(shape=" x ".join(map(str, shape)))
        )
        raise ReplayError(
            _("{path}: expected images under 'data', bytes of n x {img_size_flat}; found {found}.").format(
                path=path, img_size_flat=img_size_flat, found=found
            )
        )
    if not isinstance(labels, list):
        raise ReplayError(
            _("{path}: expected a list of classes under 'labels'; found {found}.").format(
                path=path, found=type(labels).__name__
            )
        )
    if len(labels) != len(raw_images):
        raise ReplayError(
            _("{path}: has {images} images, but {labels} labels.").format(
                path=path, images=len(raw_images), labels=len(labels)
            )
        )
    for position, label in enumerate(labels):
        if type(label) is not int or not 0 <= label < num_classes:
            found = label if type(label) is int else type(label).__name__
            raise ReplayError(
                _("{path}: expected labels from 0 to 9; found {found} at position {position}.").format(
                    path=path, found=found, position=position
                )
            )
    return raw_images, np.array(labels)


def _one_hot_encoded(cls):
    return np.eye(num_classes, dtype=np.float32)[cls]


def load_class_names(directory):
    """Return the ten class names as str, in the order of the class numbers (pages 55-66).

    `directory` is the unpacked folder `cifar-10-batches-py`, a Path or a Found. The listing's "Loading data: ..."
    line is printed.

    The function raises PickleError or ReplayError when `batches.meta` is missing, damaged or holds something else.
    """
    path, data = _unpickle(directory, "batches.meta")
    raw = data.get(b"label_names")
    if not isinstance(raw, list) or len(raw) != num_classes or not all(isinstance(x, bytes) for x in raw):
        raise ReplayError(
            _("{path}: expected {num_classes} class names under 'label_names'. Fetch the file again.").format(
                path=path, num_classes=num_classes
            )
        )
    try:
        names = [x.decode("utf-8") for x in raw]
    except UnicodeDecodeError as error:
        raise ReplayError(_("{path}: a class name is not UTF-8. Fetch the file again.").format(path=path)) from error
    if len(set(names)) != num_classes:
        raise ReplayError(
            _("{path}: two classes have the same name: {names}.").format(path=path, names=", ".join(names))
        )
    return names


def load_training_data(directory):
    """Return the images, class numbers and one-hot labels of the five training files (pages 55-66).

    They are float32 [n, 32, 32, 3] from 0 to 1, int [n] and float32 [n, 10]. The real set has n = 50,000. The listing's
    arrays are float64, twice the memory. A float32 placeholder rounds them to the values given here.

    It raises PickleError or ReplayError when a file is missing, damaged or holds something else.
    """
    parts = [_load_data(directory, f"data_batch_{i + 1}") for i in range(_num_files_train)]
    cls = np.concatenate([cls_batch for _, cls_batch in parts])
    images = np.empty([len(cls), img_size, img_size, num_channels], np.float32)
    begin = 0
    for raw_images, _cls in parts:
        num_images = len(raw_images)
        end = begin + num_images
        _convert_images(raw_images, out=images[begin:end])
        begin = end
    return images, cls, _one_hot_encoded(cls)


def load_test_data(directory):
    """Return the images, class numbers and one-hot labels of `test_batch` (pages 55-66).

    They have the forms that `load_training_data` gives.

    It raises PickleError or ReplayError when the file is missing, damaged or holds something else.
    """
    raw_images, cls = _load_data(directory, "test_batch")
    images = np.empty([len(cls), img_size, img_size, num_channels], np.float32)
    _convert_images(raw_images, out=images)
    return images, cls, _one_hot_encoded(cls)
