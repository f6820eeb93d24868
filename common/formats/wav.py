"""Read WAV files as the listing's scipy does (pages 28-40), after a check of their headers against their sizes."""

import struct
import warnings
from pathlib import Path

from scipy.io import wavfile as wvf

from common.errors import ReplayError
from common.files import open_regular

RATE = 22050
FORMAT = {
    "format tag (1: PCM)": 1,
    "channels": 1,
    "samples a second": RATE,
    "bytes a second": 2 * RATE,
    "bytes a frame": 2,
    "bits a sample": 16,
}
FORMAT_LAYOUT = "<HHIIHH"
FORMAT_LENGTHS = (16, 18)  # without and with an empty extension

# scipy warns of chunks that it skips. This module decides what may be skipped.
warnings.filterwarnings("ignore", category=wvf.WavFileWarning)


class WavError(ReplayError):
    """A WavError says that a file is not 16-bit mono WAV of 22,050 Hz. Its message starts with the path."""


def read_wav(path):
    """Return the sampling rate in Hz and the samples, int16 [n], of the WAV file at `path` (pages 28-40).

    Only what GTZAN holds is read: PCM, one channel, 22,050 Hz, 16 bit. Chunks other than `fmt ` and `data` are skipped.
    This takes no more memory than the file's own size.

    It raises WavError for a file that cannot be opened, has another format, or announces wrong sizes.
    """
    find_samples(path)
    try:
        return wvf.read(path)
    except (OSError, ValueError) as error:
        raise WavError(f"{path}: cannot be read: {error}. Fetch the file again.") from error


def find_samples(path):
    """Return where the samples lie in the WAV file at `path`: (first byte, number of bytes).

    It raises WavError for the same files as `read_wav`.
    """
    path = Path(path)
    try:
        with open_regular(path) as stream:
            return _walk(path, stream, path.stat().st_size)
    except OSError as error:
        raise WavError(
            f"{path}: cannot be read: {error.strerror or error}. Make it readable, or fetch it again: "
            "data/README.md tells how."
        ) from error


def _walk(path, stream, size):
    """Go through all chunks, which must fill the file's `size` bytes exactly; return where the samples lie."""
    place = _check_start(path, stream.read(12), size)
    known = {}
    while place < size:
        header = stream.read(8)
        if len(header) < 8:
            raise _damaged(path, f"{len(header)} trailing byte(s) after the last chunk")
        name, length = struct.unpack("<4sI", header)
        start = place
        place += len(header)
        padded = length + length % 2
        if place + padded > size:
            left = size - place
            raise _damaged(path, f"the chunk {_text(name)} at byte {start} needs {padded} bytes, {left} are left")
        if name in (b"fmt ", b"data"):
            if name in known:
                raise _damaged(path, f"a second chunk {_text(name)} at byte {start}")
            if name == b"data" and b"fmt " not in known:
                raise _damaged(path, "the chunk 'data' comes before 'fmt '")
            known[name] = (place, length)
        if name == b"fmt ":
            _check_format(path, stream.read(length) if length in FORMAT_LENGTHS else b"", length)
        place += padded
        stream.seek(place)
    if b"data" not in known:
        raise _damaged(path, f"no chunk {'data' if b'fmt ' in known else 'fmt '!r}")
    if known[b"data"][1] % 2:
        raise _damaged(path, f"{known[b'data'][1]} bytes are not a whole number of 16-bit samples")
    return known[b"data"]


def _check_start(path, start, size):
    """Return the place of the first chunk; raise WavError unless `start` begins a WAV file of `size` bytes."""
    if start[:4] != b"RIFF" or start[8:] != b"WAVE":
        sun = start[:4] == b".snd"
        todo = "It is Sun audio (.au): `make data SET=gtzan` converts it." if sun else "Fetch the file again."
        raise WavError(
            f"{path}: not a WAV file: expected RIFF, a size and WAVE at the start, found {start.hex(' ') or 'nothing'}."
            f" {todo}"
        )
    announced = 8 + struct.unpack("<I", start[4:8])[0]
    if announced != size:
        raise _damaged(path, f"the header announces a file of {announced} bytes, found {size}")
    return len(start)


def _check_format(path, content, length):
    """Raise WavError unless `content`, the `fmt ` chunk of `length` bytes, announces what FORMAT says."""
    if not content:
        raise _damaged(path, f"expected a chunk 'fmt ' of 16 or 18 bytes (PCM), found {length}")
    found_format = struct.unpack_from(FORMAT_LAYOUT, content)
    for (what, expected), found in zip(FORMAT.items(), found_format, strict=True):
        if found != expected:
            raise WavError(
                f"{path}: expected 16-bit mono PCM at {RATE} Hz; {what}: expected {expected}, found {found}. "
                "Convert the file, or fetch it again."
            )


def _damaged(path, what):
    return WavError(f"{path}: damaged: {what}. Fetch the file again.")


def _text(name):
    return repr(name.decode("ascii", "backslashreplace"))
