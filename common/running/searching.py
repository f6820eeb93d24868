"""Look through a folder for files, a few folders deep: never through a whole disk."""

import collections
import itertools
import os
import stat
from pathlib import Path

from common.language import _

DEPTH = 4  # Data/Penn_TreeBank/simple-examples/data
FOLDERS = 500
FILES = 10_000
# Names in lower case. All names that start with a dot count as well.
OF_SYSTEMS = ("desktop.ini", "thumbs.db", "ehthumbs.db", "icon\r", "__macosx", "@eadir", "lost+found", "$recycle.bin")


def left_by_systems(name):
    """Return whether `name` is one that file managers and systems leave, such as .DS_Store or desktop.ini."""
    return name.startswith(".") or name.lower() in OF_SYSTEMS


class Seen:
    """A Seen is what lies in the folder `root` and up to four folders below it, the nearest first.

    `folders` is a list of paths. `files` is a list of (path, bytes), plain files only. What systems leave is not in
    them. The look ends after 500 folders or 10,000 files: `all` says whether it saw everything.
    """

    def __init__(self, root):
        self.root, self.folders, self.files, self.all = Path(root), [], [], True
        self._known = set()  # a link may lead back to a folder above it
        waiting = collections.deque([(self.root, 0)])
        while waiting:
            folder, depth = waiting.popleft()
            if len(self.folders) == FOLDERS or len(self.files) >= FILES:
                self.all = False
                return
            below = self._look_into(folder)
            if depth < DEPTH:
                waiting.extend((path, depth + 1) for path in below)

    def _look_into(self, folder):
        """Add what lies in `folder` and return the folders in it."""
        try:
            status = folder.stat()
            if (status.st_dev, status.st_ino) in self._known:
                return []
            self._known.add((status.st_dev, status.st_ino))
            with os.scandir(folder) as entries:
                names = sorted(entry.name for entry in itertools.islice(entries, FILES))
        except OSError:  # a folder that may not be read holds nothing for us
            return []
        self.folders.append(folder)
        below = []
        for name in names:
            if left_by_systems(name):
                continue
            path = folder / name
            try:
                status = path.stat()
            except OSError:
                continue
            if stat.S_ISDIR(status.st_mode):
                below.append(path)
            elif stat.S_ISREG(status.st_mode):
                self.files.append((path, status.st_size))
        return below

    def __str__(self):
        """Return the sentence that says how far this looked."""
        rest = "" if self.all else _(" The search ended there: name a folder nearer to the data.")
        return _("Looked in {folder}, up to {depth} folders deep: {folders} folders, {files} files.{rest}").format(
            folder=self.root, depth=DEPTH, folders=len(self.folders), files=len(self.files), rest=rest
        )
