"""What several chapters need, one idea a file."""

import importlib.util
import sys

# Before any module of the project can fail on its own imports: this is what happens outside .venv.
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
