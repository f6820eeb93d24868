"""TensorFlow has the period's habits, and a person reads what to do when it is missing or too old."""

import os
import subprocess
import sys

import numpy as np
import pytest

from common import tf1
from common.errors import ReplayError
from common.tf1 import AdamOptimizer, period_graph, session, tf


def drawn(shape):
    with period_graph(seed=1), session(1) as sess:
        variable = tf.get_variable("v", shape)
        sess.run(tf.initialize_all_variables())
        return sess.run(variable)


@pytest.mark.parametrize(
    ("shape", "bound", "recorded_sd"), [([200, 9999], (3 / 200) ** 0.5, 0.0707), ([9999], 3**0.5, 0.999)]
)
def test_the_default_initializer_is_uniform_unit_scaling(shape, bound, recorded_sd):
    values = drawn(shape)
    assert np.abs(values).max() <= bound
    assert values.std() == pytest.approx(recorded_sd, rel=0.02)


def test_a_recurrent_cell_draws_it_too_and_its_bias_is_zero():
    with period_graph(seed=1), session(1) as sess:
        cell = tf.nn.rnn_cell.BasicRNNCell(num_units=200)
        tf.nn.static_rnn(cell, [tf.zeros([1, 200])], dtype=tf.float32)
        sess.run(tf.initialize_all_variables())
        kernel, bias = sess.run(tf.trainable_variables())
    assert kernel.std() == pytest.approx(0.05, rel=0.02)
    assert not bias.any()


def test_the_seed_decides_the_draw():
    assert (drawn([50]) == drawn([50])).all()


def first_adam_step(optimizer):
    """Return what one step at rate 1 takes off three words. Word 1 occurs twice, with gradients 3 and 4."""
    with period_graph(), session(1) as sess:
        embedding = tf.get_variable("embedding", [3, 1], initializer=tf.zeros_initializer())
        gradient = tf.IndexedSlices(tf.constant([[3.0], [4.0], [5.0]]), tf.constant([1, 1, 2]), tf.constant([3, 1]))
        step = optimizer(1.0).apply_gradients([(gradient, embedding)])
        sess.run(tf.global_variables_initializer())
        sess.run(step)
        return -sess.run(embedding)[:, 0]


def test_adam_takes_a_repeated_word_as_r0_11_did():
    """The first moment is the sum of the gradients, the second the sum of their squares: 7 / sqrt(9 + 16)."""
    np.testing.assert_allclose(first_adam_step(AdamOptimizer), [0, 7 / 5, 1], rtol=1e-5)
    np.testing.assert_allclose(first_adam_step(tf.train.AdamOptimizer), [0, 1, 1], rtol=1e-5)


def test_a_missing_tensorflow_is_said_with_what_to_do():
    with pytest.raises(ReplayError, match=r"cannot be imported .* Run `make setup`"):
        tf1.load("tensorflow_that_is_not_there")


def test_an_old_tensorflow_is_refused():
    with pytest.raises(ReplayError, match=r"TensorFlow 1\.15\.2 is too old: .* 2\.16 or later"):
        tf1.check_version("1.15.2")
    tf1.check_version("2.16.1")


def test_the_start_says_nothing():
    program = "from common.tf1 import tf, session\ntf.map_fn(lambda x: x, tf.zeros([1]))\nsession(1).close()"
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, env={**os.environ}
    )
    assert (done.stdout, done.stderr) == ("", "")
