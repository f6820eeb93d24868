"""Scripts as notebooks: what is a cell, what a run leaves in them, and how an error ends."""

import base64
import html
import re

import pytest

from common.errors import ReplayError
from common.judging.chapter import Chapter, all_chapters
from common.paths import ROOT
from tests.support.books import book

for name in ("nbconvert", "ipykernel"):
    pytest.importorskip(name, reason="needs the packages of common/tooling/requirements-notebooks.txt: make notebooks")
nbformat = pytest.importorskip("nbformat")
notebooks = pytest.importorskip("common.tooling.notebooks")

CHAPTERS = {chapter.name: chapter for chapter in all_chapters()}
CH06 = CHAPTERS["ch06"].script("builtin").relative_to(ROOT).as_posix()
DRAW = """
from common.figures import confusion_matrix
print("before the figure")
run.save_figure("drawn", confusion_matrix(["a", "b"], [0, 1], [0, 1]))
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
    return run.phase(load_data, run)


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
    monkeypatch.setattr(notebooks, "judge", lambda *_: ({}, None, []))
    return tmp_path


def test_each_box_is_a_cell_after_its_sentences():
    notebook = notebooks.convert("ch06", CH06, [])
    _, _, *cells = notebook.cells
    assert [cell.cell_type for cell in cells] == ["markdown", "code"] * 6
    headings = [cell.source.splitlines()[0] for cell in cells[::2]]
    names = ["Libraries", "Data", "Model", "Training", "Evaluation", "Printed beside replayed"]
    assert [re.match(r"## (\d)\. ([\w ]+) ·", heading).groups() for heading in headings] == [
        (str(number), name) for number, name in enumerate(names, 1)
    ]
    for cell in cells[::2]:
        _, english, korean = cell.source.split("\n\n")
        assert not re.search("[가-힣]", english) and re.fullmatch(r'<p lang="ko">.*[가-힣].*</p>', korean)
    assert [cell.source.splitlines()[-1] for cell in cells[1::2]] == [
        "run = replayed.run",
        "data = run.phase(load_data, run)",
        "model = run.phase(build_model, data.ground_truth, len(data.char_dic), s.rnn_size, s.learning_rate)",
        "run.phase(train_model, run, data, model)",
        "metrics = run.phase(evaluate_model, run, data, model)",
        "replayed.finish(metrics)",
    ]
    assert notebook.cells == notebooks.convert("ch06", CH06, []).cells


def test_the_first_line_is_the_heading_and_the_others_are_text(project):
    cells = notebooks.convert("ch00", "chapters/ch00_test/replay.py", []).cells
    lines = cells[0].source.split("\n")
    assert lines[:5] == ["# ch00: a test (page 1).", "", "Printed: 0.9. Replayed: 0.8.", "", "Seeds: 1 to 10."]
    assert "\n\n`make notebooks` made this from `chapters/ch00_test/replay.py`. " in cells[0].source
    assert re.search(r'\n\n<p lang="ko"><code>chapters/ch00_test/replay\.py</code>.*[가-힣]', cells[0].source)
    assert cells[3].source.startswith("import sys\n\n# A comment of its own.\n\nSIZE = 3  # a setting\n\n")
    assert (
        cells[5].source.startswith("# Right above a function.\ndef load_data(run):") and "# 데이터" in cells[5].source
    )


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


def printed(cell):
    return "".join(output.text for output in cell.outputs if output.get("name") == "stdout")


def test_each_box_prints_below_itself_what_the_script_prints_there(tmp_path):
    notebook = notebooks.convert("ch06", CH06, ["--out", str(tmp_path), "--threads", "2"])
    notebook.cells.insert(-2, nbformat.v4.new_code_cell(DRAW))
    notebooks.execute(notebook)
    nbformat.validate(notebook)
    setup, begin, data, model, training, evaluation, drawing, last = [
        cell for cell in notebook.cells if cell.cell_type == "code"
    ]
    assert setup.outputs == [] and [output.name for output in begin.outputs] == ["stderr"]
    assert printed(data) == "{'반': 0, '갑': 1, '습': 2, '니': 3, '다': 4}\n[0, 1, 2, 3, 4]\n"
    assert printed(model).startswith('Tensor("one_hot:0"') and len(printed(training).splitlines()) == 100
    assert evaluation.outputs == []
    boxes = (data, model, training, drawing)
    assert "".join(map(printed, boxes)) == (tmp_path / "output.txt").read_text(encoding="utf-8")
    before, figure = drawing.outputs
    assert "drawn" in str(figure.metadata)  # for those who do not see it
    png = base64.b64decode(figure.data["image/png"])
    assert before.text == "before the figure\n" and png == (tmp_path / "figures" / "drawn.png").read_bytes()
    said, table = last.outputs
    assert said.name == "stderr" and said.text.startswith("ch06 holds: ")
    assert re.findall("<td>(.*?)</td>", table.data["text/html"]) == ["letters_right", "4", "4", "&gt;= 4", "holds"]
    assert (tmp_path / "result.json").exists()


def test_a_reader_may_begin_anew_in_the_middle(tmp_path):
    notebook = notebooks.convert("ch06", CH06, ["--out", str(tmp_path)])
    notebook.cells[6:6] = [nbformat.v4.new_code_cell(cell.source) for cell in notebook.cells[3:6:2]]
    notebooks.execute(notebook)
    assert (tmp_path / "output.txt").read_text(encoding="utf-8").count("[0, 1, 2, 3, 4]\n") == 1


@pytest.mark.parametrize("count", [1, 20, 21, 100])
def test_a_long_output_is_folded_and_keeps_its_whole_text(count):
    text = "".join(f"step {i} <b>&\n" for i in range(count))
    notebook = notebook_of("x = 1")
    notebook.cells[0].outputs = [nbformat.v4.new_output("stream", name="stdout", text=text)]
    notebooks.fold(notebook)
    nbformat.validate(notebook)
    outputs = notebook.cells[0].outputs
    assert len(outputs) == (1 if count <= 20 else 3)
    assert "".join(output.get("text") or output.data["text/plain"] for output in outputs) == text
    if count > 20:
        shown = outputs[1].data["text/html"]
        assert shown.startswith(f"<details><summary>{count - 6} more lines")
        assert html.unescape(re.search("<pre>(.*)</pre>", shown, re.S)[1]) == outputs[1].data["text/plain"]


def test_a_result_below_its_threshold_is_shown_and_told(project, capsys, monkeypatch):
    monkeypatch.setattr(notebooks, "judge", lambda *_: ({}, None, ["accuracy 0.1 is below 0.9"]))
    assert notebooks.main(["--profile", "builtin", "--out", str(project / "out")]) == 1
    out, err = capsys.readouterr()
    assert out == f"{project / 'out' / 'ch00.ipynb'}\n" and err == "ch00: accuracy 0.1 is below 0.9\n"


@pytest.mark.parametrize(
    ("source", "sentence"),
    [
        ("1 / 0", "ZeroDivisionError: division by zero"),
        ("import sys\nsys.exit('ch06 stopped: no data.')", "ch06 stopped: no data."),
        ("import sys\nprint('ch06 missed it.', file=sys.stderr)\nsys.exit(1)", "ch06 missed it."),
        ("import sys\nsys.exit(2)", "it ended with status 2."),
        ("import sys\nsys.argv = ['x', '--seed', 'y']\n" + PARSE, "x: error: argument --seed: invalid int value: 'y'"),
        ("from common.errors import ReplayError\nraise ReplayError('No data. Fetch it.')", "No data. Fetch it."),
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
    monkeypatch.setattr(notebooks, "judge", lambda *_: ({}, None, []))
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
