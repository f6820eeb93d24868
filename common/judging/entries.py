"""Check the types in a `book.toml`, so that a mistake in it is named before a run."""

from common.errors import ReplayError
from common.judging.numbers import is_number, is_numeric
from common.judging.ranges import in_range, number_in
from common.language import N_, _

TEXT = (N_("a text"), lambda value: isinstance(value, str))
NUMBER = (N_("a number"), is_number)
WHOLE = (N_("a whole number of at least 1"), lambda value: type(value) is int and value >= 1)
COUNT = (N_("a whole number of at least 0"), lambda value: type(value) is int and value >= 0)
NUMBERS = (N_("a number or a list of numbers"), lambda value: is_numeric(value) and value != [])
LIST_OF_NUMBERS = (N_("a list of numbers"), lambda value: isinstance(value, list) and is_numeric(value))
LIST_OF_WHOLES = (N_("a list of whole numbers"), lambda value: isinstance(value, list) and all(map(COUNT[1], value)))
LIST_OF_TEXTS = (N_("a list of texts"), lambda value: isinstance(value, list) and all(map(TEXT[1], value)))
TRUE_OR_FALSE = (N_("true or false"), lambda value: isinstance(value, bool))
TABLE = (N_("a table"), lambda value: isinstance(value, dict))
TABLES = (N_("a list of tables"), lambda value: isinstance(value, list) and all(map(TABLE[1], value)))
ONE_OR_MORE = (N_("a table or a list of tables"), lambda value: TABLE[1](value) or (value != [] and TABLES[1](value)))
LEASTS = (N_("a table of numbers"), lambda value: TABLE[1](value) and all(map(is_number, value.values())))
PAIR = (
    N_("two numbers, the lesser first"),
    lambda value: LIST_OF_NUMBERS[1](value) and len(value) == 2 and value[0] <= value[1],
)
LISTS = (
    N_("a table of lists of numbers"),
    lambda value: TABLE[1](value) and all(map(LIST_OF_NUMBERS[1], value.values())),
)

BOOK = {
    **dict.fromkeys(("chapter", "title", "pages", "printed_output", "data"), TEXT),
    "claims": TABLES,
    "settings": TABLE,
    "ranges": TABLE,
    "profiles": TABLE,
}
# The docstring of common/judging/ledger.py says what each means.
CLAIM = {
    **dict.fromkeys(("id", "about", "printed", "metric", "curve", "reason", "minus", "picture"), TEXT),
    **dict.fromkeys(("differs", "finding"), TEXT),
    **dict.fromkeys(("within", "at_least", "at_most"), NUMBER),
    "any_data": TRUE_OR_FALSE,
    **dict.fromkeys(("lines", "not_in"), LIST_OF_TEXTS),
    "value": NUMBERS,
    "steps": LIST_OF_WHOLES,
    "step": COUNT,
    "given": LEASTS,
}
RANGE = dict.fromkeys(("at_least", "above", "at_most"), NUMBER)
PROFILE = {
    **dict.fromkeys(("settings", "thresholds"), TABLE),
    "without": LIST_OF_TEXTS,
    "evidence": LISTS,
    "same_as": TEXT,
    "memory": WHOLE,
}
THRESHOLD = {
    **dict.fromkeys(("at_least", "at_most", "floor", "ceiling"), NUMBER),
    "values": LIST_OF_NUMBERS,
    "reach": PAIR,
    "sample": WHOLE,
    "given": LEASTS,
}


def check_book(path, book):
    """Raise ReplayError for an entry of `book` (the dict of the `book.toml` at `path`) that has a wrong type.

    The message says which entry, what was expected and what was found.
    """
    check(path, "", book, BOOK)
    for number, claim in enumerate(book.get("claims", []), 1):
        name = claim.get("id")
        check(path, f"claim {name if isinstance(name, str) else number}: ", claim, CLAIM)
        steps, value = claim.get("steps"), claim.get("value")
        if "curve" in claim and not (steps and isinstance(value, list) and len(steps) == len(value)):
            raise wrong(path, f"claim {name}: value", _("as many numbers as `steps` has for `curve`"), value)
    settings, ranges = book.get("settings", {}), book.get("ranges", {})
    check_ranges(path, ranges, book)
    check_settings(path, "settings.", settings, settings, ranges)
    for profile, content in book.get("profiles", {}).items():
        where = f"profiles.{profile}"
        check(path, "", {where: content}, {where: TABLE})
        check(path, f"{where}.", content, PROFILE)
        check_settings(path, f"{where}.settings.", content.get("settings", {}), settings, ranges)
        for metric, bounds in content.get("thresholds", {}).items():
            entry = f"{where}.thresholds.{metric}"
            check(path, "", {entry: bounds}, {entry: ONE_OR_MORE})
            for bound in bounds if isinstance(bounds, list) else [bounds]:
                check(path, f"{entry}.", bound, THRESHOLD)


def check(path, where, entries, kinds):
    """Raise ReplayError for a value of `entries` (a dict) that is not of its kind, a pair of `kinds`."""
    for name, value in entries.items():
        expected, holds = kinds.get(name, (None, None))
        if holds is not None and not holds(value):
            raise wrong(path, where + name, _(expected), value)


def check_ranges(path, ranges, book):
    """Raise ReplayError for a range of a setting that `book` lacks. So it does for other limits than RANGE has."""
    tables = [book.get("settings", {})]
    tables += [TABLE[1](each) and each.get("settings", {}) for each in book.get("profiles", {}).values()]
    known = {name for table in tables if TABLE[1](table) for name in table}
    for name, limits in ranges.items():
        check(path, "ranges.", {name: limits}, {name: TABLE})
        check(path, f"ranges.{name}.", limits, RANGE)
        if name not in known or limits.keys() - RANGE.keys():
            expected = _("the limits {names} of a setting").format(names=", ".join(RANGE))
            raise wrong(path, f"ranges.{name}", expected, limits)


def check_settings(path, where, entries, chapter, ranges):
    """Raise ReplayError for a setting that is no number nor a list of them.

    It raises ReplayError too for one of another type than the chapter's, and for one outside its range.
    """
    for name, value in entries.items():
        if not is_numeric(value) or value == []:
            raise wrong(path, where + name, _("a number or a list of numbers"), value)
        usual = chapter.get(name)
        if isinstance(usual, list) != isinstance(value, list) and name in chapter:
            raise wrong(path, where + name, _("a list of numbers") if isinstance(usual, list) else _("a number"), value)
        if type(usual) is int and type(value) is not int:
            raise wrong(path, where + name, _("a whole number"), value)
        if not all(
            in_range(number, ranges.get(name, {})) for number in (value if isinstance(value, list) else [value])
        ):
            raise wrong(path, where + name, number_in(ranges[name]), value)


def wrong(path, entry, expected, found):
    """Return the ReplayError that says what `entry` should be."""
    message = _("{path}: {entry}: expected {expected}, found {found!r:.80}.")
    return ReplayError(message.format(path=path, entry=entry, expected=expected, found=found))
