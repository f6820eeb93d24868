"""What `make setup` and `make notebooks` install: files that are there, with every version pinned."""

import re

import pytest

from common.paths import ROOT
from common.tooling import environment


@pytest.mark.parametrize("name", environment.STAMPS)
def test_each_file_is_there_and_pins_every_version(name):
    lines = [line.partition("#")[0].strip() for line in (ROOT / name).read_text(encoding="utf-8").splitlines()]
    for line in filter(None, lines):
        if line.startswith("-c "):
            assert ((ROOT / name).parent / line[3:]).resolve() == ROOT / "requirements.txt"
        else:
            assert re.fullmatch(r"[\w.\[\]-]+==[\w.]+(; .+)?", line), line


@pytest.mark.parametrize("version", [(2, 7, 18), (3, 10, 0), (3, 14, 1)])
def test_a_python_without_tensorflow_is_refused(monkeypatch, version):
    monkeypatch.setattr(environment.sys, "version_info", version)
    monkeypatch.setattr(environment.subprocess, "call", lambda command: pytest.fail("it went on"))
    with pytest.raises(SystemExit) as end:
        environment.main()
    assert f"this is {version[0]}.{version[1]} (" in end.value.code and "make PYTHON=python3.12" in end.value.code
