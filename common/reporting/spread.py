"""Show how the results of `make sweep` lie over the seeds, and where the printed numbers lie among them.

python -m common.reporting.spread --profile printed --chapters "ch01 ch02"
"""

import sys
from pathlib import Path

from common.errors import ReplayError, command, disk_errors, with_given
from common.files import write_atomically
from common.judging.chapter import PROFILES, all_chapters
from common.judging.check import print_table
from common.language import _, argument_parser
from common.paths import BUILD, shown
from common.reporting.spread_section import spread_of


def show(profile, build=BUILD, names=None):
    """Print the tables and the lines for `book.toml`, and write the figures to build/sweep/<profile>.

    It raises ReplayError when there is no result of a sweep.
    """
    folder = Path(build) / "sweep" / profile
    found = spread_of(profile, Path(build), names)
    if not found:
        none = _("{folder} holds no results of a sweep. To make them: {command}")
        of_these = _("{folder} holds no results of a sweep of these chapters. To make them: {command}")
        command = _command_for(profile, names)
        raise ReplayError((of_these if names else none).format(folder=shown(folder), command=command))
    for title, headings, rows in found["tables"]:
        print(f"\n{title}")
        print_table([headings, *rows])
    print(f"\n{found['method']}")
    for path, lines in found["book"].items():
        print("\n" + _("{path} should hold:").format(path=path) + "\n")
        print("\n".join(lines))
    for complaint in found["left_out"]:
        print(_("left out: {complaint}").format(complaint=complaint), file=sys.stderr)
    print()
    for figure in found["figures"]:
        path = folder / figure["name"]
        with disk_errors(path):
            write_atomically(path, figure["draw"]())
        print(shown(path))


def _command_for(profile, names):
    """Return the command that makes the results of a sweep under `profile`, of the chapters `names` or of all."""
    chapters = f' CHAPTERS="{" ".join(names)}"' if names else ""
    return f"make sweep PROFILE={profile}{'' if profile == 'builtin' else ' DATA=dir'}{chapters} SEEDS=10"


@command
def main(arguments=None):
    """Read the command line and show the spread. Return the exit status 0."""
    parser = argument_parser(
        prog="python -m common.reporting.spread",
        description=_("Show how the results of make sweep lie over the seeds, and where the printed numbers lie."),
    )
    parser.add_argument("--profile", choices=PROFILES, default="builtin")
    parser.add_argument("--chapters", metavar='"ch01 ch02"', default="", help=_("only these (default: all)"))
    options = parser.parse_args(with_given(arguments, "profile", "chapters"))
    known, names = [chapter.name for chapter in all_chapters()], options.chapters.split()
    unknown = [name for name in names if name not in known]
    if unknown:
        message = _("there is no chapter {names}: choose from {chapters}")
        parser.error(message.format(names=", ".join(unknown), chapters=" ".join(known)))
    show(options.profile, names=names or None)
    return 0


if __name__ == "__main__":
    sys.exit(main())
