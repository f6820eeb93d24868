"""Write a stand-in for the Penn Treebank text: Python's own language reference, in the same form.

The text is that of `pydoc_data.topics`, which comes with Python. It differs a little from one Python to the next.
"""

import collections
import re
from pydoc_data.topics import topics

from common import ptb
from common.files import write_atomically

WORD = re.compile(r"\d[\d.]*|[a-z_]+(?:'[a-z]+)?")
RARE = 3
ROUND = 21  # paragraphs: 18 for training, two for the test, one for validation


def paragraphs():
    """Return the topics' paragraphs as lists of words, none twice.

    The words are lower case, without punctuation. Numbers are N.
    """
    distinct = {}
    for name in sorted(topics):
        for paragraph in re.split(r"\n\s*\n", topics[name]):
            words = ["N" if word[0].isdigit() else word for word in WORD.findall(paragraph.lower())]
            if len(words) > 3:
                distinct[tuple(words)] = None
    return [list(words) for words in distinct]


def write_ptb(directory):
    """Write the training, validation and test text into `directory`, one paragraph a line.

    A word that the training text has fewer than three times is `<unk>` in all three.
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
