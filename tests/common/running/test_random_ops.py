"""Random operations of two sessions: one draws, the other catches up, and then both draw the same."""

import numpy as np
import pytest

from common.running.random_ops import CHUNK, CountedSession
from common.tf1 import period_graph, session, tf

DRAWS = {
    "uniform": tf.random_uniform,
    "normal": tf.random_normal,
    "truncated normal": tf.truncated_normal,
    "uniform of float64": lambda shape: tf.random_uniform(shape, dtype=tf.float64),
    "whole": lambda shape: tf.random_uniform(shape, maxval=1000003, dtype=tf.int32),
    "long": lambda shape: tf.random_uniform(shape, maxval=10**12, dtype=tf.int64),
}


@pytest.fixture
def graph():
    """A graph with a seed."""
    with period_graph(seed=1) as graph:
        yield graph


def counted():
    return session(2, CountedSession)


def caught_up(first):
    """Return a second session that has drawn what `first` has."""
    second = counted()
    second.draw_up_to(first.numbers, first.calls)
    assert (second.numbers, second.calls) == (first.numbers, first.calls)
    return second


@pytest.mark.parametrize("name", DRAWS)
@pytest.mark.parametrize("counts", [[1], [3, 4, 5], [7, 1000, 129], [CHUNK + 9]])
def test_each_distribution_goes_on(graph, name, counts):
    """The truncated normal draws again what lies outside: its count of numbers is no count of tries."""
    count = tf.placeholder(tf.int32, [None])
    numbers = DRAWS[name](count)
    first = counted()
    for n in counts:
        first.run(numbers, {count: [n]})
    second = caught_up(first)
    following = [sess.run(numbers, {count: [5000]}) for sess in (first, second)]
    assert np.array_equal(*following)
    assert not np.array_equal(following[0], counted().run(numbers, {count: [5000]}))


def test_single_numbers_shuffles_and_draws_of_classes_go_on(graph):
    fetches = [tf.random_uniform([]), tf.random_shuffle(tf.range(50)), tf.multinomial(tf.zeros([2, 5]), 7)]
    first = counted()
    for _ in range(3):
        first.run(fetches)
    second = caught_up(first)
    for mine, other in zip(first.run(fetches), second.run(fetches), strict=True):
        assert np.array_equal(mine, other)


def test_dropout_behind_dropout_is_counted_without_drawing(graph):
    """The second one's shape is computed from what the first one gives."""
    x = tf.placeholder(tf.float32, [None, 8])
    dropped = tf.nn.dropout(tf.nn.relu(tf.nn.dropout(x, rate=0.5)), rate=0.5)
    first, plain = counted(), session(2)
    for rows in (3, 5, 3):
        feed_dict = {x: np.ones([rows, 8])}
        assert np.array_equal(first.run(dropped, feed_dict), plain.run(dropped, feed_dict))
    assert sorted(first.numbers.values()) == [88, 88]
    assert np.array_equal(*(sess.run(dropped, {x: np.ones([9, 8])}) for sess in (plain, caught_up(first))))


def test_what_is_drawn_within_a_loop_goes_on(graph):
    x = tf.placeholder(tf.float32, [None, 4])
    noisy = tf.map_fn(lambda row: row + tf.random_normal([4]), x, parallel_iterations=1)
    first = counted()
    for rows in (3, 5, 3):
        first.run(noisy, {x: np.zeros([rows, 4])})
    assert sorted(first.calls.values()) == [1, 2] and first.numbers == {}
    assert np.array_equal(*(sess.run(noisy, {x: np.zeros([6, 4])}) for sess in (first, caught_up(first))))


def test_what_is_fed_is_not_drawn(graph):
    noise = tf.random_uniform([3])
    first = counted()
    first.run([noise, noise + 1], {noise: np.zeros(3)})
    assert (first.numbers, first.calls) == ({}, {})


def test_variables_and_nested_fetches_and_feeds_run_as_ever(graph):
    state = (tf.placeholder(tf.float32, [2]), tf.placeholder(tf.float32, [2]))
    variable = tf.Variable(tf.random_uniform([4]))
    sess = counted()
    sess.run(variable.initializer)
    result = sess.run({"sum": state[0] + state[1], "v": [variable]}, {state: (np.ones(2), np.array([1, 2]))})
    assert result["sum"].tolist() == [2, 3] and result["v"][0].shape == (4,)
    assert list(sess.numbers.values()) == [4]


def test_a_session_that_has_drawn_more_cannot_catch_up(graph):
    numbers, shuffled = tf.random_uniform([3]), tf.random_shuffle(tf.range(4))
    sess = counted()
    sess.run(numbers)
    with pytest.raises(ValueError, match="has drawn 3 numbers too many"):
        sess.draw_up_to({}, {})
    with pytest.raises(ValueError, match="the graph has no operation another"):
        sess.draw_up_to({**sess.numbers, "another": 1}, {})
    sess.run(shuffled)
    with pytest.raises(ValueError, match="has run 1 times too many"):
        sess.draw_up_to(sess.numbers, {})
