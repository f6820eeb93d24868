"""Keep the folder of a result for one run at a time, and leave other people's files alone."""

import contextlib
import json
import shutil
import tempfile

from filelock import FileLock, Timeout

from common.errors import ReplayError
from common.files import read_regular
from common.paths import BUILD

LOCK = ".lock"
CHECKPOINT = "checkpoint"
UNFINISHED = ".checkpoint"  # its name until the chapter has run to its end


@contextlib.contextmanager
def for_one_run(out, chapter):
    """Make the folder `out` (Path), and keep other runs from it meanwhile.

    It raises ReplayError when another run has it, or when it holds what no run of `chapter` left there. It raises
    OSError when nothing can be written into it.
    """
    out.mkdir(parents=True, exist_ok=True)
    lock = FileLock(out / LOCK, timeout=0)
    try:
        lock.acquire()
    except Timeout as error:
        raise ReplayError(f"{out}: another run writes its result here. Wait for it, or choose --out.") from error
    try:
        tempfile.TemporaryFile(dir=out).close()
        _refuse_others_files(out, chapter)
        try:
            yield
        finally:
            shutil.rmtree(out / UNFINISHED, ignore_errors=True)
    finally:
        with contextlib.suppress(OSError):  # Windows removes it by itself
            (out / LOCK).unlink()
        lock.release()


def _refuse_others_files(out, chapter):
    """Raise ReplayError for a folder with files that no run of `chapter` left there."""
    found = sorted(path.name for path in out.iterdir() if path.name != LOCK)
    if found and not out.resolve().is_relative_to(BUILD.resolve()) and not _is_result_of(chapter, out):
        raise ReplayError(
            f"{out}: expected an empty folder, or an earlier result of {chapter}, which this run replaces; found "
            f"{', '.join(found[:5])}. Choose another folder with --out."
        )


def _is_result_of(chapter, out):
    """Return whether `out` has a result of `chapter`."""
    try:
        return json.loads(read_regular(out / "result.json").decode("utf-8"))["chapter"] == chapter
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return False


def forget(out):
    """Remove an earlier result from `out` (Path), so that it does not outlive a run that fails."""
    for name in ("result.json", "output.txt"):
        (out / name).unlink(missing_ok=True)
    for name in (CHECKPOINT, UNFINISHED):
        shutil.rmtree(out / name, ignore_errors=True)
    for path in (out / "figures").glob("*.png"):
        path.unlink()
    with contextlib.suppress(OSError):
        (out / "figures").rmdir()
