"""The prose of the project: short sentences, and functions whose first word says what they do."""

import pytest

from common.paths import ROOT
from tests.support import prose

FOLDERS = ("chapters", "common", "data")
MODULES = [path for top in FOLDERS for path in sorted((ROOT / top).rglob("*.py"))]
PAGES = [*ROOT.glob("*.md"), *(page for top in FOLDERS for page in (ROOT / top).rglob("*.md"))]


def name(path):
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("path", [*MODULES, *PAGES], ids=name)
def test_sentences_have_fewer_than_twenty_words(path):
    assert prose.long_sentences(path) == []


@pytest.mark.parametrize("path", MODULES, ids=name)
def test_functions_start_with_a_verb_and_sentences_have_a_subject(path):
    assert prose.wrong_starts(path) == []


LONG = " ".join(["word"] * 20)
SHORT = " ".join(["word"] * 19)


@pytest.mark.parametrize(
    ("text", "count"),
    [
        (f"{LONG}.", 1),
        (f"{SHORT}.", 0),
        (f"{SHORT}. A {SHORT}.", 1),
        (f"Short: {SHORT}.", 1),
        (f"Short: A b c. A {SHORT[5:]}.", 0),
        (f"A list:\n\n- {SHORT}\n- {SHORT}\n\n1. {SHORT}\n2. {LONG}", 1),
        (f"# {LONG}\n{LONG}", 1),
        (f"| {LONG} |\n|---|\n", 0),
        (f"> {LONG}", 0),
        (f"```\n{LONG}\n```\n\n{LONG}", 1),
        (f"Run this:\n\n    {LONG}\n    {LONG}\n\n    {LONG}\n\n{LONG}", 1),
        (f"- one\n    {LONG}", 1),
        (f"`{LONG}` is one word, [{SHORT}](a/b.md)", 1),
        (" ".join(["낱말을"] * 25) + ".", 0),
        (" ".join(["낱말을"] * 9 + ["word"] * 20) + ".", 1),
        (f"{' '.join(['half'] * 10)} - - {' '.join(['half'] * 9)}", 0),
    ],
)
def test_long_sentences_of_a_page_are_found(text, count, tmp_path):
    (tmp_path / "page.md").write_text(text, encoding="utf-8")
    found = prose.long_sentences(tmp_path / "page.md")
    assert len(found) == count, found


@pytest.mark.parametrize(
    ("docstring", "words"),
    [
        ("Return the sum.", None),
        ("Return the sum.\n\n    It raises ValueError for none.", None),
        ("Draws and sums repeat. Prints are kept.", "does not start with a verb"),
        ("The sum.", "does not start with a verb"),
        ("Returns the sum.", "does not start with a verb"),
        ("`a` and `b`, added.", "does not start with a verb"),
        ("Return the sum. Raises ValueError for none.", "no subject: Raises ValueError"),
        ("Return the sum.\n\n    Prints it too.", "no subject: Prints it too."),
    ],
)
def test_a_function_without_its_verb_is_found(docstring, words, tmp_path):
    path = tmp_path / "module.py"
    path.write_text(f'class A:\n    """An A is."""\n    def f(self):\n        """{docstring}"""\n', encoding="utf-8")
    found = prose.wrong_starts(path)
    assert bool(found) == bool(words) and (not words or words in found[0])


def test_a_property_and_a_function_without_words_are_left_alone(tmp_path):
    path = tmp_path / "module.py"
    path.write_text('"""One."""\n@property\ndef f(self):\n    """The sum."""\ndef g(): pass\n', encoding="utf-8")
    assert prose.wrong_starts(path) == []


def test_a_long_docstring_is_found_wherever_it_stands(tmp_path):
    path = tmp_path / "module.py"
    path.write_text(f'"""{LONG}."""\nclass A:\n    """{LONG}."""\n    def f(self):\n        """{LONG}."""\n')
    assert [line.split(":")[1] for line in prose.long_sentences(path)] == ["1", "2", "4"]
