"""Show a 40 Hz vibration, and noise on it, before and after a Fourier transform (from page 28)."""

from types import SimpleNamespace

import numpy as np

from common import figures
from common.tf1 import tf

RATE = 22050  # Hz, that of the book's tracks
FREQUENCY = 40  # Hz


def load_data(run):
    """Return one second of the vibration, alone and with noise as strong as itself, float [22050] each."""
    t = np.arange(RATE) / RATE
    vibration = np.sin(2 * np.pi * FREQUENCY * t)
    noise = np.random.normal(scale=vibration.std(), size=RATE)
    return SimpleNamespace(t=t, waves={"clean": vibration, "noisy": vibration + noise})


def build_model():
    """Return the graph from a second of `wave`, float [22050], to its `energy`, float [11026], at 0, 1, 2, ... Hz.

    The energy is half the squared amplitude.
    """
    wave = tf.placeholder(tf.float32, [RATE])
    amplitude = tf.abs(tf.fft(tf.cast(wave, tf.complex64)))[: RATE // 2 + 1] * (2 / RATE)
    energy = tf.square(amplitude) / 2
    return SimpleNamespace(**locals())


def evaluate_model(run, data, model):
    """Print and return claim T09, the period of the strongest frequency, and what the noise moves."""
    sess = run.session()
    energies = {name: sess.run(model.energy, feed_dict={model.wave: wave}) for name, wave in data.waves.items()}
    strongest = {name: int(np.argmax(energy)) for name, energy in energies.items()}
    moved = float(np.abs(data.waves["noisy"] - data.waves["clean"]).max())
    moved_energy = float(np.abs(energies["noisy"] - energies["clean"]).max() / energies["clean"].max())
    for name, hertz in strongest.items():
        print("T09 strongest frequency, %s: %d Hz, period %g s" % (name, hertz, 1 / hertz))
    print("    the noise moves the wave by up to %.2f of its amplitude" % moved)
    print("    and no energy by more than %.3f of the energy at 40 Hz" % moved_energy)
    run.save_figure("fourier", draw(data, energies))
    return {
        "period": 1 / strongest["clean"],
        "strongest_frequency": strongest["clean"],
        "strongest_frequency_in_noise": strongest["noisy"],
        "noise_in_time": moved,
        "noise_in_energy": moved_energy,
    }


def draw(data, energies):
    """Draw figure 19: both waves over time and their energy over frequency."""
    figure, axes = figures.canvas(2, 2, width=9, height=6.2)
    shown = data.t <= 0.1
    titles = {"clean": "40 Hz", "noisy": "40 Hz + 소음(Noise)"}
    for (left, right), (name, title) in zip(axes, titles.items(), strict=True):
        left.plot(data.t[shown], data.waves[name][shown], color=figures.BLUE, linewidth=1)
        left.set(title=f"변환 전: {title}", xlabel="시간 (s)", ylabel="진폭", ylim=(-4, 4))
        right.semilogy(np.arange(201), energies[name][:201], color=figures.ORANGE)
        right.set(title=f"푸리에 변환 후: {title}", xlabel="주파수 (Hz)", ylabel="에너지", ylim=(1e-7, 2))
        right.minorticks_off()
        right.annotate("40 Hz", (FREQUENCY, energies[name][FREQUENCY]), (70, 0.1), arrowprops={"arrowstyle": "->"})
    left = axes[0, 0]
    left.annotate("", (0.00625, 1.6), (0.03125, 1.6), arrowprops={"arrowstyle": "<->", "lw": 1.5})
    left.text(0.01875, 1.9, "주기 0.025 s", ha="center")
    return figure


def main(run):
    data = run.phase(load_data, run)
    model = run.phase(build_model)
    return run.phase(evaluate_model, run, data, model)
