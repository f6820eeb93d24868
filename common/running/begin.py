"""Make sure that there is real data before make starts to replay all chapters.

make runs `python -m common.running.begin --data somewhere`.
"""

import sys
from pathlib import Path

from common.errors import ReplayError, command, with_given
from common.files import with_home
from common.language import _, argument_parser
from common.running.sources import locate, read_sources


def look_for_data(data):
    """Raise ReplayError when the folder `data` (str) holds no data set, so that no chapter could run."""
    root, sources = with_home(data), read_sources()
    folders = [source["folder"] for source in sources.values()]
    if any(Path(root, folder).is_dir() for folder in folders):  # the chapters say what is wrong with their files
        return
    if not any(_is_there(name, root) for name in sources):
        raise ReplayError(
            _(
                "{data}: expected the folder with the real data, found none of {folders} there. To fetch them: "
                "make data SET=all DATA={data}. No chapter was run, and earlier results are as they were."
            ).format(data=data, folders=", ".join(folders))
        )


def _is_there(name, root):
    """Return whether the chapters would find the data set `name` under `root`."""
    try:
        locate(name, root, real=True)
    except (ReplayError, OSError):
        return False
    return True


@command
def main(arguments=None):
    """Read the command line, look for the data, and return the exit status."""
    parser = argument_parser(
        prog="python -m common.running.begin", description=_("Look for the real data before a long run begins.")
    )
    parser.add_argument("--data", metavar="DIR", required=True, help=_("the folder with the real data"))
    look_for_data(parser.parse_args(with_given(arguments, "data")).data)
    return 0


if __name__ == "__main__":
    sys.exit(main())
