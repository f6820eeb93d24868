"""Convert Sun audio (.au), as in the GTZAN archive, to the WAV that the book reads, sample for sample."""

import io
import struct

import numpy as np
import soundfile

from common.errors import ReplayError
from common.files import read_regular, write_atomically
from common.language import _

SUBTYPE = "PCM_16"
MAGIC = b".snd"
HEADER = 24
UNKNOWN_SIZE = 0xFFFFFFFF  # in a header that was written before the sound


def convert(source, target):
    """Write the 16-bit .au file `source` as the WAV file `target`, whole or not at all.

    The rate (Hz) and the channels stay. The WAV is read again and compared sample for sample before it gets its name.
    It raises ReplayError for a file that is not 16-bit Sun audio. It raises ReplayError too for fewer bytes than the
    header announces, and for sound that begins inside the header. It raises OSError when `source` cannot be read or
    `target` cannot be written.
    """
    content = read_regular(source)
    try:
        with soundfile.SoundFile(io.BytesIO(content)) as sound:
            kind, rate = (sound.format, sound.subtype), sound.samplerate
            samples = sound.read(dtype="int16", always_2d=True) if kind == ("AU", SUBTYPE) else None
    except soundfile.SoundFileError as error:
        raise ReplayError(
            _("{source}: expected Sun audio of 16 bits, found something else ({error}). Fetch it again.").format(
                source=source, error=error
            )
        ) from error
    if samples is None:
        raise ReplayError(
            _("{source}: expected Sun audio of 16 bits, found {format} {subtype}. Fetch it again.").format(
                source=source, format=kind[0], subtype=kind[1]
            )
        )
    _check_header(source, content)
    wav = io.BytesIO()
    soundfile.write(wav, samples, rate, subtype=SUBTYPE, format="WAV")
    written, written_rate = soundfile.read(io.BytesIO(wav.getvalue()), dtype="int16", always_2d=True)
    if written_rate != rate or not np.array_equal(written, samples):
        raise ReplayError(
            _(
                "{source}: expected its WAV file to give the same samples, found others. Nothing was "
                "written. Convert it to WAV with another program."
            ).format(source=source)
        )
    write_atomically(target, wav.getvalue())


def _check_header(source, content):
    """Raise ReplayError unless the header of the .au file `source`, whose bytes are `content`, fits its sound."""
    if content[:4] != MAGIC:
        raise ReplayError(
            _("{source}: expected {expected} at the start, found {found!r}. Fetch it again.").format(
                source=source, expected=MAGIC.decode(), found=content[:4].decode()
            )
        )
    start, announced = struct.unpack_from(">II", content, 4)
    if start < HEADER:
        raise ReplayError(
            _(
                "{source}: expected its sound behind the header of {header} bytes, found it announced at "
                "byte {start}. Fetch it again."
            ).format(source=source, header=HEADER, start=start)
        )
    found = max(0, len(content) - start)
    if start > len(content) or (announced != UNKNOWN_SIZE and found < announced):
        expected = (
            _("sound") if announced == UNKNOWN_SIZE else _("{announced:,} bytes of sound").format(announced=announced)
        )
        raise ReplayError(
            _(
                "{source}: expected {expected} from byte {start}, as its header announces, found {found:,} "
                "bytes. Fetch it again."
            ).format(source=source, expected=expected, start=start, found=found)
        )
