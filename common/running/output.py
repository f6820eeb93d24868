"""Show the standard output of a chapter while it runs, and keep it for `output.txt`."""

import io

from tqdm import tqdm


class Tee(io.TextIOBase):
    """A Tee is a standard output that keeps what it prints.

    It shows whole lines, so that a progress bar can step aside.
    """

    def __init__(self, terminal):
        self.kept, self._terminal, self._line = [], terminal, ""

    def write(self, text):
        """Keep `text`, show the lines that are whole, and return the length of `text`."""
        self.kept.append(text)
        self._line += text
        if "\n" in text:
            lines, _, self._line = self._line.rpartition("\n")
            with tqdm.external_write_mode(file=self._terminal):
                self._terminal.write(lines + "\n")
        return len(text)

    def flush(self):
        """Flush the terminal."""
        self._terminal.flush()

    def finish(self):
        """Show the rest, and return all that was printed (str)."""
        self._terminal.write(self._line)
        self._terminal.flush()
        return "".join(self.kept)
