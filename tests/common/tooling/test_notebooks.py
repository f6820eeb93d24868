"""Scripts as notebooks: what is a cell, what a run leaves in them, and how an error ends."""

import ast
import base64

import pytest

from common.errors import ReplayError
from common.judging.chapter import Chapter, all_chapters
from common.paths import ROOT
from tests.support.books import book

for name in ("jupytext", "nbconvert", "ipykernel"):
    pytest.importorskip(name, reason="needs the packages of common/tooling/requirements-notebooks.txt: make notebooks")
nbformat = pytest.importorskip("nbformat")
notebooks = pytest.importorskip("common.tooling.notebooks")

CHAPTERS = {chapter.name: chapter for chapter in all_chapters()}
SCRIPTS = sorted(
    {
        chapter.script(profile).relative_to(ROOT).as_posix()
        for chapter in CHAPTERS.values()
        for profile in chapter.profiles()
        if chapter.script(profile).exists()
    }
)
CH06 = CHAPTERS["ch06"].script("builtin").relative_to(ROOT).as_posix()
DRAW = """
from common.figures import confusion_matrix

script_main = main


def main(run):
    print("before the figure")
    run.save_figure("drawn", confusion_matrix(["a", "b"], [0, 1], [0, 1]))
    return script_main(run)
"""
PARSE = """
import argparse
parser = argparse.ArgumentParser()
parser.add_argument("--seed", type=int)
parser.parse_args()
"""
# A script of every kind of line that a chapter's has at its top.
SCRIPT = '''"""ch00: a test (page 1).

Printed: 0.9. Replayed: 0.8.

Seeds: 1 to 10.
"""

import sys

# A comment of its own.

SIZE = 3  # a setting

# Right above a function.
def load_data(run):
    """Return nothing."""

    # 데이터

    return SIZE


def main(run):
    return load_data(run)


if __name__ == "__main__":
    main(sys.argv)
'''


def notebook_of(*sources):
    made = nbformat.v4
    return made.new_notebook(cells=[made.new_code_cell(source) for source in sources])


@pytest.fixture
def project(tmp_path, monkeypatch):
    """A project of one small chapter, whose notebooks are made and not executed; the folder of the project."""
    folder = tmp_path / "chapters" / "ch00_test"
    folder.mkdir(parents=True)
    (folder / "replay.py").write_text(SCRIPT, encoding="utf-8")
    (folder / "repaired.py").write_text(SCRIPT.replace("a test", "a repaired test"), encoding="utf-8")
    profiles = "[profiles.builtin]\n[profiles.printed]\n[profiles.repaired]"
    (folder / "book.toml").write_text(book(profiles=profiles), encoding="utf-8")
    monkeypatch.setattr(notebooks, "ROOT", tmp_path)
    monkeypatch.setattr(notebooks, "all_chapters", lambda: [Chapter(folder / "book.toml")])
    monkeypatch.setattr(notebooks, "execute", lambda notebook: None)
    return tmp_path


@pytest.mark.parametrize("script", SCRIPTS)
def test_nothing_of_the_script_is_lost(script):
    notebook = notebooks.convert(script, [])
    title, setup, *cells = notebook.cells
    source = (ROOT / script).read_text(encoding="utf-8")
    docstring = ast.get_docstring(ast.parse(source))
    assert title.cell_type == "markdown" and title.source.startswith(f"# {docstring}\n\n")
    assert "__file__" in setup.source
    again = "\n\n".join([ast.unparse(ast.parse(source).body[0]), *(cell.source for cell in cells)])
    assert ast.dump(ast.parse(again)) == ast.dump(ast.parse(source))
    assert {cell.cell_type for cell in cells} == {"code"}


def test_the_five_functions_are_cells():
    cells = notebooks.convert(CH06, []).cells
    defined = [[node.name for node in ast.parse(cell.source).body if hasattr(node, "args")] for cell in cells[3:-1]]
    assert defined == [["load_data"], ["build_model"], ["train_model"], ["evaluate_model"], ["main"]]
    assert cells == notebooks.convert(CH06, []).cells


def test_the_first_line_is_the_heading_and_the_others_are_text(project):
    cells = notebooks.convert("chapters/ch00_test/replay.py", []).cells
    lines = cells[0].source.split("\n")
    assert lines[:5] == ["# ch00: a test (page 1).", "", "Printed: 0.9. Replayed: 0.8.", "", "Seeds: 1 to 10."]
    assert "`chapters/ch00_test/replay.py`" in lines[-1] and lines[-2] == ""


def test_comments_stay_where_they_stand(project):
    _, _, libraries, first, second, guard = notebooks.convert("chapters/ch00_test/replay.py", []).cells
    assert libraries.source == "import sys\n\n# A comment of its own.\n\nSIZE = 3  # a setting"
    assert first.source.startswith("# Right above a function.\ndef load_data(run):") and "# 데이터" in first.source
    assert second.source.startswith("def main(run):") and guard.source.startswith("if __name__")


@pytest.mark.parametrize(
    ("profile", "script", "title"),
    [
        ("printed", "replay.py", "# ch00: a test (page 1)."),
        ("repaired", "repaired.py", "# ch00: a repaired test (page 1)."),
    ],
)
def test_each_profile_runs_its_own_script(project, capsys, profile, script, title):
    assert notebooks.main(["--profile", profile, "--out", str(project / "out"), "--data", "D"]) == 0
    assert capsys.readouterr().out == f"{project / 'out' / 'ch00.ipynb'}\n"
    heading, setup, *_ = nbformat.read(project / "out" / "ch00.ipynb", 4).cells
    assert heading.source.split("\n")[0] == title
    assert f"__file__ = 'chapters/ch00_test/{script}'" in setup.source
    assert f"'--profile', '{profile}', '--data', 'D', '--out', 'out/ch00'" in setup.source


def test_other_settings_have_a_notebook_of_their_own(project, capsys):
    line = ["--out", str(project / "out"), "--with", "steps=7"]
    assert notebooks.main(["ch00", *line]) == 0
    assert capsys.readouterr().out == f"{project / 'out' / 'ch00,steps=7.ipynb'}\n"
    _, setup, *_ = nbformat.read(project / "out" / "ch00,steps=7.ipynb", 4).cells
    assert "'--profile', 'builtin', '--with=steps=7', '--out', 'out/ch00,steps=7'" in setup.source
    with pytest.raises(SystemExit) as end:
        notebooks.main(line)
    assert end.value.code == 2 and "other settings are for one chapter" in capsys.readouterr().err
    assert notebooks.main(["ch00", "--with", "setps=7"]) == 1
    assert "ch00 has no setting 'setps'" in capsys.readouterr().err


def test_a_chapter_without_the_profile_has_no_notebook(project, capsys):
    assert notebooks.main(["--profile", "listed", "--out", str(project / "out")]) == 0
    assert capsys.readouterr().out == "" and not (project / "out").exists()


def test_a_notebook_prints_what_the_script_prints(tmp_path):
    notebook = notebooks.convert(CH06, ["--out", str(tmp_path), "--threads", "2"])
    notebook.cells.insert(-1, nbformat.v4.new_code_cell(DRAW))
    notebooks.execute(notebook)
    nbformat.validate(notebook)
    *others, last = notebook.cells
    assert not any(cell.get("outputs") for cell in others)
    heading, before, figure, rest = last.outputs
    assert (heading.name, before.name, rest.name) == ("stderr", "stdout", "stdout")
    assert before.text == "before the figure\n"
    assert before.text + rest.text == (tmp_path / "output.txt").read_text(encoding="utf-8")
    assert rest.text.endswith("[1 2 3 4] ['갑', '습', '니', '다']\n")
    png = base64.b64decode(figure.data["image/png"])
    assert png == (tmp_path / "figures" / "drawn.png").read_bytes()
    assert (tmp_path / "result.json").exists()


@pytest.mark.parametrize(
    ("source", "sentence"),
    [
        ("1 / 0", "ZeroDivisionError: division by zero"),
        ("import sys\nsys.exit('ch06 stopped: no data.')", "ch06 stopped: no data."),
        ("import sys\nprint('ch06 missed it.', file=sys.stderr)\nsys.exit(1)", "ch06 missed it."),
        ("import sys\nsys.exit(2)", "it ended with status 2."),
        ("import sys\nsys.argv = ['x', '--seed', 'y']\n" + PARSE, "x: error: argument --seed: invalid int value: 'y'"),
        ("import os\nos._exit(9)", "its Python ended in the middle"),
    ],
)
def test_an_error_in_a_cell_is_a_sentence(source, sentence):
    with pytest.raises(ReplayError) as error:
        notebooks.execute(notebook_of("x = 1", source, "print(x)"))
    assert str(error.value).startswith(sentence)


def test_one_that_fails_leaves_no_notebook_and_does_not_stop_the_others(tmp_path, monkeypatch, capsys):
    def execute(notebook):
        if "ch01" in notebook.cells[0].source:
            raise ReplayError("no data.")

    monkeypatch.setattr(notebooks, "execute", execute)
    (tmp_path / "ch01.ipynb").write_text("an earlier one")
    assert notebooks.main(["ch01", "ch06", "--out", str(tmp_path), "--seed", "3"]) == 1
    out, err = capsys.readouterr()
    assert err == "ch01: no notebook was made: no data.\n"
    assert out == f"{tmp_path / 'ch06.ipynb'}\n"
    assert [path.name for path in tmp_path.iterdir()] == ["ch06.ipynb"]
    assert "'--seed', '3'" in nbformat.read(tmp_path / "ch06.ipynb", 4).cells[1].source
    assert notebooks.main(["ch06", "--out", str(tmp_path)]) == 0


def test_a_chapter_that_is_none(capsys):
    with pytest.raises(SystemExit) as end:
        notebooks.main(["ch99"])
    assert end.value.code == 2 and "no chapter 'ch99': choose from theory, ch01" in capsys.readouterr().err
