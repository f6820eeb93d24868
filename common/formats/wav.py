"""WAV files as the listing's scipy reads them (pages 28-40), their headers first held against the files' own sizes."""

import struct
import warnings
from pathlib import Path

from scipy.io import wavfile as wvf

from common.errors import ReplayError

RATE = 22050
FORMAT = {
    "format tag (1: PCM)": 1,
    "channels": 1,
    "samples a second": RATE,
    "bytes a second": 2 * RATE,
    "bytes a frame": 2,
    "bits a sample": 16,
}

# scipy warns of chunks that it skips; what may be skipped was decided here before.
warnings.filterwarnings("ignore", category=wvf.WavFileWarning)


class WavError(ReplayError):
    """A file that is not the 16-bit mono 22,050 Hz WAV file it should be; the message starts with its path."""


def read_wav(path):
    """Sampling rate in Hz and samples, int16 [n], of the WAV file at `path` (pages 28-40).

    Only what GTZAN holds is taken: PCM, one channel, 22,050 Hz, 16 bit. Chunks other than `fmt ` and `data` are
    skipped. No more memory is taken than the file's own size.

    Raises WavError for a file that cannot be opened, has another format, or announces other sizes than it has.
    """
    find_samples(path)
    try:
        return wvf.read(path)
    except (OSError, ValueError) as error:
        raise WavError(f"{path}: cannot be read: {error}.") from error


def find_samples(path):
    """Where the samples lie in the WAV file at `path`: (first byte, number of bytes). Raises WavError as `read_wav`."""
    path = Path(path)
    try:
        with path.open("rb") as stream:
            return _walk(path, stream, path.stat().st_size)
    except OSError as error:
        raise WavError(f"{path}: cannot be read: {error.strerror or error}.") from error


def _walk(path, stream, size):
    """Go through all chunks; they must fill the file's `size` bytes exactly."""
    start = stream.read(12)
    if start[:4] != b"RIFF" or start[8:] != b"WAVE":
        hint = " It is Sun audio (.au)." if start[:4] == b".snd" else ""
        raise WavError(
            f"{path}: not a WAV file: expected RIFF, a size and WAVE at the start, found {start.hex(' ') or 'nothing'}."
            f"{hint}"
        )
    announced = 8 + struct.unpack("<I", start[4:8])[0]
    if announced != size:
        raise WavError(f"{path}: damaged header: it announces a file of {announced} bytes, found {size}.")
    known, place = {}, 12
    while place < size:
        header = stream.read(8)
        if len(header) < 8:
            raise WavError(f"{path}: damaged header: {len(header)} trailing byte(s) after the last chunk.")
        name, length = struct.unpack("<4sI", header)
        place += 8
        if place + length + length % 2 > size:
            raise WavError(
                f"{path}: truncated or damaged: the chunk {_text(name)} at byte {place - 8} announces {length} bytes, "
                f"{size - place} are left."
            )
        if name in (b"fmt ", b"data"):
            if name in known:
                raise WavError(f"{path}: damaged header: a second chunk {_text(name)} at byte {place - 8}.")
            if name == b"data" and b"fmt " not in known:
                raise WavError(f"{path}: damaged header: the chunk 'data' comes before 'fmt '.")
            known[name] = (place, length)
        if name == b"fmt ":
            _check_format(path, stream.read(length) if length in (16, 18) else b"", length)
        place += length + length % 2
        stream.seek(place)
    if b"data" not in known:
        raise WavError(f"{path}: damaged header: no chunk {'data' if b'fmt ' in known else 'fmt '!r}.")
    if known[b"data"][1] % 2:
        raise WavError(f"{path}: damaged: {known[b'data'][1]} bytes are not a whole number of 16-bit samples.")
    return known[b"data"]


def _check_format(path, content, length):
    if not content:
        raise WavError(f"{path}: expected a chunk 'fmt ' of 16 or 18 bytes (PCM), found {length}.")
    for (what, expected), found in zip(FORMAT.items(), struct.unpack("<HHIIHH", content[:16]), strict=True):
        if found != expected:
            raise WavError(
                f"{path}: expected 16-bit mono PCM at {RATE} Hz; {what}: expected {expected}, found {found}. "
                "Convert the file, or fetch it again."
            )


def _text(name):
    return repr(name.decode("ascii", "backslashreplace"))
