"""`make bench`: how long pieces of this project take beside other ways to the same result.

    python -m tests.bench --rounds 20

Both ways run in turn in one process, so that what else the machine does meets both. The ratio is what can be compared
between machines; nothing is judged by it.
"""

import argparse
import sys
import time

import numpy as np

from tests.bench.cases import CASES


def agree(ours, peer):
    """Whether two results are the same: arrays, numbers, lists and dicts of them, to float32's rounding."""
    if isinstance(peer, dict):
        return isinstance(ours, dict) and ours.keys() == peer.keys() and all(agree(ours[k], peer[k]) for k in peer)
    if isinstance(peer, np.ndarray) and peer.dtype.kind != "f":
        return np.array_equal(ours, peer)
    if isinstance(peer, list | np.ndarray | np.floating) and np.asarray(peer).dtype.kind == "f":
        return np.allclose(ours, peer, rtol=1e-4, atol=1e-6)
    return ours == peer


def seconds(function):
    """How long one call of `function` takes."""
    start = time.perf_counter()
    function()
    return time.perf_counter() - start


def measure(ours, peer, rounds):
    """The smallest time of each over `rounds` calls in turn, in seconds; raises AssertionError when results differ."""
    # The first calls, which also set up what later calls find ready, are not timed.
    if not agree(ours(), peer()):
        raise AssertionError("the two results differ")
    times = [(seconds(ours), seconds(peer)) for _ in range(rounds)]
    return [min(column) for column in zip(*times, strict=True)]


def main(arguments=None):
    """The command line; returns 1 when the two results of a case differ, else 0."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=20, help="timed calls of each way (default: 20)")
    options = parser.parse_args(arguments)
    if options.rounds < 1:
        parser.error("at least one round is needed")
    status = 0
    print(f"{'ours':<42} {'peer':<34} {'ms':>8} {'ms':>8}  ratio")
    for what, name, build in CASES:
        try:
            ours, peer = measure(*build(), options.rounds)
        except AssertionError as error:
            print(f"{what:<42} {name:<34} {error}")
            status = 1
            continue
        print(f"{what:<42} {name:<34} {1000 * ours:>8.2f} {1000 * peer:>8.2f}  {ours / peer:.2f}", flush=True)
    return status


if __name__ == "__main__":
    sys.exit(main())
