"""Start the long trials, all or one: `python -m tests.torture kills --kills 20`. Each has its --help."""

import importlib
import sys

TRIALS = ("kills", "mutations", "hosts")


def main(arguments=None):
    """Start the trial that the first argument names with the others, or all. Return the exit status."""
    words = sys.argv[1:] if arguments is None else arguments
    if not words:
        return max([importlib.import_module(f"tests.torture.{trial}").main([]) for trial in TRIALS])
    if words[0] not in TRIALS:
        print(f"usage: python -m tests.torture {{{','.join(TRIALS)}}} [--help]", file=sys.stderr)
        return 2
    return importlib.import_module(f"tests.torture.{words[0]}").main(words[1:])


if __name__ == "__main__":
    sys.exit(main())
