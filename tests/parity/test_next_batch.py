"""The order of examples against recordings of the period's `DataSet.next_batch`."""

import json
from pathlib import Path

import numpy as np
import pytest

from common.errors import ReplayError
from common.mnist import DataSet

RECORDED = json.loads((Path(__file__).parent / "next_batch.json").read_text())


@pytest.mark.parametrize("recording", RECORDED, ids=lambda r: f"{r['num_examples']}-by-{r['batch_size']}")
def test_batches_are_the_recorded_ones_example_for_example(recording):
    count = recording["num_examples"]
    numbers = np.arange(count)
    data_set = DataSet(numbers.reshape(count, 1, 1).astype(np.uint8), numbers)
    np.random.seed(recording["seed"])
    for expected in recording["batches"]:
        images, labels = data_set.next_batch(recording["batch_size"])
        assert labels.tolist() == expected
        np.testing.assert_allclose(images[:, 0] * 255, expected, rtol=1e-6)
    assert data_set.epochs_completed == recording["epochs_completed"]


@pytest.mark.parametrize("batch_size", [0, 4])
def test_a_batch_that_the_set_cannot_fill_is_refused(batch_size):
    data_set = DataSet(np.zeros((3, 1, 1), np.uint8), np.zeros(3))
    with pytest.raises(ReplayError, match=f"A batch of {batch_size} .* 3 examples"):
        data_set.next_batch(batch_size)
