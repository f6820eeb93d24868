"""Chapters in tests: replayed in this process, into a temporary folder, and shorter than the book's."""

import contextlib
import io
import json
import sys
from pathlib import Path
from types import SimpleNamespace

from common import harness
from common.judging.chapter import Chapter


def shortened(script, **settings):
    """Return the Chapter of `script`, the module of a `replay.py` or `repaired.py`, with other settings."""
    return Chapter(Path(script.__file__).with_name("book.toml")).with_settings(**settings)


def replayed(script, out, *arguments, **settings):
    """Replay the module `script` into the folder `out` with two threads, and return what came of it.

    `arguments` are those of its command line, `settings` stand in place of the profile's. The attributes are `status`
    (of the exit), `output` and `errors` (what it wrote), and `result` (of its `result.json`, {} when there is none).
    """
    output, errors = io.StringIO(), io.StringIO()
    status = 0
    with contextlib.redirect_stdout(output), contextlib.redirect_stderr(errors):
        try:
            sample = getattr(script, "sample", None)
            line = ["--out", str(out), "--threads", "2", *arguments]
            harness.replay(script.__file__, script.main, line, sample, settings)
        except SystemExit as end:
            status = end.code
            if isinstance(status, str):  # what the interpreter does with it
                print(status, file=sys.stderr)
                status = 1
    path = Path(out) / "result.json"
    result = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    return SimpleNamespace(status=status, output=output.getvalue(), errors=errors.getvalue(), result=result)
