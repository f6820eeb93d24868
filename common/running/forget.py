"""Remove the results of a profile before a run makes them anew.

make runs `python -m common.running.forget --profile printed`.
"""

import argparse
import shutil
import sys
from pathlib import Path

from common.errors import ReplayError, command, with_given
from common.files import with_home
from common.judging.chapter import PROFILES
from common.paths import BUILD
from common.running.sources import read_sources


def forget(profile, data=None):
    """Remove the results of `profile`, which a run is to make anew.

    `data` is the folder that the run is to read. When it holds no data set, this raises ReplayError and removes
    nothing.
    """
    if data is not None:
        folders = [source["folder"] for source in read_sources().values()]
        if not any(Path(with_home(data), folder).is_dir() for folder in folders):
            raise ReplayError(
                f"{data}: expected the folder with the real data, found none of {', '.join(folders)} there. To fetch "
                f"them: make data SET=all DATA={data}. The results in {BUILD / profile} were left as they are."
            )
    shutil.rmtree(BUILD / profile, ignore_errors=True)


@command
def main(arguments=None):
    """Read the command line, remove the results, and return the exit status."""
    parser = argparse.ArgumentParser(
        prog="python -m common.running.forget",
        description="Remove the results of a profile before a run makes them anew.",
    )
    parser.add_argument("--profile", choices=PROFILES, default="builtin")
    parser.add_argument("--data", metavar="DIR", help="forget only if this folder with the real data is there")
    options = parser.parse_args(with_given(arguments, "data"))
    forget(options.profile, options.data)
    return 0


if __name__ == "__main__":
    sys.exit(main())
