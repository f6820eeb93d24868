"""The help of make: every target, in 80 columns."""

import re

from common.paths import ROOT
from common.tooling import usage


def test_help_fits_80_columns_and_names_every_target(capsys):
    usage.main()
    lines = capsys.readouterr().out.splitlines()
    assert max(map(len, lines)) <= 80
    phony = re.search(r"^\.PHONY: (.*)$", (ROOT / "Makefile").read_text(), re.M)[1].split()
    named = {words[1] for words in map(str.split, lines) if len(words) > 1 and words[0] == "make"}
    assert set(phony) - named == {"builtin", "chapters", "$(NAMES)"}
