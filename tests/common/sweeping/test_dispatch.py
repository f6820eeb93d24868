"""Tasks given to workers that answer, refuse, fail or go: with a client that stands for Dask's."""

import pytest

from common.sweeping.task import Task

distributed = pytest.importorskip(
    "distributed", reason="needs the packages of common/tooling/requirements-sweep.txt: make sweep"
)
dispatch = pytest.importorskip("common.sweeping.dispatch")
FACTS = {"numpy": "2.4.6"}


class Future:
    """A Future is one call on a worker. Its worker makes it `finished`, or leaves it `pending`."""

    def __init__(self, name, worker, arguments):
        self.name, self.worker, self.arguments, self.status, self.answer = name, worker, arguments, "pending", None

    def result(self, timeout=None):
        return self.answer

    def exception(self):
        return self.answer

    def cancel(self):
        self.status = "cancelled"


class Client:
    """A Client has workers, a dict of addresses to functions: each gives the answer to (name, arguments).

    A worker that returns None goes, and takes its task with it. The one of `next_ones` takes its place.
    """

    def __init__(self, workers, next_ones=()):
        self.workers, self.next_ones, self.calls = workers, list(next_ones), []

    def nthreads(self):
        return dict.fromkeys(self.workers, 1)

    def submit(self, call, name, *arguments, workers, **options):
        future = Future(name, workers[0], arguments)
        self.calls.append(future)
        return future

    def wait(self, futures, **options):
        for future in futures:
            if future.worker in self.workers and future.status == "pending":
                answer = self.workers[future.worker](future.name, future.arguments)
                if answer is None:
                    del self.workers[future.worker]
                    self.workers.update(self.next_ones[:1])
                    del self.next_ones[:1]
                else:
                    future.status = "error" if isinstance(answer, Exception) else "finished"
                    future.answer = answer
        return distributed.client.DoneAndNotDoneFutures({f for f in futures if f.status != "pending"}, set())


class Show:
    """A Show keeps what a sweep would show."""

    def __init__(self):
        self.said, self.done, self.broken = [], [], []

    def say(self, text):
        self.said.append(text)

    def finished(self, task, worker, seconds, ran):
        self.done.append((str(task), worker.address, ran))

    def failed(self, task, lines):
        self.broken.append((str(task), lines))

    def refresh(self, attempts, waiting, slots):
        pass


def worker(status="done", facts=FACTS, complaint=None, **more):
    def answer(name, arguments):
        if name == "inspect":
            data = [[None if complaint else "digest", complaint] for _ in arguments[1]]
            return {"machine": "one", "free": None, "facts": facts, "data": data}
        return {"status": status, "exit_status": 1, "lines": ["log"], "seconds": 1.0, "files": {}, **more}

    return answer


def going(name, arguments):
    """Answer like a worker that goes with its first task."""
    return worker()(name, arguments) if name == "inspect" else None


@pytest.fixture
def sweep(monkeypatch):
    """A function that runs tasks on a Client. It returns what was shown, and the tasks that failed."""

    def run(tasks, client, patience=0.2):
        monkeypatch.setattr(distributed, "wait", client.wait)
        monkeypatch.setattr(dispatch, "TICK", 0.02)
        show = Show()
        dispatcher = dispatch.Dispatcher(client, tasks, show, FACTS, {}, patience=patience)
        return show, [str(task) for task in dispatcher.run()]

    return run


def tasks(*chapters):
    return [Task(name, "builtin", seed, 1) for seed, name in enumerate(chapters, 1)]


def test_each_task_runs_once(sweep):
    client = Client({"a": worker(), "b": worker("kept")})
    show, failed = sweep(tasks("ch06", "ch06", "ch06"), client)
    assert failed == [] and sorted(name for name, *_ in show.done) == ["ch06 seed 1", "ch06 seed 2", "ch06 seed 3"]
    assert {(address, ran) for _, address, ran in show.done} == {("a", True), ("b", False)}
    assert [call.name for call in client.calls] == ["inspect"] * 2 + ["perform"] * 3


def test_a_task_whose_worker_was_lost_runs_elsewhere(sweep):
    show, failed = sweep(tasks("ch06"), Client({"a": going}, [("b", worker())]))
    assert failed == [] and show.done == [("ch06 seed 1", "b", True)]
    assert show.said == ["a (one) was lost: ch06 seed 1 begins elsewhere (1 of 3 times)."]


def test_it_does_so_three_times_at_most(sweep):
    client = Client({"a": going}, [(name, going) for name in "bcdefg"])
    show, failed = sweep(tasks("ch06"), client)
    assert failed == ["ch06 seed 1"] and show.done == []
    assert [call.worker for call in client.calls if call.name == "perform"] == ["a", "b", "c", "d"]
    assert show.broken == [("ch06 seed 1", ["Its worker was lost 4 times, the last one d (one)."])]


def test_a_task_that_fails_stops_no_other(sweep):
    show, failed = sweep(tasks("ch06", "ch06"), Client({"a": worker("failed")}))
    assert failed == ["ch06 seed 1", "ch06 seed 2"]
    assert show.broken[0] == ("ch06 seed 1", ["on a (one), with exit status 1.", "log"])


def test_what_one_worker_may_not_run_goes_to_another(sweep):
    workers = {"a": worker(complaint="no data."), "b": worker()}
    show, failed = sweep(tasks("ch01", "ch01", "ch06"), Client(workers))
    assert failed == [] and [address for name, address, _ in show.done if name.startswith("ch01")] == ["b", "b"]
    assert show.said == ["a (one) gets no task with mnist: no data."]


def test_a_task_that_no_worker_may_run_fails_with_the_reasons(sweep):
    workers = {"a": worker(complaint="no data."), "b": worker(facts={"numpy": "1.0"})}
    show, failed = sweep(tasks("ch01", "ch06"), Client(workers))
    assert failed == ["ch01 seed 1"] and [name for name, *_ in show.done] == ["ch06 seed 2"]
    ((_, lines),) = show.broken
    assert lines[1:] == ["a (one): no data.", "b (one): numpy is 1.0 there and 2.4.6 here"]


def test_without_any_worker_the_tasks_fail_after_a_while(sweep):
    show, failed = sweep(tasks("ch06"), Client({}))
    assert failed == ["ch06 seed 1"]
    assert show.broken[0][1] == ["No worker may run it, and none came for 0.2 s.", "There is none."]


def test_a_worker_without_this_project_is_refused_by_name(sweep):
    workers = {"a": lambda *_: ModuleNotFoundError("No module named 'common'"), "b": worker()}
    show, failed = sweep(tasks("ch06"), Client(workers))
    assert failed == [] and len(show.done) == 1
    assert show.said[0].startswith("a gets no task: it cannot run this project's code (ModuleNotFoundError: No module")
