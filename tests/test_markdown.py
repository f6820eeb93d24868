"""The reader of pages that other tests rest on."""

import pytest

from tests.support.markdown import column, has_columns, links, numbers, tables

PAGE = r"""
# One [link](a.md#part)

| profile | printed (C1) |
|---|---:|
| `x` | 1 \| 2 |
|  | 3 |

```
| not | a table |
```

| other |
|---|

A [link](b/c.md), `[no](link)`, [far away](https://example.org/) and ![picture](d.png).
"""


def test_tables_are_read_by_column():
    first, second = tables(PAGE)
    assert first == [{"profile": "`x`", "printed (C1)": r"1 \| 2"}, {"profile": "", "printed (C1)": "3"}]
    assert second == []
    assert column(first[0], "printed") == r"1 \| 2"
    assert has_columns(first, ["profile", "printed"])
    assert not has_columns(first, ["print"]) and not has_columns(second, ["other"])


@pytest.mark.parametrize("table", ["| a | b |\n|---|---|\n| 1 |", "| a | b |\n| 1 | 2 |"])
def test_a_broken_table_is_refused(table):
    with pytest.raises(AssertionError):
        tables(table)


def test_links_into_the_project_are_found():
    assert links(PAGE) == ["a.md", "b/c.md", "d.png"]


def test_numbers_are_whole_words():
    assert numbers("0.9154 (C101), 8,000 steps of ch03, -1; 295 to 322, 3e-7, at 5.") == [
        *("0.9154", "8,000", "-1", "295", "322", "3e-7", "5")
    ]
