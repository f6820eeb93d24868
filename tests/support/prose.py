"""The rules of the prose: sentences of fewer than twenty words, and functions that start with a verb.

`long_sentences` and `wrong_starts` return complaints about a Python file or a page in Markdown. Tables, code, headings,
quotations and Korean sentences are left out.
"""

import ast
import re
from pathlib import Path

WORDS = 20
VERBS = frozenset(
    """
    Accept Add Allow Answer Append Apply Ask Assert Begin Bring Build Call Carry Change Check Choose Clear Close
    Collect Compare Complain Complete Compute Continue Convert Convolve Copy Count Create Cut Decide Decode
    Decorate Delete Describe Distort Divide Do Download Drain Draw Drop Embed Encode End Escape Evaluate Execute
    Exit Expect Express Extract Fail Feed Fetch Fill Find Fit Flatten Flip Flush Fold Forget Format Gather Generate
    Get Give Go Guard Hand Hold Import Inflate Insert Install Join Judge Keep Know Leave Let Limit Link List Load
    Lock Look Make Mark Measure Mix Move Name Normalize Note Number Open Order Pack Pad Parse Pass Pick Place Play
    Plot Point Prepare Print Process Put Raise Read Receive Record Refuse Register Release Remove Rename Render
    Repeat Replace Replay Report Reset Resize Restore Return Reverse Round Run Sample Save Say Scale Search See
    Select Send Serve Set Shorten Show Shuffle Sort Split Start Stay Stop Store Sum Switch Synthesise Take Tell
    Test Time Train Translate Try Turn Unpack Unroll Update Use Wait Walk Warn Weight Work Wrap Write Yield Zip
    """.split()  # noqa: SIM905 (one line a verb would be long)
)
# The third person without a subject: "Raises IdxError for ...".
NO_SUBJECT = re.compile(
    r"(Raises|Returns|Yields|Writes|Prints|Gives|Reads|Takes|Draws|Holds|Shows) (?!and\b|or\b|are\b)"
)
HANGUL = re.compile(r"[가-힣]")


def plain(text):
    """Return `text` without code, tables, headings, quotations and the addresses of links."""
    text = re.sub(r"^ *(```|~~~).*?^ *\1", "\n", text, flags=re.S | re.M)
    text = re.sub(r"!?\[([^\]]*)\]\([^)]*\)", r"\1", text)
    text = re.sub(r"``[^`]*``|`[^`]*`", "X", text)
    # Four spaces begin a block of code after an empty line only.
    text = re.sub(r"(?<=\n\n)(?: {4}.*\n?|\n(?= {4}))+", "\n", f"\n\n{text}")
    return re.sub(r"^ *[|#<>].*$", "", text, flags=re.M)


def sentences(text):
    """Yield the sentences of `text`: they end in a mark before a capital letter, a number or code."""
    for paragraph in re.split(r"\n\s*\n|^\s*[-*] |^\s*\d+\. ", plain(text), flags=re.M):
        yield from re.split(r"(?<=[.!?:;])[)\"']*\s+(?=[A-Z가-힣`*(\"'\[])", " ".join(paragraph.split()))


def words(sentence):
    """Return the words of `sentence`: what has a letter or a digit."""
    return [word for word in sentence.split() if re.search(r"\w", word)]


def is_korean(sentence):
    """Return whether at least half of the words have a Hangul letter."""
    return 2 * sum(bool(HANGUL.search(word)) for word in words(sentence)) >= max(1, len(words(sentence)))


def docstrings(path):
    """Yield (line, docstring, node) of the module, classes and functions of the file `path`."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            docstring = ast.get_docstring(node)
            if docstring:
                yield getattr(node, "lineno", 1), docstring, node


def texts(path):
    """Yield (line, text) of what is prose in the file `path`: a page, or the docstrings of a module."""
    if path.suffix == ".py":
        yield from ((line, docstring) for line, docstring, _ in docstrings(path))
    else:
        yield 1, path.read_text(encoding="utf-8")


def long_sentences(path):
    """Complain of the sentences of twenty words or more in the file `path`."""
    return [
        f"{path}:{line}: {len(words(sentence))} words: {sentence}"
        for line, text in texts(Path(path))
        for sentence in sentences(text)
        if len(words(sentence)) >= WORDS and not is_korean(sentence)
    ]


def is_property(node):
    """Return whether the function `node` is read as a value."""
    words = [getattr(word, "func", word) for word in node.decorator_list]  # @fixture and @fixture(scope="module")
    names = {getattr(word, "attr", getattr(word, "id", None)) for word in words}
    return not names.isdisjoint({"property", "cached_property", "fixture"})


def wrong_starts(path):
    """Complain of functions of the module `path` that do not start with a verb, and sentences without a subject."""
    complaints = []
    for line, docstring, node in docstrings(Path(path)):
        is_function = isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and not is_property(node)
        if is_function and docstring.split()[0].rstrip(",:") not in VERBS:
            complaints.append(f"{path}:{line}: {node.name} does not start with a verb: {docstring.splitlines()[0]}")
        found = [sentence for sentence in sentences(docstring) if NO_SUBJECT.match(sentence)]
        complaints += [f"{path}:{line}: no subject: {sentence}" for sentence in found]
    return complaints
