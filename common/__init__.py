"""This package holds what several chapters need, one idea in a file."""

import importlib.util
import sys

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
