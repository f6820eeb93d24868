"""Read what `make sweep` left: the results of a chapter over many seeds, with the profile's settings and with others.

They lie in build/sweep/<profile>/<chapter>/seedNN. Those with other settings lie in
build/sweep/<profile>/variants/<chapter>/<settings>/seedNN.
"""

import json
import math
import re
from collections import Counter
from dataclasses import dataclass, field

from common.judging.chapter import Chapter, chapters_with
from common.judging.numbers import is_number, is_numeric, written
from common.judging.result import read_curves, read_result
from common.judging.settings import settings_words
from common.language import N_, _, ngettext
from common.paths import BUILD

OTHER_SETTINGS = N_("of other settings than most results beside it")
OTHER_DATA = N_("of other data than most results beside it")


@dataclass(frozen=True)
class Sample:
    """A Sample is what one chapter gave with one choice of settings, over the seeds.

    `changed` has the settings that are not the profile's own; {} means that all are. `results` maps each seed to its
    result, a dict, in the order of the seeds.
    """

    chapter: Chapter
    profile: str
    changed: dict = field(default_factory=dict)
    results: dict = field(default_factory=dict)

    @property
    def label(self):
        """The changed settings as text, such as "learning_rate=0.01, steps=500"; "" for the profile's own."""
        return ", ".join(settings_words(self.changed))

    def values(self, metric):
        """Return the values of `metric` as {seed: number}. A seed without a finite number is left out."""
        found = {seed: result["metrics"].get(metric) for seed, result in self.results.items()}
        return {seed: value for seed, value in found.items() if is_number(value) and math.isfinite(value)}

    def curves(self, name):
        """Return the curve `name` of each seed that has it as {seed: [(step, value), ...]}."""
        found = {seed: read_curves(result).get(name) for seed, result in self.results.items()}
        return {seed: points for seed, points in found.items() if points}

    def metrics(self):
        """Return the metrics of the first seed as a dict. It is empty without a seed."""
        return next((result["metrics"] for result in self.results.values()), {})


def read_sweep(profile, build=BUILD, names=None):
    """Return the list of Samples of `profile` in the folder `build`, and sentences on what was left out.

    Each chapter's Sample with the profile's own settings comes first. `names`, such as ["ch01"], chooses chapters. A
    broken result is left out. So is one of other data or other settings than most beside it.
    """
    samples, left_out = [], []
    sweep = build / "sweep" / profile
    for chapter in chapters_with(profile, names):
        variants = sorted(path for path in (sweep / "variants" / chapter.name).glob("*") if path.is_dir())
        for folder in [sweep / chapter.name, *variants]:
            found, complaints = _read_folder(chapter, profile, folder, own=folder not in variants)
            left_out += _sentences(complaints, folder.relative_to(build.parent).as_posix())
            samples += [found] if found.results else []
    return samples, left_out


def _read_folder(chapter, profile, folder, own):
    """Return the Sample of the seeds in `folder`, and a list of (seed, why) of what is left out."""
    results, complaints = {}, []
    for path in sorted(folder.glob("seed*/result.json")):
        seed = re.fullmatch(r"seed(\d+)", path.parent.name)
        if not seed:
            continue
        result, changed, complaint = _read(chapter, profile, path, own)
        if not complaint and result.get("seed") != int(seed[1]):
            complaint = _("holds seed {seed}").format(seed=written(result.get("seed")))
        if complaint:
            complaints.append((int(seed[1]), complaint))
        else:
            results[int(seed[1])] = (result, changed)
    for complaint, kind in ((OTHER_SETTINGS, lambda one: one[1]), (OTHER_DATA, lambda one: _hashes(one[0]))):
        # What most of them have is what belongs here. As text it can be counted.
        texts = {seed: json.dumps(kind(one), sort_keys=True) for seed, one in results.items()}
        usual = Counter(texts.values()).most_common(1)[0][0] if texts else ""
        others = [seed for seed in results if texts[seed] != usual]
        complaints += [(seed, _(complaint)) for seed in others]
        results = {seed: one for seed, one in results.items() if seed not in others}
    changed = next((changed for _result, changed in results.values()), {})
    in_order = {seed: results[seed][0] for seed in sorted(results)}
    return Sample(chapter.with_settings(**changed), profile, changed, in_order), complaints


def _sentences(complaints, folder):
    """Return a sentence for each reason of `complaints`, a list of (seed, why), with all seeds that have it."""
    seeds = {}
    for seed, why in complaints:
        seeds.setdefault(why, []).append(str(seed))
    return [
        ngettext("{folder}, seed {seeds}: {why}", "{folder}, seeds {seeds}: {why}", len(of)).format(
            folder=folder, seeds=" ".join(of), why=why
        )
        for why, of in seeds.items()
    ]


def _read(chapter, profile, path, own):
    """Return the result at `path`, the settings in it that are not the profile's own, and a complaint or ""."""
    result, complaints = read_result(chapter, profile, path)
    if own or not result:
        return result, {}, complaints[0] if complaints else ""
    usual, found = chapter.settings(profile), result.get("settings")
    found = found if isinstance(found, dict) else {}
    changed = {name: found[name] for name in usual if is_numeric(found.get(name)) and found[name] != usual[name]}
    _other, complaints = read_result(chapter.with_settings(**changed), profile, path)
    if not changed:
        complaints.append(_("has the profile's own settings"))
    return result, changed, complaints[0] if complaints else ""


def _hashes(result):
    data = result.get("data")
    return data.get("sha256") if isinstance(data, dict) else None
