"""Words, ids and batches: the listing's own statements on small texts, and a sentence for every bad one."""

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
    assert ptb.count_words(ptb.read_words(text(TEXT))) == [("a", 3), ("b", 2), ("<unk>", 1), ("N", 1), ("c", 1)]


def test_ids(text):
    path = text(TEXT)
    words = ptb.read_words(path)
    vocab = {word: i for i, (word, _) in enumerate(ptb.count_words(words))}
    assert ptb.word_ids(words, vocab, path).tolist() == [1, 0, 0, 2, 3, 1, 4, 0]


@settings(max_examples=200, deadline=None)
@given(st.integers(1, 7), st.integers(1, 7), st.integers(0, 200))
def test_batches_of_any_size(batch_size, seq_length, n):
    corpus = np.arange(n)
    whole = n // (batch_size * seq_length)
    if not whole:
        with pytest.raises(ReplayError, match=f"some.txt: expected at least {batch_size * seq_length} words.* {n}"):
            ptb.inputs_and_targets(corpus, batch_size, seq_length, "some.txt")
        return
    xdata, ydata = ptb.inputs_and_targets(corpus, batch_size, seq_length, "some.txt")
    assert xdata.tolist() == list(range(whole * batch_size * seq_length))
    assert ydata.tolist() == [*xdata.tolist()[1:], 0]
    xbatches = ptb.split_batches(xdata, batch_size, seq_length)
    ybatches = ptb.split_batches(ydata, batch_size, seq_length)
    assert len(xbatches) == len(ybatches) == whole
    assert {batch.shape for batch in xbatches} == {(batch_size, seq_length)}
    np.testing.assert_array_equal(np.concatenate(xbatches, axis=1), xdata.reshape(batch_size, -1))
    np.testing.assert_array_equal(np.concatenate(ybatches, axis=1), ydata.reshape(batch_size, -1))


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
    path = text("a b\na bb\nb c\n")
    with pytest.raises(ReplayError, match=r"some\.txt, line 3: the word 'c' is not one of the 3 words"):
        ptb.word_ids(ptb.read_words(path), {"a": 0, "b": 1, "bb": 2}, path)


@pytest.mark.real_data
def test_real_files(real_data):
    """Claims D15 and D16, and the validation and test texts within the vocabulary."""
    folder = real_data / "ptb"
    words = ptb.read_words(folder / ptb.TRAIN)
    assert ptb.count_lines(folder / ptb.TRAIN) == 42068
    assert len(words) == 887521
    vocab = {word: i for i, (word, _) in enumerate(ptb.count_words(words))}
    assert sorted(vocab.values()) == list(range(9999))
    for name in (ptb.VALID, ptb.TEST):
        ptb.word_ids(ptb.read_words(folder / name), vocab, folder / name)
