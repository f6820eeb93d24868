"""Test the WAV reader: the headers that common tools write, and every documented refusal."""

import os
import struct

import numpy as np
import pytest
import soundfile
from scipy.io import wavfile

from common.formats.wav import WavError, find_samples, read_wav
from tests.support.sounds import EXTENSIBLE, FORMAT, PCM, RATE, chunk, noise, riff, wav

SAMPLES = np.array([0, 1, -1, 32767, -32768], "<i2")
LONG = noise(1)  # 800 bytes, more than a header may be wrong by
PLAIN = wav(SAMPLES)
FMT = chunk(b"fmt ", FORMAT)
DATA = chunk(b"data", LONG.tobytes())
LIST = chunk(b"LIST", b"odd")
STREAM = 0xFFFFFFFF


@pytest.mark.parametrize(
    "content",
    [
        riff(FMT, DATA),
        riff(chunk(b"fmt ", FORMAT + b"\0\0"), DATA),
        riff(LIST, FMT, DATA, chunk(b"abcd", b"x")),
        riff(chunk(b"\0\xff\0\1", b"x"), FMT, chunk(b"fact", b"odd"), DATA),
        riff(FMT, DATA) + LIST,
        riff(FMT, DATA, b"LIST\3\0\0\0odd"),
        riff(FMT, DATA) + b"junk" * 50 + b"x",
        riff(FMT, DATA) + bytes(1),
        riff(FMT, DATA) + b"TAG" + bytes(125),
        *(riff(FMT, DATA, size=36 + 800 + off) for off in (-36, -28, -1, 1, 8, 44)),
        riff(FMT, DATA, chunk(b"id3 ", bytes(200)), size=36 + 800 + 8),
        wav(LONG, STREAM, STREAM),
        wav(LONG, 0, 0),
        wav(LONG, 0, STREAM),
        wav(LONG, 36, 0),
        wav(LONG, 0x7FFFF024, 0x7FFFF000),
        wav(LONG, 0x80000024, 0x80000000),
        wav(LONG, 35, STREAM),
        wav(LONG, data_size=STREAM),
        wav(LONG, data_size=0),
        wav(LONG, STREAM),
        wav(LONG, 0),
        riff(LIST, FMT, chunk(b"data", LONG.tobytes(), STREAM), size=STREAM),
        wav(LONG, form=EXTENSIBLE),
        wav(LONG, STREAM, STREAM, form=EXTENSIBLE),
        wav(LONG, form=FORMAT[:8] + bytes(4) + FORMAT[12:]),
    ],
    ids=[
        *(
            "plain",
            "fmt of 18 bytes",
            "other chunks",
            "strange chunks",
            "a chunk outside of RIFF",
            "an odd chunk without its pad",
        ),
        *("a tail", "a zero behind", "an ID3 tag", "36 short", "28 short", "1 short", "1 long", "8 long", "44 long"),
        *("8 long and a chunk outside", "ffmpeg", "zeros", "RIFF 0", "Python's wave", "sox", "arecord", "counted over"),
        *("data unknown", "data 0", "RIFF unknown", "only RIFF 0", "LIST before a stream", "extensible"),
        *("extensible stream", "bytes a second 0"),
    ],
)
def test_whole_samples_are_read_whatever_the_header_says(tmp_path, content):
    path = tmp_path / "a.wav"
    path.write_bytes(content)
    rate, samples = read_wav(path)
    assert rate == RATE and samples.dtype == np.int16
    np.testing.assert_array_equal(samples, LONG)
    place, length = find_samples(path)
    assert content[place : place + length] == LONG.tobytes()


def test_no_samples_are_no_stream(tmp_path):
    for number, content in enumerate((wav(LONG[:0]), riff(FMT, chunk(b"data", b""), LIST))):
        path = tmp_path / f"{number}.wav"
        path.write_bytes(content)
        assert len(read_wav(path)[1]) == 0


@pytest.mark.parametrize("real", [False, pytest.param(True, marks=pytest.mark.real_data)], ids=["built-in", "real"])
def test_tracks_are_what_the_listing_s_scipy_reads(request, real):
    tracks = request.getfixturevalue("real_data") / "genres" if real else request.getfixturevalue("builtin_tracks")
    for path in tracks.glob("*/*.wav"):
        (rate, samples), (expected_rate, expected) = read_wav(path), wavfile.read(path)
        assert rate == expected_rate and samples.dtype == expected.dtype
        np.testing.assert_array_equal(samples, expected)


@pytest.mark.parametrize(
    ("samples", "rate", "subtype", "words"),
    [
        (np.zeros(5, np.int16), 44100, "PCM_16", "samples a second: expected 22050, found 44100"),
        (np.zeros((5, 2), np.int16), RATE, "PCM_16", "channels: expected 1, found 2"),
        (np.zeros(5), RATE, "FLOAT", "kind of samples: expected PCM_16, found FLOAT"),
        (np.zeros(5), RATE, "PCM_U8", "kind of samples: expected PCM_16, found PCM_U8"),
        (np.zeros(5), RATE, "PCM_24", "kind of samples: expected PCM_16, found PCM_24"),
        (np.zeros(500), RATE, "IMA_ADPCM", "kind of samples: expected PCM_16, found IMA_ADPCM"),
    ],
    ids=str,
)
def test_another_format_is_refused(tmp_path, samples, rate, subtype, words):
    path = tmp_path / "a.wav"
    soundfile.write(path, samples, rate, subtype)
    with pytest.raises(WavError, match=f"^{path}: expected 16-bit mono PCM at 22050 Hz; {words}"):
        read_wav(path)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "not a WAV file: expected RIFF, a size and WAVE at the start, found nothing"),
        (PLAIN.replace(b"WAVE", b"AVI "), "not a WAV file: .*, found 52 49 46 46 2e 00 00 00 41 56 49 20"),
        (b".snd" + bytes(40), "found 2e 73 6e 64 .* It is Sun audio .* `make data SET=gtzan` converts it"),
        (PLAIN[:-1], "damaged: the chunk 'data' at byte 36 needs 10 bytes, 9 are left. Fetch the file again"),
        (PLAIN[:40], "damaged: no chunk 'data'"),
        (wav(LONG, data_size=700), "a file of 844 bytes and 700 bytes of samples from byte 44, found a file of 844"),
        (wav(LONG, data_size=798), "a file of 844 bytes and 798 bytes of samples from byte 44, found a file of 844"),
        (wav(LONG, data_size=802), "the chunk 'data' at byte 36 needs 802 bytes, 800 are left"),
        (wav(LONG, 36 + 800 + 45), "a file of 889 bytes and 800 bytes of samples from byte 44, found a file of 844"),
        (wav(LONG, 36 + 800 - 45), "a file of 799 bytes and 800 bytes"),
        (wav(LONG, 36 + 800 + 8, tail=b"?" * 99), "a file of 852 bytes and 800 bytes"),
        (wav(LONG, 99, STREAM), "a file of 107 bytes, found 844"),
        (wav(LONG, 9999, STREAM), "a file of 10007 bytes, found 844"),
        (wav(LONG, STREAM, STREAM)[:-1], "799 bytes are not a whole number of 16-bit samples"),
        (wav(LONG, form=FORMAT[:14]), "soundfile cannot read its header"),
        (wav(LONG, form=EXTENSIBLE[:24] + PCM[::-1]), "kind of samples: expected PCM_16, found|cannot read its header"),
        (riff(DATA, FMT), "no chunk 'fmt ' before the samples at byte 12"),
        (riff(DATA), "no chunk 'fmt ' before the samples at byte 12"),
        (riff(FMT), "no chunk 'data'"),
        (riff(), "no chunk 'data'"),
        (riff(FMT, FMT, DATA), "a second chunk 'fmt ' at byte 36"),
        (riff(FMT, DATA, DATA), "the chunk 'data' at byte 844 follows the samples"),
        (riff(FMT, DATA, FMT), "the chunk 'fmt ' at byte 844 follows the samples"),
        (riff(FMT, chunk(b"data", bytes(3))), "3 bytes are not a whole number of 16-bit samples"),
        (riff(b"LIST" + struct.pack("<I", 99), FMT), "the chunk 'LIST' at byte 12 needs 99 bytes, 24 are left"),
        (riff(FMT, DATA, b"LIST\3\0\0\0od"), "a file of 854 bytes and 800 bytes"),
        (riff(FMT, DATA, b"dat"), "a file of 847 bytes and 800 bytes"),
    ],
)
def test_what_is_cut_or_damaged_is_refused(tmp_path, content, words):
    path = tmp_path / "a.wav"
    path.write_bytes(content)
    with pytest.raises(WavError, match=f"^{path}: .*({words})"):
        read_wav(path)
    with pytest.raises(WavError, match=f"^{path}: .*({words})"):
        find_samples(path)


@pytest.mark.parametrize("length", [0, 1, 11, 12, 20, 36, 43, 44, 443, 843])
def test_a_file_cut_anywhere_is_refused(tmp_path, length):
    path = tmp_path / "a.wav"
    path.write_bytes(riff(FMT, DATA)[:length])
    with pytest.raises(WavError, match=f"^{path}: "):
        read_wav(path)


def test_the_known_broken_track_has_a_sentence_of_its_own(tmp_path):
    path = tmp_path / "jazz.00054.wav"
    path.write_bytes(bytes(1_300_000))
    with pytest.raises(WavError, match=r"known to be broken.* `make data SET=gtzan` makes it from the archive"):
        read_wav(path)
    path.write_bytes(PLAIN)
    assert len(read_wav(path)[1]) == 5


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no pipes with a name")
def test_a_pipe_is_refused_at_once(tmp_path):
    os.mkfifo(tmp_path / "a.wav")
    with pytest.raises(WavError, match="expected a regular file, found a pipe"):
        read_wav(tmp_path / "a.wav")


def test_a_missing_file_and_a_folder_cannot_be_read(tmp_path):
    with pytest.raises(WavError, match=r"nowhere\.wav: cannot be read: No such file .* data/README\.md tells how"):
        read_wav(tmp_path / "nowhere.wav")
    with pytest.raises(WavError, match=f"^{tmp_path}: cannot be read"):
        read_wav(tmp_path)
