"""Whole sweeps on Dask: each result has the bytes of a run alone, here and from workers with checkouts of their own."""

import importlib
import importlib.util
import shutil
import socket
import subprocess

import pytest

from common.sweeping.task import all_tasks, chapters
from tests.support.chapters import replayed
from tests.support.checkouts import checkout, start
from tests.torture.kills import differences

pytest.importorskip("distributed", reason="needs the packages of common/tooling/requirements-sweep.txt: make sweep")
sweep = pytest.importorskip("common.sweeping.sweep")
LONG = 600  # seconds


def run(folder, *words, **environment):
    """Run a sweep in the checkout `folder`. Return its status and what it printed."""
    process = start(folder, "common.sweeping.sweep", *words, **environment)
    output = process.communicate(timeout=LONG)[0].decode()
    return process.returncode, output


def assert_same_as_alone(folder, tasks, tmp_path):
    """Assert that each result below the checkout `folder` is that of the chapter alone."""
    for task in tasks:
        alone = tmp_path / "alone" / f"{task.chapter}-{task.seed}"
        script = importlib.import_module(chapters()[task.chapter].module(task.profile))
        words = ("--seed", str(task.seed), "--threads", str(task.threads), "--profile", task.profile)
        assert replayed(script, alone, *words).status == 0
        assert differences(alone, task.folder(folder / "build")) == []


@pytest.fixture
def here(tmp_path, builtin_digits):
    return checkout(tmp_path / "here", [builtin_digits])


def test_a_sweep_of_two_chapters_is_byte_for_byte_what_each_run_alone_is(here, tmp_path):
    words = ("--chapters", "ch01 ch06", "--seeds", "4", "--workers", "2")
    status, output = run(here, *words)
    assert status == 0, output
    assert "8 of 8 tasks are finished: 8 now, 0 before." in output
    assert output.startswith("Dask's dashboard: ") == (importlib.util.find_spec("bokeh") is not None)
    tasks = all_tasks(["ch01", "ch06"], "builtin", 4, 1)
    assert_same_as_alone(here, tasks, tmp_path)
    first = tasks[0].folder(here / "build") / "result.json"
    written = first.stat().st_mtime_ns
    code = here / "chapters" / "ch06_rnn_hello" / "replay.py"
    code.write_text(code.read_text(encoding="utf-8") + "\n# Another line.\n", encoding="utf-8")
    status, output = run(here, "--chapters", "ch01 ch06", "--seeds", "1")
    assert "ch06: 1 earlier result does not count: the code was" in output
    assert "2 of 2 tasks are finished: 1 now, 1 before." in output
    assert first.stat().st_mtime_ns == written


def test_a_task_that_fails_shows_the_end_of_its_log_and_stops_no_other(here):
    code = here / "chapters" / "ch06_rnn_hello" / "replay.py"
    text = code.read_text(encoding="utf-8").replace("def main(run):", "def main(run):\n    assert run.seed != 1", 1)
    code.write_text(text, encoding="utf-8")
    status, output = run(here, "--chapters", "ch06", "--seeds", "2", "--workers", "1")
    assert status == 1, output
    assert "ch06 seed 1 failed: on tcp://127.0.0.1:" in output and "    AssertionError" in output
    assert "1 of 2 tasks are finished: 1 now, 0 before." in output


def certificates(folder):
    """Return the environment that makes Dask encrypt, with a certificate in `folder`. Return None without openssl."""
    if shutil.which("openssl") is None:
        return None
    line = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=sweep"]
    key, certificate = folder / "key.pem", folder / "certificate.pem"
    subprocess.run([*line, "-keyout", str(key), "-out", str(certificate)], check=True, capture_output=True)
    variables = {"DASK_DISTRIBUTED__COMM__REQUIRE_ENCRYPTION": "True"}
    variables["DASK_DISTRIBUTED__COMM__TLS__CA_FILE"] = str(certificate)
    for role in ("SCHEDULER", "WORKER", "CLIENT"):
        variables[f"DASK_DISTRIBUTED__COMM__TLS__{role}__KEY"] = str(key)
        variables[f"DASK_DISTRIBUTED__COMM__TLS__{role}__CERT"] = str(certificate)
    return variables


def test_workers_elsewhere_send_their_results_and_one_with_other_code_is_refused(here, tmp_path, builtin_digits):
    there, other = (checkout(tmp_path / name, [builtin_digits]) for name in ("there", "other"))
    with (other / "common" / "mnist.py").open("a", encoding="utf-8") as code:
        code.write("\n# Another line.\n")
    encrypted = certificates(tmp_path)
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    protocol, environment = ("tls", encrypted) if encrypted else ("tcp", {})
    address, started = f"{protocol}://127.0.0.1:{port}", []
    listening = ("--host", f"{protocol}://127.0.0.1", "--port", str(port), "--no-dashboard")
    try:
        for place, *words in (
            (tmp_path, "-c", "from distributed.cli.dask_scheduler import main; main()", *listening),
            (there, "common.sweeping.worker", "--scheduler", address, "--workers", "1"),
            (other, "common.sweeping.worker", "--scheduler", address, "--workers", "1"),
        ):
            started.append(start(place, *words, log=tmp_path / "log", **environment))
        tasks = all_tasks(["ch01"], "builtin", 2, 1)
        status, output = run(here, "--chapters", "ch01", "--seeds", "2", "--scheduler", address, **environment)
    finally:
        for process in reversed(started):
            process.terminate()
            process.wait(timeout=60)
    assert status == 0, output
    assert "gets no task: the code of common is other than here." in output
    assert not (other / "build" / "sweep").exists()
    assert_same_as_alone(here, tasks, tmp_path)
    assert differences(tasks[0].folder(there / "build"), tasks[0].folder(here / "build")) == []


def test_a_scheduler_that_does_not_answer_is_named(capsys):
    with socket.create_server(("127.0.0.1", 0)) as server:
        address = f"tcp://127.0.0.1:{server.getsockname()[1]}"
    assert sweep.main(["--chapters", "ch06", "--seeds", "1", "--scheduler", address]) == 1
    assert f"{address}: no scheduler of Dask answers there" in capsys.readouterr().err
