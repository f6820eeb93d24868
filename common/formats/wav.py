"""Read WAV files as the listing's scipy does (pages 28-40). soundfile reads them, after a check of their sizes."""

import io
import re
import struct
from pathlib import Path

import soundfile

from common.errors import ReplayError, reason
from common.files import read_regular
from common.language import N_, _

RATE = 22050
# A program that writes into a pipe does not know the sizes yet. 0x7FFFF000 is what sox writes, 0x80000000 arecord.
UNKNOWN_SIZES = (0, 0x7FFFF000, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF)
# Bytes of a plain header. Some programs do not count it in the RIFF size, or count it twice.
FEW = 44
CHUNK_NAME = re.compile(rb"[A-Za-z0-9_ -]{4}", re.ASCII)
BROKEN_TRACK = "jazz.00054.wav"


class WavError(ReplayError):
    """A WavError says that a file is not 16-bit mono WAV of 22,050 Hz. Its message starts with the path."""


def read_wav(path):
    """Return the sampling rate in Hz and the samples, int16 [n], of the WAV file at `path` (pages 28-40).

    Only what GTZAN holds is read: PCM, one channel, 22,050 Hz, 16 bit. Other chunks than `fmt ` and `data` are skipped.
    A header may be wrong where the samples are whole. Its sizes may be a stream's, such as 0 or 0xFFFFFFFF. The RIFF
    size may be 44 bytes off. Anything may follow the end. This takes memory for three times the file's size.

    It raises WavError for a file that cannot be opened, is cut or damaged, or has another format.
    """
    path = Path(path)
    content, form, start, length = _read(path)
    # soundfile gets the two chunks alone. Of whole files it takes a size of 0 for no samples, or stumbles at others.
    header = b"WAVE" + form + b"data" + struct.pack("<I", length)
    header = b"RIFF" + struct.pack("<I", len(header) + length) + header
    try:
        with soundfile.SoundFile(io.BytesIO(header + content[start : start + length])) as sound:
            _check_format(path, sound)
            samples = sound.read(dtype="int16")
    except soundfile.SoundFileError as error:
        what = getattr(error, "error_string", str(error)).rstrip(".")
        raise _damaged(path, _("soundfile cannot read its header ({what})").format(what=what)) from error
    if length % 2:
        raise _damaged(path, _("{length} bytes are not a whole number of 16-bit samples").format(length=length))
    if 2 * len(samples) != length:
        raise _damaged(
            path,
            _("{length} bytes of samples were expected, {found} can be read").format(
                length=length, found=2 * len(samples)
            ),
        )
    return RATE, samples


def find_samples(path):
    """Return where the samples lie in the WAV file at `path`: (first byte, number of bytes).

    It raises WavError for the same files as `read_wav`.
    """
    read_wav(path)
    return _read(Path(path))[2:]


def _read(path):
    """Return the bytes of the file at `path`, its chunk `fmt `, the samples' place, and their bytes' number."""
    try:
        content = read_regular(path)
    except OSError as error:
        raise WavError(
            _(
                "{path}: cannot be read: {reason}. Make it readable, or fetch it again: data/README.md tells how."
            ).format(path=path, reason=reason(error))
        ) from error
    if content[:4] != b"RIFF" or content[8:12] != b"WAVE":
        raise _not_wav(path, content[:12])
    form, start, announced = _find_chunks(path, content)
    return content, form, start, _length(path, content, start, announced)


def _find_chunks(path, content):
    """Return the chunk `fmt `, the place of the samples in `content`, and the bytes that their chunk announces."""
    place, form = 12, b""
    while len(content) - place >= 8:
        name, length = struct.unpack_from("<4sI", content, place)
        behind = place + 8 + length
        if name == b"data":
            if not form:
                raise _damaged(path, _("no chunk 'fmt ' before the samples at byte {place}").format(place=place))
            return form, place + 8, length
        if behind > len(content):
            left = len(content) - place - 8
            raise _damaged(
                path,
                _("the chunk {name} at byte {place} needs {length} bytes, {left} are left").format(
                    name=_text(name), place=place, length=length, left=left
                ),
            )
        if name == b"fmt ":
            if form:
                raise _damaged(path, _("a second chunk 'fmt ' at byte {place}").format(place=place))
            form = content[place:behind] + b"\0" * (length % 2)
        place = behind + length % 2
    raise _damaged(path, _("no chunk 'data'"))


def _length(path, content, start, announced):
    """Return the number of bytes of the samples at `start`. Two of three ends must agree: RIFF, chunks, file.

    It raises WavError where they do not, because then nobody knows how many samples there were.
    """
    size, riff = len(content), struct.unpack_from("<I", content, 4)[0]
    left, end = size - start, 8 + riff
    unknown_end = riff in UNKNOWN_SIZES or riff == (start - 8 + announced) % 2**32  # counted from an unknown size
    ends = _chunk_ends(path, content, start + announced, end)
    if announced in UNKNOWN_SIZES and size not in ends:
        if unknown_end or abs(end - size) <= FEW:
            return left
        raise _damaged(path, _("the header announces a file of {end} bytes, found {size}").format(end=end, size=size))
    if announced > left:
        raise _damaged(
            path,
            _("the chunk 'data' at byte {place} needs {announced} bytes, {left} are left").format(
                place=start - 8, announced=announced, left=left
            ),
        )
    near = riff in UNKNOWN_SIZES or any(abs(end - place) <= FEW for place in ends)
    if end in ends or (near and size in ends):
        return announced
    raise _damaged(
        path,
        _(
            "the header announces a file of {end} bytes and {announced} bytes of samples from byte {start}, "
            "found a file of {size}"
        ).format(end=end, announced=announced, start=start, size=size),
    )


def _chunk_ends(path, content, place, end):
    """Return the places in `content` where the chunks may end: `place`, and behind each chunk that follows it."""
    ends = {place, place + place % 2}
    place += place % 2
    while place + 8 <= len(content):
        name, length = struct.unpack_from("<4sI", content, place)
        behind = place + 8 + length
        if not CHUNK_NAME.fullmatch(name) or behind > len(content):
            break
        if name in (b"fmt ", b"data") and place < end:
            raise _damaged(
                path, _("the chunk {name} at byte {place} follows the samples").format(name=_text(name), place=place)
            )
        place = behind + behind % 2
        ends |= {behind, place}
    return {place for place in ends if place <= len(content)}


def _check_format(path, sound):
    """Raise WavError unless `sound`, a SoundFile, has GTZAN's format."""
    for what, expected, found in (
        (N_("kind of samples"), "PCM_16", sound.subtype),
        (N_("channels"), 1, sound.channels),
        (N_("samples a second"), RATE, sound.samplerate),
    ):
        if found != expected:
            raise WavError(
                _(
                    "{path}: expected 16-bit mono PCM at {rate} Hz; {what}: expected {expected}, found {found}. "
                    "Convert the file, or fetch it again."
                ).format(path=path, rate=RATE, what=_(what), expected=expected, found=found)
            )


def _not_wav(path, start):
    if path.name == BROKEN_TRACK:
        todo = _(
            "This track is known to be broken. Widely shared WAV copies of GTZAN have 1.3 MB without a "
            "RIFF header under this name, and no program opens it. `make data SET=gtzan` makes it from "
            "the archive."
        )
    elif start[:4] == b".snd":
        todo = _("It is Sun audio (.au): `make data SET=gtzan` converts it.")
    else:
        todo = _("Fetch the file again.")
    found = start.hex(" ") or _("nothing")
    return WavError(
        _("{path}: not a WAV file: expected RIFF, a size and WAVE at the start, found {found}. {todo}").format(
            path=path, found=found, todo=todo
        )
    )


def _damaged(path, what):
    return WavError(_("{path}: damaged: {what}. Fetch the file again.").format(path=path, what=what))


def _text(name):
    return repr(name.decode("ascii", "backslashreplace"))
