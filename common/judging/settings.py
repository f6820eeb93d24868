"""Read other settings than those of a profile, such as `learning_rate=0.01`, and name a run that has them."""

import hashlib

from common.errors import ReplayError
from common.judging.columns import in_columns
from common.judging.ranges import in_range, number_in, range_text
from common.language import _

LONGEST = 120  # letters of a variant's name, which is the name of a folder


def read_settings(chapter, profile, words):
    """Return the settings that `words`, a list of texts such as "steps=500", give to `chapter` under `profile`.

    The dict has no setting that is equal to the profile's own. Each value has the type of the profile's own.

    It raises ReplayError for a name that the profile does not have, and for one that comes twice. So it does for a
    value of a wrong type or out of range.
    """
    own, given = chapter.settings(profile), {}
    for word in words:
        name, _equals, text = word.partition("=")
        if name not in own or not text:
            unknown = _("{chapter} has no setting {name!r}. Under profile {profile} these can be changed:")
            empty = _(
                "{chapter} has no number for {name!r}: expected NAME=VALUE. Under profile {profile} these can be "
                "changed:"
            )
            message = (unknown if text else empty).format(chapter=chapter.name, name=name, profile=profile)
            raise ReplayError("\n".join([message, *settings_table(chapter, profile)]))
        if name in given:
            message = _("{word}: {name} was given before, as {value}. Give it once.")
            raise ReplayError(message.format(word=word, name=name, value=number_text(given[name])))
        given[name] = _read(chapter, name, text, own[name])
    return {name: value for name, value in given.items() if value != own[name]}


def _is_one(value):
    return not isinstance(value, list)


def _read(chapter, name, text, usual):
    """Return the number in `text`, of the type of `usual`, within the chapter's range of the setting `name`."""
    if not _is_one(usual):
        message = _("{name} of {chapter} is a list of numbers. To change it, edit {path}.")
        raise ReplayError(message.format(name=name, chapter=chapter.name, path=chapter.path))
    if "," in text:
        raise ReplayError(
            _(
                "{name}={text}: expected one number. Several numbers with commas are for make sweep, which runs the "
                "chapter with each of them."
            ).format(name=name, text=text)
        )
    limits = chapter.ranges.get(name, {})
    expected = number_in(limits, whole=isinstance(usual, int))
    message = _("{name}={text}: expected {expected}, found {text!r:.40}. {chapter} usually has {usual}.")
    wrong = message.format(name=name, text=text, expected=expected, chapter=chapter.name, usual=number_text(usual))
    try:
        value = type(usual)(text) if text.isascii() and text.strip() == text else None
    except ValueError:
        value = None
    if value is None or not -1e300 < value < 1e300 or not in_range(value, limits):  # NaN is in no range either
        raise ReplayError(wrong)
    return value


def settings_table(chapter, profile):
    """Return a line for each setting of `profile` that can be changed: its name, its value, its range."""
    rows = [
        (name, number_text(value), range_text(chapter.ranges.get(name, {})))
        for name, value in sorted(chapter.settings(profile).items())
        if _is_one(value)
    ]
    return [f"  {line}" for line in in_columns(rows)]


def number_text(value):
    """Return the number `value` as a word of a command line. The same number always has the same text."""
    return str(value) if isinstance(value, int) else repr(value).removesuffix(".0")


def settings_words(changed):
    """Return the dict `changed` as a list of words NAME=VALUE, sorted by name."""
    return [f"{name}={number_text(value)}" for name, value in sorted(changed.items())]


def variant_name(changed):
    """Return the name of a run with the settings `changed`, such as "learning_rate=0.01,steps=500".

    It can be the name of a folder: a very long one is cut. Then it ends in a hash of the whole.
    """
    name = ",".join(settings_words(changed))
    if len(name) <= LONGEST:
        return name
    return f"{name[: LONGEST - 9]}-{hashlib.sha256(name.encode()).hexdigest()[:8]}"
