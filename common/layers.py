"""This module has the two initializers that the book defines anew after ch01 (first on pages 24-27)."""

from common.tf1 import tf


def weight_variable(shape, name=None):
    """Return a variable of `shape`, drawn from a normal of standard deviation 0.1, cut at two of these."""
    initial = tf.truncated_normal(shape, stddev=0.1)
    return tf.Variable(initial, name=name)


def bias_variable(shape, name=None):
    """Return a variable of `shape` that starts at 0.1, so that a ReLU begins in its open half."""
    initial = tf.constant(0.1, shape=shape)
    return tf.Variable(initial, name=name)
