"""An RNN and an LSTM cell by the printed equations, and TensorFlow's (pages 67 to 70 and 75 to 78)."""

from types import SimpleNamespace

import numpy as np

from common import figures
from common.seq2seq import rnn_decoder
from common.tf1 import tf

BATCH, INPUTS = 3, 4


def load_data(run):
    """A batch of random sequences, float32 [steps, batch, inputs]."""
    return np.random.normal(size=[run.settings.sequence_steps, BATCH, INPUTS]).astype(np.float32)


def build_model(rnn_size, steps):
    """TensorFlow's cells unrolled over `x`: RNN, LSTM, and LSTM with the forget bias that the equations leave out.

    `outputs` holds for each the hidden states, float [steps, batch, rnn_size], and `kernels` its W and b.
    """
    x = tf.placeholder(tf.float32, [steps, BATCH, INPUTS])
    cells = {
        "rnn": tf.nn.rnn_cell.BasicRNNCell(rnn_size),
        "lstm": tf.nn.rnn_cell.BasicLSTMCell(rnn_size, forget_bias=0.0, state_is_tuple=True),
        "lstm_biased": tf.nn.rnn_cell.BasicLSTMCell(rnn_size, state_is_tuple=True),
    }
    outputs, kernels = {}, {}
    for name, cell in cells.items():
        hidden, _ = rnn_decoder(tf.unstack(x), cell.zero_state(BATCH, tf.float32), cell, scope=f"cells_{name}")
        outputs[name], kernels[name] = tf.stack(hidden), cell.trainable_variables
    return SimpleNamespace(**locals())


def sigmoid(p):
    """The logistic function of an array."""
    return 1 / (1 + np.exp(-p))


def rnn(x, W, b):
    """h(t) = tanh(W(h(t-1), x(t)) + b), pages 67 to 70: float [steps, batch, size] from a state of 0."""
    h = np.zeros([x.shape[1], b.size])
    hidden = []
    for x_t in x:
        h = np.tanh(np.concatenate([x_t, h], 1) @ W + b)
        hidden.append(h)
    return np.array(hidden)


def lstm(x, W, b, forget_bias=0.0):
    """The equations of pages 75 to 78, whose `forget_bias` is 0: float [steps, batch, size] from states of 0."""
    h = c = np.zeros([x.shape[1], b.size // 4])
    hidden = []
    for x_t in x:
        p_i, p_j, p_f, p_o = np.split(np.concatenate([x_t, h], 1) @ W + b, 4, 1)
        f = c * sigmoid(p_f + forget_bias)
        i = sigmoid(p_i) * np.tanh(p_j)
        c = f + i
        h = np.tanh(c) * sigmoid(p_o)
        hidden.append(h)
    return np.array(hidden)


def evaluate_model(run, x, model):
    """Claims T11 and T12: the largest difference of a hidden state to TensorFlow's."""
    sess = run.session()
    sess.run(tf.initialize_all_variables())
    # Biases start at 0, which would hide an equation that forgets them.
    for variables in model.kernels.values():
        variables[1].load(np.random.normal(size=variables[1].shape.as_list()), sess)
    outputs, kernels = sess.run([model.outputs, model.kernels], feed_dict={model.x: x})
    x = x.astype(float)
    differences = {
        "rnn_difference": rnn(x, *kernels["rnn"]) - outputs["rnn"],
        "lstm_difference": lstm(x, *kernels["lstm"]) - outputs["lstm"],
        "lstm_difference_of_default_cell": lstm(x, *kernels["lstm_biased"]) - outputs["lstm_biased"],
        "lstm_difference_with_forget_bias": lstm(x, *kernels["lstm_biased"], 1.0) - outputs["lstm_biased"],
    }
    differences = {name: float(np.abs(difference).max()) for name, difference in differences.items()}
    texts = ("T11 RNN", "T12 LSTM", "    LSTM as the listing builds it", "    the same with 1 added to p(f)")
    for text, difference in zip(texts, differences.values(), strict=True):
        print("%s: largest difference to the printed equations %.1e" % (text, difference))

    steps = np.arange(run.settings.memory_steps + 1)
    kept = {bias: sigmoid(bias) ** steps for bias in (0.0, 1.0)}
    for bias, share in kept.items():
        text = "    an untrained cell with forget bias %g keeps %.2g of its state over %d steps"
        print(text % (bias, share[-1], steps[-1]))
    run.save_figure("forget_bias", draw(kept))
    return {**differences, "kept_without_forget_bias": kept[0.0][-1], "kept_with_forget_bias": kept[1.0][-1]}


def draw(kept):
    """What is left of the cell state while p(f) is still 0, on a straight and on a logarithmic axis."""
    figure, axes = figures.canvas(1, 2, width=9, height=4.2)
    texts = {0.0: "책의 식: sigmoid(0) = 0.5", 1.0: "forget bias 1: sigmoid(1) = 0.73"}
    for ax, scale in zip(axes, ("linear", "log"), strict=True):
        for (bias, share), color in zip(kept.items(), (figures.ORANGE, figures.BLUE), strict=True):
            ax.plot(share, "o-", color=color, label=texts[bias])
        ax.set(title="학습 전 LSTM이 기억하는 비율", xlabel="지난 단계 수(step)", ylabel="남은 셀 상태", yscale=scale)
        ax.legend()
    return figure


def main(run):
    x = run.phase(load_data, run)
    model = run.phase(build_model, run.settings.rnn_size, run.settings.sequence_steps)
    return run.phase(evaluate_model, run, x, model)
