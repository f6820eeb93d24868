"""What the three printed lines of ch07 imply (E21), computed again from the lines and from the text itself."""

import collections
import itertools
import math
import re

import numpy as np
import pytest

from chapters.ch07_lstm_ptb import replay
from tests.support.chapters import shortened
from tests.support.markdown import tables

BOOK = shortened(replay)
EVIDENCE = BOOK.path.with_name("EVIDENCE.md").read_text(encoding="utf-8")
LINES = (33000, 33100, 33200)
BATCHES = 2218  # of an epoch
PRINTED = BOOK.printed_curve("train_perplexity_so_far")


def hundreds(perplexities, costs):
    """Return the mean cost of the two hundreds of batches between three lines. The first has a mean of `costs`."""
    sums = [(costs + 100 * i) * math.log(perplexity) for i, perplexity in enumerate(perplexities)]
    return [(later - earlier) / 100 for earlier, later in itertools.pairwise(sums)]


def rows(first):
    """Return the rows of the table of EVIDENCE.md whose first heading is `first`, as lists of cells."""
    (table,) = [table for table in tables(EVIDENCE) if table and next(iter(table[0])) == first]
    return [list(row.values()) for row in table]


def test_the_table_of_lists_follows_from_the_printed_lines():
    epochs = (1, 2, 3, 4, 5, 15)
    found = rows("the list holds")
    assert len(found) == len(epochs)
    for count, (_, *cells) in zip(epochs, found, strict=True):
        costs = LINES[0] - (15 - count) * BATCHES + 1
        first, second = hundreds(PRINTED, costs)
        both = f"{math.exp(first):.1f}, {math.exp(second):.1f}"
        assert cells == [f"{costs:,}", f"{first:.4f}", f"{second:.4f}", f"{second - first:.4f}", both]


def test_the_row_of_our_net_follows_from_its_output():
    logged = dict(re.findall(r"\[(\d+)/33270\] train perplexity: ([\d.]+)", EVIDENCE[EVIDENCE.rindex("## Output") :]))
    ours = [float(logged[str(line)]) for line in LINES]
    first, second = hundreds(ours, 1949)
    assert rows("what")[0][1:] == [f"{first:.4f}", f"{second:.4f}", f"{second - first:.4f}"]
    # So many costs give the printed lines the same difference between the two hundreds.
    slope = hundreds(PRINTED, 1)[1] - hundreds(PRINTED, 1)[0] - (hundreds(PRINTED, 0)[1] - hundreds(PRINTED, 0)[0])
    costs = (second - first - (hundreds(PRINTED, 0)[1] - hundreds(PRINTED, 0)[0])) / slope
    assert f"needs {costs:,.0f} costs" in EVIDENCE


def test_rounding_of_the_printed_lines_moves_no_digit_that_matters():
    exact = hundreds(PRINTED, 1949)
    half = 0.00005
    for signs in np.ndindex(2, 2, 2):
        moved = hundreds([value + half * (2 * sign - 1) for value, sign in zip(PRINTED, signs, strict=True)], 1949)
        assert np.abs(np.subtract(moved, exact)).max() < 0.001


def counted_costs(words):
    """Return the costs of all batches, [BATCHES], for a model of single words, and for one of pairs of words.

    Both count the text itself without the word or the pair at hand. The second is Witten and Bell's mixture of both.
    """
    size = BATCHES * 400
    first = np.array(words[:size], object)
    second = np.roll(first, -1)
    singles, pairs = collections.Counter(first), collections.Counter(zip(first, second, strict=True))
    followers = collections.Counter(word for word, _ in pairs)
    costs = np.empty((2, size))
    for i, pair in enumerate(zip(first, second, strict=True)):
        word, after = pair
        single = (singles[after] - 0.5) / (size - 1 + 0.5 * len(singles))
        kinds = followers[word] - (pairs[pair] == 1)
        total = singles[word] - 1 + kinds
        costs[:, i] = single, (pairs[pair] - 1 + kinds * single) / total if total else single
    return -np.log(costs).reshape(2, 20, BATCHES, 20).mean(axis=(1, 3))


@pytest.mark.real_data
def test_the_two_hundreds_of_the_text_are_not_alike(real_data):
    costs = counted_costs(next(real_data.rglob("ptb.train.txt")).read_text(encoding="utf-8").split())
    # The first line comes after 1,949 batches of its epoch.
    single, pairs = ([row[start : start + 100].mean() for start in (1949, 2049)] for row in costs)
    for (_, *cells), (first, second) in zip(rows("what")[1:], (pairs, single), strict=True):
        assert cells == [f"{first:.4f}", f"{second:.4f}", f"{second - first:.4f}"]
