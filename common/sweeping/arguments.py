"""Read what the command lines of a sweep and of its workers have in common."""

import os

from common.language import _
from common.running.arguments import whole


def add_numbers(parser):
    """Let `parser` read how many threads a task has, and how many tasks run at a time."""
    parser.add_argument("--threads", type=whole(1, 1024), default=1, help=_("CPU threads of each task (default: 1)"))
    parser.add_argument("--workers", type=whole(1, 1024), help=_("tasks at a time (default: cores / threads)"))


def workers_of(options):
    """Return how many tasks run at a time on this machine."""
    return options.workers or max(1, (os.cpu_count() or 1) // options.threads)
