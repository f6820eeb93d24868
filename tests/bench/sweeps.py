"""Measure what Dask's scheduler costs, and what a second worker saves: `python -m tests.bench.sweeps --seeds 6`.

The same tasks run three ways in turn: one after another without Dask, in a sweep with one worker, and in one with two.
Each task has one thread. CPU time says what the scheduler costs even when other programs run meanwhile.
"""

import argparse
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from common.sweeping.task import all_tasks
from tests.support.checkouts import checkout, start

WAYS = ("without Dask", "one worker", "two workers")


def measured(function):
    """Return the seconds that `function` takes, and the CPU seconds of all processes that it starts."""
    before, begin = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    function()
    seconds, after = time.perf_counter() - begin, resource.getrusage(resource.RUSAGE_CHILDREN)
    return seconds, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def finish(process):
    output = process.communicate()[0].decode(errors="replace")
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, process.args, output)


def alone(folder, tasks):
    for task in tasks:
        finish(start(folder, *task.words(None, folder / "alone")))


def main(arguments=None):
    """Read the command line, measure, and print a table."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.sweeps", description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, default=6, help="tasks, an even number (default: 6)")
    parser.add_argument("--steps", type=int, default=20000, help="of ch06 in each task (default: 20000)")
    options = parser.parse_args(arguments)
    changed = f"steps={options.steps}"
    tasks = all_tasks(["ch06"], "builtin", options.seeds, 1, [changed])
    words = ["common.sweeping.sweep", "--chapters", "ch06", "--seeds", str(options.seeds), "--with", changed]
    found = {}
    with tempfile.TemporaryDirectory(prefix="sweeps.") as work:
        for number, way in enumerate(WAYS):
            folder = checkout(Path(work, way.replace(" ", "-")))
            found[way] = measured(
                (lambda folder=folder: alone(folder, tasks))
                if number == 0
                else (lambda folder=folder, number=number: finish(start(folder, *words, "--workers", str(number))))
            )
            print(f"{way:<14}{found[way][0]:>8.1f} s {found[way][1]:>8.1f} s of CPU", flush=True)
    (plain, plain_cpu), (one, one_cpu), (two, _) = found.values()
    print(f"one worker / without Dask: {one / plain:.3f} of the time, {one_cpu / plain_cpu:.3f} of the CPU time")
    print(f"two workers / one worker:  {two / one:.3f} of the time")
    return 0


if __name__ == "__main__":
    sys.exit(main())
