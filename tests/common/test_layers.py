"""Test what no recording shows: the draws of the initializers and of dropout."""

import numpy as np
import pytest

from chapters.ch04_cnn_mnist.replay import build_model
from common.layers import bias_variable, weight_variable
from common.tf1 import period_graph, session, tf

DEVIATION_OF_A_CUT_NORMAL = 0.880  # of a standard normal that is cut at two standard deviations


def test_weights_come_from_a_cut_normal_and_biases_are_a_tenth():
    with period_graph(seed=1), session(2) as sess:
        weight, bias = weight_variable([400, 100]), bias_variable([7])
        sess.run(tf.initialize_all_variables())
        weight, bias = sess.run([weight, bias])
    assert weight.shape == (400, 100) and bias.shape == (7,)
    assert np.abs(weight).max() <= 0.2
    assert weight.mean() == pytest.approx(0, abs=0.002)
    assert weight.std() == pytest.approx(0.1 * DEVIATION_OF_A_CUT_NORMAL, rel=0.02)
    assert (bias == np.float32(0.1)).all()


def test_dropout_keeps_half_at_twice_the_value_and_draws_anew():
    x = np.random.RandomState(0).uniform(size=(8, 784))
    with period_graph(seed=1), session(2) as sess:
        model = build_model()
        sess.run(tf.initialize_all_variables())
        (full, first), (_, second) = (
            sess.run([model.h_fc1, model.h_fc1_drop], {model.x: x, model.keep_prob: 0.5}) for _ in range(2)
        )
    active = full > 0
    kept = [drop[active] > 0 for drop in (first, second)]
    assert [k.mean() for k in kept] == pytest.approx([0.5, 0.5], abs=0.05)
    assert (kept[0] & kept[1]).mean() == pytest.approx(0.25, abs=0.05)
    np.testing.assert_allclose(first[active][kept[0]], 2 * full[active][kept[0]], rtol=1e-5)
