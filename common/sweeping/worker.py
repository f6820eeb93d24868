"""Do `make worker`: run tasks of a sweep that another machine has begun.

    python -m common.sweeping.worker --scheduler tcp://192.168.1.2:8786 --data somewhere

These are workers of Dask. They belong to the sweep's scheduler until they are interrupted.
"""

import os
import sys

from common.errors import ReplayError, command, with_given
from common.language import _, argument_parser
from common.sweeping.arguments import add_numbers, workers_of

try:
    import dask
    from distributed.cli.dask_worker import main as dask_worker

    from common.sweeping.cluster import HOOKS, SETTINGS
except ImportError as error:
    sys.exit(
        _(
            "Workers need the packages of common/tooling/requirements-sweep.txt ({error}). `make worker` installs them."
        ).format(error=error)
    )


@command
def main(arguments=None):
    """Read the command line and work until an interrupt. Return the exit status."""
    parser = argument_parser(
        prog="python -m common.sweeping.worker", description=_("Run tasks of a sweep that another machine has begun.")
    )
    parser.add_argument("--scheduler", metavar="ADDRESS", help=_("of Dask's scheduler, such as tcp://192.168.1.2:8786"))
    parser.add_argument("--data", metavar="DIR", help=_("the folder with the real data on this machine"))
    add_numbers(parser)
    options = parser.parse_args(with_given(arguments, "scheduler", "data", "threads", "workers"))
    if not options.scheduler:
        raise ReplayError(_("Say where Dask's scheduler is: make worker SCHEDULER=tcp://192.168.1.2:8786"))
    if options.data:
        os.environ["REPLAY_DATA"] = options.data  # the processes that Dask starts find it there
    words = [options.scheduler, "--nworkers", str(workers_of(options)), "--nthreads", "1", "--memory-limit", "0"]
    with dask.config.set(SETTINGS):
        dask_worker.main([*words, "--no-dashboard", "--preload", HOOKS], standalone_mode=False)
    return 0


if __name__ == "__main__":
    sys.exit(main())
