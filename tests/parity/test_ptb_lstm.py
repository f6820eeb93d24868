"""The language model against TensorFlow 0.12.1's recording, with the three habits it rests on, and without each."""

import numpy as np
import pytest

from chapters.ch07_lstm_ptb import replay as ch07
from common.tf1 import period_graph, session, tf
from tests.support.recordings import RECORDED, S, overwrite_variables

RECORDING = RECORDED["ptb_lstm"]


def trained():
    """Return the losses of all steps, [sum(c), sum(h)] of each layer, and [mean, deviation] of each variable."""
    with period_graph(), session(2) as sess:
        model = ch07.build_model(vocab_size=500, rnn_size=32, num_layers=2, batch_size=4, seq_length=6)
        overwrite_variables(sess, RECORDING)
        sess.run(tf.assign(model.lr, 0.002))
        state = sess.run(model.istate)
        losses = []
        for t in range(RECORDED["steps"]):
            w = np.random.RandomState(S * 3000 + t).zipf(1.5, size=(4, 7)) % 500
            feed_dict = {model.input_data: w[:, :-1], model.targets: w[:, 1:], model.istate: state}
            loss, state, _ = sess.run([model.cost, model.final_state, model.optm], feed_dict=feed_dict)
            losses.append(loss)
        final = [(value.mean(), value.std()) for value in sess.run(tf.trainable_variables())]
    return losses, [[layer.c.sum(), layer.h.sum()] for layer in state], final


def test_every_loss_state_and_variable_is_the_recorded_one():
    losses, state_sums, final = trained()
    np.testing.assert_allclose(losses, RECORDING["losses"], rtol=1e-6)
    np.testing.assert_allclose(state_sums, RECORDING["final_state_sums"], rtol=1e-4)
    np.testing.assert_allclose(final, RECORDING["final_mean_std"], rtol=1e-4, atol=1e-7)


def test_losses_are_others_with_todays_adam(monkeypatch):
    monkeypatch.setattr(ch07, "AdamOptimizer", tf.train.AdamOptimizer)
    losses, _, _ = trained()
    np.testing.assert_allclose(losses[0], RECORDING["losses"][0], rtol=1e-6)
    assert np.abs(np.divide(losses, RECORDING["losses"]) - 1).max() > 1e-3


def shapes():
    return [variable.shape.as_list() for variable in tf.trainable_variables()]


def test_each_layer_has_its_own_weights(monkeypatch):
    small = {"vocab_size": 500, "rnn_size": 32, "num_layers": 2, "batch_size": 4, "seq_length": 6}
    with period_graph():
        ch07.build_model(**small)
        assert shapes() == RECORDING["variables"]
    shared = tf.nn.rnn_cell.MultiRNNCell
    monkeypatch.setattr(tf.nn.rnn_cell, "MultiRNNCell", lambda cells, **rest: shared(cells[:1] * len(cells), **rest))
    with period_graph():
        ch07.build_model(**small)
        assert len(shapes()) == len(RECORDING["variables"]) - 2


RECORDED_SDS = {"softmax_w": 0.0707, "softmax_b": 0.999, "embedding": 0.0100, "kernel": 0.0500, "bias": 0.0}


def first_draws(graph):
    """Return (name, standard deviation) of each variable's first draw, at the listing's sizes."""
    with graph, session(2) as sess:
        ch07.build_model()
        tf.set_random_seed(1)
        sess.run(tf.initialize_all_variables())
        variables = tf.trainable_variables()
        return [
            (v.op.name.split("/")[-1], value.std()) for v, value in zip(variables, sess.run(variables), strict=True)
        ]


def test_first_draws_are_as_wide_as_recorded():
    drawn = first_draws(period_graph(1))
    assert len(drawn) == 7
    for name, sd in drawn:
        assert sd == pytest.approx(RECORDED_SDS[name], rel=0.02), name


def test_todays_first_draws_are_others():
    drawn = dict(first_draws(tf.Graph().as_default()))
    assert drawn["softmax_w"] < 0.5 * RECORDED_SDS["softmax_w"]
    assert drawn["softmax_b"] < 0.5 * RECORDED_SDS["softmax_b"]
