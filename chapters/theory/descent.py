"""Walk down a curve by gradient descent (pages 8 to 13 and 18 to 23)."""

from types import SimpleNamespace

import numpy as np

from common import figures
from common.tf1 import tf

START = -3.0


def f(w):
    """Return the value at `w` of a parabola with its minimum 1 at w = 3."""
    return (w - 3.0) ** 2 / 4 + 1


def build_model(learning_rates):
    """Return a weight, its loss and a step of descent for each of `learning_rates`."""
    w = [tf.Variable(START) for _ in learning_rates]
    loss = [f(weight) for weight in w]
    gradient = [tf.gradients(value, weight)[0] for value, weight in zip(loss, w, strict=True)]
    train_step = [
        tf.train.GradientDescentOptimizer(rate).minimize(value)
        for rate, value in zip(learning_rates, loss, strict=True)
    ]
    return SimpleNamespace(**locals())


def train_model(run, model):
    """Walk down, and return the weights at each step, float [steps + 1, learning rates]."""
    sess = run.session()
    sess.run(tf.initialize_all_variables())
    walk = [sess.run(model.w)]
    for i in run.steps(run.settings.descent_steps, walk):
        loss, _ = sess.run([model.loss, model.train_step])
        for rate, value in zip(model.learning_rates, loss, strict=True):
            run.record(f"descent_loss_{rate:g}", i, value)
        walk.append(sess.run(model.w))
    return np.array(walk)


def evaluate_model(run, walk, model):
    """Print and return the loss at which each learning rate ends.

    The text says that following the gradient reaches the minimum.
    """
    losses = f(walk)
    print("    %d steps of gradient descent from w = %g, the minimum being at w = 3:" % (len(walk) - 1, START))
    for rate, weights, values in zip(model.learning_rates, walk.T, losses.T, strict=True):
        print("    learning rate %g: w = %.4f, loss %.4f" % (rate, weights[-1], values[-1]))
    run.save_figure("gradient_descent", draw(walk, losses, model.learning_rates))
    return {"descent_losses": losses[-1].tolist()}


def draw(walk, losses, learning_rates):
    """Draw figure 8: the walk with the listing's rate, and the loss by step for each rate."""
    figure, (left, right) = figures.canvas(1, 2, width=9, height=4.2)
    curve = np.linspace(-4, 10, 200)
    left.plot(curve, f(curve), color=figures.GREY)
    listed = learning_rates.index(0.5)
    left.plot(walk[:, listed], losses[:, listed], "o-", color=figures.BLUE, label="학습 속도 0.5")
    left.plot(3, 1, "*", markersize=18, color=figures.RED, label="최소값")
    left.set(title="기울기의 반대 방향으로 내려가기", xlabel="가중치 w", ylabel="손실 f(w)")
    left.legend(loc="upper center")
    for column, (rate, color) in enumerate(
        zip(learning_rates, (figures.GREEN, figures.BLUE, figures.ORANGE), strict=True)
    ):
        right.semilogy(losses[:, column] - 1, "o-", color=color, label=f"학습 속도 {rate:g}")
    right.set(title="학습 속도에 따른 차이", xlabel="단계(step)", ylabel="손실 - 최소값")
    right.minorticks_off()
    right.legend()
    return figure


def main(run):
    model = run.phase(build_model, run.settings.learning_rates)
    walk = run.phase(train_model, run, model)
    return run.phase(evaluate_model, run, walk, model)
