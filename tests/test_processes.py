"""The tests in several processes."""

import os
import subprocess
import sys

from common.paths import ROOT


def test_each_process_knows_where_the_real_data_is(tmp_path):
    """It is an empty folder here, so that the tests on real data fail. They must not be skipped."""
    words = ["tests/common/test_ptb.py", "-m", "real_data", "--numprocesses=2", "--data", str(tmp_path), "-rs"]
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST_", "TESTS_"))}
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", *words],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert "1 failed" in done.stdout and "skipped" not in done.stdout
