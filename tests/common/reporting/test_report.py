"""The report of doctored results: what it says, what it survives, and how a browser finds it."""

import base64
import importlib.util
import io
import json
import math
import re
from datetime import UTC, datetime
from html.parser import HTMLParser
from pathlib import Path

import pytest
from fontTools.ttLib import TTFont
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from common.judging import chapter as chapter_module
from common.judging.chapter import Chapter, all_chapters
from common.judging.verdicts import AGREES, CONTRADICTION, DIFFERS, NEEDS_DATA, WITHIN_SPREAD
from common.language import LANGUAGES, speaking
from common.paths import variant_folder
from common.reporting import report
from tests.support import browser
from tests.support.books import book
from tests.support.pngs import png
from tests.support.sweeps import leave

AXE = Path(importlib.util.find_spec("axe_core_python").origin).with_name("axe.min.js")
PRINTED = """
step 0, train accuracy 0.13
.... (생략) ....
step 90, train accuracy 1
test accuracy 0.9862
"""
CLAIMS = [
    'id = "X1", about = "accuracy", curve = "train_accuracy", steps = [0, 90], value = [0.13, 1]',
    'id = "X2", about = "test accuracy", metric = "test_accuracy", value = 0.9862, differs = "other weights"',
    'id = "X3", about = "shape of x", metric = "shape", value = [28, 28]',
    'id = "X4", about = "the picture of page 7", picture = "drawn.png"',
    'id = "X5", about = "epochs", metric = "epochs", value = 3, finding = "E99", reason = "said twice"',
    'id = "X6", about = "tracks", metric = "tracks", value = 400, given = { tracks = 400 }',
    'id = "X7", about = "score", metric = "score", value = 0.91',
    'id = "X8", about = "4th", step = 40, metric = "train_accuracy", value = 0.5, finding = "E9", reason = "r"',
    'id = "X9", about = "bound", metric = "bound", at_most = 3, differs = "not so"',
    'id = "X10", about = "less another", metric = "less", minus = "ch00", value = 0',
]
JUDGED = """
[profiles.builtin]
[profiles.printed.thresholds.test_accuracy]
at_least = 0.9
values = [0.97, 0.98, 0.99]
[profiles.printed.thresholds.score]
at_least = 0.8
reach = [0.8, 1]
values = [0.9, 0.91]
"""
UNJUDGED = """
[profiles.builtin.thresholds.test_accuracy]
at_least = 0.9
values = [0.97, 0.98]
[profiles.printed]
"""


def book_of(profiles):
    return book(
        *CLAIMS,
        title="A test of '반갑습니다' & <more>",
        pages="1-2, 7",
        data="mnist",
        output=PRINTED.lstrip(),
        settings="steps = 100",
        profiles=profiles,
    )


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
    "run": {"token": "first", "finished": "2026-03-01T10:15:02+00:00", "gone_on": 2},
    "curves": {
        "train_accuracy": [[i, 0.13 + i / 90 * 0.87] for i in range(0, 100, 10)],
        "cross_entropy": [[i, 2.3 * math.exp(-i / 50)] for i in range(500)],
    },
}
FINISHED = f"{datetime(2026, 3, 1, 10, 15, tzinfo=UTC).astimezone():%Y-%m-%d %H:%M}"
OUTPUT = "".join(f"step {i}, train accuracy {0.2 + i / 200:g}\n" for i in range(0, 100, 10)) + "test accuracy 0.9312\n"


class Page(HTMLParser):
    """A page's elements in one language, its text, its tables and lists, and whether its tags are balanced."""

    VOID = frozenset(("meta", "link", "input", "br"))

    def __init__(self, html, language="en"):
        super().__init__()
        self.language, self.skipped = language, None
        self.ids, self.links, self.images, self.stored, self.outside, self.open = [], [], [], {}, [], []
        self.tables, self.lists, self.unmarked = [], [], []
        self.text, self.style = "", ""
        self.feed(html)
        assert self.open == []

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        kind = attributes.get("class", "").split()
        if tag not in self.VOID:
            self.open.append((tag, attributes.get("lang")))
            if "w" in kind and attributes["lang"] != self.language and self.skipped is None:
                self.skipped = len(self.open)
        self.ids += [attributes["id"]] if "id" in attributes else []
        self.outside += [
            value
            for name, value in attributes.items()
            if name in ("href", "src", "srcset", "action") and not value.startswith(("data:", "#"))
        ]
        if self.skipped is not None:
            return
        if "picture" in kind:
            self.images.append(attributes)
        elif tag == "image":
            self.stored[attributes["id"]] = attributes
        elif tag == "use":
            self.images[-1]["use"] = attributes["href"]
        elif tag == "a":
            self.links.append(attributes["href"])
        elif tag == "table":
            self.tables.append((kind, []))
        elif tag == "tr":
            self.tables[-1][1].append([])
        elif tag in ("th", "td"):
            self.tables[-1][1][-1].append("")
        elif tag == "ul":
            self.lists.append((kind, []))
        elif tag == "li":
            self.lists[-1][1].append("")

    def handle_startendtag(self, tag, attributes):
        self.handle_starttag(tag, attributes)
        if tag not in self.VOID:
            self.handle_endtag(tag)

    def handle_endtag(self, tag):
        assert self.open and self.open[-1][0] == tag, tag
        if self.skipped == len(self.open):
            self.skipped = None
        self.open.pop()

    def handle_data(self, data):
        tags = [tag for tag, _ in self.open]
        if "style" in tags:
            self.style += data
            return
        language = next((language for _, language in reversed(self.open) if language), None)
        self.unmarked += [data] if re.search("[가-힣]", data) and language != "ko" and "title" not in tags else []
        if self.skipped is not None:
            return
        self.text += " " + data
        if "td" in tags or "th" in tags:
            self.tables[-1][1][-1][-1] += data
        if "li" in tags:
            self.lists[-1][1][-1] += data

    def words(self):
        return spaced(self.text)

    def rows(self, kind):
        """Return the rows of all tables of the class `kind` as dicts from heading to cell."""
        return [
            dict(zip(map(spaced, headings), map(spaced, cells), strict=True))
            for kinds, (headings, *rows) in self.tables
            if kind in kinds
            for cells in rows
        ]

    def items(self, kind):
        """Return the items of all lists of the class `kind`."""
        return [spaced(item) for kinds, items in self.lists if kind in kinds for item in items]


def spaced(text):
    return re.sub(r"\s+", " ", text).strip()


@pytest.fixture
def made(tmp_path, monkeypatch):
    """A function that makes the report of one doctored chapter; its attributes are the folders."""
    path = tmp_path / "ch00_test" / "book.toml"
    path.parent.mkdir()
    monkeypatch.setattr(chapter_module, "all_chapters", lambda: [Chapter(path)])
    folder = tmp_path / "build" / "printed" / "ch00"

    def make(output=OUTPUT, pictures=(), text=None, profiles=JUDGED, **changes):
        path.write_text(book_of(profiles), encoding="utf-8")
        (folder / "figures").mkdir(parents=True, exist_ok=True)
        for old in (folder / "figures").iterdir():
            old.unlink()
        for name, content in pictures:
            (folder / "figures" / name).write_bytes(content)
        (folder / "output.txt").write_bytes(output if isinstance(output, bytes) else output.encode())
        (folder / "result.json").write_text(json.dumps(RESULT | changes) if text is None else text, encoding="utf-8")
        return Page(report.write("printed", make.build).read_text(encoding="utf-8"))

    make.build, make.folder = tmp_path / "build", folder
    make.page = lambda language="en", token=None: Page(
        report.write("printed", make.build, token).read_text(encoding="utf-8"), language
    )
    return make


def test_results_with_other_settings_stand_below_that_of_the_chapter(made):
    assert "With other settings" not in made().words()
    folder = variant_folder("printed", "ch00", "steps=900", made.build)
    folder.mkdir(parents=True)
    changed = {"settings": {"steps": 900}, "changed": {"steps": 900}, "metrics": {"test_accuracy": 0.3}}
    (folder / "result.json").write_text(json.dumps(RESULT | changed), encoding="utf-8")
    page = made()
    assert page.rows("variants") == [{"settings": "steps=900", "test accuracy": "0.3", "finished": FINISHED}]
    assert "All thresholds hold" in page.words() and 'make ch00 WITH="name=value"' in page.words()


def test_what_a_chapter_shows(made):
    page = made(pictures=[("drawn.png", png()), ("confusion_matrix.png", png())])
    words = page.words()
    assert "All thresholds hold" in words
    assert "A test of ' 반갑습니다 ' & <more>" in words and "pages 1–2 , 7" in words
    assert page.rows("metrics") == [
        {
            "metric": "test accuracy",
            "printed": "0.9862",
            "this run": "0.9312",
            "threshold": "≥ 0.9",
            "mean ± deviation (seeds)": "0.9800 ± 0.0100 (3)",
        },
        {
            "metric": "score",
            "printed": "0.91",
            "this run": "0.9",
            "threshold": "≥ 0.8",
            "mean ± deviation (seeds)": "0.9050 ± 0.0071 (2)",
        },
    ]
    assert f"Results of {FINISHED}, made in 13 seconds" in words
    for part in (f"finished {FINISHED}", "gone on 2 times"):
        assert part in words, part
    for part in ("seed 7", "threads 2", "mnist, real", "steps 100", "train_model 12.2", "tensorflow 2.21.0", "ab" * 32):
        assert part in words, part
    assert [image["aria-label"] for image in page.images] == ["confusion matrix", "the picture of page 7"]
    for image in page.images:
        stored = page.stored[image["use"].removeprefix("#")]
        assert stored["href"] == "data:image/png;base64," + base64.b64encode(png()).decode()
        assert (stored["width"], stored["height"]) == ("60", "40") and image["viewbox"] == "0 0 60 40"


def test_the_first_table_has_a_row_for_each_metric(made):
    chapter = {
        "chapter": "ch00 A test of '반갑습니다' & <more>",
        "pages": "1–2, 7",
        "verdict": "holds",
        "seconds": "12.8",
        "finished": FINISHED,
    }
    assert made().rows("cards")[:2] == [
        chapter | {"metric": "test accuracy", "printed": "0.9862", "replayed": "0.9312", "threshold": "≥ 0.9"},
        chapter | {"metric": "score", "printed": "0.91", "replayed": "0.9", "threshold": "≥ 0.8"},
    ]


def test_a_profile_without_thresholds(made):
    page = made(pictures=[("drawn.png", png())], profiles=UNJUDGED)
    assert "All thresholds hold; ch00 has none yet" in page.words()
    row = page.rows("cards")[0]
    assert (row["metric"], row["printed"], row["replayed"]) == ("test accuracy", "0.9862", "0.9312")
    assert (row["threshold"], row["verdict"]) == ("none yet", "no threshold")
    assert "holds" not in {row["verdict"] for row in page.rows("cards") if "verdict" in row}


def test_whether_the_printed_number_is_within_reach_stands_beside_the_threshold(made):
    assert made().words().count("The printed number is within the seeds' reach.") == 1  # of the score alone
    beyond = JUDGED.replace("reach = [0.8, 1]", "reach = [0.8, 0.9]")
    assert "The printed number is beyond the seeds' reach." in made(profiles=beyond).words()


def test_a_sweep_has_a_section_with_its_table_and_its_figure(made, monkeypatch):
    assert "spread" not in made().ids
    chapter = Chapter(made.folder.parents[2] / "ch00_test" / "book.toml")
    monkeypatch.setattr(chapter_module, "all_chapters", lambda: [chapter])
    for seed, score in enumerate((0.96, 0.97, 0.98), 1):
        leave(made.build, chapter, seed, metrics={"test_accuracy": score})
    leave(made.build, chapter, 4, seed=5)
    html = report.write("printed", made.build).read_text(encoding="utf-8")
    page = Page(html, "ko")
    (row,) = [row for row in page.rows("cards") if row.get("시드")]
    assert (row["평균 ± 표준편차"], row["범위"]) == ("0.9700 ± 0.0100", "안")
    assert "시드 4: 들어 있는 시드: 5" in page.words() and "한쪽 허용 한계" in page.words()
    assert [image["aria-label"] for image in page.images] == ["점 하나가 시드 하나, 선은 책의 수치"]
    page = Page(html)
    assert "spread" in page.ids and "ch00, seed 4: holds seed 5" in page.words()
    (row,) = [row for row in page.rows("cards") if row.get("seeds")]
    assert (row["mean ± sd"], row["printed"], row["reach"]) == ("0.9700 ± 0.0100", "0.9862", "within")
    assert [image["aria-label"] for image in page.images] == ["each seed a dot, the printed number a line"]
    assert page.outside == []


def test_every_verdict_is_counted(made):
    page = made(pictures=[("drawn.png", png())])
    assert "Of 10 claims of the book" in page.words()
    numbers = {AGREES: 4, WITHIN_SPREAD: 1, DIFFERS: 2, CONTRADICTION: 2, NEEDS_DATA: 1}
    assert page.items("counts") == [f"{number} {verdict}" for verdict, number in numbers.items()]
    verdicts = {row["claim"]: row["verdict"] for row in page.rows("ledger")}
    assert list(verdicts) == [f"X{i}" for i in range(1, 11)]
    assert verdicts["X1"] == "agrees" and verdicts["X7"].startswith("within spread")
    assert verdicts["X7"].endswith("within reach: 0.7 standard deviations above the mean of 2 seeds")
    assert verdicts["X2"].startswith("differs") and verdicts["X2"].endswith("other weights")
    assert "E99: said twice" in verdicts["X5"] and "tracks 40 of 400" in verdicts["X6"]
    assert "not as expected" not in page.words() and page.items("complaints") == []


def test_the_ledger_has_the_printed_and_the_replayed_value_of_each_claim(made):
    rows = {row["claim"]: row for row in made(pictures=[("drawn.png", png())]).rows("ledger")}
    shown = {name: (row["what the book says"], row["printed"], row["replayed"]) for name, row in rows.items()}
    assert shown["X1"] == ("accuracy", "0.13 1", "0.13 1")
    assert shown["X3"] == ("shape of x", "28 28", "28 28")
    assert shown["X4"] == ("the picture of page 7", "a picture", "figures/drawn.png")
    assert shown["X9"] == ("bound", "at most 3", "4")


def test_a_claim_that_is_not_as_expected(made):
    page = made(metrics=RESULT["metrics"] | {"shape": [28, 29]})
    assert "2 of them are not as expected" in page.words()  # the picture is not there either
    first, second = page.items("complaints")
    assert first.startswith("X3: should agree, and does not") and second == "X4: no figures/drawn.png"
    assert "1 no result" in page.items("counts")


def test_printed_beside_replayed(made):
    made()
    html = (made.folder.parent / "report" / "index.html").read_text(encoding="utf-8")
    table = html[html.index('<table class="beside">') : html.index("</table>", html.index('<table class="beside">'))]
    table = re.sub('<span class="w" lang="ko">[^<]*</span>', "", table)
    assert re.findall(r'<tr class="(\w+)">', table) == ["changed", "gap", "changed", "changed"]
    assert "train accuracy <mark>0.13</mark>" in table and "train accuracy <mark>0.2</mark>" in table
    assert '<summary><span class="w" lang="en">8 lines more</span></summary>' in table
    assert '.... (<span lang="ko">생략</span>) ....' in table
    assert "test accuracy <mark>0.9862</mark>" in table and "test accuracy <mark>0.9312</mark>" in table


def test_nothing_comes_from_elsewhere_and_every_link_leads_somewhere(made):
    page = made(pictures=[("drawn.png", png())])
    assert page.outside == []
    assert set(re.findall(r"url\((.)", page.style)) == {'"'} and 'url("data:font/woff' in page.style
    assert len(page.ids) == len(set(page.ids))
    assert {link.removeprefix("#") for link in page.links} <= set(page.ids)
    assert {"verdict", "chapters", "ch00", "ledger", "claims-ch00", "X1", "findings", "E05"} <= set(page.ids)


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


def test_a_result_of_another_make_is_shown_as_kept_and_not_judged(made):
    made(pictures=[("drawn.png", png())])
    page = made.page(token="second")
    words = page.words()
    assert "1 of 1 chapters does not pass" in words and "All thresholds hold" not in words
    complaint = f"not run by this make: an older result of {FINISHED} is kept"
    assert page.items("complaints")[:2] == [f"ch00: {complaint}", complaint]
    assert "What follows is the older result, which is kept. It is not judged." in words
    for row in page.rows("cards")[:2]:
        assert (row["replayed"], row["verdict"], row["finished"]) == ("-", "no result", f"{FINISHED}, kept")
    assert "test accuracy 0.9312" in words and len(page.images) == 1  # its output and its picture
    assert not {AGREES, WITHIN_SPREAD} & {row["verdict"] for row in page.rows("ledger")}
    page = made.page(token="first")
    assert "All thresholds hold" in page.words() and "kept" not in page.words()


@pytest.fixture
def two_chapters(made, monkeypatch, tmp_path):
    """A second chapter, ch99, beside that of `made`. It has no result."""
    made()
    other = tmp_path / "ch99_test" / "book.toml"
    other.parent.mkdir()
    other.write_text(book_of(JUDGED).replace('"ch00"', '"ch99"').replace('"X', '"Y'), encoding="utf-8")
    monkeypatch.setattr(
        chapter_module, "all_chapters", lambda: [Chapter(tmp_path / "ch00_test/book.toml"), Chapter(other)]
    )


def test_results_of_several_runs_have_the_first_and_the_last_time(made, two_chapters):
    path = made.build / "printed" / "ch99" / "result.json"
    path.parent.mkdir()
    path.write_text(json.dumps(RESULT | {"chapter": "ch99", "run": {"finished": "2026-02-01T10:15:02+00:00"}}))
    words = made.page().words()
    assert re.search(rf"Results of 2026-02-01 \d\d:\d\d to {FINISHED}, made in", words)


def test_a_chapter_without_a_result(made, two_chapters):
    words = made.page().words()
    assert "No result: the chapter did not run to its end under this profile. This command makes one:" in words
    assert "make ch99 PROFILE=printed DATA=dir" in words
    assert "1 of 2 chapters does not pass" in words and "8 no result" in words


def test_a_profile_that_was_never_run_has_the_command_and_no_empty_chapters(made):
    made()
    (made.folder / "result.json").unlink()
    page = made.page()
    assert "Nothing was run with the profile printed yet" in page.words() and "make printed DATA=dir" in page.words()
    assert page.tables == [] and "ch00" not in page.ids


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


def test_exit_status_and_path(made, monkeypatch, capsys):
    made()
    monkeypatch.setattr(report, "require_results", lambda profile, chapters: None)
    monkeypatch.setattr(report, "write", lambda profile, token, write=report.write: write(profile, made.build, token))
    for failed, status in ((0, 0), (2, 1)):
        monkeypatch.setattr(report, "check", lambda profile, token, failed=failed: print("table", token) or failed)
        assert report.main(["--check", "--profile", "printed", "--token", "first"]) == status
        path = made.build / "printed" / "report" / "index.html"
        assert capsys.readouterr().out == f"table first\n{path}\n"
    assert report.main(["--profile", "printed"]) == 0


def test_a_folder_that_cannot_be_written(made, capsys, monkeypatch):
    made()
    monkeypatch.setattr(report, "require_results", lambda profile, chapters: None)
    folder = made.build / "printed" / "report"
    (folder / "index.html").unlink()
    folder.rmdir()
    folder.write_text("a file")
    monkeypatch.setattr(report, "write", lambda profile, token, write=report.write: write(profile, made.build))
    assert report.main(["--profile", "printed"]) == 1
    assert "cannot be written" in capsys.readouterr().err


# Every chapter of the book, in a browser


def plausible(chapter, profile, folder):
    """Write what a run of `profile` might leave in `folder`, from the chapter's own claims."""
    metrics, curves = {}, {"cross_entropy": [[i, 2.3 * math.exp(-i / 400)] for i in range(2000)]}
    for claim in chapter.claims:
        if "curve" in claim:
            points = zip(claim["steps"], claim["value"], strict=True)
            curves.setdefault(claim["curve"], [[0, claim["value"][0]]]).extend(map(list, points))
        elif "value" in claim and "metric" in claim and "minus" not in claim:
            metrics[claim["metric"]] = claim["value"]
    metrics |= {bound.metric: bound.values[0] if bound.values else bound.bound for bound in chapter.thresholds(profile)}
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
    for name in ["wide.png", *(claim["picture"] for claim in chapter.claims if "picture" in claim)]:
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
        assert {claim["id"] for claim in chapter.claims} <= set(page.ids)
    assert whole_report.stat().st_size < 3_000_000


def test_chapters_come_first_and_theory_last(whole_report):
    page = Page(whole_report.read_text(encoding="utf-8"))
    places = [page.ids.index(name) for name in (*(f"ch0{i}" for i in range(1, 8)), "theory", "ledger", "findings")]
    assert places == sorted(places)


def test_every_claim_leads_to_what_the_chapter_s_pages_say_of_it(whole_report):
    page = Page(whole_report.read_text(encoding="utf-8"))
    claims = [claim["id"] for chapter in all_chapters() for claim in chapter.claims]
    assert [claim for claim in claims if f"said-{claim}" not in page.ids or f"#said-{claim}" not in page.links] == []
    assert "chapters/ch01_dnn_single/README.md:" in page.text and "The printed 0.9154 lies" not in page.text
    assert "chapters/ch03_dnn_genre/README.md:" in page.text


def test_every_finding_stands_in_the_report_and_reasons_lead_to_it(whole_report):
    page = Page(whole_report.read_text(encoding="utf-8"))
    rows = {row["finding"]: row for row in page.rows("found")}
    assert list(rows) == [f"E{number:02d}" for number in range(1, 22)]
    assert rows["E05"]["the book"].startswith("The test accuracy 0.93051 is no share")
    assert rows["E05"]["chapter"] == "ch03"
    assert {"#E05", "#E09"} <= set(page.links)


@pytest.mark.parametrize("language", LANGUAGES)
def test_korean_words_are_marked_as_such(whole_report, language):
    assert Page(whole_report.read_text(encoding="utf-8"), language).unmarked == []


def test_the_language_of_the_program_is_the_first_one(made):
    made()
    for language in LANGUAGES:
        with speaking(language):
            path = report.write("printed", made.build)
        html = path.read_text(encoding="utf-8")
        assert f'<html lang="{language}">' in html
        assert re.findall(r'id="in-(..)" autocomplete="off" checked', html) == [language]
    assert "모든 기준을 만족합니다" in html and "All thresholds hold" in html
    assert "모든 기준을 만족합니다" in made.page("ko").words() and "All thresholds" not in made.page("ko").words()


@pytest.fixture(scope="module")
def chromium(tmp_path_factory):
    program = browser.find()
    if program is None:
        pytest.skip("no Chromium here (Debian: apt-get install chromium)")
    page = browser.Browser(program, tmp_path_factory.mktemp("profile"))
    yield page
    page.close()


LOOKS = pytest.mark.parametrize(
    ("language", "width", "dark"),
    [(language, width, dark) for language in LANGUAGES for width in (1280, 400) for dark in (False, True)],
)
DRAWN = (0, 128, 128)  # the colour of every picture
OPEN = "document.querySelectorAll('details').forEach(one => one.open = {})"


def choose(chromium, language):
    """Press the switch of the page."""
    chromium.value(f"document.getElementById('in-{language}').click()")


@LOOKS
def test_in_a_browser(chromium, whole_report, language, width, dark, tmp_path):
    chromium.open(whole_report.as_uri(), width, dark=dark)
    choose(chromium, language)
    assert chromium.value("document.fonts.ready.then(() => document.fonts.check('16px Hangul', '반'))")
    beyond = (
        "[...document.querySelectorAll('main *')].filter(one => one.getBoundingClientRect().right > innerWidth + 1)"
    )
    for folded in (True, False):
        chromium.value(OPEN.format(str(not folded).lower()))
        assert chromium.value("document.documentElement.scrollWidth") == width
        assert chromium.value(f"{beyond}.map(one => one.outerHTML.slice(0, 80))") == []
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


@LOOKS
def test_axe_core_finds_nothing(chromium, whole_report, language, width, dark):
    chromium.open(whole_report.as_uri(), width, dark=dark)
    choose(chromium, language)
    chromium.value(OPEN.format("true"))
    chromium.value(AXE.read_text(encoding="utf-8") + "; 0")
    found = chromium.value("axe.run().then(found => [found.violations, found.passes.length])")
    assert [(rule["id"], node["html"]) for rule in found[0] for node in rule["nodes"]] == []
    assert found[1] > 30  # so many rules had something to look at


def test_axe_core_finds_what_is_wrong(chromium, whole_report):
    """An empty list above would mean nothing if the rules did not run."""
    chromium.open(whole_report.as_uri(), 1280)
    chromium.value("document.querySelector('svg.picture').removeAttribute('aria-label')")
    chromium.value("document.querySelector('h1').style.color = '#eee'")
    chromium.value(AXE.read_text(encoding="utf-8") + "; 0")
    found = chromium.value("axe.run().then(found => found.violations.map(rule => rule.id))")
    assert {"svg-img-alt", "color-contrast"} <= set(found)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_switch_shows_one_language_and_remembers_nothing(chromium, whole_report, language):
    chromium.open(whole_report.as_uri(), 1280)
    assert "All thresholds hold" in chromium.value("document.querySelector('h1').innerText")
    choose(chromium, language)
    (other,) = set(LANGUAGES) - {language}
    shown = "[...document.querySelectorAll('.w[lang={}]')].filter(one => one.checkVisibility()).length"
    assert chromium.value(shown.format(other)) == 0 and chromium.value(shown.format(language)) > 300
    chromium.open(whole_report.as_uri(), 1280)
    assert "All thresholds hold" in chromium.value("document.querySelector('h1').innerText")
    assert chromium.complaints == []


def test_a_picture_is_there_once_and_seen_in_both_languages(chromium, whole_report, tmp_path):
    page = whole_report.read_text(encoding="utf-8")
    assert page.count("data:image/") == len(Page(page).images) > len(all_chapters())
    for language in LANGUAGES:
        chromium.open(whole_report.as_uri(), 1280)
        choose(chromium, language)
        first = f"document.querySelector('svg.picture[lang={language}]')"
        chromium.value(f"{first}.scrollIntoView({{block: 'center'}})")
        box = chromium.value(f"JSON.parse(JSON.stringify({first}.getBoundingClientRect()))")
        chromium.screenshot(tmp_path / "page.png")
        with Image.open(tmp_path / "page.png") as shot:
            middle = shot.convert("RGB").getpixel((int(box["x"] + box["width"] / 2), int(box["y"] + box["height"] / 2)))
        assert middle == DRAWN


@pytest.mark.parametrize("language", LANGUAGES)
def test_printed_it_has_at_most_twenty_pages(chromium, whole_report, language):
    chromium.open(whole_report.as_uri(), 1280)
    choose(chromium, language)
    assert 5 < chromium.printed_pages() <= 20
