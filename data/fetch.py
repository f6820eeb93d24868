"""Fetch the real data: `python -m data.fetch mnist`, or cifar10, ptb, gtzan or all."""

import sys
from pathlib import Path

from common.errors import ReplayError, command, disk_errors, with_given
from common.files import with_home
from common.genres import read_music
from common.language import N_, _, argument_parser
from common.running.screen import bar, say
from common.running.searching import left_by_systems
from common.running.sources import by_hand, is_official, locate, read_sources, title_of, track_names
from common.running.tracks import list_sounds, music_folder, official_name
from data import au
from data.archive import place, unpacked
from data.download import fetch_file, locked

# `make clean` empties build/, but the real data may take an hour to fetch.
ROOT = Path(__file__).resolve().parent / "real"


def fetch(name, root):
    """Bring data set `name` of `data/sources.toml` into the folder `root`, unless it is there and whole.

    It raises ReplayError when no address gives it. The message has the reason of each address and the way to do it by
    hand. It raises ReplayError too when an archive or a track is refused or the disk is full. What is finished is kept.
    """
    source = read_sources()[name]
    root = Path(with_home(root)).absolute()
    folder = root / source["folder"]
    found = _complete(name, source, root)
    if not found:
        archive = source.get("archive", {})
        with disk_errors(root), locked(root / archive.get("name", source["folder"])):
            if "tracks" in source:
                # The tracks of the archive may have been unpacked by hand, one folder deeper.
                _convert_tracks(music_folder(folder, root, source["tracks"]["genres"], ".au") or folder)
            # Another process may have fetched it while this one waited for the lock.
            found = _complete(name, source, root)
            if not found:
                _bring(name, source, root)
    say(
        _("{title}: complete in {folder}. Licence: {licence}.").format(
            title=title_of(source), folder=found or folder, licence=source["licence"]
        )
    )


def _bring(name, source, root):
    """Fetch the single files, or the archive. Where both are known, the files are smaller: they come first.

    An archive that was put there by hand needs no network.
    """
    ways = {N_("single files"): _from_files} if "addresses" in source else {}
    if "archive" in source:
        by_name = {N_("archive"): _from_archive}
        ways = {**by_name, **ways} if (root / source["archive"]["name"]).exists() else {**ways, **by_name}
    failures = []
    for what, way in ways.items():
        try:
            way(name, source, root)
            return
        except ReplayError as error:
            failures.append(str(error))
            if len(failures) < len(ways):
                say(
                    _("{title}: no {what} to be had. The other way is tried.").format(
                        title=title_of(source), what=_(what)
                    )
                )
    raise ReplayError("\n".join([*failures, by_hand(name, root)]))


def _from_files(name, source, root):
    addresses = list(source["addresses"])
    for file in source["files"]:
        path = root / source["folder"] / file["name"]
        if is_official(path, file):
            continue
        answered = fetch_file(
            path,
            [address + file["name"] for address in addresses],
            size=file["bytes"],
            sha256=file["sha256"],
            by_hand="",  # it stands at the end of all ways
        )
        # Otherwise a dead address would cost its timeout for every file.
        addresses.sort(key=lambda address: address + file["name"] != answered)


def _from_archive(name, source, root):
    archive = source["archive"]
    path = root / archive["name"]
    inside, at_most = archive["folder"], archive["unpacked_at_most"]
    names = [file["name"] for file in source.get("files", ())] or _au_names(source)

    def unpack(file):
        return unpacked(file, root, at_most, {f"{inside}/{member}" for member in names}.__contains__)

    def check(file):
        # The hash of the archive is not known, so its files decide whether it is the right one.
        with unpack(file) as folder:
            _verify(file, source, folder / inside)

    fetch_file(
        path,
        archive["addresses"],
        size=archive.get("bytes"),
        sha256=archive.get("sha256"),
        at_most=at_most,
        check=None if "sha256" in archive else check,
        by_hand="",
    )
    with unpack(path) as folder:
        _verify(path, source, folder / inside)
        if "tracks" in source:
            _convert_tracks(folder / inside, remove=True)
        place(folder / inside, root / source["folder"])


def _verify(archive, source, folder):
    """Raise ReplayError unless `folder`, unpacked from `archive`, holds what belongs to `source`."""
    for file in source.get("files", ()):
        if not is_official(folder / file["name"], file):
            raise ReplayError(
                _("{archive}: expected the official {name} in it, found none or another. Fetch it again.").format(
                    archive=archive, name=file["name"]
                )
            )
    for track in _au_names(source) if "tracks" in source else ():
        if not (folder / track).is_file():
            raise ReplayError(
                _("{archive}: expected the track {track} in it, found none. Fetch it again.").format(
                    archive=archive, track=track
                )
            )


def _au_names(source):
    return [str(Path(track).with_suffix(".au").as_posix()) for track in track_names(source)]


def _convert_tracks(folder, remove=False):
    """Convert every .au under `folder` whose WAV is not there yet.

    With `remove`, the .au are removed, and a refused track raises ReplayError. The archive's tracks are converted so.
    """
    tracks = sorted(folder.glob("*/*.au"))
    with bar(_("to WAV"), len(tracks), _("track")) as shown:
        for track in tracks:
            _convert_track(track, remove)
            shown.update()


def _convert_track(track, remove):
    """Do what `_convert_tracks` does, for one track."""
    if left_by_systems(track.name):
        return
    if _fault(track.with_suffix(".wav")):
        try:
            au.convert(track, track.with_suffix(".wav"))
            read_music(track.with_suffix(".wav"))
        except ReplayError as error:
            if remove:
                raise
            say(_("{error} The archive's track takes its place.").format(error=error))
    if remove:
        track.unlink()


def _fault(path):
    """Return why the chapter would refuse the track at `path`, or None. The chapter asks the same function."""
    try:
        read_music(path)
    except ReplayError as error:
        return error
    return None


def _complete(name, source, root):
    """Return the folder in which the whole set lies, in its place or near it, or None."""
    if "tracks" not in source:
        try:
            return locate(name, root, real=True)[0]
        except ReplayError:
            return None
    genres = source["tracks"]["genres"]
    folder = music_folder(root / source["folder"], root, genres) or root / source["folder"]
    faults = {official_name(path): _fault(path) for path in list_sounds(folder, genres)}
    for fault in filter(None, faults.values()):
        say(_("{fault} The archive's track takes its place.").format(fault=fault))
    return folder if all(faults.get(name, "missing") is None for name in track_names(source)) else None


@command
def main(arguments=None):
    """Run the command line and return the exit status."""
    parser = argument_parser(prog="python -m data.fetch", description=_("Fetch the real data."))
    names = tuple(read_sources())
    parser.add_argument("set", choices=(*names, "all"), help=_("which data set"))
    parser.add_argument(
        "--data", metavar="DIR", default=str(ROOT), help=_("the folder that takes it (default: data/real)")
    )
    options = parser.parse_args(with_given(arguments, "data", positional="set"))
    failures = []
    try:
        for name in names if options.set == "all" else (options.set,):
            try:
                fetch(name, options.data)
            except ReplayError as error:
                failures.append(name)
                say(_("{name} is not there: {error}").format(name=name, error=error))
    except KeyboardInterrupt:
        say(_("Interrupted. What was fetched is kept. The same command goes on from there."))
        return 130
    if failures:
        say(
            _(
                "Not there: {names}. What was fetched is kept. When the network is back, start the same again. Or put "
                "the files there by hand, as the lines above say."
            ).format(names=", ".join(failures))
        )
        return 1
    say(_('Next: make printed DATA="{folder}"').format(folder=options.data))
    return 0


if __name__ == "__main__":
    sys.exit(main())
