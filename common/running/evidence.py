"""Measure the evidence behind a threshold: replay one chapter over many seeds.

    python -m common.running.evidence ch01 --profile printed --data DIR --seeds 10

The results go to build/evidence/<profile>/<chapter>/seedNN. The last lines of the output belong into the chapter's
book.toml.
"""

import argparse
import subprocess
import sys
from statistics import mean, stdev

from common.errors import ReplayError, command
from common.judging.chapter import PROFILES, all_chapters
from common.judging.result import read_result
from common.paths import BUILD, ROOT, current


def _written_at(path):
    try:
        return current(path).stat().st_mtime_ns
    except OSError:
        return None


@command
def main(arguments=None):
    """Read the command line and replay the chapter. Return the exit status 0.

    It raises ReplayError when a seed leaves no result of these settings.
    """
    parser = argparse.ArgumentParser(prog="python -m common.running.evidence", description=__doc__.splitlines()[0])
    chapters = {chapter.name: chapter for chapter in all_chapters()}
    parser.add_argument("chapter", choices=sorted(chapters))
    parser.add_argument("--profile", choices=PROFILES, default="builtin")
    parser.add_argument("--data", metavar="DIR")
    parser.add_argument("--threads", help="CPU threads of each run (default: all cores)")
    parser.add_argument("--seeds", type=int, default=10, help="seeds 1 to this number, at least 2 (default: 10)")
    options = parser.parse_args(arguments)
    if options.seeds < 2:
        parser.error("a standard deviation needs at least 2 seeds")
    chapter = chapters[options.chapter]
    metrics = []
    for seed in range(1, options.seeds + 1):
        out = BUILD / "evidence" / options.profile / chapter.name / f"seed{seed:02d}"
        script = [sys.executable, "-m", chapter.module(options.profile)]
        script += ["--profile", options.profile, "--seed", str(seed), "--out", str(out)]
        script += ["--data", options.data] if options.data else []
        script += ["--threads", options.threads] if options.threads else []
        # A missed threshold ends with 1 too. Only a new result file shows that the chapter ran to its end.
        before = _written_at(out / "result.json")
        subprocess.run(script, cwd=ROOT, stdout=subprocess.DEVNULL, check=False)
        result, complaints = read_result(chapter, options.profile, out / "result.json")
        if _written_at(out / "result.json") == before:
            complaints = ["no new result"]
        if complaints:
            raise ReplayError(f"{chapter.name} seed {seed}: {complaints[0]}. The reason stands above.")
        metrics.append(result["metrics"])
        print(f"seed {seed}: {metrics[-1]}", flush=True)
    for name, first in metrics[0].items():
        if isinstance(first, list):
            continue
        values = [round(found[name], 6) for found in metrics if name in found]
        if len(values) < 2:
            continue  # one seed has no deviation
        print(
            f"{name}: mean {mean(values):.4f}, standard deviation {stdev(values):.4f}, {min(values)} to {max(values)}"
        )
        print(f"values = {values}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
