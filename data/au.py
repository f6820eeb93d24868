"""Sun audio (.au), as in the GTZAN archive, to the WAV that the book reads: the same samples."""

import io
import struct

import numpy as np
import soundfile

from common.errors import ReplayError
from common.files import write_atomically

SUBTYPE = "PCM_16"
UNKNOWN_SIZE = 0xFFFFFFFF  # what a header says that was written before the sound


def convert(source, target):
    """Write the 16-bit .au file `source` as the WAV file `target`, whole or not at all, at its own rate and channels.

    What was written is read again and compared sample for sample before it gets its name. Raises ReplayError, naming
    the file, for one that is not 16-bit Sun audio or holds fewer bytes than its header announces, and OSError when it
    cannot be read or its WAV not be written.
    """
    content = source.read_bytes()
    try:
        with soundfile.SoundFile(io.BytesIO(content)) as sound:
            kind, rate = (sound.format, sound.subtype), sound.samplerate
            samples = sound.read(dtype="int16", always_2d=True) if kind == ("AU", SUBTYPE) else None
    except soundfile.SoundFileError as error:
        raise ReplayError(f"{source}: expected Sun audio of 16 bits, found something else ({error}).") from error
    if samples is None:
        raise ReplayError(f"{source}: expected Sun audio of 16 bits, found {kind[0]} {kind[1]}.")
    start, announced = struct.unpack_from(">II", content, 4)
    found = len(content) - start
    if announced != UNKNOWN_SIZE and found < announced:
        raise ReplayError(
            f"{source}: truncated: its header announces {announced:,} bytes of sound, found {found:,}. Fetch it again."
        )
    wav = io.BytesIO()
    soundfile.write(wav, samples, rate, subtype=SUBTYPE, format="WAV")
    written, written_rate = soundfile.read(io.BytesIO(wav.getvalue()), dtype="int16", always_2d=True)
    if written_rate != rate or not np.array_equal(written, samples):
        raise ReplayError(f"{source}: its WAV file does not read back as the same samples, so it was not written.")
    write_atomically(target, wav.getvalue())
