"""The weights of a trained net, saved and set again."""

import pytest

from common.errors import ReplayError
from common.running import checkpoints
from common.tf1 import period_graph, session, tf


def net(seed, shape=(2, 3)):
    """Open a session with one variable, drawn from `seed`."""
    graph = period_graph(seed)
    with graph:
        tf.get_variable("W", shape)
        sess = session(1)
        sess.run(tf.global_variables_initializer())
        return sess


def weights(sess):
    with sess.graph.as_default():
        return sess.run(tf.trainable_variables()[0]).tolist()


def restored(sess, directory):
    with sess.graph.as_default():
        checkpoints.restore(sess, directory)
    return weights(sess)


def saved(sess, directory):
    with sess.graph.as_default():
        checkpoints.save(sess, directory)
    return weights(sess)


def test_weights_come_back_and_the_last_ones_count(tmp_path):
    first = saved(net(1), tmp_path / "checkpoint")
    last = saved(net(2), tmp_path / "checkpoint")
    other = net(3)
    assert len({str(first), str(last), str(weights(other))}) == 3
    assert restored(other, tmp_path / "checkpoint") == last
    assert [path.name for path in tmp_path.iterdir()] == ["checkpoint"]


@pytest.mark.parametrize("fault", ["missing", "damaged", "another shape"])
def test_weights_that_do_not_fit_are_refused(tmp_path, fault):
    if fault != "missing":
        saved(net(1), tmp_path)
    if fault == "damaged":
        (tmp_path / "model.index").write_bytes(b"junk")
    other = net(2, (5, 3)) if fault == "another shape" else net(2)
    with pytest.raises(ReplayError, match=r"expected the weights of this chapter's net, .* Train it again\."):
        restored(other, tmp_path)
