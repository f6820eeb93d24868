"""Test the reader of pickles: both layouts of the same values, every refusal, and a thousand mutated files."""

import contextlib
import datetime
import io
import os
import pickle
import struct
import tracemalloc

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from common.formats.pickles import MAX_INSTRUCTIONS, PickleError, read_pickle

MEGABYTE = 1 << 20
PIXELS = np.arange(12, dtype=np.uint8).reshape(2, 6)


def python_2(pixels, labels):
    """Return what Python 2's cPickle wrote for a file of CIFAR-10: strings without encoding, the memo from 1."""
    memo = object()  # where it noted a place of the memo

    def text(content):
        return [b"U" + bytes([len(content)]) + content, memo]

    rows, columns = (b"M" + struct.pack("<H", size) for size in pixels.shape)
    parts = [b"\x80\2}", memo, b"(", *text(b"labels"), b"]", memo]
    parts += [b"(", *(b"K" + bytes([label]) for label in labels), b"e", *text(b"data")]
    parts += [b"cnumpy.core.multiarray\n_reconstruct\n", memo, b"cnumpy\nndarray\n", memo]
    parts += [b"K\0\x85", memo, *text(b"b"), b"\x87", memo, b"R", memo, b"(K\1", rows, columns, b"\x86", memo]
    parts += [b"cnumpy\ndtype\n", memo, *text(b"u1"), b"K\0K\1\x87", memo, b"R", memo, b"(K\3", *text(b"|")]
    parts += [b"NNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK\0t", memo, b"b\x89"]
    parts += [b"T" + struct.pack("<i", pixels.size) + pixels.tobytes(), memo, b"t", memo, b"bu."]
    places = iter(range(1, 255))
    return b"".join(b"q" + bytes([next(places)]) if part is memo else part for part in parts)


PYTHON_2 = python_2(PIXELS, [3, 7])
UNBUILT_ARRAY = b"cnumpy.core.multiarray\n_reconstruct\ncnumpy\nndarray\nK\0\x85U\1b\x87R"
PYTHON_3 = pickle.dumps({b"labels": [3, 7], b"data": PIXELS, "text": (None, True, -5, 70000, ())}, protocol=3)


def read(tmp_path, content):
    path = tmp_path / "batch"
    path.write_bytes(content)
    return read_pickle(path)


def refusal(tmp_path, content):
    """Return what the reader says of a file with the bytes `content`, without the file's path."""
    with pytest.raises(PickleError) as caught:
        read(tmp_path, content)
    message, path = str(caught.value), tmp_path / "batch"
    assert message.startswith(f"{path}: ")
    return message.removeprefix(f"{path}: ")


@contextlib.contextmanager
def little_memory():
    """Fail when the block takes a megabyte or more."""
    tracemalloc.start()
    try:
        yield
        assert tracemalloc.get_traced_memory()[1] < MEGABYTE
    finally:
        tracemalloc.stop()


def same(one, other):
    """Return whether two values of what a pickle may hold are equal, types and all."""
    if type(one) is not type(other):
        return False
    if isinstance(one, dict):
        return list(one) == list(other) and all(same(one[key], other[key]) for key in one)
    if isinstance(one, list | tuple):
        return len(one) == len(other) and all(map(same, one, other))
    if isinstance(one, np.ndarray):
        return one.dtype == other.dtype and one.shape == other.shape and (one == other).all()
    return one == other


@pytest.mark.parametrize("content", [PYTHON_2, PYTHON_3])
def test_both_pythons_layouts_hold_the_same(tmp_path, content):
    value = read(tmp_path, content)
    assert same(value, pickle.loads(content, encoding="bytes"))
    assert value[b"labels"] == [3, 7] and (value[b"data"] == PIXELS).all()


@pytest.mark.parametrize(
    "value",
    [
        *({}, [], (), b"", "", "반", 0),
        *([[1], {b"a": [(1, 2, 3), (1, 2, 3, 4)]}], {"one": 1}, [b"x" * 300], [[5]] * 3, [PIXELS, PIXELS, PIXELS[0]]),
    ],
)
def test_plain_values_come_back_as_they_were(tmp_path, value):
    assert same(read(tmp_path, pickle.dumps(value, protocol=3)), value)


class Calls:
    def __init__(self, function, *arguments):
        self.reduced = function, arguments

    def __reduce__(self):
        return self.reduced


@pytest.mark.parametrize("protocol", range(6))
def test_calls_are_refused_and_not_made(tmp_path, protocol):
    witness = tmp_path / "witness"
    for function, argument in ((os.system, f"touch {witness}"), (eval, f"open({str(witness)!r}, 'w')")):
        message = refusal(tmp_path, pickle.dumps([1, Calls(function, argument)], protocol))
        assert message.startswith("refused at byte ") and "nothing of this one was run" in message
        assert not witness.exists()


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"\x80\2cos\nsystem\nU\2id\x85R.", r"it names os.system, which loading would call"),
        (b"\x80\2c__builtin__\neval\n.", r"it names __builtin__.eval"),
        (b"\x80\2cnumpy\nload\n.", r"it names numpy.load"),
        (b"\x80\2c_codecs\nencode\n.", r"it names _codecs.encode"),
        (b"(S'id'\nios\nsystem\n.", "the instruction STRING"),
        (b"(U\2idios\nsystem\n.", "the instruction INST"),
        (b"(cnumpy\ndtype\nU\2u1o.", "the instruction OBJ"),
        (b"\x80\4\x8c\2os\x8c\6system\x93.", "pickle protocol 4, expected 3 or lower"),
        (b"\x8c\2os\x8c\6system\x93.", "the instruction SHORT_BINUNICODE"),
        (b"cnumpy\ndtype\n)\x81.", "the instruction NEWOBJ"),
        (b"Pid\n.", "the instruction PERSID"),
        (b"\x82\1.", "the instruction EXT1"),
        (b"}2.", "the instruction DUP"),
        (b"]K\1\x85R.", "a call of what cannot be called"),
        (b"cnumpy\nndarray\n)R.", "a call of what cannot be called"),
        (b"cnumpy\ndtype\n.", "a part of an array outside of any array"),
        (b"](cnumpy\nndarray\nK\1\x86e.", "a part of an array outside of any array"),
        (b"cnumpy\ndtype\nX\2\0\0\0u1K\0K\1\x87R.", "a part of an array outside of any array"),
        (UNBUILT_ARRAY + b"(K\1K\0\x85N\x89U\0tb.", "an array that is not bytes in C order"),  # its dtype is None
        (PYTHON_2.replace(b"(K\1M\2\0", b"(K\2M\2\0"), "an array that is not bytes in C order"),  # its version is 2
        (PYTHON_2.replace(b"(K\3U\1|", b"(K\4U\1|"), "a dtype that is more than u1: 4, b'|', NoneType"),
        (b"}}b.", "a state for something that has none"),
        (b"}(]K\1u.", "a dict key of type list"),
        (b"}K\1K\1\x86K\1s.", "a dict key of type tuple"),
        # a memo bomb: the standard reader takes memory for every place up to this one
        (b"K\1r\xff\xff\xff\xff.", "place 4294967295 of the memo, of which 0 are taken"),
        (b"K\1q\2.", "place 2 of the memo, of which 0 are taken"),
    ],
)
def test_what_no_file_of_cifar10_holds_is_refused_by_name(tmp_path, content, words):
    message = refusal(tmp_path, content)
    assert message.startswith("refused at byte ") and words in message


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "truncated or damaged behind byte 0 of 0"),
        (b"\x80\2}", "pickle exhausted before seeing STOP"),
        (b"no pickle at all", "truncated or damaged behind byte 0 of 16"),
        (PYTHON_2 + b"!", "expected the pickle's end, found 1 trailing bytes. Fetch the file again."),
        (b".", "truncated or damaged behind byte 0 of 1 (pop from empty list)"),
        (b"K\1K\2.", "values are left over at the end"),
        (b"h\1.", "place 1 of the memo is empty"),
        (b"(.", "a mark where a value was expected"),
        (b"K\1a.", "truncated or damaged behind byte 2 of 4 (list index out of range)"),
        (b"K\1K\1a.", "no list where one was expected"),
        (b"K\1(u.", "no dict where one was expected"),
        (b"}(K\1u.", "a key without a value"),
        (b"(X\1\0\0\0\xfft.", "'utf-8' codec can't decode byte 0xff"),
        # lengths of 10 GB and more in files of a few bytes
        (b"\x80\3B\xff\xff\xff\xffshort.", "expected 4294967295 bytes in a bytes4, but only 6 remain"),
        (b"T\xff\xff\xff\x7fshort.", "expected 2147483647 bytes"),
        (b"\x8e" + struct.pack("<Q", 10**10) + b"short.", "expected 10000000000 bytes in a bytes8"),
        (b"\x96" + struct.pack("<Q", 10**10) + b"short.", "expected 10000000000 bytes in a bytearray8"),
        (b"\x8d" + struct.pack("<Q", 2**63 - 1) + b"short.", "expected 9223372036854775807 bytes in a unicodestring8"),
    ],
)
def test_damaged_bytes_are_refused_and_take_little_memory(tmp_path, content, words):
    with little_memory():
        assert words in refusal(tmp_path, content)


def test_a_pickle_that_is_cut_anywhere_is_refused(tmp_path):
    for content in (PYTHON_2, PYTHON_3):
        for length in range(len(content)):
            assert refusal(tmp_path, content[:length]).startswith("truncated or damaged behind byte ")


@pytest.mark.parametrize(
    ("array", "words"),
    [
        (np.array([1, "a", None], object), "an array of another dtype than u1: 'O8', False, True"),
        (np.zeros(3, np.float32), "an array of another dtype than u1: 'f4', False, True"),
        (np.zeros(3, "u1,u1"), "an array of another dtype than u1: 'V2', False, True"),
        (np.zeros(3, "M8[s]"), "an array of another dtype than u1: 'M8', False, True"),
        (np.zeros((2, 3), np.uint8, order="F"), "an array that is not bytes in C order"),
        (np.ma.zeros(3, np.uint8), "it names numpy.ma."),
        (np.float64(1), "it names numpy._core.multiarray.scalar"),
        (datetime.date(2016, 1, 1), "it names datetime.date"),
        ({1, 2}, "it names builtins.set"),
        (1.5, "the instruction BINFLOAT"),
        (10**20, "the instruction LONG1"),
        ({1: 2}, "a dict key of type int"),
    ],
)
def test_values_that_are_not_plain_are_refused_by_name(tmp_path, array, words):
    assert words in refusal(tmp_path, pickle.dumps(array, protocol=3))


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        (b"M\2\0M\6\0", b"M\2\0M\7\0", "an array of 2 x 7 bytes with 12 bytes in it"),
        (b"M\2\0M\6\0\x86", b"(" + b"J\xff\xff\xff\x7f" * 4 + b"t", "an array of 2147483647 x 2147483647 x"),
        (b"M\2\0M\6\0", b"J\xfe\xff\xff\xffJ\xfa\xff\xff\xff", "an array without a shape"),
        (b"K\0\x85", b"J\xff\xff\xff\x7f\x85", "an array that numpy does not write so"),  # would take 2 GB
    ],
)
def test_a_shape_that_does_not_go_with_its_bytes_takes_little_memory(tmp_path, old, new, words):
    assert PYTHON_2.count(old) == 1
    with little_memory():
        assert words in refusal(tmp_path, PYTHON_2.replace(old, new))


def test_the_number_of_instructions_has_a_bound(tmp_path):
    within, beyond = (b"N" + b"q\0" * (count - 2) + b"." for count in (MAX_INSTRUCTIONS, MAX_INSTRUCTIONS + 1))
    assert read(tmp_path, within) is None
    assert f"more than {MAX_INSTRUCTIONS} instructions" in refusal(tmp_path, beyond)


def test_references_that_double_take_no_time(tmp_path):
    """Read nested pairs, each twice the pair before: there are 2**200 items for a reader who counts them."""
    depth = 200
    value = read(tmp_path, b"]q\0" + b"".join(b"h%c\x86q%c" % (i, i + 1) for i in range(depth)) + b".")
    for _ in range(depth):
        one, other = value
        assert one is other
        value = one
    assert value == []


def test_a_missing_file_cannot_be_read(tmp_path):
    with pytest.raises(PickleError, match=r"batch: cannot be read: No such file .* data/README\.md tells how"):
        read_pickle(tmp_path / "batch")


class Restricted(pickle._Unpickler):
    """This is Python's own reader with a dict as memo: it is safe for what `read_pickle` has let through."""

    def find_class(self, module, name):
        assert (module, name) in {
            ("numpy.core.multiarray", "_reconstruct"),
            ("numpy._core.multiarray", "_reconstruct"),
            ("numpy", "ndarray"),
            ("numpy", "dtype"),
        }
        return super().find_class(module.replace("numpy.core", "numpy._core"), name)


@st.composite
def mutated(draw):
    content = bytearray(draw(st.sampled_from([PYTHON_2, PYTHON_3])))
    for _ in range(draw(st.integers(0, 3))):
        position = draw(st.integers(0, len(content)))
        kind = draw(st.sampled_from(["change", "insert", "delete", "cut", "repeat"]))
        if kind == "change" and position < len(content):
            content[position] = draw(st.integers(0, 255))
        elif kind == "insert":
            content[position:position] = draw(st.binary(min_size=1, max_size=6))
        elif kind == "delete":
            del content[position : position + draw(st.integers(1, 6))]
        elif kind == "cut":
            del content[position:]
        elif kind == "repeat":
            content[position:position] = content[position : position + draw(st.integers(1, 40))]
    return bytes(content)


@pytest.mark.filterwarnings("ignore:invalid escape sequence")
@settings(max_examples=1000, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(mutated())
def test_mutated_files_are_read_right_or_refused_by_name(tmp_path, content):
    try:
        value = read(tmp_path, content)
    except PickleError as error:
        assert str(error).startswith(f"{tmp_path / 'batch'}: ")
        assert content not in (PYTHON_2, PYTHON_3)
    else:
        assert same(value, Restricted(io.BytesIO(content), encoding="bytes").load())
