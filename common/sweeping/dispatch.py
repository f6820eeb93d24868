"""Give the tasks of a sweep to Dask's workers, and take what they make, until none is left."""

import time
import uuid
from dataclasses import dataclass, field

import distributed

from common.errors import ReplayError
from common.language import _
from common.sweeping import store
from common.sweeping.pool import Pool
from common.sweeping.work import DONE, FAILED, STOPPED

AGAIN = 3  # how often a task whose worker was lost begins elsewhere
TICK = 0.5  # seconds between two looks at the workers
PATIENCE = 60  # seconds to wait for a worker that may run a task
GATHER = 60  # seconds to wait for the bytes of a finished task


def call_there():
    """Return the function that Dask calls on a worker.

    A function within a function travels whole. So the scheduler needs none of this project's code.
    """

    def call(name, *arguments):
        from importlib import import_module

        return getattr(import_module("common.sweeping.work"), name)(*arguments)

    return call


@dataclass(eq=False)
class Attempt:
    """An Attempt is one future: that of a `task` on a `worker`, or of a look at the worker."""

    worker: object
    task: object = None
    begun: float = field(default_factory=time.monotonic)


class Dispatcher:
    """A Dispatcher runs `tasks` on the workers of `client`, a Client of Dask. `show` is a Progress.

    `facts` and `data` are what is here (see Pool). `root` is the folder of the real data that the sweep was given. With
    `bring` the results come back as bytes.
    """

    def __init__(self, client, tasks, show, facts, data, root=None, bring=False, patience=PATIENCE):
        self.client, self.show, self.root, self.bring, self.patience = client, show, root, bring, patience
        self.sweep = uuid.uuid4().hex
        self.pool = Pool(facts, data, max((task.threads for task in tasks), default=1))
        self.names = list(dict.fromkeys(task.chapter for task in tasks))
        self.sets = list(dict.fromkeys(task.data for task in tasks if task.data))
        self.waiting, self.attempts, self.losses, self.failed = list(tasks), {}, {}, []
        self._alone = {}  # since when nobody may run a task, by its chapter and settings
        self._call = call_there()

    def run(self):
        """Run all tasks, and return those that failed. It raises ReplayError when the scheduler is lost."""
        while self.waiting or any(attempt.task for attempt in self.attempts.values()):
            self._look_at_workers()
            self._give()
            self._give_up()
            for future in self._ended():
                self._take(future, self.attempts.pop(future))
            self.show.refresh(self.attempts.values(), self.waiting, self.pool.slots())
        return self.failed

    def stop(self):
        """Ask the workers to stop what runs for this sweep, and wait until it is saved and has ended."""
        futures = [future for future, attempt in self.attempts.items() if attempt.task]
        try:
            self.client.run(self._call, "stop", self.sweep, on_error="ignore")
            distributed.wait(futures, timeout=GATHER)
        except (OSError, TimeoutError, ValueError):  # a worker or the scheduler has gone
            pass

    # The workers.

    def _look_at_workers(self):
        new, lost = self.pool.changes(self._addresses())
        for worker in new:
            future = self.client.submit(
                self._call, "inspect", self.names, self.sets, self.root, **self._only(worker, "inspect")
            )
            self.attempts[future] = Attempt(worker)
        for future, attempt in list(self.attempts.items()):
            if attempt.worker in lost:
                del self.attempts[future]
                future.cancel()
                self._lose(attempt)

    def _addresses(self):
        """Return the addresses of the workers, a dict to their threads. A scheduler may come back within a minute."""
        end = time.monotonic() + self.patience
        while True:
            try:
                return self.client.nthreads()
            except (OSError, TimeoutError, RuntimeError) as error:
                if time.monotonic() > end or self.client.status == "closed":
                    raise ReplayError(
                        _("Dask's scheduler does not answer any more. What is finished is kept: start the same again.")
                    ) from error
                time.sleep(TICK)

    def _only(self, worker, name):
        """Return the options of `submit` for this worker alone."""
        key = f"{name}-{uuid.uuid4().hex}".replace(" ", "-")
        return {"key": key, "workers": [worker.address], "allow_other_workers": False, "pure": False, "retries": 0}

    # The tasks.

    def _give(self):
        """Begin what can begin now, in the order of the tasks."""
        full = set()  # kinds that no worker can begin now
        for task in list(self.waiting):
            worker = None if task.kind in full else self.pool.place(task)
            if worker is None:
                full.add(task.kind)
                continue
            self.waiting.remove(task)
            worker.running.append(task)
            future = self.client.submit(
                self._call, "perform", vars(task), self.sweep, self.root, self.bring, **self._only(worker, str(task))
            )
            self.attempts[future] = Attempt(worker, task)

    def _give_up(self):
        """Let the tasks fail that no worker may run, when that has been so for a while."""
        reasons = {}
        for task in self.waiting:
            if task.kind not in reasons:
                found = {str(worker): self.pool.reason(worker, task) for worker in self.pool.workers.values()}
                reasons[task.kind] = found if all(found.values()) else None
        for kind in [*self._alone]:
            if reasons.get(kind) is None:
                del self._alone[kind]
        for task in list(self.waiting):
            found = reasons[task.kind]
            if found is None:
                continue
            since = self._alone.setdefault(task.kind, time.monotonic())
            if time.monotonic() - since >= self.patience:
                self.waiting.remove(task)
                why = [f"{name}: {reason}" for name, reason in found.items()] or [_("There is none.")]
                self._fail(
                    task,
                    [_("No worker may run it, and none came for {seconds:g} s.").format(seconds=self.patience), *why],
                )

    def _ended(self):
        """Wait a moment, and return the futures that have ended."""
        if not self.attempts:
            time.sleep(TICK)
            return []
        try:
            return list(distributed.wait(list(self.attempts), timeout=TICK, return_when="FIRST_COMPLETED").done)
        except TimeoutError:
            return []

    def _take(self, future, attempt):
        """Take what came of an attempt: an answer, an error, or nothing, when the connection was lost."""
        error = future.exception() if future.status == "error" else None
        if error is not None and not isinstance(error, distributed.KilledWorker):
            self._complain(
                attempt,
                _("it cannot run this project's code ({kind}: {error})").format(kind=type(error).__name__, error=error),
            )
            return
        try:
            answer = future.result(timeout=GATHER) if future.status == "finished" else None
        except (OSError, TimeoutError, distributed.CancelledError):
            answer = None
        if answer is None:
            self._lose(attempt)
        elif attempt.task is None:
            for sentence in self.pool.hear(attempt.worker, answer, self.sets):
                self.show.say(sentence)
        else:
            self._end(attempt)
            self._finish(attempt.task, attempt.worker, answer)

    def _complain(self, attempt, reason):
        if attempt.task is None:
            self.show.say(self.pool.refuse(attempt.worker, reason))
        else:
            self._end(attempt)
            self._fail(attempt.task, [f"on {attempt.worker}: {reason}."])

    def _finish(self, task, worker, answer):
        if answer["status"] == STOPPED:  # by somebody else
            self.waiting.insert(0, task)
        elif answer["status"] == FAILED:
            self._fail(
                task,
                [
                    _("on {worker}, with exit status {status}.").format(worker=worker, status=answer["exit_status"]),
                    *answer["lines"][-8:],
                ],
            )
        else:
            try:
                if self.bring:
                    store.put(task, task.folder(), answer["files"])
            except (ReplayError, OSError) as error:
                self._fail(
                    task,
                    [
                        _("its result came from {worker}, and cannot be written: {error}").format(
                            worker=worker, error=error
                        )
                    ],
                )
                return
            self.show.finished(task, worker, answer["seconds"], ran=answer["status"] == DONE)

    def _lose(self, attempt):
        """Put a task whose worker was lost in front, at most three times."""
        task = attempt.task
        if task is None:
            self.pool.forget(attempt.worker)  # if it is still there, it is asked again
            return
        self._end(attempt)
        self.losses[task] = self.losses.get(task, 0) + 1
        if self.losses[task] > AGAIN:
            self._fail(
                task,
                [
                    _("Its worker was lost {times} times, the last one {worker}.").format(
                        times=self.losses[task], worker=attempt.worker
                    )
                ],
            )
            return
        self.waiting.insert(0, task)
        self.show.say(
            _("{worker} was lost: {task} begins elsewhere ({times} of {again} times).").format(
                worker=attempt.worker, task=task, times=self.losses[task], again=AGAIN
            )
        )

    def _end(self, attempt):
        if attempt.task in attempt.worker.running:
            attempt.worker.running.remove(attempt.task)

    def _fail(self, task, lines):
        self.failed.append(task)
        self.show.failed(task, lines)
