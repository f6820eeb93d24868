"""Write the site: `python -m common.publishing.site` fills build/site with the report, the notebooks and the pages.

The pages are those in Markdown. A link to a source file leads to a page with its text. No page needs the network.
"""

import base64
import shutil
import sys
import tempfile
import tomllib
from pathlib import Path

import jinja2

from common.errors import ReplayError, command, disk_errors, with_given
from common.files import read_regular, write_atomically
from common.judging.chapter import PROFILES, all_chapters
from common.judging.numbers import written
from common.judging.result import judge, verdict
from common.judging.verdicts import HOLDS
from common.language import _, argument_parser, translation
from common.paths import BUILD, ROOT, result_folder
from common.publishing import pages
from common.publishing.links import Links, broken
from common.reporting.fonts import hangul
from common.reporting.words import readable

HERE = Path(__file__).parent
REPORT_STYLE = HERE.parent / "reporting" / "report.css"
HOMES = {"en": "index.html", "ko": "index.ko.html"}
REPORT = "report/index.html"
# The range lets other letters pass, so that the font may come first: then nothing is drawn before it is there.
FONT = """@font-face {{
  font-family: "Hangul"; src: url("data:font/woff;base64,{}") format("woff");
  unicode-range: U+1100-11FF, U+3130-318F, U+AC00-D7A3;
}}
"""
# Folders whose pages a reader needs; tests/ has one page more.
FOLDERS = ("chapters", "common", "data", "tests/parity")


def write(profile, build=BUILD):
    """Write the site with the report of `profile` into the folder `site` of `build`. Return its path.

    It takes the place of an earlier one. It raises ReplayError without a report or a notebook. So it does for a link
    that leads nowhere, and when the site cannot be written.
    """
    build = Path(build)
    with disk_errors(build / "site"):
        build.mkdir(parents=True, exist_ok=True)
        draft = Path(tempfile.mkdtemp(dir=build, prefix=".site."))
        try:
            draft.chmod(0o755)
            Site(profile, build, draft).fill()
            complaints = broken(draft)
            if complaints:
                raise ReplayError(
                    _("The site has links that lead nowhere: {links}.").format(links="; ".join(complaints[:5]))
                )
            shutil.rmtree(build / "site", ignore_errors=True)
            draft.rename(build / "site")
        finally:
            shutil.rmtree(draft, ignore_errors=True)
    return build / "site"


def language_of(name):
    """Return the language of the page `name`, such as "README.ko.md": "ko" or "en"."""
    return "ko" if name.endswith(".ko.md") else "en"


class Site:
    """A Site is one folder `out` of pages, made from the results of `profile` in the folder `build`."""

    def __init__(self, profile, build, out):
        self.profile, self.build, self.out = profile, build, out
        self.chapters = [chapter for chapter in all_chapters() if profile in chapter.profiles()]
        found = [*ROOT.glob("*.md"), *(page for folder in FOLDERS for page in (ROOT / folder).rglob("*.md"))]
        self.markdown = sorted(path.relative_to(ROOT).as_posix() for path in found)
        self.links = Links(ROOT, {name: f"{name.removesuffix('.md')}.html" for name in self.markdown})
        self._words = tomllib.loads(read_regular(HERE / "words.toml").decode("utf-8"))
        self._titles, self._letters = {}, set()
        environment = jinja2.Environment(
            loader=jinja2.FileSystemLoader(HERE),
            autoescape=True,
            undefined=jinja2.StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._page, self._index = map(environment.get_template, ("page.html.jinja", "index.html.jinja"))

    def fill(self):
        """Write all pages. It raises ReplayError as `write` does."""
        self._write_report()
        for name in self.markdown:
            title, body = pages.from_markdown(read_regular(ROOT / name).decode("utf-8"))
            place = self.links.places[name]
            self._titles[place] = title
            self._write(place, title or name, self.links.lead(body, name, place), language_of(name))
        for chapter in self.chapters:
            self._write_notebook(chapter)
        for chapter in self.chapters:
            for path in sorted(chapter.path.parent.glob("*.*")):
                self.links.place(path.relative_to(ROOT).as_posix(), "index.html")
        for name in self.links.wanted:  # a folder's page wants its files, too
            self._write_source(name, self.links.places[name])
        for language, place in HOMES.items():
            self._put(place, self._index.render(self._about(place, language), **self._contents(language)))
        self._write_style()

    def _write_report(self):
        path = self.build / self.profile / REPORT
        if not path.exists():
            made = "make" if self.profile == "builtin" else f"make {self.profile} DATA=dir"
            raise ReplayError(_("{path}: there is no report yet. Make it first: {made}").format(path=path, made=made))
        text = read_regular(path).decode("utf-8")
        self._put(REPORT, self.links.lead(text, f"build/{self.profile}/{REPORT}", REPORT))

    def _write_notebook(self, chapter):
        name = f"notebooks/{chapter.name}.ipynb"
        path = self.build / name
        if not path.exists():
            raise ReplayError(
                _("{path}: there is no notebook yet. Make it first: make notebooks CHAPTER={chapter}").format(
                    path=path, chapter=chapter.name
                )
            )
        write_atomically(self.out / name, read_regular(path))
        body = f'<p class="quiet"><a href="{chapter.name}.ipynb">{chapter.name}.ipynb</a></p>'
        place = f"notebooks/{chapter.name}.html"
        self._write(place, chapter.title, body + pages.from_notebook(path), kind="notebook")

    def _write_source(self, name, place):
        """Write the page of the file or the folder `name`. A link that stands in a file is text there, and no link."""
        path = ROOT / name
        body = self.links.lead(pages.from_folder(path), f"{name}/", place) if path.is_dir() else pages.from_source(path)
        self._write(place, name, f"<h1><code>{name}</code></h1>{body}")

    def _write(self, place, title, body, language="en", kind="text"):
        """Write the page at `place` of the site: its HTML `body`, in the frame of every page."""
        body = body.replace("<pre>", '<pre tabindex="0">')  # what scrolls can be reached without a mouse
        self._put(place, self._page.render(self._about(place, language), title=title, body=body, kind=kind))

    def _about(self, place, language):
        """Return what every page needs, as a dict: ways to the site's own pages, and words in both languages."""
        other = "en" if language == "ko" else "ko"
        stem = place.removesuffix(".html").removesuffix(".ko")
        twin = f"{stem}.html" if other == "en" else f"{stem}.ko.html"
        known = {*self.links.places.values(), *HOMES.values()}
        return {
            "top": "../" * place.count("/"),
            "language": language,
            "other": other,
            "words": self._words[language],
            "other_words": self._words[other],
            "home": HOMES[language],
            "twin": twin if twin in known else HOMES[other],
            "readme": self._translated("README", language),
            "chapters": self._translated("chapters/README", language),
            "report": REPORT,
        }

    def _translated(self, stem, language):
        """Return the place of a page in `language`. In a language that it lacks, it is the English one."""
        korean = f"{stem}.ko.md"
        return self.links.places[korean if language == "ko" and korean in self.links.places else f"{stem}.md"]

    def _contents(self, language):
        """Return what the index leads to, as a dict."""
        more = {name: f"more_{name.rpartition('/')[2]}" for name in ("data", "common", "tests/parity")}
        return {
            "rows": self._rows(language),
            "built_in": self.profile == "builtin",
            "more": [
                (self._translated(f"{name}/README", language), self._words[language][word])
                for name, word in more.items()
            ],
        }

    def _rows(self, language):
        """Return a dict for each chapter of the index: its names, its numbers, and where its pages are."""
        rows = []
        for chapter in self.chapters:
            folder = chapter.path.parent.relative_to(ROOT).as_posix()
            metrics, _seconds, complaints = judge(chapter, self.profile, self._result(chapter))
            words = verdict(chapter, self.profile, metrics, complaints)
            metric = chapter.main_metric()
            page = self._translated(f"{folder}/README", language)
            rows.append(
                {
                    "name": chapter.name,
                    "title": self._titles[page].partition(": ")[2] or chapter.title,
                    "pages": chapter.pages.replace("-", "\u2060–\u2060"),  # in one line
                    "page": page,
                    "script": self.links.places[chapter.script(self.profile).relative_to(ROOT).as_posix()],
                    "notebook": f"notebooks/{chapter.name}.html",
                    "metric": dict(readable(metric).each())[language],
                    "printed": written(chapter.printed(metric)),
                    "replayed": written(metrics.get(metric)),
                    "verdict": translation(language).gettext(words),
                    "holds": words == HOLDS,
                }
            )
        return rows

    def _result(self, chapter):
        return result_folder(self.profile, chapter.name, self.build) / "result.json"

    def _put(self, place, text):
        self._letters |= set(text)
        write_atomically(self.out / place, text)

    def _write_style(self):
        """Write the style sheet, the report's with what the site adds, and a font with the Korean letters."""
        style = "".join(read_regular(path).decode("utf-8") for path in (REPORT_STYLE, HERE / "site.css"))
        font = hangul("".join(sorted(self._letters)))
        face = FONT.format(base64.b64encode(font).decode()) if font else ""
        write_atomically(self.out / "style.css", face + style + pages.code_style())


@command
def main(arguments=None):
    """Read the command line and write the site. Return the exit status: 0."""
    parser = argument_parser(prog="python -m common.publishing.site", description=_("Write the site."))
    parser.add_argument("--profile", choices=PROFILES, default="builtin")
    options = parser.parse_args(with_given(arguments, "profile"))
    path = write(options.profile) / "index.html"
    print(path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path)
    return 0


if __name__ == "__main__":
    sys.exit(main())
