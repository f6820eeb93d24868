"""Prepare each worker of Dask, and stop what it runs when it ends: `dask worker --preload common.sweeping.hooks`."""

import contextlib
import signal

from common.sweeping.work import processes


def dask_setup(worker):
    """Leave Ctrl-C to the program that has begun `worker`."""
    with contextlib.suppress(ValueError):  # it is not the main thread
        signal.signal(signal.SIGINT, signal.SIG_IGN)


def dask_teardown(worker):
    """Stop what `worker` runs, so that it is saved."""
    processes.stop()
