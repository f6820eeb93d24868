"""How figures look, and those that several chapters draw. `run.save_figure(name, figure)` keeps one."""

import matplotlib
import numpy as np

from common.errors import ReplayError
from common.reporting.fonts import NANUM_GOTHIC

matplotlib.use("Agg")  # for chapters that draw with pyplot: nothing may open a window
from matplotlib import font_manager
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

# Told apart by the colour-blind, and light from dark when printed grey.
BLUE, ORANGE, GREEN, RED, GREY = "#1f6fb2", "#e08214", "#1b7837", "#c51b3a", "#777777"

font_manager.fontManager.addfont(NANUM_GOTHIC)

# Labels are drawn late, so the style is for the whole program. The sizes are legible at half the width.
matplotlib.rcParams.update(
    {
        "font.family": ["DejaVu Sans", "NanumGothic"],
        "font.size": 11,
        "axes.titlesize": 12,
        "axes.grid": True,
        "axes.axisbelow": True,
        "grid.color": "#dddddd",
        "lines.linewidth": 2,
        "lines.markersize": 4,
    }
)


def canvas(rows=1, columns=1, width=9, height=6):
    """A Figure of `width` x `height` inches and its Axes: one, or an array [columns] or [rows, columns]."""
    figure = Figure(figsize=(width, height), layout="constrained")
    return figure, figure.subplots(rows, columns)


def square(x, y, side=1, **style):
    """A square patch with a black edge whose corner is at (`x`, `y`)."""
    return Rectangle((x, y), side, side, edgecolor="black", **style)


def confusion_matrix(class_names, labels, predictions):
    """A Figure that counts how often each class was predicted for each true class.

    `class_names` is a list of k names; `labels` and `predictions` are whole numbers [n] from 0 to k - 1. Colours are
    shares of the row, so that classes of different sizes compare. Raises ReplayError when the arguments do not fit.
    """
    labels, predictions = np.asarray(labels), np.asarray(predictions)
    k = len(class_names)
    if labels.ndim != 1 or labels.shape != predictions.shape:
        raise ReplayError(
            f"A confusion matrix needs a prediction for each label: found {predictions.shape} and {labels.shape}."
        )
    for what, numbers in (("labels", labels), ("predictions", predictions)):
        if not np.isin(numbers, np.arange(k)).all():
            raise ReplayError(f"A confusion matrix of {k} classes needs {what} from 0 to {k - 1}: found others.")
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
        axes.text(column, row, count, ha="center", va="center", color=colour, fontsize=12)
    axes.set_xticks(range(k), class_names, rotation=45, ha="right", rotation_mode="anchor", fontsize=12)
    axes.set_yticks(range(k), class_names, fontsize=12)
    axes.set_xlabel("predicted class", fontsize=12)
    axes.set_ylabel("true class", fontsize=12)
    right = int((labels == predictions).sum())
    axes.set_title(f"{right} of {len(labels)} right", fontsize=12)
    return figure


def sounds(tracks):
    """A Figure with a column for each track: its waveform, its spectrogram and its MFCC.

    `tracks` is a list of (title, sampling rate in Hz, sound as floats [n] from -1 to 1, MFCC [frames, coefficients] of
    one frame every 10 ms). Spectrogram levels are relative to the loudest point of the track.
    """
    figure = Figure(figsize=(3.2 * len(tracks) + 1, 8), layout="constrained")
    rows = figure.subplots(3, len(tracks), sharex=True, sharey="row", squeeze=False)
    for column, (title, rate, sound, coefficients) in enumerate(tracks):
        wave, spectrum, mfcc = rows[:, column]
        seconds = len(sound) / rate
        wave.plot(np.arange(len(sound)) / rate, sound, linewidth=0.3)
        wave.set_title(title, fontsize=14)
        frames = sound[: len(sound) // 1024 * 1024].reshape(-1, 1024) * np.hanning(1024)
        power = np.abs(np.fft.rfft(frames)) ** 2
        level = 10 * np.log10(np.maximum(power / max(power.max(), 1e-30), 1e-12))  # a silent track stays dark
        levels = spectrum.imshow(
            level.T, origin="lower", aspect="auto", extent=(0, seconds, 0, rate / 2000), vmin=-80, vmax=0, cmap="magma"
        )
        steps = mfcc.imshow(
            coefficients.T,
            origin="lower",
            aspect="auto",
            extent=(0, len(coefficients) / 100, -0.5, coefficients.shape[1] - 0.5),
            vmin=-40,
            vmax=40,
            cmap="RdBu_r",
        )
        spectrum.grid(False)
        mfcc.grid(False)
        mfcc.yaxis.get_major_locator().set_params(integer=True)
        mfcc.set_xlabel("time (s)", fontsize=12)
    for axes, label in zip(rows[:, 0], ("amplitude", "frequency (kHz)", "MFCC number"), strict=True):
        axes.set_ylabel(label, fontsize=12)
    figure.colorbar(levels, ax=rows[1], label="level (dB)", pad=0.01)
    figure.colorbar(steps, ax=rows[2], label="coefficient", pad=0.01)
    return figure
