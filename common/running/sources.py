"""Read `data/sources.toml`: which files of a data set are the official ones, and where they come from."""

import tomllib
from pathlib import Path

from common.errors import ReplayError
from common.files import gunzip, read_regular, sha256
from common.formats.wav import find_samples
from common.paths import ROOT

SOURCES = ROOT / "data" / "sources.toml"


def read_sources():
    """Return the data sets of `data/sources.toml` as a dict of dicts."""
    return tomllib.loads(SOURCES.read_text(encoding="utf-8"))


def locate(name, root, real):
    """Return the folder of data set `name` under `root`, and a dict of its files' names to their SHA-256.

    With `real` each file must be the official one, packed or unpacked. Most music tracks have no known hash: those
    are taken as they are. The tracks with a known hash must be among them. It raises ReplayError for a file that is
    missing, or with `real` a different one. The message says how to get it.
    """
    source = read_sources()[name]
    directory = Path(root) / source["folder"]
    hashes = {}
    for path, file in _expected(source, directory):
        try:
            content = read_regular(path)
        except OSError as error:
            raise ReplayError(
                f"{path}: the real data of {source['title']} is needed here, and this file cannot be read "
                f"({error.strerror}). {how_to_get(name, root)}"
                if real
                else f"{path}: this file of the built-in data is not there. Remove the folder {directory}, if there is "
                "one, and run `make builtin-data`."
            ) from error
        hashes[path.relative_to(directory).as_posix()] = sha256(content)
        if real and file is not None and not _is_official(path, content, file):
            expected = (
                f"samples with SHA-256 {file['samples_sha256']}, found other samples"
                if "samples_sha256" in file
                else f"{file['bytes']} bytes with SHA-256 {file['sha256']}, found {len(content)} bytes with "
                f"{sha256(content)}"
            )
            raise ReplayError(
                f"{path}: not the official file of {source['title']}: expected {expected}. {how_to_get(name, root)}"
            )
    return directory, hashes


def _expected(source, directory):
    """Return (path, entry of its hashes or None) for each file of a set.

    A packed file may lie there unpacked.
    """
    if "tracks" in source:
        samples = source["tracks"].get("samples", {})
        files = {directory / name: {"samples_sha256": known} for name, known in samples.items()}
        for genre in source["tracks"]["genres"]:
            for path in (directory / genre).glob("*.wav"):
                if not path.name.startswith("."):
                    files.setdefault(path)
        return sorted(files.items()) or [(directory / track_names(source)[0], None)]
    expected = []
    for file in source["files"]:
        packed = directory / file["name"]
        unpacked = packed.with_suffix("") if "content_sha256" in file else packed
        expected.append((packed if packed.is_file() or not unpacked.is_file() else unpacked, file))
    return expected


def track_names(source):
    """Return the names of all tracks of a set of music as WAV files, relative to its folder."""
    tracks = source["tracks"]
    return [f"{genre}/{genre}.{number:05d}.wav" for genre in tracks["genres"] for number in range(tracks["each"])]


def is_official(path, file):
    """Return whether the file at `path` is there and is that of `file`, an entry of sources.toml."""
    try:
        return _is_official(path, read_regular(path), file)
    except OSError:
        return False


def _is_official(path, content, file):
    """Return whether `content` is the official file itself, or what is in it, packed anew or unpacked."""
    if "samples_sha256" in file:
        start, length = find_samples(path)
        return sha256(content[start : start + length]) == file["samples_sha256"]
    if sha256(content) == file["sha256"]:
        return True
    if "content_sha256" not in file:
        return False
    try:
        unpacked = gunzip(content) if path.suffix == ".gz" else content
    except Exception:  # a damaged archive, whatever it raises, is not the official file
        return False
    return sha256(unpacked) == file["content_sha256"]


def how_to_get(name, root):
    """Return the sentences that say how data set `name` comes into `root`: by command, and by hand."""
    return (
        f'Fetch it with `make data SET={name} DATA="{root}"`. {by_hand(name, root)} Then pass the folder '
        "above: DATA=dir with make, --data dir with the script."
    )


def by_hand(name, root):
    """Return the sentences that say which files of data set `name` to put where under `root`."""
    source = read_sources()[name]
    ways = []
    if "archive" in source:
        archive = source["archive"]
        ways.append(
            f"put {archive['name']} from {' or '.join(archive['addresses'])} into {root} and run "
            f'`make data SET={name} DATA="{root}"`, which unpacks it'
        )
    if "addresses" in source:
        names = ", ".join(file["name"] for file in source["files"])
        ways.append(f"put {names} from {' or '.join(source['addresses'])} into {Path(root) / source['folder']}")
    return f"By hand: {'; or '.join(ways)}."
