"""Set the book's printed output beside a replayed one, line by line."""

import re
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import cache

from common.judging.comparing import squeezed

GAP = "생략"  # "omitted": the book marks with it where it leaves lines out
FOLDED = 6  # the report folds more replayed lines than this when no printed line stands beside them
ALIKE = 0.75  # the least share of their form that two lines must have in common to be a pair

_TOKEN = re.compile(r"\d+(?:\.\d+)?|[^\W\d_]+|\s+|.", re.DOTALL)
_STEP = re.compile(r"(?:step |\[)(\d+)[,/]")


@dataclass(frozen=True)
class Row:
    """A Row is one row of the comparison.

    `kind` is 'same', 'changed', 'missing' (printed only), 'extra' (replayed only) or 'gap'. Runs of spaces do not make
    two lines differ. A 'gap' holds the `lines` that were replayed there. The book may have its mark there, or nothing.
    `printed` and `replayed` are the two lines as pieces (text, whether it differs). They are None where there is none.
    """

    kind: str
    printed: tuple | None = None
    replayed: tuple | None = None
    lines: tuple = ()


def compare(printed, replayed):
    """Return the list of Rows of two outputs (str), in order. Blank lines are left out.

    Lines of different steps never stand beside each other. Other lines do in two cases. They are mostly the same apart
    from their numbers, or they have the same parts in another order.
    """
    printed = [line for line in printed.splitlines() if line.strip()]
    replayed = [line for line in replayed.splitlines() if line.strip()]
    rows, held, gap = [], [], None

    def release():
        nonlocal gap
        if gap is not None or len(held) > FOLDED:
            rows.append(Row("gap", gap, lines=tuple(held)))
        else:
            rows.extend(Row("extra", replayed=((line, False),)) for line in held)
        held.clear()
        gap = None

    for left, right in _align(printed, replayed):
        if left is None:
            held.append(replayed[right])
            continue
        release()
        if right is not None:
            rows.append(_pair(printed[left], replayed[right]))
        elif GAP in printed[left]:
            gap = ((printed[left], False),)
        else:
            rows.append(Row("missing", printed=((printed[left], False),)))
    release()
    return rows


def _align(printed, replayed):
    """Yield the pairs of indices with the greatest sum of `_likeness`. None is the side without a line.

    Outside the book's gaps, a replayed line without a printed one costs a little. So such lines gather in the gaps.
    """
    m, n = len(printed), len(replayed)
    after_gap = [i > 0 and GAP in printed[i - 1] for i in range(m + 1)]
    likeness = [[0.0 if GAP in left else _likeness(left, right) for right in replayed] for left in printed]
    best = [[0.0] * (n + 1) for _ in range(m + 1)]
    for i in range(m, -1, -1):
        cost = 0.0 if after_gap[i] else 0.001
        for j in range(n, -1, -1):
            choices = []
            if j < n:
                choices.append(best[i][j + 1] - cost)
            if i < m:
                choices.append(best[i + 1][j])
            if i < m and j < n and likeness[i][j]:
                choices.append(best[i + 1][j + 1] + likeness[i][j])
            best[i][j] = max(choices, default=0.0)
    i = j = 0
    while i < m or j < n:
        pair = i < m and j < n and likeness[i][j] and best[i][j] == best[i + 1][j + 1] + likeness[i][j]
        skip = j < n and best[i][j] == best[i][j + 1] - (0.0 if after_gap[i] else 0.001)
        if pair:
            yield i, j
            i, j = i + 1, j + 1
        elif skip and (after_gap[i] or i == m or best[i][j] != best[i + 1][j]):
            yield None, j
            j += 1
        else:
            yield i, None
            i += 1


def _likeness(left, right):
    """Return how alike two lines are: 0 means that they do not belong together, 1 that only spaces differ."""
    steps = [match and match[1] for match in map(_STEP.match, (left, right))]
    if steps[0] != steps[1]:
        return 0.0
    if squeezed(left) == squeezed(right):
        return 1.0
    if sorted(_TOKEN.findall(squeezed(left))) == sorted(_TOKEN.findall(squeezed(right))):
        return 0.9
    form = _ratio(re.sub(r"\d+(\.\d+)?", "0", squeezed(left)), re.sub(r"\d+(\.\d+)?", "0", squeezed(right)))
    return (form + _ratio(squeezed(left), squeezed(right))) / 2 if form >= ALIKE else 0.0


@cache
def _ratio(left, right):
    return SequenceMatcher(None, _TOKEN.findall(left), _TOKEN.findall(right), autojunk=False).ratio()


def _pair(left, right):
    if squeezed(left) == squeezed(right):
        return Row("same", ((left, False),), ((right, False),))
    a, b = _TOKEN.findall(left), _TOKEN.findall(right)
    printed, replayed = [], []
    for tag, i1, i2, j1, j2 in SequenceMatcher(None, a, b, autojunk=False).get_opcodes():
        for pieces, text in ((printed, "".join(a[i1:i2])), (replayed, "".join(b[j1:j2]))):
            if text:
                pieces.append((text, tag != "equal" and not text.isspace()))
    return Row("changed", tuple(printed), tuple(replayed))
