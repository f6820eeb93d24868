"""Know the workers of a sweep: who they are, what they may run, and what they run now."""

from dataclasses import dataclass, field

from common.language import _
from common.sweeping.facts import difference


@dataclass(eq=False)
class Worker:
    """A Worker is one process of Dask, which runs one task at a time in each of its `slots`.

    `machine` and `refusal` are texts, and None before it has answered. `refusal` says why it gets no task at all. For a
    good one it is "". `lacks` says of which data it gets none, and why.
    """

    address: str
    slots: int
    machine: str | None = None
    refusal: str | None = None
    lacks: dict = field(default_factory=dict)
    running: list = field(default_factory=list)

    def __str__(self):
        host = (self.machine or "").split(" ")[0]
        return f"{self.address} ({host})" if host else self.address


class Pool:
    """A Pool has the Workers by their addresses, and the memory of their machines.

    `facts` is what is here: a worker that differs gets nothing. `data` is a dict of data sets to the SHA-256 of their
    hashes. Where it lacks a set, the first good worker's counts.
    """

    def __init__(self, facts, data, threads):
        self.workers, self._facts, self._data, self._threads = {}, facts, data, threads
        self._free = {}  # bytes on each machine before this sweep ran anything there

    def changes(self, addresses):
        """Take the addresses of now, a dict to threads. Return the Workers that are new and those that are lost."""
        new = [
            Worker(address, max(1, threads // self._threads))
            for address, threads in addresses.items()
            if address not in self.workers
        ]
        lost = [worker for address, worker in self.workers.items() if address not in addresses]
        self.workers.update({worker.address: worker for worker in new})
        for worker in lost:
            del self.workers[worker.address]
        return new, lost

    def hear(self, worker, answer, sets):
        """Take what `worker` says of itself (see `work.inspect`). Return sentences on what it may not run.

        `sets` are the data sets that it was asked for.
        """
        worker.machine = answer["machine"]
        worker.refusal = difference(answer["facts"], self._facts) or ""
        if worker.refusal:
            return [_("{worker} gets no task: {reason}.").format(worker=worker, reason=worker.refusal)]
        if answer["free"] is not None:
            self._free.setdefault(worker.machine, answer["free"] + self._taken(worker.machine))
        for name, (digest, complaint) in zip(sets, answer["data"], strict=True):
            if digest and self._data.setdefault(name, digest) != digest:
                complaint = _("its files are others than those of this sweep")
            if complaint:
                worker.lacks[name] = complaint
        return [
            _("{worker} gets no task with {name}: {why}").format(worker=worker, name=name, why=why)
            for (name, real), why in worker.lacks.items()
        ]

    def refuse(self, worker, reason):
        """Give `worker` no task any more, for `reason`. Return the sentence that says so."""
        worker.refusal = reason
        return _("{worker} gets no task: {reason}.").format(worker=worker, reason=reason)

    def forget(self, worker):
        """Know `worker` no more."""
        self.workers.pop(worker.address, None)

    def reason(self, worker, task):
        """Return why `worker` never gets `task`, as text. Return None when it may, or has not answered yet."""
        free = self._free.get(worker.machine)
        if worker.refusal:
            return worker.refusal
        if task.data and task.data in worker.lacks:
            return worker.lacks[task.data]
        if free is not None and task.memory > free:
            return _("{needed:.1f} GB of memory are needed, as measured; {free:.1f} GB are free there").format(
                needed=task.memory / 1e9, free=free / 1e9
            )
        return None

    def place(self, task):
        """Return a Worker that can begin `task` now, or None. The one that runs the least comes first."""
        for worker in sorted(self.workers.values(), key=lambda each: len(each.running)):
            if worker.refusal == "" and len(worker.running) < worker.slots and self.reason(worker, task) is None:
                free = self._free.get(worker.machine)
                if free is None or self._taken(worker.machine) + task.memory <= free:
                    return worker
        return None

    def _taken(self, machine):
        """Return how many bytes the tasks that run on `machine` take at their most."""
        workers = [worker for worker in self.workers.values() if worker.machine == machine]
        return sum(task.memory for worker in workers for task in worker.running)

    def slots(self):
        """Return how many tasks the good workers can run at a time, at least 1."""
        return max(1, sum(worker.slots for worker in self.workers.values() if worker.refusal == ""))
