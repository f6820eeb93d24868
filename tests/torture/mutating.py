"""Change bytes, and trees of values, as damage and mistakes change them. All is drawn from a `random.Random`."""

import json
import struct

EXTREMES = (0, 1, 2, 0x7F, 0x80, 0xFF, 0x7FFF, 0x8000, 0xFFFF, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFE, 0xFFFFFFFF)
SIZES = ("<B", "<H", ">H", "<I", ">I", "<Q", ">Q")
START = 64  # bytes, where headers are
DEPTH = 100_000


def changed(random, content):
    """Return `content` (bytes) after one to three changes."""
    content = bytearray(content)
    for _ in range(random.choice((1, 1, 2, 3))):
        kind = random.choice((_flip, _flip, _cut, _insert, _repeat, _remove, _blank, _resize, _resize, _extreme))
        kind(random, content)
    return bytes(content)


def _place(random, content):
    return random.randrange(1 + (min(START, len(content)) if random.random() < 0.5 else len(content)))


def _span(random, content):
    start = _place(random, content)
    return start, start + random.choice((1, 2, 3, 4, 8, 100, 512))


def _flip(random, content):
    for _ in range(random.choice((1, 1, 8))):
        place = _place(random, content)
        if place < len(content):
            content[place] ^= 1 << random.randrange(8)


def _cut(random, content):
    del content[_place(random, content) :]


def _insert(random, content):
    place = _place(random, content)
    content[place:place] = random.randbytes(random.choice((1, 2, 4, 44, 100)))


def _repeat(random, content):
    start, end = _span(random, content)
    place = random.choice((start, len(content)))
    content[place:place] = content[start:end]


def _remove(random, content):
    start, end = _span(random, content)
    del content[start:end]


def _blank(random, content):
    start, end = _span(random, content)
    content[start:end] = bytes([random.choice((0, 32, 0xFF))]) * len(content[start:end])


def _resize(random, content):
    """Put a size near the content's own where a header may have one."""
    near = max(0, len(content) + random.choice((-44, -36, -9, -8, -2, -1, 0, 1, 2, 8, 44)))
    place = random.randrange(0, START, random.choice((1, 4)))
    content[place : place + 4] = struct.pack(random.choice(("<I", ">I")), near)


def _extreme(random, content):
    form = random.choice(SIZES)
    width = struct.calcsize(form)
    place = _place(random, content)
    content[place : place + width] = struct.pack(form, random.choice(EXTREMES) & (256**width - 1))


def changed_tree(random, tree, write):
    """Return a text of `tree`, of dicts and lists, with one to three values of another kind. `write` makes the text."""
    tree = json.loads(json.dumps(tree))  # a copy
    nested = random.random() < 0.05
    for _ in range(1 if nested else random.choice((1, 1, 2, 3))):
        places = list(_places(tree))
        if not places:
            break
        holder, key = random.choice(places)
        if nested:
            holder[key] = "@nested@"
        elif isinstance(holder, dict) and random.random() < 0.2:
            value = holder.pop(key)
            if random.random() < 0.5:
                holder[random.choice(("", "x", f"{key} ", "settings", "same_as", "é"))] = value
        elif isinstance(holder, list) and random.random() < 0.2:
            holder.insert(key, random.choice(holder))
        else:
            holder[key] = _value(random)
    text = write(tree).replace('"@huge@"', "9" * 5000)  # Python refuses to write such a number
    depth = random.choice((3, 50, DEPTH))
    return text.replace('"@nested@"', "[" * depth + random.choice(("", "]" * depth)))


def _places(tree):
    for key, value in tree.items() if isinstance(tree, dict) else enumerate(tree):
        yield tree, key
        if isinstance(value, dict | list):
            yield from _places(value)


def _value(random):
    return random.choice(
        [
            *(0, -1, 3, 10**20, 10**400, "@huge@", 1.5, float("nan"), float("inf"), -float("inf"), True, False),
            *("", "x", "printed", "builtin", "\0", "a\nb", [], [[]], [[1], [2]], [1, "x"], [None], [True], [1e308] * 2),
            *({}, {"a": {"b": 1}}, {"at_least": 1}, {"at_least": "x"}, {"settings": 3}, {"same_as": "builtin"}, None),
            *([{}], [{"id": "x"}], [{"id": 3}], [{"id": []}], {"sha256": 1}, [[1, 2], [3, None]], [["1", "2"]]),
        ]
    )
