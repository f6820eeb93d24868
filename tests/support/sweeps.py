"""What `make sweep` leaves, written by hand: a small chapter, and results of its seeds."""

import json

from common.judging.chapter import Chapter
from tests.support.books import book

CLAIMS = (
    'id = "X1", about = "score", metric = "score", value = 0.95',
    'id = "X2", about = "first", metric = "first", at_least = 1',
    'id = "X3", about = "loss", metric = "loss", value = 3, finding = "E99", reason = "so it is"',
)
PROFILES = """
[profiles.builtin]
settings = { steps = 2 }
[profiles.builtin.thresholds.score]
at_least = 0.5
values = [0.9, 0.8]
[profiles.listed]
same_as = "printed"
[profiles.printed.thresholds.score]
at_least = 0.7
reach = [0.7, 1.0]
values = [0.9, 0.8]
"""


def chapter_of(folder, profiles=PROFILES, claims=CLAIMS):
    """Return the Chapter ch00, whose `book.toml` is written into `folder`. It trains 5 steps at a rate of 0.5."""
    path = folder / "ch00_test" / "book.toml"
    path.parent.mkdir(exist_ok=True)
    text = book(*claims, data="mnist", settings="steps = 5\nrate = 0.5", profiles=profiles)
    path.write_text(text, encoding="utf-8")
    return Chapter(path)


def leave(build, chapter, number, /, under="printed", variant=None, folder=None, **changes):
    """Write the result of the seed `number` under the profile `under`, as a sweep leaves it. Return its path.

    `variant` is the folder's name and the changed settings: ("rate=0.1", {"rate": 0.1}). `changes` replace entries.
    """
    name, changed = variant or ("", {})
    place = ("variants", chapter.name, name) if variant else (chapter.name,)
    path = build.joinpath("sweep", under, *place, folder or f"seed{number:02d}", "result.json")
    result = {
        "chapter": chapter.name,
        "profile": under,
        "seed": number,
        "data": {"kind": chapter.data_kind(under), "sha256": {"a": "00"}},
        "settings": chapter.settings(under) | changed,
        "changed": changed,
        "metrics": {"score": 0.9, "first": 0, "loss": 1.0},
        "curves": {"train_loss": [[0, 2.0], [10, 1.0]]},
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(result | changes), encoding="utf-8")
    return path
