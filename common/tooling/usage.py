"""Do `make help`: print one or two lines for each target."""

import os
import sys
from pathlib import Path

if __package__:
    from common.language import N_, _, pad, show_any_text
else:  # the package `common` looks for packages that are not there yet
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
    from language import N_, _, pad, show_any_text

    del sys.path[0]

COLUMN = 22  # where the meaning of a target begins
TARGETS = (
    ("make", N_("set up, replay all on built-in data, check, report")),
    ("make printed DATA=dir", N_("the same on real data, as the printed output shows")),
    ("make book DATA=dir", N_("the same as make printed")),
    ("make listed DATA=dir", N_("the same on real data, as the listings say")),
    ("make ch04", N_("replay one chapter on built-in data")),
    ("make ch04 PROFILE=printed DATA=dir SEED=3", N_("on real data (also THREADS=n OUT=dir LOGDIR=dir FRESH=1)")),
    ('make ch02 WITH="learning_rate=0.01 steps=500"', N_("with other settings; WITH=help lists what there is")),
    ("make ch05 PROFILE=repaired DATA=dir", N_("what reaches the printed result of ch05, or of ch07")),
    ('make ch07 SAMPLE="the value of" WORDS=30', N_("continue a text with the net that make ch07 trained")),
    ("make check", N_("hold the results of a profile against the thresholds")),
    ("make report", N_("show the results of a profile in one HTML file")),
    ("make claims", N_("each claim of the book beside what make printed gave")),
    ("make check PROFILE=printed", N_("the same for another profile (also report, claims)")),
    ("make check CHAPTER=ch02", N_("the same for one chapter (also claims)")),
    ('make sweep CHAPTERS="ch01 ch02" SEEDS=20', N_("many seeds (also PROFILE= DATA= THREADS=1 WORKERS=n)")),
    ('make sweep CHAPTERS=ch02 WITH="steps=500,1000"', N_("the same with each of these settings")),
    ("make sweep SCHEDULER=tcp://host:8786", N_("the same on other machines, which run make worker")),
    ("make worker SCHEDULER=tcp://host:8786 DATA=dir", N_("run what a sweep on another machine asks for")),
    ("make spread", N_("how the seeds of make sweep lie (also PROFILE= CHAPTERS=)")),
    ("make notebooks", N_("each chapter as an executed notebook")),
    ("make notebooks CHAPTER=ch06", N_("one of them (also PROFILE= DATA= SEED=)")),
    ("make site", N_("report, notebooks and pages as a site, after make")),
    ("make test", N_("run the tests; with DATA=dir those on real data too")),
    ("make torture", N_("long trials: killed runs, and mutated input files")),
    ("make bench", N_("time pieces of the project beside other ways")),
    ("make lint", N_("check style and formatting")),
    ("make setup", N_("make .venv; other targets do so when needed")),
    ("make setup UV=1", N_("the same with uv: faster (UV=1 goes with any target)")),
    ("make lock", N_("pin what requirements.txt brings along, with hashes")),
    ("make data SET=mnist DATA=dir", N_("fetch real data: mnist, cifar10, ptb, gtzan or all")),
    ("make messages", N_("bring the translations up to date with the code")),
    ("make builtin-data", N_("write the built-in data sets into build/data")),
    ("make clean", N_("remove what make made, but not .venv or fetched data")),
    ("make help", N_("this list")),
    ("make help LANGUAGE=ko", N_("in Korean, 한국어로 (LANGUAGE=ko goes with any target)")),
)


def main():
    """Print the targets."""
    for command, meaning in TARGETS:
        if len(command) >= COLUMN:
            sys.stdout.write(command + "\n")
            command = ""
        sys.stdout.write(pad(command, COLUMN) + _(meaning) + "\n")


if __name__ == "__main__":
    if sys.stdout is None:
        sys.exit(_("make help stopped: standard output is closed."))
    show_any_text()
    try:
        main()
        sys.stdout.flush()
    except OSError as error:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # else Python fails again at its end
        sys.exit(_("make help stopped: standard output: {reason}.").format(reason=_(error.strerror)))
