"""Pages in Markdown: their tables, cell by cell, and their links."""

import re


def without_code(text):
    """Return the lines of `text` outside fenced blocks."""
    lines, fenced = [], False
    for line in text.splitlines():
        if line.lstrip().startswith("```"):
            fenced = not fenced
        elif not fenced:
            lines.append(line)
    return lines


def cells(line):
    """Return the cells of a line of a table. A bar after a backslash is part of its cell."""
    return [cell.strip() for cell in re.split(r"(?<!\\)\|", line.strip())[1:-1]]


def tables(text):
    """Return the tables of a page, each a list of its rows. A row is a dict of headers to cells.

    It raises AssertionError for a row that has more or fewer cells than the header.
    """
    found, header, rule = [], None, False
    for line in without_code(text):
        if not line.startswith("|"):
            header = None
        elif header is None:
            header, rule = cells(line), False
            found.append([])
        elif not rule:
            assert set(line) <= set("|-: "), f"no rule below the header: {line}"
            rule = True
        else:
            assert len(cells(line)) == len(header), f"expected {len(header)} cells: {line}"
            found[-1].append(dict(zip(header, cells(line), strict=True)))
    return found


def column(row, word):
    """Return the cell of `row` whose header starts with `word`."""
    (name,) = [name for name in row if re.match(rf"{word}\b", name)]
    return row[name]


def has_columns(table, words):
    """Return whether each of `words` starts a header of `table` (a list of rows)."""
    return all(any(re.match(rf"{word}\b", name) for name in table[0]) for word in words) if table else False


def numbers(cell):
    """Return the numbers of `cell` as they are written, in a list."""
    return re.findall(r"(?<![\w.])-?\d+(?:,\d{3})*(?:\.\d+)?(?:e-?\d+)?(?!\w)", cell)


def links(text):
    """Return the targets of the links of a page that lead into the project, without their anchors."""
    targets = re.findall(r"\]\(([^)#]+)[^)]*\)", re.sub(r"`[^`]*`", "", "\n".join(without_code(text))))
    return [target for target in targets if not re.match(r"[a-z]+:", target)]
