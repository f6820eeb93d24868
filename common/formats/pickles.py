"""Read pickles as data: nothing that stands in one is ever called."""

import math
import pickletools
from pathlib import Path

import numpy as np

from common.errors import ReplayError, reason
from common.files import read_regular
from common.language import _

# The official files of CIFAR-10 have about 30,000 each. Every instruction costs memory, so their number has a bound.
MAX_INSTRUCTIONS = 200_000
VALUES = ("BININT", "BININT1", "BININT2", "BINUNICODE", "BINBYTES", "SHORT_BINBYTES")
MAX_PROTOCOL = 3
PYTHON_2_STRINGS = ("BINSTRING", "SHORT_BINSTRING")
CONSTANTS = {"NONE": None, "NEWFALSE": False, "NEWTRUE": True}
CONTAINERS = {"EMPTY_DICT": dict, "EMPTY_LIST": list, "EMPTY_TUPLE": tuple}
TUPLE_SIZES = {"TUPLE1": 1, "TUPLE2": 2, "TUPLE3": 3}
# numpy renamed a module in 2.0. Python 2's pickles have the old name.
GLOBALS = {
    "numpy.core.multiarray _reconstruct": "array",
    "numpy._core.multiarray _reconstruct": "array",
    "numpy ndarray": "ndarray",
    "numpy dtype": "dtype",
}


class PickleError(ReplayError):
    """A PickleError says that a pickle is damaged or holds more than plain data. Its message starts with the path."""


class _Name:
    """A _Name is one of the GLOBALS, as a value that can be compared and not called."""

    def __init__(self, meaning):
        self.meaning = meaning


class _Unbuilt:
    """An _Unbuilt is an array or a dtype that REDUCE began. BUILD finishes it and puts the result into `built`."""

    def __init__(self, what):
        self.what, self.built = what, None


class _Mark:
    """A _Mark lies on the stack where the items of a list, tuple or dict begin."""


def read_pickle(path):
    """Return the value in the pickle at `path`: dict, list, tuple, bytes, str, int, bool, None and uint8 arrays.

    For the official files it is what the CIFAR-10 module's `pickle.load(file, encoding="bytes")` gives (pages 55-66).
    Nothing is run. This interprets the instructions that those files hold. It also interprets the ones that Python 3
    writes for the same values, with protocol 3 or lower. It refuses every other instruction by name. Announced lengths
    and places are checked against the file's bytes first, so memory stays in proportion to the file.

    It raises PickleError for a file that cannot be read, is truncated or damaged, or holds something else.
    """
    path = Path(path)
    try:
        content = read_regular(path)
    except OSError as error:
        raise PickleError(
            _(
                "{path}: cannot be read: {reason}. Make it readable, or fetch it again: data/README.md tells how."
            ).format(path=path, reason=reason(error))
        ) from error
    machine = _Machine(path)
    try:
        for number, (opcode, argument, position) in enumerate(pickletools.genops(content)):
            machine.position = position
            if number == MAX_INSTRUCTIONS:
                machine.refuse(_("more than {max_instructions} instructions").format(max_instructions=MAX_INSTRUCTIONS))
            machine.execute(opcode.name, argument)
    except PickleError:
        raise
    except (ValueError, IndexError, TypeError) as error:
        # pickletools raises these for bytes that end early or mean nothing, and the stack when it lacks a value.
        raise PickleError(
            _("{path}: truncated or damaged behind byte {position} of {size} ({error}). Fetch the file again.").format(
                path=path, position=machine.position, size=len(content), error=error
            )
        ) from error
    left = len(content) - 1 - machine.position
    if left:
        raise PickleError(
            _("{path}: expected the pickle's end, found {left} trailing bytes. Fetch the file again.").format(
                path=path, left=left
            )
        )
    return machine.result


class _Machine:
    """A _Machine has the stack and the memo of a pickle while it is read."""

    def __init__(self, path):
        self.path, self.position, self.result = path, 0, None
        self._stack, self._memo = [], {}

    def refuse(self, what):
        raise PickleError(
            _(
                "{path}: refused at byte {position}: {what}. The files of CIFAR-10 hold only dicts, lists, "
                "texts, whole numbers and arrays of bytes; nothing of this one was run. Fetch the file again."
            ).format(path=self.path, position=self.position, what=what)
        )

    def execute(self, name, argument):
        """Carry out the instruction `name` (as pickletools calls it) or refuse it."""
        stack = self._stack
        if name in VALUES:
            stack.append(argument)
        elif name in PYTHON_2_STRINGS:
            stack.append(argument.encode("latin-1"))
        elif name in ("BINPUT", "LONG_BINPUT"):
            self._put(argument)
        elif name in ("BINGET", "LONG_BINGET"):
            self._get(argument)
        elif name in CONSTANTS:
            stack.append(CONSTANTS[name])
        elif name in CONTAINERS:
            stack.append(CONTAINERS[name]())
        elif name == "MARK":
            stack.append(_Mark)
        elif name in TUPLE_SIZES:
            stack.append(tuple(self._pop() for _item in range(TUPLE_SIZES[name]))[::-1])
        elif name == "TUPLE":
            stack.append(tuple(self._pop_to_mark()))
        elif name in ("APPEND", "APPENDS"):
            items = [self._pop()] if name == "APPEND" else self._pop_to_mark()
            self._top(list).extend(items)
        elif name in ("SETITEM", "SETITEMS"):
            items = [self._pop(), self._pop()][::-1] if name == "SETITEM" else self._pop_to_mark()
            self._set_items(items)
        elif name == "GLOBAL":
            self._global(argument)
        elif name == "REDUCE":
            arguments, function = self._pop(), self._pop()
            stack.append(self._reduce(function, arguments))
        elif name == "BUILD":
            state, unbuilt = self._pop(), self._pop()
            unbuilt.built = self._build(unbuilt, state)
            stack.append(unbuilt.built)
        elif name == "STOP":
            self._finish(self._pop())
        elif name == "PROTO":
            if argument > MAX_PROTOCOL:
                self.refuse(
                    _("pickle protocol {argument}, expected {max_protocol} or lower").format(
                        argument=argument, max_protocol=MAX_PROTOCOL
                    )
                )
        else:
            self.refuse(_("the instruction {name}").format(name=name))

    def _finish(self, value):
        if self._stack:
            raise IndexError(_("values are left over at the end"))
        waiting, seen = [value], set()
        while waiting:
            part = waiting.pop()
            if isinstance(part, _Name | _Unbuilt | np.dtype):
                self.refuse(_("a part of an array outside of any array"))
            if isinstance(part, dict | list | tuple) and id(part) not in seen:
                seen.add(id(part))
                waiting.extend(part.values() if isinstance(part, dict) else part)
        self.result = value

    def _pop(self):
        value = self._stack.pop()
        if value is _Mark:
            raise IndexError(_("a mark where a value was expected"))
        return value

    def _pop_to_mark(self):
        items = []
        while (value := self._stack.pop()) is not _Mark:
            items.append(value)
        return items[::-1]

    def _top(self, kind):
        if type(self._stack[-1]) is not kind:
            raise TypeError(_("no {kind} where one was expected").format(kind=kind.__name__))
        return self._stack[-1]

    def _put(self, place):
        # Python numbers the places from 0 or 1 without gaps. Another number is there to make a reader take memory.
        if place > len(self._memo) + 1:
            self.refuse(
                _("place {place} of the memo, of which {taken} are taken").format(place=place, taken=len(self._memo))
            )
        self._memo[place] = self._stack[-1]

    def _get(self, place):
        if place not in self._memo:
            raise IndexError(_("place {place} of the memo is empty").format(place=place))
        value = self._memo[place]
        self._stack.append(value.built if isinstance(value, _Unbuilt) else value)

    def _set_items(self, items):
        if len(items) % 2:
            raise IndexError(_("a key without a value"))
        target = self._top(dict)
        for key, value in zip(items[::2], items[1::2], strict=True):
            # Nested tuples can be built so that hashing one takes for ever.
            if type(key) not in (bytes, str):
                self.refuse(_("a dict key of type {kind}").format(kind=type(key).__name__))
            target[key] = value

    def _global(self, name):
        if name not in GLOBALS:
            self.refuse(_("it names {name}, which loading would call").format(name=name.replace(" ", ".")))
        self._stack.append(_Name(GLOBALS[name]))

    def _reduce(self, function, arguments):
        if isinstance(function, _Name) and isinstance(arguments, tuple):
            if function.meaning == "dtype":
                if arguments not in ((b"u1", 0, 1), ("u1", 0, 1)):
                    self.refuse(_("an array of another dtype than u1: {found}").format(found=_shown(arguments)))
                return _Unbuilt("dtype")
            if function.meaning == "array":
                kind, *rest = arguments
                if not (isinstance(kind, _Name) and kind.meaning == "ndarray") or rest != [(0,), b"b"]:
                    self.refuse(_("an array that numpy does not write so"))
                return _Unbuilt("array")
        return self.refuse(_("a call of what cannot be called"))

    def _build(self, unbuilt, state):
        if not isinstance(unbuilt, _Unbuilt) or not isinstance(state, tuple):
            self.refuse(_("a state for something that has none"))
        if unbuilt.what == "dtype":
            if state[0:1] != (3,) or state[1] not in (b"|", "|") or state[2:] != (None, None, None, -1, -1, 0):
                self.refuse(_("a dtype that is more than u1: {found}").format(found=_shown(state)))
            return np.dtype("u1")
        version, shape, dtype, fortran, data = state
        if version != 1 or not isinstance(dtype, np.dtype) or fortran is not False or not isinstance(data, bytes):
            self.refuse(_("an array that is not bytes in C order"))
        if not isinstance(shape, tuple) or not all(type(size) is int and size >= 0 for size in shape):
            self.refuse(_("an array without a shape"))
        if math.prod(shape) != len(data):
            self.refuse(
                _("an array of {shape} bytes with {found} bytes in it").format(
                    shape=" x ".join(map(str, shape)), found=len(data)
                )
            )
        return np.frombuffer(data, dtype).reshape(shape)


def _shown(values):
    """Return the text of `values` for a message, short whatever they are."""
    return ", ".join(repr(v)[:20] if type(v) in (int, bool, bytes, str) else type(v).__name__ for v in values)
