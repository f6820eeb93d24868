"""Do on a worker what the sweep asks for. All that comes and goes is made of texts, numbers, bytes, lists and dicts."""

import functools
import time

from filelock import FileLock, Timeout

from common.errors import ReplayError
from common.language import _
from common.paths import current
from common.running.run_folder import LOCK, PARTS
from common.sweeping import facts
from common.sweeping.kept import why_not
from common.sweeping.process import Processes
from common.sweeping.task import Task

DONE, KEPT, FAILED, STOPPED = "done", "kept", "failed", "stopped"
processes = Processes()
data_there = functools.lru_cache(facts.data_there)  # the hashes of a large set take seconds


def inspect(names, sets, root):
    """Return what this worker has for the chapters `names` and the data `sets`.

    A set is a pair: its name, and whether it is the real one. `root` is the folder of the real data that the sweep was
    given, or None.
    """
    data_there.cache_clear()
    data = [data_there(name, real, root) for name, real in sets]
    return {
        "machine": facts.machine(),
        "free": facts.free(),
        "facts": facts.facts(names),
        "data": [[hashes and facts.digest(hashes), complaint] for hashes, complaint in data],
    }


def perform(words, sweep, root, bring):
    """Run the Task of the dict `words` for `sweep` (text), unless its result is here. Return what came of it, a dict.

    With `bring` it has the files of the result as bytes by their names. Its `status` is one of the four above.
    """
    start = time.monotonic()
    try:
        answer = _perform(Task(**words), sweep, root, bring)
    except (ReplayError, OSError) as error:
        answer = {"status": FAILED, "exit_status": None, "lines": [str(error)], "files": {}}
    return {**answer, "seconds": time.monotonic() - start}


def _perform(task, sweep, root, bring):
    folder = task.folder()
    if not _wait_for_others(folder, sweep):
        return _stopped()
    hashes = data_there(*task.data, root)[0] if task.data else None
    status, exit_status, lines = KEPT, None, []
    if why_not(task, folder, hashes) is not None:
        exit_status, lines = processes.run(sweep, task.words(facts.own_data(root)))
        if exit_status is None:
            return _stopped()
        # A missed threshold ends with 1 too. Only a result of this very run shows that the chapter ran to its end.
        complaint = why_not(task, folder, hashes)
        status = DONE if complaint is None else FAILED
        if status == FAILED and exit_status == 0:  # somebody changed the code or the data meanwhile
            lines = [*lines, _("Its result does not count: {reason}.").format(reason=complaint)]
    return {
        "status": status,
        "exit_status": exit_status,
        "lines": lines if status == FAILED else [],
        "files": files(folder) if bring and status != FAILED else {},
    }


def _stopped():
    return {"status": STOPPED, "exit_status": None, "lines": [], "files": {}}


def stop(sweep):
    """Stop all that runs here for `sweep`, and start nothing more for it."""
    processes.stop(sweep)


def files(folder):
    """Return the files of the result in `folder`, a dict of their names to their bytes."""
    found = {}
    for part in PARTS:
        place = current(folder / part)
        if place.is_file():
            found[part] = place.read_bytes()
        for path in sorted(place.rglob("*")):
            if path.is_file():
                found[f"{part}/{path.relative_to(place).as_posix()}"] = path.read_bytes()
    return found


def _wait_for_others(folder, sweep):
    """Wait until no other run has `folder`: one whose worker was lost may still save there. Return whether to begin."""
    while not processes.is_stopped(sweep):
        if not (folder / LOCK).exists():
            return True
        try:
            with FileLock(folder / LOCK, timeout=0.5):
                return True
        except Timeout:
            continue
        except OSError:  # the folder went with its run
            return True
    return False
