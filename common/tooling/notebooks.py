"""Make an executed notebook from each chapter's script: `python -m common.tooling.notebooks ch06`.

The scripts stay the only source. Each call makes the notebook anew from its script and runs it unchanged. Nothing reads
the notebook again.
"""

import html
import os
import sys
import tempfile
from pathlib import Path

from common.errors import ReplayError, command, disk_errors, with_given, without_given
from common.files import write_atomically
from common.judging.chapter import PROFILES, all_chapters
from common.judging.result import judge
from common.judging.settings import read_settings, settings_words, variant_name
from common.language import _, argument_parser
from common.paths import BUILD, ROOT
from common.tooling import boxes

try:
    import nbformat
    from nbclient.exceptions import CellExecutionError, DeadKernelError
    from nbconvert.preprocessors import CoalesceStreamsPreprocessor, ExecutePreprocessor
except ImportError as error:
    sys.exit(
        _(
            "Notebooks need the packages of common/tooling/requirements-notebooks.txt ({error}). `make "
            "notebooks` installs them."
        ).format(error=error)
    )

SETUP = """\
import os
import sys
from pathlib import Path

# The command line gives this to the script. The notebook may lie anywhere in the project's folder.
__file__ = {script!r}
sys.argv = [__file__, *{arguments!r}]
root = next(folder for folder in (Path.cwd(), *Path.cwd().parents) if (folder / __file__).exists())
os.chdir(root)
sys.path.insert(0, str(root))"""
BEGIN = """\
{libraries}

replayed = harness.Cells(__file__)
run = replayed.run"""
FINISH = "replayed.finish(metrics)"
MADE = """\
`make notebooks` made this from `{script}`. That file is the source: a change made here does not reach it.

<p lang="ko"><code>{script}</code>에서 <code>make notebooks</code>로 만든 노트북입니다. 원본은 그 파일입니다.
여기서 고친 내용은 원본에 남지 않습니다.</p>"""
BEFORE = """\
## {number}. {heading} · <span lang="ko">{korean}</span>

{en}

<p lang="ko">{ko}</p>"""
LONGEST = 20  # lines of one output; of a longer one all but the first and the last lines are folded
SEEN = 3
FOLD = "<details><summary>{count} more lines · {count}줄 더</summary><pre>{lines}</pre></details>"


def convert(chapter, script, arguments):
    """Return the script (str, its path from the project's folder) of `chapter` (str) as a notebook.

    The first cell is the docstring: its first line as the heading, its other lines as text. The second one stands for
    the command line, the list `arguments`. Then each box has two cells: sentences, and what is defined and run there.
    The last cell sets printed beside replayed.
    """
    parts = boxes.cut((ROOT / script).read_text(encoding="utf-8"))
    made, sentences = nbformat.v4, boxes.sentences(chapter)
    notebook = made.new_notebook(metadata={"kernelspec": {"name": "python3", "display_name": "Python 3"}})
    heading = "\n\n".join(part for part in (f"# {parts.title}", parts.text, MADE.format(script=script)) if part)
    notebook.cells = [
        made.new_markdown_cell(heading),
        made.new_code_cell(SETUP.format(script=script, arguments=arguments)),
    ]
    begin, finish = ("libraries", BEGIN.format(libraries=parts.libraries)), ("printed", FINISH)
    cells = [begin, *((box.name, box.source) for box in parts.boxes), finish]
    for number, (name, source) in enumerate(cells, 1):
        notebook.cells.append(made.new_markdown_cell(BEFORE.format(number=number, **sentences[name])))
        notebook.cells.append(made.new_code_cell(source))
    for i, cell in enumerate(notebook.cells):
        cell.id = f"cell-{i}"  # a random one would make another notebook of the same script
        cell.metadata = {}
    return notebook


def fold(notebook):
    """Fold the long outputs of the notebook, so that the next box stays in sight. Each keeps its whole text."""
    for cell in notebook.cells:
        if "outputs" in cell:
            cell.outputs = [part for output in cell.outputs for part in _folded(output)]


def _folded(output):
    """Return `output` in a list. Of a long one, return the first lines, a fold, and the last lines."""
    lines = output.get("text", "").splitlines(keepends=True)
    if output.output_type != "stream" or len(lines) <= LONGEST:
        return [output]
    hidden = "".join(lines[SEEN:-SEEN])
    shown = FOLD.format(count=len(lines) - 2 * SEEN, lines=html.escape(hidden, quote=False))
    made, name = nbformat.v4, output.name
    return [
        made.new_output("stream", name=name, text="".join(lines[:SEEN])),
        made.new_output("display_data", data={"text/plain": hidden, "text/html": shown}),
        made.new_output("stream", name=name, text="".join(lines[-SEEN:])),
    ]


def execute(notebook):
    """Run the notebook's cells in a kernel of their own, and keep their output in the notebook.

    It raises ReplayError when a cell ends with an error, or the kernel dies.
    """
    runner = ExecutePreprocessor(
        timeout=None,
        kernel_name="python3",
        record_timing=False,
        extra_arguments=["--IPKernelApp.log_level=ERROR"],
    )
    with tempfile.TemporaryDirectory() as settings:
        # Without anybody's start-up files and history, the notebook runs as the script does.
        os.environ |= {"IPYTHONDIR": settings, "JUPYTER_RUNTIME_DIR": settings, "PYDEVD_DISABLE_FILE_VALIDATION": "1"}
        try:
            runner.preprocess(notebook, {"metadata": {"path": str(ROOT)}})
            # Pieces of one stream become one, and what was displayed stays in its place between them.
            CoalesceStreamsPreprocessor().preprocess(notebook, {})
        except CellExecutionError as error:
            raise ReplayError(_reason(notebook, error)) from error
        except DeadKernelError as error:
            raise ReplayError(_("its Python ended in the middle: perhaps the memory was not enough.")) from error


def _reason(notebook, error):
    """Return the sentence with which the script would have ended.

    When a cell ended with an exit status, this is the last line on standard error.
    """
    if error.ename == ReplayError.__name__:
        return error.evalue
    if error.ename != "SystemExit":
        return f"{error.ename}: {error.evalue}"
    if not error.evalue.isdigit():
        return error.evalue
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", ())]
    written = "".join(output.text for output in outputs if output.get("name") == "stderr")
    # The kernel adds two lines of its own, which say how to leave it.
    lines = [line for line in written.splitlines() if line.strip() and "To exit: use" not in line]
    return lines[-1] if lines else _("it ended with status {status}.").format(status=error.evalue)


def make(chapter, profile, options, folder, name):
    """Write the executed notebook of `chapter` under `profile` into `folder` (a Path), as `name`.

    `options` is the command line of the chapter's script, a list. The results go to a folder beside the notebook.
    Return the notebook's path, and a list of sentences that say where the result misses a threshold. It raises
    ReplayError when a cell fails; then an earlier notebook is gone.
    """
    path = folder / f"{name}.ipynb"
    with disk_errors(path):
        path.unlink(missing_ok=True)
        script = chapter.script(profile).relative_to(ROOT).as_posix()
        out = folder / name
        out = out.relative_to(ROOT) if out.is_relative_to(ROOT) else out
        notebook = convert(chapter.name, script, [*options, "--out", out.as_posix()])
        execute(notebook)
        fold(notebook)
        write_atomically(path, nbformat.writes(notebook) + "\n")
    return path, judge(chapter, profile, folder / name / "result.json")[2] if name == chapter.name else []


@command
def main(arguments=None):
    """Read the command line and make the notebooks. Return the exit status.

    It is 1 when a notebook did not run to its end, or when its result misses a threshold. Otherwise it is 0.
    """
    parser = argument_parser(
        prog="python -m common.tooling.notebooks",
        description=_("Make an executed notebook from each chapter's script."),
    )
    chapters = {chapter.name: chapter for chapter in all_chapters()}
    parser.add_argument("chapters", nargs="*", metavar="chapter", help=_("which (default: all)"))
    parser.add_argument("--profile", choices=PROFILES, default="builtin")
    parser.add_argument("--out", metavar="DIR", type=Path, default=BUILD / "notebooks")
    for name in ("--data", "--seed", "--threads"):
        parser.add_argument(name, help=_("as for the chapter's script"))
    parser.add_argument("--with", dest="words", action="append", default=[], help=_("as for the chapter's script"))
    names = ("profile", "data", "seed", "threads", "with")
    options = parser.parse_args(with_given(arguments, *names, positional="chapter"))
    for name in options.chapters:
        if name not in chapters:
            parser.error(_("no chapter {name!r}: choose from {names}").format(name=name, names=", ".join(chapters)))
    words = [word for text in options.words for word in text.split()]
    if words and len(options.chapters) != 1:
        parser.error(_("other settings are for one chapter: make notebooks CHAPTER=ch02 WITH=..."))
    changed = read_settings(chapters[options.chapters[0]], options.profile, words) if words else {}
    for name in os.environ.keys() - without_given().keys():
        del os.environ[name]  # the script in a kernel has its own command line
    passed_on = ["--profile", options.profile]
    for name in ("data", "seed", "threads"):
        if getattr(options, name):
            passed_on += [f"--{name}", getattr(options, name)]
    passed_on += [f"--with={word}" for word in settings_words(changed)]
    failed = False
    for name in options.chapters or chapters:
        if not options.chapters and options.profile not in chapters[name].profiles():
            continue
        try:
            title = f"{name},{variant_name(changed)}" if changed else name
            path, missed = make(chapters[name], options.profile, passed_on, options.out.resolve(), title)
            print(path, flush=True)
            for sentence in missed:
                print(f"{name}: {sentence}", file=sys.stderr)
            failed = failed or bool(missed)
        except ReplayError as error:
            print(_("{name}: no notebook was made: {error}").format(name=name, error=error), file=sys.stderr)
            failed = True
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
