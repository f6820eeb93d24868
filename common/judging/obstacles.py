"""Say why a claim of the book cannot be compared with the results that are there."""

from common.judging.numbers import is_number, written
from common.judging.verdicts import CONTRADICTION, DIFFERS, NEEDS_DATA
from common.language import _


def obstacle(chapter, claim, replayed, profile):
    """Return (verdict, reason, complaint) when `claim` is settled without a comparison. Otherwise return None.

    The verdict is CONTRADICTION, NEEDS_DATA or DIFFERS, with a reason. It is None when the result lacks something. Then
    the complaint says what is missing. `replayed` is the chapter's Replayed under `profile`.
    """
    if "finding" in claim:
        reason = claim["reason"]
        return CONTRADICTION, f"{claim['finding']}: {_(reason)}", ""
    if chapter.data_kind(profile) == "built-in" and not claim.get("any_data"):
        return NEEDS_DATA, _("{data}, real: make printed").format(data=chapter.data), ""
    if replayed.complaint:
        return None, "", replayed.complaint
    short = [
        _("{name} {found} of {least}").format(
            name=name, found=written(replayed.metrics.get(name)), least=written(least)
        )
        for name, least in claim.get("given", {}).items()
        if not (is_number(replayed.metrics.get(name)) and replayed.metrics[name] >= least)
    ]
    if short:
        return NEEDS_DATA, ", ".join(short), ""
    if profile in claim.get("not_in", ()):
        return DIFFERS, _("profile {profile} does not do this").format(profile=profile), ""
    if "picture" in claim and claim["picture"] not in replayed.pictures:
        return None, "", _("no figures/{picture}").format(picture=claim["picture"])
    beyond = changed_settings(chapter, profile) and replayed.step_beyond(claim)
    if beyond:
        message = _("profile {profile} does not reach step {step}")
        return DIFFERS, message.format(profile=profile, step=written(beyond)), ""
    return None


def changed_settings(chapter, profile):
    """Return which settings of `profile` differ from those of the printed output. Return "" when none does.

    With other settings, what `differs` says may not hold.
    """
    if chapter.data_kind(profile) == "built-in":
        return ""
    settings, printed = chapter.settings(profile), chapter.settings("printed")
    changed = ", ".join(f"{name} {settings[name]}" for name in settings if settings[name] != printed.get(name))
    message = _("profile {profile} has other settings than the printed one: {settings}")
    return message.format(profile=profile, settings=changed) if changed else ""
