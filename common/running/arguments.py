"""Read the command line of a chapter's script."""

import argparse
import os

from common.errors import ReplayError, flush_output, given, with_given
from common.files import with_home
from common.judging.chapter import PROFILES, REPAIRED
from common.judging.settings import read_settings, settings_table
from common.language import _, argument_parser

WORDS = 30
OPTIONS = ("profile", "data", "seed", "threads", "with", "out", "logdir", "sample", "words")  # that make hands on


def parse_arguments(chapter, script, arguments, can_sample=False):
    """Return the command line of `script` (a path), which replays `chapter`, as a namespace.

    Its `changed` is a dict: the settings of `--with` that differ from those of the profile. On a bad command line
    argparse says why, and exits with status 2.
    """
    own = [profile for profile in PROFILES if (profile == REPAIRED) == (script.name == "repaired.py")]
    parser = _parser(chapter, script, own[0], can_sample)
    try:
        options = parser.parse_args([*(["--fresh"] if given("fresh") else []), *with_given(arguments, *OPTIONS)])
    except SystemExit:
        flush_output()  # its help
        raise
    if options.profile in chapter.profiles() and options.profile not in own:
        message = _("profile {profile} has a script of its own: python -m {module}")
        parser.error(message.format(profile=options.profile, module=chapter.module(options.profile)))
    if options.data and options.profile == "builtin":
        parser.error(_("profile builtin uses the built-in data; with --data choose --profile printed or listed"))
    if can_sample and options.words and options.sample is None:
        parser.error(_("--words says how many words are to follow the text of --sample, which is not given"))
    if can_sample and options.sample is not None and options.logdir:
        parser.error(_("--sample does not train, so that there is nothing for --logdir"))
    options.changed = _changed(chapter, options, parser)
    for name in ("data", "out", "logdir"):
        if getattr(options, name):
            setattr(options, name, with_home(getattr(options, name)))
    return options


def _parser(chapter, script, profile, can_sample):
    """Return the ArgumentParser of `script`, whose usual profile is `profile`."""
    title = chapter.title
    parser = argument_parser(
        prog=f"python -m chapters.{script.parent.name}.{script.stem}",
        description=_("{chapter}: {title} (pages {pages})").format(
            chapter=chapter.name, title=_(title), pages=chapter.pages
        ),
    )
    parser.add_argument(
        "--profile",
        choices=PROFILES,
        default=profile,
        help=_("which settings (default: {profile})").format(profile=profile),
    )
    parser.add_argument("--data", metavar="DIR", help=_("the folder with the real data, for every profile but builtin"))
    parser.add_argument("--seed", type=whole(0, 2**31 - 1), default=1, help=_("of all random numbers (default: 1)"))
    parser.add_argument("--out", metavar="DIR", help=_("where the result goes (default: below build/<profile>)"))
    parser.add_argument(
        "--threads", type=whole(1, 1024), default=os.cpu_count(), help=_("CPU threads (default: all cores)")
    )
    parser.add_argument(
        "--with",
        dest="changed",
        metavar="NAME=VALUE",
        action="append",
        default=[],
        help=_("change a setting for this run, such as steps=500; help lists them. No threshold judges such a run"),
    )
    parser.add_argument("--logdir", metavar="DIR", help=_("write the graph and the curves there, for TensorBoard"))
    parser.add_argument("--fresh", action="store_true", help=_("begin anew, though an interrupted run could go on"))
    if can_sample:
        parser.add_argument("--sample", metavar="TEXT", help=_("do not train: continue this text with the trained net"))
        parser.add_argument(
            "--words", type=whole(1, 10**6), help=_("how many more words (default: {count})").format(count=WORDS)
        )
    return parser


def _changed(chapter, options, parser):
    """Return the settings of `--with` as a dict. For the word "help" it lists what can be changed, and exits."""
    words = [word for text in options.changed for word in text.split()]
    try:
        if words == ["help"]:
            message = _("{chapter}, profile {profile}: the settings, their numbers, and what they may be")
            print(message.format(chapter=chapter.name, profile=options.profile))
            print("\n".join(settings_table(chapter, options.profile)))
            flush_output()
            parser.exit()
        return read_settings(chapter, options.profile, words) if words else {}
    except ReplayError as error:
        parser.error(str(error))


def whole(low, high):
    """Return a function that reads a whole number from `low` to `high`, for argparse."""

    def parse(text):
        if not (text.isascii() and text.isdigit() and low <= int(text) <= high):
            message = _("expected a whole number from {low} to {high}, found {text!r}")
            raise argparse.ArgumentTypeError(message.format(low=low, high=high, text=text))
        return int(text)

    return parse
