"""The layout of the project: imports run one way, and tests keep to what is public."""

import pytest

from common.paths import ROOT
from tests.support import layout

RULES = (
    layout.imports_against_the_way,
    layout.circles,
    layout.top_that_no_chapter_imports,
    layout.too_many_at_the_top,
    layout.tensorflow_elsewhere,
    layout.long_functions,
    layout.tests_that_import_tests,
    layout.tests_that_name_the_project_s_build,
)
# A private name that a test may use, and why.
EXCEPTIONS = {
    "tests/common/formats/test_pickles.py: _Unpickler": "the standard library's reader in Python, to be held against",
}
# A small project that breaks no rule: a path, and what is in the file.
GOOD = {
    "chapters/__init__.py": "",
    "chapters/ch01_a/replay.py": "from chapters.ch01_a import part\nfrom common import harness, mnist\n"
    "from common.tf1 import tf\ndef main(run):\n" + "    run\n" * 60,
    "chapters/ch01_a/part.py": "from common.errors import ReplayError",
    "chapters/ch02_b/replay.py": "from common.harness import replay",
    "common/__init__.py": "import sys",
    "common/errors.py": "import os",
    "common/files.py": "from common.errors import ReplayError",
    "common/paths.py": "from pathlib import Path",
    "common/tf1.py": "import importlib\ntf = importlib.import_module('tensorflow')\nimport tf_keras",
    "common/harness.py": "from common.running import checkpoints\nfrom common.mnist import read",
    "common/mnist.py": "from common.formats.wav import read",
    "common/formats/__init__.py": "",
    "common/formats/wav.py": "from common.files import sha256",
    "common/judging/check.py": "import common.formats.wav\nfrom . import numbers",
    "common/judging/numbers.py": "from common.paths import ROOT",
    "common/running/checkpoints.py": "from common.tf1 import tf\nfrom common.judging import check",
    "common/reporting/page.py": "from common.judging.check import main",
    "common/publishing/site.py": "from common.reporting.page import main",
    "common/tooling/usage.py": "from ..judging import check\ndef main():\n" + "    pass\n" * 49,
    "data/fetch.py": "from common import mnist\nfrom common.running import checkpoints\nfrom data import au",
    "data/au.py": "",
    "tests/conftest.py": "from common import paths\nPROJECT_BUILD = paths.BUILD",
    "tests/support/web.py": "class A:\n    def f(self):\n        return self._x",
    "tests/test_a.py": "from tests.support import web\nfrom common.paths import ROOT\nvalue = web.A()._replace(x=1)\n"
    "path = ROOT / 'chapters'\nname = web.__file__",
}
# A rule, a file that breaks it, and what the complaint says.
BROKEN = [
    ("imports_against_the_way", "common/mnist.py", "from chapters.ch01_a.replay import main", "chapters.ch01_a.replay"),
    ("imports_against_the_way", "common/mnist.py", "from data import fetch", "data.fetch"),
    ("imports_against_the_way", "common/mnist.py", "def f():\n    from tests.support import web", "tests.support.web"),
    (
        "imports_against_the_way",
        "common/mnist.py",
        "from importlib import *\nimport_module('data.fetch')",
        "data.fetch",
    ),
    ("imports_against_the_way", "data/au.py", "from chapters.ch01_a import part", "chapters.ch01_a.part"),
    (
        "imports_against_the_way",
        "chapters/ch02_b/replay.py",
        "from chapters.ch01_a import part",
        "chapters.ch01_a.part",
    ),
    (
        "imports_against_the_way",
        "chapters/ch02_b/replay.py",
        "from common.running import checkpoints",
        "common.running",
    ),
    ("imports_against_the_way", "chapters/ch02_b/replay.py", "from data.au import read", "data.au"),
    ("imports_against_the_way", "common/files.py", "from common import mnist", "common.mnist"),
    ("imports_against_the_way", "common/files.py", "from common.formats import wav", "common.formats.wav"),
    ("imports_against_the_way", "common/formats/wav.py", "import common.mnist", "common.mnist"),
    (
        "imports_against_the_way",
        "common/formats/wav.py",
        "from common.judging import numbers",
        "common.judging.numbers",
    ),
    ("imports_against_the_way", "common/judging/numbers.py", "from ..running import checkpoints", "common.running"),
    ("imports_against_the_way", "common/running/a.py", "from common.reporting import page", "common.reporting.page"),
    ("imports_against_the_way", "common/reporting/page.py", "from common.formats import wav", "common.formats.wav"),
    ("imports_against_the_way", "common/reporting/page.py", "from common.publishing import site", "common.publishing"),
    ("imports_against_the_way", "common/tooling/usage.py", "from common.harness import replay", "common.harness"),
    (
        "circles",
        "common/judging/numbers.py",
        "from common.judging import check",
        "common.judging.numbers -> common.jud",
    ),
    ("circles", "data/au.py", "def f():\n    import data.fetch", "data.au -> data.fetch"),
    ("top_that_no_chapter_imports", "common/idle.py", "", "common/idle.py"),
    ("too_many_at_the_top", "common/{}.py", "", "common/ has 16 files"),
    ("tensorflow_elsewhere", "chapters/ch02_b/replay.py", "import tensorflow as tf", "chapters/ch02_b/replay.py:1"),
    ("tensorflow_elsewhere", "tests/test_a.py", "from tensorflow.compat import v1", "tests/test_a.py:1"),
    ("tensorflow_elsewhere", "common/mnist.py", "import tf_keras.layers", "imports tf_keras.layers"),
    ("long_functions", "common/mnist.py", "def read():\n" + "    pass\n" * 50, "read has 51 lines"),
    ("long_functions", "chapters/ch01_a/part.py", "class A:\n    def f():\n" + "        pass\n" * 50, "f has 51 lines"),
    ("tests_that_import_tests", "tests/data/test_b.py", "from tests.test_a import value", "imports tests.test_a"),
    ("tests_that_import_tests", "tests/data/test_b.py", "from tests import test_a", "imports tests.test_a"),
    ("tests_that_import_tests", "tests/data/test_b.py", "import tests.conftest", "imports tests.conftest"),
    ("private_names_in_tests", "tests/test_a.py", "from common import files\nfiles._x()", "tests/test_a.py: _x"),
    ("private_names_in_tests", "tests/test_a.py", "from common.files import _x", "tests/test_a.py: _x"),
    ("private_names_in_tests", "tests/test_a.py", "monkeypatch.setattr(files, '_x', 1)", "tests/test_a.py: _x"),
    ("private_names_in_tests", "tests/test_a.py", "monkeypatch.setattr('common.files._x', 1)", "tests/test_a.py: _x"),
    ("tests_that_name_the_project_s_build", "tests/test_a.py", "out = ROOT / 'build' / 'x'", "tests/test_a.py:1"),
    ("tests_that_name_the_project_s_build", "tests/test_a.py", "out = ROOT / 'build/x'", "tests/test_a.py:1"),
    (
        "tests_that_name_the_project_s_build",
        "tests/test_a.py",
        "from tests import conftest\nconftest.PROJECT_BUILD",
        ":2",
    ),
]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_the_project_keeps_the_rule(rule):
    assert rule(ROOT) == []


def test_tests_use_public_names_but_the_exceptions():
    assert layout.private_names_in_tests(ROOT) == sorted(EXCEPTIONS)


def write(root, files):
    for path, text in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text, encoding="utf-8")


@pytest.mark.parametrize("rule", [*RULES, layout.private_names_in_tests], ids=lambda rule: rule.__name__)
def test_a_project_that_keeps_the_rules_has_no_complaints(rule, tmp_path):
    write(tmp_path, GOOD)
    assert rule(tmp_path) == []


@pytest.mark.parametrize(("rule", "path", "text", "words"), BROKEN)
def test_a_broken_rule_is_found(rule, path, text, words, tmp_path):
    write(tmp_path, GOOD)
    # As many files as are one too many, where the path has a place for their names.
    names = "abcdefghi" if "{}" in path else "a"
    write(tmp_path, {path.format(name): text for name in names})
    (complaint,) = getattr(layout, rule)(tmp_path)
    assert words in complaint
