"""ch05's own statements: what each distortion does, who draws what, and what every switch of its settings changes."""

from types import SimpleNamespace

import numpy as np
import pytest

from chapters.ch05_cnn_cifar10 import replay as ch05
from common.errors import ReplayError
from common.harness import Run
from common.judging.chapter import Chapter
from common.paths import ROOT
from common.tf1 import period_graph, session, tf
from data import pictures

BOOK = Chapter(ROOT / "chapters" / "ch05_cnn_cifar10" / "book.toml")
LABELS = np.arange(10)
PICTURES = (pictures.draw(LABELS, np.random.RandomState(0)) / 255.0).astype(np.float32)
STILL = {"hue": 0.0, "contrast_lower": 1 - 1e-6, "contrast_upper": 1.0, "brightness": 0.0}


@pytest.fixture
def run():
    """A Run in a fresh graph with the listing's settings, to be changed."""
    with period_graph(seed=1):
        run = Run(BOOK, "listed", None, 1, 2, "unused")
        yield run
        run.close()


def distorted(run, image, num, **settings):
    vars(run.settings).update(settings)
    return ch05.duplicate_image(run, ch05.build_pre_processing(run.settings), image, num)


def crops(image):
    """Every cut of [24, 24, 3] out of `image`, and each one mirrored: [9, 9, 2, 24, 24, 3]."""
    cuts = [[image[y : y + 24, x : x + 24] for x in range(9)] for y in range(9)]
    return np.array([[[cut, cut[:, ::-1]] for cut in row] for row in cuts])


def test_crop_and_flip(run):
    copies = distorted(run, PICTURES[0], 100, **STILL)
    assert copies.shape == (100, 24, 24, 3) and copies.dtype == np.float32
    difference = abs(crops(PICTURES[0])[None] - copies[:, None, None, None]).max(axis=(4, 5, 6))
    found = [np.unravel_index(each.argmin(), each.shape) for each in difference]
    assert max(each.min() for each in difference) < 1e-5
    for axis, bound in ((0, 8), (1, 8)):
        places = [place[axis] for place in found]
        assert set(places) == set(range(bound + 1))
    assert np.mean([place[2] for place in found]) == pytest.approx(0.5, abs=0.15)


def test_hue_moves_neither_lightest_nor_darkest_channel(run):
    flat = np.broadcast_to(np.float32([0.7, 0.4, 0.2]), (32, 32, 3))
    copies = distorted(run, flat, 300, **STILL | {"hue": 0.05})[:, 0, 0]
    np.testing.assert_allclose(copies.max(axis=1), 0.7, atol=1e-5)
    np.testing.assert_allclose(copies.min(axis=1), 0.2, atol=1e-5)
    turned = (copies[:, 1] - 0.4) / (0.7 - 0.2) / 6  # in turns of the colour circle
    assert turned.min() == pytest.approx(-0.05, abs=0.003) and turned.max() == pytest.approx(0.05, abs=0.003)


def test_contrast(run):
    checks = np.indices((32, 32)).sum(axis=0) % 2 * np.ones((3, 1, 1))
    copies = distorted(run, (0.3 + 0.4 * checks).transpose(1, 2, 0), 300, **STILL | {"contrast_lower": 0.3})
    np.testing.assert_allclose(copies.mean(axis=(1, 2)), 0.5, atol=1e-5)
    factors = copies.std(axis=(1, 2, 3)) / 0.2
    assert factors.min() == pytest.approx(0.3, abs=0.02) and factors.max() == pytest.approx(1, abs=0.02)
    assert factors.mean() == pytest.approx(0.65, abs=0.04)


def test_brightness(run):
    copies = distorted(run, np.full((32, 32, 3), 0.5), 300, **STILL | {"brightness": 0.2})
    assert np.ptp(copies, axis=(1, 2, 3)).max() < 1e-6
    added = copies[:, 0, 0, 0] - 0.5
    assert added.min() == pytest.approx(-0.2, abs=0.01) and added.max() == pytest.approx(0.2, abs=0.01)


def test_every_image_of_a_batch_draws_for_itself_and_the_seed_decides(run):
    copies = distorted(run, PICTURES[3], 100)
    assert len({copy.tobytes() for copy in copies}) == 100
    with period_graph(seed=1):
        again = Run(BOOK, "listed", None, 1, 2, "unused")
        assert (distorted(again, PICTURES[3], 100) == copies).all()
        again.close()


def loaded(count=10):
    chosen = np.arange(count) % len(PICTURES)
    images, cls, labels = PICTURES[chosen], LABELS[chosen], np.eye(10, dtype=np.float32)[chosen]
    return SimpleNamespace(
        class_names=pictures.CLASS_NAMES,
        images_train=images, cls_train=cls, labels_train=labels, images_test=images, cls_test=cls, labels_test=labels,
    )  # fmt: skip


@pytest.mark.parametrize("duplicate_num", [2, 3])
def test_inflation_keeps_the_copies_of_an_image_together(run, monkeypatch, duplicate_num):
    monkeypatch.setattr(ch05, "CHUNK", 4)  # 10 images are three calls, the last of them smaller
    vars(run.settings).update(STILL, duplicate_num=duplicate_num)
    data = loaded()
    ch05.pre_process_data(run, data)
    assert data.train_imgs.shape == (10 * duplicate_num, 24, 24, 3) and data.train_imgs.dtype == np.float32
    assert (data.train_label.argmax(axis=1) == np.repeat(LABELS, duplicate_num)).all()
    for place, copy in enumerate(data.train_imgs):
        assert abs(crops(PICTURES[place // duplicate_num]) - copy).max(axis=(3, 4, 5)).min() < 1e-5


def test_random_batch():
    np.random.seed(0)
    x, y = ch05.random_batch(np.arange(50), np.arange(50) * 2, 20)
    assert len(set(x)) == 20 and (y == 2 * x).all()
    assert {*x} | {*ch05.random_batch(np.arange(50), np.arange(50), 50)[0]} == {*range(50)}


def test_sizes_and_initial_values():
    """Claim C501."""
    with period_graph(seed=1), session(2) as sess:
        model = ch05.build_model()
        sess.run(tf.initialize_all_variables())
        weights, bias = sess.run([model.W_fc1, model.b_fc3])
    assert model.flat_num == 2304
    assert model.h_conv1.shape.as_list() == [None, 24, 24, 32] and model.h_pool2.shape.as_list() == [None, 6, 6, 64]
    assert weights.std() == pytest.approx(0.0880, rel=0.02) and (bias == np.float32(0.1)).all()
    assert [v.op.name for v in tf.trainable_variables()] == []  # of the graph outside
    names = [v.op.name for v in model.h_conv1.graph.get_collection(tf.GraphKeys.TRAINABLE_VARIABLES)]
    kinds = ("1", "2", "fc1", "fc2", "fc3")
    assert names == [f"{what}_{kind}" for kind in kinds for what in ("weight", "bias")]


def test_cost_is_clipped_and_summed():
    with period_graph(seed=1), session(2) as sess:
        model = ch05.build_model()
        sess.run(tf.initialize_all_variables())
        feed = {model.x: 1e4 * PICTURES[:, 4:28, 4:28], model.keep_prob: 1.0}
        least = sess.run(model.y_conv, feed).argmin(axis=1)
        cost = sess.run(model.cross_entropy, {**feed, model.y_: np.eye(10)[least]})
    assert cost == pytest.approx(-10 * np.log(1e-5), rel=1e-5)


@pytest.mark.parametrize(("decay", "rates"), [(1.0, [1e-3] * 3), (0.01, [1e-3, 1e-4, 1e-5])])
def test_learning_rate(decay, rates):
    with period_graph(seed=1), session(2) as sess:
        model = ch05.build_model(1e-3, decay, steps=2)
        sess.run(tf.initialize_all_variables())
        feed = {model.x: PICTURES[:, 4:28, 4:28], model.y_: np.eye(10), model.keep_prob: 1.0}
        for rate in rates:
            assert sess.run(tf.convert_to_tensor(model.learning_rate)) == pytest.approx(rate)
            sess.run(model.train_step, feed)


@pytest.mark.parametrize("standardize", [False, True])
def test_standardisation(standardize):
    images = PICTURES[:, 4:28, 4:28]
    with period_graph(), session(2) as sess:
        model = ch05.build_model(standardize=standardize)
        seen = sess.run(model.x_image, {model.x: images})
    if standardize:
        images = (images - images.mean(axis=(1, 2, 3), keepdims=True)) / images.std(axis=(1, 2, 3), keepdims=True)
    np.testing.assert_allclose(seen, images, atol=1e-4)


def trained(run, data, monkeypatch=None, **settings):
    vars(run.settings).update(settings)
    graph = ch05.pre_process_data(run, data)
    model = ch05.build_model()
    ch05.train_model(run, data, graph, model)
    return graph, model


def test_loop_prints_every_hundredth_step(run, capsys):
    trained(run, loaded(20), steps=101, batch_size=20)
    lines = capsys.readouterr().out.splitlines()
    assert [line.rpartition(" ")[0] for line in lines] == [
        f"step {i}, training {what}" for i in (0, 100) for what in ("accuracy", "cost")
    ]
    curves = run.curves["train_accuracy"] + run.curves["train_cost"]
    assert [step for step, _ in curves] == [0, 100, 0, 100]
    assert [float(line.rpartition(" ")[2]) for line in lines[1::2]] == [cost for _, cost in run.curves["train_cost"]]


def test_fresh_distortions(run, monkeypatch):
    """Nothing is inflated, and no batch holds what an earlier one held."""
    seen = []

    def distort(run, graph, images, original=ch05.distort):
        seen.append(original(run, graph, images))
        return seen[-1]

    monkeypatch.setattr(ch05, "distort", distort)
    data = loaded()
    trained(run, data, steps=3, batch_size=10, fresh_distortions=True)
    assert data.train_imgs is data.images_train
    assert len({image.tobytes() for batch in seen for image in batch}) == 30


def test_a_net_that_diverged_after_its_last_line_is_refused(run):
    data = loaded()
    graph = ch05.pre_process_data(run, data)
    model = ch05.build_model(learning_rate=float("nan"))
    vars(run.settings).update(steps=2, batch_size=10)
    ch05.train_model(run, data, graph, model)
    with pytest.raises(ReplayError, match="not finite"):
        ch05.evaluate_model(run, data, graph, model)


def test_test_images_are_cut_from_the_middle_and_predicted_in_chunks(run, monkeypatch, capsys):
    data = loaded()
    graph, model = trained(run, data, steps=1, batch_size=10)
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
    assert set(run.figures) == {"confusion_matrix", "confident_mistakes"}


def test_plot_images():
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


def test_figures_of_the_distortion(run):
    graph = ch05.build_pre_processing(run.settings)
    ch05.plot_distortion(run, loaded(), graph)
    assert all(run.figures[name].startswith(b"\x89PNG") for name in ("original", "distorted"))


@pytest.mark.real_data
def test_inflation_of_the_real_data(run, real_data):
    """Claim D14."""
    run._data = real_data
    data = ch05.load_data(run)
    ch05.pre_process_data(run, data)
    assert data.train_imgs.shape == (100000, 24, 24, 3) and data.train_label.shape == (100000, 10)
