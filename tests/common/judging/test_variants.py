"""Results with other settings: which of them count, and what takes the place of what."""

import json

from common.judging.chapter import Chapter
from common.judging.result import read_result
from common.judging.variants import find_variants
from common.paths import variant_folder
from tests.support.books import book

PROFILES = "[profiles.builtin]\nthresholds = { score = { at_least = 0.5 } }"


def leave(build, chapter, settings, name, **changes):
    """Write the result of a run with other `settings` into the variant's folder `name`."""
    other = chapter.with_settings(**settings)
    result = {
        "chapter": "ch00",
        "profile": "builtin",
        "data": {"kind": "none"},
        "settings": other.settings("builtin"),
        "changed": settings,
        "metrics": {"score": 0.25},
    }
    path = variant_folder("builtin", "ch00", name, build) / "result.json"
    path.parent.mkdir(parents=True)
    path.write_text(json.dumps(result | changes), encoding="utf-8")
    return path


def test_each_whole_result_with_other_settings_is_found(tmp_path):
    (tmp_path / "book.toml").write_text(book(settings="steps = 5\nrate = 0.5", profiles=PROFILES), encoding="utf-8")
    chapter = Chapter(tmp_path / "book.toml")
    assert find_variants(chapter, "builtin", tmp_path) == []
    leave(tmp_path, chapter, {"steps": 7}, "steps=7")
    path = leave(tmp_path, chapter, {"rate": 0.1, "steps": 9}, "rate=0.1,steps=9")
    leave(tmp_path, chapter, {"steps": 8}, "another profile", profile="printed")
    leave(tmp_path, chapter, {"steps": 8}, "no metrics", metrics=[])
    leave(tmp_path, chapter, {"steps": 8}, "no dict", changed=[3])
    leave(tmp_path, chapter, {"steps": 8}, "another name", changed={"setps": 3})
    leave(tmp_path, chapter, {"steps": 8}, "another type", changed={"steps": "8"})
    leave(tmp_path, chapter, {}, "nothing changed")
    leave(tmp_path, chapter, {"steps": 8}, "damage").write_text("{", encoding="utf-8")
    (tmp_path / "builtin" / "variants" / "ch00" / "empty").mkdir()
    found = find_variants(chapter, "builtin", tmp_path)
    assert [variant["name"] for variant in found] == ["rate=0.1 steps=9", "steps=7"]
    assert found[0]["metrics"] == {"score": 0.25} and len(found[0]["time"]) == 16
    _, complaints = read_result(chapter, "builtin", path)
    assert complaints == [
        "made with other settings: rate 0.1, expected 0.5",
        "made with other settings: steps 9, expected 5",
    ]
