"""This package holds what several chapters need, one idea in a file."""

import importlib.util
import os
import sys

if sys.stdout is None or sys.stderr is None:
    # The next file that is opened would take the number of the closed one, and get what was meant for it.
    closed = "standard error" if sys.stdout else "standard output"
    print(
        f"Stopped: {closed} is closed, so that nobody could read what is written there. Send it somewhere: "
        f"{'2>' if sys.stdout else '>'}{os.devnull}, or to a file.",
        file=sys.stdout or sys.stderr or open(os.devnull, "w"),  # noqa: SIM115, PTH123
        flush=True,
    )
    sys.exit(1)
if sys.stdin is None:
    os.open(os.devnull, os.O_RDONLY)  # nothing here reads it, but its number must not be free

# Outside .venv a module's own imports would fail first, without a word on what to do.
_NEEDED = (
    *("numpy", "tqdm", "tensorflow", "tf_keras", "matplotlib", "koreanize_matplotlib", "jinja2", "scipy"),
    *("python_speech_features", "fontTools", "PIL", "mlxtend", "pooch", "requests", "filelock", "soundfile"),
)
_absent = [name for name in _NEEDED if importlib.util.find_spec(name) is None]
if _absent:
    sys.exit(
        f"{sys.executable} has no {', '.join(_absent)}. Run `make setup`, then start the chapters through make "
        "(make ch01) or with .venv's own Python."
    )
