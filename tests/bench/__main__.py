"""Do `make bench`: time pieces of this project beside other ways to the same result.

    python -m tests.bench --rounds 20

Both ways run in turn in one process, so that other work of the machine meets both. Only the ratio can be compared
between machines. Nothing is judged by it.
"""

import argparse
import sys
import time

import numpy as np

from tests.bench.cases import CASES


def agree(ours, peer):
    """Return whether two results are the same, to float32's rounding: arrays, numbers, lists and dicts of them."""
    if isinstance(peer, dict):
        return isinstance(ours, dict) and ours.keys() == peer.keys() and all(agree(ours[k], peer[k]) for k in peer)
    if isinstance(peer, np.ndarray) and peer.dtype.kind != "f":
        return np.array_equal(ours, peer)
    if isinstance(peer, list | np.ndarray | np.floating) and np.asarray(peer).dtype.kind == "f":
        return np.allclose(ours, peer, rtol=1e-4, atol=1e-6)
    return ours == peer


def seconds(function):
    """Return the seconds that one call of `function` takes."""
    start = time.perf_counter()
    function()
    return time.perf_counter() - start


def measure(ours, peer, rounds):
    """Return the smallest time of each over `rounds` calls in turn, in seconds.

    It raises AssertionError when the results differ.
    """
    # The first calls are not timed: they also prepare what later calls find ready.
    if not agree(ours(), peer()):
        raise AssertionError("the two results differ")
    times = [(seconds(ours), seconds(peer)) for _ in range(rounds)]
    return [min(column) for column in zip(*times, strict=True)]


def main(arguments=None):
    """Read the command line, time all cases, and return 1 when two results differ, else 0."""
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
