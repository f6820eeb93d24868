"""The pages of the project in its two languages: how each words what a test reads, and what both must have.

The functions return complaints. A complaint names the page that has to change.
"""

import re
from dataclasses import dataclass, field
from pathlib import Path

from tests.support.markdown import cells, column, links, numbers, tables, without_code

COLUMNS = ("chapter", "pages", "profile", "metric", "printed", "replayed", "threshold", "verdict")


@dataclass(frozen=True)
class Language:
    """A Language is how the pages of one language word what a test reads.

    `page` is the name of its pages. `headers` are the words of COLUMNS that start the headers of tables. `every` starts
    the cell of all profiles. `departures` and `questions` are patterns of headings. `pages` and `seeds` are patterns:
    where `{}` stands for the pages, and where the groups are the seeds and the texts that they were measured on.
    `reach` are the words of a verdict. `factor` and `shares` are how the page of all chapters words the numbers of
    thresholds.
    """

    name: str
    page: str
    every: str
    departures: str
    questions: str
    pages: str
    seeds: str
    headers: dict = field(repr=False)
    reach: dict = field(repr=False)
    factor: str
    shares: str

    def cell(self, row, word):
        """Return the cell of `row` below the header for `word` of COLUMNS."""
        return column(row, self.headers[word])

    def words(self, *words):
        """Return how the headers for `words` start, as a list."""
        return [self.headers[word] for word in words]


ENGLISH = Language(
    name="English",
    page="README.md",
    every="all",
    departures="## Departures",
    questions="## Questions",
    pages=r"pages? {}",
    seeds=r"(?<!\d)(\d+) seeds(?: on (?:the )?(?:texts of )?(\d+) (?:texts|Pythons))?",
    headers={word: word for word in COLUMNS},
    reach={"within": "within reach", "beyond": "beyond reach"},
    factor=r"(?<![\d.]){factor} for {seeds}\b",
    shares="A hundred show {hundred} of 100, and ten {ten} of 100,",
)
KOREAN = Language(
    name="Korean",
    page="README.ko.md",
    every="모두",
    departures="## 책.*다른 점",
    questions="## 바꿔 보기",
    pages=r"{}(?:쪽|, )",
    seeds=r"시드 (\d+)개(?:, 글 (\d+)편|, Python (\d+)개의 글)?",
    headers=dict(
        zip(COLUMNS, ("장", "쪽", "프로필", "지표", "책의 수치", "다시 얻은 수치", "기준", "판정"), strict=True)
    ),
    reach={"within": "나올 수 있는 범위 안", "beyond": "나올 수 있는 범위 밖"},
    factor=r"(?<!\d){seeds}개일 때 {factor}(?!\d)",
    shares="시드 100개로는 {hundred}번, 10개로는 {ten}번까지",
)
LANGUAGES = (ENGLISH, KOREAN)


def english_of(page):
    """Return the path of the English page that the Korean `page` stands beside."""
    return Path(page).with_name(ENGLISH.page)


def spaced(text):
    """Return `text` with a space between a digit and a Hangul letter, so that a number is a word of its own."""
    return re.sub(r"(?<=[0-9])(?=[가-힣])|(?<=[가-힣])(?=[0-9])", " ", text)


def first_screen(text):
    """Return the part of a page up to the end of its departures. A page without departures is returned whole."""
    for language in LANGUAGES:
        found = re.search(rf"^{language.departures}.*?(?=^## |\Z)", text, flags=re.M | re.S)
        if found:
            return text[: found.end()]
    return text


def shared(text):
    """Return the part of a page that both languages have: the first screen and the questions, without the glossary."""
    start = re.split(r"^## 용어$", first_screen(text), flags=re.M)[0]
    headings = "|".join(language.questions for language in LANGUAGES)
    asked = re.search(rf"^(?:{headings})$.*?(?=^## |\Z)", text, flags=re.M | re.S)
    return f"{start}\n{asked[0]}" if asked else start


def code(text):
    """Return the lines of code of a page: those of its fenced blocks, and those after four spaces."""
    lines, fenced, before = [], False, ""
    for line in text.splitlines():
        if line.startswith("```"):
            fenced = not fenced
        elif fenced or (line.startswith("    ") and (not before or before.startswith("    "))):
            lines.append(line)
        before = line
    return lines


def without_code_and_tables(text):
    """Return the lines of a page outside blocks of code and tables, headings among them."""
    return [line for line in without_code(text) if not line.startswith(("|", "    "))]


def prose(text):
    """Return a page without its blocks of code, tables and the addresses of its links, spaced."""
    return spaced(re.sub(r"\]\([^)]*\)", "]", "\n".join(without_code_and_tables(text))))


def is_same_code(english, korean):
    """Return whether two lines of code are the same but for what stands after two spaces, in Korean."""
    if english == korean:
        return True
    parts = [re.split(r"(?<=\S) {2,}", line, maxsplit=1) for line in (english, korean)]
    return len(parts[0]) == len(parts[1]) == 2 and parts[0][0] == parts[1][0] and bool(re.search("[가-힣]", korean))


def code_that_differs(english, korean):
    """Complain of the lines of code of the page `english` (a text) that `korean` has otherwise, or not there."""
    expected, found = code(english), code(korean)
    complaints = [
        f"expected {a!r}, found {b!r}" for a, b in zip(expected, found, strict=False) if not is_same_code(a, b)
    ]
    complaints += [f"the line {line!r} is missing" for line in expected[len(found) :]]
    return complaints + [f"the line {line!r} is not on the English page" for line in found[len(expected) :]]


def figures_that_differ(english, korean):
    """Complain of the figures that one of two pages (texts) has and the other lacks.

    In tables they are compared cell by cell. In prose a figure has a point or at least two digits, since a small number
    may be a word.
    """
    complaints = []
    pairs = list(zip(tables(english), tables(korean), strict=False))
    if len(tables(english)) != len(tables(korean)):
        complaints.append(f"expected {len(tables(english))} tables, found {len(tables(korean))}")
    for ours, theirs in pairs:
        if len(ours) != len(theirs):
            complaints.append(f"expected {len(ours)} rows, found {len(theirs)}: {next(iter(theirs[0]))}")
        for row, other in zip(ours, theirs, strict=False):
            if len(row) != len(other):
                complaints.append(f"expected {len(row)} columns, found {len(other)}")
            for cell, korean_cell in zip(row.values(), other.values(), strict=False):
                wanted, found = sorted(figures(cell)), sorted(figures(korean_cell))
                if wanted != found:
                    complaints.append(f"expected {wanted}, found {found} in the cell: {korean_cell}")
    ours, theirs = (figures(prose(text)) for text in (english, korean))
    complaints += [f"the figure {figure} is missing" for figure in sorted(set(ours) - set(theirs))]
    return complaints + [f"the figure {name} is not on the English page" for name in sorted(set(theirs) - set(ours))]


def figures(text):
    """Return the numbers of `text` that are figures, with the names of claims and findings, in a list."""
    text = spaced(re.sub(r"`[^`]*`|\]\([^)]*\)", " ", text))
    found = [number for number in numbers(text) if re.search(r"\d\D*\d", number)]
    return found + re.findall(r"\b[A-Z]\d{2,3}\b", text)


def names(text):
    """Return the set of what stands in backticks in the prose and the lists of a page, pages by their English names."""
    return {name.replace(".ko.md", ".md") for name in re.findall(r"`([^`]+)`", prose(text))}


def names_that_differ(english, korean):
    """Complain of the names in backticks that one of two pages (texts) has and the other lacks."""
    ours, theirs = names(english), names(korean)
    complaints = [f"the name `{name}` is missing" for name in sorted(ours - theirs)]
    return complaints + [f"the name `{name}` is not on the English page" for name in sorted(theirs - ours)]


def points(text):
    """Return how many points the lists of a page have."""
    return len(re.findall(r"^- ", text, flags=re.M))


def links_to_english(page):
    """Complain of the links of the Korean `page` (a path) to a page that is there in Korean, but for its first line."""
    text = page.read_text(encoding="utf-8").split("\n", 1)[1]
    return [
        f"the link to {target} leads to the English page: expected {target.removesuffix('.md')}.ko.md"
        for target in links(text)
        if target.endswith(".md") and not target.endswith(".ko.md")
        if (page.parent / target).with_suffix(".ko.md").exists()
    ]


def glossary(text):
    """Return the glossary of the page `text` as a list of (English term, Korean term, pages of the book)."""
    rows = [cells(line) for line in text.splitlines() if line.startswith("|")]
    start = next(i for i, row in enumerate(rows) if row[0] == "영어")
    return [tuple(row) for row in rows[start + 2 :]]
