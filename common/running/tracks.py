"""Find the tracks of a collection of music: one folder a genre, one WAV file a track."""

from pathlib import Path

from common.errors import ReplayError
from common.running.screen import say
from common.running.searching import Seen, left_by_systems

# GTZAN's other genres, and the list of all its files. The listing names its four genres.
PASSED_OVER = ("blues", "country", "disco", "hiphop", "reggae", "rock", "input.mf")


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
                f"{folder}: expected only the folders {', '.join(sorted(genres))} here. The listing would make metal "
                "of anything else: move it elsewhere."
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
                f"{directory / genre}: no tracks of {genre} here: expected .wav files. "
                "data/README.md tells how to get them."
            )
    if passed_over:
        names = ", ".join(passed_over[:8])
        more = f" and {len(passed_over) - 8} more" if len(passed_over) > 8 else ""
        say(f"{directory}: passed over: {names}{more}. The listing reads {', '.join(sorted(genres))}.")
    return dict(sorted(tracks.items()))


def _add(tracks, path):
    """Add the track at `path` to `tracks`, or raise ReplayError when it is none."""
    folder = path.parent
    if path.suffix.lower() != ".wav" or not path.is_file():
        hint = (
            f' It is Sun audio: `make data SET=gtzan DATA="{folder.parent.parent}"` converts GTZAN\'s own .au files.'
            if path.suffix.lower() == ".au"
            else ""
        )
        raise ReplayError(f"{path}: expected only .wav files here. Move it elsewhere.{hint}")
    name = official_name(path)
    if name in tracks:
        raise ReplayError(f"{path}: expected each track once, found {tracks[name].name} beside it. Remove one of them.")
    tracks[name] = path


def official_name(path):
    """Return the name of a track relative to the set's folder, with the ending that the listing reads."""
    return f"{path.parent.name}/{path.stem}.wav"


def _visible(directory):
    try:
        return sorted(path for path in directory.iterdir() if not left_by_systems(path.name))
    except OSError as error:
        raise ReplayError(
            f"{directory}: cannot be read: {error.strerror or error}. Expected a folder with the tracks: "
            "data/README.md tells how to get them."
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
    for path, _ in Seen(root).files:
        if path.parent.name in genres and path.suffix.lower() == ending:
            found.setdefault(path.parent.parent, set()).add(path.parent.name)
    enough = min(2, len(genres))
    best = max(found, key=lambda folder: len(found[folder]), default=None)
    return best if best is not None and len(found[best]) >= enough else None
