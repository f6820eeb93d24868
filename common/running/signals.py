"""Catch Ctrl-C, SIGTERM and SIGHUP, so that a run can save before it ends."""

import contextlib
import os
import signal
import sys
import threading

CAUGHT = [getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)]


class Stopped(KeyboardInterrupt):
    """A Stopped is raised in place of a signal. `status` is the exit status: 130, 143 or 129."""

    def __init__(self, number):
        super().__init__(number)
        self.status = 128 + number


class Stop:
    """A Stop is the wish to end a run. `number` is that of the signal, or None.

    While `waits` is true, it is raised by `check()` only. Else it is raised at once. `place` is a text: where the run
    was saved last, or None.
    """

    def __init__(self):
        self.number, self.waits, self.place = None, False, None

    def caught(self, number, frame):
        """Take a signal. The second one ends the program at once."""
        if self.number is not None:
            os._exit(128 + number)
        self.number = number
        if not self.waits:
            raise Stopped(number)

    def again(self, number):
        """Take the signal `number` once more, as if it were the first."""
        self.number = None
        signal.raise_signal(number)

    def check(self):
        """Raise Stopped when a signal came."""
        if self.number is not None:
            raise Stopped(self.number)


@contextlib.contextmanager
def caught(stop):
    """Let `stop` (a Stop) take the signals that come within the block.

    A signal that is ignored stays so, as `nohup` wants it. Only a program's main thread can take signals.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before, hook = {number: signal.getsignal(number) for number in CAUGHT}, sys.unraisablehook

    def lost(unraisable):
        # Python drops what is raised while it collects garbage: then the signal has to come once more.
        if isinstance(unraisable.exc_value, Stopped):
            threading.Timer(0.01, stop.again, [signal.Signals(unraisable.exc_value.status - 128)]).start()
        else:
            hook(unraisable)

    taken = [number for number, handler in before.items() if handler not in (signal.SIG_IGN, None)]
    for number in taken:
        signal.signal(number, stop.caught)
    sys.unraisablehook = lost
    try:
        yield
    finally:
        sys.unraisablehook = hook
        for number in taken:
            signal.signal(number, before[number])
