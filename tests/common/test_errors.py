"""How a command ends: with its status, and never with a traceback that the person at the terminal caused."""

import subprocess
import sys

import pytest

from common.errors import ReplayError, command
from common.paths import ROOT


@pytest.mark.parametrize(
    ("error", "status", "words"),
    [(None, 3, ""), (ReplayError("No such file."), 1, "No such file.\n"), (KeyboardInterrupt(), 130, "Interrupted.\n")],
)
def test_a_command_ends_with_its_status_and_words(capsys, error, status, words):
    @command
    def main(arguments=None):
        if error:
            raise error
        return arguments[0]

    assert main([3]) == status
    assert capsys.readouterr().err == words


def test_what_nobody_caused_stays_a_traceback():
    @command
    def main(arguments=None):
        return arguments[0]

    with pytest.raises(TypeError):
        main(None)


@pytest.mark.parametrize("lines", [1, 10**5])
def test_a_reader_who_has_had_enough_ends_it_without_words(lines):
    script = f"""
import sys
from common.errors import command

@command
def main(arguments=None):
    sys.stdin.read()
    for i in range({lines}):
        print(i)
    return 0

sys.exit(main())
"""
    with subprocess.Popen(
        [sys.executable, "-c", script],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        process.stdout.close()
        process.stdin.close()  # only now it starts to print
        assert process.wait() == 1
        assert process.stderr.read() == b""
