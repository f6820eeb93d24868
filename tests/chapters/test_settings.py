"""Every setting of every chapter is really used: another number gives another run. Small data stands in."""

import functools
import hashlib
import inspect
import random
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from chapters.ch01_dnn_single import replay as ch01
from chapters.ch02_dnn_multi import replay as ch02
from chapters.ch03_dnn_genre import replay as ch03
from chapters.ch04_cnn_mnist import replay as ch04
from chapters.ch05_cnn_cifar10 import repaired as ch05_repaired
from chapters.ch05_cnn_cifar10 import replay as ch05
from chapters.ch06_rnn_hello import replay as ch06
from chapters.ch07_lstm_ptb import repaired as ch07_repaired
from chapters.ch07_lstm_ptb import replay as ch07
from chapters.theory import cells, descent, loss, vanishing
from chapters.theory import replay as theory
from common.harness import Run
from common.judging.settings import read_settings
from common.mnist import DataSet
from common.ptb import TEST, TRAIN
from common.tf1 import period_graph, session, tf
from tests.support.chapters import shortened

# What makes a chapter small.
DIGITS = {"steps": 2, "batch_size": 4, "validation_size": 5}
PICTURES = {"steps": 2, "batch_size": 4, "window_size": 3, "filter_1": 2, "filters_2": 3, "full_layer_1": 4}
TEXT = {"num_epochs": 2, "batch_size": 2, "seq_length": 3, "rnn_size": 4}
THEORY = {"distance_steps": 5, "descent_steps": 3, "sequence_steps": 3, "memory_steps": 3, "layers": 3, "rnn_size": 4}
SMALL = {
    ch01: DIGITS,
    ch02: {**DIGITS, "num_neuron_1": 5, "num_neuron_2": 6},
    ch03: {"steps": 2, "num_neuron": 5},
    ch04: {**DIGITS, "filter_1": 2, "filters_2": 3, "full_layer_1": 8},
    ch05: {**PICTURES, "full_layer_2": 5},
    ch05_repaired: {**PICTURES, "full_layer_2": 5},
    ch06: {"steps": 2},
    ch07: TEXT,
    ch07_repaired: {**TEXT, "held_epochs": 0},
    theory: THEORY,
}
CLIPPED = 0.01  # a norm that every gradient has to be cut to


def profile_of(script):
    return "repaired" if Path(script.__file__).stem == "repaired" else "printed"


def name_of(script):
    return f"{shortened(script).name}-{Path(script.__file__).stem}"


def numbers_of(script):
    """Return the settings of the script's profile that are one number, as a dict."""
    settings = shortened(script).settings(profile_of(script))
    return {name: value for name, value in settings.items() if not isinstance(value, list)}


def digits(directory, one_hot, validation_size):
    draw = np.random.RandomState(0)
    images, labels = draw.randint(0, 256, (40, 28, 28), np.uint8), np.eye(10)[draw.randint(0, 10, 40)]
    train = DataSet(images[validation_size:30], labels[validation_size:30])
    return SimpleNamespace(train=train, validation=None, test=DataSet(images[30:], labels[30:]))


def tracks(run):
    draw = np.random.RandomState(0)
    x, y = draw.normal(size=(12, 6)).astype(np.float32), np.eye(4)[np.arange(12) % 4]
    sizes = {"num_feat": 6, "num_classes": 4, "N_music": 12, "tracks": []}
    return SimpleNamespace(x_train=x[:8], y_train=y[:8], x_test=x[8:], y_test=y[8:], **sizes)


def pictures(run):
    images, cls = np.random.RandomState(0).uniform(size=(12, 32, 32, 3)).astype(np.float32), np.arange(12) % 10
    labels = np.eye(10, dtype=np.float32)[cls]
    return SimpleNamespace(
        class_names=[str(number) for number in range(10)],
        images_train=images, cls_train=cls, labels_train=labels, images_test=images, cls_test=cls, labels_test=labels,
    )  # fmt: skip


@pytest.fixture(scope="module")
def text(tmp_path_factory):
    folder = tmp_path_factory.mktemp("text")
    words = np.random.RandomState(0).randint(0, 9, 40)
    for name in (TRAIN, TEST):
        (folder / name).write_text(" ".join(f"w{number}" for number in [*range(9), *words]), encoding="utf-8")
    return folder


def nothing(*arguments, **options):
    return None


@pytest.fixture(scope="module")
def record(text):
    """A function that runs `main` of a script and returns what came of it, as a dict of text.

    It has a hash of every value that the session gave, the weights at the end, the metrics and the curves.
    """

    def digest(value):
        if isinstance(value, np.ndarray | np.generic):
            return hashlib.sha256(value.tobytes()).hexdigest()[:8] + str(value.shape)
        if isinstance(value, dict):
            return digest(list(value.values()))
        return str([digest(part) for part in value]) if isinstance(value, list | tuple) else str(value)

    def run_main(script, changes):
        chapter = shortened(script, **{**SMALL[script], **dict(changes)})
        random.seed(1)
        np.random.seed(1)
        with pytest.MonkeyPatch.context() as patched, period_graph(seed=1):
            run = Run(chapter, profile_of(script), None, 1, 1, "unused")
            run.save_figure, run.save_checkpoint = nothing, nothing
            run.data_folder = lambda: text
            for name, stub in (("read_data_sets", digits), ("note_data", nothing), ("note_headers", nothing)):
                patched.setattr(script, name, stub, raising=False)
            if script is theory:
                patched.setattr(script, "SECTIONS", (descent, loss, vanishing, cells))  # those with settings
            if script is ch03:
                patched.setattr(script, "load_data", tracks)
                patched.setattr(script, "draw_figures", nothing)
            if script in (ch05, ch05_repaired):
                patched.setattr(script, "load_data", pictures)
                patched.setattr(script, "plot_distortion", nothing)
                patched.setattr(script, "plot_mistakes", nothing)
            sess, values = run.session(), []
            fetched = sess.run

            def watched(*arguments, **options):
                values.append(digest(found := fetched(*arguments, **options)))
                return found

            sess.run = watched
            metrics = script.main(run)
            del sess.run
            weights = {each.name: digest(sess.run(each)) for each in tf.trainable_variables() if script is not theory}
            run.close()
        metrics.pop("seconds_a_batch", None)
        return {"values": values, "weights": weights, "metrics": str(metrics), "curves": run.curves}

    @functools.cache
    def first(script):
        return run_main(script, ())

    return lambda script, **changes: run_main(script, changes.items()) if changes else first(script)


def another(name, value):
    """Return another number that the setting may be."""
    if name == "grad_clip":
        return CLIPPED
    return value + 1 if isinstance(value, int) else value / 2


EACH = [(script, name) for script in SMALL for name in numbers_of(script)]


@pytest.mark.parametrize(("script", "name"), EACH, ids=[f"{name_of(script)}-{name}" for script, name in EACH])
def test_another_number_gives_another_run(script, name, record):
    value = {**numbers_of(script), **SMALL[script]}[name]
    assert record(script, **{name: another(name, value)}) != record(script)


@pytest.mark.parametrize("script", SMALL, ids=name_of)
def test_a_setting_that_nothing_reads_would_be_found(script, record):
    again = record(script, **SMALL[script])
    assert again == record(script) and (again["weights"] or script is theory)


def test_steps_and_epochs_are_as_many_as_said(record):
    assert len(record(ch01, steps=3)["curves"]["cross_entropy"]) == 3
    assert len(record(ch07, num_epochs=3)["curves"]["test_perplexity"]) == 3


DROPPED = [(ch03, "W_1"), (ch04, "h_fc1"), (ch05, "h_fc1"), (ch05, "h_fc2"), (ch05_repaired, "h_fc2")]


@pytest.mark.parametrize(("script", "name"), DROPPED)
def test_dropout_can_be_left_out(script, name):
    changed = read_settings(shortened(script), profile_of(script), ["keep_prob=1"])
    assert changed == {"keep_prob": 1.0}
    with period_graph(seed=1), session(1) as sess:
        model = script.build_model()
        sess.run(tf.initialize_all_variables())
        feed = {model.x: np.ones([2, *model.x.shape.as_list()[1:]]), model.keep_prob: changed["keep_prob"]}
        before, after = sess.run([getattr(model, name), getattr(model, f"{name}_drop")], feed)
        half = sess.run(getattr(model, f"{name}_drop"), feed | {model.keep_prob: 0.5})
    assert np.array_equal(before, after) and not np.array_equal(before, half)


# The sizes that `build_model` takes.


def arguments_of(script):
    """Return the settings that are arguments of `build_model`, with the defaults that they have there."""
    parameters = inspect.signature(script.build_model).parameters
    return {name: parameters[name].default for name in numbers_of(script) if name in parameters}


MODELS = [script for script in SMALL if script is not theory]


@pytest.mark.parametrize("script", MODELS, ids=name_of)
def test_a_default_of_build_model_is_the_number_of_the_book_toml(script):
    """The rate of ch05's repaired.py is the listing's: book.toml alone has the other one."""
    arguments, numbers = arguments_of(script), numbers_of(ch05 if script is ch05_repaired else script)
    assert arguments and arguments.items() <= numbers.items()


SIZES = [
    (script, name)
    for script in MODELS
    for name, value in arguments_of(script).items()
    if isinstance(value, int) and name not in ("batch_size", "seq_length")
]


@pytest.mark.parametrize(("script", "name"), SIZES, ids=[f"{name_of(script)}-{name}" for script, name in SIZES])
def test_a_size_is_that_of_a_variable(script, name):
    with period_graph():
        script.build_model(**{name: 7})
        shapes = [variable.shape.as_list() for variable in tf.trainable_variables()]
    if name == "num_layers":
        assert sum(len(shape) == 2 for shape in shapes) >= 7
    else:
        assert any(7 in shape for shape in shapes)


def test_one_layer_is_enough(record):
    """The language model also runs with one layer: one cell has one matrix and one bias."""
    cells = [name for name in record(ch07, num_layers=1)["weights"] if "lstm" in name]
    assert len(cells) == 2 and len([name for name in record(ch07)["weights"] if "lstm" in name]) == 4


def test_every_setting_of_a_chapter_has_a_range():
    for script in SMALL:
        assert numbers_of(script).keys() <= shortened(script).ranges.keys(), name_of(script)


def test_a_profile_has_no_setting_that_its_script_does_not_read():
    """Every batch of repaired.py is distorted anew, so copies have no number."""
    assert "duplicate_num" in numbers_of(ch05) and "duplicate_num" not in numbers_of(ch05_repaired)
