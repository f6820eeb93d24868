"""Show the standard output of a chapter while it runs, and keep it for `output.txt`."""

import contextlib
import io

from common.errors import ReplayError, close_output, reason
from common.language import _
from common.running.screen import aside


class Tee(io.TextIOBase):
    """A Tee is a standard output that keeps what it prints.

    It shows whole lines, so that a progress bar can step aside. Its methods raise ReplayError when nothing can be
    written any more, and BrokenPipeError when nobody reads.
    """

    def __init__(self, terminal):
        self.kept, self._terminal, self._line = [], terminal, ""

    def write(self, text):
        """Keep `text`, show the lines that are whole, and return the length of `text`."""
        self.kept.append(text)
        self._line += text
        if "\n" in text:
            lines, _, self._line = self._line.rpartition("\n")
            with self._failing(), aside(self._terminal):
                self._terminal.write(lines + "\n")
        return len(text)

    def flush(self):
        """Flush the terminal."""
        with self._failing():
            self._terminal.flush()

    def set_parent(self, parent):
        """Take the message that runs a notebook's cell: what is printed from now on stands below this cell."""
        self._terminal.set_parent(parent)

    def finish(self):
        """Show the rest, and return all that was printed (str)."""
        with self._failing(), aside(self._terminal):
            self._terminal.write(self._line)
            self._terminal.flush()
        return "".join(self.kept)

    @contextlib.contextmanager
    def _failing(self):
        """Turn the OSError of a full disk into a ReplayError."""
        try:
            yield
        except BrokenPipeError:
            raise
        except OSError as error:
            close_output(self._terminal)
            raise ReplayError(
                _(
                    "standard output: {reason}, so that the lines are not whole. No result was written. Send them to "
                    "another place."
                ).format(reason=reason(error))
            ) from error
