"""Say what the figures of a result show. A caption is for all. Words are for those who see no picture."""

from dataclasses import dataclass

from common.language import N_


@dataclass(frozen=True)
class Caption:
    """A Caption is what the report says of the figure `file`.

    `pages` are those of the book. `title` is the caption, and `shows` is read in place of the picture. The curves of
    the result in `curves` stand in the picture, so that they need no chart.
    """

    file: str
    pages: str
    title: str
    shows: str
    curves: tuple = ()


# Each chapter's figures, in the order of the book.
CAPTIONS = {
    "ch03": (
        Caption(
            "tracks.png",
            "28-40",
            N_("The first track of each genre as wave, spectrogram and MFCC"),
            N_(
                "Four columns, for pop, classical, jazz and metal. In each, from above: the amplitude over time, "
                "the level of each frequency over time, and the MFCC over time."
            ),
        ),
        Caption(
            "confusion.png",
            "28-40",
            N_("What the net took the test tracks for"),
            N_("A table of counts. A row is the true genre, a column the predicted one. The diagonal is right."),
        ),
    ),
    "ch05": (
        Caption(
            "original.png",
            "55-66",
            N_("The training image that is distorted below, number 5"),
            N_("One small colour image, enlarged, with its class below it."),
        ),
        Caption(
            "distorted.png",
            "55-66",
            N_("Nine distorted copies of it (C505)"),
            N_(
                "Nine versions of the image in three rows. Each is cut at another place, and may be mirrored. They "
                "differ in hue, contrast and brightness."
            ),
        ),
        Caption(
            "confusion_matrix.png",
            "55-66",
            N_("What the net took the test images for"),
            N_("A table of counts. A row is the true class, a column the predicted one. The diagonal is right."),
        ),
        Caption(
            "confident_mistakes.png",
            "55-66",
            N_("The 25 wrong answers of which the net was surest"),
            N_("Twenty-five test images in five rows. Below each stand its true class and the wrong answer."),
        ),
    ),
    "theory": (
        Caption(
            "activations.png",
            "8-13, 24-27",
            N_("Figure 6: four activation functions and their slopes (T14)"),
            N_(
                "Four curves for inputs from -6 to 6. Sigmoid and softmax rise from 0 to 1, and tanh from -1 to 1. "
                "ReLU is 0 up to 0 and then the input itself. Dashed lines are the slopes."
            ),
        ),
        Caption(
            "gradient_descent.png",
            "8-13, 18-23",
            N_("Figure 8: gradient descent on a parabola, with three learning rates"),
            N_(
                "Left: a parabola, and points that walk down to its minimum at the rate 0.5. Right: the loss by "
                "step. It falls slowly at 0.1 and fast at 0.5. At 4.4 it grows."
            ),
            curves=("descent_loss_0.1", "descent_loss_0.5", "descent_loss_4.4"),
        ),
        Caption(
            "one_hot.png",
            "14-17",
            N_("Figure 12: labels as one-hot vectors (T10)"),
            N_(
                "A table of ten rows and ten columns. The row of a digit has a 1 in the digit's place, and 0 elsewhere."
            ),
        ),
        Caption(
            "cross_entropy.png",
            "18-23",
            N_("Cross-entropy by the prediction's distance from the label (T13)"),
            N_(
                "Two curves rise from 0 with the distance. One way ends where all digits are as likely, near 2.3. "
                "The other ends at another digit, near 7. Two points are marked: the farther one costs less."
            ),
        ),
        Caption(
            "vanishing_gradient.png",
            "24-27, 75-76",
            N_("The vanishing gradient, through layers and through time"),
            N_(
                "Left: the gradient through 20 neurons. It stays whole with ReLU, shrinks with tanh and nearly "
                "vanishes with sigmoid. Right: the gradient through time. It vanishes in an RNN, and least in an "
                "LSTM with a forget bias."
            ),
        ),
        Caption(
            "fourier.png",
            "28-40",
            N_("Figure 19: a 40 Hz vibration before and after the Fourier transform (T09)"),
            N_(
                "Above, a wave whose period of 0.025 s is marked, and its energy: one peak at 40 Hz. Below, the "
                "same wave in strong noise. The peak at 40 Hz still stands far above the rest."
            ),
        ),
        Caption(
            "mfcc.png",
            "28-40",
            N_("Figure 20: from a wave to its MFCC in six steps"),
            N_(
                "Six pictures: a wave, one frame of 20 ms, its spectrum, the 26 filters, the logarithm of the "
                "energy in each filter over time, and the coefficients 2 to 15 over time."
            ),
        ),
        Caption(
            "windows.png",
            "41-47",
            N_("Figures 12 to 14: the first and the last place of a window (T01, T02)"),
            N_(
                "Two grids with a 5x5 window at its first and last place. Without a border the 28x28 image gives "
                "24x24. With a border of 2 it gives 28x28."
            ),
        ),
        Caption(
            "filters.png",
            "41-47",
            N_("Figure 18: the table of filters, on a photograph (T05)"),
            N_(
                "A portrait of an officer through six filters, with their numbers: unchanged, two edge filters that"
                " leave bright outlines on black, sharper, and twice softer."
            ),
        ),
        Caption(
            "pooling.png",
            "41-47",
            N_("Figures 21 and 22: a map, and what each way of pooling leaves of it (T06)"),
            N_("A map of 4x4 numbers in four squares. Of each, max, mean and sum pooling keep one number."),
        ),
        Caption(
            "forget_bias.png",
            "75-78",
            N_("What an untrained LSTM remembers, with and without a forget bias (T12)"),
            N_(
                "Two charts of the share of the cell state that is left after 0 to 20 steps. By the book's "
                "equations it halves at every step. With a forget bias of 1 it falls to 0.73 of itself."
            ),
        ),
    ),
}


def captions(chapter):
    """Return the Captions of the figures of a chapter (its name), in the order of the book."""
    return CAPTIONS.get(chapter, ())
