"""theory: the worked examples and figures of the theory sections (pages 8 to 49, 67 to 70 and 75 to 78)."""

from chapters.theory import activation, cells, convolution, descent, loss, mfcc, pooling, sound, vanishing
from common import harness

# In the book's order; each has the functions of the five boxes that it needs.
SECTIONS = (activation, loss, descent, vanishing, sound, mfcc, convolution, pooling, cells)


def main(run):
    metrics = {}
    for section in SECTIONS:
        metrics.update(section.main(run))
    agreeing = [figure["claim"] for figure in run.book.figures if run.book.agrees(figure, metrics)]
    print("%d of the %d worked figures agree with the book" % (len(agreeing), len(run.book.figures)))
    return {**metrics, "figures_that_agree": len(agreeing)}


if __name__ == "__main__":
    harness.replay(__file__, main)
