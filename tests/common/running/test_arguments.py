"""The command line of a chapter: what it refuses, and what it makes of the rest."""

import os
from pathlib import Path

import pytest

from chapters.ch06_rnn_hello import replay as ch06
from common.running.arguments import WORDS, parse_arguments
from tests.support.chapters import shortened

SCRIPT = Path(ch06.__file__)
BOOK = shortened(ch06)


def parsed(*arguments, script=SCRIPT):
    return parse_arguments(BOOK, script, arguments, can_sample=True)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--seed", "-1"], "expected a whole number from 0 to 2147483647, found '-1'"),
        (["--seed", "one"], "found 'one'"),
        (["--threads", "0"], "expected a whole number from 1 to 1024"),
        (["--profile", "fast"], "invalid choice: 'fast'"),
        (["--data", "somewhere"], "profile builtin uses the built-in data"),
        (["--words", "5"], "--words says how many words are to follow the text of --sample"),
        (["--sample", "a word", "--logdir", "logs"], "nothing for --logdir"),
        (["--with", "setps=3"], "ch00 has no setting 'setps'. Under profile builtin these can be changed:\n  steps  5"),
        (["--with", "steps=3", "--with", "steps=4"], "steps=4: steps was given before, as 3"),
        (["--with", "steps=3,4"], "Several numbers with commas are for make sweep"),
    ],
)
def test_a_bad_command_line_ends_with_2(chapter, arguments, words):
    done = chapter(*arguments)
    assert done.status == 2 and words in done.errors and "Traceback" not in done.errors
    assert not chapter.out.exists()


def test_defaults_are_the_built_in_profile_and_all_cores():
    options = parsed()
    assert (options.profile, options.seed, options.threads) == ("builtin", 1, os.cpu_count())
    assert options.data is options.out is options.logdir is options.sample is None
    assert WORDS == 30


def test_settings_may_stand_in_one_word_or_in_several():
    assert parsed("--with", " rnn_size=7  steps=3 ").changed == {"rnn_size": 7, "steps": 3}
    assert parsed("--with=rnn_size=7", "--with", "steps=3").changed == {"rnn_size": 7, "steps": 3}
    assert parsed("--with", "steps=100").changed == parsed("--with", " ").changed == parsed().changed == {}


def test_with_help_lists_the_settings_and_runs_nothing(chapter):
    done = chapter("--with", "help")
    assert done.status == 0 and done.errors == "" and not chapter.out.exists()
    assert done.output.splitlines() == [
        "ch00, profile builtin: the settings, their numbers, and what they may be",
        "  steps  5",
    ]


def test_a_net_that_cannot_write_has_no_sample(capsys):
    with pytest.raises(SystemExit):
        parse_arguments(BOOK, SCRIPT, ["--sample", "a word"])
    assert "unrecognized arguments: --sample a word" in capsys.readouterr().err


def test_a_home_is_written_out_but_that_of_nobody():
    assert parsed("--out", "~/x").out == str(Path("~/x").expanduser())
    assert parsed("--out", "~nosuchuser/x").out == "~nosuchuser/x"


def test_the_script_of_another_profile_is_named(capsys):
    with pytest.raises(SystemExit):
        parsed("--profile", "printed", script=SCRIPT.with_name("repaired.py"))
    assert f"profile printed has a script of its own: python -m chapters.{SCRIPT.parent.name}.replay" in (
        capsys.readouterr().err
    )
