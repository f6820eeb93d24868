"""Test the WAV reader: every documented refusal, and hundreds of mutated files."""

import io
import struct
import tracemalloc

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from scipy.io import wavfile

from common.formats.wav import WavError, find_samples, read_wav

SAMPLES = np.array([0, 1, -1, 32767, -32768], "<i2")
RATE = 22050
FMT = struct.pack("<HHIIHH", 1, 1, RATE, 2 * RATE, 2, 16)


def chunk(name, content):
    return name + struct.pack("<I", len(content)) + content + b"\0" * (len(content) % 2)


def riff(*chunks):
    content = b"WAVE" + b"".join(chunks)
    return b"RIFF" + struct.pack("<I", len(content)) + content


PLAIN = riff(chunk(b"fmt ", FMT), chunk(b"data", SAMPLES.tobytes()))


@pytest.mark.parametrize(
    "content",
    [
        PLAIN,
        riff(chunk(b"fmt ", FMT + b"\0\0"), chunk(b"data", SAMPLES.tobytes())),
        riff(chunk(b"LIST", b"odd"), chunk(b"fmt ", FMT), chunk(b"data", SAMPLES.tobytes()), chunk(b"abcd", b"x")),
    ],
    ids=["plain", "fmt of 18 bytes", "other chunks"],
)
def test_samples_are_read_whatever_chunks_stand_beside_them(tmp_path, content):
    path = tmp_path / "a.wav"
    path.write_bytes(content)
    rate, samples = read_wav(path)
    assert rate == RATE and samples.dtype == np.int16
    np.testing.assert_array_equal(samples, SAMPLES)
    place, length = find_samples(path)
    assert content[place : place + length] == SAMPLES.tobytes()


def scipy_written(samples, rate=RATE):
    stream = io.BytesIO()
    wavfile.write(stream, rate, samples)
    return stream.getvalue()


def with_24_bits():
    return riff(chunk(b"fmt ", struct.pack("<HHIIHH", 1, 1, RATE, 3 * RATE, 3, 24)), chunk(b"data", bytes(30)))


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "not a WAV file: expected RIFF, a size and WAVE at the start, found nothing"),
        (PLAIN.replace(b"WAVE", b"AVI "), "not a WAV file: .*, found 52 49 46 46 2e 00 00 00 41 56 49 20"),
        (b".snd" + bytes(40), "found 2e 73 6e 64 .* It is Sun audio .* `make data SET=gtzan` converts it"),
        (PLAIN[:-1], "damaged: the header announces a file of 54 bytes, found 53. Fetch the file again"),
        (PLAIN + b"junk", "damaged: the header announces a file of 54 bytes, found 58"),
        (scipy_written(SAMPLES, 44100), "samples a second: expected 22050, found 44100"),
        (scipy_written(np.zeros((5, 2), np.int16)), "channels: expected 1, found 2"),
        (scipy_written(np.zeros(5, np.float32)), "format tag .*: expected 1, found 3"),
        (scipy_written(np.zeros(5, np.uint8)), "bytes a second: expected 44100, found 22050"),
        (with_24_bits(), "bytes a second: expected 44100, found 66150"),
        (riff(chunk(b"fmt ", FMT[:14]), chunk(b"data", b"")), "expected a chunk 'fmt ' of 16 or 18 bytes .*, found 14"),
        (riff(chunk(b"data", bytes(4)), chunk(b"fmt ", FMT)), "the chunk 'data' comes before 'fmt '"),
        (riff(chunk(b"fmt ", FMT)), "no chunk 'data'"),
        (riff(), "no chunk 'fmt '"),
        (riff(chunk(b"fmt ", FMT), chunk(b"fmt ", FMT)), "a second chunk 'fmt ' at byte 36"),
        (riff(chunk(b"fmt ", FMT), chunk(b"data", b""), chunk(b"data", b"")), "a second chunk 'data' at byte 44"),
        (riff(chunk(b"fmt ", FMT), chunk(b"data", bytes(3))), "3 bytes are not a whole number of 16-bit samples"),
        (
            riff(chunk(b"fmt ", FMT), b"data\xff\xff\xff\xff", bytes(6)),
            "the chunk 'data' at byte 36 needs 4294967296 bytes, 6 are left",
        ),
        (
            riff(chunk(b"fmt ", FMT), chunk(b"data", b""), b"LIST\3\0\0\0odd"),
            "the chunk 'LIST' at byte 44 needs 4 bytes, 3 are left",
        ),
        (riff(chunk(b"fmt ", FMT), b"dat"), r"3 trailing byte\(s\)"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_is_not_gtzans_format_is_refused(tmp_path, content, words):
    path = tmp_path / "a.wav"
    path.write_bytes(content)
    with pytest.raises(WavError, match=f"^{path}: .*{words}"):
        read_wav(path)
    with pytest.raises(WavError, match=f"^{path}: .*{words}"):
        find_samples(path)


def test_a_missing_file_and_a_folder_cannot_be_read(tmp_path):
    with pytest.raises(WavError, match=r"nowhere\.wav: cannot be read: No such file .* data/README\.md tells how"):
        read_wav(tmp_path / "nowhere.wav")
    with pytest.raises(WavError, match=f"^{tmp_path}: cannot be read"):
        read_wav(tmp_path)


def oracle(content):
    """Return the samples in a WAV file of these bytes, or None when it is not one of ours."""
    if content[:4] != b"RIFF" or content[8:12] != b"WAVE" or struct.unpack("<I", content[4:8])[0] != len(content) - 8:
        return None
    chunks, rest = [], content[12:]
    while rest:
        if len(rest) < 8:
            return None
        length = struct.unpack("<I", rest[4:8])[0]
        end = 8 + length + length % 2
        if len(rest) < end:
            return None
        chunks.append((rest[:4], rest[8 : 8 + length]))
        rest = rest[end:]
    ours = [(name, held) for name, held in chunks if name in (b"fmt ", b"data")]
    if [name for name, _ in ours] != [b"fmt ", b"data"]:
        return None
    (_, fmt), (_, data) = ours
    if len(fmt) not in (16, 18) or fmt[:16] != FMT or len(data) % 2:
        return None
    return np.frombuffer(data, "<i2")


@st.composite
def mutated(draw):
    samples = np.random.RandomState(draw(st.integers(0, 9))).randint(-(2**15), 2**15, size=draw(st.integers(0, 400)))
    chunks = [chunk(b"LIST", b"text"), chunk(b"fact", b"odd"), chunk(b"abcd", b"")]
    others = st.lists(st.sampled_from(chunks), max_size=2)
    data = chunk(b"data", samples.astype("<i2").tobytes())
    content = riff(*draw(others), chunk(b"fmt ", FMT), *draw(others), data, *draw(others))
    content = bytearray(content)
    for _ in range(draw(st.integers(0, 3))):
        position = draw(st.one_of(st.integers(0, min(len(content), 60)), st.integers(0, len(content))))
        kind = draw(st.sampled_from(["flip", "cut", "insert", "remove", "size", "mend"]))
        if kind == "flip" and position < len(content):
            content[position] ^= 1 << draw(st.integers(0, 7))
        elif kind == "cut":
            del content[position:]
        elif kind == "insert":
            content[position:position] = draw(st.binary(min_size=1, max_size=6))
        elif kind == "remove":
            del content[position : position + draw(st.integers(1, 4))]
        elif kind == "size":
            content[position : position + 4] = struct.pack("<I", draw(st.sampled_from([0, 1, 2**16, 2**31, 2**32 - 1])))
        elif kind == "mend" and len(content) >= 8:  # a whole file in its header, whatever happened inside
            content[4:8] = struct.pack("<I", len(content) - 8)
    return bytes(content)


@settings(max_examples=500, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(mutated())
def test_mutated_files_are_read_right_or_refused_by_name(tmp_path, content):
    path = tmp_path / "mutated.wav"
    path.write_bytes(content)
    expected = oracle(content)
    tracemalloc.start()
    try:
        _, read = read_wav(path)
    except WavError as error:
        assert str(error).startswith(f"{path}: ")
        assert expected is None
    else:
        assert expected is not None
        np.testing.assert_array_equal(read, expected)
    finally:
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    assert peak < len(content) + 2**17  # a stream's buffer, an error's text
