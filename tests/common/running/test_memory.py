"""What the system says is free, and a run that would need more: it stops before TensorFlow would abort."""

import pytest

from common.errors import ReplayError
from common.judging.chapter import Chapter, all_chapters
from common.running import memory
from tests.support.books import book
from tests.support.chapters import SmallChapter

GB = 10**9
MEMINFO = "MemTotal:  8000000 kB\nMemFree:  100 kB\nMemAvailable:  3000000 kB\nSwapFree:  1000000 kB\n"
EACH = [(chapter, profile) for chapter in all_chapters() for profile in chapter.profiles()]


def write(root, path, content):
    (root / path).parent.mkdir(parents=True, exist_ok=True)
    (root / path).write_text(str(content))


V2 = "sys/fs/cgroup"
V1 = "sys/fs/cgroup/memory"
SYSTEMS = [
    ("nothing that says so", {}, None),
    ("no cgroup", {"proc/meminfo": MEMINFO}, 4_096_000_000),
    ("an old kernel", {"proc/meminfo": "MemFree: 5 kB\n"}, None),
    ("damage", {"proc/meminfo": "MemAvailable: many\n\n:\n"}, None),
    (
        "a cgroup of version 2",
        {
            "proc/meminfo": MEMINFO,
            "proc/self/cgroup": "0::/a/b\n",
            f"{V2}/a/b/memory.max": "max\n",
            f"{V2}/a/b/memory.current": "500\n",
            f"{V2}/a/memory.max": "2000000000\n",
            f"{V2}/a/memory.current": "1500000000\n",
            f"{V2}/a/memory.stat": "anon 7\ninactive_file 300000000\n",
        },
        800_000_000,
    ),
    (
        "a container that sees its own cgroup as the top",
        {"proc/self/cgroup": "0::/\n", f"{V2}/memory.max": "3", f"{V2}/memory.current": "5"},
        0,
    ),
    (
        "a cgroup of version 1",
        {
            "proc/meminfo": MEMINFO,
            "proc/self/cgroup": "5:cpu,memory:/docker/x\n4:pids:/y\n",
            f"{V1}/memory.limit_in_bytes": "1000",
            f"{V1}/memory.usage_in_bytes": "400",
            f"{V1}/memory.stat": "total_inactive_file 50",
        },
        650,
    ),
    (
        "a cgroup of version 1 without a limit",
        {
            "proc/meminfo": MEMINFO,
            "proc/self/cgroup": "5:memory:/\n",
            f"{V1}/memory.limit_in_bytes": "9223372036854771712",
            f"{V1}/memory.usage_in_bytes": "400",
        },
        4_096_000_000,
    ),
]


@pytest.mark.parametrize(("what", "files", "free"), SYSTEMS, ids=[name for name, _, _ in SYSTEMS])
def test_the_least_of_system_and_cgroups_is_free(tmp_path, what, files, free):
    for path, content in files.items():
        write(tmp_path, path, content)
    assert memory.free_bytes(tmp_path) == free


def test_this_system_has_something_left():
    assert memory.free_bytes() is None or memory.free_bytes() > 1_000_000


@pytest.fixture
def chapter_of_tests(tmp_path):
    return SmallChapter(tmp_path)


@pytest.fixture
def chapter(tmp_path):
    (tmp_path / "book.toml").write_text(
        book(
            settings="steps = 5\nbatch_size = 100\nrnn_size = 3",
            profiles="[profiles.builtin]\nmemory = 50_000_000_000\n[profiles.listed]",
        )
    )
    return Chapter(tmp_path / "book.toml")


def test_too_little_is_said_with_what_to_lower(chapter):
    with pytest.raises(ReplayError) as error:
        memory.check(chapter, "builtin", free=3 * GB)
    assert "profile builtin needs 50.0 GB of memory" in str(error.value)
    assert "or lower batch_size or rnn_size for this run (WITH=batch_size=number)" in str(error.value)
    memory.check(chapter, "builtin", free=50 * GB)
    memory.check(chapter, "listed", free=0)  # nothing is stated
    memory.check(chapter.with_settings(batch_size=50), "builtin", free=3 * GB)  # nobody knows what that needs
    for changed in ({"batch_size": 101}, {"steps": 1}):
        with pytest.raises(ReplayError, match="profile builtin needs"):
            memory.check(chapter.with_settings(**changed), "builtin", free=3 * GB)


def test_a_run_without_memory_stops_and_leaves_the_earlier_result(monkeypatch, chapter_of_tests):
    assert chapter_of_tests().status == 0
    before = (chapter_of_tests.out / "result.json").read_bytes()
    chapter_of_tests.book = chapter_of_tests.book.replace(
        "[profiles.builtin.", "[profiles.builtin]\nmemory = 9_000_000_000_000\n[profiles.builtin."
    )
    done = chapter_of_tests()
    assert done.status == 1 and "ch00 stopped: profile builtin needs 9000.0 GB of memory" in done.errors
    assert (chapter_of_tests.out / "result.json").read_bytes() == before


def test_a_lack_of_memory_in_the_middle_is_a_sentence(chapter_of_tests):
    def loss(_):
        raise MemoryError

    done = chapter_of_tests(loss=loss)
    assert done.status == 1 and "the memory was not enough" in done.errors and done.result == {}


@pytest.mark.parametrize(("each", "profile"), EACH, ids=[f"{chapter.name}-{profile}" for chapter, profile in EACH])
def test_every_profile_states_what_was_measured(each, profile):
    assert 500_000_000 < each.memory(profile) < 4 * GB
    with pytest.raises(ReplayError, match="of memory"):
        memory.check(each, profile, free=-4 * GB)
