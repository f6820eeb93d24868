"""The report of a profile, one HTML file that needs no other: `python -m common.report --profile printed`."""

import argparse
import base64
import io
import sys
from collections import Counter
from datetime import datetime
from pathlib import Path

import jinja2
from PIL import Image

from common import book as book_module
from common import charts, ledger
from common.beside import compare
from common.book import BUILD, PROFILES, is_numeric, judge, read_curves, read_result
from common.errors import ReplayError, command, disk_errors
from common.files import write_atomically
from common.fonts import hangul

TEMPLATES = Path(__file__).parent
ABOUT = {
    "builtin": "built-in data, scaled down to minutes",
    "listed": "the real data, exactly as listed",
    "printed": "the real data, with the settings that the printed output shows",
    "repaired": "the real data, with a small change to the listing that reaches the printed figure",
}
# The ledger's verdicts in a word or two, and their classes in the style sheet.
SHORT = dict(zip(ledger.VERDICTS, ("agrees", "within spread", "differs", "contradiction", "needs data"), strict=True))
CLASSES = dict(zip(ledger.VERDICTS, ("agrees", "spread", "differs", "contradicts", "needs"), strict=True))
MOST_LINES = 2000  # of one output; what lies between its first and last lines is left out
MOST_BYTES = 3_400_000  # of all pictures: in base64, with the rest, the report stays under 5 MB
WIDE = 1.6  # from this ratio of width to height on, a picture gets a row of its own
LEAST_PICTURE = 60_000  # bytes; smaller ones are not worth making smaller


def write(profile, build=BUILD):
    """Write the report of `profile` from the results in `build`; return its path.

    Results that are missing or broken stand in it as such. Raises ReplayError when it cannot be written.
    """
    path = Path(build) / profile / "report" / "index.html"
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(number=number, readable=readable)
    template = environment.get_template("report.html.jinja")
    context = gather(profile, Path(build))
    # Rendered twice: which Korean letters it needs is known only from the page itself.
    font = base64.b64encode(hangul(template.render(context, font=""))).decode()
    with disk_errors(path):
        write_atomically(path, template.render(context, font=font).encode("utf-8", "replace"))
    return path


def gather(profile, build):
    """What the template shows, as a dict. Raises ReplayError when no chapter has the profile."""
    books = [book for book in book_module.all_books() if profile in book.profiles()]
    if not books:
        raise ReplayError(f"No chapter has a profile {profile!r}.")
    claims = [entry for entry in ledger.entries(profile, build) if entry.chapter in {book.chapter for book in books}]
    chapters = [_chapter(book, profile, build, claims) for book in books]
    _fit([picture for chapter in chapters for picture in chapter["pictures"]])
    times = [chapter["time"] for chapter in chapters if chapter["time"]]
    return {
        "profile": profile,
        "about": ABOUT[profile],
        "chapters": chapters,
        "failed": [chapter for chapter in chapters if chapter["complaints"]],
        "unjudged": [chapter["name"] for chapter in chapters if chapter["state"] == "not judged"],
        "claims": claims,
        "verdicts": ledger.VERDICTS,
        "short": SHORT,
        "classes": CLASSES,
        "counts": Counter(entry.verdict for entry in claims),
        "complaints": [entry for entry in claims if entry.complaint],
        "time": f"{datetime.fromtimestamp(max(times)).astimezone():%Y-%m-%d %H:%M}" if times else None,
        "seconds": sum(chapter["seconds"] or 0 for chapter in chapters),
        "chart_size": (charts.WIDTH, charts.HEIGHT),
        "chart_edges": (charts.LEFT, charts.WIDTH - charts.RIGHT, charts.TOP, charts.HEIGHT - charts.BOTTOM),
        "strip_size": (charts.WIDTH, charts.STRIP_HEIGHT),
    }


def _chapter(book, profile, build, claims):
    folder = build / profile / book.chapter
    path = folder / "result.json"
    result, _ = read_result(book, profile, path)
    metrics, seconds, complaints = judge(book, profile, path)
    thresholds = book.thresholds(profile, metrics) or book.thresholds(profile)[:1]
    judged = [(threshold.metric, threshold) for threshold in thresholds] or [(book.main_metric(), None)]
    output = _read_output(folder / "output.txt")
    claims = [entry for entry in claims if entry.chapter == book.chapter]
    return {
        "name": book.chapter,
        "title": book.title,
        "pages": book.pages,
        "data": book.data,
        "folder": f"chapters/{book.path.parent.name}",
        "state": _state(complaints, path, thresholds),
        "complaints": complaints,
        "time": path.stat().st_mtime if result else None,
        "seconds": seconds,
        "scores": [
            _score(book, metric, threshold, metrics, book.data_kind(profile) == "built-in")
            for metric, threshold in judged
        ],
        "counts": Counter(entry.verdict for entry in claims),
        "claims": claims,
        "prints": bool(book.printed_output.strip()),
        "output": output,
        "rows": compare(book.printed_output, output) if result and output is not None else [],
        "charts": _charts(book, result) if result else [],
        "pictures": _pictures(book, folder / "figures") if result else [],
        "built_in": book.data_kind(profile) == "built-in",
        "facts": _facts(result) if result else [],
        "hashes": _strings(_dict(result.get("data")).get("sha256")),
    }


def _state(complaints, path, thresholds):
    if complaints:
        return "failed" if path.exists() else "no result"
    return "passed" if thresholds else "not judged"


def _score(book, metric, threshold, metrics, built_in):
    value = metrics.get(metric)
    replayed = value if is_numeric(value) and not isinstance(value, list) and abs(value) < 1e100 else None
    printed = book.printed(metric)
    on_axis = None if built_in or isinstance(printed, list) else printed
    return {
        "metric": metric,
        "threshold": threshold,
        "printed": printed,
        "replayed": replayed,
        # On built-in data the printed figure is no neighbour of the replayed ones and would squeeze them.
        "strip": charts.strip(threshold, on_axis, replayed) if threshold else None,
        "strip_printed": on_axis is not None,
    }


def _read_output(path):
    """The output, cut in the middle when it is very long; None when there is none."""
    try:
        lines = path.read_bytes().decode("utf-8", "replace").splitlines()
    except OSError:
        return None
    if len(lines) > MOST_LINES:
        half = MOST_LINES // 2
        lines = [*lines[:half], f"[{len(lines) - MOST_LINES} lines of output.txt are left out here]", *lines[-half:]]
    # Characters that no HTML may hold.
    return "".join(letter if letter >= " " or letter in "\n\t" else "\ufffd" for letter in "\n".join(lines))


def _charts(book, result):
    """A Chart for each curve; `train_x` and `test_x` share one, and with them what is printed of either."""
    curves = read_curves(result)
    groups = {}
    for name in curves:
        prefix, _, rest = name.partition("_")
        groups.setdefault(rest if prefix in ("train", "test") and rest else name, []).append(name)
    made = [_chart(book, result, base, {name: curves[name] for name in names}) for base, names in groups.items()]
    return sorted(made, key=lambda chart: not chart.marks)


def _chart(book, result, base, curves):
    keys = {name: name.partition("_")[0] if name != base else "other" for name in curves}
    end = {name: max(step for step, _ in points) for name, points in curves.items()}
    last = max(end.values())
    points = []
    for figure in book.figures:
        value, claim = figure.get("value"), figure["claim"]
        if "minus" in figure or not is_numeric(value):
            continue
        if figure.get("curve") in curves:
            name = figure["curve"]
            marked = [(keys[name], step, at, readable(name)) for step, at in zip(figure["steps"], value, strict=True)]
        elif isinstance(value, list):
            continue
        elif figure.get("metric") in curves:
            name = figure["metric"]
            marked = [(keys[name], figure.get("step", end[name]), value, readable(name))]
        elif figure.get("metric") == f"test_{base}":
            marked = [("test", last, value, f"test {readable(base)}")]
        else:
            continue
        points += [("printed", key, step, at, f"printed {name}", claim) for key, step, at, name in marked]
    tested = _dict(result.get("metrics")).get(f"test_{base}")
    if f"test_{base}" not in curves and is_numeric(tested) and not isinstance(tested, list) and abs(tested) < 1e100:
        points.append(("replayed", "test", last, tested, f"test {readable(base)} {number(tested)}", ""))
    lines = [(name, keys[name], points) for name, points in curves.items()]
    epochs = _dict(result.get("settings")).get("num_epochs")
    return charts.chart(readable(base), "epoch" if last == epochs else "step", lines, points)


def _pictures(book, folder):
    """The PNG files of `folder` that can be read: dicts with `content` (bytes), `name`, `about`, `width`, `height`."""
    about = {figure["picture"]: figure["about"] for figure in book.figures if "picture" in figure}
    pictures = []
    for path in sorted(folder.glob("*.png")):
        picture = {
            "name": path.name,
            "about": about.get(path.name, readable(path.stem)),
            "content": None,
            "wide": False,
        }
        try:
            content = path.read_bytes()
            with Image.open(io.BytesIO(content), formats=["PNG"]) as image:
                image.load()  # a picture that was cut off fails here
                picture |= {"content": content, "width": image.width, "height": image.height}
                picture["wide"] = image.width > WIDE * image.height
        except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
            picture["why"] = "cannot be read as a PNG"
        pictures.append(picture)
    return pictures


def _fit(pictures, most=MOST_BYTES):
    """Add the `uri` of each picture; fewer colours, then leaving out, keep all together under `most` bytes."""
    whole = [picture for picture in pictures if picture["content"]]
    by_size = sorted(whole, key=lambda picture: -len(picture["content"]))
    total = sum(len(picture["content"]) for picture in whole)
    for picture in by_size:
        if total <= most or len(picture["content"]) < LEAST_PICTURE:
            break
        total -= len(picture["content"])
        picture["content"] = _fewer_colours(picture["content"])
        total += len(picture["content"])
    for picture in sorted(whole, key=lambda picture: -len(picture["content"])):
        if total <= most:
            break
        total -= len(picture["content"])
        picture |= {"content": None, "why": "is too large for the report"}
    for picture in pictures:
        if picture["content"]:
            picture["uri"] = "data:image/png;base64," + base64.b64encode(picture["content"]).decode()


def _fewer_colours(content):
    """A PNG of the same picture with 128 colours, at most 1200 pixels wide, when that is smaller."""
    with Image.open(io.BytesIO(content)) as image:
        image = image.convert("RGB")
        image.thumbnail((1200, 1200))
        smaller = io.BytesIO()
        image.quantize(128).save(smaller, "PNG", optimize=True)
    return min(content, smaller.getvalue(), key=len)


def _facts(result):
    """What the run was made with and how long it took: a list of (heading, {name: text})."""
    data = _dict(result.get("data"))
    seconds = {name: f"{value:.1f}" for name, value in _dict(result.get("seconds")).items() if _is_short(value)}
    seed = {name: number(result.get(name)) for name in ("seed", "threads")}
    seed |= {"data": ", ".join(str(data[name]) for name in ("name", "kind") if data.get(name) not in (None, "none"))}
    seed["data"] = seed["data"] or "in the listing"
    return [
        ("Run", seed),
        ("Settings", {name: number(value) for name, value in _dict(result.get("settings")).items()}),
        ("Seconds", seconds),
        ("Versions", _strings(result.get("versions"))),
    ]


def _is_short(value):
    return is_numeric(value) and not isinstance(value, list) and abs(value) < 1e12


def _dict(value):
    return value if isinstance(value, dict) else {}


def _strings(value):
    return {name: text for name, text in _dict(value).items() if isinstance(text, str)}


def number(value):
    """A number, or a list of them, as people read it."""
    if isinstance(value, list):
        return ", ".join(map(number, value))
    if isinstance(value, bool) or not is_numeric(value):
        return "-" if value is None else str(value)
    return f"{value:,}" if isinstance(value, int) else f"{value:.6g}"


def readable(name):
    """A metric's or a picture's name as words."""
    return name.replace("_", " ")


@command
def main(arguments=None):
    """The command line; returns the exit status: that of the check with `--check`, else 0 when a report was written."""
    parser = argparse.ArgumentParser(prog="python -m common.report", description=__doc__)
    parser.add_argument("--profile", choices=PROFILES, default="builtin")
    parser.add_argument("--check", action="store_true", help="hold the results against their thresholds first")
    options = parser.parse_args(arguments)
    sys.stdout.reconfigure(encoding="utf-8")
    failed = book_module.check(options.profile) if options.check else 0
    print(write(options.profile))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
