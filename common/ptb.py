"""Read Penn Treebank text for the language model from page 79: words, their check, batches; and continue a text."""

import collections

import numpy as np

from common.errors import ReplayError, reason
from common.files import read_regular
from common.language import _

TRAIN, VALID, TEST = "ptb.train.txt", "ptb.valid.txt", "ptb.test.txt"


def read_words(path):
    """Return the words of the text file at `path` in order. White space and line ends separate them.

    The book adds no end-of-sentence token. It raises ReplayError when the file is missing, empty or not UTF-8.
    """
    words = [word for line in _read_lines(path) for word in line.split()]
    if not words:
        raise ReplayError(
            _("{path}: expected a text of words separated by white space, found no word.").format(path=path)
        )
    return words


def count_lines(path):
    """Return the number of lines of the text file at `path`. It raises ReplayError for a file that cannot be read."""
    return len(_read_lines(path))


def _read_lines(path):
    try:
        content = read_regular(path)
    except OSError as error:
        raise ReplayError(
            _("{path}: cannot be read ({reason}). data/README.md tells where to get the text.").format(
                path=path, reason=reason(error)
            )
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
                _(
                    "{path}, line {number}: expected UTF-8, found the byte 0x{byte:02x} at place {place} of "
                    "the line. Save the text as UTF-8."
                ).format(path=path, number=number, byte=line[error.start], place=error.start + 1)
            ) from error
    return decoded


def check_words(words, vocab, path, batch_size, seq_length):
    """Raise ReplayError for a word outside `vocab` (a dict), and for fewer words than one batch.

    `words` are those of `read_words(path)`. The listing's `map(vocab.get, ...)` would make None of a word that is not
    in `vocab`. The message names its line.
    """
    strange = set(words).difference(vocab)
    if strange:
        word = next(word for word in words if word in strange)
        number = next(i for i, line in enumerate(_read_lines(path), 1) if word in line.split())
        raise ReplayError(
            _(
                "{path}, line {number}: the word {word!r} is not one of the {count} words of the training "
                "text. Write <unk> for it, or take the test text that belongs to the training text."
            ).format(path=path, number=number, word=word, count=len(vocab))
        )
    if len(words) < batch_size * seq_length:
        raise ReplayError(
            _(
                "{path}: expected at least {expected} words, one batch of {batch_size} x {seq_length}, found "
                "{found}. Take a longer text, or a smaller `batch_size` or `seq_length`."
            ).format(
                path=path,
                expected=batch_size * seq_length,
                batch_size=batch_size,
                seq_length=seq_length,
                found=len(words),
            )
        )


def split_batches(data, batch_size, num_batches):
    """Return a list of `num_batches` arrays, int [batch_size, seq_length]. `data` is int [words] of whole batches.

    Row r of all batches, one after another, is part r of `data`. So a batch starts from the state after the one before.
    """
    return np.split(data.reshape(batch_size, -1), num_batches, 1)


def vocabulary(path):
    """Return the distinct words of the text at `path`, each at its number: by count, then by alphabet."""
    counter = collections.Counter(read_words(path))
    return sorted(counter, key=lambda word: (-counter[word], word))


def continue_text(text, words, chars, step, state):
    """Return `text` with `words` more words, each drawn from the probabilities after the words before it.

    `chars` is the list of all words, each at its number. `step(number, state)` takes one word. It returns the
    probabilities of the next word, float [1, len(chars)], and the new state. `state` is the first one.
    It raises ReplayError for an empty text or one with a word that is not in `chars`.
    """
    vocab = {word: number for number, word in enumerate(chars)}
    given = text.split()
    unknown = [word for word in given if word not in vocab]
    if not given or unknown:
        found = ", ".join(map(repr, unknown)) or _("none")
        raise ReplayError(
            _(
                "--sample: expected words of the training text, found {found}. It is in lower case and "
                "without punctuation, has N for numbers and <unk> for rare words."
            ).format(found=found)
        )
    for i in range(len(given) - 1 + words):
        probs, state = step(vocab[given[i]], state)
        if i + 1 >= len(given):
            p = probs[0].astype(float)
            given.append(chars[np.random.choice(len(chars), p=p / p.sum())])
    return " ".join(given)
