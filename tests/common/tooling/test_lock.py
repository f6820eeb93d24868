"""The locks beside the direct pins: the same versions, each with the hashes of its files."""

import re

import pytest

from common.errors import ReplayError
from common.paths import ROOT
from common.tooling import lock
from common.tooling.environment import BUILDERS, LOCK, PYTHONS, STAMPS

NOTEBOOKS, SITE, SWEEP = (f"common/tooling/requirements-{name}.lock" for name in ("notebooks", "site", "sweep"))


def same(name):
    """Return the name of a package as the registry compares it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def direct(name):
    """Return the pins of the readable list `name`, a dict of package to version."""
    lines = [line.partition("#")[0].strip() for line in (ROOT / name).read_text(encoding="utf-8").splitlines()]
    pins = [line for line in lines if line and not line.startswith("-c ")]  # the other locks' versions
    assert [line for line in pins if not re.fullmatch(r"[\w.-]+==[\w.]+", line)] == []
    return {same(line.split("==")[0]): line.split("==")[1] for line in pins}


def locked(name):
    """Return the pins of the lock `name`: a dict of package to a dict of version to its lines."""
    text = (ROOT / name).read_text(encoding="utf-8").replace("\\\n", "")
    pins = {}
    for line in text.splitlines():
        if not line.startswith("#"):
            package, version, rest = re.fullmatch(r"([\w.-]+)==([\w.]+)(.*)", line).groups()
            pins.setdefault(same(package), {})[version] = rest
    return pins


@pytest.mark.parametrize(("name", "source"), lock.SOURCES.items())
def test_each_direct_pin_stands_in_its_lock(name, source):
    assert direct(source).items() <= {(package, *versions) for package, versions in locked(name).items()}


@pytest.mark.parametrize("name", STAMPS)
def test_each_line_of_a_lock_has_hashes_and_nothing_of_a_machine(name):
    for package, versions in locked(name).items():
        for rest in versions.values():
            assert re.fullmatch(r"(?: ; [^;]+?)?(?:\s+--hash=sha256:[0-9a-f]{64})+", rest.rstrip()), package
    assert not re.search(r"//|--(?!hash)|(?<!make)[ =]/", (ROOT / name).read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", STAMPS)
def test_two_versions_of_a_package_are_for_different_pythons(name):
    for package, versions in locked(name).items():
        markers = {rest.partition("--hash")[0] for rest in versions.values()}
        assert len(markers) == len(versions) and (len(versions) == 1 or all(";" in m for m in markers)), package


@pytest.mark.parametrize(
    ("one", "other", "common"),
    [
        (LOCK, NOTEBOOKS, {"jinja2", "packaging"}),
        (LOCK, SITE, {"jinja2", "markdown-it-py", "pygments"}),
        (LOCK, SWEEP, {"jinja2", "packaging"}),
        (NOTEBOOKS, SITE, {"nbconvert", "pygments"}),
    ],
)
def test_two_locks_agree(one, other, common):
    shared = locked(one).keys() & locked(other).keys()
    assert common <= shared
    hashes = [
        {
            package: {version: set(re.findall(r"sha256:\w+", rest)) for version, rest in pins[package].items()}
            for package in shared
        }
        for pins in (locked(one), locked(other))
    ]
    assert hashes[0] == hashes[1]


def test_what_builds_packages_without_a_wheel_is_locked():
    assert locked(LOCK).keys() >= set(BUILDERS)


def test_ci_runs_the_pythons_that_the_lock_is_for():
    workflow = (ROOT / ".github" / "workflows" / "ci.yml").read_text(encoding="utf-8")
    named = re.search(r"python: \[(.*)\]", workflow)[1]
    assert re.findall(r"\d+\.\d+", named) == [".".join(map(str, version)) for version in PYTHONS]


def test_a_lock_that_cannot_be_made_stays_as_it_was(tmp_path, monkeypatch):
    path = tmp_path / "tiny.lock"
    path.write_text("tiny==1.0\n", encoding="utf-8")
    monkeypatch.setattr(lock.subprocess, "run", lambda *_, **__: lock.subprocess.CompletedProcess([], 2))
    with pytest.raises(ReplayError, match=r"uv could not lock tiny\.txt.*tiny\.lock is as it was"):
        lock.make(path, "tiny.txt")
    assert path.read_text(encoding="utf-8") == "tiny==1.0\n"
    assert list(tmp_path.iterdir()) == [path]
