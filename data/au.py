"""Convert Sun audio (.au), as in the GTZAN archive, to the WAV that the book reads, sample for sample."""

import io
import struct

import numpy as np
import soundfile

from common.errors import ReplayError
from common.files import read_regular, write_atomically

SUBTYPE = "PCM_16"
MAGIC = b".snd"
HEADER = 24
AGAIN = "Fetch it again."
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
            f"{source}: expected Sun audio of 16 bits, found something else ({error}). {AGAIN}"
        ) from error
    if samples is None:
        raise ReplayError(f"{source}: expected Sun audio of 16 bits, found {kind[0]} {kind[1]}. {AGAIN}")
    if content[:4] != MAGIC:
        raise ReplayError(f"{source}: expected {MAGIC.decode()} at the start, found {content[:4].decode()!r}. {AGAIN}")
    start, announced = struct.unpack_from(">II", content, 4)
    if start < HEADER:
        raise ReplayError(
            f"{source}: expected its sound behind the header of {HEADER} bytes, found it announced at byte {start}. "
            f"{AGAIN}"
        )
    found = max(0, len(content) - start)
    if start > len(content) or (announced != UNKNOWN_SIZE and found < announced):
        expected = "sound" if announced == UNKNOWN_SIZE else f"{announced:,} bytes of sound"
        raise ReplayError(
            f"{source}: expected {expected} from byte {start}, as its header announces, found {found:,} bytes. {AGAIN}"
        )
    wav = io.BytesIO()
    soundfile.write(wav, samples, rate, subtype=SUBTYPE, format="WAV")
    written, written_rate = soundfile.read(io.BytesIO(wav.getvalue()), dtype="int16", always_2d=True)
    if written_rate != rate or not np.array_equal(written, samples):
        raise ReplayError(
            f"{source}: expected its WAV file to give the same samples, found others. Nothing was written. "
            "Convert it to WAV with another program."
        )
    write_atomically(target, wav.getvalue())
