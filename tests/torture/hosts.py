"""Sweep over several machines, lose one worker, cut another off for a while, and count what came of each task.

    python -m tests.torture hosts --chapters ch04 ch06 --seeds 4

The machines are network namespaces of this one, each with a checkout and a build folder of its own. One has Dask's
scheduler and begins the sweep. Two have workers; a third one's worker has no data set. While they work, one worker
process is killed, and the network of the other machine is cut for ten seconds. It needs Linux, root and iproute2.
"""

import argparse
import contextlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from common.running.sources import read_sources
from common.sweeping.task import all_tasks
from data import builtin
from tests.support.checkouts import checkout, children, start
from tests.torture.kills import differences

NETWORK = "10.213.77"
HEAD, FIRST, SECOND, BARE = "head", "first", "second", "bare"
HOSTS = {HEAD: 1, FIRST: 2, SECOND: 3, BARE: 4}
PORT = 8786
LONGEST = 1800  # seconds for all tasks


def ip(*words):
    subprocess.run(["ip", *words], check=True)


class Network:
    """A Network has a namespace for each host. All hang on one bridge, in that of the head."""

    def __init__(self):
        self.prefix = f"rp{os.getpid()}"

    def name(self, host):
        return f"{self.prefix}-{host}"

    def inside(self, host):
        """Return the words that start a program on `host`."""
        return ["ip", "netns", "exec", self.name(host)]

    def __enter__(self):
        try:
            for host in HOSTS:
                ip("netns", "add", self.name(host))
                ip("-n", self.name(host), "link", "set", "lo", "up")
            head = self.name(HEAD)
            ip("-n", head, "link", "add", "bridge", "type", "bridge")
            ip("-n", head, "addr", "add", f"{NETWORK}.1/24", "dev", "bridge")
            ip("-n", head, "link", "set", "bridge", "up")
            for host, number in HOSTS.items():
                if host != HEAD:
                    there = ["peer", "name", "eth0", "netns", self.name(host)]
                    ip("-n", head, "link", "add", host, "type", "veth", *there)
                    ip("-n", head, "link", "set", host, "master", "bridge", "up")
                    ip("-n", self.name(host), "addr", "add", f"{NETWORK}.{number}/24", "dev", "eth0")
                    ip("-n", self.name(host), "link", "set", "eth0", "up")
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *error):
        for host in HOSTS:
            subprocess.run(["ip", "netns", "del", self.name(host)], stderr=subprocess.DEVNULL, check=False)

    def cut(self, host, seconds):
        """Let no byte reach `host` for `seconds`."""
        ip("-n", self.name(HEAD), "link", "set", host, "down")
        time.sleep(seconds)
        ip("-n", self.name(HEAD), "link", "set", host, "up")


class Trial:
    """A Trial is one sweep over the hosts of `network`, with its folders below `work`."""

    def __init__(self, network, options, work):
        self.network, self.options, self.work = network, options, work
        self.tasks = all_tasks(options.chapters, "builtin", options.seeds, 1)
        names = sorted({read_sources()[task.data[0]]["folder"] for task in self.tasks if task.data})
        builtin.write_sets(names)
        sets = [builtin.ROOT / name for name in names]
        self.folders = {host: checkout(work / host, () if host == BARE else sets) for host in HOSTS}
        self.started = contextlib.ExitStack()

    def start(self, host, *words, log=None):
        """Start a program on `host`, which writes into the file `log`. It ends with the trial."""
        log = self.work / f"{log or host}.log"
        before = self.network.inside(host)
        process = start(self.folders[host], *words, before=before, log=log, REPLAY_SAVE_SECONDS="1")
        self.started.callback(end, process)
        return process

    def run(self):
        """Run the sweep with its faults, and return the list of complaints."""
        address = f"tcp://{NETWORK}.{HOSTS[HEAD]}:{PORT}"
        with self.started:
            listening = ["--host", f"{NETWORK}.{HOSTS[HEAD]}", "--port", str(PORT), "--no-dashboard"]
            self.start(HEAD, "distributed.cli.dask_scheduler", *listening)
            for host in (FIRST, SECOND, BARE):
                self.start(host, "common.sweeping.worker", "--scheduler", address, "--workers", "1")
            words = ["--chapters", " ".join(self.options.chapters), "--seeds", str(self.options.seeds)]
            sweep = self.start(HEAD, "common.sweeping.sweep", *words, "--scheduler", address, log="sweep")
            complaints = self.kill_a_worker()
            complaints += self.cut_off()
            try:
                status = sweep.wait(timeout=LONGEST)
            except subprocess.TimeoutExpired:
                status = f"none after {LONGEST} s"
            complaints += [f"the sweep's exit status is {status}"] if status else []
        return complaints + self.judge()

    def kill_a_worker(self):
        """Kill the process of Dask on the first host while it has saved a task, and look whether the task ends too."""
        child = self.wait_for(FIRST, saved=True)
        if child is None:
            return ["the first host saved no task"]
        worker = int(Path(f"/proc/{child}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[1])
        os.kill(worker, signal.SIGKILL)
        print(f"killed the worker on {FIRST}, which ran a task", file=sys.stderr, flush=True)
        end = time.monotonic() + 40
        while Path(f"/proc/{child}").exists() and time.monotonic() < end:
            time.sleep(0.1)
        return ["a task outlived its worker"] if Path(f"/proc/{child}").exists() else []

    def cut_off(self):
        """Cut the second host off while it runs a task."""
        child = self.wait_for(SECOND)
        if child is None:
            return ["the second host ran no task"]
        self.network.cut(SECOND, self.options.cut)
        print(f"cut {SECOND} off for {self.options.cut} s while it ran a task", file=sys.stderr, flush=True)
        return []

    def wait_for(self, host, saved=False):
        """Return the number of a process that runs a task on `host`, or None. With `saved` it has saved its state."""
        end = time.monotonic() + 300
        while time.monotonic() < end:
            found = children(self.folders[host])
            if found and (not saved or list((self.folders[host] / "build").rglob("*.state"))):
                return found[0]
            time.sleep(0.05)
        return None

    def judge(self):
        """Return complaints on the tasks: each is finished once, on one host, and has the bytes of a run alone."""
        log, complaints = (self.work / "sweep.log").read_text(encoding="utf-8"), []
        for task in self.tasks:
            lines = [line for line in log.splitlines() if line.startswith(f"{task}: ")]
            made = [
                host
                for host in (FIRST, SECOND, BARE)
                if (task.folder(self.folders[host] / "build") / "result.json").exists()
            ]
            if len(lines) != 1 or len(made) != 1:
                complaints.append(f"{task}: finished {len(lines)} times, made on {', '.join(made) or 'no host'}")
            complaints += [f"{task}: {line}" for line in self.compare(task)]
        if "was lost: " not in log:
            complaints.append("the sweep did not see that a worker was lost")
        if f"{NETWORK}.{HOSTS[SECOND]}:" in "".join(line for line in log.splitlines() if "was lost: " in line):
            complaints.append("the host that was cut off for a while was given up")
        refused = [line for line in log.splitlines() if "this file of the built-in data is not there" in line]
        if not any(f"{NETWORK}.{HOSTS[BARE]}:" in line for line in refused):
            complaints.append("the worker without data was not refused by name")
        left = [host for host, folder in self.folders.items() if children(folder)]
        return complaints + [f"a task still runs on {host}" for host in left]

    def compare(self, task):
        """Return what differs between the result on the head and that of a run alone."""
        alone = task.folder(self.work / "alone")
        words = task.words(None, self.work / "alone")
        process = start(self.folders[HEAD], *words, log=self.work / "alone.log")
        process.wait()
        return differences(alone, task.folder(self.folders[HEAD] / "build"))


def end(process):
    """End `process` as Ctrl-C does. When that is not enough, kill it."""
    if process.poll() is None:
        process.send_signal(signal.SIGINT)
        try:
            process.wait(timeout=60)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def obstacle():
    """Return why this machine cannot try it, or None."""
    if sys.platform != "linux" or os.geteuid() != 0:
        return "it needs Linux and root"
    if shutil.which("ip") is None:
        return "it needs the program ip (Debian: iproute2)"
    if subprocess.run(["ip", "netns", "list"], capture_output=True, check=False).returncode:
        return "this system has no network namespaces"
    return None


def main(arguments=None):
    """Read the command line, try it, print what is wrong, and return 0 when all was good, else 1."""
    parser = argparse.ArgumentParser(prog="python -m tests.torture hosts", description=__doc__.splitlines()[0])
    parser.add_argument("--chapters", nargs="+", default=["ch04", "ch06"], help="default: ch04 ch06")
    parser.add_argument("--seeds", type=int, default=4, help="of each chapter (default: 4)")
    parser.add_argument("--cut", type=float, default=10, help="seconds without a network (default: 10)")
    parser.add_argument("--out", metavar="FILE", help="write what the sweep printed there")
    options = parser.parse_args(arguments)
    reason = obstacle()
    if reason:
        print(f"hosts: not tried, {reason}.", file=sys.stderr)
        return 0
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    with tempfile.TemporaryDirectory(prefix="hosts.") as work, Network() as network:
        trial = Trial(network, options, Path(work).resolve())
        complaints = trial.run()
        log = (Path(work) / "sweep.log").read_text(encoding="utf-8")
        if options.out:
            Path(options.out).write_text(log, encoding="utf-8")
        print(log, end="")
    print("\n".join(complaints) or f"{len(trial.tasks)} tasks: each once, and with the bytes of a run alone.")
    return 1 if complaints else 0


if __name__ == "__main__":
    sys.exit(main())
