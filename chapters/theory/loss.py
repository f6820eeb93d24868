"""Compute one-hot labels and the cross-entropy that a prediction costs (pages 14 to 23)."""

from types import SimpleNamespace

import numpy as np

from common import figures
from common.tf1 import tf

LABEL = 2
PREDICTION = [0.01, 0.01, 0.90, 0.01, 0.02, 0.01, 0.01, 0.01, 0.01, 0.01]  # as printed on pages 18 to 23


def load_data(run):
    """Return predictions, float [steps + 1, 10], on two ways from the label: to no opinion and to another digit."""
    near = np.full(10, 0.001)
    near[LABEL] = 0.991
    unsure = np.full(10, 0.1)
    wrong = np.full(10, 0.001)
    wrong[7] = 0.991
    share = np.linspace(0, 1, run.settings.distance_steps + 1)[:, None]
    return SimpleNamespace(unsure=(1 - share) * near + share * unsure, wrong=(1 - share) * near + share * wrong)


def build_model():
    """Return one-hot vectors of `label`, int [n], and the cross-entropy [n] of `y` against `y_`, both float [n, 10]."""
    label = tf.placeholder(tf.int32, [None])
    one_hot = tf.one_hot(label, 10)
    y_ = tf.placeholder(tf.float32, [None, 10])
    y = tf.placeholder(tf.float32, [None, 10])
    cross_entropy = -tf.reduce_sum(y_ * tf.log(y), reduction_indices=[1])
    distance = tf.sqrt(tf.reduce_sum(tf.square(y_ - y), reduction_indices=[1]))
    return SimpleNamespace(**locals())


def evaluate_model(run, ways, model):
    """Print and return claims T10 and T13. Print the label of pages 14 to 17 that has nine places (E01)."""
    sess = run.session()
    digits = sess.run(model.one_hot, feed_dict={model.label: np.arange(10)})
    print("T10 label %d: %s" % (LABEL, digits[LABEL].astype(int).tolist()))
    print("E01 label 1 has %d places, not the nine of the text: %s" % (digits.shape[1], digits[1].astype(int).tolist()))

    def cost(predictions):
        labels = np.repeat(digits[[LABEL]], len(predictions), 0)
        return sess.run([model.distance, model.cross_entropy], feed_dict={model.y_: labels, model.y: predictions})

    _, printed = cost([PREDICTION])
    curves = {name: cost(predictions) for name, predictions in vars(ways).items()}
    rising = np.mean([np.diff(entropy) > 0 for _, entropy in curves.values()])
    print("T13 cross-entropy of the printed prediction: %.6f" % printed[0])
    print("T13 share of steps away from the label that raise it: %g" % rising)
    # Between two ways it can fall, because only the probability of the right class counts.
    doubting = np.full(10, 0.55 / 9)
    doubting[LABEL] = 0.45
    torn = np.full(10, 1e-6)
    torn[[LABEL, 7]] = 0.5
    pair = cost([doubting, torn])
    for distance, entropy in zip(*pair, strict=True):
        print("    at distance %.3f: cross-entropy %.3f" % (distance, entropy))
    run.save_figure("one_hot", draw_one_hot(digits))
    run.save_figure("cross_entropy", draw_cross_entropy(curves, pair))
    return {
        "one_hot": [int(place) for place in digits[LABEL]],
        "one_hot_places": digits.shape[1],
        "cross_entropy_of_printed_prediction": float(printed[0]),
        "cross_entropy_rising_share": float(rising),
    }


def draw_one_hot(digits):
    """Draw the labels of figure 12: one row a digit, a single 1 in each."""
    figure, ax = figures.canvas(width=5.2, height=5)
    ax.imshow(digits, cmap="Blues", vmin=0, vmax=1.6)
    for row in range(10):
        for column in range(10):
            ax.text(column, row, "%d" % digits[row, column], ha="center", va="center")
    ax.set(title="One-Hot Vector: 숫자마다 열 자리", xlabel="자리(0~9)", ylabel="라벨")
    ax.set(xticks=range(10), yticks=range(10))
    ax.grid(False)
    return figure


def draw_cross_entropy(curves, pair):
    """Draw cross-entropy against distance on the two ways, with two points of the opposite order."""
    figure, ax = figures.canvas(width=6.8, height=4.6)
    for (name, text), color in zip(
        {"unsure": "모든 숫자가 같은 확률이 될 때까지", "wrong": "7이라고 확신할 때까지"}.items(),
        (figures.BLUE, figures.ORANGE),
        strict=True,
    ):
        ax.plot(*curves[name], color=color, label=text)
    ax.plot(*pair, "o", color=figures.RED, label="더 멀지만 더 작은 한 쌍")
    ax.set(
        title="라벨 2에서 멀어지는 예측의 크로스 엔트로피",
        xlabel="라벨과 예측 사이의 거리(유클리드)",
        ylabel="크로스 엔트로피 H (nat)",
    )
    ax.legend(loc="upper left")
    return figure


def main(run):
    ways = run.phase(load_data, run)
    model = run.phase(build_model)
    return run.phase(evaluate_model, run, ways, model)
