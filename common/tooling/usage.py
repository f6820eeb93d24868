"""`make help`: print one line for each target."""

import sys

TARGETS = (
    ("make", "set up, replay all chapters on the built-in data, check, report (= make builtin)"),
    (
        "make printed DATA=dir",
        "replay on the real data with the settings of the printed output, check, report (= make book)",
    ),
    ("make listed DATA=dir", "replay on the real data with the settings of the listings, check, report"),
    ("make ch04 PROFILE=printed DATA=dir SEED=3", "replay one chapter (also THREADS=n OUT=dir LOGDIR=dir)"),
    ("make check PROFILE=printed", "hold the results of a profile against the book and the thresholds again"),
    ("make report PROFILE=printed", "the results of a profile as one HTML file, without another run"),
    (
        "make claims",
        "every claim of the book beside the replayed result, after make printed (PROFILE=builtin: after make)",
    ),
    ("make evidence CHAPTER=ch01 PROFILE=printed DATA=dir SEEDS=10", "one chapter over seeds 1 to 10"),
    (
        "make notebooks",
        "each chapter as an executed notebook in build/notebooks (also CHAPTER=ch06 PROFILE= DATA= SEED=)",
    ),
    ("make test", "run the tests; with DATA=dir those on the real data too"),
    ("make bench", "time pieces of the project beside other ways to the same results, as ratios"),
    ("make lint", "check style and formatting"),
    ("make setup", "make .venv from requirements.txt; every other target does it when needed"),
    (
        "make data SET=mnist DATA=dir",
        "fetch the real data: mnist, cifar10, ptb, gtzan or all (without DATA: into data/real)",
    ),
    ("make builtin-data", "write the built-in digits, music and pictures into build/data"),
    ("make clean", "remove everything that make made, except .venv and the fetched data"),
    ("make help", "this list"),
)


def main():
    """Print the targets, one a line."""
    width = max(len(command) for command, _ in TARGETS)
    for command, meaning in TARGETS:
        sys.stdout.write(f"{command:<{width}}  {meaning}\n")


if __name__ == "__main__":
    main()
