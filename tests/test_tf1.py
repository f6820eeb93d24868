"""The period's habits, and what a person reads when TensorFlow is missing or too old."""

import os
import subprocess
import sys

import numpy as np
import pytest

from common import tf1
from common.errors import ReplayError
from common.tf1 import period_graph, session, tf


def drawn(shape):
    with period_graph(seed=1), session(1) as sess:
        variable = tf.get_variable("v", shape)
        sess.run(tf.initialize_all_variables())
        return sess.run(variable)


@pytest.mark.parametrize(
    ("shape", "bound", "recorded_sd"), [([200, 9999], (3 / 200) ** 0.5, 0.0707), ([9999], 3**0.5, 0.999)]
)
def test_default_initializer_is_uniform_unit_scaling(shape, bound, recorded_sd):
    values = drawn(shape)
    assert np.abs(values).max() <= bound
    assert values.std() == pytest.approx(recorded_sd, rel=0.02)


def test_recurrent_cell_draws_it_too_and_its_bias_is_zero():
    with period_graph(seed=1), session(1) as sess:
        cell = tf.nn.rnn_cell.BasicRNNCell(num_units=200)
        tf.nn.static_rnn(cell, [tf.zeros([1, 200])], dtype=tf.float32)
        sess.run(tf.initialize_all_variables())
        kernel, bias = sess.run(tf.trainable_variables())
    assert kernel.std() == pytest.approx(0.05, rel=0.02)
    assert not bias.any()


def test_seed_decides_the_draw():
    assert (drawn([50]) == drawn([50])).all()


def test_missing_tensorflow():
    with pytest.raises(ReplayError, match=r"cannot be imported .* Run `make setup`"):
        tf1.load("tensorflow_that_is_not_there")


def test_old_tensorflow():
    with pytest.raises(ReplayError, match=r"TensorFlow 1\.15\.2 is too old: .* 2\.16 or later"):
        tf1.check_version("1.15.2")
    tf1.check_version("2.16.1")


def test_start_up_says_nothing():
    program = "from common.tf1 import tf, session\ntf.map_fn(lambda x: x, tf.zeros([1]))\nsession(1).close()"
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, env={**os.environ}
    )
    assert (done.stdout, done.stderr) == ("", "")
