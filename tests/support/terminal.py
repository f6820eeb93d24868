"""What a person sees: a program on a pseudo-terminal, whose screen `pyte` draws."""

import os
import struct
import subprocess
import sys
import time

import pyte

from common.paths import ROOT

LINES = 50


class Terminal:
    """A Terminal is a run of a program on a pseudo-terminal, from its start to its end.

    `status` is its exit status, and `raw` the bytes that it wrote there. `lines` is all that was on the screen, with
    what has scrolled away, when it had ended. `seen` is a list of (seconds, the lines of the screen then).
    """

    def __init__(self, command, columns=80, streams="12", **environment):
        """Run `command`, a list. `streams` names those of its streams that are on the terminal: "1", "2" or "12"."""
        import fcntl
        import pty
        import termios

        ours, theirs = pty.openpty()
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", LINES, columns, 0, 0))
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("MAKE", "REPLAY_"))}
        kept |= {"TERM": "xterm-256color", **environment}
        files = {name: theirs if name in streams else subprocess.DEVNULL for name in "12"}
        begin = time.monotonic()
        with subprocess.Popen(
            command, cwd=ROOT, env=kept, stdin=theirs, stdout=files["1"], stderr=files["2"], start_new_session=True
        ) as process:
            os.close(theirs)
            self.raw, self.seen = b"", []
            screen = pyte.HistoryScreen(columns, LINES, history=10_000, ratio=1)
            stream = pyte.ByteStream(screen)
            while part := _read(ours):
                self.raw += part
                stream.feed(part)
                self.seen.append((time.monotonic() - begin, [line.rstrip() for line in screen.display]))
            os.close(ours)
        self.status = process.returncode
        gone = ["".join(row[column].data for column in range(columns)).rstrip() for row in screen.history.top]
        self.lines = gone + [line.rstrip() for line in screen.display]
        while self.lines and not self.lines[-1]:
            self.lines.pop()


def _read(number):
    try:
        return os.read(number, 1 << 16)
    except OSError:  # the other side is closed
        return b""


def wrapped(text, columns):
    """Return the lines that a terminal of `columns` columns shows of `text`. A Korean letter takes two columns."""
    screen = pyte.Screen(columns, 1000)
    pyte.Stream(screen).feed(text.replace("\n", "\r\n"))
    lines = [line.rstrip() for line in screen.display]
    while lines and not lines[-1]:
        lines.pop()
    return lines


def chapter(name, *words):
    """Return the command that replays the chapter whose folder is `name`."""
    return [sys.executable, "-m", f"chapters.{name}.replay", *map(str, words)]
