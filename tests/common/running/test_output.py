"""Standard output while a chapter runs: whole lines on the terminal, all of it kept."""

import io

from common.running.output import Tee


def test_lines_are_shown_when_they_are_whole_and_all_is_kept():
    terminal = io.StringIO()
    tee = Tee(terminal)
    print("step 0,", end=" ", file=tee)
    assert terminal.getvalue() == ""
    print("accuracy 1\nstep", end="", file=tee)
    assert terminal.getvalue() == "step 0, accuracy 1\n"
    assert tee.finish() == terminal.getvalue() == "step 0, accuracy 1\nstep"
