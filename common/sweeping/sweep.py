"""Do `make sweep`: replay chapters over many seeds and settings, on this machine or on many.

    python -m common.sweeping.sweep --chapters "ch01 ch02" --seeds 20 --with learning_rate=0.001,0.0003

The results go to build/sweep/<profile>/<chapter>/seedNN, those with other settings to build/sweep/<profile>/variants.
`make spread` reads them.
"""

import sys
from collections import Counter

from common.errors import ReplayError, command, with_given
from common.judging.chapter import PROFILES
from common.judging.numbers import is_number
from common.judging.result import read_result
from common.language import _, argument_parser, ngettext
from common.paths import BUILD
from common.running.arguments import whole
from common.running.signals import Stop, Stopped, caught
from common.sweeping import facts
from common.sweeping.arguments import add_numbers, workers_of
from common.sweeping.kept import NOTHING, why_not
from common.sweeping.task import all_tasks

try:
    from common.sweeping.cluster import client_of, dashboard
    from common.sweeping.dispatch import PATIENCE, Dispatcher
    from common.sweeping.progress import Progress
except ImportError as error:
    sys.exit(
        _(
            "A sweep needs the packages of common/tooling/requirements-sweep.txt ({error}). `make sweep` installs them."
        ).format(error=error)
    )


def read_arguments(arguments):
    """Return the command line as a namespace."""
    parser = argument_parser(
        prog="python -m common.sweeping.sweep", description=_("Replay chapters over many seeds and settings.")
    )
    parser.add_argument("--chapters", metavar="NAMES", default="", help=_('such as "ch01 ch02" (default: all)'))
    parser.add_argument("--profile", choices=PROFILES, default="builtin", help=_("which settings (default: builtin)"))
    parser.add_argument("--seeds", type=whole(1, 10**6), default=10, help=_("seeds 1 to this number (default: 10)"))
    parser.add_argument("--with", dest="words", metavar="NAME=VALUE,VALUE", action="append", default=[])
    parser.add_argument("--data", metavar="DIR", help=_("the folder with the real data, for every profile but builtin"))
    parser.add_argument("--scheduler", metavar="ADDRESS", help=_("of Dask's scheduler (default: one of this process)"))
    parser.add_argument("--patience", type=whole(0, 10**6), default=PATIENCE, help=_("seconds to wait for a worker"))
    add_numbers(parser)
    names = ("chapters", "profile", "seeds", "with", "data", "threads", "workers", "scheduler")
    options = parser.parse_args(with_given(arguments, *names))
    options.words = [word for text in options.words for word in text.split()]
    if options.data and options.profile == "builtin":
        parser.error(_("profile builtin uses the built-in data; with --data choose --profile printed or listed"))
    if options.workers and options.scheduler:
        parser.error(_("--workers is for this machine; the workers of another scheduler say it themselves"))
    return options


def data_here(tasks, options):
    """Return the hashes of the data sets of `tasks` on this machine, a dict of dicts.

    It raises ReplayError for data that is missing, when the tasks are to run here.
    """
    found = {}
    for name, real in dict.fromkeys(task.data for task in tasks if task.data):
        if real and not options.data and not options.scheduler:
            raise ReplayError(
                _("Profile {profile} runs on the real data. Say where it is: DATA=dir.").format(profile=options.profile)
            )
        hashes, complaint = facts.data_there(name, real, options.data) if options.data or not real else (None, "")
        if complaint and not options.scheduler:
            raise ReplayError(complaint)
        if hashes is not None:
            found[name, real] = hashes
    return found


def keep(tasks, hashes):
    """Return the tasks to run. Return a Counter of the others by kind, too, and their seconds by kind.

    A line for each kind and reason says why earlier results do not count.
    """
    rest, kept, seconds, reasons = [], Counter(), {}, Counter()
    for task in tasks:
        reason = why_not(task, task.folder(), hashes.get(task.data))
        if reason is None:
            kept[task.kind] += 1
            seconds.setdefault(task.kind, []).append(seconds_of(task))
            continue
        rest.append(task)
        if reason != NOTHING:
            reasons[task.kind, reason] += 1
    for (kind, reason), count in reasons.items():
        line = ngettext(
            "{kind}: {count} earlier result does not count: {reason}.",
            "{kind}: {count} earlier results do not count: {reason}.",
            count,
        )
        print(line.format(kind=kind, count=count, reason=reason), flush=True)
    return rest, kept, seconds


def seconds_of(task):
    """Return how long the run took that left the result of `task`."""
    result, _ = read_result(task.book, task.profile, task.folder() / "result.json")
    table = result.get("seconds")
    return sum(value for value in table.values() if is_number(value)) if isinstance(table, dict) else 0


def run(tasks, progress, options, hashes):
    """Run `tasks` on Dask's workers, and return those that failed. An interrupt stops what runs."""
    here = facts.facts(dict.fromkeys(task.chapter for task in tasks))
    count = min(len(tasks), workers_of(options))
    with client_of(options.scheduler, count) as client:
        address = dashboard(client)
        if address:
            print(_("Dask's dashboard: {address}").format(address=address), flush=True)
        digests = {name: facts.digest(found) for name, found in hashes.items()}
        bring, data = options.scheduler is not None, options.data
        dispatcher = Dispatcher(client, tasks, progress, here, digests, data, bring, options.patience)
        try:
            with progress:
                return dispatcher.run()
        except BaseException:
            dispatcher.stop()
            raise


@command
def main(arguments=None):
    """Read the command line and run the sweep. Return the exit status: 0 when every task is finished."""
    options = read_arguments(arguments)
    with caught(Stop()):
        tasks = all_tasks(options.chapters.split(), options.profile, options.seeds, options.threads, options.words)
        hashes = data_here(tasks, options)
        rest, kept, seconds = keep(tasks, hashes)
        progress = Progress(Counter(task.kind for task in tasks), kept, seconds)
        try:
            failed = run(rest, progress, options, hashes) if rest else []
        except Stopped as stopped:
            print(
                _(
                    "Interrupted: {ended} of {tasks} tasks are finished and kept. To go on, start the same again."
                ).format(ended=progress.ended.total(), tasks=len(tasks)),
                file=sys.stderr,
            )
            return stopped.status
    ran = len(rest) - len(failed)
    print(
        _("{finished} of {tasks} tasks are finished: {ran} now, {kept} before. They are in {folder}.").format(
            finished=len(tasks) - len(failed),
            tasks=len(tasks),
            ran=ran,
            kept=kept.total(),
            folder=BUILD / "sweep" / options.profile,
        )
    )
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
