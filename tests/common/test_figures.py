"""Test what the figures show, as matplotlib's own objects tell it."""

import numpy as np
import pytest

from common.errors import ReplayError
from common.figures import canvas, confusion_matrix, sounds, square

RATE = 22050
ONE_SECOND = np.arange(RATE) / RATE


def test_a_canvas_has_its_size_in_inches_and_its_axes_by_rows():
    figure, axes = canvas(2, 3, width=8, height=5)
    assert figure.get_size_inches().tolist() == [8, 5]
    assert axes.shape == (2, 3)
    _, alone = canvas()
    alone.add_patch(square(1, 2, side=5))
    assert alone.patches[0].get_bbox().bounds == (1, 2, 5, 5)


def test_a_confusion_matrix_counts_by_true_and_predicted_class():
    figure = confusion_matrix(["cat", "dog", "bird"], [0, 0, 0, 0, 1, 1], [0, 1, 1, 2, 1, 2])
    (axes,) = figure.axes
    counts = {text.get_position(): text.get_text() for text in axes.texts}
    assert counts == {
        (column, row): count for row, line in enumerate(["121", "011", "000"]) for column, count in enumerate(line)
    }
    assert axes.get_title() == "2 of 6 right"
    assert (axes.get_ylabel(), axes.get_xlabel()) == ("true class", "predicted class")
    for labels in (axes.get_xticklabels(), axes.get_yticklabels()):
        assert [label.get_text() for label in labels] == ["cat", "dog", "bird"]
    assert axes.images[0].get_array().tolist() == [[0.25, 0.5, 0.25], [0, 0.5, 0.5], [0, 0, 0]]


@pytest.mark.parametrize(
    ("labels", "predictions", "words"),
    [
        ([0, 1], [0], r"a prediction for each label: found \(1,\) and \(2,\)"),
        ([[0], [1]], [[0], [1]], r"a prediction for each label: found \(2, 1\) and \(2, 1\)"),
        ([0, 2], [0, 1], "of 2 classes needs labels from 0 to 1: found 2"),
        ([0, 1], [0, -1], "of 2 classes needs predictions from 0 to 1: found -1"),
    ],
)
def test_a_confusion_matrix_refuses_arguments_that_do_not_fit(labels, predictions, words):
    with pytest.raises(ReplayError, match=words):
        confusion_matrix(["a", "b"], labels, predictions)


def drawn(tracks):
    """Return the Axes of `sounds(tracks)` as an array [waveform, spectrogram, MFCC] x [track]."""
    return np.array(sounds(tracks).axes[: 3 * len(tracks)]).reshape(3, len(tracks))


def test_sounds_are_drawn_in_seconds_and_kilohertz():
    """Draw one second of 1 kHz: its spectrogram is loudest there."""
    tone = np.sin(2 * np.pi * 1000 * ONE_SECOND)
    coefficients = np.arange(99 * 15).reshape(99, 15)
    waves, spectra, mfcc = drawn([(title, RATE, tone, coefficients) for title in ("one", "two")])
    assert [axes.get_title() for axes in waves] == ["one", "two"]
    assert [axes.get_ylabel() for axes in (waves[0], spectra[0], mfcc[0])] == [
        "amplitude",
        "frequency (kHz)",
        "MFCC number",
    ]
    assert mfcc[0].get_xlabel() == "time (s)"
    seconds, amplitudes = waves[1].lines[0].get_data()
    np.testing.assert_array_equal(seconds, ONE_SECOND)
    np.testing.assert_array_equal(amplitudes, tone)
    (levels,), (steps,) = spectra[1].images, mfcc[1].images
    assert levels.get_extent() == pytest.approx((0, 1, 0, RATE / 2000))
    loudest = levels.get_array().mean(axis=1).argmax() / levels.get_array().shape[0] * RATE / 2000
    assert loudest == pytest.approx(1.0, abs=0.03)
    assert levels.get_array().max() == 0
    assert steps.get_extent() == pytest.approx((0, 0.99, -0.5, 14.5))
    np.testing.assert_array_equal(steps.get_array(), coefficients.T)


def test_a_silent_track_stays_dark():
    _, (spectrum,), _ = drawn([("silence", RATE, np.zeros(RATE), np.zeros((99, 15)))])
    (levels,) = spectrum.images
    assert (levels.get_array() <= levels.get_clim()[0]).all()
