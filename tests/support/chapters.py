"""Chapters in tests: replayed in this process, into a temporary folder, and shorter than the book's."""

import contextlib
import io
import json
import random
from pathlib import Path
from types import SimpleNamespace

import numpy as np

from common import harness
from common.figures import confusion_matrix
from common.judging.chapter import Chapter
from common.tf1 import tf


def shortened(script, **settings):
    """Return the Chapter of `script`, the module of a `replay.py` or `repaired.py`, with other settings."""
    return Chapter(Path(script.__file__).with_name("book.toml")).with_settings(**settings)


def replayed(script, out, *arguments, **settings):
    """Replay the module `script` into the folder `out` with two threads, and return what came of it.

    `arguments` are those of its command line, `settings` stand in place of the profile's. `status` is that of the
    exit, or None without an exit. `output` and `errors` are what it wrote. `result` is its `result.json`, or {}.
    """
    output, errors = io.StringIO(), io.StringIO()
    status = None
    with contextlib.redirect_stdout(output), contextlib.redirect_stderr(errors):
        try:
            sample = getattr(script, "sample", None)
            line = ["--out", str(out), "--threads", "2", *arguments]
            harness.replay(script.__file__, script.main, line, sample, settings)
        except SystemExit as end:
            status = end.code
            if isinstance(status, str):  # what the interpreter does with it
                errors.write(f"{status}\n")
                status = 1
    path = Path(out) / "result.json"
    result = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    return SimpleNamespace(status=status, output=output.getvalue(), errors=errors.getvalue(), result=result)


def book_toml(profiles="", **entries):
    """Return a `book.toml` as text. `entries` are TOML values in place of the usual ones; None leaves one out.

    `settings` and `builtin` (the threshold of `score`) are lines of their tables; `profiles` are tables at the end.
    """
    usual = {
        "chapter": '"ch00"',
        "title": '"A test"',
        "pages": '"1-2"',
        "printed_output": '""',
        "claims": '[{ id = "X1", metric = "score", value = 0.9 }]',
        "settings": "steps = 5",
        "builtin": "at_least = 0.5\nvalues = [0.9, 0.8]",
    }
    lines = {**usual, **entries}
    settings, builtin = lines.pop("settings"), lines.pop("builtin")
    head = "\n".join(f"{name} = {value}" for name, value in lines.items() if value is not None)
    return f"{head}\n[settings]\n{settings}\n[profiles.builtin.thresholds.score]\n{builtin}\n{profiles}"


class SmallChapter:
    """A SmallChapter is a chapter of a few lines. Call it with a command line to replay it, as `replayed` does.

    `book` is the text of its `book.toml`. `out` is the folder of its result, `script` the path of its script.
    """

    def __init__(self, folder):
        self.script, self.out, self.book = folder / "ch00_test" / "replay.py", folder / "out", book_toml()
        self.script.parent.mkdir()

    def write_book(self):
        self.script.with_name("book.toml").write_text(self.book, encoding="utf-8")

    def __call__(self, *arguments, score=0.7, loss=lambda i: 1.5, figures=(), **settings):
        """Replay it: it returns `score`, records `loss(i)` at step i, and saves `figures` (names)."""

        def load_data(run):
            return run.settings.steps

        def train_model(run, steps):
            noise = tf.random_uniform([])
            for i in run.steps(steps):
                print(i, run.session().run(noise), np.random.rand(), random.random(), "반")
                run.record("loss", i, loss(i))

        def main(run):
            for name in figures:
                run.save_figure(name, confusion_matrix(["a", "b"], [0, 1, 1], [0, 0, 1]))
            run.phase(train_model, run, run.phase(load_data, run))
            return {"score": score}

        self.write_book()
        script = SimpleNamespace(__file__=str(self.script), main=main, sample=lambda run, text, words: None)
        return replayed(script, self.out, *arguments, **settings)
