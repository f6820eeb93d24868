"""Write and read the file from which an interrupted run goes on. Reading it executes nothing.

The first line has the SHA-256 of the rest. The rest is numpy's `.npz` without pickles: arrays, and one JSON text that
says where they belong.
"""

import io
import json

import numpy as np

from common.errors import ReplayError, reason
from common.files import read_regular, sha256, write_atomically
from common.language import _

MAGIC = b"replay-state-1 "
TEXT = "state"


class StateError(ReplayError):
    """A StateError says that a file is not a saved state, or not a whole one. Its message starts with the path."""


def write_state(path, state):
    """Write `state` to `path`, whole or not at all.

    It is made of dicts with names as keys, lists, tuples, texts, numbers, None, and numpy's numbers and arrays.
    It raises OSError when the file cannot be written, and TypeError for any other value.
    """
    arrays = []
    text = json.dumps(_packed(state, arrays), ensure_ascii=False)
    content = io.BytesIO()
    named = {f"a{i}": array for i, array in enumerate(arrays)}
    np.savez(content, **{TEXT: np.frombuffer(text.encode("utf-8"), np.uint8)}, **named)
    body = content.getvalue()
    write_atomically(path, MAGIC + sha256(body).encode() + b"\n" + body)


def read_state(path):
    """Return the state in the file at `path`. It raises StateError when the file cannot be read or is not whole."""
    try:
        content = read_regular(path)
    except OSError as error:
        raise StateError(_("{path}: cannot be read: {reason}.").format(path=path, reason=reason(error))) from error
    head, _line_end, body = content.partition(b"\n")
    if head != MAGIC + sha256(body).encode():
        raise StateError(
            _("{path}: expected a saved state whose SHA-256 stands in its first line, found another.").format(path=path)
        )
    try:
        with np.load(io.BytesIO(body), allow_pickle=False) as arrays:
            return _unpacked(json.loads(arrays[TEXT].tobytes().decode("utf-8")), arrays)
    except Exception as error:  # numpy and zipfile raise a dozen kinds
        raise StateError(
            _("{path}: expected a saved state, found something else ({error}).").format(path=path, error=error)
        ) from error


def _packed(value, arrays):
    """Return `value` as JSON knows it. Arrays go to the list `arrays`. What JSON lacks is a dict of one entry."""
    if value is None or (isinstance(value, bool | int | float | str) and not isinstance(value, np.generic)):
        return value
    if isinstance(value, np.ndarray | np.generic):
        if value.dtype.hasobject:
            raise TypeError("an array of objects cannot be saved")
        arrays.append(np.asarray(value))
        return {"array" if isinstance(value, np.ndarray) else "number": len(arrays) - 1}
    if isinstance(value, list) and _are_numbers(value):  # thousands of costs are one array
        arrays.append(np.array(value))
        return {"numbers": len(arrays) - 1}
    if isinstance(value, list):
        return [_packed(part, arrays) for part in value]
    if isinstance(value, tuple):
        return {"tuple": [_packed(part, arrays) for part in value]}
    if isinstance(value, dict) and all(isinstance(name, str) for name in value):
        return {"dict": {name: _packed(part, arrays) for name, part in value.items()}}
    raise TypeError(f"a value of type {type(value).__name__} cannot be saved")


def _are_numbers(values):
    """Return whether all of a list are numpy's numbers of one type."""
    return len({type(value) for value in values}) == 1 and isinstance(values[0], np.number)


def _unpacked(value, arrays):
    """Return what `_packed` made `value` of."""
    if isinstance(value, list):
        return [_unpacked(part, arrays) for part in value]
    if not isinstance(value, dict):
        return value
    ((kind, content),) = value.items()
    if kind == "tuple":
        return tuple(_unpacked(part, arrays) for part in content)
    if kind == "dict":
        return {name: _unpacked(part, arrays) for name, part in content.items()}
    array = arrays[f"a{content}"]
    if not isinstance(array, np.ndarray):  # numpy gives the bytes of a member that is no array
        raise ValueError(_("the array {content} is none").format(content=content))
    return {"array": lambda: array, "number": lambda: array[()], "numbers": lambda: list(array)}[kind]()
