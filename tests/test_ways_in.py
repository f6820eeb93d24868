"""The ways in beside the two commands: workflows, the dev container, and what GitHub shows of a project."""

import json
import re

import pytest
import yaml

from common.paths import ROOT
from common.tooling.environment import PYTHONS
from tests.support.markdown import links

WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
# What may change a repository or its pages, and the one job that may.
PERMISSIONS = {("pages.yml", "deploy"): {"pages": "write", "id-token": "write"}}


def jobs():
    """Yield (file name, job name, job) of all workflows."""
    for path in WORKFLOWS:
        for name, job in yaml.safe_load(path.read_text(encoding="utf-8"))["jobs"].items():
            yield path.name, name, job


def steps():
    return [(path, step) for path, _, job in jobs() for step in job["steps"]]


def targets():
    """Return the targets that the Makefile has by name."""
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    return set(re.search(r"^\.PHONY: (.*)$", makefile, re.M)[1].split())


def missing(command):
    """Return what the command line `command` calls make for, and the Makefile does not have."""
    calls = [call.split() for call in re.split(r"&&|;|\n", command)]
    words = [word for call in calls if call[:1] == ["make"] for word in call[1:] if "=" not in word]
    return set(words) - targets()


@pytest.mark.parametrize(
    ("command", "found"),
    [
        ("make", set()),
        ("make lint && make nothing", {"nothing"}),
        ("make notebooks CHAPTER=ch06; make x y", {"x", "y"}),
    ],
)
def test_a_target_that_is_not_there_is_found(command, found):
    assert missing(command) == found


def test_workflows_call_what_the_makefile_has():
    commands = [step["run"] for _, step in steps() if "run" in step]
    assert {"make", "make lint", "make test", "make site"} <= set(commands)
    assert [command for command in commands if missing(command)] == []


def test_actions_are_official_and_pinned_to_one_version():
    used = [step["uses"] for _, step in steps() if "uses" in step]
    assert (
        used
        and [name for name in used if not re.fullmatch(r"actions/[\w-]+@(v\d+\.\d+\.\d+|[0-9a-f]{40})", name)] == []
    )
    versions = {name.split("@")[0]: {other for other in used if other.startswith(name.split("@")[0])} for name in used}
    assert all(len(others) == 1 for others in versions.values()), versions


def test_only_the_job_that_publishes_may_write():
    for path in WORKFLOWS:
        assert yaml.safe_load(path.read_text(encoding="utf-8"))["permissions"] == {"contents": "read"}
    assert {(path, name): job["permissions"] for path, name, job in jobs() if "permissions" in job} == PERMISSIONS


def test_every_job_has_a_system_of_one_version_and_an_end():
    for path, name, job in jobs():
        systems = job["strategy"]["matrix"]["system"] if "strategy" in job else [job["runs-on"]]
        assert [system for system in systems if not re.fullmatch(r"(ubuntu|macos|windows)-\d[\d.]*", system)] == []
        assert job["timeout-minutes"] <= 90, (path, name)


def test_ci_runs_on_the_systems_and_pythons_of_the_readme():
    matrix = dict((path, job) for path, _, job in jobs())["ci.yml"]["strategy"]["matrix"]
    assert [system.split("-")[0] for system in matrix["system"]] == ["ubuntu", "macos", "windows"]
    assert matrix["python"] == [".".join(map(str, version)) for version in PYTHONS]
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert "runs on Linux, on macOS with Apple silicon, and on Windows" in " ".join(readme.split())


def test_what_is_published_is_what_make_site_writes():
    (build,) = [job for path, name, job in jobs() if (path, name) == ("pages.yml", "build")]
    commands = [step.get("run", step.get("uses", "").split("@")[0]) for step in build["steps"]]
    assert commands[-3:] == ["make", "make site", "actions/upload-pages-artifact"]
    assert build["steps"][-1]["with"] == {"path": "build/site"}
    site = (ROOT / "common" / "publishing" / "site.py").read_text(encoding="utf-8")
    assert 'draft.rename(build / "site")' in site


def test_the_dev_container_is_a_python_of_the_lock_and_runs_the_two_commands():
    container = json.loads((ROOT / ".devcontainer" / "devcontainer.json").read_text(encoding="utf-8"))
    version = re.fullmatch(r"python:(\d+)\.(\d+)\.\d+-\w+", container["image"]).groups()
    assert tuple(map(int, version)) in PYTHONS
    assert container["postCreateCommand"] == "make && make test"
    assert "gpu" not in json.dumps(container).lower() and not container.keys() & {"hostRequirements", "runArgs"}


def test_a_citation_has_what_the_format_asks_for():
    citation = yaml.safe_load((ROOT / ".github" / "CITATION.cff").read_text(encoding="utf-8"))
    assert {"cff-version", "message", "title", "authors"} <= citation.keys() and citation["type"] == "software"
    licence = (ROOT / "LICENSE").read_text(encoding="utf-8")
    assert licence.startswith(f"{citation['license']} License")
    assert [author["name"] for author in citation["authors"]] == ["The maintainers of the Deep Learning 이론 replay"]


def test_the_page_for_contributors_names_targets_and_files_that_are_there():
    page = ROOT / ".github" / "CONTRIBUTING.md"
    text = page.read_text(encoding="utf-8")
    assert [target for target in links(text) if not (page.parent / target).exists()] == []
    commands = re.findall(r"^    (make .*)$|`(make \w+)`", text, re.M)
    assert commands and [command for pair in commands for command in pair if command and missing(command)] == []
