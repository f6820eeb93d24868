"""Each chapter's script as an executed notebook: `python -m common.tooling.notebooks ch06`.

The scripts stay the only source: a notebook is made from one each time, runs it unchanged, and is never read again.
"""

import argparse
import ast
import os
import sys
import tempfile
from pathlib import Path

from common.errors import ReplayError, command, disk_errors
from common.files import write_atomically
from common.judging.chapter import PROFILES, all_chapters
from common.paths import BUILD, ROOT

try:
    import jupytext
    import nbformat
    from nbclient.exceptions import CellExecutionError, DeadKernelError
    from nbconvert.preprocessors import CoalesceStreamsPreprocessor, ExecutePreprocessor
except ImportError as error:
    sys.exit(
        f"Notebooks need the packages of common/tooling/requirements-notebooks.txt ({error}). "
        "`make notebooks` installs them."
    )

SETUP = """\
import os
import sys
from pathlib import Path

# What the command line gives the script; the notebook may lie anywhere below the project's folder.
__file__ = {script!r}
sys.argv = [__file__, *{arguments!r}]
root = next(folder for folder in (Path.cwd(), *Path.cwd().parents) if (folder / __file__).exists())
os.chdir(root)
sys.path.insert(0, str(root))"""
MADE = "`make notebooks` made this from `{script}`, which is the source: what is changed here does not reach it."


def convert(script, arguments):
    """The script (its path from the project's folder) as a notebook that runs it with the list `arguments`.

    The docstring, the libraries and each function are a cell; one before them stands for the command line.
    """
    source = (ROOT / script).read_text(encoding="utf-8")
    title, *cells = jupytext.reads(source, fmt="py:light").cells
    functions = next(i for i, cell in enumerate(cells) if cell.source.startswith("def "))
    libraries = "\n\n".join(cell.source for cell in cells[:functions])
    made = nbformat.v4
    notebook = made.new_notebook(metadata={"kernelspec": {"name": "python3", "display_name": "Python 3"}})
    heading = f"# {ast.literal_eval(title.source)}\n\n{MADE.format(script=script)}"
    notebook.cells = [
        made.new_markdown_cell(heading),
        made.new_code_cell(SETUP.format(script=script, arguments=arguments)),
        made.new_code_cell(libraries),
        *cells[functions:],
    ]
    for i, cell in enumerate(notebook.cells):
        cell.id = f"cell-{i}"  # not a random one: the same script, the same notebook
        cell.metadata = {}
    return notebook


def execute(notebook):
    """Run the notebook's cells in a kernel of their own and keep the output in it.

    Raises ReplayError when a cell ends with an error, or the kernel dies.
    """
    runner = ExecutePreprocessor(
        timeout=None,
        kernel_name="python3",
        record_timing=False,
        extra_arguments=["--IPKernelApp.log_level=ERROR"],
    )
    with tempfile.TemporaryDirectory() as settings:
        # Nobody's own start-up files and history: the notebook runs as the script would.
        os.environ |= {"IPYTHONDIR": settings, "JUPYTER_RUNTIME_DIR": settings, "PYDEVD_DISABLE_FILE_VALIDATION": "1"}
        try:
            runner.preprocess(notebook, {"metadata": {"path": str(ROOT)}})
            # Pieces of one stream become one, and what was displayed stays in its place between them.
            CoalesceStreamsPreprocessor().preprocess(notebook, {})
        except CellExecutionError as error:
            raise ReplayError(_reason(notebook, error)) from error
        except DeadKernelError as error:
            raise ReplayError("its Python ended in the middle: perhaps the memory was not enough.") from error


def _reason(notebook, error):
    """The sentence that a script would have ended with: its last line on standard error when it ended with a status."""
    if error.ename != "SystemExit":
        return f"{error.ename}: {error.evalue}"
    if not error.evalue.isdigit():
        return error.evalue
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", ())]
    written = "".join(output.text for output in outputs if output.get("name") == "stderr")
    # The kernel adds a warning of its own, of two lines, on how to leave it.
    lines = [line for line in written.splitlines() if line.strip() and "To exit: use" not in line]
    return lines[-1] if lines else f"it ended with status {error.evalue}."


def make(chapter, profile, options, folder):
    """Write the executed notebook of `chapter` into `folder` and return its path; its results go beside it.

    Raises ReplayError when a cell fails; an earlier notebook is gone then.
    """
    path = folder / f"{chapter.name}.ipynb"
    with disk_errors(path):
        path.unlink(missing_ok=True)
        script = chapter.script(profile).relative_to(ROOT).as_posix()
        out = folder / chapter.name
        out = out.relative_to(ROOT) if out.is_relative_to(ROOT) else out
        notebook = convert(script, [*options, "--out", out.as_posix()])
        execute(notebook)
        write_atomically(path, nbformat.writes(notebook) + "\n")
    return path


@command
def main(arguments=None):
    """The command line; returns the exit status: 1 when a notebook could not be run to its end."""
    parser = argparse.ArgumentParser(prog="python -m common.tooling.notebooks", description=__doc__.splitlines()[0])
    chapters = {chapter.name: chapter for chapter in all_chapters()}
    parser.add_argument("chapters", nargs="*", metavar="chapter", help="which (default: all)")
    parser.add_argument("--profile", choices=PROFILES, default="builtin")
    parser.add_argument("--out", metavar="DIR", type=Path, default=BUILD / "notebooks")
    for name in ("--data", "--seed", "--threads"):
        parser.add_argument(name, help="as for the chapter's script")
    options = parser.parse_args(arguments)
    for name in options.chapters:
        if name not in chapters:
            parser.error(f"no chapter {name!r}: choose from {', '.join(chapters)}")
    passed_on = ["--profile", options.profile]
    for name in ("data", "seed", "threads"):
        if getattr(options, name):
            passed_on += [f"--{name}", getattr(options, name)]
    failed = False
    for name in options.chapters or chapters:
        if not options.chapters and options.profile not in chapters[name].profiles():
            continue
        try:
            print(make(chapters[name], options.profile, passed_on, options.out.resolve()), flush=True)
        except ReplayError as error:
            print(f"{name}: no notebook was made: {error}", file=sys.stderr)
            failed = True
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
