"""Measure gradients that vanish through layers (pages 24 to 27) and through time (pages 75 to 76)."""

from types import SimpleNamespace

import numpy as np

from common import figures
from common.seq2seq import rnn_decoder
from common.tf1 import tf

BATCH, INPUTS = 32, 10


def load_data(run):
    """Return a batch of random sequences, float32 [steps, batch, inputs]."""
    return np.random.normal(size=[run.settings.memory_steps, BATCH, INPUTS]).astype(np.float32)


def build_model(rnn_size, steps, layers):
    """Return the gradients through a chain of `layers` neurons of weight 1, and through recurrent cells.

    `by_layer` holds the gradient of the last neuron for each activation, float [layers + 1]. It is with respect to the
    chain's input and to each neuron. `by_step` holds the gradient of the last hidden state for each cell, float
    [steps, batch, inputs]. It is in a random direction, with respect to each input.
    """
    by_layer = {}
    for name, activation in (("sigmoid", tf.nn.sigmoid), ("tanh", tf.nn.tanh), ("relu", tf.nn.relu)):
        h = [tf.constant(1.0)]
        for _ in range(layers):
            h.append(activation(h[-1]))
        by_layer[name] = tf.stack(tf.gradients(h[-1], h))

    x = tf.placeholder(tf.float32, [steps, BATCH, INPUTS])
    direction = tf.random_normal([BATCH, rnn_size])
    cells = {
        "rnn": tf.nn.rnn_cell.BasicRNNCell(rnn_size),
        "lstm": tf.nn.rnn_cell.BasicLSTMCell(rnn_size, forget_bias=0.0, state_is_tuple=True),
        "lstm_biased": tf.nn.rnn_cell.BasicLSTMCell(rnn_size, state_is_tuple=True),
    }
    by_step = {}
    for name, cell in cells.items():
        inputs = tf.unstack(x)
        hidden, _ = rnn_decoder(inputs, cell.zero_state(BATCH, tf.float32), cell, scope=f"vanishing_{name}")
        by_step[name] = tf.stack(tf.gradients(hidden[-1] * direction, inputs))
    return SimpleNamespace(**locals())


def evaluate_model(run, x, model):
    """Print what is left of each gradient at the far end."""
    sess = run.session()
    sess.run(tf.initialize_all_variables())
    by_layer, by_step = sess.run([model.by_layer, model.by_step], feed_dict={model.x: x})
    by_layer = {name: slopes[::-1] for name, slopes in by_layer.items()}
    left = {name: np.linalg.norm(gradient, axis=2).mean(1)[::-1] for name, gradient in by_step.items()}
    left = {name: norms / norms[0] for name, norms in left.items()}
    metrics = {}
    for name, slopes in by_layer.items():
        print("    slope of %d neurons of %s in a row: %.1e" % (len(slopes) - 1, name, slopes[-1]))
        metrics[f"slope_of_{name}_chain"] = float(slopes[-1])
    for name, norms in left.items():
        print("    share of the gradient %d steps back, %s: %.1e" % (len(norms) - 1, name, norms[-1]))
        metrics[f"gradient_left_{name}"] = float(norms[-1])
    run.save_figure("vanishing_gradient", draw(by_layer, left))
    return metrics


def draw(by_layer, left):
    """Draw both products on a logarithmic axis."""
    figure, (layers, steps) = figures.canvas(1, 2, width=9, height=4.2)
    colors = (figures.ORANGE, figures.GREEN, figures.BLUE)
    for (name, slopes), color in zip(by_layer.items(), colors, strict=True):
        layers.semilogy(slopes, "o-", color=color, label={"relu": "ReLU"}.get(name, name))
    layers.set(title="계층이 깊어질 때(가중치 1)", xlabel="출력에서 거슬러 간 계층 수", ylabel="기울기의 곱")
    texts = {"rnn": "RNN", "lstm": "LSTM, 책의 식", "lstm_biased": "LSTM, forget bias 1"}
    for (name, norms), color in zip(left.items(), colors, strict=True):
        steps.semilogy(norms, "o-", color=color, label=texts[name])
    steps.set(title="시간이 길어질 때(학습 전)", xlabel="거슬러 간 단계 수(step)", ylabel="남은 기울기의 비율")
    for ax in (layers, steps):
        ax.minorticks_off()
        ax.legend()
    return figure


def main(run):
    x = run.phase(load_data, run)
    settings = run.settings
    model = run.phase(build_model, settings.rnn_size, settings.memory_steps, settings.layers)
    return run.phase(evaluate_model, run, x, model)
