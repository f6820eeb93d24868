"""The workers of a sweep: who gets which task, and why another one gets none."""

import pytest

from common.sweeping.pool import Pool
from common.sweeping.task import Task

HERE = {"Python": "3.11.7", "numpy": "2.4.6", "code/common": "a"}
MNIST = ("mnist", True)
SMALL, LARGE = Task("ch06", "printed", 1, 1), Task("ch04", "printed", 1, 1)


def answer(machine="one", free=8e9, facts=None, data=("digest", None)):
    return {"machine": machine, "free": free, "facts": facts or HERE, "data": [list(data)]}


@pytest.fixture
def pool():
    return Pool(HERE, {}, threads=1)


def join(pool, name, threads=1, **answers):
    """Let the worker `name` join and answer. Return it, and what is said of it."""
    (worker,), _ = pool.changes({**{worker: 1 for worker in pool.workers}, name: threads})
    return worker, pool.hear(worker, answer(**answers), [MNIST])


def test_a_worker_gets_as_many_tasks_as_it_has_slots(pool):
    worker, said = join(pool, "a", threads=2)
    assert said == []
    for _ in range(2):
        assert pool.place(SMALL) is worker
        worker.running.append(SMALL)
    assert pool.place(SMALL) is None and pool.slots() == 2


def test_one_that_has_not_answered_gets_nothing(pool):
    pool.changes({"a": 1})
    assert pool.place(SMALL) is None
    assert pool.reason(pool.workers["a"], SMALL) is None


@pytest.mark.parametrize(
    ("facts", "sentence"),
    [
        (HERE | {"numpy": "2.4.5"}, "numpy is 2.4.5 there and 2.4.6 here"),
        (HERE | {"numpy": None}, "numpy is missing there and 2.4.6 here"),
        (HERE | {"code/common": "b"}, "the code of common is other than here"),
        ({**HERE, "code/ch01": "b"}, "the code of ch01 is other than here"),
    ],
)
def test_one_with_other_code_or_pins_is_refused_by_name(pool, facts, sentence):
    worker, said = join(pool, "tcp://host:1", facts=facts)
    assert said == [f"tcp://host:1 (one) gets no task: {sentence}."]
    assert pool.place(SMALL) is None and pool.reason(worker, SMALL) == sentence


def test_one_without_a_data_set_gets_the_other_tasks(pool):
    worker, said = join(pool, "a", data=(None, "no such file."))
    assert said == ["a (one) gets no task with mnist: no such file."]
    assert pool.place(LARGE) is None and pool.reason(worker, LARGE) == "no such file."
    assert pool.place(SMALL) is worker


def test_all_workers_have_the_data_of_the_first_or_of_this_machine(pool):
    first, _ = join(pool, "a")
    other, said = join(pool, "b", data=("another", None))
    assert said == ["b (one) gets no task with mnist: its files are others than those of this sweep"]
    assert pool.place(LARGE) is first and pool.reason(other, LARGE)
    here = Pool(HERE, {MNIST: "of this machine"}, 1)
    assert join(here, "a")[1] == ["a (one) gets no task with mnist: its files are others than those of this sweep"]


def test_no_more_begins_on_a_machine_than_fits_into_its_memory(pool):
    free = LARGE.memory + SMALL.memory
    first, _ = join(pool, "a", free=free)
    second, _ = join(pool, "b", free=free)
    pool.place(LARGE).running.append(LARGE)
    assert pool.place(LARGE) is None and pool.reason(second, LARGE) is None
    assert pool.place(SMALL) in (first, second)
    third, _ = join(pool, "c", machine="two", free=free)
    assert pool.place(LARGE) is third


def test_a_machine_that_is_too_small_says_how_much_is_needed(pool):
    worker, _ = join(pool, "a", free=1e9)
    assert pool.place(LARGE) is None
    assert pool.reason(worker, LARGE) == "2.8 GB of memory are needed, as measured; 1.0 GB are free there"
    unknown, _ = join(pool, "b", machine="two", free=None)
    assert pool.place(LARGE) is unknown


def test_a_worker_that_went_is_known_no_more(pool):
    worker, _ = join(pool, "a")
    assert pool.changes({}) == ([], [worker])
    assert pool.place(SMALL) is None and pool.slots() == 1
