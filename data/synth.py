"""Play the built-in tracks of ch03: four genres made of tables and noise, another piece for every number.

The module needs numpy only. Every random number comes from `RandomState`. A genre is told by its instruments and by how
they play. Key, tempo, progression, timbre, noise and level are drawn for each track. The level has the same range for
all genres.
"""

import numpy as np

RATE = 22050
SECONDS = 30
LEVELS = (-34.0, -20.0)  # root mean square of the whole track, in dB of full scale
TABLE = 2048
MAJOR = (0, 2, 4, 5, 7, 9, 11)


class Tape:
    """A Tape is a mono track of `seconds`. Sounds are added to it, and cut at its end."""

    def __init__(self, seconds):
        self.samples = np.zeros(int(seconds * RATE))

    def add(self, at, sound, gain):
        """Add `sound`, multiplied by `gain`, from `at` seconds on."""
        start = int(at * RATE)
        part = self.samples[max(start, 0) : start + len(sound)]
        part += gain * sound[: len(part)]


def hertz(note):
    """Return the frequency in Hz of the MIDI note number `note` (69 is 440 Hz)."""
    return 440.0 * 2 ** ((note - 69) / 12)


def seconds_of(count):
    """Return the times in seconds of `count` samples."""
    return np.arange(count) / RATE


def tone(frequency, seconds, tilt, vibrato=0.0, odd=False):
    """Return `seconds` of a tone of `frequency` Hz whose harmonic h has the amplitude h ** -tilt.

    No harmonic is above 9.9 kHz. `vibrato` is its depth as a fraction of the frequency. `odd` leaves out the even
    harmonics, as a clarinet does.
    """
    harmonics = np.arange(1, max(int(0.9 * RATE / 2 / frequency), 1) + 1)
    amplitudes = harmonics**-tilt * (harmonics % 2 if odd else 1)
    spectrum = np.zeros(TABLE // 2 + 1, complex)
    spectrum[harmonics[: TABLE // 2]] = -0.5j * TABLE * amplitudes[: TABLE // 2] / np.sqrt((amplitudes**2).sum())
    table = np.fft.irfft(spectrum)
    t = seconds_of(int(seconds * RATE))
    turns = frequency * t
    if vibrato:
        turns = turns + frequency * vibrato / (2 * np.pi * 5.5) * np.sin(2 * np.pi * 5.5 * t)
    return table[(turns * TABLE).astype(int) % TABLE]


def shaped(sound, attack, decay=None, release=0.03):
    """Return `sound` with a linear attack and release. `decay` adds an exponential decay. All are in seconds."""
    t = seconds_of(len(sound))
    envelope = np.minimum(t / attack, 1) * np.minimum((t[-1] - t) / release, 1)
    return sound * (envelope if decay is None else envelope * np.exp(-t / decay))


def filtered(sound, low=0.0, high=RATE / 2):
    """Return `sound` between the frequencies `low` and `high` in Hz, with slopes of 12 dB an octave."""
    frequencies = np.fft.rfftfreq(len(sound), 1 / RATE)
    gain = 1 / (1 + (frequencies / high) ** 2)
    if low:
        gain *= 1 - 1 / (1 + (frequencies / low) ** 2)
    return np.fft.irfft(np.fft.rfft(sound) * gain, len(sound))


def kick(rng):
    """Return a bass drum: a sine that falls in pitch."""
    t = seconds_of(int(0.25 * RATE))
    turns = rng.uniform(42, 55) * t + rng.uniform(2.5, 4) * (1 - np.exp(-t / 0.025))
    return np.sin(2 * np.pi * turns) * np.exp(-t / 0.08) + 0.1 * rng.normal(size=len(t)) * np.exp(-t / 0.004)


def snare(rng):
    """Return a snare drum: noise over a short tone."""
    t = seconds_of(int(0.25 * RATE))
    noise = filtered(rng.normal(size=len(t)), low=1000, high=7000)
    return noise * np.exp(-t / rng.uniform(0.05, 0.09)) + 0.5 * np.sin(2 * np.pi * 190 * t) * np.exp(-t / 0.05)


def cymbal(rng, decay, low):
    """Return a cymbal or hi-hat: noise above `low` Hz and inharmonic tones.

    They fade with the time constant `decay` in seconds.
    """
    t = seconds_of(int(min(4 * decay, 1.5) * RATE))
    tones = sum(np.sin(2 * np.pi * frequency * t) for frequency in rng.uniform(low, 9500, size=20))
    return (filtered(rng.normal(size=len(t)), low=low) + 0.04 * tones) * np.exp(-t / decay)


def triad(root, degree):
    """Return the notes of the triad on `degree` (0 to 6) of the major scale on the note `root`."""
    return [root + MAJOR[(degree + step) % 7] + 12 * ((degree + step) // 7) for step in (0, 2, 4)]


def pop(rng, tape, seconds):
    """Play pop on `tape`: drums, a bass, held triads and a lead.

    The bass drum plays on every beat, the snare on two and four, the hi-hats between.
    """
    beat = 60 / rng.uniform(100, 132)
    key, progression = rng.randint(48, 60), [(0, 4, 5, 3), (5, 3, 0, 4), (0, 5, 3, 4), (3, 0, 4, 5)][rng.randint(4)]
    drums = kick(rng), snare(rng), cymbal(rng, 0.04, 6000)
    pad, bass, lead = rng.uniform(0.9, 1.6), rng.uniform(1.2, 1.8), rng.uniform(0.8, 1.4)
    for count in range(int(seconds / beat) + 1):
        at, chord = count * beat, triad(key, progression[count // 4 % 4])
        tape.add(at, drums[0], 1.0)
        if count % 2:
            tape.add(at, drums[1], 0.6)
        for half in (0, 0.5):
            tape.add(at + half * beat, drums[2], 0.25 if half else 0.12)
            tape.add(at + half * beat, shaped(tone(hertz(chord[0] - 12), 0.45 * beat, bass), 0.005), 0.5)
        if count % 4 == 0:
            for note in chord:
                tape.add(at, shaped(tone(hertz(note + 12), 3.9 * beat, pad), 0.02), 0.2)
        for half in (0, 0.5):
            if rng.uniform() < 0.6:
                note = chord[rng.randint(3)] + 24
                tape.add(at + half * beat, shaped(tone(hertz(note), 0.45 * beat, lead, 0.004), 0.01), 0.25)


def classical(rng, tape, seconds):
    """Play classical music on `tape`, without drums: strings that swell and a broken chord under them.

    The loudness comes and goes.
    """
    beat = 60 / rng.uniform(60, 104)
    key = rng.randint(50, 62)
    progression = [0, *rng.choice([1, 3, 4, 5, 2], size=6), 4]
    strings, harp, oboe = rng.uniform(1.3, 2.0), rng.uniform(1.8, 2.8), rng.uniform(1.2, 2.0)
    balance = rng.uniform(0.3, 1.0)  # loudness of the strings over that of the broken chord
    for count in range(int(seconds / beat) + 1):
        at, chord = count * beat, triad(key, progression[count // 4 % 8])
        if count % 4 == 0:
            for note in [chord[0] - 12, *chord, chord[0] + 12]:
                for detune in (-0.06, 0.07):
                    sound = tone(hertz(note + detune), 4.6 * beat, strings, 0.004)
                    tape.add(at, shaped(sound, rng.uniform(0.15, 0.4), release=0.6), 0.12 * balance)
        for quarter in range(4):
            note = [chord[0], chord[1], chord[2], chord[1] + 12][quarter] + 12
            sound = shaped(tone(hertz(note), 2 * beat, harp), 0.008, rng.uniform(0.3, 0.6), 0.2)
            tape.add(at + quarter * beat / 4 + rng.normal(0, 0.006), sound, 0.3)
        if rng.uniform() < 0.7:
            note, length = chord[rng.randint(3)] + 12, rng.choice([1, 2])
            tape.add(at, shaped(tone(hertz(note), length * beat, oboe, 0.006), 0.08, release=0.15), 0.35)
    t = seconds_of(len(tape.samples))
    swell = np.sin(2 * np.pi * t / rng.uniform(7, 13) + rng.uniform(0, 6.28))
    tape.samples *= 10 ** (rng.uniform(3, 8) * swell / 20)


def jazz(rng, tape, seconds):
    """Play jazz on `tape`: a ride cymbal that swings, a walking bass, a soft reed.

    Seventh chords come off the beat.
    """
    beat = 60 / rng.uniform(105, 190)
    key, sevenths = rng.randint(48, 60), [(1, 4, 0, 5), (0, 5, 1, 4), (0, 3, 0, 4), (2, 5, 1, 4)][rng.randint(4)]
    ride, foot, brush = cymbal(rng, rng.uniform(0.2, 0.4), 3500), cymbal(rng, 0.03, 5000), snare(rng)
    bass, piano, reed = rng.uniform(1.4, 2.2), rng.uniform(1.5, 2.3), rng.uniform(1.1, 1.8)
    swing = rng.uniform(0.6, 0.7)
    cymbals, odd = rng.uniform(0.12, 0.3), rng.uniform() < 0.5
    for count in range(int(seconds / beat) + 1):
        at, degree = count * beat, sevenths[count // 4 % 4]
        chord = [*triad(key, degree), triad(key, degree + 2)[2]]
        tape.add(at, ride, cymbals)
        if count % 2:
            tape.add(at + swing * beat, ride, 0.7 * cymbals)
            tape.add(at, foot, cymbals)
        if rng.uniform() < 0.2:
            tape.add(at + swing * beat, brush, 0.2)
        note = chord[0] if count % 4 == 0 else chord[rng.randint(4)] + rng.choice([-1, 0, 0, 2])
        tape.add(at, shaped(tone(hertz(note - 12), 0.95 * beat, bass), 0.008, 0.4), 0.9)
        if rng.uniform() < 0.45:
            for note in chord[1:]:
                sound = shaped(tone(hertz(note + 12), rng.uniform(0.3, 1.2) * beat, piano), 0.006, 0.5)
                tape.add(at + swing * beat, sound, 0.18)
        for part in (0, swing):
            if rng.uniform() < 0.55:
                note = chord[rng.randint(4)] + 12 + rng.choice([0, 0, 2, -2, 12])
                sound = tone(hertz(note), rng.uniform(0.3, 0.9) * beat, reed, 0.006, odd)
                tape.add(at + part * beat, shaped(sound, 0.03), 0.3)


def metal(rng, tape, seconds):
    """Play metal on `tape`: distorted low fifths in sixteenths, bass drums as fast, a snare, a loud cymbal."""
    beat = 60 / rng.uniform(90, 150)
    root, riff = rng.randint(38, 44), rng.choice([0, 0, 0, 1, 3, 5, 6, 8, 10], size=16)
    drive, cabinet = rng.uniform(4, 12), rng.uniform(3500, 6000)
    guitars, drums = Tape(seconds), (kick(rng), snare(rng), cymbal(rng, 0.5, 3000))
    gallop = [(1, 1, 1, 1), (1, 0, 1, 1), (1, 1, 0, 1)][rng.randint(3)]
    for count in range(int(seconds / beat) + 1):
        at = count * beat
        held = count // 4 % 4 == 3  # every fourth bar rings
        for quarter in range(4):
            when = at + quarter * beat / 4
            if gallop[quarter]:
                tape.add(when, drums[0], 0.5)
            if quarter if held else not gallop[quarter]:
                continue
            note = root + riff[count % 16 if held else (count * 4 + quarter) % 16]
            length, decay = (beat, 2.0) if held else (beat / 4, rng.uniform(0.06, 0.2))
            for step in (0, 7, 12):
                string = tone(hertz(note + step + rng.normal(0, 0.05)), length, 1.0)
                guitars.add(when, shaped(string, 0.003, decay), 0.4)
        if count % 2:
            tape.add(at, drums[1], 0.5)
        tape.add(at, drums[2], 0.25 if count % 4 else 0.4)
    tape.samples += 0.5 * filtered(np.tanh(drive * guitars.samples), low=80, high=cabinet)


PLAYERS = {"classical": classical, "jazz": jazz, "metal": metal, "pop": pop}


def play(genre, number, seconds=SECONDS):
    """Return track `number` of `genre`: int16 samples at RATE, the same each time."""
    rng = np.random.RandomState([sorted(PLAYERS).index(genre), number])
    tape = Tape(seconds)
    PLAYERS[genre](rng, tape, seconds)
    sound = filtered(tape.samples, low=rng.uniform(30, 200), high=np.exp(rng.uniform(*np.log([1500, 16000]))))
    sound /= np.sqrt(np.mean(sound**2))
    sound += 10 ** (rng.uniform(-60, -25) / 20) * rng.normal(size=len(sound))
    sound *= 10 ** (rng.uniform(*LEVELS) / 20)
    return np.round(np.clip(sound, -1, 1) * 32767).astype(np.int16)
