"""Cut a chapter's script into the book's boxes: what is defined in each, and what runs there.

The book draws five boxes before every program: libraries, data, model, training, evaluation. A script has one function
for each, and its `main` calls them in this order.
"""

import ast
import textwrap
import tomllib
from dataclasses import dataclass, field
from pathlib import Path

from common.files import read_regular

SENTENCES = Path(__file__).with_suffix(".toml")
# The function whose call begins a box. Calls that follow it are of the same box.
FIRST_CALLS = {
    "load_data": "data",
    "build_model": "model",
    "train_model": "training",
    "evaluate_model": "evaluation",
}
METRICS = "metrics"  # the name of what `main` returns


@dataclass
class Box:
    """A Box is one cell: `name`, the functions that it defines, and the statements of `main` that run in it."""

    name: str
    functions: list = field(default_factory=list)
    statements: list = field(default_factory=list)

    @property
    def source(self):
        """The code of the cell (str)."""
        return "\n\n\n".join([*self.functions, "\n".join(self.statements)]).strip()


@dataclass
class Script:
    """A Script is the text of a chapter's script in parts.

    `title` is the first line of its docstring, and `text` the others. `libraries` is what stands before the first
    function. `boxes` is a list of Boxes.
    """

    title: str
    text: str
    libraries: str
    boxes: list


def sentences(chapter):
    """Return what stands before each box of `chapter` (str): a dict of box to its heading and its sentences."""
    every = tomllib.loads(read_regular(SENTENCES).decode("utf-8"))
    own = every.get(chapter, {})
    return {name: {**every["every"].get(name, {}), **own.get(name, {})} for name in (*every["every"], *own)}


def cut(source):
    """Return the Script of `source` (str), the text of a chapter's script."""
    module, lines = ast.parse(source), source.splitlines()
    title, _, text = ast.get_docstring(module).partition("\n")
    functions = [node for node in module.body if isinstance(node, ast.FunctionDef)]
    first = _first_line(functions[0], lines)
    libraries = "\n".join(lines[module.body[0].end_lineno : first - 1]).strip()
    main = next(node for node in functions if node.name == "main")
    boxes = _boxes(main, module, lines)
    _place([node for node in functions if node is not main], boxes, lines)
    return Script(title, text.strip(), libraries, boxes)


def _first_line(node, lines):
    """Return the number of the first line of a function. What stands right above it belongs to it."""
    first = node.lineno
    while lines[first - 2].startswith(("#", "@")):
        first -= 1
    return first


def _boxes(main, module, lines):
    """Return the boxes of the function `main`, with their statements.

    A statement that calls no phase is of the box that follows. A loop over a tuple of modules gives one box for each.
    """
    boxes, waiting, end = [], [], main.lineno
    for node in main.body:
        text = textwrap.dedent("\n".join(lines[end : node.end_lineno])).strip()
        end = node.end_lineno
        if isinstance(node, ast.For):
            boxes += _turns(node, module, lines, waiting)
            waiting = []
            continue
        if isinstance(node, ast.Return):
            if isinstance(node.value, ast.Name):
                continue
            text = f"{METRICS} = {text.removeprefix('return ')}"
        waiting.append(text)
        phases = [name for name in _names(node) if name in FIRST_CALLS]
        if phases:
            boxes.append(Box(FIRST_CALLS[phases[0]]))
        if boxes and (phases or "phase" in _names(node) or isinstance(node, ast.Return)):
            boxes[-1].statements += waiting
            waiting = []
    return boxes


def _turns(loop, module, lines, before):
    """Return a box for each turn of `loop`, which goes over a tuple of names. The texts `before` are in the first."""
    (values,) = [node.value for node in module.body if isinstance(node, ast.Assign) and _is(node, loop.iter.id)]
    body = textwrap.dedent("\n".join(lines[loop.lineno : loop.end_lineno]))
    made = [Box(name.id, statements=[f"{loop.target.id} = {name.id}", body]) for name in values.elts]
    made[0].statements[:0] = before
    return made


def _is(assignment, name):
    return [getattr(target, "id", None) for target in assignment.targets] == [name]


def _names(node):
    """Return the names that the syntax `node` reads, a list."""
    return [
        getattr(part, "id", getattr(part, "attr", None))
        for part in ast.walk(node)
        if isinstance(part, ast.Name | ast.Attribute)
    ]


def _place(functions, boxes, lines):
    """Put each function into the first box that needs it. What no box needs goes into the last one."""
    left = {node.name: node for node in functions}
    for box in boxes:
        needed, names = set(), _names(ast.parse(box.source))
        while names:
            name = names.pop()
            if name in left and name not in needed:
                needed.add(name)
                names += _names(left[name])
        if box is boxes[-1]:
            needed = set(left)
        taken = [left.pop(node.name) for node in functions if node.name in needed]
        box.functions = ["\n".join(lines[_first_line(node, lines) - 1 : node.end_lineno]) for node in taken]
