"""Standard output while a chapter runs: shown, and kept for `output.txt`."""

import io

from tqdm import tqdm


class Tee(io.TextIOBase):
    """Standard output that keeps what it prints. It shows whole lines, so that a progress bar can step aside."""

    def __init__(self, terminal):
        self.kept, self._terminal, self._line = [], terminal, ""

    def write(self, text):
        """Keep `text`, and show it as far as its last line is whole."""
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
        """Show the rest, and return all that was printed."""
        self._terminal.write(self._line)
        self._terminal.flush()
        return "".join(self.kept)
