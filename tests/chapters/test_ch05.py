"""Test ch05's own statements: what each distortion does, who draws what, and what repaired.py changes."""

import ast
import difflib
import re
import shutil
import subprocess
from types import SimpleNamespace

import numpy as np
import pytest

from chapters.ch05_cnn_cifar10 import repaired
from chapters.ch05_cnn_cifar10 import replay as ch05
from common.errors import ReplayError
from common.harness import Run
from common.paths import ROOT
from common.tf1 import period_graph, session, tf
from data import pictures
from tests.support.chapters import replayed, shortened

FOLDER = ROOT / "chapters" / "ch05_cnn_cifar10"
LABELS = np.arange(10)
PICTURES = (pictures.draw(LABELS, np.random.RandomState(0)) / 255.0).astype(np.float32)
# Hue leaves grey as it is; brightness and contrast are undone by `levelled`.
GREY = np.repeat(np.random.RandomState(1).uniform(size=(10, 32, 32, 1)), 3, axis=3).astype(np.float32)


@pytest.fixture
def new_run():
    """Return a function that makes a Run with other settings. Its graph lasts as long as the test."""
    runs = []
    with period_graph(seed=1):

        def make(script=ch05, profile="listed", data=None, **settings):
            runs.append(Run(shortened(script, **settings), profile, data, 1, 2, "unused"))
            return runs[-1]

        yield make
        for run in runs:
            run.close()


def distorted(run, image, num):
    return ch05.duplicate_image(run, ch05.build_pre_processing(), image[np.newaxis], num)


def crops(image):
    """Return every cut out of `image`, as it is and mirrored: [9, 9, 2, 24, 24, 3]."""
    cuts = [[image[y : y + 24, x : x + 24] for x in range(9)] for y in range(9)]
    return np.array([[[cut, cut[:, ::-1]] for cut in row] for row in cuts])


def levelled(images):
    """Bring each of `images`, float [..., height, width, 3], to mean 0 and standard deviation 1."""
    axes = (-3, -2, -1)
    return (images - images.mean(axis=axes, keepdims=True)) / images.std(axis=axes, keepdims=True)


def test_crops_reach_every_place_and_half_of_them_are_mirrored(new_run):
    copies = distorted(new_run(), GREY[0], 100)
    assert copies.shape == (100, 24, 24, 3) and copies.dtype == np.float32
    difference = abs(levelled(crops(GREY[0]))[None] - levelled(copies)[:, None, None, None]).max(axis=(4, 5, 6))
    found = [np.unravel_index(each.argmin(), each.shape) for each in difference]
    assert max(each.min() for each in difference) < 1e-4
    for axis in (0, 1):
        assert {place[axis] for place in found} == set(range(9))
    assert np.mean([place[2] for place in found]) == pytest.approx(0.5, abs=0.15)


def test_hue_turns_by_a_twentieth_and_moves_neither_lightest_nor_darkest_channel(new_run):
    flat = np.broadcast_to(np.float32([0.7, 0.4, 0.2]), (32, 32, 3))  # has no contrast
    copies = distorted(new_run(), flat, 300)[:, 0, 0]
    red, green, blue = copies.T
    np.testing.assert_allclose(np.ptp(copies, axis=1), 0.5, atol=1e-5)
    np.testing.assert_allclose(red - blue, 0.5, atol=1e-5)
    turned = (green - blue - 0.2) / 0.5 / 6  # in turns of the colour circle
    assert turned.min() == pytest.approx(-0.05, abs=0.003) and turned.max() == pytest.approx(0.05, abs=0.003)


def test_contrast_falls_to_as_little_as_three_tenths(new_run):
    checks = np.indices((32, 32)).sum(axis=0) % 2 * np.ones((3, 1, 1))
    copies = distorted(new_run(), (0.3 + 0.4 * checks).transpose(1, 2, 0), 300)
    factors = copies.std(axis=(1, 2, 3)) / 0.2
    assert factors.min() == pytest.approx(0.3, abs=0.02) and factors.max() == pytest.approx(1, abs=0.02)
    assert factors.mean() == pytest.approx(0.65, abs=0.04)


def test_brightness_adds_up_to_a_fifth_to_every_pixel(new_run):
    copies = distorted(new_run(), np.full((32, 32, 3), 0.5), 300)
    assert np.ptp(copies, axis=(1, 2, 3)).max() < 1e-6
    added = copies[:, 0, 0, 0] - 0.5
    assert added.min() == pytest.approx(-0.2, abs=0.01) and added.max() == pytest.approx(0.2, abs=0.01)


def test_every_image_of_a_batch_draws_for_itself_and_the_seed_decides(new_run):
    copies = distorted(new_run(), PICTURES[3], 100)
    assert len({copy.tobytes() for copy in copies}) == 100
    with period_graph(seed=1):
        assert (distorted(new_run(), PICTURES[3], 100) == copies).all()


def loaded(count=10, images=PICTURES):
    chosen = np.arange(count) % len(images)
    images, cls, labels = images[chosen], LABELS[chosen], np.eye(10, dtype=np.float32)[chosen]
    return SimpleNamespace(
        class_names=pictures.CLASS_NAMES,
        images_train=images, cls_train=cls, labels_train=labels, images_test=images, cls_test=cls, labels_test=labels,
    )  # fmt: skip


@pytest.mark.parametrize("duplicate_num", [2, 3])
def test_inflation_keeps_the_copies_of_an_image_together(new_run, monkeypatch, duplicate_num):
    monkeypatch.setattr(ch05, "CHUNK", 4)  # 10 images are three calls, the last of them smaller
    data = loaded(images=GREY)
    run = new_run(duplicate_num=duplicate_num)
    ch05.pre_process_data(run, data, ch05.build_pre_processing())
    shape = (10 * duplicate_num, 24, 24, 3)
    assert data.train_imgs.shape == shape and data.train_imgs.dtype == np.float32
    assert run.notes == {"train_imgs_shape": list(shape)}
    assert (data.train_label.argmax(axis=1) == np.repeat(LABELS, duplicate_num)).all()
    for place, copy in enumerate(data.train_imgs):
        original = levelled(crops(GREY[place // duplicate_num]))
        assert abs(original - levelled(copy)).max(axis=(3, 4, 5)).min() < 1e-4


def test_a_batch_has_no_example_twice_and_keeps_labels_with_images():
    np.random.seed(0)
    x, y = ch05.random_batch(np.arange(50), np.arange(50) * 2, 20)
    assert len(set(x)) == 20 and (y == 2 * x).all()
    assert set(ch05.random_batch(np.arange(50), np.arange(50), 50)[0]) == set(range(50))
    assert len(ch05.random_batch(np.arange(500), np.arange(500))[0]) == 100


def test_the_net_has_the_listings_sizes_and_initial_values():
    """Hold claim C501."""
    with period_graph(seed=1), session(2) as sess:
        model = ch05.build_model()
        sess.run(tf.initialize_all_variables())
        weights, bias = sess.run([model.W_fc1, model.b_fc3])
        names = [variable.name for variable in tf.trainable_variables()]
    assert model.flat_num == 2304
    assert model.h_conv1.shape.as_list() == [None, 24, 24, 32] and model.h_pool2.shape.as_list() == [None, 6, 6, 64]
    assert weights.std() == pytest.approx(0.0880, rel=0.02) and (bias == np.float32(0.1)).all()
    assert tf.trainable_variables() == []  # of the graph outside
    kinds = ("1", "2", "fc1", "fc2", "fc3")
    assert names == [f"{what}_{kind}:0" for kind in kinds for what in ("weight", "bias")]


def test_cost_is_clipped_and_summed():
    with period_graph(seed=1), session(2) as sess:
        model = ch05.build_model()
        sess.run(tf.initialize_all_variables())
        feed = {model.x: 1e4 * PICTURES[:, 4:28, 4:28], model.keep_prob: 1.0}
        least = sess.run(model.y_conv, feed).argmin(axis=1)
        cost = sess.run(model.cross_entropy, {**feed, model.y_: np.eye(10)[least]})
    assert cost == pytest.approx(-10 * np.log(1e-5), rel=1e-5)


@pytest.mark.parametrize(("arguments", "rate"), [({}, 0.0001), ({"learning_rate": 0.002}, 0.002)])
def test_first_step_of_adam_is_as_long_as_the_learning_rate(arguments, rate):
    with period_graph(seed=1), session(2) as sess:
        model = ch05.build_model(**arguments)
        sess.run(tf.initialize_all_variables())
        before = sess.run(model.W_fc3)
        sess.run(model.train_step, {model.x: PICTURES[:, 4:28, 4:28], model.y_: np.eye(10), model.keep_prob: 1.0})
        assert abs(sess.run(model.W_fc3) - before).max() == pytest.approx(rate, rel=0.01)


def trained(run, data):
    graph = ch05.build_pre_processing()
    ch05.pre_process_data(run, data, graph)
    model = ch05.build_model()
    ch05.train_model(run, data, model)
    return graph, model


def test_loop_prints_every_hundredth_step(new_run, capsys):
    run = new_run(steps=101, batch_size=20)
    trained(run, loaded(20))
    lines = capsys.readouterr().out.splitlines()
    assert [line.rpartition(" ")[0] for line in lines] == [
        f"step {i}, training {what}" for i in (0, 100) for what in ("accuracy", "cost")
    ]
    curves = run.curves["train_accuracy"] + run.curves["train_cost"]
    assert [step for step, _ in curves] == [0, 100, 0, 100]
    assert [float(line.rpartition(" ")[2]) for line in lines[1::2]] == [cost for _, cost in run.curves["train_cost"]]


def test_a_net_that_diverged_after_its_last_line_is_refused(new_run):
    run, data = new_run(steps=2, batch_size=10), loaded()
    graph = ch05.build_pre_processing()
    ch05.pre_process_data(run, data, graph)
    model = ch05.build_model(learning_rate=float("nan"))
    ch05.train_model(run, data, model)
    with pytest.raises(ReplayError, match="not finite"):
        ch05.evaluate_model(run, data, graph, model)


def test_test_images_are_cut_from_the_middle_and_predicted_in_chunks(new_run, monkeypatch, capsys):
    run, data = new_run(steps=1, batch_size=10), loaded()
    graph, model = trained(run, data)
    x_test, y_conv = ch05.predict(run, graph, model, data.images_test)
    assert (x_test == PICTURES[:, 4:28, 4:28]).all()
    monkeypatch.setattr(ch05, "CHUNK", 4)
    np.testing.assert_allclose(ch05.predict(run, graph, model, data.images_test)[1], y_conv, rtol=1e-4)
    feed = {model.x: x_test, model.y_: data.labels_test, model.keep_prob: 1.0}
    accuracy = run.session().run(model.accuracy, feed)
    run.curves["train_accuracy"].append([24800, 0.6])
    metrics = ch05.evaluate_model(run, data, graph, model)
    assert metrics == {"test_accuracy": pytest.approx(accuracy), "flat_num": 2304, "train_accuracy": 0.6}
    assert capsys.readouterr().out.splitlines()[-1] == f"test accuracy {accuracy:g}"
    assert not run.figures


def test_pictures_have_their_classes_below_them():
    figure = ch05.plot_images(PICTURES[:9], LABELS[:9], pictures.CLASS_NAMES)
    assert [axes.get_xlabel() for axes in figure.axes] == [f"True: {name}" for name in pictures.CLASS_NAMES[:9]]
    assert {axes.images[0].get_interpolation() for axes in figure.axes} == {"spline16"}
    single = ch05.plot_images(PICTURES[5], LABELS[5], pictures.CLASS_NAMES, show_row=1, show_col=1)
    assert [axes.get_xlabel() for axes in single.axes] == ["True: striped triangle"]
    few = ch05.plot_images(
        PICTURES[:2], LABELS[:2], pictures.CLASS_NAMES, cls_pred=[4, 0], smooth=False, show_row=5, show_col=5
    )
    assert few.axes[0].get_xlabel() == "True: plain disc\nPred: plain triangle"
    assert few.axes[1].images[0].get_interpolation() == "nearest"
    assert not any(axes.images for axes in few.axes[2:])


def test_mistakes_are_drawn_with_the_surest_first_and_only_when_there_are_any():
    saved = {}
    run = SimpleNamespace(save_figure=saved.__setitem__)
    data = loaded()
    data.x_test = PICTURES[:, 4:28, 4:28]
    data.y_conv = np.eye(10)[[0, 1, 2, 4, 4, 6, 6, 7, 8, 9]] * np.linspace(0.5, 0.95, 10)[:, None]
    ch05.plot_mistakes(run, data)
    assert list(saved) == ["confusion_matrix", "confident_mistakes"]
    names = pictures.CLASS_NAMES
    figure = saved.pop("confident_mistakes")
    assert [axes.get_xlabel() for axes in figure.axes if axes.images] == [
        f"True: {names[true]}\nPred: {names[predicted]}" for true, predicted in ((5, 6), (3, 4))
    ]
    assert figure.get_suptitle() == "The 2 most confident mistakes: softmax output 0.750 to 0.650"
    data.y_conv = np.eye(10)
    ch05.plot_mistakes(run, data)
    assert list(saved) == ["confusion_matrix"]


def form(line):
    """Return `line` with 0 for every number: what is left is the listing's format."""
    return re.sub(r"\d+(\.\d+)?", "0", line)


def test_ch05_keeps_its_figures_and_repeats_itself(builtin_pictures, tmp_path):
    """Run the whole chapter twice, for two steps: the same output, figures and curves come out."""
    found = []
    for out in (tmp_path / "first", tmp_path / "second"):
        done = replayed(ch05, out, steps=2)
        assert done.status == 0 and "ch05: no threshold judges other settings (steps=2)." in done.errors
        assert len(done.errors.splitlines()) == 2
        files = {path.name: path.read_bytes() for path in out.rglob("[!.]*.*") if path.name != "result.json"}
        found.append((files, done.result["curves"], done.result["metrics"]))
    assert found[0] == found[1]
    files, curves, metrics = found[0]
    figures = {f"{name}.png" for name in ("original", "distorted", "confusion_matrix", "confident_mistakes")}
    assert set(files) == {"output.txt", *figures}
    assert all(files[name].startswith(b"\x89PNG") for name in figures)
    assert set(curves) == {"train_accuracy", "train_cost"}
    # The built-in pictures are 5,000 and 1,000, 600 of each class.
    assert metrics["collection"] == [6000, 32, 32, 3, 10, 600]
    assert metrics["train_imgs_shape"] == [10000, 24, 24, 3]
    names = ["batches.meta", *(f"data_batch_{i}" for i in range(1, 6)), "test_batch"]
    lines = files["output.txt"].decode().splitlines()
    assert lines[:7] == [f"Loading data: cifar-10-batches-py/{name}" for name in names]
    printed = shortened(ch05).printed_output.strip().splitlines()
    assert [form(line) for line in lines[7:]] == [form(line) for line in printed]


# What repaired.py changes.


def test_repaired_gives_the_net_images_of_mean_0_and_deviation_1():
    images = PICTURES[:, 4:28, 4:28]
    with period_graph(seed=1), session(2) as sess:
        model = repaired.build_model()
        sess.run(tf.initialize_all_variables())
        np.testing.assert_allclose(sess.run(model.x_image, {model.x: images}), levelled(images), atol=1e-4)
        # Neither contrast nor brightness of a test image reaches the net.
        answers = [
            sess.run(model.y_conv, {model.x: shown, model.keep_prob: 1.0}) for shown in (images, images * 0.4 + 0.3)
        ]
    np.testing.assert_allclose(*answers, rtol=1e-3)


def test_repaired_distorts_every_batch_anew_from_the_original_images(new_run, monkeypatch):
    seen = []

    def spy(*arguments, original=repaired.duplicate_image):
        seen.append((arguments[2], original(*arguments)))
        return seen[-1][1]

    monkeypatch.setattr(repaired, "duplicate_image", spy)
    run, data = new_run(repaired, "repaired", steps=3, batch_size=10), loaded(images=GREY)
    graph = repaired.build_pre_processing()
    repaired.pre_process_data(run, data, graph)
    assert (data.train_imgs == GREY).all() and (data.train_label == np.eye(10)).all() and not seen
    repaired.train_model(run, data, graph, repaired.build_model())
    assert len(seen) == 3
    assert len({copy.tobytes() for _, copies in seen for copy in copies}) == 30
    for batch, copies in seen:
        assert {image.tobytes() for image in batch} == {image.tobytes() for image in GREY}
        assert abs(levelled(crops(batch[9])) - levelled(copies[9])).max(axis=(3, 4, 5)).min() < 1e-4


def test_repaired_runs_whole_without_an_inflated_set(new_run, monkeypatch, capsys):
    saved = {}
    run = new_run(repaired, "repaired", steps=1, batch_size=10)
    monkeypatch.setattr(repaired, "load_data", lambda run: loaded())
    monkeypatch.setattr(run, "save_figure", saved.__setitem__)
    metrics = repaired.main(run)
    assert capsys.readouterr().out.splitlines()[-1] == f"test accuracy {metrics['test_accuracy']:g}"
    assert run.notes == {}  # claim D14 is not of this profile
    assert {"original", "distorted", "confusion_matrix"} <= set(saved)


def test_repaired_learns_ten_times_as_fast_and_has_no_other_setting():
    listed, found = (shortened(repaired).settings(profile) for profile in ("listed", "repaired"))
    assert (listed["steps"], listed["batch_size"], listed.pop("duplicate_num")) == (25000, 100, 2)
    assert (listed["learning_rate"], found["learning_rate"]) == (0.0001, 0.001)
    assert found == {**listed, "learning_rate": 0.001}


def test_a_batch_of_more_than_all_images_is_refused():
    images = np.zeros((10, 2))
    assert len(ch05.random_batch(images, images, 10)[0]) == 10
    with pytest.raises(ReplayError, match="batch_size: expected 1 to 10, the training images; found 11"):
        ch05.random_batch(images, images, 11)


SCRIPTS = [(FOLDER / name).read_text(encoding="utf-8") for name in ("replay.py", "repaired.py")]


def test_repaired_differs_from_replay_by_no_more_than_forty_lines():
    lines = difflib.unified_diff(*(text.splitlines() for text in SCRIPTS), n=0, lineterm="")
    changed = [line for line in lines if re.match(r"[-+](?![-+]{2} )", line)]
    assert 0 < len(changed) <= 40


def test_repaired_has_the_functions_and_the_landmarks_of_replay_in_their_order():
    replay_names, repaired_names = (
        [node.name for node in ast.parse(text).body if isinstance(node, ast.FunctionDef)] for text in SCRIPTS
    )
    assert replay_names == repaired_names
    replay_marks, repaired_marks = (re.findall(r"^ *# .*[가-힣].*$", text, re.M) for text in SCRIPTS)
    assert replay_marks == repaired_marks and len(replay_marks) >= 20


@pytest.mark.skipif(shutil.which("diff") is None, reason="needs the program diff")
def test_the_difference_stands_in_the_evidence():
    command = ["diff", "replay.py", "repaired.py"]
    diff = subprocess.run(command, cwd=FOLDER, stdout=subprocess.PIPE, encoding="utf-8", check=False).stdout
    text = (FOLDER / "EVIDENCE.md").read_text(encoding="utf-8")
    assert re.findall(r"^```diff\n(.*?)^```$", text, re.M | re.S) == [diff]


@pytest.mark.real_data
def test_inflation_of_the_real_data_gives_a_hundred_thousand_images(new_run, real_data):
    """Hold claim D14."""
    run = new_run(data=real_data)
    data = ch05.load_data(run)
    ch05.pre_process_data(run, data, ch05.build_pre_processing())
    assert data.train_imgs.shape == (100000, 24, 24, 3) and data.train_label.shape == (100000, 10)
