"""Write the report of a profile as one HTML file that needs no other: `python -m common.reporting.report`."""

import argparse
import base64
import sys
from collections import Counter
from pathlib import Path

import jinja2

from common.errors import ReplayError, command, disk_errors, with_given
from common.files import write_atomically
from common.judging import ledger
from common.judging.chapter import PROFILES, all_chapters
from common.judging.check import a_token, check
from common.judging.numbers import written
from common.paths import BUILD, shown
from common.reporting import charts
from common.reporting.fonts import hangul
from common.reporting.page import gather_chapter, readable
from common.reporting.pictures import fit
from common.reporting.spread_section import spread_of

TEMPLATES = Path(__file__).parent
ABOUT = {
    "builtin": "built-in data, scaled down to minutes",
    "listed": "the real data, exactly as listed",
    "printed": "the real data, with the settings that the printed output shows",
    "repaired": "the real data, with a small change to the listing that reaches the printed result",
}
# Short words for the verdicts of the ledger, and their classes in the style sheet.
SHORT = dict(zip(ledger.VERDICTS, ("agrees", "within spread", "differs", "contradiction", "needs data"), strict=True))
CLASSES = dict(zip(ledger.VERDICTS, ("agrees", "spread", "differs", "contradicts", "needs"), strict=True))


def write(profile, build=BUILD, token=None):
    """Write the report of `profile` from the results in the folder `build`. Return its path.

    A missing or broken result stands in the report as such. With `token` a result of another run of make is shown as
    kept, and not judged. It raises ReplayError when it cannot be written.
    """
    path = Path(build) / profile / "report" / "index.html"
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(written=written, readable=readable)
    template = environment.get_template("report.html.jinja")
    context = gather(profile, Path(build), token)
    # The first rendering shows which Korean letters the page needs.
    font = base64.b64encode(hangul(template.render(context, font=""))).decode()
    with disk_errors(path):
        write_atomically(path, template.render(context, font=font).encode("utf-8", "replace"))
    return path


def gather(profile, build, token=None):
    """Return what the template shows, as a dict. It raises ReplayError when no chapter has the profile."""
    chapters = [chapter for chapter in all_chapters() if profile in chapter.profiles()]
    if not chapters:
        raise ReplayError(f"No chapter has a profile {profile!r}.")
    claims = ledger.entries(profile, build, token)
    chapters = [gather_chapter(chapter, profile, build, claims, token) for chapter in chapters]
    fit([picture for chapter in chapters for picture in chapter["pictures"]])
    times = sorted({chapter["time"] for chapter in chapters if chapter["time"]})
    return {
        "profile": profile,
        "about": ABOUT[profile],
        "chapters": chapters,
        "failed": [chapter for chapter in chapters if chapter["complaints"]],
        "unjudged": [chapter["name"] for chapter in chapters if chapter["state"] == "not judged"],
        "claims": claims,
        "verdicts": ledger.VERDICTS,
        "short": SHORT,
        "classes": CLASSES,
        "counts": Counter(entry.verdict for entry in claims),
        "complaints": [entry for entry in claims if entry.complaint],
        "times": times,
        "spread": spread_of(profile, build),
        "seconds": sum(chapter["seconds"] or 0 for chapter in chapters),
        "chart_size": (charts.WIDTH, charts.HEIGHT),
        "chart_edges": (charts.LEFT, charts.WIDTH - charts.RIGHT, charts.TOP, charts.HEIGHT - charts.BOTTOM),
        "strip_size": (charts.WIDTH, charts.STRIP_HEIGHT),
    }


@command
def main(arguments=None):
    """Read the command line and write the report. Return the exit status.

    With `--check` it is that of the check. Otherwise it is 0 when a report was written.
    """
    parser = argparse.ArgumentParser(
        prog="python -m common.reporting.report",
        description="Write the report of a profile as one HTML file that needs no other.",
    )
    parser.add_argument("--profile", choices=PROFILES, default="builtin")
    parser.add_argument("--check", action="store_true", help="hold the results against their thresholds first")
    parser.add_argument("--token", type=a_token, help="judge only what the run of make with this token made")
    options = parser.parse_args(with_given(arguments, "profile"))
    failed = check(options.profile, token=options.token) if options.check else 0
    path = write(options.profile, token=options.token)
    print(shown(path))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
