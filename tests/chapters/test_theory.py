"""The theory sections' examples agree with what the book prints, and their functions hold on other inputs."""

import json
import subprocess
import sys
from types import SimpleNamespace

import numpy as np
import pytest
from matplotlib.image import imread
from matplotlib.text import Text

from chapters.theory import activation, cells, convolution, descent, loss, mfcc, pooling, replay, sound, vanishing
from common import figures
from common.mfcc import coefficients
from common.paths import ROOT
from common.tf1 import period_graph, tf
from tests.support import chapters

CHAPTER = chapters.shortened(replay)
PRINTED = {
    "T01": ("window_map", [24, 24]),
    "T02": ("bordered_map", [28, 28]),
    "T03": ("filtered_square", 26),
    "T04": ("weights", [5 * 5, 24 * 24 * 5 * 5]),
    "T05": ("filters_on_ones", [1, 0, 0, 1, 1, 1]),
    "T06": ("max_pool", [6, 8, 3, 4]),
    "T07": ("pooled_shape", [12, 12, 32]),
    "T08": ("colour_values", 2352),
    "T09": ("period", 0.025),
    "T10": ("one_hot", [0, 0, 1, 0, 0, 0, 0, 0, 0, 0]),
    "T11": ("rnn_difference", 0),
    "T12": ("lstm_difference", 0),
    "T13": ("cross_entropy_rising_share", 1),
    "T14": ("activation_properties_kept", 1),
}
FIGURES = {
    "activations", "cross_entropy", "filters", "forget_bias", "fourier", "gradient_descent", "mfcc", "one_hot",
    "pooling", "vanishing_gradient", "windows",
}  # fmt: skip


@pytest.fixture(scope="module")
def replayed(tmp_path_factory):
    """Return what a user sees of the whole chapter: its folder, result, output and messages, warnings included."""
    out = tmp_path_factory.mktemp("theory")
    line = [sys.executable, "-m", CHAPTER.module("builtin"), "--out", out, "--threads", "2"]
    done = subprocess.run(line, cwd=ROOT, capture_output=True, encoding="utf-8", check=False)
    assert done.returncode == 0, done.stderr
    result = json.loads((out / "result.json").read_text(encoding="utf-8"))
    return SimpleNamespace(out=out, result=result, output=done.stdout, errors=done.stderr)


def test_book_toml_has_every_claim_once():
    assert {claim["id"]: (claim["metric"], claim["value"]) for claim in CHAPTER.claims} == PRINTED
    assert len(CHAPTER.claims) == len(PRINTED)


@pytest.mark.parametrize("claim", PRINTED)
def test_each_claim_is_what_the_book_prints(claim, replayed):
    metric, value = PRINTED[claim]
    within = 1e-6 if claim in ("T05", "T11", "T12") else 0
    assert np.asarray(replayed.result["metrics"][metric]) == pytest.approx(np.asarray(value), rel=0, abs=within)


def test_all_claims_agree_and_each_has_its_line(replayed):
    assert replayed.result["passed"] is True
    assert replayed.result["metrics"]["claims_that_agree"] == len(PRINTED)
    assert "theory: Worked examples of the theory sections (profile builtin, seed 1)\n" in replayed.errors
    assert not any(word in replayed.errors for word in ("Warning", "Glyph", "findfont", "Traceback"))
    assert (replayed.out / "output.txt").read_text(encoding="utf-8") == replayed.output
    for claim in PRINTED:
        assert claim in replayed.output
    assert set(replayed.result["seconds"]) == {"load_data", "build_model", "train_model", "evaluate_model"}


def test_figures_are_written_and_not_empty(replayed):
    assert {path.stem for path in (replayed.out / "figures").iterdir()} == FIGURES
    for path in (replayed.out / "figures").iterdir():
        grey = imread(path)[:, :, :3].mean(2)
        assert min(grey.shape) >= 400 and grey.std() > 0.05


def test_what_the_book_draws_has_a_figure(replayed):
    drawn = {claim["id"]: claim["picture"] for claim in CHAPTER.claims if "picture" in claim}
    assert drawn == {"T05": "filters.png", "T14": "activations.png"}
    assert set(drawn.values()) <= {path.name for path in (replayed.out / "figures").iterdir()}


def test_a_wrong_number_lowers_the_count_and_fails_the_chapter(monkeypatch, tmp_path):
    monkeypatch.setattr(convolution, "FILTER", [[5, 4], [2, 2]])
    monkeypatch.setattr(replay, "SECTIONS", (convolution,))
    run = chapters.replayed(replay, tmp_path)
    assert run.status == 1
    assert "theory missed its threshold: claims_that_agree 5 is below 14" in run.errors
    assert "T03 filter on the printed numbers: 31" in run.output


def evaluated(section, *arguments):
    """Return a function of fetches and feed: it runs a section's model in a graph of its own."""

    def run(fetch, **feed):
        with period_graph(7), tf.Session() as sess:
            model = section.build_model(*arguments)
            sess.run(tf.initialize_all_variables())
            return sess.run(fetch(model), feed_dict={getattr(model, name): value for name, value in feed.items()})

    return run


def test_activations_and_slopes_are_their_definitions():
    x = np.linspace(-5, 5, 40)
    curves, slopes = evaluated(activation)(lambda m: [m.curves, m.slopes], x=x)
    sigmoid, softmax = 1 / (1 + np.exp(-x)), np.exp(x) / (np.exp(x) + 9)
    for name, curve, slope in (
        ("sigmoid", sigmoid, sigmoid * (1 - sigmoid)),
        ("softmax", softmax, softmax * (1 - softmax)),
        ("tanh", np.tanh(x), 1 - np.tanh(x) ** 2),
        ("relu", np.maximum(x, 0), x > 0),
    ):
        np.testing.assert_allclose(curves[name], curve, atol=1e-6)
        np.testing.assert_allclose(slopes[name], slope, atol=1e-6)


def test_cross_entropy_of_the_printed_prediction_is_minus_log_0_9():
    label = np.eye(10)[[loss.LABEL]]
    assert sum(loss.PREDICTION) == pytest.approx(1)
    assert evaluated(loss)(lambda m: m.cross_entropy, y_=label, y=[loss.PREDICTION]) == pytest.approx(-np.log(0.9))


def test_ways_from_the_label_are_distributions():
    ways = loss.load_data(SimpleNamespace(settings=SimpleNamespace(distance_steps=10)))
    for predictions in (ways.unsure, ways.wrong):
        np.testing.assert_allclose(predictions.sum(1), 1)
        assert len(predictions) == 11 and (predictions > 0).all()


def test_descent_is_the_geometric_series_of_the_parabola(replayed):
    """At each step w - 3 shrinks by 1 - rate / 2."""
    expected = [36 * (1 - rate / 2) ** 40 / 4 + 1 for rate in CHAPTER.settings("printed")["learning_rates"]]
    assert replayed.result["metrics"]["descent_losses"] == pytest.approx(expected, rel=1e-4)
    assert descent.f(3.0) == 1


def test_convolutions_equal_loops():
    image = np.random.RandomState(3).rand(28, 28)
    fetch = evaluated(convolution)
    found = fetch(lambda m: [m.W, m.W_unshared, m.valid, m.bordered, m.unshared], x=image[None, :, :, None])
    w, w_unshared, valid, bordered, unshared = (value.squeeze() for value in found)
    by_loops = [[(image[r : r + 5, c : c + 5] * w).sum() for c in range(24)] for r in range(24)]
    np.testing.assert_allclose(valid, by_loops, atol=1e-5)
    np.testing.assert_allclose(unshared, by_loops, atol=1e-5)
    np.testing.assert_allclose(bordered[2:-2, 2:-2], by_loops, atol=1e-5)
    assert (w_unshared == w).all()


@pytest.mark.parametrize("name", convolution.FILTERS)
def test_printed_filters_are_symmetric_under_a_half_turn(name):
    """Turning them round changes nothing, unlike the filter of T03."""
    kernel = np.array(convolution.FILTERS[name])
    assert (kernel == np.flip(kernel)).all()


def test_pooling_equals_loops():
    map_ = np.random.RandomState(3).rand(6, 6)
    found = evaluated(pooling)(lambda m: [m.max_pool, m.mean_pool, m.sum_pool], x=map_[None, :, :, None])
    squares = map_.reshape(3, 2, 3, 2)
    for value, expected in zip(found, (squares.max((1, 3)), squares.mean((1, 3)), squares.sum((1, 3))), strict=True):
        np.testing.assert_allclose(value.squeeze(), expected, rtol=1e-6)


def test_map_is_put_together_from_the_printed_squares():
    assert pooling.assemble(pooling.SQUARES).tolist() == [[1, 1, 2, 4], [5, 6, 7, 8], [3, 2, 1, 0], [1, 2, 3, 4]]


def test_two_vibrations_have_energy_at_their_frequencies_only():
    t = np.arange(sound.RATE) / sound.RATE
    wave = 3 * np.sin(2 * np.pi * 50 * t) + np.cos(2 * np.pi * 440 * t)
    energy = evaluated(sound)(lambda m: m.energy, wave=wave)
    assert energy[[50, 440]] == pytest.approx([4.5, 0.5], rel=1e-4)
    assert np.delete(energy, [50, 440]).max() < 1e-6


@pytest.mark.parametrize("samples", [22050, 21700])
def test_mfcc_steps_end_in_the_library_s_result(samples):
    wave = np.random.RandomState(4).normal(size=samples)
    library = coefficients(wave, mfcc.RATE)
    found = evaluated(mfcc, len(library))(lambda m: m.mfcc, wave=wave)
    np.testing.assert_allclose(found, library, atol=1e-9)


@pytest.mark.parametrize(("name", "equations"), [("rnn", cells.rnn), ("lstm", cells.lstm)])
def test_printed_equations_are_the_cells(name, equations):
    x = np.random.RandomState(5).normal(size=[6, cells.BATCH, cells.INPUTS])
    outputs, (w, b) = evaluated(cells, 8, 6, 1)(lambda m: [m.outputs[name], m.kernels[name]], x=x)
    np.testing.assert_allclose(equations(x, w, b), outputs, atol=1e-6)
    assert np.abs(equations(x, w, b + 0.1) - outputs).max() > 1e-3


def test_default_lstm_has_a_bias_that_the_equations_lack(replayed):
    metrics = replayed.result["metrics"]
    assert metrics["lstm_difference_of_default_cell"] > 1e-2
    assert metrics["lstm_difference_with_forget_bias"] < 1e-6
    steps = CHAPTER.settings("printed")["memory_steps"]
    assert metrics["kept_by_lstm"] == pytest.approx(0.5**steps)
    assert metrics["kept_by_lstm_biased"] == pytest.approx((1 / (1 + np.exp(-1))) ** steps, rel=1e-5)


def test_gradient_of_a_chain_is_the_product_of_its_slopes():
    by_layer = evaluated(vanishing, 2, 2, 5)(lambda m: m.by_layer)
    h, slopes = 1.0, []
    for _ in range(5):
        h = 1 / (1 + np.exp(-h))
        slopes.append(h * (1 - h))
    assert by_layer["sigmoid"] == pytest.approx(np.append(np.cumprod(slopes[::-1])[::-1], 1), rel=1e-5)
    assert by_layer["relu"].tolist() == [1] * 6


def test_korean_labels_have_their_letters(recwarn):
    """Matplotlib warns of a letter that no font of the style has."""
    figure, ax = figures.canvas(width=3, height=2)
    ax.set(title="뉴런 반갑습니다", xlabel="시간 (s) −1")
    figure.canvas.draw()
    assert not [warning for warning in recwarn if "Glyph" in str(warning.message)]
    assert any("NanumGothic" in font for font in Text().get_fontfamily())
