"""Name one run of a sweep, and make the list of those that a sweep has."""

import functools
import itertools
from dataclasses import dataclass, field
from pathlib import Path

from common.errors import ReplayError
from common.judging.chapter import all_chapters
from common.judging.settings import read_settings, settings_words, variant_name
from common.language import _
from common.paths import BUILD


@functools.cache
def chapters():
    """Return all Chapters as a dict by their names, in the book's order. It raises ReplayError as Chapter does."""
    return {chapter.name: chapter for chapter in all_chapters()}


@dataclass(eq=False)
class Task:
    """A Task is one run. `changed` is a dict of the settings that differ from the profile's own."""

    chapter: str
    profile: str
    seed: int
    threads: int
    changed: dict = field(default_factory=dict)

    @property
    def book(self):
        """The Chapter of this run, with its settings."""
        return chapters()[self.chapter].with_settings(**self.changed)

    @property
    def kind(self):
        """What the runs with other seeds have in common with this one, as text: "ch01 learning_rate=0.01"."""
        return " ".join([self.chapter, *settings_words(self.changed)])

    @property
    def memory(self):
        """How many bytes the run takes at its most. It is 0 where nobody measured it."""
        return chapters()[self.chapter].memory(self.profile) or 0

    @property
    def data(self):
        """The data set that the run reads, as a tuple: its name, and whether it is the real one. Else it is None."""
        book = chapters()[self.chapter]
        return (book.data, book.data_kind(self.profile) == "real") if book.data else None

    def __str__(self):
        name = _("{chapter} seed {seed}").format(chapter=self.chapter, seed=self.seed)
        return " ".join([name, *settings_words(self.changed)])

    def folder(self, build=BUILD):
        """Return the folder of the run's result, below the folder `build`."""
        top = Path(build) / "sweep" / self.profile
        kind = Path("variants", self.chapter, variant_name(self.changed)) if self.changed else Path(self.chapter)
        return top / kind / f"seed{self.seed:02d}"

    def words(self, data, build=BUILD):
        """Return what `python -m` takes for this run: the module and its command line, with the folder `data`."""
        words = [chapters()[self.chapter].module(self.profile), "--profile", self.profile]
        words += ["--seed", str(self.seed), "--threads", str(self.threads), "--out", str(self.folder(build))]
        words += [part for word in settings_words(self.changed) for part in ("--with", word)]
        return [*words, *(["--data", data] if data and self.data and self.data[1] else [])]


def all_tasks(names, profile, seeds, threads, words=()):
    """Return the Tasks of a sweep: each chapter of `names`, with each combination of settings and each seed.

    Without names these are all chapters that have the profile. `seeds` is how many, from 1 on. `words` are texts such
    as "steps=500,1000". It raises ReplayError for a chapter that lacks the profile or a setting.
    """
    unknown = [name for name in names if name not in chapters()]
    if unknown:
        raise ReplayError(
            _("There is no chapter {name!r}: choose from {names}.").format(name=unknown[0], names=", ".join(chapters()))
        )
    names = dict.fromkeys(names) or [name for name, book in chapters().items() if profile in book.profiles()]
    return [
        Task(name, profile, seed, threads, changed)
        for name in names
        for changed in _combinations(chapters()[name], profile, words)
        for seed in range(1, seeds + 1)
    ]


def _combinations(book, profile, words):
    """Return the settings of each combination of the lists in `words`, a list of different dicts."""
    lists = []
    for word in words:
        name, equals, text = word.partition("=")
        lists.append([f"{name}{equals}{value}" for value in text.split(",")])
    found = [read_settings(book, profile, combination) for combination in itertools.product(*lists)]
    return list({variant_name(changed): changed for changed in found}.values())
