"""Choose the chapters whose results are to be shown, and tell whether there is anything to show."""

from common.errors import ReplayError
from common.judging.chapter import REPAIRED, chapters_with
from common.language import _
from common.paths import BUILD, current, result_folder


def add_chapters(parser):
    """Let `parser`, one of argparse, take names of chapters: no name means all."""
    parser.add_argument("chapters", nargs="*", metavar="chapter", help=_("which (default: all)"))


def chosen_chapters(profile, names=()):
    """Return the Chapters that have `profile`: the list of those in `names`, or of all.

    It raises ReplayError for a name that is none, and for a chapter that does not have the profile.
    """
    having = {chapter.name: chapter for chapter in chapters_with(profile)}
    for name in names:
        if name not in having:
            message = _("{name}: expected a chapter with profile {profile}: choose from {chapters}.")
            raise ReplayError(message.format(name=name, profile=profile, chapters=", ".join(having)))
    return [chapter for name, chapter in having.items() if not names or name in names]


def require_results(profile, chapters, build=BUILD):
    """Raise ReplayError when none of `chapters` ever left a result under `profile`. It says what makes one."""
    if any(current(result_folder(profile, chapter.name, build) / "result.json").exists() for chapter in chapters):
        return
    command = _command(profile, chapters)
    if len(chapters) == 1:
        message = _("There is no result of {chapter} under profile {profile} yet. To make one: {command}")
        raise ReplayError(message.format(chapter=chapters[0].name, profile=profile, command=command))
    message = _("There is no result under profile {profile} yet. To make one: {command}")
    raise ReplayError(message.format(profile=profile, command=command))


def _command(profile, chapters):
    """Return the command that replays `chapters` under `profile`."""
    if len(chapters) > 1 and profile != REPAIRED:
        return "make" if profile == "builtin" else f"make {profile} DATA=dir"
    given = "" if profile == "builtin" else f" PROFILE={profile} DATA=dir"
    return f"make {chapters[0].name}{given}"
