"""Compare RNN and LSTM cells by the printed equations with TensorFlow's (pages 67 to 70 and 75 to 78)."""

from types import SimpleNamespace

import numpy as np

from common import figures
from common.seq2seq import rnn_decoder
from common.tf1 import tf

BATCH, INPUTS = 3, 4


def load_data(run):
    """Return a batch of random sequences, float32 [steps, batch, inputs]."""
    return np.random.normal(size=[run.settings.sequence_steps, BATCH, INPUTS]).astype(np.float32)


def build_model(rnn_size, steps, memory_steps):
    """Return TensorFlow's cells unrolled over `x`: RNN, LSTM, and LSTM with the forget bias that the equations lack.

    For each cell, `outputs` holds the hidden states, float [steps, batch, rnn_size], and `kernels` its W and b. For
    each LSTM, `memories` holds a cell state, float [memory_steps + 1]. It starts at 1 and gets no input.
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
    memories = {}
    for name in ("lstm", "lstm_biased"):
        state = tf.nn.rnn_cell.LSTMStateTuple(tf.ones([1, rnn_size]), tf.zeros([1, rnn_size]))
        memory = [state.c]
        with tf.variable_scope(f"cells_{name}", reuse=True):
            for _ in range(memory_steps):
                _, state = cells[name](tf.zeros([1, INPUTS]), state)
                memory.append(state.c)
        memories[name] = tf.stack(memory)[:, 0, 0]
    return SimpleNamespace(**locals())


def sigmoid(p):
    """Return the logistic function of an array."""
    return 1 / (1 + np.exp(-p))


def rnn(x, W, b):
    """Return the hidden states, float [steps, batch, size], by the equation of pages 67 to 70.

    It is h(t) = tanh(W(h(t-1), x(t)) + b). The first state is 0.
    """
    h = np.zeros([x.shape[1], b.size])
    hidden = []
    for x_t in x:
        h = np.tanh(np.concatenate([x_t, h], 1) @ W + b)
        hidden.append(h)
    return np.array(hidden)


def lstm(x, W, b, forget_bias=0.0):
    """Return the hidden states, float [steps, batch, size], by the equations of pages 75 to 78.

    Their `forget_bias` is 0. The first states are 0.
    """
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
    """Print and return claims T11 and T12: the largest difference of a hidden state to TensorFlow's."""
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
    texts = ("T11 RNN", "T12 LSTM", "    LSTM as the listings build it", "    the same with 1 added to p(f)")
    for text, difference in zip(texts, differences.values(), strict=True):
        print("%s: largest difference to the printed equations %.1e" % (text, difference))

    # p is 0 with weights of 0, and near 0 before training. The bias alone then decides what the cell keeps.
    for variables in (model.kernels["lstm"], model.kernels["lstm_biased"]):
        for variable in variables:
            variable.load(np.zeros(variable.shape.as_list()), sess)
    kept = sess.run(model.memories)
    for name, bias in (("lstm", 0), ("lstm_biased", 1)):
        left, steps = kept[name][-1], len(kept[name]) - 1
        print("    while p is 0, a forget bias of %d keeps %.2g of c over %d steps" % (bias, left, steps))
    run.save_figure("forget_bias", draw(kept))
    return {**differences, **{f"kept_by_{name}": float(share[-1]) for name, share in kept.items()}}


def draw(kept):
    """Draw what is left of the cell state while p is 0, on a straight and a logarithmic axis."""
    figure, axes = figures.canvas(1, 2, width=9, height=4.2)
    texts = {"lstm": "책의 식: sigmoid(0) = 0.5", "lstm_biased": "forget bias 1: sigmoid(1) = 0.73"}
    for ax, scale in zip(axes, ("linear", "log"), strict=True):
        for (name, share), color in zip(kept.items(), (figures.ORANGE, figures.BLUE), strict=True):
            ax.plot(share, "o-", color=color, label=texts[name])
        ax.set(title="학습 전 LSTM이 기억하는 비율", xlabel="지난 단계 수(step)", ylabel="남은 셀 상태", yscale=scale)
        ax.minorticks_off()
        ax.legend()
    return figure


def main(run):
    x = run.phase(load_data, run)
    model = run.phase(build_model, run.settings.rnn_size, run.settings.sequence_steps, run.settings.memory_steps)
    return run.phase(evaluate_model, run, x, model)
