"""theory: worked examples and figures of the theory sections (pages 8 to 49, 67 to 70, 75 to 78).

Printed: claims that agree 14, of 14. Replayed: 14 over 10 seeds (profile printed).
"""

from chapters.theory import activation, cells, convolution, descent, loss, mfcc, pooling, sound, vanishing
from common import harness

# The order is the book's. Each has the functions of the five boxes that it needs.
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
