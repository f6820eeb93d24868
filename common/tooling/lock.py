"""`make lock`: make the locks that `make setup`, `make notebooks`, `make sweep` and `make site` install from.

    python -m common.tooling.lock --upgrade pytest

The pins of `requirements.txt` are direct ones. A lock has these and all that they bring along, for every platform and
Python of the README. Each has the hashes that the registry gives. The versions of the earlier lock stay where they can.
"""

import subprocess
import sys
import tempfile
from pathlib import Path

from common.errors import ReplayError, command
from common.files import write_atomically
from common.language import _, argument_parser
from common.paths import ROOT
from common.tooling.environment import LOCK, PYTHONS, STAMPS

HEADER = "# `make lock` made this of %s: edit that one.\n"
SOURCES = {lock: "requirements.txt" if lock == LOCK else lock.replace(".lock", ".txt") for lock in STAMPS}


@command
def main(arguments=None):
    """Read the command line, and make the locks. The program ends with a message when uv fails."""
    parser = argument_parser(prog="python -m common.tooling.lock", description=_("Make the locks."))
    parser.add_argument(
        "--upgrade", metavar="NAME", action="append", default=[], help=_("take the newest of a package")
    )
    options = parser.parse_args(arguments)
    try:
        for lock, source in SOURCES.items():
            upgrades = [f"--upgrade-package={name}" for name in options.upgrade]
            make(ROOT / lock, source, upgrades)
    except ReplayError as error:
        sys.exit(_("lock stopped: {error}").format(error=error))


def make(lock, source, upgrades=()):
    """Make the file `lock` (a path) of the direct pins of `source`, a path below the project.

    It raises ReplayError when uv cannot do so; the earlier lock then stays. `upgrades` are further words for uv.
    """
    with tempfile.TemporaryDirectory() as folder:
        draft = Path(folder) / lock.name
        if lock.exists():
            draft.write_bytes(lock.read_bytes())  # its versions are uv's first choice
        line = [sys.executable, "-m", "uv", "pip", "compile", "--quiet", "--no-config", "--system-certs"]
        line += ["--universal", "--python-version", ".".join(map(str, min(PYTHONS))), "--generate-hashes"]
        # No address of a registry, and no path of this machine.
        line += ["--no-header", "--no-annotate", *upgrades, source, "--output-file", str(draft)]
        if subprocess.run(line, cwd=ROOT, check=False).returncode != 0:
            raise ReplayError(
                _("uv could not lock {source}; the lines above say why. {lock} is as it was.").format(
                    source=source, lock=lock.name
                )
            )
        text = HEADER % source + draft.read_text(encoding="utf-8")
        if not lock.exists() or lock.read_text(encoding="utf-8") != text:  # a new file would have make set up again
            write_atomically(lock, text)


if __name__ == "__main__":
    sys.exit(main())
