"""What TensorFlow 0.12.1 made of the listings' graphs, and the weights that it started from."""

import json

import numpy as np

from common.paths import ROOT
from common.tf1 import tf

RECORDED = json.loads((ROOT / "tests" / "parity" / "graphs.json").read_text())
S = RECORDED["seed"]


def overwrite_variables(sess, recording):
    """Set the trainable variables to the weights that `recording` started from."""
    variables = tf.trainable_variables()
    assert [v.shape.as_list() for v in variables] == recording["variables"]
    sess.run(tf.initialize_all_variables())
    for i, variable in enumerate(variables):
        draw = np.random.RandomState(S + i).uniform(-0.1, 0.1, size=variable.shape.as_list())
        variable.load(draw.astype(np.float32), sess)
