"""A stand-in for the Penn Treebank text: Python's own language reference, in the same form.

The text is that of `pydoc_data.topics`, which comes with Python, so it differs a little from one Python to the next.
"""

import collections
import re
from pydoc_data.topics import topics

from common import ptb
from common.files import write_atomically

WORD = re.compile(r"\d[\d.]*|[a-z_]+(?:'[a-z]+)?")
RARE = 3
ROUND = 21  # paragraphs: two to the test text, one to the validation text, so that training has nine times the test


def paragraphs():
    """The topics' paragraphs as lists of words: lower case, without punctuation, numbers as N; none twice."""
    distinct = {}
    for name in sorted(topics):
        for paragraph in re.split(r"\n\s*\n", topics[name]):
            words = ["N" if word[0].isdigit() else word for word in WORD.findall(paragraph.lower())]
            if len(words) > 3:
                distinct[tuple(words)] = None
    return [list(words) for words in distinct]


def write_ptb(directory):
    """Write the training, validation and test text into `directory`, a paragraph a line.

    Words that the training text has fewer than three times are `<unk>` in all of them.
    """
    texts = {ptb.TRAIN: [], ptb.VALID: [], ptb.TEST: []}
    for number, words in enumerate(paragraphs()):
        place = number % ROUND
        texts[ptb.TEST if place in (6, 13) else ptb.VALID if place == 20 else ptb.TRAIN].append(words)
    counts = collections.Counter(word for words in texts[ptb.TRAIN] for word in words)
    for name, lines in texts.items():
        content = "".join(
            " ".join(word if counts[word] >= RARE else "<unk>" for word in words) + "\n" for words in lines
        )
        write_atomically(directory / name, content)
