"""The one exception that a person at the terminal may cause."""


class ReplayError(Exception):
    """Something the user can mend: a missing file, bad input, a wrong argument, a loss that is not finite.

    The message is complete sentences: which file or step, what was expected, what was found, what to do.
    The command-line entry points print it without a traceback.
    """
