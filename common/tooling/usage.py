"""Do `make help`: print one or two lines for each target."""

import os
import sys

COLUMN = 22  # where the meaning of a target begins
TARGETS = (
    ("make", "set up, replay all on built-in data, check, report"),
    ("make printed DATA=dir", "the same on real data, as the printed output shows"),
    ("make book DATA=dir", "the same as make printed"),
    ("make listed DATA=dir", "the same on real data, as the listings say"),
    ("make ch04", "replay one chapter on built-in data"),
    ("make ch04 PROFILE=printed DATA=dir SEED=3", "on real data (also THREADS=n OUT=dir LOGDIR=dir FRESH=1)"),
    ('make ch02 WITH="learning_rate=0.01 steps=500"', "with other settings; WITH=help lists what there is"),
    ("make ch05 PROFILE=repaired DATA=dir", "what reaches the printed result of ch05, or of ch07"),
    ('make ch07 SAMPLE="the value of" WORDS=30', "continue a text with the net that make ch07 trained"),
    ("make check", "hold the results of a profile against the thresholds"),
    ("make report", "show the results of a profile in one HTML file"),
    ("make claims", "each claim of the book beside what make printed gave"),
    ("make check PROFILE=printed", "the same for another profile (also report, claims)"),
    ("make check CHAPTER=ch02", "the same for one chapter (also claims)"),
    ('make sweep CHAPTERS="ch01 ch02" SEEDS=20', "many seeds (also PROFILE= DATA= THREADS=1 WORKERS=n)"),
    ('make sweep CHAPTERS=ch02 WITH="steps=500,1000"', "the same with each of these settings"),
    ("make sweep SCHEDULER=tcp://host:8786", "the same on other machines, which run make worker"),
    ("make worker SCHEDULER=tcp://host:8786 DATA=dir", "run what a sweep on another machine asks for"),
    ("make spread", "how the seeds of make sweep lie (also PROFILE= CHAPTERS=)"),
    ("make notebooks", "each chapter as an executed notebook"),
    ("make notebooks CHAPTER=ch06", "one of them (also PROFILE= DATA= SEED=)"),
    ("make site", "report, notebooks and pages as a site, after make"),
    ("make test", "run the tests; with DATA=dir those on real data too"),
    ("make torture", "long trials: killed runs, and mutated input files"),
    ("make bench", "time pieces of the project beside other ways"),
    ("make lint", "check style and formatting"),
    ("make setup", "make .venv; other targets do so when needed"),
    ("make setup UV=1", "the same with uv: faster (UV=1 goes with any target)"),
    ("make lock", "pin what requirements.txt brings along, with hashes"),
    ("make data SET=mnist DATA=dir", "fetch real data: mnist, cifar10, ptb, gtzan or all"),
    ("make messages", "bring the translations up to date with the code"),
    ("make builtin-data", "write the built-in data sets into build/data"),
    ("make clean", "remove what make made, but not .venv or fetched data"),
    ("make help", "this list"),
)


def main():
    """Print the targets."""
    for command, meaning in TARGETS:
        if len(command) >= COLUMN:
            sys.stdout.write(f"{command}\n")
            command = ""
        sys.stdout.write(f"{command:<{COLUMN}}{meaning}\n")


if __name__ == "__main__":
    if sys.stdout is None:
        sys.exit("make help stopped: standard output is closed.")
    try:
        main()
        sys.stdout.flush()
    except OSError as error:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # else Python fails again at its end
        sys.exit(f"make help stopped: standard output: {error.strerror}.")
