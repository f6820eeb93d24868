"""What the figures show, read from matplotlib's own objects."""

import numpy as np
import pytest

from common.errors import ReplayError
from common.figures import confusion_matrix, sounds


def test_confusion_matrix():
    figure = confusion_matrix(["cat", "dog", "bird"], [0, 0, 1, 1, 1], [0, 1, 1, 1, 0])
    (axes,) = figure.axes
    counts = {text.get_position(): text.get_text() for text in axes.texts}
    assert counts == {
        (column, row): count for row, line in enumerate(["110", "120", "000"]) for column, count in enumerate(line)
    }
    assert axes.get_title() == "3 of 5 right"
    assert (axes.get_ylabel(), axes.get_xlabel()) == ("true class", "predicted class")
    assert [label.get_text() for label in axes.get_yticklabels()] == ["cat", "dog", "bird"]
    assert axes.images[0].get_array().tolist() == [[0.5, 0.5, 0], [1 / 3, 2 / 3, 0], [0, 0, 0]]


@pytest.mark.parametrize(
    ("labels", "predictions", "words"),
    [
        ([0, 1], [0], r"a prediction for each label: found \(1,\) and \(2,\)"),
        ([[0], [1]], [[0], [1]], "a prediction for each label"),
        ([0, 2], [0, 1], "of 2 classes needs labels from 0 to 1"),
        ([0, 1], [0, -1], "of 2 classes needs predictions from 0 to 1"),
    ],
)
def test_arguments_that_do_not_fit(labels, predictions, words):
    with pytest.raises(ReplayError, match=words):
        confusion_matrix(["a", "b"], labels, predictions)


def test_sounds():
    """One second of 1 kHz: the spectrogram is loudest there and the axes are in seconds and kHz."""
    rate, t = 22050, np.arange(22050) / 22050
    figure = sounds([(title, rate, np.sin(2 * np.pi * 1000 * t), np.ones((99, 15))) for title in ("one", "two")])
    waves, spectra, mfcc = np.array(figure.axes[:6]).reshape(3, 2)
    assert [axes.get_title() for axes in waves] == ["one", "two"]
    assert [axes.get_ylabel() for axes in (waves[0], spectra[0], mfcc[0])] == [
        "amplitude",
        "frequency (kHz)",
        "MFCC number",
    ]
    assert mfcc[0].get_xlabel() == "time (s)"
    levels = spectra[1].images[0]
    left, right, bottom, top = levels.get_extent()
    assert (left, bottom, top) == (0, 0, 11.025) and right == pytest.approx(1)
    loudest = levels.get_array().mean(axis=1).argmax() / levels.get_array().shape[0] * top
    assert loudest == pytest.approx(1.0, abs=0.03)
    assert levels.get_array().max() == 0
