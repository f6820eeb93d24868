"""Words, batches and the continuation of a text, and a sentence for every bad text."""

import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from common import ptb
from common.errors import ReplayError

TEXT = "b a a <unk>\n N b c a\n"


@pytest.fixture
def text(tmp_path):
    def write(content):
        path = tmp_path / "some.txt"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return write


def test_words_and_lines(text):
    path = text(TEXT)
    assert ptb.read_words(path) == ["b", "a", "a", "<unk>", "N", "b", "c", "a"]
    assert ptb.count_lines(path) == 2
    assert ptb.count_lines(text("a\n\nb")) == 3


def test_vocabulary_by_count_and_then_by_letter(text):
    assert ptb.vocabulary(text(TEXT)) == ["a", "b", "<unk>", "N", "c"]


@settings(max_examples=100, deadline=None)
@given(st.integers(1, 7), st.integers(1, 7), st.integers(1, 7))
def test_each_row_of_all_batches_is_a_part_of_the_text(batch_size, seq_length, num_batches):
    data = np.arange(batch_size * seq_length * num_batches)
    batches = ptb.split_batches(data, batch_size, num_batches)
    assert len(batches) == num_batches
    assert {batch.shape for batch in batches} == {(batch_size, seq_length)}
    np.testing.assert_array_equal(np.concatenate(batches, axis=1), data.reshape(batch_size, -1))


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "some.txt: expected a text of words separated by white space, found no word"),
        (b" \n\n\t", "some.txt: expected a text of words separated by white space, found no word"),
        (b"good\nbad \xff\n", "some.txt, line 2: expected UTF-8, found the byte 0xff at place 5 of the line"),
        (b"cut \xe2\x82", "some.txt, line 1: expected UTF-8, found the byte 0xe2 at place 5 of the line"),
    ],
)
def test_bad_texts(text, content, sentence):
    with pytest.raises(ReplayError, match=re.escape(sentence)):
        ptb.read_words(text(content))


def test_missing_file(tmp_path):
    with pytest.raises(ReplayError, match=r"absent\.txt: cannot be read \(No such file.*data/README\.md tells where"):
        ptb.read_words(tmp_path / "absent.txt")
    with pytest.raises(ReplayError, match=r"cannot be read \(Is a directory\)"):
        ptb.read_words(tmp_path)


def test_word_outside_the_vocabulary(text):
    path = text("a b\na bb\nb c\nd c\n")
    with pytest.raises(ReplayError, match=r"some\.txt, line 3: the word 'c' is not one of the 3 words"):
        ptb.check_words(ptb.read_words(path), {"a": 0, "b": 1, "bb": 2}, path, 1, 1)


def test_a_text_is_at_least_one_batch_long():
    vocab, words = {"a": 0}, ["a"] * 6
    ptb.check_words(words, vocab, "some.txt", 2, 3)
    with pytest.raises(ReplayError, match=r"some\.txt: expected at least 6 words, one batch of 2 x 3, found 5"):
        ptb.check_words(words[1:], vocab, "some.txt", 2, 3)


CHARS = ["a", "b", "c", "d"]


def test_a_text_goes_on_with_the_likeliest_words():
    """Use a net that always goes on with the next of CHARS. Its state counts the words it took."""
    states = []

    def step(number, state):
        states.append(state)
        return np.eye(4, dtype=np.float32)[[(number + 1) % 4]], state + 1

    assert ptb.continue_text(" c  a\n", 5, CHARS, step, 0) == "c a b c d a b"
    assert states == [0, 1, 2, 3, 4, 5]
    assert ptb.continue_text("c b d", 0, CHARS, step, 0) == "c b d"


def test_words_are_drawn_as_often_as_their_probabilities_say():
    np.random.seed(0)
    probs = np.array([[0.5, 0.25, 0.25, 0]], np.float32)
    words = ptb.continue_text("d", 2000, CHARS, lambda number, state: (probs, state), None).split()[1:]
    shares = [words.count(word) / 2000 for word in CHARS]
    assert shares == pytest.approx(probs[0], abs=0.04) and shares[3] == 0


@pytest.mark.parametrize(("given", "found"), [(" ", "none"), ("a D b e", "'D', 'e'")])
def test_a_text_that_the_net_does_not_know(given, found):
    with pytest.raises(ReplayError, match=f"expected words of the training text, found {found}. It is in lower case"):
        ptb.continue_text(given, 1, CHARS, None, None)


@pytest.mark.real_data
def test_real_files(real_data):
    """Hold claims D15 and D16. The validation and the test text are within the vocabulary."""
    folder = real_data / "ptb"
    words = ptb.read_words(folder / ptb.TRAIN)
    assert ptb.count_lines(folder / ptb.TRAIN) == 42068
    assert len(words) == 887521
    vocab = {word: i for i, word in enumerate(ptb.vocabulary(folder / ptb.TRAIN))}
    assert sorted(vocab.values()) == list(range(9999))
    for name in (ptb.VALID, ptb.TEST):
        ptb.check_words(ptb.read_words(folder / name), vocab, folder / name, 20, 20)
