"""This module has the exception that a person at the terminal may cause, and says how commands end."""

import contextlib
import functools
import os
import sys

import common
from common.language import N_, _, show_any_text, speaking, wished

NO_MEMORY = N_("Stopped: the memory was not enough. Close other programs, or take smaller settings (WITH=).")
# What the system says to an OSError, in English whatever the language. `reason` translates these.
REASONS = (
    *(N_("No such file or directory"), N_("Permission denied"), N_("Is a directory"), N_("Not a directory")),
    *(N_("No space left on device"), N_("Read-only file system"), N_("Disk quota exceeded"), N_("File too large")),
    *(N_("Input/output error"), N_("Too many open files"), N_("File name too long"), N_("Invalid argument")),
    *(N_("Too many levels of symbolic links"), N_("Operation not permitted"), N_("File exists")),
    *(N_("Directory not empty"), N_("Device or resource busy"), N_("Bad file descriptor"), N_("Broken pipe")),
)


class ReplayError(Exception):
    """A ReplayError is something that the user can mend.

    Examples are a missing file, bad input, a wrong argument, and a loss that is not finite.
    The message is complete sentences: which file or step, what was expected, what was found, what to do.
    The command-line entry points print it without a traceback.
    """


def command(main):
    """Decorate `main(arguments=None)`: return its exit status, without a traceback for what the person caused.

    A ReplayError's message goes to standard error, with status 1. So does that of an OSError, and of a lack of memory.
    An interrupt gives status 130. A pipe that its reader has closed gives status 1, without a message.
    Messages are in the language that `--lang` names, else in that of the environment.
    """

    @functools.wraps(main)
    def guarded(arguments=None):
        common.imports_are_done()
        show_any_text()
        with speaking(wished(arguments)):
            return _guarded(main, arguments)

    return guarded


def _guarded(main, arguments):
    """Return what `main(arguments)` returns, or the status of its error, whose message is printed."""
    try:
        try:
            status = main(arguments)
        except SystemExit:  # argparse has printed its help, or what is wrong
            flush_output()
            raise
        flush_output()
        return status
    except ReplayError as error:
        print(error, file=sys.stderr)
        return 1
    except MemoryError:
        print(_(NO_MEMORY), file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print(_("Interrupted."), file=sys.stderr)
        return 130
    except BrokenPipeError:
        close_output()
        return 1
    except OSError as error:
        print(f"{error.filename or _without_a_name()}: {reason(error)}.", file=sys.stderr)
        return 1


def reason(error):
    """Return why the system refused a file, as the OSError `error` says, in the language of the messages."""
    return _(error.strerror) if error.strerror else str(error)


# What `make ch04 SEED=3` is given. The Makefile hands it on as REPLAY_SEED, so that no shell ever reads it.
GIVEN = (
    *("profile", "data", "seed", "threads", "with", "out", "logdir", "fresh", "sample", "words"),
    *("set", "chapter", "seeds", "book", "uv"),
    *("chapters", "workers", "scheduler"),
)


def given(name):
    """Return what make was given for `name`, such as "data" (str). Return None when that is nothing."""
    return os.environ.get(f"REPLAY_{name.upper()}") or None


def with_given(arguments, *options, positional=None):
    """Return the command line `arguments` (a list, or None for the program's), with what make was given in front.

    `options` are names of GIVEN: each that was given becomes `--name=value`. The words of `positional` come last.
    """
    arguments = sys.argv[1:] if arguments is None else list(arguments)
    words = [f"--{name}={given(name)}" for name in options if given(name)]
    return [*words, *arguments, *((given(positional) or "").split() if positional else ())]


def without_given():
    """Return the environment as a dict, without what make was given: a program that is started gets its own."""
    ours = {f"REPLAY_{name.upper()}" for name in GIVEN}
    return {name: value for name, value in os.environ.items() if name not in ours}


def _without_a_name():
    """Return what an OSError without a file's name is about: standard output, if one more line fails too."""
    try:
        print(flush=True)
    except OSError:
        close_output()
        return _("standard output")
    return _("a file")


def flush_output():
    """Write out what was printed. It raises ReplayError when that fails, and BrokenPipeError without a reader."""
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        close_output()
        raise ReplayError(
            _("standard output: {reason}. What was printed is not whole.").format(reason=reason(error))
        ) from error


def close_output(stream=None):
    """Send what is still to be printed on `stream` (default: standard output) to nowhere.

    The reader of a pipe has gone, or the disk is full. Python would fail again at the program's end.
    """
    with contextlib.suppress(OSError):  # a stream without a file
        os.dup2(os.open(os.devnull, os.O_WRONLY), (stream or sys.stdout).fileno())


@contextlib.contextmanager
def disk_errors(where):
    """Turn an OSError of the block (no space, no permission) into a ReplayError that names the file, else `where`."""
    try:
        yield
    except OSError as error:
        raise ReplayError(
            _(
                "{path}: cannot be written or read: {reason}. Mend that, or choose another folder, and start the same "
                "again: what is finished is kept."
            ).format(path=error.filename or where, reason=reason(error))
        ) from error
