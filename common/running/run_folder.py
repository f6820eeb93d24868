"""Keep the folder of a result for one run at a time, and leave other people's files alone.

A run writes its result into `.running`. When all is written, one rename makes this `.ready`. From then on readers take
each part from there first (`common.paths.current`). Then the parts move to their places. So a kill at any moment
leaves the earlier result or the new one, whole. The next run finishes the moves and removes the rest.
"""

import contextlib
import json
import re
import shutil
import sys

from filelock import FileLock, Timeout

from common.errors import ReplayError
from common.files import read_regular, write_atomically
from common.judging.result import finished
from common.language import _
from common.paths import BUILD, READY, current

LOCK = ".lock"
MARKER = ".replay"  # it says that a run may clear this folder
RUNNING = ".running"
REPLACED = ".replaced"  # folders of an earlier result, on their way out
CHECKPOINT, FIGURES = "checkpoint", "figures"
UNFINISHED = f"{RUNNING}/{CHECKPOINT}"  # where the checkpoint lies until the chapter has run to its end
PARTS = ("output.txt", FIGURES, CHECKPOINT, "result.json")
# The names that common/files.py gives what it has not written to its end, and those of a Saver's folder.
TEMPORARY = re.compile(r"\.(result\.json|output\.txt|\.replay|checkpoint|.+\.png)\.[a-z0-9_]{8}|\.checkpoint")


@contextlib.contextmanager
def for_one_run(out, chapter):
    """Make the folder `out` (Path), and keep other runs from it meanwhile.

    What a killed run left there is removed first. When the run fails, a line says that an earlier result stays.

    It raises ReplayError when another run has the folder. So it does when no run of `chapter` left what is in it. It
    raises OSError when nothing can be written into it.
    """
    out.mkdir(parents=True, exist_ok=True)
    lock = FileLock(out / LOCK, timeout=0)
    try:
        lock.acquire()
    except Timeout as error:
        raise ReplayError(
            _("{out}: another run writes its result here. Wait for it, or choose --out.").format(out=out)
        ) from error
    try:
        _refuse_others_files(out, chapter)
        try:
            write_atomically(out / MARKER, json.dumps(_marker(chapter)) + "\n")
        except OSError as error:  # it would name the temporary file
            raise OSError(error.errno, error.strerror, str(out)) from error
        try:
            _settle(out)
            with _saying_what_stays(out, chapter):
                yield
        finally:
            _sweep(out)
            if {path.name for path in out.iterdir()} <= {LOCK, MARKER}:
                (out / MARKER).unlink(missing_ok=True)
    finally:
        with contextlib.suppress(OSError):  # Windows removes it by itself
            (out / LOCK).unlink()
        lock.release()


def take_place(out):
    """Put the result in `.running`, which is whole, into the place of the earlier one in `out` (Path)."""
    for name in (FIGURES, CHECKPOINT):
        (out / RUNNING / name).mkdir(exist_ok=True)  # an empty one hides that of the earlier result
    try:
        (out / RUNNING).rename(out / READY)
        _settle(out)
    except Exception:
        raise
    except BaseException:
        if not (out / READY).exists():
            raise
        _settle(out)  # the interrupt comes too late: the new result is there


def _marker(chapter):
    return {"made_by": "common/running/run_folder.py", "chapter": chapter}


def _refuse_others_files(out, chapter):
    """Raise ReplayError for a folder with files that no run of `chapter` left there."""
    found = sorted(path.name for path in out.iterdir() if path.name != LOCK and not path.name.startswith(f".{MARKER}."))
    if found and not out.resolve().is_relative_to(BUILD.resolve()) and not _is_marked(chapter, out):
        raise ReplayError(
            _(
                "{out}: expected an empty folder, or one with the file {marker} that a run of {chapter} "
                "leaves; found {found}. Choose another folder with --out."
            ).format(out=out, marker=MARKER, chapter=chapter, found=", ".join(found[:5]))
        )


def _is_marked(chapter, out):
    """Return whether `out` has the marker of a run of `chapter`."""
    try:
        return json.loads(read_regular(out / MARKER).decode("utf-8")) == _marker(chapter)
    except (OSError, ValueError, RecursionError):
        return False


def _settle(out):
    """Move what is in `.ready` to its place, and remove what it replaces. `result.json` is the last part."""
    for name in PARTS:
        if (out / READY / name).exists():
            if (out / name).is_dir():  # a rename puts no folder in the place of another
                shutil.rmtree(out / REPLACED / name, ignore_errors=True)
                (out / REPLACED).mkdir(exist_ok=True)
                (out / name).rename(out / REPLACED / name)
            (out / READY / name).replace(out / name)
    _sweep(out)


def _sweep(out):
    """Remove from `out` what is no part of a result, but a run left there. What is somebody's stays."""
    for path in (out / REPLACED / FIGURES).glob("*"):
        if path.suffix != ".png" and not TEMPORARY.fullmatch(path.name):
            (out / FIGURES).mkdir(exist_ok=True)
            path.rename(out / FIGURES / path.name)
    left = [path for folder in (out, out / FIGURES) for path in folder.glob(".*") if TEMPORARY.fullmatch(path.name)]
    for path in (out / RUNNING, out / REPLACED, *left):
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)
    for name in (READY, FIGURES, CHECKPOINT):
        with contextlib.suppress(OSError):  # it is not empty, or not there
            (out / name).rmdir()


@contextlib.contextmanager
def _saying_what_stays(out, chapter):
    """Say on standard error that the earlier result stays, when the block fails and there is one."""
    before = _age(out)
    try:
        yield
    except BaseException:
        if before is not None and _age(out) == before:
            time = finished(out / "result.json")
            print(
                _("{chapter}: the earlier result, finished {time}, stays in {out}.").format(
                    chapter=chapter, time=time, out=out
                ),
                file=sys.stderr,
            )
        raise


def _age(out):
    """Return the time of the result in `out`, in nanoseconds. Return None when there is no result."""
    try:
        return current(out / "result.json").stat().st_mtime_ns
    except OSError:
        return None
