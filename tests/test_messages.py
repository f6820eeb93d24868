"""What the code says to a person can be said in Korean: each text for a reader goes through `_`."""

import ast

import pytest

from common.paths import ROOT
from common.tooling import environment, lock, usage
from common.tooling import messages as messages_tool
from tests.support import messages


def constants(name, *names):
    """Return the texts of the constants `names` in the file `name`, without an import: its packages may lack."""
    body = ast.parse((ROOT / name).read_text(encoding="utf-8")).body
    return [node.value.value for node in body if isinstance(node, ast.Assign) and node.targets[0].id in names]


# Texts that are no messages, and why.
EXCEPTIONS = {
    "common/cifar10.py": {"Loading data: {}/{}": "the listing prints it"},
    "common/figures.py": dict.fromkeys(
        ("DejaVu Sans", "predicted class", "true class", "MFCC number"), "a figure is a result, in one language"
    ),
    "common/harness.py": {"a figure {} was saved before": "for a programmer"},
    "common/judging/entries.py": dict.fromkeys(("settings.", "ranges.", "{}.settings."), "names in book.toml"),
    "common/judging/scores.py": {'<th scope="col">{}</th>': "HTML"},
    "common/judging/spread.py": dict.fromkeys(
        ("# One seed has no deviation, so that {} has no threshold yet.", "# The seeds are {}."), "lines of book.toml"
    ),
    "common/publishing/pages.py": dict.fromkeys(
        (
            '<div class="wide" tabindex="0">\\g<0></div>',
            '<li><a href="{}"><code>{}</code></a></li>',
            '<div class="output_html ',
            '<div tabindex="0" class="output_html ',
        ),
        "HTML",
    )
    | {"<p>{} more bytes are left out here.</p>": "the page of a source file is English"},
    "common/publishing/site.py": {
        **dict.fromkeys(constants("common/publishing/site.py", "FONT"), "CSS"),
        ".site.": "a name of a folder",
        '<p class="quiet"><a href="{}.ipynb">{}.ipynb</a></p>': "HTML",
        '<pre tabindex="0">': "HTML",
    },
    "common/tooling/environment.py": dict.fromkeys(
        (
            *environment.OTHER_BYTES,
            ".venv/bin/python -m pip cache purge",
            "pip (see pip config list)",
            "uv cache clean",
        ),
        "words of pip and uv",
    ),
    "common/tooling/lock.py": {lock.HEADER: "a line of a file"},
    "common/tooling/notebooks.py": {
        **dict.fromkeys(constants("common/tooling/notebooks.py", "SETUP"), "code"),
        **dict.fromkeys(constants("common/tooling/notebooks.py", "MADE", "BEFORE", "FOLD"), "both languages"),
        "To exit: use": "IPython's words",
    },
    "common/tooling/usage.py": dict.fromkeys(
        (command for command, _meaning in usage.TARGETS if " " in command), "a command"
    ),
    "common/tf1.py": {".*tf\\.nn\\.rnn_cell\\..* is deprecated": "a warning of TensorFlow"},
    "common/seq2seq.py": {
        "one entry a time step is expected in each list; found {} logits, {} targets, {} weights": "for a programmer"
    },
    "common/formats/pickles.py": dict.fromkeys(("numpy ndarray", "numpy dtype"), "names in a pickle"),
    "common/running/saved_state.py": dict.fromkeys(
        ("an array of objects cannot be saved", "a value of type {} cannot be saved"), "for a programmer"
    ),
    "common/running/checkpoints.py": {".checkpoint.": "a name of a file"},
    "common/reporting/bilingual.py": dict.fromkeys(
        ('<span class="w" lang="{}">{}</span>', '<span lang="ko">{}</span>'), "HTML"
    ),
    "common/reporting/page.py": {"[{} lines of output.txt are left out here]": "a line within the output"},
    "common/reporting/report.py": {'<a href="#{}">{}</a>': "HTML"},
    "common/reporting/spread.py": {"make sweep PROFILE={}{}{} SEEDS=10": "a command"},
    "common/reporting/spread_figures.py": dict.fromkeys(
        (
            "dot: a seed; black: the mean and its 95 % interval; band: the one-sided limits of 99.9 % of the runs",
            *("as the profile", "step or epoch"),
        ),
        "a figure is a result, in one language",
    ),
    "common/running/fingerprint.py": {"model name": "a line of the system"},
    "common/tooling/messages.py": {messages_tool.HEADER: "for those who translate"},
    "data/download.py": {
        **dict.fromkeys(
            (
                "Data has apparently already been downloaded and unpacked.",
                *("Download finished. Extracting files.", "Done.", "\r- Download progress: {}"),
            ),
            "the book's download.py prints it",
        ),
        "timed out": "a word of requests",
    },
    "data/pictures.py": dict.fromkeys(("training batch {} of {}", "testing batch 1 of 1"), "CIFAR-10's own words"),
}
FILES = {
    path.relative_to(ROOT).as_posix(): path for top in ("common", "data") for path in sorted((ROOT / top).rglob("*.py"))
}


@pytest.mark.parametrize("name", FILES)
def test_each_text_for_a_person_is_marked(name):
    left = {text: line for line, text in messages.unmarked(FILES[name])}
    assert {text: line for text, line in left.items() if text not in EXCEPTIONS.get(name, {})} == {}
    assert EXCEPTIONS.get(name, {}).keys() <= left.keys(), "an exception that is none any more"


@pytest.mark.parametrize("name", FILES)
def test_each_command_line_has_the_option_of_the_language(name):
    calls = [
        node for node in ast.walk(ast.parse(FILES[name].read_text(encoding="utf-8"))) if isinstance(node, ast.Call)
    ]
    made = [node.lineno for node in calls if messages.name_of(node) == "ArgumentParser"]
    assert made == [] or name == "common/language/__init__.py", "call common.language.argument_parser"


@pytest.mark.parametrize("name", FILES)
def test_what_is_marked_can_be_collected_and_translated(name):
    assert messages.marked_wrongly(FILES[name]) + messages.hides_the_mark(FILES[name]) == []


def write(tmp_path, code):
    path = tmp_path / "module.py"
    path.write_text(code)
    ast.parse(code)
    return path


@pytest.mark.parametrize(
    ("code", "texts"),
    [
        ('raise ReplayError("No file.")', ["No file."]),
        ('raise ReplayError(_("No file."))', []),
        ('raise ReplayError(f"{path}: no file here.")', ["{}: no file here."]),
        ('raise ReplayError(_("{path}: no file here.").format(path=path))', []),
        ('print("one two", file=sys.stderr)', ["one two"]),
        ('print("Interrupted", file=sys.stderr)', ["Interrupted"]),
        ('print(f"{a}: {b}", file=sys.stderr)', []),
        ('print("Extracting", name)', []),
        ('say("Interrupted")', ["Interrupted"]),
        ('tqdm(steps, desc="music", unit=_("step"))', ["music"]),
        ('parser.add_argument("--data", metavar="DIR", help="the folder with data")', ["the folder with data"]),
        ('parser.add_argument("--data", metavar="DIR", help=_("the folder with data"))', []),
        ('kinds = ("a pipe", N_("a socket"))', ["a pipe"]),
        ('"""This module says it."""\ndef f():\n    """Return it all."""\n    return "two words"', ["two words"]),
        ('f"{x} of {y} in {_("the list of all")}"' if False else "f\"{words('two words')}\"", ["two words"]),
        ('run(["python", "-m", "common.judging.check"])\nname = "python -m data.fetch"', []),
        ('_("{a} files are there").format(a="no such thing")', ["no such thing"]),
    ],
)
def test_a_text_that_is_not_marked_is_found(code, texts, tmp_path):
    assert [text for _line, text in messages.unmarked(write(tmp_path, code))] == texts


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ('_("{a}: none")', None),
        ("_(what)", None),
        ('_(f"{a}: none")', "not written out"),
        ('_("a" + b)', "not written out"),
        ('_(source["title"])', "not written out"),
        ('_("{}: none")', "without a name"),
        ('_("{0}: none")', "without a name"),
        ('N_(f"{a}")', "not written out"),
        ('def f():\n    for _ in a:\n        b(_("none"))', "calls _ and sets it"),
        ('def f(**_):\n    b(_("none"))', "calls _ and sets it"),
        ("def f():\n    for _ in a:\n        b()", None),
    ],
)
def test_a_wrong_mark_is_found(code, words, tmp_path):
    path = write(tmp_path, code)
    found = messages.marked_wrongly(path) + messages.hides_the_mark(path)
    assert bool(found) == bool(words) and (words is None or words in found[0]), found
