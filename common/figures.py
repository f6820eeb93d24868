"""Set how figures look, and draw those of several chapters. `run.save_figure(name, figure)` saves one."""

import os

os.environ.pop("MPLBACKEND", None)  # a backend that is not installed would stop the import

import matplotlib
import numpy as np

from common.errors import ReplayError
from common.language import N_, _
from common.reporting.fonts import NANUM_GOTHIC

matplotlib.use("Agg")  # for chapters that draw with pyplot: nothing may open a window
from matplotlib import font_manager
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

# The colour-blind can tell these apart, and so can a reader of a grey print.
BLUE, ORANGE, GREEN, RED, GREY = "#1f6fb2", "#e08214", "#1b7837", "#c51b3a", "#777777"

LABEL_SIZE = 12  # points
SPECTRUM_FRAME = 1024  # samples
QUIETEST = -80  # dB, drawn black
MFCC_RANGE = 40  # coefficients of more are drawn like this one
MFCC_RATE = 100  # frames a second

font_manager.fontManager.addfont(NANUM_GOTHIC)

# matplotlib reads the style when it draws, so one style serves the whole program. Its sizes are legible at half width.
matplotlib.rcParams.update(
    {
        "font.family": ["DejaVu Sans", "NanumGothic"],
        "font.size": 11,
        "axes.titlesize": LABEL_SIZE,
        "axes.grid": True,
        "axes.axisbelow": True,
        "grid.color": "#dddddd",
        "lines.linewidth": 2,
        "lines.markersize": 4,
    }
)


def canvas(rows=1, columns=1, width=9, height=6):
    """Return a Figure of `width` x `height` inches and its Axes: one, or an array [columns] or [rows, columns]."""
    figure = Figure(figsize=(width, height), layout="constrained")
    return figure, figure.subplots(rows, columns)


def square(x, y, side=1, **style):
    """Return a square patch with a black edge whose corner is at (`x`, `y`)."""
    return Rectangle((x, y), side, side, edgecolor="black", **style)


def confusion_matrix(class_names, labels, predictions):
    """Return a Figure that counts how often each class was predicted for each true class.

    `class_names` is a list of k names. `labels` and `predictions` are whole numbers [n] from 0 to k - 1. Colours are
    shares of the row, so classes of different sizes compare.

    It raises ReplayError when the arguments do not fit.
    """
    labels, predictions = np.asarray(labels), np.asarray(predictions)
    k = len(class_names)
    if labels.ndim != 1 or labels.shape != predictions.shape:
        raise ReplayError(
            _(
                "A confusion matrix needs a prediction for each label: found {predictions} and {labels}. "
                "Pass two vectors of the same length."
            ).format(predictions=predictions.shape, labels=labels.shape)
        )
    for what, numbers in ((N_("labels"), labels), (N_("predictions"), predictions)):
        others = numbers[~np.isin(numbers, np.arange(k))]
        if others.size:
            raise ReplayError(
                _(
                    "A confusion matrix of {k} classes needs {what} from 0 to {last}: found {found}. Pass the numbers "
                    "of the classes."
                ).format(k=k, what=_(what), last=k - 1, found=others[0])
            )
    counts = np.zeros((k, k), int)
    np.add.at(counts, (labels, predictions), 1)
    shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)

    side = 2.2 + 0.6 * k
    figure = Figure(figsize=(side, side), layout="constrained")
    axes = figure.subplots()
    axes.imshow(shares, cmap="Blues", vmin=0, vmax=1)
    axes.grid(False)
    for (row, column), count in np.ndenumerate(counts):
        colour = "white" if shares[row, column] > 0.5 else "black"
        axes.text(column, row, count, ha="center", va="center", color=colour, fontsize=LABEL_SIZE)
    axes.set_xticks(range(k), class_names, rotation=45, ha="right", rotation_mode="anchor", fontsize=LABEL_SIZE)
    axes.set_yticks(range(k), class_names, fontsize=LABEL_SIZE)
    axes.set_xlabel("predicted class", fontsize=LABEL_SIZE)
    axes.set_ylabel("true class", fontsize=LABEL_SIZE)
    right = int((labels == predictions).sum())
    axes.set_title(f"{right} of {len(labels)} right", fontsize=LABEL_SIZE)
    return figure


def sounds(tracks):
    """Return a Figure with a column for each track: its waveform, its spectrogram and its MFCC.

    `tracks` is a list of (title, sampling rate in Hz, sound, MFCC). The sound is floats [n] from -1 to 1. The MFCC is
    [frames, coefficients], one frame every 10 ms. Spectrogram levels are relative to the loudest point of the track.
    """
    figure = Figure(figsize=(3.2 * len(tracks) + 1, 8), layout="constrained")
    rows = figure.subplots(3, len(tracks), sharex=True, sharey="row", squeeze=False)
    for column, (title, rate, sound, coefficients) in enumerate(tracks):
        wave, spectrum, mfcc = rows[:, column]
        wave.plot(np.arange(len(sound)) / rate, sound, linewidth=0.3)
        wave.set_title(title, fontsize=14)
        levels = _draw_spectrogram(spectrum, sound, rate)
        steps = _draw_mfcc(mfcc, coefficients)
    for axes, label in zip(rows[:, 0], ("amplitude", "frequency (kHz)", "MFCC number"), strict=True):
        axes.set_ylabel(label, fontsize=LABEL_SIZE)
    figure.colorbar(levels, ax=rows[1], label="level (dB)", pad=0.01)
    figure.colorbar(steps, ax=rows[2], label="coefficient", pad=0.01)
    return figure


def _draw_spectrogram(axes, sound, rate):
    frames = sound[: len(sound) // SPECTRUM_FRAME * SPECTRUM_FRAME].reshape(-1, SPECTRUM_FRAME)
    power = np.abs(np.fft.rfft(frames * np.hanning(SPECTRUM_FRAME))) ** 2
    level = 10 * np.log10(np.maximum(power / max(power.max(), 1e-30), 1e-12))  # a silent track stays dark
    extent = (0, len(sound) / rate, 0, rate / 2000)  # s, kHz
    levels = axes.imshow(level.T, origin="lower", aspect="auto", extent=extent, vmin=QUIETEST, vmax=0, cmap="magma")
    axes.grid(False)
    return levels


def _draw_mfcc(axes, coefficients):
    frames, count = coefficients.shape
    steps = axes.imshow(
        coefficients.T,
        origin="lower",
        aspect="auto",
        extent=(0, frames / MFCC_RATE, -0.5, count - 0.5),
        vmin=-MFCC_RANGE,
        vmax=MFCC_RANGE,
        cmap="RdBu_r",
    )
    axes.grid(False)
    axes.yaxis.get_major_locator().set_params(integer=True)
    axes.set_xlabel("time (s)", fontsize=LABEL_SIZE)
    return steps
