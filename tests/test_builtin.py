"""The built-in digits: real digits, balanced, split once and for all."""

import numpy as np

from common.mnist import read_data_sets
from data import builtin


def test_digits(builtin_digits):
    sets = read_data_sets(builtin_digits, validation_size=0)
    assert (sets.train.num_examples, sets.test.num_examples) == (4000, 1000)
    labels = np.concatenate([sets.train.labels, sets.test.labels])
    assert np.bincount(labels).tolist() == [500] * 10
    together = {image.tobytes() for image in sets.train.images} & {image.tobytes() for image in sets.test.images}
    assert not together


def test_written_the_same_each_time(builtin_digits, tmp_path):
    builtin.write_mnist(tmp_path)
    assert {p.name: p.read_bytes() for p in tmp_path.iterdir()} == {
        p.name: p.read_bytes() for p in builtin_digits.iterdir()
    }
