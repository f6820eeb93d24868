"""The one exception that a person at the terminal may cause."""

import contextlib


class ReplayError(Exception):
    """Something the user can mend: a missing file, bad input, a wrong argument, a loss that is not finite.

    The message is complete sentences: which file or step, what was expected, what was found, what to do.
    The command-line entry points print it without a traceback.
    """


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
