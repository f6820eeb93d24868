"""Kill chapters at random moments, let them go on, and compare what they leave with an uninterrupted run.

    python -m tests.torture kills --chapters ch02 ch07 --kills 20 --out kills.json

Four kinds of moments are tried: SIGKILL, SIGTERM, SIGINT and a disk that is full. A run meets one of them, or five.
Then it is started again, until it has ended. All files of the result must have the bytes of the uninterrupted run;
only times are left out. An earlier result must stay whole meanwhile: every other run finds one.
"""

import argparse
import contextlib
import json
import os
import random
import re
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, field
from pathlib import Path

from common.files import write_atomically
from common.judging.chapter import PROFILES, all_chapters
from common.paths import ROOT, current

SIGKILL, SIGTERM, SIGINT, FULL = "SIGKILL", "SIGTERM", "SIGINT", "full disk"
KINDS = (SIGKILL, SIGTERM, SIGINT, FULL)
# A process may also be stopped before Python has begun to listen; a shell gives 128 + n for both.
STATUSES = {SIGKILL: {-9}, SIGTERM: {143, -15}, SIGINT: {130, -2}, FULL: {1}}
CHAPTERS = ["theory", "ch02", "ch03", "ch04", "ch05", "ch06", "ch07"]
GOING_ON = ".going-on"
IN_A_ROW = 5  # kills in one run
DISK = 256  # MiB of the small disk


@dataclass
class Outcome:
    """An Outcome is what came of one run that was stopped at `moments` (seconds) and went on.

    `statuses` are the exit statuses of all its processes. `gone_on` says how often it went on from a checkpoint. The
    run is good when nobody complains.
    """

    chapter: str
    kind: str
    moments: list = field(default_factory=list)
    statuses: list = field(default_factory=list)
    gone_on: int = 0
    complaints: list = field(default_factory=list)


@dataclass
class Reference:
    """A Reference is an uninterrupted run: its folder, its exit status, and two moments in seconds.

    The run made its folder at `begun`, and ended at `ended`. Its checkpoints lay there for `saving` seconds, or 0.
    """

    out: Path
    status: int
    begun: float
    ended: float
    saving: float


class Trial:
    """A Trial is one chapter under one profile, whose runs are stopped in folders below `work`."""

    def __init__(self, chapter, options, work):
        self.chapter, self.work = chapter, Path(work)
        self.command = [sys.executable, "-m", chapter.module(options.profile), "--profile", options.profile]
        self.command += ["--threads", str(options.threads), *(["--data", options.data] if options.data else [])]
        self.environment = {**os.environ, "REPLAY_SAVE_SECONDS": str(options.save_seconds)}
        self.environment.pop("REPLAY_TOKEN", None)
        self.seed, self.limit = options.seed, None
        self.over, self.live = False, set()  # whether the trial is given up; the processes that run now
        self.reference = self.uninterrupted()
        self.limit = 120 + 20 * self.reference.ended

    def uninterrupted(self):
        """Return the Reference of this chapter, after its run. It raises SystemExit when it leaves no result."""
        out, begun, saved = self.work / "reference", None, []
        start = time.monotonic()
        with self.process(out) as process:
            while process.poll() is None:
                if begun is None and out.exists():
                    begun = time.monotonic() - start
                if checkpoints(out):
                    saved.append(time.monotonic())
                time.sleep(0.01)
        if not (out / "result.json").exists():
            sys.exit(f"kills stopped: {self.chapter.name} without any kill left no result:\n{self.errors(out)}")
        saving = saved[-1] - saved[0] if saved else 0.0
        return Reference(out, process.returncode, begun or 0.0, time.monotonic() - start, saving)

    @contextlib.contextmanager
    def process(self, out):
        """Start a process that replays into `out`. At the end it is no more."""
        if self.over:
            raise InterruptedError("the trial was given up")
        with (self.work / f"{out.parent.name}-{out.name}.err").open("ab") as errors:
            process = subprocess.Popen(
                [*self.command, "--out", str(out)],
                cwd=ROOT,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=errors,
            )
        self.live.add(process)
        try:
            yield process
        finally:
            if process.poll() is None:
                process.kill()
            process.wait()
            self.live.remove(process)

    def give_up(self):
        """End all processes of this trial, and begin no others."""
        self.over = True
        for process in list(self.live):
            process.kill()

    def errors(self, out):
        """Return what the processes that replayed into `out` wrote to standard error."""
        return (self.work / f"{out.parent.name}-{out.name}.err").read_text(encoding="utf-8", errors="replace")

    def stopped(self, kind, number, count=1):
        """Return the Outcome of one run that is stopped `count` times, and gone on with."""
        outcome = Outcome(self.chapter.name, kind)
        chance = random.Random(f"{self.seed} {self.chapter.name} {kind} {number}")
        with self.folder(f"{kind.replace(' ', '-')}-{number}", kind == FULL) as (out, disk):
            earlier = number % 2 == 1
            if earlier:
                shutil.copytree(self.reference.out, out)
            missed = 0
            while len(outcome.moments) < count:
                moment = self.moment(chance, number + len(outcome.moments), 0.7**missed)
                if self.stop(kind, out, disk, moment, outcome):
                    self.judge_stopped(kind, out, earlier, outcome)
                else:  # it had ended before: that one is judged, too, and another one begins
                    self.judge_ended(out, outcome)
                    missed += 1
            self.stop(None, out, None, (self.limit, False), outcome)
            self.judge_ended(out, outcome)
            if re.search(rf"^  File \"{re.escape(str(ROOT))}", self.errors(out), re.M):
                outcome.complaints.append(f"a traceback: {self.errors(out)[-3000:]}")
        return outcome

    def moment(self, chance, number, scale):
        """Return when to stop a run: seconds, and whether these are counted from its next checkpoint on.

        Of three moments one is soon after a checkpoint, one after the folder was made, one anywhere.
        """
        begun, ended = self.reference.begun, self.reference.ended * scale
        if number % 3 == 0 and self.reference.saving:
            return chance.uniform(0, 0.8 * self.reference.saving * scale), True
        return chance.uniform(0 if number % 3 == 2 else min(begun, ended), ended), False

    def stop(self, kind, out, disk, moment, outcome):
        """Start a process, stop it at `moment`, and return whether it ran then. `disk` is for a full one."""
        seconds, after_checkpoint = moment
        before, start = checkpoints(out), time.monotonic()
        with self.process(out) as process:
            while after_checkpoint and process.poll() is None and checkpoints(out) <= before:
                time.sleep(0.005)
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(timeout=seconds)
            reached = process.poll() is None
            if reached and kind is not None:
                outcome.moments.append(round(time.monotonic() - start, 3))
                if kind == FULL:
                    self.fill(process, disk)
                else:
                    process.send_signal(getattr(signal, kind))
                with contextlib.suppress(subprocess.TimeoutExpired):
                    process.wait(timeout=self.limit)
            if process.poll() is None:
                outcome.complaints.append(f"it hangs: no end after {time.monotonic() - start:.0f} s")
        outcome.statuses.append(process.returncode)
        return reached and kind is not None

    def fill(self, process, disk):
        """Keep the small disk of `process` full until it ends. Without one, limit the size of its files to 0."""
        if disk is None:
            resource.prlimit(process.pid, resource.RLIMIT_FSIZE, (0, resource.RLIM_INFINITY))
            return
        end = time.monotonic() + self.limit
        with (disk / "filler").open("ab", buffering=0) as filler:
            while process.poll() is None and time.monotonic() < end:
                for size in (1 << 20, 4096):
                    with contextlib.suppress(OSError):
                        while filler.write(b"\0" * size) == size:
                            pass
                time.sleep(0.02)
        (disk / "filler").unlink()

    @contextlib.contextmanager
    def folder(self, name, small):
        """Yield the folder for a result, and the small disk that it is on, or None. Both are removed then."""
        disk = self.work / f"disk-{name}" if small else None
        if disk is not None:
            disk.mkdir()
            mount = ["mount", "-t", "tmpfs", "-o", f"size={DISK}m", "none", str(disk)]
            if shutil.which("mount") is None or subprocess.run(mount, capture_output=True, check=False).returncode:
                disk = None
        out = (disk or self.work) / name
        try:
            yield out, disk
        finally:
            shutil.rmtree(out, ignore_errors=True)
            if disk is not None:
                subprocess.run(["umount", str(disk)], check=False)

    def judge_stopped(self, kind, out, earlier, outcome):
        """Complain of a wrong exit status, and of an earlier result that has changed or gone."""
        status = outcome.statuses[-1]
        ended = current(out / "result.json").exists() and status == self.reference.status
        if status not in STATUSES[kind] and not ended:
            outcome.complaints.append(f"{kind}: exit status {status}, expected one of {sorted(STATUSES[kind])}")
        if current(out / "result.json").exists():
            outcome.complaints += [f"after {kind}: {line}" for line in differences(self.reference.out, out, True)]
        elif earlier:
            outcome.complaints.append(f"after {kind}: the earlier result has gone")

    def judge_ended(self, out, outcome):
        """Complain of an exit status or a file that the uninterrupted run does not have."""
        if outcome.statuses[-1] != self.reference.status:
            outcome.complaints.append(f"the end: exit status {outcome.statuses[-1]}\n{self.errors(out)[-2000:]}")
        with contextlib.suppress(OSError, ValueError, KeyError):
            outcome.gone_on += json.loads((out / "result.json").read_text(encoding="utf-8"))["run"]["gone_on"]
        outcome.complaints += [f"the end: {line}" for line in differences(self.reference.out, out)]


def checkpoints(out):
    """Return a number that grows with each checkpoint to go on from in the folder `out`: 0 means none."""
    with contextlib.suppress(OSError):
        return max((path.stat().st_mtime_ns for path in (out / GOING_ON).iterdir()), default=0)
    return 0


def differences(expected, found, more=False):
    """Return sentences on what differs between two folders of results, with times left out.

    With `more`, files that only `found` has are accepted, if their names begin with a dot.
    """
    ours, theirs = files(expected), files(found)
    if more:  # parts may still lie where a killed run left them, and where readers look first
        parts = {name.partition("/")[0] for name in ours}
        theirs = {}
        for part in parts:
            place = current(found / part)
            names = files(place) if place.is_dir() else {"": place} if place.exists() else {}
            theirs |= {f"{part}/{name}".rstrip("/"): path for name, path in names.items()}
    complaints = [f"{name} is missing" for name in sorted(ours.keys() - theirs.keys())]
    complaints += [f"{name} is too much" for name in sorted(theirs.keys() - ours.keys())]
    same = sorted(ours.keys() & theirs.keys())
    return complaints + [f"{name} differs" for name in same if content(ours[name]) != content(theirs[name])]


def files(folder):
    """Return the files below `folder`, a dict of their names to their paths."""
    return {path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if path.is_file()}


def content(path):
    """Return what two runs must have in common of a file: all but times."""
    if path.name == "result.json":
        try:
            result = json.loads(path.read_text(encoding="utf-8"))
        except ValueError as error:
            return str(error)
        metrics = {name: value for name, value in result["metrics"].items() if name != "seconds_a_batch"}
        return {**result, "metrics": metrics, "seconds": None, "run": None}
    if path.name == ".replay":  # the marker of the folder: when it was made is its own
        return None
    if path.name == "output.txt":
        return re.sub(rb"took [\d.]+ sec", b"took N sec", path.read_bytes())
    return path.read_bytes()


def plan(options):
    """Return the runs of one chapter: (kind, number, how often it is stopped) of each.

    `--alone` moments of each kind have a run of their own. The others come five in a run.
    """
    moments = {SIGKILL: options.kills, SIGTERM: options.signals, SIGINT: options.signals, FULL: options.full}
    runs = []
    for kind, total in moments.items():
        counts = [1] * min(options.alone, total)
        while sum(counts) < total:
            counts.append(min(IN_A_ROW, total - sum(counts)))
        runs += [(kind, number, count) for number, count in enumerate(counts)]
    return runs


def report(outcomes, chapters):
    """Return the table of chapters and kinds, with the good moments and all moments of each."""
    lines = [f"{'':<8}" + "".join(f"{kind:>14}" for kind in KINDS) + f"{'gone on':>10}"]
    for name in [*chapters, "all"]:
        mine = [outcome for outcome in outcomes if name in (outcome.chapter, "all")]
        line = f"{name:<8}"
        for kind in KINDS:
            of_kind = [outcome for outcome in mine if outcome.kind == kind]
            good = sum(len(outcome.moments) for outcome in of_kind if not outcome.complaints)
            line += f"{f'{good} of {sum(len(outcome.moments) for outcome in of_kind)}':>14}"
        lines.append(line + f"{sum(outcome.gone_on for outcome in mine):>10}")
    return "\n".join(lines)


def parse(arguments):
    """Return the command line as a namespace, with `chapters` a list of Chapters."""
    parser = argparse.ArgumentParser(prog="python -m tests.torture kills", description=__doc__.splitlines()[0])
    parser.add_argument("--chapters", nargs="+", default=CHAPTERS, help=f"default: {' '.join(CHAPTERS)}")
    parser.add_argument("--profile", choices=PROFILES, default="builtin")
    parser.add_argument("--data", metavar="DIR", help="the folder with the real data")
    parser.add_argument("--kills", type=int, default=20, help="moments of SIGKILL a chapter (default: 20)")
    parser.add_argument("--signals", type=int, default=5, help="moments of SIGTERM, and of SIGINT (default: 5)")
    parser.add_argument("--full", type=int, default=5, help="moments when the disk is full (default: 5)")
    parser.add_argument("--alone", type=int, default=10, help="moments of each kind that are alone in a run (10)")
    parser.add_argument("--seed", type=int, default=1, help="of the moments (default: 1)")
    parser.add_argument("--threads", type=int, default=2, help="of each run (default: 2)")
    parser.add_argument("--jobs", type=int, default=1, help="runs at a time (default: 1)")
    parser.add_argument("--save-seconds", type=float, default=0.5, help="between checkpoints (default: 0.5)")
    parser.add_argument("--out", metavar="FILE", help="write the outcomes there, as JSON, after each run")
    options = parser.parse_args(arguments)
    known = {chapter.name: chapter for chapter in all_chapters()}
    if not known.keys() >= set(options.chapters):
        parser.error(f"expected chapters of {', '.join(known)}; found {' '.join(options.chapters)}")
    options.chapters = [known[name] for name in options.chapters]
    return options


def tell(outcome):
    """Print a line on one run to standard error."""
    moments = ", ".join(f"{moment:.2f}" for moment in outcome.moments)
    verdict = "; ".join(outcome.complaints) or "the same bytes"
    print(f"{outcome.chapter} {outcome.kind} at {moments} s: {verdict}", file=sys.stderr, flush=True)


def main(arguments=None):
    """Read the command line, try all chapters, print the table, and return 0 when all was good, else 1."""
    options = parse(arguments)
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background ignores it, and so would the runs
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that its processes and disks go with it
    outcomes = []
    with tempfile.TemporaryDirectory(prefix="kills.") as work, ThreadPoolExecutor(options.jobs) as pool:
        for chapter in options.chapters:
            (Path(work) / chapter.name).mkdir()
            trial = Trial(chapter, options, Path(work) / chapter.name)
            try:
                for outcome in pool.map(lambda run, trial=trial: trial.stopped(*run), plan(options)):
                    outcomes.append(outcome)
                    tell(outcome)
                    if options.out:
                        text = json.dumps([asdict(each) for each in outcomes], indent=1)
                        write_atomically(options.out, text + "\n")
            except BaseException:
                trial.give_up()
                pool.shutdown(cancel_futures=True)
                raise
    print(report(outcomes, [chapter.name for chapter in options.chapters]))
    return 1 if any(outcome.complaints for outcome in outcomes) else 0
