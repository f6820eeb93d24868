"""Give thousands of mutated files to each reader: `python -m tests.torture mutations [READER ...]`.

Each must be read right, or refused with the documented error and the file's name. A reader runs in a process of its
own, with a bound on its memory and a time limit for each input. A finding is repeated with --only NUMBER.
"""

import argparse
import collections
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
import traceback
from pathlib import Path

from common.paths import ROOT
from tests.torture.readers import READERS, folder

COUNT = 10_000
SECONDS = 5  # for one input
MEMORY = 256 << 20  # bytes above what the process has when it starts
GOOD = ("read right", "refused")
BAD = ("read wrong", "refused wrongly", "another error", "too slow", "too much memory", "crashed")
SHOWN = 20


class TooSlow(BaseException):
    """TooSlow ends an input that takes more than SECONDS."""


def attempt(reader, name, original, content, path):
    """Return (outcome, what to say of it) of one input."""
    path.write_bytes(content)
    try:
        value = reader.read(path)
    except reader.error as error:
        if path.name not in str(error):
            return "another error", f"the message does not name the file: {error}"
        if content == original or reader.must_be_read(name, content):
            return "refused wrongly", str(error)
        return "refused", ""
    except TooSlow:
        return "too slow", ""
    except MemoryError:
        return "too much memory", traceback.format_exc(limit=-3)
    except Exception:
        return "another error", traceback.format_exc(limit=-3)
    try:
        right, words = reader.same(name, value, content), ""
    except Exception:
        right, words = False, f"\nthe simple reading: {traceback.format_exc(limit=-3)}"
    return ("read right", "") if right else ("read wrong", f"read {repr(value)[:500]}{words}")


def bound_memory():
    """Let this process take MEMORY bytes more than it has. Where the system cannot do that, nothing happens."""
    try:
        import resource

        pages = int(Path("/proc/self/statm").read_text().split()[0])
        limit = pages * resource.getpagesize() + MEMORY
        resource.setrlimit(resource.RLIMIT_AS, (limit, resource.getrlimit(resource.RLIMIT_AS)[1]))
    except (ImportError, OSError, ValueError):
        pass


def work(kind, seed, numbers, progress):
    """Print the outcome of each of the inputs `numbers` as a line of JSON. The file `progress` says which one it is."""
    reader = READERS[kind]()

    def late(*_):
        raise TooSlow

    if hasattr(signal, "SIGALRM"):
        signal.signal(signal.SIGALRM, late)
    bound_memory()
    with folder() as place:
        for number in numbers:
            progress.write_text(str(number))
            draw = random.Random(f"{seed} {kind} {number}")
            name, original = draw.choice(reader.originals)
            content = reader.mutate(draw, name, original)
            if hasattr(signal, "SIGALRM"):
                signal.setitimer(signal.ITIMER_REAL, SECONDS)
            try:
                outcome, words = attempt(reader, name, original, content, place / name)
            except TooSlow:
                outcome, words = "too slow", "in the simple reading"
            finally:
                if hasattr(signal, "SIGALRM"):
                    signal.setitimer(signal.ITIMER_REAL, 0)
            if outcome not in GOOD:
                words += f"\n{len(content)} bytes: {content[:80]!r}"
            print(json.dumps([number, outcome, words]), flush=outcome not in GOOD)


def torture(kind, seed=1, count=COUNT):
    """Return (a Counter of outcomes, a list of (number, outcome, words) of what is bad) for the reader `kind`."""
    outcomes, findings, begin = collections.Counter(), [], 0
    with tempfile.TemporaryDirectory() as scratch:
        progress = Path(scratch) / "progress"
        while begin < count:
            command = [sys.executable, "-m", "tests.torture.mutations", kind, "--seed", str(seed)]
            command += ["--worker", str(progress), "--begin", str(begin), "--count", str(count)]
            environment = {**os.environ, "OPENBLAS_NUM_THREADS": "1", "MALLOC_ARENA_MAX": "1"}
            try:
                done = subprocess.run(
                    command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60 + SECONDS * count
                )
                status, output, errors = done.returncode, done.stdout, done.stderr
            except subprocess.TimeoutExpired as error:
                status, output, errors = "no end", (error.stdout or b"").decode(), ""
            results = [json.loads(line) for line in output.splitlines() if line.endswith("]")]
            if status:
                if not progress.exists():
                    raise RuntimeError(errors)
                last = int(progress.read_text())
                results = [result for result in results if result[0] != last]
                results.append([last, "crashed", f"status {status}\n{errors[-1000:]}"])
            outcomes.update(outcome for _, outcome, _ in results)
            findings += [result for result in results if result[1] not in GOOD]
            begin = int(progress.read_text()) + 1 if status else count
    return outcomes, findings


def table(rows):
    """Return the table of the rows (reader, Counter of outcomes, seconds) as Markdown."""
    heads = ["reader", "inputs", *GOOD, *BAD, "seconds"]
    lines = [f"| {' | '.join(heads)} |", "|---" * len(heads) + "|"]
    for kind, outcomes, seconds in rows:
        counts = [f"{outcomes[name]:,}" for name in (*GOOD, *BAD)]
        lines.append(f"| {kind} | {outcomes.total():,} | {' | '.join(counts)} | {seconds:.0f} |")
    return "\n".join(lines)


def main(arguments=None):
    """Run the command line and return the exit status: 1 when anything else was found than GOOD."""
    parser = argparse.ArgumentParser(prog="python -m tests.torture mutations", description=__doc__.splitlines()[0])
    parser.add_argument("readers", nargs="*", metavar="READER", help=f"of {', '.join(READERS)} (default: all)")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--count", type=int, default=COUNT, help="inputs for each reader")
    parser.add_argument("--only", type=int, help="this input alone, of one reader, in this process")
    parser.add_argument("--begin", type=int, default=0, help=argparse.SUPPRESS)
    parser.add_argument("--worker", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    kinds = options.readers or list(READERS)
    if unknown := set(kinds) - set(READERS):
        parser.error(f"no reader {', '.join(sorted(unknown))}: choose from {', '.join(READERS)}")
    if options.worker or options.only is not None:
        numbers = range(options.begin, options.count) if options.worker else [options.only]
        work(kinds[0], options.seed, numbers, options.worker or Path(os.devnull))
        return 0
    rows, bad = [], 0
    for kind in kinds:
        start = time.monotonic()
        outcomes, findings = torture(kind, options.seed, options.count)
        rows.append((kind, outcomes, time.monotonic() - start))
        bad += len(findings)
        for number, outcome, words in findings[:SHOWN]:
            print(f"{kind} {number}: {outcome}: {words}", file=sys.stderr, flush=True)
    print(table(rows))
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
