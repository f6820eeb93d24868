"""Connect to Dask's scheduler: one that listens somewhere, or one of this process with workers on this machine."""

import contextlib
import logging
import urllib.request

import dask
import distributed

from common.errors import ReplayError
from common.language import _

SETTINGS = {
    # Dask would give its workers other numbers of threads for numpy than a chapter alone has.
    "distributed.nanny.pre-spawn-environ": {},
    # It looks at itself a hundred times a second, which takes a twentieth of a core. This takes a hundredth.
    "distributed.worker.profile.enabled": False,
    "distributed.admin.tick.interval": "1s",
    "distributed.admin.system-monitor.interval": "5s",
}
HOOKS = "common.sweeping.hooks"  # what each worker loads at its start
SECONDS = 10  # that a scheduler has to answer


@contextlib.contextmanager
def client_of(scheduler, workers):
    """Yield a Client of Dask for the address `scheduler`. Without one, begin as many `workers`, for one task each.

    It raises ReplayError when no scheduler answers there.
    """
    logging.getLogger("distributed").setLevel(logging.CRITICAL)  # what matters is said by the sweep
    if scheduler is None:
        with dask.config.set(SETTINGS), _own_cluster(workers) as cluster, distributed.Client(cluster) as client:
            yield client
        return
    try:
        client = distributed.Client(scheduler, timeout=SECONDS)
    except (OSError, ValueError, TypeError, RuntimeError) as error:
        host = scheduler.rpartition("//")[2].partition(":")[0] or "address"
        raise ReplayError(
            _(
                "{scheduler}: no scheduler of Dask answers there ({error}). To start one: .venv/bin/dask "
                "scheduler --host {host}"
            ).format(scheduler=scheduler, error=error, host=host)
        ) from error
    with client:
        yield client


def _own_cluster(workers):
    """Return a LocalCluster. It listens on the loopback alone, and with TLS where Dask's configuration asks for it."""
    encrypted = dask.config.get("distributed.comm.require-encryption")
    return distributed.LocalCluster(
        n_workers=workers,
        threads_per_worker=1,
        processes=True,
        host="tls://127.0.0.1" if encrypted else "127.0.0.1",
        dashboard_address="127.0.0.1:0",  # any port: another sweep may run
        memory_limit=0,  # book.toml says what a chapter takes
        silence_logs=logging.CRITICAL,
        preload=HOOKS,
    )


def dashboard(client):
    """Return the address of Dask's dashboard, or None when it does not run. It alone needs bokeh."""
    try:
        with urllib.request.urlopen(client.dashboard_link, timeout=2) as answer:
            return None if b"needs bokeh" in answer.read() else answer.url
    except (OSError, ValueError, TypeError):
        return None
