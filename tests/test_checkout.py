"""A checkout has the same bytes on every system, also where git turns line ends into those of Windows."""

import shutil
import subprocess

import pytest

from common.paths import ROOT

pytestmark = pytest.mark.skipif(
    shutil.which("git") is None or not (ROOT / ".git").exists(), reason="this is no checkout of git"
)
BINARY = b"\x89PNG\r\n\x1a\n\n"


def git(folder, *words):
    identity = ["-c", "user.name=a", "-c", "user.email=a@b", "-c", "init.defaultBranch=main"]
    subprocess.run(["git", *identity, *words], cwd=folder, check=True, capture_output=True)


def test_windows_line_ends_reach_no_file(tmp_path):
    """Check out as git for Windows does: with `core.autocrlf`."""
    source = tmp_path / "source"
    source.mkdir()
    files = {"a.py": b"a\nb\n", "Makefile": b"a:\n\tb\n", "run": b"#!/bin/sh\n", "a.json": b"{}\n", "a.png": BINARY}
    for name, content in files.items():
        (source / name).write_bytes(content)
    shutil.copy(ROOT / ".gitattributes", source)
    for words in (["init"], ["add", "-A"], ["commit", "-m", "a"]):
        git(source, *words)
    git(tmp_path, "clone", "-c", "core.autocrlf=true", "-c", "core.eol=crlf", "source", "copy")
    assert {name: (tmp_path / "copy" / name).read_bytes() for name in files} == files


def test_a_file_that_was_saved_with_windows_line_ends_is_committed_without_them(tmp_path):
    shutil.copy(ROOT / ".gitattributes", tmp_path)
    git(tmp_path, "init")
    (tmp_path / "a.py").write_bytes(b"a\r\nb\r\n")
    git(tmp_path, "add", "-A")
    shown = subprocess.run(["git", "show", ":a.py"], cwd=tmp_path, check=True, capture_output=True)
    assert shown.stdout == b"a\nb\n"


def test_every_file_of_the_project_is_text_with_unix_line_ends():
    listed = subprocess.run(["git", "ls-files", "--eol"], cwd=ROOT, check=True, capture_output=True, text=True)
    assert [line for line in listed.stdout.splitlines() if not line.startswith(("i/lf ", "i/none ", "i/-text "))] == []
