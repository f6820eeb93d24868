"""Save and restore a trained net's weights, with TensorFlow's own Saver."""

import shutil
import tempfile
from pathlib import Path

from common.errors import ReplayError
from common.files import open_regular
from common.language import _
from common.tf1 import tf


def save(sess, directory):
    """Write the trainable variables of the session's graph into `directory`, in place of what it held.

    It raises ReplayError when they cannot be written.
    """
    directory = Path(directory)
    directory.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=directory.parent, prefix=".checkpoint.") as temporary:
        whole = Path(temporary) / "whole"
        saver = tf.train.Saver(tf.trainable_variables())
        try:
            saver.save(sess, str(whole / "model"), write_state=False, write_meta_graph=False)
        except tf.errors.OpError as error:  # a full disk is no OSError here
            raise ReplayError(
                _("{directory}: the trained net cannot be written: {reason}.").format(
                    directory=directory, reason=error.message
                )
            ) from error
        shutil.rmtree(directory, ignore_errors=True)
        whole.rename(directory)


def restore(sess, directory):
    """Set the trainable variables of the session's graph from `directory`, where `save` put them.

    It raises ReplayError when they are missing, damaged, or those of another graph.
    """
    path = str(Path(directory) / "model")
    try:
        for part in Path(directory).glob("model.*"):
            open_regular(part).close()  # TensorFlow would wait for ever at a pipe
        saved = tf.train.load_checkpoint(path).get_variable_to_shape_map()
        for variable in tf.trainable_variables():
            found, expected = saved.get(variable.op.name), variable.shape.as_list()
            if found not in (None, expected):  # the Saver would set it all the same
                raise ValueError(
                    _("{name} has shape {found}, expected {expected}").format(
                        name=variable.op.name, found=found, expected=expected
                    )
                )
        tf.train.Saver(tf.trainable_variables()).restore(sess, path)
    except (tf.errors.OpError, OSError, ValueError) as error:
        reason = str(error).strip().splitlines()[0]
        raise ReplayError(
            _(
                "{directory}: expected the weights of this chapter's net, found none that fit ({reason}). "
                "Train it again."
            ).format(directory=directory, reason=reason)
        ) from error
