"""Write TensorBoard's event files: the graph and the recorded scalars of a run."""

import shlex
import sys
from pathlib import Path

from common.language import _
from common.paths import shown
from common.running.screen import say
from common.tf1 import tf


def how_to_look(directory):
    """Return the sentences that say how to look at the event files in `directory` (str).

    TensorBoard is no part of the project. The project's uv fetches it into a place of its own.
    """
    words = [shown(Path(sys.executable)), "-m", "uv", "tool", "run", "tensorboard", "--logdir", str(directory)]
    message = _("The graph and the curves are in {folder}. To look at them: {command}")
    return message.format(folder=directory, command=shlex.join(words))


class EventLog:
    """An EventLog is one run's folder, `DIR/<name>`, which TensorBoard shows as the run `<name>`.

    It removes the event files of an earlier run of that name: TensorBoard would draw the two as one zigzag.
    It raises OSError when the folder cannot be made.
    """

    def __init__(self, directory, name):
        self.folder = Path(directory) / name
        self.folder.mkdir(parents=True, exist_ok=True)
        for path in self.folder.glob("events.out.tfevents.*"):
            path.unlink()
        self._writer = tf.summary.FileWriter(str(self.folder))
        self._points = 0

    def add_scalar(self, name, step, value):
        """Add the point (`step`, `value`) to the curve `name`."""
        self._points += 1
        self._writer.add_summary(tf.Summary(value=[tf.Summary.Value(tag=name, simple_value=value)]), step)

    def close(self):
        """Add the default graph, whole by now, and end the file. A file that is cut off is named on standard error."""
        self._writer.add_graph(tf.get_default_graph())
        self._writer.close()
        # The writer says nothing about a full disk.
        if not self._is_whole():
            say(_("{folder}: the event file is not whole. Is the disk full?").format(folder=self.folder))

    def _is_whole(self):
        """Return whether the file holds the graph and every point."""
        points, graph = 0, False
        try:
            for path in self.folder.glob("events.out.tfevents.*"):
                for event in tf.train.summary_iterator(str(path)):
                    points += len(event.summary.value)
                    graph |= bool(event.graph_def)
        except tf.errors.OpError:  # an event that was cut off
            return False
        return graph and points == self._points
