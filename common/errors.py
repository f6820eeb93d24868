"""This module has the exception that a person at the terminal may cause, and says how commands end."""

import contextlib
import functools
import os
import sys

import common


class ReplayError(Exception):
    """A ReplayError is something that the user can mend.

    Examples are a missing file, bad input, a wrong argument, and a loss that is not finite.
    The message is complete sentences: which file or step, what was expected, what was found, what to do.
    The command-line entry points print it without a traceback.
    """


def command(main):
    """Decorate `main(arguments=None)`: return its exit status, without a traceback for what the person caused.

    A ReplayError's message goes to standard error, with status 1. An interrupt gives status 130. A pipe that its
    reader has closed gives status 1, without a message.
    """

    @functools.wraps(main)
    def guarded(arguments=None):
        common.imports_are_done()
        try:
            status = main(arguments)
            sys.stdout.flush()
            return status
        except ReplayError as error:
            print(error, file=sys.stderr)
            return 1
        except KeyboardInterrupt:
            print("Interrupted.", file=sys.stderr)
            return 130
        except BrokenPipeError:
            close_output()
            return 1

    return guarded


def close_output():
    """Send what is still to be printed to nowhere, after the reader of a pipe has gone."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


@contextlib.contextmanager
def disk_errors(where):
    """Turn an OSError of the block (no space, no permission) into a ReplayError that names the file, else `where`."""
    try:
        yield
    except OSError as error:
        raise ReplayError(
            f"{error.filename or where}: cannot be written or read: {error.strerror or error}. Mend that, or choose "
            "another folder, and start the same again: what is finished is kept."
        ) from error
