"""Draw the activation functions and their slopes (pages 8 to 13, ReLU on pages 24 to 27)."""

from types import SimpleNamespace

import numpy as np

from common import figures
from common.tf1 import tf


def load_data(run):
    """Return inputs from -6 to 6, float32 [241], 0 among them."""
    return np.linspace(-6, 6, 241, dtype=np.float32)


def build_model():
    """Return the four activations of figure 6 and the slope of each, float [n], for `x`, float [n]."""
    x = tf.placeholder(tf.float32, [None])
    sigmoid = tf.nn.sigmoid(x)
    # Softmax takes a whole layer. This is the first of ten outputs, with 0 for the other nine inputs.
    layer = tf.concat([tf.expand_dims(x, 1), tf.zeros([tf.size(x), 9])], 1)
    outputs = tf.nn.softmax(layer)
    softmax = outputs[:, 0]
    tanh = tf.nn.tanh(x)
    relu = tf.nn.relu(x)
    curves = {"sigmoid": sigmoid, "softmax": softmax, "tanh": tanh, "relu": relu}
    slopes = {name: tf.gradients(curve, x)[0] for name, curve in curves.items()}
    return SimpleNamespace(**locals())


def evaluate_model(run, inputs, model):
    """Print and return claim T14: the share of inputs at which the curves have the book's properties.

    Pages 8 to 13 and 24 to 27 state them.
    """
    sess = run.session()
    curves, slopes, outputs = sess.run([model.curves, model.slopes, model.outputs], feed_dict={model.x: inputs})
    kept = np.ones(len(inputs), bool)
    for name in ("sigmoid", "softmax"):
        kept &= (curves[name] >= 0) & (curves[name] <= 1)
    kept &= curves["relu"] == np.where(inputs > 0, inputs, 0)
    kept &= np.abs(outputs.sum(1) - 1) < 1e-6
    zero = int(np.argmin(np.abs(inputs)))
    metrics = {"activation_properties_kept": float(kept.mean())}
    print("T14 share of inputs with sigmoid, softmax in 0..1, softmax summing to 1, ReLU max(x, 0): %g" % kept.mean())
    for name in curves:
        metrics[f"{name}_steepest"] = float(slopes[name].max())
        print("    %s(0) = %.4f, steepest slope %.4f" % (name, curves[name][zero], slopes[name].max()))
    run.save_figure("activations", draw(inputs, curves, slopes))
    return metrics


def draw(inputs, curves, slopes):
    """Draw figure 6: each function as a line, its slope as a dashed one."""
    titles = {
        "sigmoid": "시그모이드(Sigmoid)",
        "softmax": "소프트맥스(Softmax), 나머지 9개 입력은 0",
        "tanh": "하이퍼탄젠트(tanh)",
        "relu": "ReLU",
    }
    figure, axes = figures.canvas(2, 2, width=8, height=6.4)
    for ax, (name, title) in zip(axes.flat, titles.items(), strict=True):
        ax.plot(inputs, curves[name], color=figures.BLUE, label="함수값")
        ax.plot(inputs, slopes[name], color=figures.ORANGE, linestyle="--", label="기울기")
        ax.set(title=title, xlabel="입력 x", ylabel="출력")
        ax.legend(loc="upper left")
    return figure


def main(run):
    inputs = run.phase(load_data, run)
    model = run.phase(build_model)
    return run.phase(evaluate_model, run, inputs, model)
