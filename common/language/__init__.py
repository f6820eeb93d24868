"""This module says messages in the reader's language: English or Korean.

Korean comes with LANGUAGE=ko, LANG=ko_KR or `--lang ko`.

    raise ReplayError(_("{path}: missing. Fetch it again.").format(path=path))

The folders beside it have the translations, and `make messages` brings them up to date. This module uses the standard
library only, in old syntax. Any Python of the machine may import it for `make setup`.
"""

import argparse
import contextlib
import gettext
import os
import re
import sys
import unicodedata

LANGUAGES = ("en", "ko")  # the first one is that of the messages in the code
VARIABLES = ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG")  # gettext's usual order
OPTION = ("--lang", "--lan", "--la")  # argparse takes a beginning for the whole word
DOMAIN = "replay"
FOLDER = os.path.dirname(os.path.abspath(__file__))

# argparse asks gettext for its own words ("usage: "). They come from this domain, too.
gettext.bindtextdomain(DOMAIN, FOLDER)
gettext.textdomain(DOMAIN)


def current():
    """Return the language of the messages, one of LANGUAGES: the first known one of the environment."""
    values = [os.environ[name] for name in VARIABLES if os.environ.get(name)]
    for word in values[0].split(":") if values else ():
        name = re.split("[._@-]", word)[0].lower()
        if name in LANGUAGES:
            return name
        if name in ("c", "posix"):
            break
    return LANGUAGES[0]


def translation(language):
    """Return the gettext translation of `language`, one of LANGUAGES, whatever the language of the messages is."""
    return gettext.translation(DOMAIN, FOLDER, [language], fallback=True)


def _(message):
    """Return `message` in the language of the messages. Its {placeholders} stay, for `format`."""
    return translation(current()).gettext(message)


def ngettext(one, many, count):
    """Return `one` or `many`, as fits `count` things, in the language of the messages."""
    return translation(current()).ngettext(one, many, count)


def N_(message):  # noqa: N802 (gettext's name)
    """Return `message` as it is. This marks a constant, which `_` translates where it is used."""
    return message


@contextlib.contextmanager
def speaking(language):
    """Let `language`, one of LANGUAGES, be that of the messages within the block, and of programs that it starts."""
    before = os.environ.get("LANGUAGE")
    os.environ["LANGUAGE"] = language
    try:
        yield
    finally:
        if before is None:
            del os.environ["LANGUAGE"]
        else:
            os.environ["LANGUAGE"] = before


def wished(arguments=None):
    """Return the language that `--lang` names in the command line `arguments` (a list; None: the program's).

    Without the option this is the current one. So it is for a name that is not known: argparse refuses that.
    """
    found, before = None, None
    for word in map(str, sys.argv[1:] if arguments is None else arguments):
        name, equals, value = word.partition("=")
        if word == "--":
            break
        if before in OPTION:
            found = word
        elif equals and name in OPTION:
            found = value
        before = word
    return found if found in LANGUAGES else current()


class Help(argparse.HelpFormatter):
    """A Help is argparse's help whose lines fit the terminal, though a Korean letter takes two columns."""

    def _split_lines(self, text, width):
        return wrap(text, width)

    def _fill_text(self, text, width, indent):
        return "\n".join(indent + line for line in wrap(text, width - len(indent)))


def argument_parser(**options):
    """Return argparse's ArgumentParser of these `options`, with the option `--lang` that every program has."""
    parser = argparse.ArgumentParser(formatter_class=Help, **options)
    parser.add_argument(
        "--lang", choices=LANGUAGES, help=_("the language of messages (default: that of the environment)")
    )
    return parser


def show_any_text():
    """Let standard output and standard error write any text, whatever the terminal's code page or the language."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            # ch06 prints Korean. A path may hold bytes that are no text.
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")


def width(text):
    """Return how many columns of a terminal `text` takes. A Korean letter takes two."""
    wide = [unicodedata.east_asian_width(letter) in "WF" for letter in text if not unicodedata.combining(letter)]
    return len(wide) + sum(wide)


def pad(text, columns, right=False):
    """Return `text` with spaces up to `columns` of a terminal, behind it, or before it with `right`."""
    spaces = " " * max(0, columns - width(text))
    return spaces + text if right else text + spaces


def wrap(text, columns):
    """Return the lines of `text`, broken at spaces, of at most `columns` of a terminal. A longer word has its own."""
    lines = [""]
    for word in text.split():
        if lines[-1] and width(lines[-1]) + 1 + width(word) > columns:
            lines.append("")
        lines[-1] += " " + word if lines[-1] else word
    return lines
