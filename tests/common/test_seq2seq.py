"""`sequence_loss_by_example` and `rnn_decoder` against numpy, with every argument."""

import numpy as np
import pytest

from common.seq2seq import rnn_decoder, sequence_loss_by_example
from common.tf1 import period_graph, session, tf

RANDOM = np.random.RandomState(0)
LOGITS = RANDOM.normal(size=(3, 4, 5)).astype(np.float32)  # time, batch, classes
TARGETS = RANDOM.randint(0, 5, size=(3, 4))
WEIGHTS = RANDOM.uniform(0, 2, size=(3, 4)).astype(np.float32)
WEIGHTS[:, 0] = 0


def computed(**arguments):
    with period_graph(), session(1) as sess:
        loss = sequence_loss_by_example(
            [tf.constant(step) for step in LOGITS],
            [tf.constant(step) for step in TARGETS],
            [tf.constant(step) for step in WEIGHTS],
            **arguments,
        )
        return sess.run(loss)


def weighted_sum():
    log_probs = LOGITS - np.log(np.exp(LOGITS).sum(axis=2, keepdims=True))
    return -(np.take_along_axis(log_probs, TARGETS[:, :, None], axis=2)[:, :, 0] * WEIGHTS).sum(axis=0)


def test_mean_over_time_steps_survives_weights_of_zero():
    np.testing.assert_allclose(computed(), weighted_sum() / (WEIGHTS.sum(axis=0) + 1e-12), rtol=1e-5)


def test_sum_over_time_steps():
    np.testing.assert_allclose(computed(average_across_timesteps=False), weighted_sum(), rtol=1e-5)


def test_own_loss_gets_logits_first():
    def first_logit(logits, targets):
        return logits[:, 0] + 0.0 * tf.cast(targets, tf.float32)

    loss = computed(average_across_timesteps=False, softmax_loss_function=first_logit)
    np.testing.assert_allclose(loss, (LOGITS[:, :, 0] * WEIGHTS).sum(axis=0), rtol=1e-5)


def test_lists_of_different_lengths():
    with period_graph(), pytest.raises(ValueError, match="1 logits, 1 targets, 0 weights"):
        sequence_loss_by_example([tf.zeros([1, 2])], [tf.zeros([1], tf.int32)], [])


INPUTS = RANDOM.normal(size=(3, 2, 4)).astype(np.float32)  # time, batch, inputs


def decoded(loop_function=None):
    """Outputs of a decoder over INPUTS, its last state, and the names of its variables."""
    with period_graph(1), session(1) as sess:
        cell = tf.nn.rnn_cell.BasicRNNCell(num_units=4)
        inputs = [tf.constant(step) for step in INPUTS]
        outputs, state = rnn_decoder(inputs, cell.zero_state(2, tf.float32), cell, loop_function, scope="Decoder")
        names = [variable.op.name for variable in tf.trainable_variables()]
        sess.run(tf.initialize_all_variables())
        return sess.run(outputs), sess.run(state), names, sess.run(tf.trainable_variables())


def test_decoder_walks_over_its_inputs_with_one_set_of_weights():
    outputs, state, names, (kernel, bias) = decoded()
    assert names == ["Decoder/basic_rnn_cell/kernel", "Decoder/basic_rnn_cell/bias"]
    expected = np.zeros([2, 4], np.float32)
    for inp, output in zip(INPUTS, outputs, strict=True):
        expected = np.tanh(np.concatenate([inp, expected], axis=1) @ kernel + bias)
        np.testing.assert_allclose(output, expected, rtol=1e-5)
    np.testing.assert_array_equal(state, outputs[-1])


def test_decoder_feeds_on_its_own_outputs():
    asked = []

    def loop_function(output, i):
        asked.append((i, tf.get_variable_scope().name, tf.get_variable_scope().reuse))
        return 2.0 * output

    outputs, _, _, (kernel, bias) = decoded(loop_function)
    assert asked == [(1, "Decoder/loop_function", True), (2, "Decoder/loop_function", True)]
    state, inp = np.zeros([2, 4], np.float32), INPUTS[0]
    for output in outputs:
        state = np.tanh(np.concatenate([inp, state], axis=1) @ kernel + bias)
        inp = 2.0 * state
        np.testing.assert_allclose(output, state, rtol=1e-5)
