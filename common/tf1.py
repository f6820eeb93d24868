"""This module is TensorFlow as the book knows it: graph mode, with r0.11's habits that change results.

It is the only module that imports TensorFlow. Every other one says `from common.tf1 import tf` and gets
`tf.compat.v1`.
"""

import contextlib
import importlib
import os
import sys
import tempfile
import warnings

from common.errors import ReplayError
from common.language import _

OLDEST = (2, 16)  # the first release that needs tf_keras for the TF1 recurrent cells


@contextlib.contextmanager
def _native_messages_held_back():
    """Hold back what TensorFlow's C++ start-up writes to file descriptor 2, and show it when the start fails.

    TF_CPP_MIN_LOG_LEVEL does not reach lines that are written before the logging is set up.
    """
    try:
        saved = os.dup(2)
    except OSError:
        yield
        return
    with tempfile.TemporaryFile() as held:
        sys.stderr.flush()
        os.dup2(held.fileno(), 2)
        try:
            yield
        except BaseException:
            os.dup2(saved, 2)
            held.seek(0)
            sys.stderr.write(held.read().decode("utf-8", "replace"))
            raise
        finally:
            os.dup2(saved, 2)
            os.close(saved)


def check_version(version):
    """Raise ReplayError when `version` ("2.21.0") is older than these chapters can use."""
    found = tuple(int(part) for part in version.split(".")[:2])
    if found < OLDEST:
        raise ReplayError(
            _(
                "TensorFlow {version} is too old: the chapters need {major}.{minor} or later. Run `make "
                "setup`, which installs the pinned release into .venv."
            ).format(version=version, major=OLDEST[0], minor=OLDEST[1])
        )


def load(name="tensorflow"):
    """Import TensorFlow quietly, in graph mode, with the TF1 recurrent cells alive, and return `tf.compat.v1`.

    It raises ReplayError when `name` cannot be imported or is too old, and under PYTHONOPTIMIZE=2.
    """
    if sys.flags.optimize > 1:
        raise ReplayError(
            _(
                "TensorFlow cannot be imported without docstrings, which PYTHONOPTIMIZE=2 or `python -OO` "
                "takes away. Start the chapters through make, or without it."
            )
        )
    os.environ["TF_USE_LEGACY_KERAS"] = "1"  # tf.nn.rnn_cell.* exists only with tf_keras
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    os.environ.setdefault("CUDA_VISIBLE_DEVICES", "-1")  # every result of this project was measured on the CPU
    try:
        with _native_messages_held_back():
            module = importlib.import_module(name)
            importlib.import_module("tf_keras")
    except ImportError as error:
        raise ReplayError(
            _(
                "TensorFlow cannot be imported ({error}). Run `make setup`, which installs requirements.txt "
                "into .venv. Then start the chapters through make or with .venv's own Python."
            ).format(error=error)
        ) from error
    check_version(module.__version__)
    with _native_messages_held_back():  # else the first map_fn would search for GPUs, and complain
        module.config.list_physical_devices()
    v1 = module.compat.v1
    v1.disable_eager_execution()
    v1.logging.set_verbosity(v1.logging.ERROR)
    warnings.filterwarnings("ignore", message=r".*tf\.nn\.rnn_cell\..* is deprecated")
    return v1


try:
    tf = load()
except ReplayError as error:
    # Every chapter imports this module first: nobody is there yet to catch the error.
    sys.exit(str(error))
except KeyboardInterrupt:
    sys.exit(130)


class AdamOptimizer(tf.train.AdamOptimizer):
    """This is Adam as r0.11 had it, for words that occur several times in a batch.

    The gradient of an embedding is a list of rows, one for each occurrence of a word. Today's Adam first sums the
    rows of a word. The first moment of r0.11 took this sum as well. Its second moment took the sum of their squares.
    Frequent words thus take longer steps. The language model from page 79 rests on it.
    """

    def _resource_apply_sparse_duplicate_indices(self, grad, handle, indices):
        return self._resource_apply_sparse(grad, handle, indices)


@contextlib.contextmanager
def period_graph(seed=None):
    """Open a fresh default graph with r0.11's default initializer; its random ops draw from `seed`.

    r0.11's `get_variable` without an initializer drew uniform unit scaling, +-sqrt(3 / fan_in). The product of all
    dimensions but the last is fan_in. Today's TensorFlow would draw Glorot. The recurrent cells of ch06 and ch07 (from
    pages 71 and 79) rest on it.
    """
    with tf.Graph().as_default() as graph:
        tf.set_random_seed(seed)
        tf.get_variable_scope().set_initializer(tf.uniform_unit_scaling_initializer())
        yield graph


def session(threads, make=tf.Session):
    """Return a session on the CPU with `threads` threads, within an operation and for operations side by side.

    The number decides how sums are split. Results repeat to the byte only for the same number.
    `make` is the session's class.
    """
    config = tf.ConfigProto(intra_op_parallelism_threads=threads, inter_op_parallelism_threads=threads)
    with _native_messages_held_back():  # the first session complains when there is no GPU
        return make(config=config)
