"""Say each thing of the report in every language. A switch in the page shows one of them.

The template stands once, and so do numbers, charts and pictures: only words are there for each language.
"""

import re
from dataclasses import dataclass

from markupsafe import Markup, escape

from common.language import LANGUAGES, speaking, translation

HANGUL = re.compile("[\u1100-\u11ff\u3130-\u318f\uac00-\ud7a3]+(?:[ ,.]+[\u1100-\u11ff\u3130-\u318f\uac00-\ud7a3]+)*")


@dataclass(frozen=True)
class Text:
    """A Text is something said in every language: a tuple of Markup, in the order of LANGUAGES."""

    said: tuple

    def __html__(self):
        """Return a span for each language. Where all say the same, this is that."""
        if len(set(self.said)) == 1:
            return self.said[0]
        return Markup("").join(
            Markup('<span class="w" lang="{}">{}</span>').format(language, words) for language, words in self.each()
        )

    def __bool__(self):
        return any(self.said)

    def each(self):
        """Return the pairs of (language, Markup)."""
        return list(zip(LANGUAGES, self.said, strict=True))

    def map(self, function):
        """Return the Text of what `function` makes of each Markup."""
        return Text(tuple(map(function, self.said)))


def spoken(message, **values):
    """Return `message` as a Text. Its {placeholders} take `values`, which may be Texts."""
    # gettext would answer an empty message with the header of the catalogue.
    return _text([message and translation(language).gettext(message) for language in LANGUAGES], values)


def spoken_count(one, many, number, **values):
    """Return `one` or `many`, as fits `number` things, as a Text. Its {placeholders} take `values`, and the number."""
    forms = [translation(language).ngettext(one, many, number) for language in LANGUAGES]
    return _text(forms, {"count": f"{number:,}", **values})


def either(*said):
    """Return the Text of what the result of a function, or a page, says in each of LANGUAGES."""
    return Text(tuple(marked(words, language) for language, words in zip(LANGUAGES, said, strict=True)))


def together(said):
    """Return one value of those of `said`, the same one in each of LANGUAGES. Its texts (str) become Texts.

    Values are dicts, lists and tuples of texts, and other things, of which the first one is taken.
    """
    first = said[0]
    if isinstance(first, str):
        return either(*said)
    if isinstance(first, dict):
        return {key: together([one[key] for one in said]) for key in first}
    if isinstance(first, list | tuple):
        return [together(same) for same in zip(*said, strict=True)]
    return first


def in_each(function, *arguments):
    """Return what `function` of `arguments` returns, as a list: once for each of LANGUAGES."""
    found = []
    for language in LANGUAGES:
        with speaking(language):
            found.append(function(*arguments))
    return found


def _text(forms, values):
    said = []
    for place, (language, form) in enumerate(zip(LANGUAGES, forms, strict=True)):
        own = {name: value.said[place] if isinstance(value, Text) else marked(value, language)
               for name, value in values.items()}  # fmt: skip
        said.append(marked(form, language).format(**own) if own else marked(form, language))
    return Text(tuple(said))


def marked(text, language=LANGUAGES[0]):
    """Return `text` as Markup. Its Korean words are marked as such, where the text around them is not Korean."""
    if isinstance(text, Markup) or hasattr(text, "__html__"):
        return Markup(text)
    if language == "ko":
        return escape(text)
    return Markup(HANGUL.sub(lambda words: f'<span lang="ko">{words[0]}</span>', str(escape(text))))
