"""Compute the MFCC of a wave step by step, equal to the library of the listing (from page 28)."""

from types import SimpleNamespace

import numpy as np
from python_speech_features import get_filterbanks

from common import figures
from common.mfcc import coefficients
from common.tf1 import tf

RATE = 22050  # Hz
# The listing's settings.
FRAME_LEN, FRAME_STEP = 441, 221  # samples: 20 and 10 ms, halves rounded up
NUMCEP, NFILT, NFFT = 15, 26, FRAME_LEN
PREEMPH, CEPLIFTER = 0.97, 22


def load_data(run):
    """Return a second of two plucked tones, float64 [22050] from -1 to 1.

    One has 220 Hz. The other starts in the middle and has 330 Hz.
    """
    t = np.arange(RATE) / RATE

    def pluck(start, hertz):
        since = np.maximum(t - start, 0)
        overtones = sum(np.sin(2 * np.pi * hertz * k * since) * np.exp(-2 * k * since) / k for k in range(1, 13))
        return np.where(t >= start, overtones, 0)

    wave = pluck(0, 220) + pluck(0.5, 330)
    # Rounded to 16 bits like a track, so that no step meets an exact silence.
    wave = (wave / np.abs(wave).max() + np.random.normal(scale=1e-3, size=RATE)) * 0.9
    return np.round(wave * 2.0**15) / 2.0**15


def build_model(num_frames=99):
    """Return each step from `wave`, float64 [samples], to `mfcc`, float64 [frames, 15]."""
    wave = tf.placeholder(tf.float64, [None])
    emphasised = tf.concat([wave[:1], wave[1:] - PREEMPH * wave[:-1]], 0)
    missing = (num_frames - 1) * FRAME_STEP + FRAME_LEN - tf.size(wave)
    frames = tf.signal.frame(tf.pad(emphasised, [[0, missing]]), FRAME_LEN, FRAME_STEP)
    windowed = frames * np.hamming(FRAME_LEN)
    spectrum = tf.fft(tf.cast(windowed, tf.complex128))[:, : NFFT // 2 + 1]
    power = tf.square(tf.abs(spectrum)) / NFFT
    filterbank = get_filterbanks(NFILT, NFFT, RATE)
    energies = tf.matmul(power, filterbank.T)
    log_energies = tf.log(energies)
    cepstrum = tf.spectral.dct(log_energies, type=2, norm="ortho")[:, :NUMCEP]
    lifted = cepstrum * (1 + CEPLIFTER / 2 * np.sin(np.pi * np.arange(NUMCEP) / CEPLIFTER))
    # appendEnergy: the frame's whole energy takes the place of the first coefficient.
    mfcc = tf.concat([tf.log(tf.reduce_sum(power, 1, keep_dims=True)), lifted[:, 1:]], 1)
    return SimpleNamespace(**locals())


def evaluate_model(run, wave, model):
    """Compare the last step with the library call of ch03, with the listing's arguments."""
    names = ("windowed", "power", "log_energies", "mfcc")
    steps = run.session().run({name: getattr(model, name) for name in names}, feed_dict={model.wave: wave})
    difference = float(np.abs(steps["mfcc"] - coefficients(wave, RATE)).max())
    print("    MFCC of %.3g s: %d frames x %d coefficients" % (len(wave) / RATE, *steps["mfcc"].shape))
    print("    largest difference to python_speech_features: %.1e" % difference)
    run.save_figure("mfcc", draw(wave, steps, model.filterbank))
    return {"mfcc_shape": list(steps["mfcc"].shape), "mfcc_difference": difference}


def draw(wave, steps, filterbank):
    """Draw figure 20: wave, one frame of it, its spectrum, the filters, the energies and the coefficients."""
    figure, axes = figures.canvas(3, 2, width=9, height=10)
    wave_axes, frame_axes, power_axes, bank_axes, energy_axes, mfcc_axes = axes.flat
    chosen = 60  # a frame in which both tones sound
    start = chosen * FRAME_STEP / RATE
    wave_axes.plot(np.arange(len(wave)) / RATE, wave, color=figures.BLUE, linewidth=0.5)
    wave_axes.axvspan(start, start + FRAME_LEN / RATE, color=figures.RED, alpha=0.5)
    wave_axes.set(title="1. 파형(Wave Form)", xlabel="시간 (s)", ylabel="진폭")
    frame_axes.plot(np.arange(FRAME_LEN) / RATE * 1000, steps["windowed"][chosen], color=figures.RED)
    frame_axes.set(title="2. 고음을 키운 20 ms 프레임, 해밍 창", xlabel="시간 (ms)", ylabel="진폭")
    hertz = np.arange(NFFT // 2 + 1) * RATE / NFFT
    power_axes.semilogy(hertz, steps["power"][chosen], color=figures.ORANGE)
    power_axes.set(title="3. 푸리에 변환", xlabel="주파수 (Hz)", ylabel="에너지")
    power_axes.minorticks_off()
    bank_axes.plot(hertz, filterbank.T, linewidth=1)
    bank_axes.set(title="4. 필터 26개(Mel-FilterBank)", xlabel="주파수 (Hz)", ylabel="가중치")
    for ax, values, title, label, unit in (
        (energy_axes, steps["log_energies"].T, "5. 구간별 합산 에너지의 로그", "필터", "로그 에너지"),
        (mfcc_axes, steps["mfcc"].T[1:], "6. MFCC 2~15번째(코사인 변환)", "계수", "값"),
    ):
        first = 2 if ax is mfcc_axes else 1
        extent = (0, len(wave) / RATE, first - 0.5, first + len(values) - 0.5)
        image = ax.imshow(values, aspect="auto", origin="lower", extent=extent, cmap="viridis")
        figure.colorbar(image, ax=ax, label=unit, location="bottom")
        ax.set(title=title, xlabel="시간 (s)", ylabel=f"{label} 번호")
        ax.grid(False)
    return figure


def main(run):
    wave = run.phase(load_data, run)
    model = run.phase(build_model)
    return run.phase(evaluate_model, run, wave, model)
