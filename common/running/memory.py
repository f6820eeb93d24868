"""Ask the system for free memory before a run: TensorFlow would abort in its middle, without a sentence."""

from pathlib import Path

from common.errors import ReplayError
from common.language import _

# Settings that a net's memory grows with.
LOWER = ("batch_size", "duplicate_num", "filter_1", "filters_2", "rnn_size", "seq_length")
PAGES = "/proc/self/statm"
NO_LIMIT = 1 << 60  # a cgroup without a limit announces more


def free_bytes(root="/"):
    """Return how many bytes programs can still take: the system's, or what the cgroup leaves. None if nobody says.

    Linux says so in `/proc/meminfo` and `/sys/fs/cgroup`, below the folder `root`.
    """
    root = Path(root)
    found = [amount for amount in (_of_system(root), *_of_cgroups(root)) if amount is not None]
    return max(0, min(found)) if found else None


def _of_system(root):
    amounts = _table(root / "proc" / "meminfo")
    if "MemAvailable" not in amounts:
        return None
    return 1024 * (amounts["MemAvailable"] + amounts.get("SwapFree", 0))


def _of_cgroups(root):
    """Yield what each cgroup of this process leaves, in version 2 and in version 1."""
    base = root / "sys" / "fs" / "cgroup"
    for line in _read(root / "proc" / "self" / "cgroup").splitlines():
        _number, controllers, place = [*line.split(":", 2), "", ""][:3]
        if not controllers:
            files, top = ("memory.max", "memory.current", "inactive_file"), base
        elif "memory" in controllers.split(","):
            files, top = ("memory.limit_in_bytes", "memory.usage_in_bytes", "total_inactive_file"), base / "memory"
        else:
            continue
        folder = top / place.lstrip("/")
        # A container may show its own cgroup as the top. A limit of any folder above holds too.
        for level in (folder, *folder.parents):
            if level.is_relative_to(top):
                yield _left(level, *files)


def _left(folder, limit, used, cache):
    limit, used = _read(folder / limit).strip(), _read(folder / used).strip()
    if not (limit.isdigit() and used.isdigit()) or int(limit) >= NO_LIMIT:
        return None  # "max", or no such file
    return int(limit) - int(used) + _table(folder / "memory.stat").get(cache, 0)  # old files make room


def _table(path):
    """Return the whole numbers behind the names in a file of the system."""
    rows = [line.replace(":", " ").split() for line in _read(path).splitlines()]
    return {row[0]: int(row[1]) for row in rows if len(row) > 1 and row[1].isdigit()}


def _read(path):
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, ValueError):
        return ""


def _own_bytes():
    """Return how many bytes this process has taken already: TensorFlow's own are among the needed ones."""
    pages = _read(Path(PAGES)).split()
    return 4096 * int(pages[1]) if len(pages) > 1 and pages[1].isdigit() else 0


def check(chapter, profile, free=None):
    """Raise ReplayError when fewer bytes are free than `chapter` needs under `profile`.

    `book.toml` says as `memory` what was measured. `free` is a number of bytes, in place of the system's own.
    With a smaller size than the profile's own, nobody knows what is needed, and nothing is checked.
    """
    own, changed = chapter.with_settings().settings(profile), chapter.changed(profile)
    lowered = any(changed[name] < own[name] for name in LOWER if name in changed)
    needed = None if lowered else chapter.memory(profile)
    free = free_bytes() if free is None else free
    if needed is None or free is None or free + _own_bytes() >= needed:
        return
    lower = [name for name in LOWER if name in chapter.settings(profile)]
    message = (
        _(
            "profile {profile} needs {needed} of memory, as measured; {left} are left. Close other programs, give the "
            "container more, or lower {settings} for this run (WITH={first}=number)."
        )
        if lower
        else _(
            "profile {profile} needs {needed} of memory, as measured; {left} are left. Close other programs, give the "
            "container more."
        )
    )
    raise ReplayError(
        message.format(
            profile=profile,
            needed=_gigabytes(needed),
            left=_gigabytes(free + _own_bytes()),
            settings=_(" or ").join(lower),
            first=lower[0] if lower else "",
        )
    )


def _gigabytes(count):
    return f"{count / 1e9:.1f} GB"
