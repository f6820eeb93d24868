"""Put a result that came from another machine into its folder here: the whole of it, or nothing."""

from common.files import write_atomically
from common.running.run_folder import RUNNING, for_one_run, take_place


def put(task, folder, files):
    """Write `files`, a dict of names to bytes, as the result of `task` into `folder` (Path).

    It raises ReplayError when a run has the folder, and OSError when it cannot be written.
    """
    with for_one_run(folder, task.chapter):
        for name, content in files.items():
            write_atomically(folder / RUNNING / name, content)
        take_place(folder)
