"""Find the results of a chapter with other settings than those of a profile."""

from common.judging.result import finished, read_result
from common.judging.settings import settings_words
from common.paths import BUILD, variant_folder


def find_variants(chapter, profile, build=BUILD):
    """Return the whole results of `chapter` under `profile` with other settings, in the folder `build`.

    They are a list of dicts, sorted by name: `name` (such as "learning_rate=0.01 steps=500"), `metrics` and `time`.
    What lies there and is no such result is left out.
    """
    found = []
    for path in sorted(variant_folder(profile, chapter.name, build=build).glob("*/")):
        metrics, name = _read(chapter, profile, path / "result.json")
        if name:
            found.append({"name": name, "metrics": metrics, "time": finished(path / "result.json")})
    return sorted(found, key=lambda variant: variant["name"])


def _read(chapter, profile, path):
    """Return the metrics of the result at `path` and its settings as a text. The text is empty for another result."""
    result, _ = read_result(chapter, profile, path)
    own, changed = chapter.settings(profile), result.get("changed")
    if not isinstance(changed, dict) or not changed.keys() <= own.keys():
        return {}, ""
    if any(type(value) is not type(own[name]) for name, value in changed.items()):
        return {}, ""
    result, complaints = read_result(chapter.with_settings(**changed), profile, path)
    return ({}, "") if complaints else (result["metrics"], " ".join(settings_words(changed)))
