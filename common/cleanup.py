"""`make clean`: remove what make made, but .venv and fetched data. Standard library only, for it runs without .venv."""

import os
import shutil

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))


def main():
    """Remove build/, all but build/data/real, and the caches of the tools."""
    for parent, kept in ((("build",), "data"), (("build", "data"), "real")):
        folder = os.path.join(ROOT, *parent)
        for name in os.listdir(folder) if os.path.isdir(folder) else ():
            path = os.path.join(folder, name)
            if name == kept and os.path.isdir(path):
                continue
            if os.path.isdir(path) and not os.path.islink(path):
                shutil.rmtree(path, ignore_errors=True)
            else:
                os.remove(path)
    for name in (".pytest_cache", ".hypothesis", ".ruff_cache"):
        shutil.rmtree(os.path.join(ROOT, name), ignore_errors=True)
    for folder in ("chapters", "common", "data", "tests"):
        for parent, children, _ in os.walk(os.path.join(ROOT, folder)):
            if "__pycache__" in children:
                shutil.rmtree(os.path.join(parent, "__pycache__"), ignore_errors=True)


if __name__ == "__main__":
    main()
