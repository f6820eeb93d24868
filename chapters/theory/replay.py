"""theory: the worked examples and figures of the theory sections (pages 8 to 49, 67 to 70 and 75 to 78)."""

from chapters.theory import activation, cells, convolution, descent, loss, mfcc, pooling, sound, vanishing
from common import harness

# In the book's order; each has the functions of the five boxes that it needs.
SECTIONS = (activation, loss, descent, vanishing, sound, mfcc, convolution, pooling, cells)


def main(run):
    metrics = {}
    for section in SECTIONS:
        metrics.update(section.main(run))
    agreeing = run.agreeing(metrics)
    print("%d of the %d worked figures agree with the book" % (len(agreeing), len(run.chapter.claims)))
    return {**metrics, "claims_that_agree": len(agreeing)}


if __name__ == "__main__":
    harness.replay(__file__, main)
