"""TensorBoard's event files, read again with TensorFlow's own reader."""

import os
import shlex
import sys
from pathlib import Path

import pytest

from common.tf1 import tf


def test_the_log_directory_holds_the_graph_and_the_curves(chapter, tmp_path):
    logdir = tmp_path / "logs"
    chapter("--seed", "3", "--logdir", str(logdir))
    done = chapter("--seed", "3", "--logdir", str(logdir), loss=lambda i: i / 4)
    assert done.status == 0
    assert [path.name for path in logdir.iterdir()] == ["ch00-builtin-seed3"]
    (path,) = (logdir / "ch00-builtin-seed3").iterdir()  # the second run's alone
    events = list(tf.train.summary_iterator(str(path)))
    points = [(value.tag, event.step, value.simple_value) for event in events for value in event.summary.value]
    assert points == [("loss", i, i / 4) for i in range(5)]
    (graph,) = [tf.GraphDef.FromString(event.graph_def) for event in events if event.graph_def]
    assert "random_uniform/RandomUniform" in {node.name for node in graph.node}


def test_a_run_says_how_to_look_at_it_before_its_last_line(chapter, tmp_path):
    done = chapter("--logdir", str(tmp_path / "two words"))
    *_, command, last = done.errors.splitlines()
    words = shlex.split(command.partition("To look at them: ")[2])
    assert words[1:] == ["-m", "uv", "tool", "run", "tensorboard", "--logdir", str(tmp_path / "two words")]
    assert Path(words[0]).absolute() == Path(sys.executable)
    assert last.startswith("ch00 holds: ")
    assert "To look at them" not in chapter().errors


def test_it_holds_what_a_run_recorded_before_it_failed(chapter, tmp_path):
    done = chapter("--logdir", str(tmp_path / "logs"), loss=lambda i: float("nan") if i == 2 else 1)
    assert done.status == 1
    (path,) = (tmp_path / "logs" / "ch00-builtin-seed1").iterdir()
    events = list(tf.train.summary_iterator(str(path)))
    assert [event.step for event in events if event.summary.value] == [0, 1]
    assert any(event.graph_def for event in events)


@pytest.mark.parametrize("cut", [lambda size: 150, lambda size: size - 10])
def test_a_full_disk_is_said_and_the_result_stays(chapter, tmp_path, monkeypatch, cut):
    def close(writer, original=tf.summary.FileWriter.close):
        original(writer)
        (path,) = (tmp_path / "logs" / "ch00-builtin-seed1").iterdir()
        os.truncate(path, cut(path.stat().st_size))

    monkeypatch.setattr(tf.summary.FileWriter, "close", close)
    done = chapter("--logdir", str(tmp_path / "logs"))
    assert done.status == 0
    assert "ch00-builtin-seed1: the event file is not whole. Is the disk full?\n" in done.errors


def test_a_log_directory_that_cannot_be_written_stops_the_run(chapter, tmp_path):
    (tmp_path / "file").write_text("")
    done = chapter("--logdir", str(tmp_path / "file"))
    assert done.status == 1
    assert done.errors.startswith("ch00: A test (profile builtin, seed 1)\nch00 stopped: ")
    assert "Traceback" not in done.errors and done.result == {}
