"""Read what the project's own pages say of findings and claims. The report quotes it, so that it stands alone."""

import re
from dataclasses import dataclass

from markupsafe import Markup

from common.files import read_regular
from common.language import LANGUAGES
from common.paths import ROOT
from common.reporting.bilingual import Text, either, marked

CHAPTERS = ROOT / "chapters"
FINDING = re.compile(r"\| *(E\d\d) *\|")
CLAIM = re.compile(r"\b[A-Z]\d{2,3}\b")
RANGE = re.compile(r"\b([A-Z])(\d{2,3})(?: to |부터 )[A-Z](\d{2,3})\b")
SENTENCE = re.compile(r"(?<=[.:!?]) +")


@dataclass(frozen=True)
class Statement:
    """A Statement is what a page says of a claim: `text`, as Markup, and the `place` where it stands."""

    place: str
    text: Markup


def findings():
    """Return the findings of chapters/README.md as a list of (id, [chapter, ...], the book, here). Both are Texts.

    The Korean page has the same table. Where it lacks a finding, the English words stand.
    """
    pages = [_findings(page) for page in _translations(CHAPTERS / "README.md")]
    first = pages[0]
    return [
        (name, chapters, *(either(*[page.get(name, first[name])[place] for page in pages]) for place in (1, 2)))
        for name, (chapters, *_) in first.items()
    ]


def _findings(text):
    found = {}
    for line in text.splitlines():
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
        if FINDING.match(line) and len(cells) == 4:
            name, chapters, book, here = cells
            found[name] = (re.findall(r"\bch\d\d\b|\btheory\b(?=\])", chapters), inline(book), inline(here))
    return found


def statements(chapter):
    """Return what the chapter's pages say of its claims, as {id: Text of the Statement's HTML and place}.

    The first page that names the claim counts: README.md, EVIDENCE.md, or the entry of book.toml itself.
    """
    folder = chapter.path.parent
    readmes = [_statements(text, path.name) for text, path in _with_paths(folder / "README.md")]
    evidence = [_statements(text, path.name) for text, path in _with_paths(folder / "EVIDENCE.md")]
    entries = _entries(chapter.path)
    found = {}
    for claim in chapter.claims:
        name = claim["id"]
        said = [
            readmes[place].get(name) or readmes[0].get(name) or evidence[place].get(name) or entries.get(name)
            for place in range(len(LANGUAGES))
        ]
        if all(said):
            found[name] = Text(tuple(_html(folder, statement) for statement in said))
    return found


def _html(folder, statement):
    place = f"chapters/{folder.name}/{statement.place}"
    return Markup("<code>{}</code> {}").format(place, statement.text)


def _translations(path):
    """Return the text of the page `path` for each of LANGUAGES. One that is not there is the first one again."""
    return [text for text, _ in _with_paths(path)]


def _with_paths(path):
    names = [path, *(path.with_suffix(f".{language}{path.suffix}") for language in LANGUAGES[1:])]
    found = []
    for name in names:
        try:
            found.append((read_regular(name).decode("utf-8", "replace"), name))
        except OSError:
            found.append(found[0] if found else ("", path))
    return found


def _statements(text, name):
    """Return {claim: Statement} of the page `text` whose file is `name`. Blocks of code are left out."""
    found, fenced, block = {}, False, []

    def settle():
        for sentence, number in _sentences(block):
            for claim in _named(sentence):
                found.setdefault(claim, Statement(f"{name}:{number}", inline(sentence)))
        block.clear()

    for number, line in enumerate(text.splitlines(), 1):
        fenced ^= line.lstrip().startswith("```")
        if fenced or not line.strip() or re.match(r"[|#]|[-*] ", line):
            settle()
        if not fenced and line.startswith("|"):
            cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
            block.append((" · ".join(cell for cell in cells if cell), number))
            settle()
        elif not fenced and not line.startswith("```"):
            block.append((line.strip().removeprefix("- "), number))
    settle()
    return found


def _sentences(block):
    """Yield the sentences of a block of (line, number), with the number of the line in which each ends."""
    if len(block) == 1 and " · " in block[0][0]:
        yield block[0]
        return
    text, ends = "", []
    for line, number in block:
        text += f" {line}"
        ends.append((len(text), number))
    start = 0
    for part in SENTENCE.split(text.strip()):
        start = text.index(part, start) + len(part)
        yield part, next((number for end, number in ends if start <= end), ends[-1][1] if ends else 0)


def _named(text):
    """Return the claims that `text` names, with those in between of "D17 to D23"."""
    names = set(CLAIM.findall(text))
    for letter, first, last in RANGE.findall(text):
        names |= {f"{letter}{number:0{len(first)}}" for number in range(int(first), int(last) + 1)}
    return names


def _entries(path):
    """Return {claim: Statement} of the entries of the `book.toml` at `path`."""
    found = {}
    for number, line in enumerate(read_regular(path).decode("utf-8", "replace").splitlines(), 1):
        entry = re.search(r'\bid = "([^"]+)"', line)
        if entry:
            text = Markup("<code>{}</code>").format(marked(line.strip().rstrip(",")))
            found.setdefault(entry[1], Statement(f"{path.name}:{number}", text))
    return found


def inline(text):
    """Return a line of Markdown as Markup: code and bold are such, and a link is its words."""
    text = re.sub(r"!?\[([^\]]*)\]\([^)]*\)", r"\1", text)
    parts = re.split(r"`([^`]*)`", text)
    made = [
        Markup("<code>{}</code>").format(marked(part))
        if place % 2
        else Markup(re.sub(r"\*\*(.+?)\*\*", r"<b>\1</b>", marked(part)))
        for place, part in enumerate(parts)
    ]
    return Markup("").join(made)
