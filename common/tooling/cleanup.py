"""`make clean`: remove everything that make made, except .venv.

It uses the standard library only, because it runs without .venv.
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
