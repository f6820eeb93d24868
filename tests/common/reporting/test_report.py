"""The report of doctored results: what it says, what it survives, and how a browser finds it."""

import base64
import io
import json
import math
import re
from html.parser import HTMLParser

import pytest
from fontTools.ttLib import TTFont
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from common.judging import chapter as chapter_module
from common.judging import ledger as ledger_module
from common.judging.chapter import Chapter, all_chapters
from common.reporting import charts, report
from tests.support import browser

BOOK = """
chapter = "ch00"
title = "A test of '반갑습니다' & <more>"
pages = "1-2, 7"
data = "mnist"
printed_output = '''
step 0, train accuracy 0.13
.... (생략) ....
step 90, train accuracy 1
test accuracy 0.9862
'''
claims = [
    { id = "X1", about = "accuracy", curve = "train_accuracy", steps = [0, 90], value = [0.13, 1] },
    { id = "X2", about = "test accuracy", metric = "test_accuracy", value = 0.9862, differs = "other weights" },
    { id = "X3", about = "shape of x", metric = "shape", value = [28, 28] },
    { id = "X4", about = "the picture of page 7", picture = "drawn.png" },
    { id = "X5", about = "epochs", metric = "epochs", value = 3, finding = "E99", reason = "said twice" },
    { id = "X6", about = "tracks", metric = "tracks", value = 400, given = { tracks = 400 } },
    { id = "X7", about = "score", metric = "score", value = 0.91 },
    { id = "X8", about = "4th", step = 40, metric = "train_accuracy", value = 0.5, finding = "E9", reason = "r" },
    { id = "X9", about = "bound", metric = "bound", at_most = 3, differs = "not so" },
    { id = "X10", about = "less another", metric = "less", minus = "ch00", value = 0 },
]
[settings]
steps = 100
[profiles.builtin]
[profiles.printed.thresholds.test_accuracy]
at_least = 0.9
values = [0.97, 0.98, 0.99]
[profiles.printed.thresholds.score]
at_least = 0.8
values = [0.9, 0.91]
"""
RESULT = {
    "chapter": "ch00",
    "profile": "printed",
    "seed": 7,
    "threads": 2,
    "data": {"name": "mnist", "kind": "real", "sha256": {"train-images.gz": "ab" * 32}},
    "settings": {"steps": 100},
    "metrics": {"test_accuracy": 0.9312, "shape": [28, 28], "tracks": 40, "score": 0.9, "bound": 4, "less": 1},
    "seconds": {"load_data": 0.5, "train_model": 12.25},
    "versions": {"python": "3.11.7", "tensorflow": "2.21.0"},
    "curves": {
        "train_accuracy": [[i, 0.13 + i / 90 * 0.87] for i in range(0, 100, 10)],
        "cross_entropy": [[i, 2.3 * math.exp(-i / 50)] for i in range(500)],
    },
}
OUTPUT = "".join(f"step {i}, train accuracy {0.2 + i / 200:g}\n" for i in range(0, 100, 10)) + "test accuracy 0.9312\n"


def png(width=60, height=40, colour="teal"):
    content = io.BytesIO()
    Image.new("RGB", (width, height), colour).save(content, "PNG")
    return content.getvalue()


class Page(HTMLParser):
    """A page's elements, its text, and whether its tags are balanced."""

    VOID = frozenset(("meta", "link", "img", "br"))

    def __init__(self, html):
        super().__init__()
        self.ids, self.links, self.images, self.outside, self.open = [], [], [], [], []
        self.text, self.style = "", ""
        self.feed(html)
        assert self.open == []

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        if tag not in self.VOID:
            self.open.append(tag)
        self.ids += [attributes["id"]] if "id" in attributes else []
        if tag == "img":
            self.images.append(attributes)
        elif tag == "a":
            self.links.append(attributes["href"])
        self.outside += [
            value
            for name, value in attributes.items()
            if name in ("href", "src", "srcset", "action") and not value.startswith(("data:", "#"))
        ]

    def handle_startendtag(self, tag, attributes):
        self.handle_starttag(tag, attributes)
        if tag not in self.VOID:
            self.handle_endtag(tag)

    def handle_endtag(self, tag):
        assert self.open and self.open.pop() == tag, tag

    def handle_data(self, data):
        if self.open and self.open[-1] == "style":
            self.style += data
        else:
            self.text += " " + data

    def words(self):
        return re.sub(r"\s+", " ", self.text)


@pytest.fixture
def made(tmp_path, monkeypatch):
    """A function that makes the report of one doctored chapter; its attributes are the folders."""
    (tmp_path / "ch00_test").mkdir()
    path = tmp_path / "ch00_test" / "book.toml"
    path.write_text(BOOK, encoding="utf-8")
    for module in (chapter_module, ledger_module):
        monkeypatch.setattr(module, "all_chapters", lambda: [Chapter(path)])
    folder = tmp_path / "build" / "printed" / "ch00"

    def make(output=OUTPUT, pictures=(), text=None, **changes):
        (folder / "figures").mkdir(parents=True, exist_ok=True)
        for old in (folder / "figures").iterdir():
            old.unlink()
        for name, content in pictures:
            (folder / "figures" / name).write_bytes(content)
        (folder / "output.txt").write_bytes(output if isinstance(output, bytes) else output.encode())
        (folder / "result.json").write_text(json.dumps(RESULT | changes) if text is None else text, encoding="utf-8")
        return Page(report.write("printed", make.build).read_text(encoding="utf-8"))

    make.build, make.folder = tmp_path / "build", folder
    return make


def test_what_a_chapter_shows(made):
    page = made(pictures=[("drawn.png", png()), ("confusion_matrix.png", png())])
    words = page.words()
    assert "All thresholds hold" in words
    assert "A test of '반갑습니다' & <more>" in words
    for part in ("Pages 1–2 , 7", "0.9862", "0.9312", "≥ 0.9", "0.9800 ± 0.0100 (3)", "12.2"):
        assert part in words, part
    for part in ("seed 7", "threads 2", "mnist, real", "steps 100", "train_model 12.2", "tensorflow 2.21.0", "ab" * 32):
        assert part in words, part
    assert [image["alt"] for image in page.images] == ["confusion matrix", "the picture of page 7"]
    for image in page.images:
        assert image["src"] == "data:image/png;base64," + base64.b64encode(png()).decode()
        assert (image["width"], image["height"]) == ("60", "40")


def test_a_profile_without_thresholds(made):
    thresholds = BOOK.index("[profiles.printed.")
    (made.build.parent / "ch00_test" / "book.toml").write_text(
        BOOK[:thresholds] + "[profiles.builtin.thresholds.test_accuracy]\nat_least = 0.9\nvalues = [0.97, 0.98]\n"
        "[profiles.printed]\n"
    )
    words = made(pictures=[("drawn.png", png())]).words()
    assert "All thresholds hold; ch00 has none yet" in words
    assert "test accuracy 0.9862 0.9312 none yet not judged" in words
    assert "passed" not in words


def test_every_verdict_is_counted(made):
    words = made(pictures=[("drawn.png", png())]).words()
    assert "Of 10 figures and statements" in words
    for count, verdict in ((4, 0), (1, 1), (2, 2), (2, 3), (1, 4)):
        assert f" {count} {ledger_module.VERDICTS[verdict]}" in words
    assert "E99: said twice" in words and "other weights" in words and "tracks 40 of 400" in words
    assert "not as expected" not in words


def test_a_claim_that_is_not_as_expected(made):
    words = made(metrics=RESULT["metrics"] | {"shape": [28, 29]}).words()
    assert "2 of them are not as expected" in words  # the picture is not there either
    assert "X3 : should agree, and does not" in words and "X4 : no figures/drawn.png" in words
    assert "1 no verdict" in words


def test_printed_beside_replayed(made):
    html = (made(), made.folder.parent / "report" / "index.html")[1].read_text(encoding="utf-8")
    table = html[html.index('<table class="beside">') : html.index("</table>", html.index('<table class="beside">'))]
    assert re.findall(r'<tr class="(\w+)">', table) == ["changed", "gap", "changed", "changed"]
    assert "train accuracy <mark>0.13</mark>" in table and "train accuracy <mark>0.2</mark>" in table
    assert "<summary>8 lines more</summary>" in table and ".... (생략) ...." in table
    assert "test accuracy <mark>0.9862</mark>" in table and "test accuracy <mark>0.9312</mark>" in table


def test_nothing_comes_from_elsewhere_and_every_link_leads_somewhere(made):
    page = made(pictures=[("drawn.png", png())])
    assert page.outside == []
    assert set(re.findall(r"url\((.)", page.style)) == {'"'} and 'url("data:font/woff' in page.style
    assert len(page.ids) == len(set(page.ids))
    assert {link.removeprefix("#") for link in page.links} <= set(page.ids)
    assert {"verdict", "chapters", "ch00", "ledger", "claims-ch00", "X1"} <= set(page.ids)


def test_the_korean_letters_are_in_it(made):
    page = made()
    (font,) = re.findall(r'url\("data:font/woff;base64,([^"]+)"', page.style)
    held = TTFont(io.BytesIO(base64.b64decode(font))).getBestCmap()
    shown = {letter for letter in page.text if "가" <= letter <= "힣"}
    assert {"반", "략", "론"} <= shown <= set(map(chr, held))


def test_output_cannot_break_out_of_it(made):
    page = made(output="<script>alert(1)</script> & \x1b[31m\x00</table>\n" + OUTPUT, versions={"<b>": "</dl>"})
    assert "<script>alert(1)</script> & \ufffd[31m\ufffd</table>" in page.text
    assert "</dl>" in page.words()


def test_a_very_long_output_is_cut_in_its_middle(made):
    page = made(output="".join(f"line {i}\n" for i in range(10000)) + "test accuracy 0.9312\n")
    assert "[8001 lines of output.txt are left out here]" in page.text
    assert "line 999\n" in page.text and "line 1000\n" not in page.text and "line 9999" in page.text


def test_a_chapter_without_a_result(made):
    made()
    (made.folder / "result.json").unlink()
    words = Page(report.write("printed", made.build).read_text(encoding="utf-8")).words()
    assert "No result: the chapter did not run to its end under this profile. make ch00 PROFILE=printed" in words
    assert "does not pass" in words and "8 no verdict" in words


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"text": "{"}, "unreadable result.json"),
        ({"text": "[" * 100000}, "unreadable result.json"),
        ({"text": "[]"}, "result.json holds no metrics"),
        ({"settings": {"steps": 5}}, "made with other settings: steps 5, expected 100"),
        ({"metrics": {"test_accuracy": 0.5, "score": 0.9}}, "test_accuracy 0.5 is below 0.9"),
        ({"metrics": {"test_accuracy": 10**400}}, "no test_accuracy in the result"),
        ({"metrics": {"test_accuracy": math.nan}}, "test_accuracy is nan, not a number to compare"),
        ({"curves": None, "seconds": 3, "versions": [], "data": {"kind": "real", "sha256": 3}}, "All thresholds hold"),
        ({"curves": {"a": [], "train_b": [[0, 1]], "c": [[0], 3, [1, "x"], [0, math.inf]], "d": {}}}, "b"),
        ({"output": b"\xff\xfe\x00"}, "\ufffd"),
    ],
)
def test_results_that_are_not_as_they_should_be(made, changes, words):
    assert words in made(**changes).words()


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)
CURVES = st.dictionaries(
    st.sampled_from(["train_accuracy", "test_accuracy", "cross_entropy", ""]),
    st.lists(st.lists(st.floats() | st.integers(), min_size=2, max_size=2), max_size=4) | JSON,
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    changes=st.dictionaries(st.sampled_from([*RESULT, "other"]), JSON, max_size=3),
    curves=CURVES,
    metrics=st.dictionaries(st.sampled_from([*RESULT["metrics"], "epochs"]), JSON),
)
def test_no_result_breaks_it(made, changes, curves, metrics):
    assert "Ledger" in made(**{"curves": curves, "metrics": metrics, **changes}).text


def test_pictures_that_cannot_be_shown(made, monkeypatch):
    whole = png()
    page = made(pictures=[("drawn.png", whole), ("cut.png", whole[:-30]), ("not.png", b"GIF89a"), ("empty.png", b"")])
    assert len(page.images) == 1
    for name in ("cut.png", "not.png", "empty.png"):
        assert f"{name} cannot be read as a PNG" in page.words()


def test_pictures_that_are_too_large():
    noise = Image.effect_noise((600, 600), 90).convert("RGB")
    content = io.BytesIO()
    noise.save(content, "PNG")
    pictures = [{"name": str(i), "content": content.getvalue()} for i in range(3)]
    pictures.append({"name": "small", "content": png()})
    report._fit(pictures, most=2 * len(content.getvalue()) // 3)
    kept = [picture for picture in pictures if picture["content"]]
    assert sum(len(picture["content"]) for picture in kept) <= 2 * len(content.getvalue()) // 3
    assert pictures[3]["content"] == png()
    assert {picture.get("why") for picture in pictures if not picture["content"]} == {"is too large for the report"}
    for picture in kept:
        Image.open(io.BytesIO(picture["content"])).load()


def test_exit_status_and_path(made, monkeypatch, capsys):
    made()
    monkeypatch.setattr(report, "write", lambda profile, write=report.write: write(profile, made.build))
    for failed, status in ((0, 0), (2, 1)):
        monkeypatch.setattr(chapter_module, "check", lambda profile, failed=failed: print("the table") or failed)
        assert report.main(["--check", "--profile", "printed"]) == status
        path = made.build / "printed" / "report" / "index.html"
        assert capsys.readouterr().out == f"the table\n{path}\n"
    assert report.main(["--profile", "printed"]) == 0


def test_a_folder_that_cannot_be_written(made, capsys, monkeypatch):
    made()
    folder = made.build / "printed" / "report"
    (folder / "index.html").unlink()
    folder.rmdir()
    folder.write_text("a file")
    monkeypatch.setattr(report, "write", lambda profile, write=report.write: write(profile, made.build))
    assert report.main(["--profile", "printed"]) == 1
    assert "cannot be written" in capsys.readouterr().err


# Charts


def test_a_printed_point_lies_on_the_curve_that_it_equals():
    line = [(0, 0.1), (50, 0.5), (100, 0.9)]
    points = [("printed", "train", 50, 0.5, "printed", "X1"), ("printed", "train", 101, 0.5, "printed", "X2")]
    chart = charts.chart("accuracy", "step", [("train_accuracy", "train", line)], points)
    (mark,) = chart.marks
    assert f"L{mark.x:g} {mark.y:g}" in chart.series[0].line
    assert chart.left_out == 1 and not chart.logarithmic and chart.series[0].band == ""
    assert list(chart.legend()) == [(("printed", "train", "printed"), ["X1"])]
    positions = [float(y) for _, y in re.findall(r"[ML](\S+?) ([\d.]+)", chart.series[0].line)]
    assert positions == sorted(positions, reverse=True)  # y grows downwards
    assert min(positions) >= charts.TOP and max(positions) <= charts.HEIGHT - charts.BOTTOM


def test_a_long_curve_is_drawn_as_means_and_extremes():
    line = [(i, 5 + (-1) ** i) for i in range(10000)]
    (series,) = charts.chart("x", "step", [("x", "other", line)], []).series
    heights = {y for _, y in re.findall(r"[ML](\S+?) ([\d.]+)", series.line)}
    assert len(series.line.split("L")) == charts.BUCKETS
    assert len({y for y in heights}) <= 3  # the mean of each stretch is 5
    band = {float(y) for _, y in re.findall(r"[ML](\S+?) ([\d.]+)", series.band)}
    assert len(band) == 2 and min(band) < float(heights.pop()) < max(band)


def test_wide_ranges_are_logarithmic():
    chart = charts.chart("x", "step", [("x", "other", [(0, 1000), (1, 10), (2, 0.1)])], [])
    assert chart.logarithmic
    assert [label for _, label in chart.ticks_y] == ["0.1", "1", "10", "100", "1,000"]
    assert not charts.chart("x", "step", [("x", "other", [(0, 1000), (1, 0)])], []).logarithmic


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [(0, 1, [0, 0.2, 0.4, 0.6, 0.8, 1]), (0, 8000, [0, 2000, 4000, 6000, 8000]), (0.93, 0.957, [0.93, 0.935, 0.94])],
)
def test_ticks_are_round(low, high, expected):
    ticks = charts._ticks(low, high, 5)
    assert ticks[: len(expected)] == pytest.approx(expected)


def test_strip():
    threshold = chapter_module.Threshold("score", (0.97, 0.98, 0.99), at_least=0.95)
    strip = charts.strip(threshold, 0.985, 0.96)
    assert strip.bound < strip.replayed < strip.seeds[0] < strip.mean[0] < strip.printed < strip.seeds[2]
    assert strip.mean[1] == strip.seeds[0] and strip.mean[2] == strip.seeds[2]
    assert strip.fails_below
    assert charts.strip(chapter_module.Threshold("score", (4, 4), at_least=4), 4, 4) is None
    assert not charts.strip(chapter_module.Threshold("score", (1, 2), at_most=3), None, None).fails_below


# Every chapter of the book, in a browser


def plausible(chapter, profile, folder):
    """Write what a run of `book` might leave behind, from its own figures."""
    metrics, curves = {}, {"cross_entropy": [[i, 2.3 * math.exp(-i / 400)] for i in range(2000)]}
    for figure in chapter.claims:
        if "curve" in figure:
            points = zip(figure["steps"], figure["value"], strict=True)
            curves.setdefault(figure["curve"], [[0, figure["value"][0]]]).extend(map(list, points))
        elif "value" in figure and "metric" in figure and "minus" not in figure:
            metrics[figure["metric"]] = figure["value"]
    metrics |= {t.metric: t.values[0] if t.values else t.bound for t in chapter.thresholds(profile)}
    gap = "\n".join(f"step {i}, of a length that a phone does not show in one line, {'x' * 80}" for i in range(200))
    result = RESULT | {
        "chapter": chapter.name,
        "profile": profile,
        "data": {
            "kind": chapter.data_kind(profile),
            "sha256": {f"some/long/path/{i}.wav": "cd" * 32 for i in range(20)},
        },
        "settings": chapter.settings(profile),
        "metrics": metrics,
        "curves": curves,
    }
    (folder / "figures").mkdir(parents=True)
    for name in ["wide.png", *(figure["picture"] for figure in chapter.claims if "picture" in figure)]:
        (folder / "figures" / name).write_bytes(png(1400, 500))
    (folder / "output.txt").write_text(re.sub("[.]{4,} .*", gap, chapter.printed_output), encoding="utf-8")
    (folder / "result.json").write_text(json.dumps(result), encoding="utf-8")


@pytest.fixture(scope="module")
def whole_report(tmp_path_factory):
    build = tmp_path_factory.mktemp("build")
    for chapter in all_chapters():
        plausible(chapter, "printed", build / "printed" / chapter.name)
    return report.write("printed", build)


def test_every_chapter_has_its_place(whole_report):
    page = Page(whole_report.read_text(encoding="utf-8"))
    for chapter in all_chapters():
        assert chapter.name in page.ids and f"#{chapter.name}" in page.links
        assert {figure["claim"] for figure in chapter.claims} <= set(page.ids)
    assert whole_report.stat().st_size < 5_000_000


@pytest.fixture(scope="module")
def chromium(tmp_path_factory):
    program = browser.find()
    if program is None:
        pytest.skip("no Chromium here (Debian: apt-get install chromium)")
    page = browser.Browser(program, tmp_path_factory.mktemp("profile"))
    yield page
    page.close()


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("width", [1280, 400])
def test_in_a_browser(chromium, whole_report, width, dark, tmp_path):
    chromium.open(whole_report.as_uri(), width, dark=dark)
    assert chromium.value("document.fonts.ready.then(() => document.fonts.check('16px Hangul', '반'))")
    beyond = (
        "[...document.querySelectorAll('main *')].filter(one => one.getBoundingClientRect().right > innerWidth + 1)"
    )
    for folded in (True, False):
        chromium.value(f"document.querySelectorAll('details').forEach(one => one.open = {str(not folded).lower()})")
        assert chromium.value("document.documentElement.scrollWidth") == width
        assert chromium.value(f"{beyond}.map(one => one.outerHTML.slice(0, 80))") == []
    images = chromium.value("[...document.images].map(image => image.complete && image.naturalWidth)")
    assert len(images) >= len(all_chapters()) and all(width == 1400 for width in images)
    for chapter in all_chapters():
        chromium.value(f"location.hash = '{chapter.name}'")
        top = chromium.value(f"document.getElementById('{chapter.name}').getBoundingClientRect().top")
        assert 0 <= top < 100, chapter.name
    background = chromium.value("getComputedStyle(document.body).backgroundColor")
    assert (sum(map(int, re.findall(r"\d+", background)[:3])) < 150) == dark
    chromium.screenshot(tmp_path / "page.png")
    with Image.open(tmp_path / "page.png") as shot:
        assert shot.size == (width, 900)
        assert len(shot.convert("L").getcolors()) > 20
    assert chromium.complaints == []
