"""Write the report of a profile as one HTML file that needs no other: `python -m common.reporting.report`."""

import base64
import re
import sys
from collections import Counter
from pathlib import Path

import jinja2
from markupsafe import Markup

from common.errors import ReplayError, command, disk_errors, with_given
from common.files import write_atomically
from common.judging import ledger
from common.judging.chapter import PROFILES, chapters_with
from common.judging.check import a_token, check
from common.judging.choosing import chosen_chapters, require_results
from common.judging.numbers import written
from common.language import LANGUAGES, _, argument_parser, current
from common.paths import BUILD, shown
from common.reporting import charts, words
from common.reporting.bilingual import Text, in_each, marked, spoken, spoken_count, together
from common.reporting.fonts import hangul
from common.reporting.page import gather_chapter, gather_claims
from common.reporting.pictures import fit, made_here
from common.reporting.readmes import findings
from common.reporting.spread_section import spread_of

TEMPLATES = Path(__file__).parent
FONT = "{font}"  # stands in the rendered page until it is known which Korean letters the page has


def write(profile, build=BUILD, token=None):
    """Write the report of `profile` from the results in the folder `build`. Return its path.

    A missing or broken result stands in the report as such. With `token` a result of another run of make is shown as
    kept, and not judged. It raises ReplayError when it cannot be written.
    """
    path = Path(build) / profile / "report" / "index.html"
    context = gather(profile, Path(build), token)
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals.update(spoken=spoken, spoken_count=spoken_count, words=words)
    environment.filters.update(written=written, readable=words.readable, marked=marked, linked=_linker(context))
    environment.filters["plain"] = Markup.striptags
    page = environment.get_template("report.html.jinja").render(context, font=FONT)
    page = page.replace(FONT, base64.b64encode(hangul(page)).decode(), 1)
    with disk_errors(path):
        write_atomically(path, page.encode("utf-8", "replace"))
    return path


def _linker(context):
    """Return a filter that makes links in a text: of the findings and claims that the report has."""
    known = {name for name, *_ in context["findings"]} | {entry["claim"] for entry in context["claims"]}

    def link(match):
        return f'<a href="#{match[0]}">{match[0]}</a>' if match[0] in known else match[0]

    def linked(text):
        if isinstance(text, Text):
            return text.map(linked)
        return Markup(re.sub(r"\b[A-Z]\d{2,3}\b", link, str(marked(text))))

    return linked


def gather(profile, build, token=None):
    """Return what the template shows, as a dict. It raises ReplayError when no chapter has the profile."""
    chapters = chapters_with(profile)
    if not chapters:
        raise ReplayError(_("No chapter has a profile {profile!r}.").format(profile=profile))
    chapters.sort(key=lambda chapter: chapter.name == "theory")  # last: it has no program
    claims = gather_claims(in_each(ledger.entries, profile, build, token))
    chapters = [gather_chapter(chapter, profile, build, claims, token) for chapter in chapters]
    spread = _spread(profile, build)
    pictures = [picture for chapter in chapters for picture in chapter["pictures"]]
    pictures += spread["figures"] if spread else []
    fit(pictures)
    return {
        "profile": profile,
        "language": current(),
        "languages": LANGUAGES,
        "chapters": chapters,
        "ran": any(chapter["time"] or chapter["state"] != words.NO_RESULT for chapter in chapters),
        "failed": [chapter for chapter in chapters if chapter["complaints"]],
        "unjudged": [chapter["name"] for chapter in chapters if chapter["state"] == words.NOT_JUDGED],
        "pictures": pictures,
        "claims": claims,
        "findings": findings(),
        "verdicts": ledger.VERDICTS,
        "counts": Counter(entry["verdict"] for entry in claims),
        "complaints": [entry for entry in claims if entry["complaint"]],
        "times": sorted({chapter["time"] for chapter in chapters if chapter["time"]}),
        "spread": spread,
        "seconds": sum(chapter["seconds"] or 0 for chapter in chapters),
        "chart_size": (charts.WIDTH, charts.HEIGHT),
        "chart_edges": (charts.LEFT, charts.WIDTH - charts.RIGHT, charts.TOP, charts.HEIGHT - charts.BOTTOM),
    }


def _spread(profile, build):
    """Return what `spread_of` returns, with Texts and with figures for `fit`. Return None without a sweep."""
    said = in_each(spread_of, profile, build)
    if said[0] is None:
        return None
    found = together([{name: one[name] for name in ("method", "tables", "left_out", "figures")} for one in said])
    figures = [
        made_here(one["name"], figure["about"], one["draw"]())
        for one, figure in zip(said[0]["figures"], found["figures"], strict=True)
    ]
    return {**found, "figures": figures}


@command
def main(arguments=None):
    """Read the command line and write the report. Return the exit status.

    With `--check` it is that of the check. Otherwise it is 0 when a report was written.
    """
    parser = argument_parser(
        prog="python -m common.reporting.report",
        description=_("Write the report of a profile as one HTML file that needs no other."),
    )
    parser.add_argument("--profile", choices=PROFILES, default="builtin")
    parser.add_argument("--check", action="store_true", help=_("hold the results against their thresholds first"))
    parser.add_argument("--token", type=a_token, help=_("judge only what the run of make with this token made"))
    options = parser.parse_args(with_given(arguments, "profile"))
    if not options.token:
        require_results(options.profile, chosen_chapters(options.profile))
    failed = check(options.profile, token=options.token) if options.check else 0
    path = write(options.profile, token=options.token)
    print(shown(path))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
