"""What `data/sources.toml` knows of a data set: is this the real one, and where does it come from."""

import gzip
import tomllib
from pathlib import Path

from common.errors import ReplayError
from common.files import sha256

SOURCES = Path(__file__).resolve().parent.parent / "data" / "sources.toml"


def read_sources():
    """The data sets of `data/sources.toml` as a dict of dicts."""
    return tomllib.loads(SOURCES.read_text(encoding="utf-8"))


def locate(name, root, real):
    """The folder of data set `name` under `root`, and a dict of its files' names to SHA-256 as they lie there.

    With `real`, each must be the official one, packed or unpacked. Raises ReplayError for a missing file or, with
    `real`, a different one; the message says how to get it.
    """
    source = read_sources()[name]
    directory = Path(root) / source["folder"]
    hashes = {}
    for file in source["files"]:
        packed = directory / file["name"]
        path = packed if packed.is_file() or packed.suffix != ".gz" else packed.with_suffix("")
        try:
            content = path.read_bytes()
        except OSError as error:
            raise ReplayError(
                f"{packed}: the real data of {source['title']} is needed here, and this file cannot be read "
                f"({error.strerror}). {_how_to_get(source, directory)}"
                if real
                else f"{packed}: the built-in data is not there yet. Make it with `make builtin-data`."
            ) from error
        hashes[path.name] = sha256(content)
        if real and not _is_official(path, content, file):
            raise ReplayError(
                f"{path}: not the official file of {source['title']}: expected {file['bytes']} bytes with SHA-256 "
                f"{file['sha256']}, found {len(content)} bytes with {hashes[path.name]}. "
                f"{_how_to_get(source, directory)}"
            )
    return directory, hashes


def _is_official(path, content, file):
    """Whether `content` is the downloaded file itself or holds, packed anew or unpacked, what is in it."""
    if sha256(content) == file["sha256"]:
        return True
    try:
        unpacked = gzip.decompress(content) if path.suffix == ".gz" else content
    except Exception:  # whatever a damaged archive raises, it is not the official file
        return False
    return sha256(unpacked) == file["content_sha256"]


def _how_to_get(source, directory):
    names = ", ".join(file["name"] for file in source["files"])
    return (
        f"Fetch {names} from one of {' '.join(source['addresses'])} into {directory}, then pass the folder above it: "
        "DATA=dir with make, --data dir with the script."
    )
