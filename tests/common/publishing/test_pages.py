"""What the project has as the body of a page."""

import re

import pytest

for name in ("markdown_it", "mdit_py_plugins", "nbconvert"):
    pytest.importorskip(name, reason="needs the packages of common/tooling/requirements-site.txt: make site")
nbformat = pytest.importorskip("nbformat")
pages = pytest.importorskip("common.publishing.pages")


@pytest.mark.parametrize(
    ("heading", "anchor"),
    [
        ("On the real data", "on-the-real-data"),
        ("`make` and *more*, again!", "make-and-more-again"),
        ("두 가지 명령", "두-가지-명령"),
        ("E01: a_b - c", "e01-a_b---c"),
    ],
)
def test_a_heading_has_the_anchor_that_github_gives_it(heading, anchor):
    assert f'id="{anchor}"' in pages.from_markdown(f"# First\n\n## {heading}\n")[1]


def test_the_title_is_the_first_heading():
    assert pages.from_markdown("text\n\n## A `b` c\n\n# D\n")[0] == "A b c"
    assert pages.from_markdown("text")[0] == ""


def test_tables_folds_and_code_of_a_page_are_kept():
    text = "# A\n\n| a | b |\n|---|---|\n| 1 | `x|y` |\n\n    make <x>\n\n"
    text += "<details><summary>S</summary>\n\n**T**\n\n</details>\n"
    body = pages.from_markdown(text)[1]
    assert (
        re.search(r'<div class="wide" tabindex="0"><table>.*</table></div>', body, re.S)
        and "<strong>T</strong>" in body
    )
    assert "<details><summary>S</summary>" in body and "make &lt;x&gt;" in body


def test_a_source_file_has_an_anchor_for_each_line(tmp_path):
    (tmp_path / "a.py").write_text("x = 1\ny = '<b>'\n", encoding="utf-8")
    body = pages.from_source(tmp_path / "a.py")
    assert {'id="L-1"', 'id="L-2"'} <= set(re.findall(r'id="[^"]*"', body)) and "<b>" not in body
    (tmp_path / "unknown").write_bytes(b"\xff<b>")
    assert "&lt;b&gt;" in pages.from_source(tmp_path / "unknown")


def test_a_long_source_file_says_what_is_left_out(tmp_path):
    (tmp_path / "a.json").write_bytes(b"1" * (pages.MOST_BYTES + 1234))
    assert "1,234 more bytes are left out" in pages.from_source(tmp_path / "a.json")


def test_a_folder_says_what_it_is_for_and_lists_its_files(tmp_path):
    (tmp_path / "__init__.py").write_text('"""For <a> test."""\n', encoding="utf-8")
    for name in ("b.py", "a.toml", ".hidden"):
        (tmp_path / name).touch()
    (tmp_path / "inner").mkdir()
    body = pages.from_folder(tmp_path)
    assert body.startswith("<p>For &lt;a&gt; test.</p>")
    assert re.findall('href="(.*?)"', body) == ["a.toml", "b.py"]


def test_a_notebook_asks_for_nothing_from_elsewhere(tmp_path):
    made = nbformat.v4
    fold = made.new_output("display_data", data={"text/html": "<details>F</details>", "text/plain": "F"})
    cells = [made.new_markdown_cell("## A\n\n<p lang='ko'>가</p>"), made.new_code_cell("x = '<b>'", outputs=[fold])]
    path = tmp_path / "a.ipynb"
    path.write_text(nbformat.writes(made.new_notebook(cells=cells)), encoding="utf-8")
    body = pages.from_notebook(path)
    assert "<script" not in body and "http" not in body and "<style" not in body
    assert "<details>F</details>" in body and "&#39;&lt;b&gt;&#39;" in body.replace("'", "&#39;")


def test_code_has_colours_on_light_and_on_dark_screens():
    style = pages.code_style()
    light, _, dark = style.partition("@media (prefers-color-scheme: dark) {")
    assert ".highlight .k " in light and ".highlight .k " in dark and style.count("{") == style.count("}")
