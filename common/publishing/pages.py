"""Turn what the project has into the body of a page: Markdown, source files, folders and notebooks."""

import ast
import html
import itertools
import re

from markdown_it import MarkdownIt
from mdit_py_plugins.anchors import anchors_plugin
from nbconvert import HTMLExporter
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import get_lexer_for_filename
from pygments.lexers.special import TextLexer
from pygments.util import ClassNotFound

from common.files import read_regular

LIGHT, DARK = "default", "github-dark"  # Pygments' styles
MOST_BYTES = 400_000  # of a source file on a page; a browser takes long for more


def slug(heading):
    """Return the anchor that GitHub gives a heading."""
    return re.sub(r"[^\w\- ]", "", heading.strip().lower()).replace(" ", "-")


def from_markdown(text):
    """Return the title of a page in Markdown, and the page as HTML. The title is the first heading, or empty."""
    markdown = MarkdownIt("commonmark", {"html": True}).enable("table").use(anchors_plugin, max_level=6, slug_func=slug)
    tokens = markdown.parse(text)
    headings = [after for token, after in itertools.pairwise(tokens) if token.type == "heading_open"]
    parts = headings[0].children if headings else []
    title = "".join(part.content for part in parts if part.type in ("text", "code_inline"))
    body = markdown.renderer.render(tokens, markdown.options, {})
    return title, re.sub(r"<table>.*?</table>", r'<div class="wide" tabindex="0">\g<0></div>', body, flags=re.S)


def from_source(path):
    """Return the source file `path` (Path) as HTML, with a number before each line."""
    content = read_regular(path)
    text = content[:MOST_BYTES].decode("utf-8", "replace")
    try:
        lexer = get_lexer_for_filename(path.name)
    except ClassNotFound:
        lexer = TextLexer()
    made = highlight(text, lexer, HtmlFormatter(linenos="table", lineanchors="L", anchorlinenos=True))
    rest = len(content) - MOST_BYTES
    return made + (f"<p>{rest:,} more bytes are left out here.</p>" if rest > 0 else "")


def from_folder(path):
    """Return the folder `path` (Path) as HTML: what it is for, and a list of links to its files."""
    files = sorted(part.name for part in path.iterdir() if part.is_file() and part.name[0] not in "._")
    package = path / "__init__.py"
    about = ast.get_docstring(ast.parse(package.read_text(encoding="utf-8"))) if package.exists() else None
    entries = "".join(f'<li><a href="{html.escape(name)}"><code>{html.escape(name)}</code></a></li>' for name in files)
    return f"<p>{html.escape(about or '')}</p><ul>{entries}</ul>"


def from_notebook(path):
    """Return the executed notebook `path` (Path) as HTML."""
    # The other templates load scripts from elsewhere, and bring half a megabyte of styles.
    exporter = HTMLExporter(
        template_name="basic", exclude_anchor_links=True, exclude_input_prompt=True, exclude_output_prompt=True
    )
    return exporter.from_filename(str(path))[0].replace(
        '<div class="output_html ', '<div tabindex="0" class="output_html '
    )


def code_style():
    """Return the style sheet of highlighted code (str), for light and dark screens."""
    light, dark = (HtmlFormatter(style=style).get_style_defs(".highlight") for style in (LIGHT, DARK))
    return f"{light}\n@media (prefers-color-scheme: dark) {{\n{dark}\n}}\n"
