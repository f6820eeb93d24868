"""This module has the data set that was found: its files' official names, and where they lie."""


class Found:
    """A Found is a data set that was found. A chapter reads it like the folder that the listing reads.

    `name` is the official folder's name, whatever the folder is called here. So output is the same on every machine.
    `path` is the folder in which the set lies. `files` is a dict of the official names to the paths.
    """

    def __init__(self, name, path, files):
        self.name, self.path, self.files = name, path, files

    def __truediv__(self, name):
        """Return the path of the file with the official `name`, or where it would lie."""
        return self.files.get(name, self.path / name)

    def __str__(self):
        return str(self.path)
