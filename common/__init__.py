"""This package holds what several chapters need, one idea in a file."""

import _signal as signal  # `signal` imports more, and an interrupt may come just then
import importlib.util
import os
import sys

if sys.stdout is None or sys.stderr is None:
    # The next file that is opened would take the number of the closed one, and get what was meant for it.
    from common.language import _, show_any_text

    show_any_text()
    closed = _("standard error") if sys.stdout else _("standard output")
    print(
        _(
            "Stopped: {closed} is closed, so that nobody could read what is written there. Send it somewhere: "
            "{somewhere}, or to a file."
        ).format(closed=closed, somewhere=f"{'2>' if sys.stdout else '>'}{os.devnull}"),
        file=sys.stdout or sys.stderr or open(os.devnull, "w"),  # noqa: SIM115, PTH123
        flush=True,
    )
    sys.exit(1)
if sys.stdin is None:
    os.open(os.devnull, os.O_RDONLY)  # nothing here reads it, but its number must not be free


def is_redrawn():
    """Return whether a line on standard error may be drawn again.

    It may on a terminal that can go back in a line. The chapters of a parallel make share theirs: there it may not.
    """
    alone = "--jobserver" not in os.environ.get("MAKEFLAGS", "")
    return alone and sys.stderr.isatty() and os.environ.get("TERM") != "dumb"


def say_for_now(what):
    """Say on a terminal that a program of the project is starting. What it says first takes the place of this line.

    `what` (an English message) takes the time. The imports of a program that `python -m` looks for have just begun.
    """
    if sys.argv[0] != "-m" or not sys.stderr.isatty():
        return
    from common.language import _, show_any_text, speaking, width, wished

    show_any_text()
    module = next((word for before, word in zip(sys.orig_argv, sys.orig_argv[1:], strict=False) if before == "-m"), "")
    parts = module.split(".")
    name = parts[1].partition("_")[0] if parts[0] == "chapters" and len(parts) > 1 else parts[-1]
    with speaking(wished()):
        text = _("{name} is starting: {what} ...").format(name=name, what=_(what))
    if is_redrawn():
        _for_now.append((width(text), os.dup(2)))  # TensorFlow's import borrows 2
    else:
        text += "\n"
    sys.stderr.write(text)
    sys.stderr.flush()


def clear_line():
    """Remove the line of `say_for_now`, if it is still there."""
    if _for_now:
        length, terminal = _for_now.pop()
        os.close(terminal)
        sys.stderr.write(f"\r{' ' * length}\r")
        sys.stderr.flush()


def leave_at_once(number, frame):
    """End the program on a signal, without a word: nothing has begun yet."""
    if _for_now:
        os.write(_for_now[0][1], b"\n")
    os._exit(128 + number)


def imports_are_done():
    """Let signals do again what they did before the imports, and remove the line of `say_for_now`."""
    clear_line()
    for number, handler in _before.items():
        if signal.getsignal(number) is leave_at_once:
            signal.signal(number, handler)
    _before.clear()


_for_now = []  # of the line that stands there for now: its length, and the number of its terminal
_before = {}
if sys.argv[0] == "-m":  # `python -m` is looking for one of the project's modules, whose imports take seconds
    for _name in ("SIGINT", "SIGTERM", "SIGHUP"):
        _number = getattr(signal, _name, None)  # Windows has no SIGHUP
        if _number is not None and signal.getsignal(_number) in (signal.default_int_handler, signal.SIG_DFL):
            _before[_number] = signal.signal(_number, leave_at_once)

# Outside .venv a module's own imports would fail first, without a word on what to do.
_NEEDED = (
    *("numpy", "tqdm", "tensorflow", "tf_keras", "matplotlib", "koreanize_matplotlib", "jinja2", "scipy"),
    *("python_speech_features", "fontTools", "PIL", "mlxtend", "pooch", "requests", "filelock", "soundfile"),
)
_absent = [name for name in _NEEDED if importlib.util.find_spec(name) is None]
if _absent:
    from common.language import _, show_any_text

    show_any_text()
    sys.exit(
        _(
            "{python} has no {packages}. Run `make setup`, then start the chapters through make (make ch01) or with "
            ".venv's own Python."
        ).format(python=sys.executable, packages=", ".join(_absent))
    )
