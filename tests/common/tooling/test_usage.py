"""The help of make: every target, in 80 columns, in each language."""

import re

import pytest

from common.language import LANGUAGES, speaking, width
from common.paths import ROOT
from common.tooling import usage


@pytest.mark.parametrize("language", LANGUAGES)
def test_help_fits_80_columns_and_names_every_target(capsys, language):
    with speaking(language):
        usage.main()
    lines = capsys.readouterr().out.splitlines()
    assert max(map(width, lines)) <= 80
    phony = re.search(r"^\.PHONY: (.*)$", (ROOT / "Makefile").read_text(), re.M)[1].split()
    named = {words[1] for words in map(str.split, lines) if len(words) > 1 and words[0] == "make"}
    assert set(phony) - named == {"builtin", "chapters", "$(NAMES)"}
    assert "make help LANGUAGE=ko" in "\n".join(lines)


def test_help_is_in_korean_for_a_reader_of_korean(capsys):
    with speaking("ko"):
        usage.main()
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) >= len(usage.TARGETS)
    commands = [command for command, _meaning in usage.TARGETS if len(command) >= usage.COLUMN]
    assert [line for line in lines if line not in commands and not re.search("[가-힣]", line)] == []
