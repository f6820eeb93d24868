"""Read what one `book.toml` says: a chapter's settings, the claims of the book, and the thresholds."""

import copy
import math
import tomllib
from pathlib import Path

from common.errors import ReplayError, reason
from common.files import read_regular
from common.judging import entries
from common.judging.threshold import Threshold
from common.language import _
from common.paths import ROOT

PROFILES = ("builtin", "listed", "printed", "repaired")
REPAIRED = "repaired"  # its script is repaired.py, so it may have settings that [settings] does not have


class Chapter:
    """A Chapter is what one `book.toml` says.

    Its attributes are `path`, `name` (such as "ch01"), `title`, `pages`, `printed_output`, `claims` and `data`.
    `claims` is a list of dicts. `data` is the name of the data set, or None. `ranges` is a dict with the limits of
    settings, a dict for each name. Methods give what depends on the profile.

    It raises ReplayError for a file that cannot be read or is not TOML. So it does for a missing or misspelt entry.
    """

    def __init__(self, path):
        self.path = Path(path)
        try:
            entry = tomllib.loads(read_regular(self.path).decode("utf-8"))
        except OSError as error:
            raise ReplayError(
                _("{path}: cannot be read: {reason}.").format(path=self.path, reason=reason(error))
            ) from error
        except (ValueError, RecursionError) as error:  # among them an integer of thousands of digits
            raise ReplayError(_("{path}: not TOML: {error}.").format(path=self.path, error=error)) from error
        try:
            self.name, self.title, self.pages = entry["chapter"], entry["title"], entry["pages"]
            self.data = entry.get("data")
            self.printed_output = entry["printed_output"]
            self.claims = entry["claims"]
            self._settings = entry["settings"]
            self.ranges = entry.get("ranges", {})
            self._profiles = entry["profiles"]
        except KeyError as error:
            raise ReplayError(_("{path}: the entry {name} is missing.").format(path=self.path, name=error)) from error
        entries.check_book(self.path, entry)
        self._changed = {}
        self._check()

    def _check(self):
        """Raise ReplayError for mistakes that would otherwise come to light in the middle of a run."""
        for claim in self.claims:
            self._check_keys(_("the claim {claim}").format(claim=claim.get("id", "")), claim, entries.CLAIM.keys())
            if "id" not in claim:
                raise ReplayError(_("{path}: a claim without `id`: {claim}.").format(path=self.path, claim=claim))
        for profile, content in self._profiles.items():
            self._check_keys(_("profile {profile}").format(profile=profile), content, entries.PROFILE.keys())
            other = content.get("same_as", profile)
            if other not in self._profiles:
                raise ReplayError(
                    _(
                        "{path}: profile {profile} is the same as {other!r}. There is no such profile: expected one of "
                        "{profiles}."
                    ).format(path=self.path, profile=profile, other=other, profiles=", ".join(self._profiles))
                )
            if "same_as" in content and "same_as" in self._profiles.get(other, {}):
                message = _("{path}: profile {profile} is the same as one that is the same as another.")
                raise ReplayError(message.format(path=self.path, profile=profile))
            self._check_profile(profile)

    def _check_profile(self, profile):
        unknown = self.settings(profile).keys() - self._settings.keys()
        absent = {*self._profile(profile).get("without", ())} - self._settings.keys()
        if absent or (unknown and profile != REPAIRED):
            without = _("{path}: profile {profile} is without {settings}, which [settings] does not have.")
            sets = _("{path}: profile {profile} sets {settings}, which [settings] does not have.")
            names = ", ".join(sorted(absent or unknown))
            raise ReplayError((without if absent else sets).format(path=self.path, profile=profile, settings=names))
        try:
            unbound = [bound.metric for bound in self.thresholds(profile) if not math.isfinite(bound.bound)]
        except (TypeError, AttributeError) as error:
            message = _("{path}: a threshold of profile {profile} is not one: {error}.")
            raise ReplayError(message.format(path=self.path, profile=profile, error=error)) from error
        if unbound:
            message = _("{path}: the threshold of {metric}, profile {profile}, has no `at_least` or `at_most`.")
            raise ReplayError(message.format(path=self.path, metric=unbound[0], profile=profile))

    def _check_keys(self, what, content, known):
        unknown = content.keys() - known
        if unknown:
            message = _("{path}: {what} has {unknown}; expected only {known}.")
            unknown, known = ", ".join(sorted(unknown)), ", ".join(sorted(known))
            raise ReplayError(message.format(path=self.path, what=what, unknown=unknown, known=known))

    def _profile(self, name):
        if name not in self._profiles:
            message = _("{chapter} has no profile {profile!r}: choose one of {profiles}.")
            raise ReplayError(message.format(chapter=self.name, profile=name, profiles=", ".join(self._profiles)))
        profile = self._profiles[name]
        return self._profile(profile["same_as"]) if "same_as" in profile else profile

    def resolved(self, profile):
        """Return the profile that `profile` is the same as, which is itself for most."""
        return self._profiles[profile].get("same_as", profile)

    def profiles(self):
        """Return the names of the profiles that this chapter has."""
        return tuple(self._profiles)

    def script(self, profile):
        """Return the path of the script that replays `profile`."""
        return self.path.with_name("repaired.py" if profile == REPAIRED else "replay.py")

    def module(self, profile):
        """Return the name that `python -m` takes for the script of `profile`."""
        return f"chapters.{self.path.parent.name}.{self.script(profile).stem}"

    def settings(self, profile):
        """Return the settings of `profile` as a dict: those of the chapter, with the profile's own on top.

        It raises ReplayError when the chapter does not have the profile.
        """
        return {**self._own_settings(profile), **self.changed(profile)}

    def _own_settings(self, profile):
        content = self._profile(profile)
        settings = {**self._settings, **content.get("settings", {})}
        return {name: value for name, value in settings.items() if name not in content.get("without", ())}

    def changed(self, profile):
        """Return the settings of `with_settings` that differ from the own ones of `profile`, as a dict.

        It is empty for a run of the profile itself.
        """
        own = self._own_settings(profile)
        return {name: value for name, value in self._changed.items() if name in own and value != own[name]}

    def with_settings(self, **settings):
        """Return this chapter with `settings` in place of its own, under every profile that has them.

        Where this changes a setting of a profile, the profile has no thresholds. It raises ReplayError for a name that
        no setting of the chapter has.
        """
        other = copy.copy(self)
        known = {name for profile in self._profiles for name in self.settings(profile)}
        unknown = settings.keys() - known
        if unknown:
            message = _("{chapter} has no setting {names}: choose from {settings}.")
            names, settings = ", ".join(sorted(unknown)), ", ".join(sorted(known))
            raise ReplayError(message.format(chapter=self.name, names=names, settings=settings))
        other._changed = settings
        return other

    def memory(self, profile):
        """Return how many bytes a run of `profile` takes at its most, as measured. Return None where none is stated."""
        return self._profile(profile).get("memory")

    def data_kind(self, profile):
        """Return 'built-in' or 'real'. It is 'none' for a chapter whose data stands in the listing."""
        if self.data is None:
            return "none"
        return "built-in" if profile == "builtin" else "real"

    def bounds(self, profile):
        """Return the Thresholds of `profile` as a dict from each metric to its list.

        It is empty with other settings than the profile's own, since no seed was measured with them.
        """
        return {} if self.changed(profile) else self._bounds(profile)

    def _bounds(self, profile):
        return {
            metric: [
                Threshold(metric, **{**entry, **{name: tuple(entry.get(name, ())) for name in ("values", "reach")}})
                for entry in (entries if isinstance(entries, list) else [entries])
            ]
            for metric, entries in self._profile(profile).get("thresholds", {}).items()
        }

    def measured(self, profile, metric):
        """Return the measured values of `metric` over the seeds as a tuple, from seed 1.

        They stand with its first threshold, else in the profile's `evidence`. It is empty where there are none,
        and with other settings than the profile's own.
        """
        if self.changed(profile):
            return ()
        bounds = self.bounds(profile).get(metric)
        return bounds[0].values if bounds else tuple(self._profile(profile).get("evidence", {}).get(metric, ()))

    def thresholds(self, profile, metrics=None):
        """Return the Thresholds of `profile` as a list: all of them, without `metrics`.

        With `metrics`, a dict, it holds the last Threshold of each metric that applies to them.
        """
        chosen = []
        for bounds in self.bounds(profile).values():
            chosen += bounds if metrics is None else [bound for bound in bounds if bound.applies(metrics)][-1:]
        return chosen

    def main_metric(self):
        """Return the metric by which the first profile with a threshold is judged.

        It raises ReplayError when no profile has a threshold.
        """
        for profile in self._profiles:
            for metric in self._bounds(profile):
                return metric
        raise ReplayError(_("{path}: no profile has a threshold.").format(path=self.path))

    def printed(self, metric):
        """Return what the book prints for `metric`: a number or a list of numbers, or None."""
        claims = (claim for claim in self.claims if claim.get("metric") == metric and "minus" not in claim)
        return next((claim["value"] for claim in claims if "value" in claim), None)

    def printed_curve(self, curve):
        """Return the list of numbers that the book prints for points of `curve`.

        It raises StopIteration when the book prints none.
        """
        return next(claim["value"] for claim in self.claims if claim.get("curve") == curve)


def all_chapters():
    """Return the list of Chapters in the book's order, theory first. It raises ReplayError as Chapter does."""
    paths = (ROOT / "chapters").glob("*/book.toml")
    return [Chapter(path) for path in sorted(paths, key=lambda path: (path.parent.name != "theory", path))]


def chapters_with(profile, names=()):
    """Return the list of Chapters that have `profile`, in the book's order: those in `names`, or all without names."""
    return [
        chapter for chapter in all_chapters() if profile in chapter.profiles() and (not names or chapter.name in names)
    ]
