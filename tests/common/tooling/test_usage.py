"""`make help` lists the targets of the Makefile."""

import re

from common.paths import ROOT
from common.tooling import usage


def shown(capsys):
    """Return the lines of `make help` as (command, meaning)."""
    usage.main()
    return [re.split(r" {2,}", line) for line in capsys.readouterr().out.splitlines()]


def test_every_line_has_a_command_and_its_meaning(capsys):
    lines = shown(capsys)
    assert all(len(line) == 2 and line[0].split()[0] == "make" for line in lines)


def test_it_names_every_target(capsys):
    named = {word for command, meaning in shown(capsys) for word in re.findall(r"[a-z-]+\d*", f"{command} {meaning}")}
    (phony,) = re.findall(r"^\.PHONY: (.*)$", (ROOT / "Makefile").read_text(encoding="utf-8"), re.M)
    targets = {target for target in phony.split() if not target.startswith("$")} - {"chapters"}  # a step of the others
    assert targets <= named, targets - named
