"""The site of the project's own pages, with a small report and small notebooks."""

import importlib.resources
import re
from html.parser import HTMLParser

import pytest

from common.errors import ReplayError
from common.judging.chapter import all_chapters
from common.paths import ROOT
from common.publishing.links import broken
from tests.support import browser

for name in ("markdown_it", "mdit_py_plugins", "nbconvert"):
    pytest.importorskip(name, reason="needs the packages of common/tooling/requirements-site.txt: make site")
nbformat = pytest.importorskip("nbformat")
site = pytest.importorskip("common.publishing.site")

CHAPTERS = [chapter.name for chapter in all_chapters()]
REPORT = '<!DOCTYPE html><h1 id="a">R</h1><a href="#a">x</a><a href="../../../chapters/README.md">y</a>'
# A table that is wider than a telephone.
TABLE = nbformat.v4.new_output(
    "execute_result", data={"text/html": f"<table><tr>{'<td>test_perplexity</td>' * 9}</tr></table>", "text/plain": "x"}
)
NONE = pytest.mark.skipif(browser.find() is None, reason="no Chromium here")


def prepare(build):
    """Write what `make` and `make notebooks` leave, in small, into the folder `build`."""
    made = nbformat.v4
    (build / "builtin" / "report").mkdir(parents=True)
    (build / "builtin" / "report" / "index.html").write_text(REPORT, encoding="utf-8")
    (build / "notebooks").mkdir()
    for name in CHAPTERS:
        cells = [
            made.new_markdown_cell(f"# {name}\n\n<p lang='ko'>가</p>"),
            made.new_code_cell("a = '<a href=\"x\">'", outputs=[TABLE]),
        ]
        text = nbformat.writes(made.new_notebook(cells=cells))
        (build / "notebooks" / f"{name}.ipynb").write_text(text, encoding="utf-8")
    return build


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return site.write("builtin", prepare(tmp_path_factory.mktemp("build")))


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    opened = browser.Browser(browser.find(), tmp_path_factory.mktemp("profile"))
    yield opened
    opened.close()


def texts(folder):
    return {path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8") for path in folder.rglob("*.html")}


def test_every_link_and_every_anchor_leads_somewhere(folder):
    assert broken(folder) == []
    assert len(re.findall("href=", "".join(texts(folder).values()))) > 1000


def test_every_page_in_markdown_and_every_notebook_is_there(folder):
    pages = [path for top in ("chapters", "common", "data", "tests/parity") for path in (ROOT / top).rglob("*.md")]
    expected = {path.relative_to(ROOT).with_suffix(".html").as_posix() for path in [*ROOT.glob("*.md"), *pages]}
    expected |= {f"notebooks/{name}.html" for name in CHAPTERS} | {"index.html", "index.ko.html", "report/index.html"}
    assert expected <= texts(folder).keys()
    assert {path.name for path in folder.glob("notebooks/*.ipynb")} == {f"{name}.ipynb" for name in CHAPTERS}


def test_what_a_page_leads_to_outside_of_the_pages_is_a_page_too(folder):
    assert "def load_data" in re.sub("<.*?>", "", texts(folder)["chapters/ch01_dnn_single/replay.py.html"])
    assert "formats/wav.py" not in texts(folder)["README.html"] and "common/formats/wav.py.html" in texts(folder)
    assert 'href="chapters/README.html"' in texts(folder)["README.html"]


def test_a_page_says_its_language_and_leads_to_the_other_one(folder):
    for name, text in texts(folder).items():
        if name != "report/index.html":
            language = "ko" if name.endswith(".ko.html") else "en"
            assert text.lstrip().startswith(f'<!DOCTYPE html>\n<html lang="{language}">'), name
            assert re.search(r"<h1[ >]", text) and "<title></title>" not in text, name
    english, korean = (texts(folder)[name] for name in ("index.html", "index.ko.html"))
    assert 'href="index.ko.html" lang="ko"' in english and 'href="index.html" lang="en"' in korean


@pytest.mark.parametrize("name", ["index.html", "index.ko.html"])
def test_the_index_leads_to_the_report_first_and_then_to_each_chapter(folder, name):
    main = texts(folder)[name].partition("<main")[2]
    targets = re.findall('href="([^"]*)"', main)
    assert targets[0] == "report/index.html"
    for chapter in all_chapters():
        top = f"chapters/{chapter.path.parent.name}"
        row = next(part for part in main.split("</tr>") if f"<b>{chapter.name}</b>" in part)
        led = re.findall('href="([^"]*)"', row)
        assert led[0] in (f"{top}/README.html", f"{top}/README.ko.html")
        assert led[1:] == [f"notebooks/{chapter.name}.html", f"{top}/replay.py.html"]


def test_both_languages_have_the_same_words():
    words = site.tomllib.loads((site.HERE / "words.toml").read_text(encoding="utf-8"))
    assert words["en"].keys() == words["ko"].keys()
    same = [name for name in words["en"] if words["en"][name] == words["ko"][name]]
    assert same == [] and all(re.search("[가-힣]", text) for text in words["ko"].values())


class _Asked(HTMLParser):
    """An _Asked gathers what a browser asks for to show a page."""

    def __init__(self, text):
        super().__init__()
        self.found = []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        values = dict(attrs)
        if tag in ("link", "script", "img", "iframe"):
            self.found += [values[name] for name in ("href", "src") if values.get(name)]


def test_no_page_asks_for_anything_from_elsewhere(folder):
    for name, text in texts(folder).items():
        assert [link for link in _Asked(text).found if re.match(r"(?!data:)[a-z]+:|//", link)] == [], name
    assert set(re.findall(r"url\(\"?(\w+:)?", (folder / "style.css").read_text(encoding="utf-8"))) <= {"data:"}


def test_a_site_takes_the_place_of_an_earlier_one_and_a_failure_leaves_it(tmp_path, monkeypatch):
    build = prepare(tmp_path)
    (build / "site").mkdir()
    (build / "site" / "old.html").touch()
    (build / "notebooks" / "ch03.ipynb").rename(build / "kept.ipynb")
    with pytest.raises(ReplayError, match=r"ch03\.ipynb: there is no notebook yet.*make notebooks CHAPTER=ch03"):
        site.write("builtin", build)
    assert [path.name for path in (build / "site").iterdir()] == ["old.html"]
    (build / "kept.ipynb").rename(build / "notebooks" / "ch03.ipynb")
    with monkeypatch.context() as patch:
        patch.setattr(site, "broken", lambda folder: ["a.html: b.html"])
        with pytest.raises(ReplayError, match=r"links that lead nowhere: a\.html: b\.html"):
            site.write("builtin", build)
    assert [path.name for path in (build / "site").iterdir()] == ["old.html"]
    site.write("builtin", build)
    assert (build / "site" / "index.html").exists() and not (build / "site" / "old.html").exists()
    assert sorted(path.name for path in build.iterdir()) == ["builtin", "notebooks", "site"]


@pytest.mark.parametrize(("profile", "made"), [("builtin", "make"), ("printed", "make printed DATA=dir")])
def test_without_a_report_the_command_that_makes_one_is_told(tmp_path, profile, made):
    with pytest.raises(ReplayError, match=f"there is no report yet. Make it first: {made}$"):
        site.write(profile, tmp_path / "build")
    assert list((tmp_path / "build").iterdir()) == []


@NONE
@pytest.mark.parametrize("name", ["index.html", "index.ko.html", "chapters/README.html", "notebooks/ch06.html"])
@pytest.mark.parametrize(("width", "dark"), [(1280, False), (400, True)])
def test_a_page_fits_the_window_and_complains_of_nothing(folder, page, name, width, dark):
    page.open((folder / name).as_uri(), width, dark=dark)
    assert page.value("document.documentElement.scrollWidth") <= width
    assert page.complaints == []


@NONE
def test_korean_letters_are_drawn_with_the_font_of_the_site(folder, page):
    page.open((folder / "index.ko.html").as_uri(), 800)
    page.ask("DOM.enable")
    page.ask("CSS.enable")
    root = page.ask("DOM.getDocument")["root"]["nodeId"]
    for selector in ("nav .name", "h1", "h2", ".button", "th", ".verdict"):
        node = page.ask("DOM.querySelector", nodeId=root, selector=selector)["nodeId"]
        fonts = page.ask("CSS.getPlatformFontsForNode", nodeId=node)["fonts"]
        assert "NanumGothic" in [font["familyName"] for font in fonts if font["isCustomFont"]], selector


AXE = "axe.run({resultTypes: ['violations']}).then(found => found.violations.map(rule => rule.id + rule.nodes[0].html))"


@NONE
@pytest.mark.parametrize(
    "name",
    [
        *("index.html", "index.ko.html", "README.html", "chapters/README.html", "chapters/ch03_dnn_genre/README.html"),
        *("chapters/ch07_lstm_ptb/book.toml.html", "common/running/index.html", "notebooks/ch06.html"),
    ],
)
@pytest.mark.parametrize(("width", "dark"), [(1280, False), (400, True)])
def test_nothing_keeps_anybody_from_reading_a_page(folder, page, name, width, dark):
    axe = pytest.importorskip("axe_core_python", reason="needs axe-core")
    page.open((folder / name).as_uri(), width, dark=dark)
    page.value((importlib.resources.files(axe) / "axe.min.js").read_text(encoding="utf-8") + "; 1")
    assert page.value(AXE) == []


def test_the_index_has_metrics_and_verdicts_in_its_language(folder):
    english, korean = (texts(folder)[name] for name in ("index.html", "index.ko.html"))
    assert "<td>test accuracy</td>" in english and ">no result</span>" in english
    assert "<td>테스트 정확도</td>" in korean and ">결과 없음</span>" in korean and "test accuracy" not in korean
