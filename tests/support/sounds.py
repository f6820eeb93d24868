"""Sound files built by hand, so that no library is its own witness, and a reader of WAV that is not ours."""

import struct
import wave

import numpy as np

RATE = 22050
FORMAT = struct.pack("<HHIIHH", 1, 1, RATE, 2 * RATE, 2, 16)
PCM = bytes.fromhex("0100000000001000800000aa00389b71")  # the GUID that stands for format tag 1
EXTENSIBLE = struct.pack("<HHIIHHHHI", 0xFFFE, 1, RATE, 2 * RATE, 2, 16, 22, 16, 4) + PCM
SECONDS = 20  # what a track must have


def chunk(name, content, size=None):
    """Return a chunk of a RIFF file. It announces `size` where that is not None."""
    return name + struct.pack("<I", len(content) if size is None else size) + content + b"\0" * (len(content) % 2)


def riff(*chunks, size=None):
    """Return a RIFF file of `chunks`. It announces `size` where that is not None."""
    content = b"WAVE" + b"".join(chunks)
    return b"RIFF" + struct.pack("<I", len(content) if size is None else size) + content


def wav(samples, riff_size=None, data_size=None, form=FORMAT, tail=b""):
    """Return a plain WAV file of `samples`, int16 [n], with the sizes and the format that are given."""
    return riff(chunk(b"fmt ", form), chunk(b"data", samples.astype("<i2").tobytes(), data_size), size=riff_size) + tail


def sun_audio(samples, header=24, size=None, encoding=3, rate=RATE, channels=1, start=None):
    """Return a .au file of `samples`, int16 [n]. It announces `size`, and `start` in place of `header`."""
    data = samples.astype(">i2").tobytes()
    fields = (header if start is None else start, len(data) if size is None else size, encoding, rate, channels)
    return b".snd" + struct.pack(">5I", *fields) + bytes(header - 24) + data


def noise(seed, frames=400):
    """Return samples of noise, int16 [`frames`]."""
    return np.random.default_rng(seed).integers(-(2**15), 2**15, frames).astype(np.int16)


def track(seed):
    """Return the samples of a track of 20 seconds that packs well, int16 [n]."""
    return np.resize(noise(seed), RATE * SECONDS)


def wav_samples(path):
    """Return the samples of a plain WAV file as Python's own reader gives them, int16 [n]."""
    with wave.open(str(path)) as file:
        assert (file.getframerate(), file.getsampwidth(), file.getnchannels()) == (RATE, 2, 1)
        return np.frombuffer(file.readframes(file.getnframes()), "<i2")
