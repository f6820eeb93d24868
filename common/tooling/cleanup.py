"""Do `make clean`: remove what make made, but not .venv.

This module runs without .venv, so it uses the standard library only.
"""

import os
import shutil

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))


def main():
    """Remove build/ and the caches of the tools."""
    for name in ("build", ".pytest_cache", ".hypothesis", ".ruff_cache"):
        shutil.rmtree(os.path.join(ROOT, name), ignore_errors=True)
    for folder in ("chapters", "common", "data", "tests"):
        for parent, children, _ in os.walk(os.path.join(ROOT, folder)):
            if "__pycache__" in children:
                shutil.rmtree(os.path.join(parent, "__pycache__"), ignore_errors=True)


if __name__ == "__main__":
    main()
