"""Read what a chapter left behind under a profile, as the ledger needs it."""

from common.judging.comparing import squeezed
from common.judging.numbers import is_numeric
from common.judging.result import is_of, read_curves, read_result
from common.paths import BUILD, current, result_folder


class Replayed:
    """A Replayed holds what one result can show for the claims of its chapter.

    `content` is the result as a dict. `metrics` has those of its metrics that are numbers or lists of numbers.
    `curves` maps names to lists of (step, value). `lines` are the lines of the output, squeezed. `pictures` is a set of
    file names. `complaint` says why there is no good result; it is empty when there is one. A result of another run of
    make than that of `token` is none.
    """

    def __init__(self, chapter, profile, build=BUILD, token=None):
        folder = result_folder(profile, chapter.name, build)
        self.content, complaints = read_result(chapter, profile, folder / "result.json", token)
        if not is_of(self.content, token):
            self.content = {}
        self.complaint = complaints[0] if complaints else ""
        metrics = self.content.get("metrics", {})
        self.metrics = {name: value for name, value in metrics.items() if is_numeric(value)}
        self.curves = read_curves(self.content)
        self.pictures = {path.name for path in current(folder / "figures").glob("*.png")}
        try:
            text = current(folder / "output.txt").read_text(encoding="utf-8")
            self.lines = [squeezed(line) for line in text.splitlines()]
        except (OSError, ValueError):
            self.lines = []

    def found(self, claim):
        """Return the replayed value: a number, a list of numbers, or None.

        In the list for a curve, None stands for a point that is not there.
        """
        if "curve" not in claim:
            return self.metrics.get(claim.get("metric"))
        points = dict(self.curves.get(claim["curve"], []))
        return [points.get(step) for step in claim["steps"]]

    def step_beyond(self, claim):
        """Return the last step that `claim` speaks of, if the run ended before it. Otherwise return None."""
        last = max((step for step, _ in self.curves.get(claim.get("curve") or claim.get("metric"), [])), default=None)
        step = max(claim["steps"]) if "curve" in claim else claim.get("step")
        return step if step is not None and last is not None and last < step else None
