"""Measure what Dask's scheduler costs, and what a second worker saves: `python -m tests.bench.sweeps --seeds 6`.

The same tasks of one thread each run with one worker, then with two. The processes of Dask are told from the tasks. So
the share of the CPU time that Dask takes holds on a busy machine, too. The times are for an idle one.
"""

import argparse
import contextlib
import resource
import sys
import tempfile
import time
from pathlib import Path

import psutil

from tests.support.checkouts import checkout, start

SECONDS = 0.2  # between two looks at the processes


def own_cpu(processes, found):
    """Note in the dict `found` the CPU seconds of each process of Dask so far. A task is none of them."""
    for process in processes:
        with contextlib.suppress(psutil.Error):
            if "common.sweeping.child" not in process.cmdline():
                times = process.cpu_times()
                found[process.pid] = times.user + times.system


def measured(folder, words):
    """Run a sweep in the checkout `folder`. Return its seconds, its CPU seconds, and those of them that are Dask's."""
    before, begin, found = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter(), {}
    process = start(folder, "common.sweeping.sweep", *words, log=folder / "log")
    root = psutil.Process(process.pid)
    while process.poll() is None:
        with contextlib.suppress(psutil.Error):
            own_cpu([root, *root.children(recursive=True)], found)
        time.sleep(SECONDS)
    seconds, after = time.perf_counter() - begin, resource.getrusage(resource.RUSAGE_CHILDREN)
    if process.returncode:
        sys.exit((folder / "log").read_text(encoding="utf-8"))
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return seconds, cpu, sum(found.values())


def main(arguments=None):
    """Read the command line, measure, and print a table."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.sweeps", description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, default=6, help="tasks, an even number (default: 6)")
    parser.add_argument("--steps", type=int, default=20000, help="of ch06 in each task (default: 20000)")
    options = parser.parse_args(arguments)
    words = ["--chapters", "ch06", "--seeds", str(options.seeds), "--with", f"steps={options.steps}"]
    times = []
    with tempfile.TemporaryDirectory(prefix="sweeps.") as work:
        for workers in (1, 2):
            seconds, cpu, own = measured(checkout(Path(work, str(workers))), [*words, "--workers", str(workers)])
            times.append(seconds)
            print(
                f"workers {workers}: {seconds:.1f} s; CPU: tasks {cpu - own:.1f} s, Dask {own:.1f} s, "
                f"which is {own / (cpu - own):.1%}",
                flush=True,
            )
    print(f"two workers take {times[1] / times[0]:.2f} of the time of one")
    return 0


if __name__ == "__main__":
    sys.exit(main())
