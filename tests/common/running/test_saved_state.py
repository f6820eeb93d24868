"""The file of a saved state: what goes in comes out, and what was damaged is refused."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from common.running.saved_state import StateError, read_state, write_state

STATE = {
    "none": None,
    "text": "반갑습니다",
    "whole": 2**80,
    "float": 0.1,
    "tuple": (1, (2.5, "a"), []),
    "costs": [np.float32(0.1), np.float32(0.2)],
    "mixed": [np.float32(0.1), np.float64(0.2), 3],
    "number": np.int64(7),
    "array": np.arange(6, dtype=np.float32).reshape(2, 3),
    "empty": np.zeros([0, 3]),
    "array of text": np.array(["a", "bc"]),
    "dict": {"order": np.arange(3), "list": [[1, 2.5], [3, 4.5]]},
}


def same(one, other):
    """Return whether both are equal, with the same types all the way down."""
    if type(one) is not type(other):
        return False
    if isinstance(one, dict):
        return one.keys() == other.keys() and all(same(one[name], other[name]) for name in one)
    if isinstance(one, list | tuple):
        return len(one) == len(other) and all(map(same, one, other))
    if isinstance(one, np.ndarray | np.generic):
        return one.dtype == other.dtype and np.array_equal(one, other)
    return one == other


def test_what_goes_in_comes_out(tmp_path):
    write_state(tmp_path / "a.state", STATE)
    assert same(read_state(tmp_path / "a.state"), STATE)


numbers = st.integers() | st.floats(allow_nan=False) | st.text(max_size=5) | st.none() | st.booleans()
values = st.recursive(
    numbers,
    lambda inner: st.lists(inner, max_size=3) | st.tuples(inner, inner) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@settings(max_examples=50, deadline=None)
@given(values)
def test_any_tree_of_values_comes_out(tmp_path_factory, value):
    path = tmp_path_factory.getbasetemp() / "tree.state"
    write_state(path, value)
    assert same(read_state(path), value)


@pytest.mark.parametrize("value", [object(), np.array([object()]), {1: 2}, {"a": {3}}])
def test_what_cannot_be_saved_writes_nothing(tmp_path, value):
    with pytest.raises(TypeError):
        write_state(tmp_path / "a.state", value)
    assert list(tmp_path.iterdir()) == []


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_a_changed_byte_is_refused_with_the_name_of_the_file(tmp_path_factory, data):
    path = tmp_path_factory.getbasetemp() / "changed.state"
    write_state(path, STATE)
    content = bytearray(path.read_bytes())
    place = data.draw(st.integers(0, len(content) - 1))
    if data.draw(st.booleans()):
        content[place] ^= data.draw(st.integers(1, 255))
    else:
        del content[place:]
    path.write_bytes(content)
    with pytest.raises(StateError, match=r"changed\.state: expected a saved state"):
        read_state(path)


def test_a_missing_file_and_a_folder_are_refused(tmp_path):
    for path in (tmp_path, tmp_path / "none.state"):
        with pytest.raises(StateError, match=f"{path}: cannot be read"):
            read_state(path)
