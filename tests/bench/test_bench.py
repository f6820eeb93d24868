"""The two ways of each case lead to the same result. A case whose ways do not is reported."""

import numpy as np
import pytest

from tests.bench import __main__ as bench
from tests.bench.cases import CASES


@pytest.mark.parametrize("build", [build for _, _, build in CASES], ids=lambda build: build.__name__)
def test_both_ways_of_a_case_agree(build):
    assert min(bench.measure(*build(), rounds=1)) > 0


@pytest.mark.parametrize(
    ("ours", "peer"),
    [
        (np.arange(3), np.arange(3) + 1),
        (np.arange(3), np.arange(4)),
        ({b"data": np.zeros(3), b"labels": [1]}, {b"data": np.zeros(3), b"labels": [2]}),
        ({b"data": np.zeros(3)}, {}),
        ([1.0, 2.0], [1.0, 2.001]),
        ([20, 24], [20, 23]),
    ],
)
def test_results_that_differ_are_reported_and_the_others_timed(ours, peer, monkeypatch, capsys):
    with pytest.raises(AssertionError):
        bench.measure(lambda: ours, lambda: peer, rounds=1)
    same = lambda: (lambda: peer, lambda: peer)  # noqa: E731
    monkeypatch.setattr(bench, "CASES", [("bad", "x", lambda: (lambda: ours, lambda: peer)), ("good", "y", same)])
    assert bench.main(["--rounds", "1"]) == 1
    _, bad, good = capsys.readouterr().out.splitlines()
    assert "the two results differ" in bad
    assert float(good.split()[-1]) > 0


def test_no_rounds_are_refused():
    with pytest.raises(SystemExit):
        bench.main(["--rounds", "0"])
