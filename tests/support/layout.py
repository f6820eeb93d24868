"""The rules of the layout, read from the syntax of the files: who imports whom, how long, how private.

Each rule is a function of a folder, the project or a small made-up one. It returns a list of complaints.
"""

import ast
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

GROUND = ("errors", "files", "language", "paths", "tf1")  # what all of common/ may stand on
FOLDERS = {
    "formats": {"ground"},
    "judging": {"ground", "formats", "judging"},
    "running": {"ground", "formats", "judging", "running"},
    "sweeping": {"ground", "judging", "running", "sweeping"},
    "reporting": {"ground", "judging", "reporting"},
    "publishing": {"ground", "judging", "reporting", "publishing"},
    "tooling": {"ground", "judging", "tooling"},
}
MAY_IMPORT = {
    **FOLDERS,
    "ground": {"ground"},
    "top": {"ground", "top", *FOLDERS},
    "data": {"ground", "top", "data", *FOLDERS},
    "chapters": {"ground", "top", "chapters"},
}
TOP_FILES = 14
LINES = 50
SCRIPTS = ("replay.py", "repaired.py")  # their functions are as long as the listing
OF_NAMED_TUPLES = {"_asdict", "_fields", "_make", "_replace"}


@dataclass(frozen=True)
class Module:
    """A Module is one Python file: its `name` with dots, its `path` relative to the `root`, and its syntax."""

    root: Path
    path: Path

    @property
    def name(self):
        parts = self.path.with_suffix("").parts
        return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)

    @property
    def area(self):
        """The floor that it stands on: chapters, data, top, ground, or a folder of common/."""
        first, *rest = self.name.split(".")
        if first != "common":
            return first
        if len(rest) > 1 or (rest and rest[0] in FOLDERS):
            return rest[0]
        return "top" if rest and rest[0] not in GROUND else "ground"

    @cached_property
    def tree(self):
        return ast.parse((self.root / self.path).read_text(encoding="utf-8"))

    def imports(self):
        """Yield (line, name with dots) of each import; `from a import b` gives a.b, whatever b is."""
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Import):
                yield from ((node.lineno, alias.name) for alias in node.names)
            elif isinstance(node, ast.ImportFrom):
                package = self.name.split(".") if self.path.stem == "__init__" else self.name.split(".")[:-1]
                base = [] if node.level == 0 else package[: len(package) - node.level + 1]
                start = ".".join([*base, *([node.module] if node.module else [])])
                yield from ((node.lineno, f"{start}.{alias.name}") for alias in node.names)
            elif isinstance(node, ast.Call) and last_name(node.func) in ("import_module", "__import__"):
                yield from ((node.lineno, word.value) for word in node.args[:1] if isinstance(word, ast.Constant))

    def functions(self):
        """Yield the functions and methods."""
        return (node for node in ast.walk(self.tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))


def last_name(node):
    """Return `c` for the syntax of `a.b.c` or of `c`, else None."""
    return getattr(node, "attr", getattr(node, "id", None))


def modules(root, *folders):
    """Return the modules of `folders` by their names."""
    paths = [path.relative_to(root) for folder in folders for path in sorted((root / folder).rglob("*.py"))]
    return {module.name: module for module in (Module(root, path) for path in paths)}


def code(root):
    return modules(root, "chapters", "common", "data")


def edges(module, known):
    """Yield (line, module) for what `module` imports of `known`."""
    for line, name in module.imports():
        found = known.get(name) or known.get(name.rpartition(".")[0])
        if found and found != module:
            yield line, found


def imports_against_the_way(root):
    """Complain of an import of a floor above, of a floor beside, or of another chapter."""
    known = modules(root, "chapters", "common", "data", "tests")
    complaints = []
    for module in code(root).values():
        for line, other in edges(module, known):
            other_chapter = module.area == other.area == "chapters" and module.path.parts[1] != other.path.parts[1]
            if other.area not in MAY_IMPORT[module.area] or other_chapter:
                complaints.append(f"{module.path}:{line}: imports {other.name}")
    return complaints


def circles(root):
    """Complain of modules that import each other, directly or through others."""
    known = code(root)
    done, complaints = set(), []

    def walk(module, way):
        if module.name in way:
            complaints.append(" -> ".join([*way[way.index(module.name) :], module.name]))
        elif module.name not in done:
            for _, other in edges(module, known):
                walk(other, [*way, module.name])
            done.add(module.name)

    for module in known.values():
        walk(module, [])
    return complaints


def top_that_no_chapter_imports(root):
    """Complain of a module at the top of common/ that no chapter imports, but the ground."""
    known = code(root)
    imported = {other for module in known.values() if module.area == "chapters" for _, other in edges(module, known)}
    top = [module for module in known.values() if module.path.parent == Path("common") and module.name != "common"]
    spared = {"common.errors", "common.files", "common.language", "common.paths"}
    return [f"{module.path}" for module in top if module not in imported and module.name not in spared]


def too_many_at_the_top(root):
    """Complain of more than 15 files at the top of common/."""
    count = len(list((root / "common").glob("*.py")))
    return [f"common/ has {count} files"] if count > TOP_FILES else []


def tensorflow_elsewhere(root):
    """Complain of an import of TensorFlow outside common/tf1.py."""
    return [
        f"{module.path}:{line}: imports {name}"
        for module in modules(root, "chapters", "common", "data", "tests").values()
        for line, name in module.imports()
        if name.split(".")[0] in ("tensorflow", "tf_keras") and module.name != "common.tf1"
    ]


def long_functions(root):
    """Complain of a function of more than 50 lines, but in a chapter's script."""
    return [
        f"{module.path}:{node.lineno}: {node.name} has {node.end_lineno - node.lineno + 1} lines"
        for module in code(root).values()
        if module.area != "chapters" or module.path.name not in SCRIPTS
        for node in module.functions()
        if node.end_lineno - node.lineno + 1 > LINES
    ]


def tests_that_import_tests(root):
    """Complain of an import of a test module or of conftest: what tests share lies in tests/support/."""
    known = modules(root, "tests")
    return [
        f"{module.path}:{line}: imports {other.name}"
        for module in known.values()
        for line, other in edges(module, known)
        if other.path.name == "conftest.py" or other.path.name.startswith("test_")
    ]


def is_private(name):
    return name.startswith("_") and not name.startswith("__") and name not in OF_NAMED_TUPLES and name != "_"


def private_names_in_tests(root):
    """Complain of a private name of something else that a test reads or sets, as `path: name`."""
    complaints = set()
    for module in modules(root, "tests").values():
        for node in ast.walk(module.tree):
            names = []
            if isinstance(node, ast.Attribute) and getattr(node.value, "id", None) != "self":
                names = [node.attr]
            elif isinstance(node, ast.ImportFrom):
                names = [alias.name for alias in node.names]
            elif isinstance(node, ast.Call) and last_name(node.func) in ("setattr", "getattr", "delattr", "hasattr"):
                words = [word.value for word in node.args if isinstance(word, ast.Constant)]
                names = [word.rpartition(".")[2] for word in words if isinstance(word, str)]
            complaints |= {f"{module.path}: {name}" for name in names if is_private(name)}
    return sorted(complaints)


def tests_that_name_the_project_s_build(root):
    """Complain of `ROOT / "build"` in a test: only conftest.py knows the project's own folder of results."""
    complaints = []
    for module in modules(root, "tests").values():
        for node in ast.walk(module.tree):
            if isinstance(node, ast.BinOp) and last_name(node.left) == "ROOT" and isinstance(node.right, ast.Constant):
                names_it = str(node.right.value).split("/")[0] == "build"
            else:
                names_it = last_name(node) == "PROJECT_BUILD" and module.name != "tests.conftest"
            if names_it:
                complaints.append(f"{module.path}:{node.lineno}: names the project's own build/")
    return complaints
