"""`sequence_loss_by_example` against numpy, with every argument."""

import numpy as np
import pytest

from common.seq2seq import sequence_loss_by_example
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
