"""A run that was stopped goes on, and ends with the bytes of one that nothing stopped."""

import os
import random
import re
import shutil
import signal
import subprocess
import sys
import time
from types import SimpleNamespace

import numpy as np
import pytest

from common.mnist import DataSet
from common.paths import ROOT
from common.running import resume
from common.running.saved_state import read_state, write_state
from common.tf1 import tf
from tests.support.chapters import book_toml, replayed

STEPS, EPOCHS = 5, 3
SETTINGS = f"steps = {STEPS}\nepochs = {EPOCHS}"


class Killed(BaseException):
    """A Killed is raised where a test ends a run without a word."""


class Dropping:
    """A Dropping is a chapter that has each kind of state. `run` replays it, until `die(epoch, step)` raises."""

    def __init__(self, folder):
        self.out, self.script = folder / "out", folder / "ch00_test" / "replay.py"
        self.script.parent.mkdir()
        self.script.write_text("# the listing")
        self.script.with_name("book.toml").write_text(book_toml(settings=SETTINGS), encoding="utf-8")
        self.steps_done = 0

    def model(self):
        x = tf.placeholder(tf.float32, [None, 784])
        weights = tf.Variable(tf.truncated_normal([784, 3]))
        h = tf.nn.dropout(tf.matmul(x, weights), rate=0.5)
        noisy = tf.map_fn(lambda row: row + tf.random_normal([3]), h, parallel_iterations=1)
        deep = tf.nn.dropout(tf.nn.relu(noisy), rate=0.5)
        cost = tf.reduce_mean(tf.square(deep - 1))
        train_step = tf.train.AdamOptimizer(0.01).minimize(cost)
        return SimpleNamespace(**locals())

    def train(self, run, data, model, die):
        sess = run.session()
        sess.run(tf.global_variables_initializer())
        costs, state = [], (np.zeros(2, np.float32), (0, "none"))
        for epoch in run.epochs(run.settings.epochs):
            of_epoch = []
            for i in run.steps(run.settings.steps, data, costs, of_epoch):
                (state,) = run.keep(state)
                die(epoch, i)
                self.steps_done += 1
                x, _ = data.next_batch(4)
                x = x * np.random.rand() + random.random() + run.session().run(tf.zeros([]))
                cost, _ = sess.run([model.cost, model.train_step], {model.x: x + state[0].sum()})
                state = (state[0] * 0.5 + cost * 1e-6, (i, f"step {i} 반"))
                costs.append(cost)
                of_epoch.append(float(cost))
                print(epoch, i, cost, state, np.mean(costs), sum(of_epoch))
                run.record("cost", epoch * 10 + i, cost)
                run.note(last=float(cost))
        print(sess.run(model.deep, {model.x: x}), np.random.rand(), random.random(), data.epochs_completed)

    def run(self, *arguments, die=lambda epoch, step: None, **settings):
        """Replay it. What `die` raises is caught; then there is no exit status."""

        def main(run):
            data = DataSet(np.arange(14 * 784, dtype=np.uint8).reshape(14, 28, 28), np.arange(14))
            model = run.phase(self.model)
            run.phase(self.train, run, data, model, die)
            return {"score": 0.7}

        self.steps_done = 0
        try:
            return replayed(SimpleNamespace(__file__=str(self.script), main=main), self.out, *arguments, **settings)
        except Killed:
            return SimpleNamespace(status=None)

    def states(self):
        return sorted((self.out / resume.GOING_ON).glob("*.state"))


def dies_at(*place):
    def die(*at):
        if at == place:
            raise Killed

    return die


@pytest.fixture
def dropping(tmp_path, monkeypatch):
    """A chapter that saves at every step."""
    monkeypatch.setenv(resume.VARIABLE, "0")
    return Dropping(tmp_path)


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """What the chapter leaves when nothing stops it, and nothing is saved."""
    return Dropping(tmp_path_factory.mktemp("whole")).run()


def assert_same(done, whole):
    assert done.status == 0, done.errors
    assert done.output == whole.output
    for name in ("curves", "metrics"):
        assert done.result[name] == whole.result[name]


@pytest.mark.parametrize("place", [(0, 1), (0, 4), (1, 0), (2, 2), (2, 4)])
def test_a_killed_run_goes_on_to_the_byte(dropping, whole, place):
    dropping.run(die=dies_at(*place))
    done = dropping.run()
    assert_same(done, whole)
    assert (dropping.out / "output.txt").read_bytes().decode() == whole.output
    epoch, step = place
    assert re.search(
        rf"\nch00 goes on from epoch {epoch + 1} of 3, step {step} of 5 \(saved \d+ s ago\)\.\n", done.errors
    )
    assert dropping.steps_done == EPOCHS * STEPS - (epoch * STEPS + step)
    assert done.result["run"]["gone_on"] == 1


def test_a_run_may_be_killed_again_and_again(dropping, whole):
    for place in [(0, 2), (0, 3), (1, 4), (2, 0), (2, 1)]:
        assert dropping.run(die=dies_at(*place)).status is None
    done = dropping.run()
    assert_same(done, whole)
    assert done.result["run"]["gone_on"] == 5


def test_what_was_saved_goes_when_the_run_has_ended_well(dropping):
    dropping.run(die=dies_at(1, 1))
    assert len(dropping.states()) == resume.KEPT
    dropping.run()
    assert not (dropping.out / resume.GOING_ON).exists()


def test_a_run_that_is_short_saves_nothing(dropping, monkeypatch):
    monkeypatch.delenv(resume.VARIABLE)
    monkeypatch.setattr(resume, "SECONDS", 10**6)
    dropping.run(die=dies_at(2, 4))
    assert dropping.states() == []


def test_fresh_begins_anew(dropping, whole):
    dropping.run(die=dies_at(2, 2))
    done = dropping.run("--fresh")
    assert_same(done, whole)
    assert "goes on" not in done.errors and dropping.steps_done == EPOCHS * STEPS


@pytest.mark.parametrize(
    ("arguments", "settings", "words"),
    [
        (["--seed", "2"], {}, "seed was 1 and is 2"),
        (["--threads", "1"], {}, "threads was 2 and is 1"),
        ([], {"steps": 6}, "setting steps was 5 and is 6"),
    ],
)
def test_a_state_of_another_run_is_never_mixed_in(dropping, arguments, settings, words):
    dropping.run(die=dies_at(1, 2))
    newest = dropping.states()[-1]
    done = dropping.run(*arguments, **settings)
    assert f"ch00 begins anew: {newest} is of another run: {words}.\n" in done.errors
    assert dropping.steps_done == EPOCHS * settings.get("steps", STEPS)
    assert done.result["run"]["gone_on"] == 0


@pytest.mark.parametrize("name", ["code", "Python", "tensorflow", "numpy", "processor", "SHA-256 of a file"])
def test_a_state_of_other_code_or_versions_or_data_is_never_mixed_in(dropping, name):
    dropping.run(die=dies_at(1, 2))
    path = dropping.states()[-1]
    state = read_state(path)
    state["run"][name] = "another"
    write_state(path, state)
    done = dropping.run()
    assert f"is of another run: {name} was another and is " in done.errors
    assert dropping.steps_done == EPOCHS * STEPS


def test_changed_code_of_the_chapter_begins_anew(dropping):
    dropping.run(die=dies_at(1, 2))
    dropping.script.write_text("# another listing")
    assert "is of another run: code was " in dropping.run().errors


@pytest.mark.parametrize("damage", [b"", b"junk", None])
def test_a_damaged_state_gives_way_to_the_one_before_it(dropping, whole, damage):
    dropping.run(die=dies_at(1, 2))
    path = dropping.states()[-1]
    path.write_bytes(path.read_bytes()[:-9] if damage is None else damage)
    done = dropping.run()
    assert_same(done, whole)
    assert f"ch00 cannot go on from {path}: expected a saved state" in done.errors
    assert "goes on from epoch 2 of 3, step 1 of 5" in done.errors


def test_two_damaged_states_begin_anew(dropping, whole):
    dropping.run(die=dies_at(1, 2))
    for path in dropping.states():
        path.write_bytes(b"junk")
    done = dropping.run()
    assert_same(done, whole)
    assert dropping.steps_done == EPOCHS * STEPS


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda state: state["variables"].popitem(), "the graph has other variables"),
        (lambda state: state["counts"].__setitem__(0, 7), "the loop had 7 steps and has 3"),
        (lambda state: state.update(output="other lines"), None),
    ],
)
def test_a_state_that_does_not_fit_the_loop_begins_anew(dropping, whole, change, words):
    dropping.run(die=dies_at(1, 2))
    for path in dropping.states():
        state = read_state(path)
        change(state)
        write_state(path, state)
    done = dropping.run()
    if words is not None:  # no line stands before this chapter's loop, so that any output fits
        assert_same(done, whole)
        assert f"does not fit: {words}.\n" in done.errors


def test_a_full_disk_lets_the_run_end(dropping, whole, monkeypatch):
    def full(path, state):
        raise OSError(28, "No space left on device", str(path))

    monkeypatch.setattr(resume, "write_state", full)
    done = dropping.run()
    assert_same(done, whole)
    assert "ch00 cannot be saved: " in done.errors and "No space left on device.\n" in done.errors


@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM", "SIGHUP"])
def test_a_signal_saves_says_how_to_go_on_and_ends(dropping, whole, monkeypatch, name):
    monkeypatch.delenv(resume.VARIABLE)

    def sent(*at):
        if at == (1, 2):
            os.kill(os.getpid(), signal.Signals[name])

    before = signal.getsignal(signal.Signals[name])
    done = dropping.run(die=sent)
    assert done.status == 128 + signal.Signals[name]
    assert "no result was written. It is saved at epoch 2 of 3, step 3 of 5. To go on, start the same" in done.errors
    assert signal.getsignal(signal.Signals[name]) == before
    assert_same(dropping.run(), whole)


def test_a_run_with_other_settings_goes_on_with_them(dropping, tmp_path):
    """What is printed after the signal starts the same run again: with the settings, it ends with the same bytes."""
    (tmp_path / "other").mkdir()
    other = Dropping(tmp_path / "other").run("--with", "steps=4")

    def sent(*at):
        if at == (1, 2):
            os.kill(os.getpid(), signal.SIGINT)

    done = dropping.run("--with", "steps=4", die=sent)
    assert done.status == 130
    assert done.errors.rstrip().endswith("--threads 2 --with steps=4")
    usual = dropping.run(die=dies_at(0, 1))
    assert usual.status is None and dropping.steps_done == 1  # another run, which begins anew
    done = dropping.run("--with", "steps=4", die=sent)
    assert_same(dropping.run("--with", "steps=4"), other)
    assert other.result["changed"] == {"steps": 4}
    assert dropping.steps_done == 5  # of twelve: the signal came in the seventh


def test_a_signal_before_the_loop_ends_at_once(dropping, monkeypatch):
    monkeypatch.setattr(dropping, "model", lambda: os.kill(os.getpid(), signal.SIGTERM))
    done = dropping.run()
    assert done.status == 143 and done.errors.endswith("ch00 was interrupted; no result was written.\n")
    assert dropping.states() == []


def test_the_seconds_between_saves_must_be_a_number(dropping, monkeypatch):
    monkeypatch.setenv(resume.VARIABLE, "soon")
    done = dropping.run()
    assert done.status == 1 and "REPLAY_SAVE_SECONDS in the environment: expected seconds, 0 or more" in done.errors


def test_a_notebook_is_neither_saved_nor_goes_on(dropping, monkeypatch):
    dropping.run(die=dies_at(1, 2))
    shell = SimpleNamespace(kernel="a kernel")
    monkeypatch.setitem(sys.modules, "IPython", SimpleNamespace(get_ipython=lambda: shell))
    done = dropping.run()
    assert done.status is None and dropping.steps_done == EPOCHS * STEPS


def test_a_chapter_killed_for_good_goes_on_in_another_process(tmp_path, builtin_digits):
    """Kill ch02 at a random step, and hold what it then leaves against a run that nothing stopped."""
    from chapters.ch02_dnn_multi import replay as ch02

    expected = replayed(ch02, tmp_path / "whole")
    out = tmp_path / "out"
    code = (
        "import sys; from pathlib import Path; from common import paths; paths.BUILD = Path(sys.argv.pop(1));"
        "from chapters.ch02_dnn_multi import replay; replay.harness.replay(replay.__file__, replay.main)"
    )
    line = [sys.executable, "-c", code, builtin_digits.parent.parent, "--threads", "2", "--out", out]
    options = {"cwd": ROOT, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "encoding": "utf-8"}
    with subprocess.Popen(line, env={**os.environ, resume.VARIABLE: "0.05"}, **options) as process:
        while process.poll() is None and not list(out.glob(".going-on/*.state")):
            time.sleep(0.05)
        time.sleep(random.uniform(0, 1))
        process.kill()
    done = subprocess.run(line, check=False, **options)
    assert done.stdout == (out / "output.txt").read_text(encoding="utf-8") == expected.output
    assert "ch02 goes on from step " in done.stderr
    shutil.rmtree(out)
