"""`make messages`: collect the messages of the code, and compile their translations.

Each language has a file `common/language/<language>/LC_MESSAGES/replay.po`, which a person edits. This program brings
it up to date with the code. It names the messages that have no translation yet. It writes the `.mo` that gettext reads.
"""

import datetime
import io
import re
import sys
import tomllib
from pathlib import Path

from babel.messages import mofile, pofile
from babel.messages.catalog import Catalog
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_file

from common.errors import ReplayError, command
from common.files import write_atomically
from common.language import DOMAIN, FOLDER, LANGUAGES, N_, _, argument_parser, ngettext
from common.paths import ROOT

TRANSLATED = LANGUAGES[1:]
FOLDERS = ("chapters", "common", "data")
# The report says a message in every language at once, with functions of its own.
KEYWORDS = {**DEFAULT_KEYWORDS, "spoken": None, "spoken_count": (1, 2)}
# The keys of TOML files whose values are said to a reader.
TOML_KEYS = {
    "data/sources.toml": ("title", "what", "todo"),
    "chapters/*/book.toml": ("title", "about", "printed", "reason", "differs"),
}
NO_WORDS = re.compile(r"""^[\[{]| = |\("|^[\d. ]+$""")  # what is printed may be code, an equation or numbers
# argparse asks gettext for its own words. Those that a person may see are collected here.
ARGPARSE = (
    *(N_("usage: "), N_("positional arguments"), N_("options"), N_("show this help message and exit")),
    *(N_("%(heading)s:"), N_("%(prog)s: error: %(message)s\n"), N_("argument %(argument_name)s: %(message)s")),
    *(N_("the following arguments are required: %s"), N_("one of the arguments %s is required")),
    *(N_("unrecognized arguments: %s"), N_("ambiguous option: %(option)s could match %(matches)s")),
    *(N_("expected one argument"), N_("expected at least one argument"), N_("expected at most one argument")),
    *(N_("ignored explicit argument %r"), N_("not allowed with argument %s"), N_("invalid %(type)s value: %(value)r")),
    N_("invalid choice: %(value)r (choose from %(choices)s)"),
    ngettext("expected %s argument", "expected %s arguments", 2),
)
# Lines of a header that say nothing, or change from one day to the next.
CHANGING = (
    *(b'"POT-Creation-Date', b'"PO-Revision-Date', b'"Last-Translator', b'"Language-Team', b'"Generated-By'),
    *(b'"Report-Msgid-Bugs-To', b'"Project-Id-Version'),
)
HEADER = """\
# These are the messages of the code, which `make messages` collects. Each msgstr is a translation.
# common/README.md says how to translate."""


def path_of(language):
    """Return the path of the `.po` of `language`."""
    return Path(FOLDER) / language / "LC_MESSAGES" / f"{DOMAIN}.po"


def template(root=ROOT):
    """Return a Catalog of the messages in the code of the project at `root`, without translations."""
    catalog = Catalog(domain=DOMAIN, header_comment=HEADER)
    for folder in FOLDERS:
        for path in sorted((root / folder).rglob("*")):
            method = {".py": "python", ".jinja": "jinja2"}.get(path.suffix)
            if method:
                place = path.relative_to(root).as_posix()
                for line, message, comments, _context in extract_from_file(
                    method, path, KEYWORDS, comment_tags=("Translators:",), strip_comment_tags=True
                ):
                    catalog.add(message, locations=[(place, line)], auto_comments=comments)
    for pattern, keys in TOML_KEYS.items():
        for path in sorted(root.glob(pattern)):
            for message in strings(tomllib.loads(path.read_text(encoding="utf-8")), keys):
                catalog.add(message, locations=[(path.relative_to(root).as_posix(), 1)])
    return catalog


def strings(value, keys):
    """Yield the texts that stand under one of `keys`, anywhere in `value`, which was read from TOML."""
    if isinstance(value, dict):
        for key, inner in value.items():
            if key in keys and isinstance(inner, str):
                yield from () if NO_WORDS.search(inner) else (inner,)
            else:
                yield from strings(inner, keys)
    elif isinstance(value, list):
        for inner in value:
            yield from strings(inner, keys)


def read(language):
    """Return the Catalog of the `.po` of `language`. It raises ReplayError for a file that is none."""
    path = path_of(language)
    if not path.exists():
        return Catalog(locale=language, domain=DOMAIN)
    try:
        return pofile.read_po(io.BytesIO(path.read_bytes()), locale=language, domain=DOMAIN, abort_invalid=True)
    except (pofile.PoFileError, UnicodeDecodeError) as error:
        raise ReplayError(
            _("{path}: not a file of translations: {error}. Mend that line.").format(path=path, error=error)
        ) from error


def updated(language):
    """Return the bytes of the `.po` and of the `.mo` of `language`, up to date with the code."""
    catalog = read(language)
    catalog.update(template(), no_fuzzy_matching=True, update_creation_date=False)
    catalog.header_comment, catalog.fuzzy = HEADER, False
    po, mo = io.BytesIO(), io.BytesIO()
    # Lines would change with every edit of the code.
    pofile.write_po(po, catalog, width=120, sort_by_file=True, ignore_obsolete=True, include_lineno=False)
    text = b"".join(line for line in po.getvalue().splitlines(keepends=True) if not line.startswith(CHANGING))
    compiled = pofile.read_po(io.BytesIO(text), locale=language, domain=DOMAIN)
    compiled.creation_date = compiled.revision_date = datetime.datetime(2016, 1, 1, tzinfo=datetime.UTC)  # not today
    mofile.write_mo(mo, compiled)
    return text, mo.getvalue()


def untranslated(language):
    """Return the messages of the code that `language` lacks."""
    catalog = read(language)
    return [message.id for message in template() if message.id and not _text(catalog.get(message.id))]


def _text(message):
    return message and all([message.string] if isinstance(message.string, str) else message.string)


@command
def main(arguments=None):
    """Bring the translations up to date, and return the exit status: 1 when a message lacks its own."""
    argument_parser(prog="python -m common.tooling.messages", description=_("Collect the messages.")).parse_args(
        arguments
    )
    missing = []
    for language in TRANSLATED:
        po, mo = updated(language)
        write_atomically(path_of(language), po)
        write_atomically(path_of(language).with_suffix(".mo"), mo)
        missing += [(path_of(language), message) for message in untranslated(language)]
    for path, message in missing:
        print(_("{path}: no translation of {message!r}").format(path=path, message=message), file=sys.stderr)
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main())
