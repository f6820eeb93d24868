"""Penn Treebank text as the language model from page 79 reads it: words, ids, batches."""

import collections

import numpy as np

from common.errors import ReplayError

TRAIN, VALID, TEST = "ptb.train.txt", "ptb.valid.txt", "ptb.test.txt"


def read_words(path):
    """The words of the text file at `path`, in order: all that white space separates, line ends included.

    The book adds no end-of-sentence token. Raises ReplayError when the file is missing, empty or not UTF-8.
    """
    words = [word for line in _read_lines(path) for word in line.split()]
    if not words:
        raise ReplayError(f"{path}: expected a text of words separated by white space, found no word.")
    return words


def count_lines(path):
    """The number of lines of the text file at `path`; raises what `read_words` raises for a file it cannot read."""
    return len(_read_lines(path))


def _read_lines(path):
    try:
        content = path.read_bytes()
    except OSError as error:
        raise ReplayError(
            f"{path}: cannot be read ({error.strerror}). data/README.md tells where to get the text."
        ) from error
    lines = content.split(b"\n")
    if not lines[-1]:
        lines.pop()
    decoded = []
    for number, line in enumerate(lines, 1):
        try:
            decoded.append(line.decode("utf-8"))
        except UnicodeDecodeError as error:
            raise ReplayError(
                f"{path}, line {number}: expected UTF-8, found the byte 0x{line[error.start]:02x} at place "
                f"{error.start + 1} of the line. Save the text as UTF-8."
            ) from error
    return decoded


def count_words(words):
    """(word, count) for each distinct word: the most frequent first, words of the same count in alphabetical order."""
    counter = collections.Counter(words)
    return sorted(counter.items(), key=lambda x: (-x[1], x[0]))


def word_ids(words, vocab, path):
    """int array [words]: the id in `vocab` (a dict) of each of the `words` that `read_words(path)` gave.

    Raises ReplayError, with the line, for a word that is not in `vocab`: the listing's `map(vocab.get, ...)` would make
    None of it.
    """
    ids = list(map(vocab.get, words))
    if None in ids:
        word = words[ids.index(None)]
        number = next(i for i, line in enumerate(_read_lines(path), 1) if word in line.split())
        raise ReplayError(
            f"{path}, line {number}: the word {word!r} is not one of the {len(vocab)} words of the training text. "
            "Write <unk> for it, or take the test text that belongs to the training text."
        )
    return np.array(ids)


def inputs_and_targets(corpus, batch_size, seq_length, path):
    """(xdata, ydata), int [n]: `corpus` cut to whole batches, and the word that follows each of its words.

    The last word has the first as its target. Raises ReplayError, naming `path`, when there is not one whole batch.
    """
    num_batches = corpus.size // (batch_size * seq_length)
    if not num_batches:
        raise ReplayError(
            f"{path}: expected at least {batch_size * seq_length} words, one batch of {batch_size} x {seq_length}, "
            f"found {corpus.size}. Take a longer text, or smaller batches in book.toml."
        )
    xdata = corpus[: num_batches * batch_size * seq_length]
    ydata = np.copy(xdata)
    ydata[:-1] = xdata[1:]
    ydata[-1] = xdata[0]
    return xdata, ydata


def split_batches(data, batch_size, seq_length):
    """A list of int [batch_size, seq_length]: row r of all batches, one after another, is the r-th part of `data`.

    So the state after a batch is the state that the next one starts from.
    """
    return np.split(data.reshape(batch_size, -1), data.size // (batch_size * seq_length), 1)
