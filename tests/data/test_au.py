"""Test the conversion of Sun audio to WAV, and that what comes out is what the chapter takes."""

import numpy as np
import pytest
import soundfile

from common.errors import ReplayError
from common.genres import read_music
from data import au
from tests.support.sounds import RATE, noise, sun_audio, track, wav_samples


@pytest.mark.parametrize(
    "samples",
    [noise(1), np.zeros(0, np.int16), np.array([-(2**15), 2**15 - 1, 0, -1, 1], np.int16), noise(2, 661_794)],
    ids=["noise", "none", "extremes", "30 seconds"],
)
@pytest.mark.parametrize("fields", [{}, {"header": 44}, {"size": 0xFFFFFFFF}], ids=str)
def test_au_to_wav_is_exact(tmp_path, samples, fields):
    (tmp_path / "a.au").write_bytes(sun_audio(samples, **fields))
    au.convert(tmp_path / "a.au", tmp_path / "a.wav")
    assert np.array_equal(wav_samples(tmp_path / "a.wav"), samples)
    assert len(list(tmp_path.iterdir())) == 2


def test_the_chapter_takes_what_was_converted(tmp_path):
    (tmp_path / "a.au").write_bytes(sun_audio(track(1)))
    au.convert(tmp_path / "a.au", tmp_path / "a.wav")
    rate, sound = read_music(tmp_path / "a.wav")
    assert rate == RATE
    np.testing.assert_array_equal(sound * 2**15, track(1)[5 * RATE : -5 * RATE])


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "expected Sun audio of 16 bits, found something else"),
        (b".snd", "expected Sun audio of 16 bits, found something else"),
        (sun_audio(noise(1), encoding=1), "expected Sun audio of 16 bits, found AU ULAW"),
        (sun_audio(noise(1))[:-100], "expected 800 bytes of sound from byte 24, as its header announces, found 700"),
        (
            b"dns." + np.array([24, 800, 3, RATE, 1], "<u4").tobytes() + bytes(800),
            r"expected \.snd at the start, found",
        ),
        (sun_audio(noise(1), start=900), "expected 800 bytes of sound from byte 900, as its header announces, found 0"),
        (sun_audio(noise(1), start=900, size=0xFFFFFFFF), "expected sound from byte 900, as its header announces, fou"),
        *(
            (sun_audio(noise(1), start=start), f"expected its sound behind the header of 24 bytes, .* at byte {start}")
            for start in (0, 4, 12, 23)
        ),
    ],
)
def test_au_that_is_refused(tmp_path, content, words):
    (tmp_path / "a.au").write_bytes(content)
    with pytest.raises(ReplayError, match=rf"a\.au: {words}"):
        au.convert(tmp_path / "a.au", tmp_path / "a.wav")
    assert not (tmp_path / "a.wav").exists()


def test_wav_in_the_place_of_au_is_refused(tmp_path):
    soundfile.write(tmp_path / "a.au", noise(1), RATE, format="WAV")
    with pytest.raises(ReplayError, match="found WAV PCM_16"):
        au.convert(tmp_path / "a.au", tmp_path / "a.wav")
