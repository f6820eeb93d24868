"""Scripts cut into the book's boxes: what stands in which, and that nothing is lost."""

import ast
import re

import pytest

from common.judging.chapter import all_chapters
from common.paths import ROOT
from common.tooling import boxes

CHAPTERS = all_chapters()
SCRIPTS = sorted({chapter.script(profile) for chapter in CHAPTERS for profile in chapter.profiles()})
FIVE = ["data", "model", "training", "evaluation"]
SCRIPT = '''"""ch00: a test (page 1).

Printed: 0.9.
"""

import sys

SIZE = 3


# A helper of two boxes.
def helper():
    return later


def load_data(run):
    # 데이터
    return helper()


def build_model(size):
    return note(size)


def train_model(run, data, model):
    helper()


def evaluate_model(run):
    return {"a": 1}


def main(run):
    data = run.phase(load_data, run)
    run.phase(helper)
    # The size.
    s = run.settings
    model = run.phase(
        build_model, s.size
    )
    run.phase(train_model, run, data, model)
    return run.phase(evaluate_model, run)


def later():
    pass


def note(size):
    return size


def nobody_needs():
    pass


if __name__ == "__main__":
    main(sys.argv)
'''


def functions(text):
    return [node.name for node in ast.parse(text).body if isinstance(node, ast.FunctionDef)]


def test_a_function_stands_in_the_first_box_that_needs_it():
    script = boxes.cut(SCRIPT)
    assert (script.title, script.text) == ("ch00: a test (page 1).", "Printed: 0.9.")
    assert script.libraries == "import sys\n\nSIZE = 3"
    assert {box.name: functions(box.source) for box in script.boxes} == {
        "data": ["helper", "load_data", "later"],
        "model": ["build_model", "note"],
        "training": ["train_model"],
        "evaluation": ["evaluate_model", "nobody_needs"],
    }
    assert script.boxes[0].source.startswith("# A helper of two boxes.\ndef helper():")
    assert "    # 데이터\n" in script.boxes[0].source


def test_the_statements_of_main_stand_in_the_boxes_that_they_lead_to():
    assert [box.statements for box in boxes.cut(SCRIPT).boxes] == [
        ["data = run.phase(load_data, run)", "run.phase(helper)"],
        ["# The size.\ns = run.settings", "model = run.phase(\n    build_model, s.size\n)"],
        ["run.phase(train_model, run, data, model)"],
        ["metrics = run.phase(evaluate_model, run)"],
    ]


def test_a_loop_over_topics_gives_a_box_for_each():
    source = '"""A."""\n\nSECTIONS = (a, b)\n\n\ndef main(run):\n    metrics = {}\n    for section in SECTIONS:\n'
    source += "        metrics.update(section.main(run))\n    print(metrics)\n    return {**metrics}\n"
    assert [(box.name, box.statements) for box in boxes.cut(source).boxes] == [
        ("a", ["metrics = {}", "section = a", "metrics.update(section.main(run))"]),
        ("b", ["section = b", "metrics.update(section.main(run))", "print(metrics)", "metrics = {**metrics}"]),
    ]


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: "/".join(path.parts[-2:]))
def test_nothing_of_a_script_is_lost(path):
    source = path.read_text(encoding="utf-8")
    script = boxes.cut(source)
    nodes = {node.name: node for node in ast.parse(source).body if isinstance(node, ast.FunctionDef)}
    main = nodes.pop("main")
    cells = [ast.parse(box.source).body for box in script.boxes]
    defined = {node.name: node for cell in cells for node in cell if isinstance(node, ast.FunctionDef)}
    assert {name: ast.dump(node) for name, node in defined.items()} == {
        name: ast.dump(node) for name, node in nodes.items()
    }
    assert sum(len(functions(box.source)) for box in script.boxes) == len(nodes)
    assert ast.get_docstring(ast.parse(source)) == "\n\n".join(filter(None, (script.title, script.text)))
    written = [
        line.strip() for line in "\n".join([*(box.source for box in script.boxes), script.libraries]).splitlines()
    ]
    comments = [line.strip() for line in source.splitlines() if line.strip().startswith("#")]
    assert [line for line in comments if line not in written] == []
    if path.parent.name != "theory":
        assert [box.name for box in script.boxes] == FIVE
        ran = [node for cell in cells for node in cell if not isinstance(node, ast.FunctionDef)]
        values = [ast.dump(getattr(node, "value", node)) for node in ran]
        assert values == [
            ast.dump(getattr(node, "value", node)) for node in main.body if ast.unparse(node) != "return metrics"
        ]


@pytest.mark.parametrize("chapter", CHAPTERS, ids=lambda chapter: chapter.name)
def test_each_box_of_a_chapter_has_sentences_in_both_languages(chapter):
    sentences = boxes.sentences(chapter.name)
    script = boxes.cut(chapter.script("builtin").read_text(encoding="utf-8"))
    for name in ("libraries", *(box.name for box in script.boxes), "printed"):
        assert sentences[name].keys() == {"heading", "korean", "en", "ko"}
        assert re.fullmatch("[A-Z].*[.]", sentences[name]["en"]) and not re.search("[가-힣]", sentences[name]["en"])
        assert re.search("[가-힣]", sentences[name]["ko"]) and sentences[name]["ko"].endswith("니다.")
    own = [sentences[box.name]["en"] for box in script.boxes]
    assert not set(own) & {entry["en"] for entry in boxes.sentences("none").values()}


def test_english_sentences_are_short():
    for chapter in CHAPTERS:
        for entry in boxes.sentences(chapter.name).values():
            assert max(len(sentence.split()) for sentence in re.split(r"(?<=[.]) ", entry["en"])) < 20


def test_no_chapter_has_sentences_for_a_box_that_it_lacks():
    names = {chapter.name: chapter for chapter in CHAPTERS}
    for name, chapter in names.items():
        every, own = boxes.sentences("none"), boxes.sentences(name)
        cut = boxes.cut(chapter.script("builtin").read_text(encoding="utf-8"))
        assert own.keys() - every.keys() <= {box.name for box in cut.boxes}
    assert boxes.SENTENCES.is_relative_to(ROOT)
