"""Every name of the book's listings stands in the chapter's script, or under the departures of its README.

`listings.toml` holds the names, by chapter and by module of the book. `make test BOOK=file` reads them again from the
book's text, which is not in the repository.
"""

import ast
import re
import tomllib

import pytest

from common.judging.chapter import all_chapters
from common.paths import ROOT

CHAPTERS = {chapter.name: chapter for chapter in all_chapters() if chapter.name != "theory"}
LISTINGS = tomllib.loads((ROOT / "tests" / "chapters" / "listings.toml").read_text(encoding="utf-8"))
# What the book has as a module of its own is a module here too.
MODULES = {"cifar10": ROOT / "common" / "cifar10.py", "download": ROOT / "data" / "download.py"}
LAYERS = ROOT / "common" / "layers.py"


# The book's side.


def books_names(text):
    """Return the names that the listings in the book's `text` assign, as `listings.toml` holds them."""
    found = {}
    for chapter, blocks in zip(CHAPTERS, listings(text), strict=True):
        found[chapter] = {}
        for module, code in blocks:
            names = found[chapter].setdefault(module, [])
            names += [name for name in names_of_code(code) if name not in names]
    return found


def listings(text):
    """Return, for each section with a program, its code blocks as pairs of module and code.

    A section starts at a numbered heading with the word 직접, and it ends at the next numbered heading. A line such as
    [download.py] names the module of the blocks below it. The second heading of code ends the module. All other blocks
    are of the module "listing".
    """
    sections, module, headings, block = [], "listing", 0, None
    inside = False
    for line in text.splitlines():
        if line.startswith("```"):
            if block is None:
                block = []
            else:
                if inside:
                    sections[-1].append((module, "\n".join(block)))
                block = None
        elif block is not None:
            block.append(line)
        elif re.match(r"#+ +[IVX]+\.|# CONTENTS", line):
            inside = "직접" in line
            module = "listing"
            if inside:
                sections.append([])
        elif named := re.match(r"[# ]*\[(\w+)\.py\]", line):
            module, headings = named[1], 0
        elif re.match(r"[#* ]*실행 코드", line):
            headings += 1
            if headings > 1:
                module = "listing"
    return sections


def names_of_code(code):
    """Return the names that `code` assigns, in its order. A line that is not Python costs only its own names.

    The names are those of assignments, loops, comprehensions, `with ... as`, functions and their parameters.
    """
    names = []
    for line in joined_lines(code):
        if function := re.match(r"def\s+(\w+)\s*\((.*)\)\s*:", line):
            names += [function[1], *(part.partition("=")[0].strip() for part in function[2].split(","))]
            continue
        for targets in re.findall(r"\bfor\s+(.+?)\s+in\b", line):
            names += re.findall(r"\w+", targets)
        if re.match(r"with\b", line):
            names += re.findall(r"\bas\s+(\w+)", line)
        for statement in line.split(";"):
            *targets, _ = split_at_top(statement, r"(?<![=!<>+*/-])=(?!=)")
            for target in targets:
                names += [part.strip() for part in split_at_top(target, ",")]
    return [name for name in dict.fromkeys(names) if re.fullmatch(r"[^\W\d]\w*", name) and name != "_"]


def joined_lines(code):
    """Yield the lines of `code` without comments and contents of strings, joined while a bracket is open."""
    pending = ""
    for line in code.splitlines():
        line = re.sub(r"'[^']*'|\"[^\"]*\"", "''", line).partition("#")[0].strip()
        pending = f"{pending} {line}".strip()
        if sum(map(pending.count, "([{")) <= sum(map(pending.count, ")]}")):
            yield pending
            pending = ""
    yield pending


def split_at_top(text, separator):
    """Return the parts of `text` between the matches of `separator` that lie outside all brackets."""
    parts, start = [], 0
    for match in re.finditer(separator, text):
        before = text[: match.start()]
        if sum(map(before.count, "([{")) == sum(map(before.count, ")]}")):
            parts.append(text[start : match.start()])
            start = match.end()
    return [*parts, text[start:]]


# The project's side.


def assigned_names(source):
    """Return the names that a Python file's text assigns: as in the listings, and attributes and namespaces' names."""
    names = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Name | ast.Attribute) and isinstance(node.ctx, ast.Store):
            names.add(node.id if isinstance(node, ast.Name) else node.attr)
        elif isinstance(node, ast.FunctionDef | ast.ClassDef):
            names.add(node.name)
        elif isinstance(node, ast.arg):
            names.add(node.arg)
        elif isinstance(node, ast.Call) and getattr(node.func, "id", "") == "SimpleNamespace":
            names |= {keyword.arg for keyword in node.keywords if keyword.arg}
    return names


def imported_from(source, module):
    """Return whether a Python file's text imports names from `module`, such as common.layers."""
    return any(isinstance(node, ast.ImportFrom) and node.module == module for node in ast.walk(ast.parse(source)))


def departures(readme):
    """Return the names in backticks under the heading of departures in a README's text."""
    section = re.search(r"^## Departures from the listing\n(.*?)(?=^## |\Z)", readme, re.M | re.S)
    return set(re.findall(r"`([^\W\d]\w*)`", section[1])) if section else set()


def missing(listing, source, readme):
    """Return the names of `listing` (module to names) that neither the script's text nor the README's text has."""
    said = assigned_names(source) | departures(readme)
    if imported_from(source, "common.layers"):
        said |= assigned_names(LAYERS.read_text(encoding="utf-8"))
    found = []
    for module, names in listing.items():
        also = assigned_names(MODULES[module].read_text(encoding="utf-8")) if module in MODULES else set()
        found += [name for name in names if name not in said | also]
    return found


def texts(chapter):
    """Return the text of the chapter's replay.py and that of its README."""
    folder = CHAPTERS[chapter].path.parent
    return [(folder / name).read_text(encoding="utf-8") for name in ("replay.py", "README.md")]


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_every_name_of_the_listing_is_in_the_script_or_under_departures(chapter):
    assert missing(LISTINGS[chapter], *texts(chapter)) == []


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_each_renamed_variable_is_missed(chapter):
    source, readme = texts(chapter)
    elsewhere = departures(readme) | assigned_names(LAYERS.read_text(encoding="utf-8"))
    own = [name for name in LISTINGS[chapter]["listing"] if name in assigned_names(source) - elsewhere]
    assert len(own) > 10
    for name in own:
        renamed = re.sub(rf"\b{name}\b", f"{name}_renamed", source)
        assert missing({"listing": [name]}, source, readme) == []
        assert missing({"listing": [name]}, renamed, readme) == [name]


def test_only_the_section_of_departures_excuses_a_name():
    source, readme = texts("ch01")
    renamed = re.sub(r"\bbatch_xs\b", "images", source)
    assert missing(LISTINGS["ch01"], renamed, f"{readme}\n## Output\n\n- `batch_xs`\n") == ["batch_xs"]
    heading = "## Departures from the listing\n"
    assert missing(LISTINGS["ch01"], renamed, readme.replace(heading, f"{heading}\n- `batch_xs`\n")) == []
    assert missing(LISTINGS["ch01"], renamed, readme.replace(heading, f"{heading}\n- batch_xs\n")) == ["batch_xs"]


def test_layers_count_only_for_a_script_that_imports_them():
    source, readme = texts("ch02")
    without = source.replace("from common.layers import", "from elsewhere import")
    for name in ("weight_variable", "bias_variable"):
        assert name not in missing(LISTINGS["ch02"], source, readme)
    assert "initial" in missing(LISTINGS["ch02"], without, readme)


def test_odd_lines_of_a_scan_cost_no_names():
    code = """
from pylab import*
a , b_1 = pair(1, key=2)   # c = 3
n= len(text) ;  d = 'e = 5';
part[::(n)] = other.attribute = 0
total += n == 7
with open(name) as stream:
for i, (row, _) in items:
    kept = [(left, right) for left, right in row if left >= right]
def area(width, height=None, *, unit="cm = 1"):
result, state = run([a, d],
    , feed={a: 1}, limit=2)
step 0, accuracy 0.13
odd line here last = 1
"""
    found = "a b_1 n d stream i row left right kept area width height unit result state"
    assert names_of_code(code) == found.split()


def test_blocks_belong_to_the_section_and_module_above_them():
    text = """
## I. 이론
```
a = 1
```
## II. 직접
[download.py]
실행 코드
```
b = 1
```
## [cifar10.py]
### 실행 코드
```
c = 1
```
```
d = 1
```
**실행 코드**
```
e = 1
```
# CONTENTS
```
f = 1
```
"""
    assert listings(text) == [[("download", "b = 1"), ("cifar10", "c = 1"), ("cifar10", "d = 1"), ("listing", "e = 1")]]


def test_listings_toml_holds_the_names_of_the_book_s_text(book_text):
    assert books_names(book_text) == LISTINGS
