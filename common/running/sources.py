"""Find the official files of a data set. `data/sources.toml` says which these are, and where they come from."""

import tomllib
from pathlib import Path

from common.errors import ReplayError, reason
from common.files import read_regular, sha256
from common.formats.wav import find_samples
from common.language import _
from common.paths import ROOT
from common.running import others
from common.running.found import Found
from common.running.official import examine, is_official, names_of
from common.running.screen import say
from common.running.searching import Seen
from common.running.tracks import find_tracks, list_sounds, music_folder, official_name

SOURCES = ROOT / "data" / "sources.toml"

__all__ = ["by_hand", "how_to_get", "is_official", "locate", "read_sources", "title_of", "track_names"]


def read_sources():
    """Return the data sets of `data/sources.toml` as a dict of dicts."""
    return tomllib.loads(SOURCES.read_text(encoding="utf-8"))


def title_of(source):
    """Return the title of `source`, an entry of sources.toml, in the language of the messages."""
    title = source["title"]
    return _(title)


def locate(name, root, real):
    """Return data set `name` under `root` as a Found, and a dict of official names to SHA-256.

    With `real` each file must be the official one, packed or unpacked. Where it is not in its place, it is looked for
    below `root`, four folders deep. It is known by its SHA-256. A line on standard error says what was taken instead.
    Most music tracks have no known hash: those are taken as they are. The tracks with a known hash must be among them.

    It raises ReplayError for a file that is missing, or with `real` a different one. The message says what lies there
    instead and how to get the right one.
    """
    source, root = read_sources()[name], Path(root)
    directory = root / source["folder"]
    if "tracks" in source:
        tracks = _official_tracks(name, source, root) if real else _built_in_tracks(source, directory)
        folder = next(iter(tracks.values())).parent.parent
        hashes = {official: sha256(read_regular(path)) for official, path in tracks.items()}
        return Found(directory.name, folder, tracks), hashes
    files, hashes = {}, {}
    for file, (path, digest) in zip(
        source["files"],
        _official_files(name, source, root) if real else _built_in_files(source, directory),
        strict=True,
    ):
        packed, unpacked = names_of(file)
        files[packed] = files[unpacked] = path
        hashes[unpacked if digest == file.get("content_sha256") or path.name == unpacked else packed] = digest
    folders = {path.parent for path in files.values()}
    return Found(directory.name, folders.pop() if len(folders) == 1 else directory, files), hashes


def _built_in_files(source, directory):
    """Yield (path, SHA-256) for each file of a built-in set. It raises ReplayError for a missing one."""
    for file in source["files"]:
        packed, unpacked = (directory / name for name in names_of(file))
        path = packed if packed.is_file() or not unpacked.is_file() else unpacked
        _check_built_in(path, directory)
        yield path, sha256(read_regular(path))


def _built_in_tracks(source, directory):
    """Return the tracks of a built-in set as `find_tracks` does. It raises ReplayError for a missing one."""
    for official in source["tracks"].get("samples", track_names(source)[:1]):
        _check_built_in(directory / official, directory)
    return find_tracks(directory, source["tracks"]["genres"])


def _check_built_in(path, directory):
    if not path.is_file():
        raise ReplayError(
            _(
                "{path}: this file of the built-in data is not there. Remove the folder {directory}, if "
                "there is one, and run `make builtin-data`."
            ).format(path=path, directory=directory)
        )


def _official_files(name, source, root):
    """Return a list of (path, SHA-256) for the official files, and say which are not in their places."""
    directory, seen, places = root / source["folder"], None, []
    for file in source["files"]:
        place = _first_official((directory / official for official in dict.fromkeys(names_of(file))), file)
        if place is None:
            seen = seen or Seen(root)
            place = _first_official(_likely(seen, file), file)
        if place is None:
            complaint = _complaint(directory, source, file)
            seen_instead = others.describe_seen(seen, source, file, complaint)
            raise ReplayError(f"{complaint} {seen_instead}{how_to_get(name, root)}")
        places.append(place)
    _say_what_was_taken(source, directory, places)
    return places


def _first_official(paths, file):
    """Return (path, SHA-256) of the first of `paths` that is the official `file`, or None."""
    for path in paths:
        try:
            digest, official = examine(path, file)
        except OSError:
            continue
        if official:
            return path, digest
    return None


def _likely(seen, file):
    """Return the paths in `seen` that may be `file`. Those with its names come before those of its size."""
    names = {*names_of(file), *file.get("also", ())}
    sizes = {file["bytes"], file.get("content_bytes")}
    named = [path for path, _ in seen.files if path.name.lower() in names]
    return named + [path for path, size in seen.files if size in sizes and path not in named]


def _complaint(directory, source, file):
    """Return the sentences that say what is wrong with `file` in its own folder."""
    paths = [directory / official for official in names_of(file)]
    path = next((path for path in paths if path.exists()), paths[0])
    try:
        size = path.stat().st_size
        digest, _official = examine(path, file)
    except OSError as error:
        return _needed(path, source, reason(error))
    what = others.describe(path, size, source, file)
    message = (
        _(
            "{path}: not the official file of {title}: expected {expected} bytes with SHA-256 {sha256}, found {size} "
            "bytes with {digest}."
        )
        if digest
        else _(
            "{path}: not the official file of {title}: expected {expected} bytes with SHA-256 {sha256}, found {size} "
            "bytes."
        )
    ).format(
        path=path,
        title=title_of(source),
        expected=file["bytes"],
        sha256=file["sha256"],
        size=size,
        digest=digest,
    )
    return f"{message} {what}" if what else message


def _needed(path, source, why):
    """Return the sentence that says that the file at `path` is missing, or cannot be read: `why`."""
    return _("{path}: the real data of {title} is needed here, and this file cannot be read ({reason}).").format(
        path=path, title=title_of(source), reason=why
    )


def _say_what_was_taken(source, directory, places):
    """Say on standard error which of the files at `places`, (path, SHA-256), are not the usual ones."""
    taken = {}
    for file, (path, digest) in zip(source["files"], places, strict=True):
        packed, unpacked = names_of(file)
        usual = path.parent == directory
        if path.name not in (packed, unpacked):
            what = _("{found} (for {packed})").format(found=path.name, packed=packed)
        elif path.name == packed and digest == file.get("content_sha256"):
            what = _("{packed} (unpacked, though its name says gzip)").format(packed=packed)
        elif usual and path.name != packed and (directory / packed).exists():
            what = _("{unpacked} ({packed} beside it is another file)").format(unpacked=unpacked, packed=packed)
        elif usual:
            continue
        else:
            what = path.name
        taken.setdefault(path.parent, []).append(what)
    for folder, what in taken.items():
        message = (
            _("{title}: taken from {folder}, known by SHA-256: {files}.")
            if folder == directory
            else _("{title}: taken from {folder}, not in {usual}, known by SHA-256: {files}.")
        )
        say(message.format(title=title_of(source), folder=folder, usual=directory, files=", ".join(what)))


def _official_tracks(name, source, root):
    """Return the tracks as `find_tracks` does. Those with a known hash are there, under their names."""
    directory, genres = root / source["folder"], source["tracks"]["genres"]
    folder = music_folder(directory, root, genres)
    if folder is None:
        raise _no_tracks(name, source, root)
    tracks = find_tracks(folder, genres, alone=folder != root)
    renamed = {}
    for official, known in source["tracks"].get("samples", {}).items():
        if official not in tracks:
            renamed = renamed or _by_samples(tracks, source)
            if known not in renamed:
                missing = _needed(folder / official, source, _("No such file or directory"))
                raise ReplayError(f"{missing} {how_to_get(name, root)}")
            say(
                _("{path}: taken as {official}, known by the SHA-256 of its samples.").format(
                    path=renamed[known], official=official
                )
            )
            del tracks[official_name(renamed[known])]
            tracks[official] = renamed[known]
        elif _samples_sha256(tracks[official]) != known:
            raise ReplayError(
                _(
                    "{path}: not the official file of {title}: expected samples with SHA-256 {known}, found "
                    "other samples. {how}"
                ).format(path=tracks[official], title=title_of(source), known=known, how=how_to_get(name, root))
            )
    if folder != directory:
        say(
            _("{title}: taken from {folder}, not from {directory}. The known tracks have the right samples.").format(
                title=title_of(source), folder=folder, directory=directory
            )
        )
    return dict(sorted(tracks.items()))


def _samples_sha256(path):
    """Return the SHA-256 of the samples alone, because converters write different headers."""
    start, length = find_samples(path)
    return sha256(read_regular(path)[start : start + length])


def _by_samples(tracks, source):
    """Return the paths of the tracks without a known name, a dict by the SHA-256 of their samples."""
    found = {}
    for official, path in tracks.items():
        if official not in source["tracks"]["samples"]:
            try:
                found[_samples_sha256(path)] = path
            except ReplayError:  # the chapter says what is wrong with it
                continue
    return found


def _no_tracks(name, source, root):
    """Return the ReplayError for a set of music that is nowhere below `root`."""
    directory, genres = root / source["folder"], source["tracks"]["genres"]
    sun_audio = music_folder(directory, root, genres, ".au")
    seen = Seen(root)
    found = (
        _(
            "{path} lies there: it is Sun audio, as in GTZAN's own archive. The chapters read WAV: "
            '`make data SET={name} DATA="{root}"` converts it. '
        ).format(path=list_sounds(sun_audio, genres, ".au")[0], name=name, root=root)
        if sun_audio
        else others.describe_seen(seen, source)
    )
    missing = _needed(directory / track_names(source)[0], source, _("No such file or directory"))
    return ReplayError(f"{missing} {found}{how_to_get(name, root)}")


def track_names(source):
    """Return the names of all tracks of a set of music as WAV files, relative to its folder."""
    tracks = source["tracks"]
    return [f"{genre}/{genre}.{number:05d}.wav" for genre in tracks["genres"] for number in range(tracks["each"])]


def how_to_get(name, root):
    """Return the sentences that say how data set `name` comes into `root`: by command, and by hand."""
    return _(
        'Fetch it with `make data SET={name} DATA="{root}"`. {by_hand} Then pass the folder above: '
        "DATA=dir with make, --data dir with the script."
    ).format(name=name, root=root, by_hand=by_hand(name, root))


def by_hand(name, root):
    """Return the sentences that say which files of data set `name` to put where under `root`."""
    source = read_sources()[name]
    ways = []
    if "archive" in source:
        archive = source["archive"]
        ways.append(
            _(
                'put {archive} from {addresses} into {root} and run `make data SET={name} DATA="{root}"`, '
                "which unpacks it"
            ).format(archive=archive["name"], addresses=_(" or ").join(archive["addresses"]), root=root, name=name)
        )
    if "addresses" in source:
        names = ", ".join(file["name"] for file in source["files"])
        ways.append(
            _("put {names} from {addresses} into {folder}").format(
                names=names,
                addresses=_(" or ").join(source["addresses"]),
                folder=Path(root) / source["folder"],
            )
        )
    return _("By hand: {ways}.").format(ways=_("; or ").join(ways))
