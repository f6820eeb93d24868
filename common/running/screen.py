"""Show progress bars and lines on one terminal, so that no line is torn.

Bars go to standard error. A bar steps aside for every line that is printed on the same terminal.
"""

import contextlib
import os
import stat
import sys

from tqdm import tqdm

import common
from common.language import N_, _

FORMAT = N_("{desc} {percentage:3.0f}%|{bar}| {n_fmt}/{total_fmt} {unit}s, {remaining} left")
STEP = N_("step")


def has_bars():
    """Return whether bars are drawn: on a terminal that no reader of a pipe prints on as well."""
    return common.is_redrawn() and not _is_pipe(sys.stdout)


def _is_pipe(stream):
    """Return whether another program reads `stream`: it may show the lines on the same terminal at any time."""
    try:
        mode = os.fstat(stream.fileno()).st_mode
    except (OSError, ValueError):  # a stream without a file
        return False
    return stat.S_ISFIFO(mode) or stat.S_ISSOCK(mode)


def bar(name, total, unit, initial=0):
    """Return a bar of tqdm on standard error: `name`, and how many of `total` `unit`s are done. It may be no terminal.

    `initial` units are not of this run, so that they tell nothing of the time that is left.
    """
    return tqdm(
        desc=name,
        total=total,
        unit=unit,
        initial=initial,
        file=sys.stderr,
        disable=not has_bars(),
        leave=False,
        dynamic_ncols=True,
        bar_format=_(FORMAT),
    )


@contextlib.contextmanager
def aside(stream):
    """Let the bars step aside while the block prints whole lines on `stream`, if that is a terminal."""
    if not stream.isatty():
        yield
        return
    with tqdm.external_write_mode(file=sys.stderr):
        yield
        stream.flush()


def say(text):
    """Print a line on standard error, so that standard output has what the listing prints and nothing else."""
    with aside(sys.stderr):
        print(text, file=sys.stderr, flush=True)


class Progress:
    """A Progress is the bar of a run. A loop has one, and a loop within a loop has one for all epochs.

    `name` is the chapter's.
    """

    def __init__(self, name):
        self._name, self._bar = name, None
        self._epoch, self._epochs = 0, 1

    def epochs(self, indices, count):
        """Yield `indices`, those of `count` epochs. The loops within them share one bar."""
        self._epochs = count
        for self._epoch in indices:
            yield self._epoch
        self.close()

    def steps(self, indices, count, unit=STEP):
        """Yield `indices`, those of a loop of `count` steps, and show how many of all epochs' steps are done.

        `unit` is the English word for one of them.
        """
        before = self._epoch * count
        for i in indices:
            if self._bar is None:
                self._bar = bar(self._name, self._epochs * count, _(unit), initial=before + i)
            if not self._bar.disable:
                self._bar.update(before + i - self._bar.n)
            yield i
        if self._epochs == 1:
            self.close()

    def close(self):
        """Remove the bar."""
        if self._bar is not None:
            self._bar.close()
        self._bar, self._epoch, self._epochs = None, 0, 1
