"""This module does everything around a listing: arguments, seeds, session, progress, timing, results.

A chapter ends with `harness.replay(__file__, main)`, and its `main(run)` gets a Run.
"""

import contextlib
import io
import math
import random
import shlex
import sys
import time
from pathlib import Path
from types import SimpleNamespace

import numpy as np

import common
from common import tf1
from common.errors import NO_MEMORY, ReplayError, close_output, flush_output, reason, show_any_text, with_given
from common.judging.chapter import Chapter
from common.judging.comparing import agrees
from common.judging.result import read_result
from common.judging.scores import Scores
from common.judging.settings import settings_words, variant_name
from common.language import _, speaking, wished
from common.paths import BUILD, current, result_folder, shown, variant_folder
from common.reporting.captions import captions
from common.running import checkpoints, memory
from common.running.arguments import OPTIONS, WORDS, parse_arguments
from common.running.events import EventLog, how_to_look
from common.running.fingerprint import code_of
from common.running.outcome import last_line, leave, now, turn
from common.running.output import Tee
from common.running.random_ops import CountedSession
from common.running.resume import GOING_ON, Resume
from common.running.run_folder import CHECKPOINT, UNFINISHED, for_one_run
from common.running.screen import STEP, Progress, say
from common.running.signals import Stop, Stopped, caught
from common.running.sources import locate


class Settings(SimpleNamespace):
    """Settings are those of a profile, as attributes. A name that `book.toml` lacks raises ReplayError."""

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        raise ReplayError(_("The [settings] of book.toml have no {name}, which this chapter needs.").format(name=name))


class Run:
    """A Run is one replay of one chapter under one profile.

    Its attributes are `chapter` (a Chapter), `profile`, `seed`, `threads` and `out`, the folder of the result.
    `settings` has the settings of the run as attributes. `changed` is a dict of those that are not the profile's own in
    `book.toml`. With `logdir` the curves also go to TensorBoard's event files.
    """

    def __init__(self, chapter, profile, data, seed, threads, out, logdir=None):
        self.chapter, self.profile, self.seed, self.threads, self.out = chapter, profile, seed, threads, Path(out)
        self.settings = Settings(**chapter.settings(profile))
        self.changed = chapter.changed(profile)
        self.seconds = {}
        self.notes = {}
        self.curves = {}
        self.hashes = {}
        self.figures = {}
        self.code = code_of(chapter.path.parent)  # it may be changed while this runs
        self.missed = []  # sentences, once the result is written
        self.gone_on = 0  # how often this run was interrupted, and went on
        self.began = time.perf_counter()  # the phase that runs now
        self.resume = Resume(self)
        self._data = data
        self._folder = None
        self._session = None
        self._progress = Progress(chapter.name)
        parts = [chapter.name, profile, f"seed{seed}", *([variant_name(self.changed)] if self.changed else [])]
        self._events = EventLog(logdir, "-".join(parts)) if logdir else None

    def phase(self, function, *arguments, **options):
        """Call `function(*arguments, **options)`, add its seconds to those of its name, and return its value."""
        self.began = time.perf_counter()
        try:
            return function(*arguments, **options)
        finally:
            seconds = self.seconds.get(function.__name__, 0) + time.perf_counter() - self.began
            self.seconds[function.__name__] = round(seconds, 3)

    def data_folder(self):
        """Return the folder of the chapter's data set, after its files were found.

        Real data must also be the official files. It raises ReplayError, with the way to the data, when a file is
        missing or is another file.
        """
        if self._folder is not None:
            return self._folder
        real = self.chapter.data_kind(self.profile) == "real"
        if real and self._data is None:
            raise ReplayError(
                _(
                    "Profile {profile} runs on the real data. Say where it is: DATA=dir for make, --data dir for the "
                    "script. data/README.md tells where to get it."
                ).format(profile=self.profile)
            )
        self._folder, self.hashes = locate(self.chapter.data, self._data if real else BUILD / "data", real)
        return self._folder

    def session(self):
        """Return the session of this run, the same at every call, in place of the listing's `tf.Session()`."""
        if self._session is None:
            self._session = tf1.session(self.threads, CountedSession)
        return self._session

    def steps(self, count, *changing):
        """Yield the listing's `range(count)`, with a progress bar when standard error is a terminal.

        The run is saved between two steps, and an interrupted one goes on there. `changing` are the lists and DataSets
        that change in place from step to step. Values that its statements carry are for `keep`.
        """
        yield from self._progress.steps(self.resume.indices(count, in_place=changing), count)

    def epochs(self, count):
        """Yield the listing's `range(count)` around a loop of `steps`. An interrupted run goes on in its epoch."""
        yield from self._progress.epochs(self.resume.indices(count, innermost=False), count)

    def keep(self, *values):
        """Return `values`, which the loop's statements carry from step to step. It is the first statement of a step.

        In the first step after an interrupt, it returns the values as they were.
        """
        return self.resume.keep(values)

    def progress(self, count, unit=STEP):
        """Yield `range(count)` for a loop that is not saved, with a progress bar of `unit`s."""
        yield from self._progress.steps(range(count), count, unit)

    def record(self, curve, step, value):
        """Add `value` to the named curve of the result. It raises ReplayError when `value` is NaN or infinite."""
        value = float(value)
        if not math.isfinite(value):
            raise ReplayError(self._not_finite(curve, step, value))
        self.curves.setdefault(curve, []).append([step, float(f"{value:.6g}")])
        if self._events is not None:
            self._events.add_scalar(curve, step, value)

    def _not_finite(self, curve, step, value):
        """Return the sentences about a `value` of training that is NaN or infinite."""
        if not self.changed:
            return _(
                "step {step}: {curve} is {value}, so training cannot go on and no result was written. No measured seed "
                "did this with the settings of book.toml. Look at what was changed, or try another seed."
            ).format(step=step, curve=curve, value=value)
        return _(
            "step {step}: {curve} is {value}, so training cannot go on and no result was written. This run has "
            "{settings}. No measured seed did this with the settings of book.toml. Look at what was changed, or try "
            "another seed."
        ).format(step=step, curve=curve, value=value, settings=" ".join(settings_words(self.changed)))

    def set_curves(self, curves):
        """Take the curves of the run that this one goes on with."""
        self.curves = curves
        if self._events is not None:
            for curve, points in curves.items():
                for step, value in points:
                    self._events.add_scalar(curve, step, value)

    def note(self, **values):
        """Add numbers, or lists of them, to the metrics of the result: what the book states beside its programs."""
        self.notes.update(values)

    def agreeing(self, metrics):
        """Return the ids of the claims whose value `metrics` (a dict) hold."""
        return [claim["id"] for claim in self.chapter.claims if agrees(claim, metrics)]

    def save_checkpoint(self):
        """Save the trained weights, to be kept with the result. It raises ReplayError when the disk is full."""
        checkpoints.save(self.session(), self.out / UNFINISHED)

    def restore_checkpoint(self):
        """Set the weights that a finished run of the same profile and data left in `out`.

        It raises ReplayError when there was none, or when it had other settings or other data.
        """
        result, complaints = read_result(self.chapter, self.profile, self.out / "result.json")
        if complaints:
            message = _(
                "{folder}: expected a finished run of profile {profile}: {complaint}. Train it first: the same command "
                "without --sample."
            )
            raise ReplayError(message.format(folder=self.out, profile=self.profile, complaint=complaints[0]))
        if result["data"].get("sha256") != self.hashes:
            message = _("{folder}: this net was trained on other data. Train it on these files first.")
            raise ReplayError(message.format(folder=self.out))
        checkpoints.restore(self.session(), current(self.out / CHECKPOINT))

    def save_figure(self, name, figure):
        """Draw a matplotlib Figure for `figures/<name>.png` of the result, and show it in a notebook.

        The file is written when the chapter has run to its end. It raises ValueError for a name that is taken.
        """
        if name in self.figures:
            raise ValueError(f"a figure {name!r} was saved before")
        png = io.BytesIO()
        figure.savefig(png, format="png", dpi=150, metadata={"Software": None})  # the same figure, the same bytes
        self.figures[name] = png.getvalue()
        if _in_a_notebook():
            from IPython.display import Image, display

            shows = {caption.file: _(caption.shows) for caption in captions(self.chapter.name)}
            display(Image(self.figures[name], alt=shows.get(f"{name}.png", name.replace("_", " "))))

    def close(self):
        """Remove the progress bar, end the event file, and free what the session holds."""
        self._progress.close()
        if self._events is not None:
            self._events.close()
        if self._session is not None:
            self._session.close()


def replay(script, main, arguments=None, sample=None, settings=None):
    """Run `main(run)` of the chapter `script` (its `__file__`) from the command line, then exit.

    `main` returns the metrics, a flat dict of name to number or list of numbers. `arguments` are the command line's
    words (default: those of the program). `settings` is a dict that stands on top of the profile's settings.

    A chapter that runs to its end leaves `result.json`, `output.txt`, `figures/*.png` and `checkpoint/`. They take the
    place of an earlier result. Any other run leaves none of them, and the earlier result stays whole.

    A chapter whose net can write gives `sample(run, text, words)`. `--sample TEXT --words N` calls it in place of
    `main`, and touches no result.

    The run is saved while it trains. When it was interrupted, the same command goes on with it.

    The exit status is 0 when every threshold holds, and 1 when one is missed or the chapter stopped. It is 2 for a
    bad command line. It is 130 for Ctrl-C, 143 for SIGTERM, and 129 for SIGHUP. A notebook does not exit with 0.

    Messages are in the language that `--lang` names, else in that of the environment. The listing's output is not.
    """
    stop = Stop()
    with contextlib.nullcontext() if _in_a_notebook() else caught(stop), speaking(wished(arguments)):
        _replay_with(stop, Path(script).resolve(), main, arguments, sample, settings)


def _replay_with(stop, script, main, arguments, sample, settings):
    """Do what `replay` does, with a Stop that takes the signals."""
    common.clear_line()
    show_any_text()
    chapter = out = None
    try:
        chapter = Chapter(script.parent / "book.toml").with_settings(**settings or {})
        options = parse_arguments(chapter, script, arguments, can_sample=sample is not None)
        chapter = chapter.with_settings(**{**(settings or {}), **options.changed})
        out = _folder(chapter, options)
        if sample is not None and options.sample is not None:
            with _run(chapter, options, out) as run:
                sample(run, options.sample, options.words or WORDS)
            flush_output()
            sys.exit(0)
        missed = _replay(chapter, options, out, main, script, stop)
    except ReplayError as error:
        name = chapter.name if chapter else "replay"
        sys.exit(_("{name} stopped: {error}").format(name=name, error=error))
    except KeyboardInterrupt as interrupt:
        print(_interrupted(chapter, stop, script, arguments), file=sys.stderr)
        sys.exit(interrupt.status if isinstance(interrupt, Stopped) else 130)
    except BrokenPipeError:
        close_output()
        message = _("{name} stopped: nobody reads its output any more. No result was written.")
        sys.exit(message.format(name=chapter.name))
    except (MemoryError, tf1.tf.errors.ResourceExhaustedError):
        sys.exit(" ".join([f"{chapter.name}:", _(NO_MEMORY), _("No result was written.")]))
    except OSError as error:
        error = f"{error.filename or out}: {reason(error)}."
        sys.exit(_("{name} stopped: {error}").format(name=chapter.name, error=error))
    if missed or not _in_a_notebook():
        sys.exit(1 if missed else 0)


def _folder(chapter, options):
    """Return the folder of the result. It raises ReplayError for that of a profile, when settings are changed."""
    own, changed = result_folder(options.profile, chapter.name), chapter.changed(options.profile)
    if not options.out:
        return variant_folder(options.profile, chapter.name, variant_name(changed)) if changed else own
    out = Path(options.out)
    own_places = [result_folder(profile, chapter.name).resolve() for profile in chapter.profiles()]
    if changed and out.resolve() in own_places:
        message = _("{folder}: here lies the result without other settings. Choose another folder with --out.")
        raise ReplayError(message.format(folder=out))
    return out


def _interrupted(chapter, stop, script, arguments):
    """Return the sentences on an interrupted run: with a save also how to go on. `chapter` may be None."""
    name = chapter.name if chapter else "replay"
    if stop.place is None:
        return _("{name} was interrupted; no result was written.").format(name=name)
    words = [word for word in with_given(arguments, *OPTIONS) if word != "--fresh"]
    again = shlex.join([shown(sys.executable), "-m", f"chapters.{script.parent.name}.{script.stem}", *words])
    return _(
        "{name} was interrupted; no result was written. It is saved at {place}. To go on, start the same again: "
        "{command}"
    ).format(name=name, place=stop.place, command=again)


def _in_a_notebook():
    """Return whether a Jupyter kernel runs this. The mere import of its packages does not count."""
    ipython = sys.modules.get("IPython")
    return ipython is not None and hasattr(ipython.get_ipython(), "kernel")


@contextlib.contextmanager
def _run(chapter, options, out, logdir=None):
    """Yield a Run, with its seeds set and its graph the default one."""
    random.seed(options.seed)
    np.random.seed(options.seed)
    run = Run(chapter, options.profile, options.data, options.seed, options.threads, out, logdir)
    with tf1.period_graph(options.seed):
        try:
            yield run
        finally:
            run.close()


def _replay(chapter, options, out, main, script, stop):
    """Run the chapter, write its result into `out`, and return the sentences of missed thresholds."""
    with _replaying(chapter, options, out, script, stop) as (run, metrics):
        metrics.update(main(run))
    return run.missed


@contextlib.contextmanager
def _replaying(chapter, options, out, script, stop):
    """Yield a Run, and a dict that takes its metrics. At the end, write the result into `out`."""
    with for_one_run(out, chapter.name):
        say(_first_line(chapter, options))
        with _replaying_into(out, chapter, options, script, stop) as both:
            yield both


def _first_line(chapter, options):
    """Return the line with which a run begins: what is replayed, and with which settings."""
    title, changed = chapter.title, " ".join(settings_words(chapter.changed(options.profile)))
    facts = [
        _("profile {profile}").format(profile=options.profile),
        _("seed {seed}").format(seed=options.seed),
        *([_("with {settings}").format(settings=changed)] if changed else []),
    ]
    return f"{turn(chapter)}{chapter.name}: {_(title)} ({', '.join(facts)})"


@contextlib.contextmanager
def _replaying_into(out, chapter, options, script, stop):
    """Do what `_replaying` does, in a folder that is this run's."""
    tee, started, metrics = Tee(sys.stdout), now(), {}
    with _run(chapter, options, out, options.logdir) as run, contextlib.redirect_stdout(tee):
        if chapter.data is not None:
            run.data_folder()
        memory.check(chapter, options.profile)
        if not _in_a_notebook():
            run.resume.start(script, out / GOING_ON, tee, stop, options.fresh)
        try:
            yield run, metrics
        finally:
            output = tee.finish()
    metrics = {**metrics, **run.notes}
    run.missed = leave(out, run, metrics, output, started)
    run.resume.end()
    for sentence in run.missed:
        say(_("{chapter} missed its threshold: {what}.").format(chapter=chapter.name, what=sentence))
    if options.logdir:
        say(how_to_look(options.logdir))
    say(last_line(out, run, metrics))


class Cells:
    """A Cells is a replay whose boxes are cells of a notebook. `run` is its Run.

    `script` and `arguments` are those of `replay`. It raises ReplayError where `replay` ends with a message.
    """

    _unfinished = None

    def __init__(self, script, arguments=None):
        if Cells._unfinished is not None:  # a reader began anew in the middle
            Cells._unfinished.__exit__(GeneratorExit, GeneratorExit(), None)
        show_any_text()
        script = Path(script).resolve()
        chapter = Chapter(script.parent / "book.toml")
        options = parse_arguments(chapter, script, arguments, can_sample=False)
        chapter = chapter.with_settings(**options.changed)
        self._replaying = _replaying(chapter, options, _folder(chapter, options), script, None)
        self.run, self._metrics = self._replaying.__enter__()
        Cells._unfinished = self._replaying

    def finish(self, metrics):
        """Write the result, with the dict `metrics`. Return its Scores, which a notebook shows as a table."""
        self._metrics.update(metrics)
        Cells._unfinished = None
        self._replaying.__exit__(None, None, None)
        return Scores(self.run.chapter, self.run.profile, {**self._metrics, **self.run.notes})
