"""Find the tracks of a collection of music: one folder a genre, one WAV file a track."""

from pathlib import Path

from common.errors import ReplayError, reason
from common.language import _
from common.running.screen import say
from common.running.searching import Seen, left_by_systems

# GTZAN's other genres, and the list of all its files. The listing names its four genres.
PASSED_OVER = ("blues", "country", "disco", "hiphop", "reggae", "rock", "input.mf")
NAMED = 8  # of those that are passed over


def find_tracks(directory, genres, alone=True):
    """Return the tracks in `directory` as a dict of official names, such as jazz/jazz.00000.wav, to paths.

    Genres and files are in sorted order. The ending may be written in capitals. Files that systems leave are passed
    over. So are GTZAN's other genres, its list, and .au files beside their WAV. A line on standard error names those.
    Tracks that are not `alone` lie among other sets. Then all beside the genres is passed over.

    It raises ReplayError when a genre is missing or empty, or when anything else lies there. The listing would have
    called that metal.
    """
    directory = Path(directory)
    tracks, passed_over = {}, []
    for folder in _visible(directory):
        if folder.name in PASSED_OVER or (folder.name not in genres and not alone):
            passed_over.append(folder.name)
            continue
        if folder.name not in genres or not folder.is_dir():
            raise ReplayError(
                _(
                    "{folder}: expected only the folders {genres} here. The listing would make metal of "
                    "anything else: move it elsewhere."
                ).format(folder=folder, genres=", ".join(sorted(genres)))
            )
        names = {path.name.lower() for path in _visible(folder)}
        for path in _visible(folder):
            if path.suffix.lower() == ".au" and f"{path.stem.lower()}.wav" in names:
                passed_over.append(f"{folder.name}/{path.name}")
            else:
                _add(tracks, path)
    for genre in sorted(genres):
        if not any(name.startswith(f"{genre}/") for name in tracks):
            raise ReplayError(
                _(
                    "{path}: no tracks of {genre} here: expected .wav files. data/README.md tells how to get them."
                ).format(path=directory / genre, genre=genre)
            )
    if passed_over:
        message = (
            _("{directory}: passed over: {names} and {more} more. The listing reads {genres}.")
            if len(passed_over) > NAMED
            else _("{directory}: passed over: {names}. The listing reads {genres}.")
        )
        names, more = ", ".join(passed_over[:NAMED]), len(passed_over) - NAMED
        say(message.format(directory=directory, names=names, more=more, genres=", ".join(sorted(genres))))
    return dict(sorted(tracks.items()))


def _add(tracks, path):
    """Add the track at `path` to `tracks`, or raise ReplayError when it is none."""
    folder = path.parent
    if path.suffix.lower() != ".wav" or not path.is_file():
        hint = (
            _(' It is Sun audio: `make data SET=gtzan DATA="{folder}"` converts GTZAN\'s own .au files.').format(
                folder=folder.parent.parent
            )
            if path.suffix.lower() == ".au"
            else ""
        )
        raise ReplayError(
            _("{path}: expected only .wav files here. Move it elsewhere.{hint}").format(path=path, hint=hint)
        )
    name = official_name(path)
    if name in tracks:
        raise ReplayError(
            _("{path}: expected each track once, found {found} beside it. Remove one of them.").format(
                path=path, found=tracks[name].name
            )
        )
    tracks[name] = path


def official_name(path):
    """Return the name of a track relative to the set's folder, with the ending that the listing reads."""
    return f"{path.parent.name}/{path.stem}.wav"


def _visible(directory):
    try:
        return sorted(path for path in directory.iterdir() if not left_by_systems(path.name))
    except OSError as error:
        raise ReplayError(
            _(
                "{directory}: cannot be read: {reason}. Expected a folder with the tracks: data/README.md "
                "tells how to get them."
            ).format(directory=directory, reason=reason(error))
        ) from error


def list_sounds(directory, genres, ending=".wav"):
    """Return the files with `ending` in the genres' folders of `directory`. A folder that is not there gives none."""
    found = []
    for genre in sorted(genres):
        folder = Path(directory) / genre
        if folder.is_dir():
            found += [path for path in _visible(folder) if path.suffix.lower() == ending]
    return found


def music_folder(directory, root, genres, ending=".wav"):
    """Return the folder with the genres' folders: `directory`, else the first with most genres that is below `root`.

    In such a folder files with `ending` lie in two of the genres' folders, or in all. Without one it returns None.
    """
    if list_sounds(directory, genres, ending):
        return directory
    found = {}
    for path, _size in Seen(root).files:
        if path.parent.name in genres and path.suffix.lower() == ending:
            found.setdefault(path.parent.parent, set()).add(path.parent.name)
    enough = min(2, len(genres))
    best = max(found, key=lambda folder: len(found[folder]), default=None)
    return best if best is not None and len(found[best]) >= enough else None
