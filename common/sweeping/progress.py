"""Show how far a sweep is. A terminal has one table, and other places a line for each task."""

import contextlib
import sys
import time
from collections import Counter
from statistics import mean

from rich.console import Console
from rich.live import Live
from rich.table import Table

from common.language import N_, _

WITHOUT_TIME = N_("{task}: {how}, {worker}. {ended} of {total} finished.")
WITH_TIME = N_("{task}: {how}, {worker}. {ended} of {total} finished, {left} left.")
FIRST = (N_("chapter"), N_("settings"))
COLUMNS = (*FIRST, N_("finished"), N_("of"), N_("running"), N_("failed"), N_("seconds each"))


class Progress:
    """A Progress shows `total` tasks, a Counter by kind, on `stream`.

    `kept` is a Counter of those whose results were there. `seconds` is a dict from kinds to lists of seconds, of
    results that were there.
    """

    def __init__(self, total, kept, seconds, stream=None):
        stream = stream or sys.stdout
        self.total, self.kept = total, kept
        self.ended, self.broken, self.running = Counter(kept), Counter(), Counter()
        self._kept_seconds, self._seconds = seconds, {}
        self._left = None
        self._console = Console(file=stream, highlight=False, markup=False, emoji=False, soft_wrap=True)
        self._live = Live(console=self._console, auto_refresh=False) if stream.isatty() else contextlib.nullcontext()

    def __enter__(self):
        self._live.__enter__()
        return self

    def __exit__(self, *error):
        if isinstance(self._live, Live):
            self._live.update(self.table(), refresh=True)
        self._live.__exit__(*error)

    def say(self, text):
        """Print a line. On a terminal it stands above the table."""
        self._console.print(text, soft_wrap=True)
        self._console.file.flush()

    def finished(self, task, worker, seconds, ran):
        """Count `task` as finished. `ran` is whether it took these `seconds`; else its result was on the worker."""
        self.ended[task.kind] += 1
        if ran:
            self._seconds.setdefault(task.kind, []).append(seconds)
        if not isinstance(self._live, Live):
            how = _("{seconds:.1f} s").format(seconds=seconds) if ran else _("was there")
            goes_on = self._left and self.ended.total() + self.broken.total() < self.total.total()
            line = WITH_TIME if goes_on else WITHOUT_TIME
            left, counts = span(self._left or 0), {"ended": self.ended.total(), "total": self.total.total()}
            self.say(_(line).format(task=task, how=how, worker=worker, left=left, **counts))

    def failed(self, task, lines):
        """Count `task` as failed, and show `lines`: where it failed, and the end of its log."""
        self.broken[task.kind] += 1
        self.say("\n    ".join([_("{task} failed: {reason}").format(task=task, reason=lines[0]), *lines[1:]]))

    def refresh(self, attempts, waiting, slots):
        """Show what runs now (Attempts), and how long the rest will take with `slots` tasks at a time."""
        now = time.monotonic()
        running = [(attempt.task.kind, now - attempt.begun) for attempt in attempts if attempt.task]
        self.running = Counter(kind for kind, seconds in running)
        self._left = self.left(running, [task.kind for task in waiting], slots)
        if isinstance(self._live, Live):
            self._live.update(self.table(), refresh=True)

    def left(self, running, waiting, slots):
        """Return the seconds until all is finished, or None while nobody knows.

        `running` has pairs of a kind and its seconds so far, `waiting` has kinds.
        """
        each = {kind: self.seconds_each(kind) for kind in [*waiting, *(kind for kind, _ in running)]}
        if not each or None in each.values():
            return None
        rests = [max(0, each[kind] - seconds) for kind, seconds in running]
        whole = [each[kind] for kind in waiting]
        return max((sum(rests) + sum(whole)) / slots, max([*rests, *whole]))

    def seconds_each(self, kind):
        """Return the seconds that a task of `kind` takes, or None. Kept results and other settings may tell."""
        chapter = kind.split(" ")[0]
        others = [s for name, found in self._seconds.items() if name.split(" ")[0] == chapter for s in found]
        known = self._seconds.get(kind) or self._kept_seconds.get(kind) or others
        return mean(known) if known else None

    def table(self):
        """Return the table of all kinds."""
        left = "" if self._left is None else _("{span} left").format(span=span(self._left))
        table = Table(box=None, pad_edge=False, caption=left or None, caption_justify="left")
        for name in COLUMNS:
            table.add_column(_(name), justify="left" if name in FIRST else "right")
        for kind, total in self.total.items():
            chapter, _space, settings = kind.partition(" ")
            each = self.seconds_each(kind)
            numbers = (self.ended[kind], total, self.running[kind], self.broken[kind])
            table.add_row(chapter, settings, *map(str, numbers), "" if each is None else f"{each:.1f}")
        return table


def span(seconds):
    """Return a span of time as text: "12 s", "5 min", "3 h 10 min"."""
    if seconds < 90:
        return _("{seconds:.0f} s").format(seconds=seconds)
    hours, minutes = divmod(round(seconds / 60), 60)
    if hours * 60 + minutes < 90:
        return _("{minutes} min").format(minutes=hours * 60 + minutes)
    return _("{hours} h {minutes} min").format(hours=hours, minutes=minutes)
