"""Save a run while it trains, and let the same run go on from there. It ends with the bytes of an uninterrupted one.

All that comes before a loop is done again. At the start of the loop the saved state takes the place of the new one.
Whether it fits is known before anything is set. When it does not, the run begins with the first step.
"""

import os
import random
import shutil
import time

import numpy as np

from common.errors import ReplayError, reason
from common.language import _
from common.running.fingerprint import difference, fingerprint
from common.running.saved_state import StateError, read_state, write_state
from common.running.screen import say
from common.running.signals import Stop
from common.tf1 import tf

GOING_ON = ".going-on"  # in the folder of the result
KEPT = 2
SECONDS = 30  # between two saves
SHARE = 60  # a save may take one 60th of the time since the last one
VARIABLE = "REPLAY_SAVE_SECONDS"  # in the environment: seconds between two saves, whatever they cost


class Resume:
    """A Resume knows where a run is, and saves it from time to time. It also finds the state to go on from.

    Before `start` it only counts steps.
    """

    def __init__(self, run):
        self._run, self._folder, self._tee, self._stop = run, None, None, Stop()
        self._place, self._counts = [], []  # of the loops that run now, the outermost first
        self._loops = 0  # outermost loops that have begun
        self._in_place = ()  # what changes in place during the loop
        self._found = None  # the state to go on from
        self._values = None  # the values in it for the statements of the loop
        self._keeps = False  # whether the statements of the loop call `keep`
        self._last_save, self._cost = time.monotonic(), 0.0

    def start(self, script, folder, tee, stop, fresh=False):
        """Save into `folder` from now on, and look there for a state of the same run, unless `fresh`.

        `script` is the chapter's script, `tee` the run's standard output, `stop` the Stop that takes its signals.
        """
        self._folder, self._tee, self._stop = folder, tee, stop
        self._seconds, self._exactly = _seconds()
        self._same_run = fingerprint(self._run, script)
        if fresh:
            self.end()
        else:
            self._found = self._search()

    def end(self):
        """Remove all that was saved."""
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)

    # The loops.

    def indices(self, count, innermost=True, in_place=()):
        """Yield the indices of a loop, from where it goes on. The innermost loop saves between its steps.

        `in_place` are the objects that change during the loop: lists, and those with `state()` and `set_state(state)`.
        """
        if not self._place:
            self._loops += 1
            self._look_whether_it_fits(count)
        depth = len(self._place)
        goes_on = self._found is not None and self._found["loop"] == self._loops
        begin = self._found["place"][depth] if goes_on else 0
        self._place.append(begin)
        self._counts.append(count)
        try:
            if innermost:
                self._in_place, self._keeps = in_place, False
                if goes_on:
                    self._restore()
            for i in range(begin, count):
                self._place[depth] = i
                if innermost and i > begin and not self._keeps:
                    self._between_steps(())
                self._stop.waits = innermost and self._folder is not None
                yield i
                self._stop.waits = False
            self._stop.check()
        finally:
            self._stop.waits = False
            del self._place[depth:], self._counts[depth:]

    def keep(self, values):
        """Return `values`, a tuple. In the first step after going on, return those that were saved.

        A loop whose statements carry values from step to step calls this before them.
        """
        self._keeps = True
        if self._values is not None:
            values, self._values = _like(self._values, values), None
        else:
            self._between_steps(values)
        return values

    def _between_steps(self, values):
        """Save when it is time, or when a signal came. Then the signal ends the run."""
        if self._folder is None:
            return
        if self._found is None and (self._stop.number is not None or self._is_due()):
            self._save(values)
        self._stop.check()

    def _is_due(self):
        # What follows the last step may take long, and cannot be saved.
        wait = self._seconds / 10 if self._place[-1] == self._counts[-1] - 1 else self._seconds
        return time.monotonic() - self._last_save >= (wait if self._exactly else max(wait, SHARE * self._cost))

    # The state.

    def _save(self, values):
        """Save the run. When it cannot be written, say so, and let the run go on."""
        begin = time.monotonic()
        try:
            state = self._state(values)
            self._folder.mkdir(exist_ok=True)
            old = sorted(self._folder.glob("*.state"))
            number = int(old[-1].stem) + 1 if old else 1
            write_state(self._folder / f"{number:06d}.state", state)
            for path in set(self._folder.iterdir()) - set(sorted(self._folder.glob("*.state"))[-KEPT:]):
                path.unlink()  # an older one, or what a killed run did not write to its end
            self._stop.place = _place_text(state)
        except OSError as error:
            self._say(
                _("cannot be saved: {path}: {reason}.").format(
                    path=error.filename or self._folder, reason=reason(error)
                )
            )
        self._last_save = time.monotonic()
        self._cost = self._last_save - begin

    def _state(self, values):
        run, session = self._run, self._run.session()
        variables = tf.global_variables()
        return {
            "run": self._same_run,
            "time": time.time(),
            "loop": self._loops,
            "place": list(self._place),
            "counts": list(self._counts),
            "gone_on": run.gone_on,
            "seconds": time.perf_counter() - run.began,
            "values": tuple(values),
            "in_place": [each if isinstance(each, list) else each.state() for each in self._in_place],
            "variables": {each.name: value for each, value in zip(variables, session.run(variables), strict=True)},
            "numbers": session.numbers,
            "calls": list(session.calls.items()),
            "python": random.getstate(),
            "numpy": np.random.get_state(),
            "curves": run.curves,
            "notes": run.notes,
            "output": self._output(),
        }

    def _restore(self):
        """Set all that the found state has. What may fail comes first."""
        found, run = self._found, self._run
        self._found = None
        session = run.session()
        try:
            session.draw_up_to(found["numbers"], dict(found["calls"]))
        except ValueError as error:
            raise ReplayError(
                _("the saved state does not fit ({error}). Begin anew with --fresh, or FRESH=1.").format(error=error)
            ) from error
        for variable in tf.global_variables():
            # Its own first assignment, with another value: no operation is added to the graph.
            session.run(variable.initializer, {variable.initializer.inputs[1]: found["variables"][variable.name]})
        for each, state in zip(self._in_place, found["in_place"], strict=True):
            if isinstance(each, list):
                each[:] = state
            else:
                each.set_state(state)
        self._values = found["values"]
        run.gone_on = found["gone_on"] + 1
        run.began -= found["seconds"]
        run.notes = found["notes"]
        run.set_curves(found["curves"])
        self._tee.write(found["output"][len(self._output()) :])
        random.setstate(found["python"])
        np.random.set_state(found["numpy"])
        self._last_save = time.monotonic()

    def _search(self):
        """Return the newest state that is whole, if it is of the same run, else None."""
        for path in sorted(self._folder.glob("*.state"), reverse=True):
            try:
                state = read_state(path)
                if not isinstance(state, dict) or set(state) != FIELDS:
                    raise StateError(_("{path}: expected a saved state, found something else.").format(path=path))
            except StateError as error:
                self._say(_("cannot go on from {error}").format(error=error))
                continue
            other = difference(state["run"], self._same_run)
            if other:
                self._say(_("begins anew: {path} is of another run: {other}.").format(path=path, other=other))
                return None
            self._stop.place = _place_text(state)
            return state
        return None

    def _look_whether_it_fits(self, count):
        """Say from where the run goes on. Drop the found state when the loop is another than its."""
        found = self._found
        if found is None or found["loop"] != self._loops:
            return
        shapes = {variable.name: tuple(variable.shape.as_list()) for variable in tf.global_variables()}
        if shapes != {name: value.shape for name, value in found["variables"].items()}:
            what = _("the graph has other variables")
        elif not found["output"].startswith(self._output()):
            what = _("the lines before the loop are others")
        elif found["counts"][0] != count:
            what = _("the loop had {found:,} steps and has {count:,}").format(found=found["counts"][0], count=count)
        else:
            self._say(
                _("goes on from {place} (saved {span} ago).").format(
                    place=_place_text(found), span=_span(time.time() - found["time"])
                )
            )
            return
        self._say(_("begins anew: the state in {folder} does not fit: {what}.").format(folder=self._folder, what=what))
        self._found = self._stop.place = None

    def _output(self):
        return "".join(self._tee.kept)

    def _say(self, text):
        say(f"{self._run.chapter.name} {text}")


FIELDS = {
    *("run", "time", "loop", "place", "counts", "gone_on", "seconds", "values", "in_place", "variables"),
    *("numbers", "calls", "python", "numpy", "curves", "notes", "output"),
}


def _seconds():
    """Return the seconds between two saves, and whether they hold whatever a save costs."""
    text = os.environ.get(VARIABLE)
    if not text:
        return SECONDS, False
    try:
        seconds = float(text)
    except ValueError:
        seconds = -1
    if not seconds >= 0:
        raise ReplayError(
            _("{variable} in the environment: expected seconds, 0 or more, found {text!r}.").format(
                variable=VARIABLE, text=text
            )
        )
    return seconds, True


def _place_text(state):
    """Return where a state was saved, such as "epoch 2 of 10, step 5 of 1,000"."""
    pairs = list(zip(state["place"], state["counts"], strict=True))
    epoch, step = _("epoch {place:,} of {count:,}, "), _("step {place:,} of {count:,}")
    outer = [epoch.format(place=place + 1, count=count) for place, count in pairs[:-1]]
    return "".join(outer) + step.format(place=pairs[-1][0], count=pairs[-1][1])


def _span(seconds):
    """Return a span of time as text: "12 s", "5 min", "3 h"."""
    for length, text in ((3600, _("{count:.0f} h")), (60, _("{count:.0f} min"))):
        if seconds >= 2 * length:
            return text.format(count=seconds / length)
    return _("{count:.0f} s").format(count=max(0, seconds))


def _like(value, template):
    """Return `value` with the named tuples of `template`, which has the same structure."""
    if isinstance(value, tuple) and isinstance(template, tuple):
        parts = [_like(part, model) for part, model in zip(value, template, strict=True)]
        return type(template)(*parts) if hasattr(template, "_fields") else tuple(parts)
    return value
