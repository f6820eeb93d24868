"""Pool the printed map (pages 41 to 47)."""

from types import SimpleNamespace

import numpy as np

from common import figures
from common.layers import weight_variable
from common.tf1 import tf

SQUARES = [[1, 1, 5, 6], [2, 4, 7, 8], [3, 2, 1, 2], [1, 0, 3, 4]]
FIRST_SQUARE_AGAIN = [1, 2, 5, 6]  # what the next sentence of the book makes of the first one


def load_data(run):
    """Return the printed map, float [4, 4], put together from its squares, each printed row by row."""
    return SimpleNamespace(map=assemble(SQUARES), again=assemble([FIRST_SQUARE_AGAIN, *SQUARES[1:]]))


def assemble(squares):
    """Return float [4, 4] of four 2x2 squares: upper left, upper right, lower left, lower right."""
    return np.array(squares, float).reshape(2, 2, 2, 2).transpose(0, 2, 1, 3).reshape(4, 4)


def build_model():
    """Return max, mean and sum pooling of `x`, float [n, height, width, 1], and the layers of figure 20."""
    x = tf.placeholder(tf.float32, [None, None, None, 1])
    squares = {"ksize": [1, 2, 2, 1], "strides": [1, 2, 2, 1], "padding": "SAME"}
    max_pool = tf.nn.max_pool(x, **squares)
    mean_pool = tf.nn.avg_pool(x, **squares)
    sum_pool = tf.nn.conv2d(x, tf.ones([2, 2, 1, 1]), strides=[1, 2, 2, 1], padding="SAME")

    image = tf.placeholder(tf.float32, [None, 28, 28, 1])
    convolved = tf.nn.conv2d(image, weight_variable([5, 5, 1, 32]), strides=[1, 1, 1, 1], padding="VALID")
    pooled = tf.nn.max_pool(convolved, **squares)
    return SimpleNamespace(**locals())


def evaluate_model(run, data, model):
    """Print and return claims T06 and T07, and the square that is printed in two ways (E18)."""
    sess = run.session()
    sess.run(tf.initialize_all_variables())
    operations = {"max": model.max_pool, "mean": model.mean_pool, "sum": model.sum_pool}

    def pool(map_):
        found = sess.run(operations, feed_dict={model.x: map_[None, :, :, None]})
        return {name: value[0, :, :, 0] for name, value in found.items()}

    pooled, again = pool(data.map), pool(data.again)
    convolved, shape = sess.run([model.convolved, model.pooled], feed_dict={model.image: np.zeros([1, 28, 28, 1])})
    for name in operations:
        print("T06 %s pooling: %g, %g, %g, %g" % (name, *pooled[name].ravel()))
    first = again["max"][0, 0], again["sum"][0, 0]
    print("E18 with %s as the first square: max %g, sum %g" % (FIRST_SQUARE_AGAIN, *first))
    print("T07 28x28 -> %dx%dx%d -> %dx%dx%d" % (convolved.shape[1:] + shape.shape[1:]))
    run.save_figure("pooling", draw(data.map, pooled))
    return {
        "max_pool": pooled["max"].ravel().tolist(),
        "max_pool_of_other_first_square": again["max"].ravel().tolist(),
        "mean_pool": pooled["mean"].ravel().tolist(),
        "sum_pool": pooled["sum"].ravel().tolist(),
        "pooled_shape": list(shape.shape[1:]),
    }


def draw(map_, pooled):
    """Draw figures 21 and 22: the map and what each way of pooling leaves of it."""
    figure, axes = figures.canvas(1, 4, width=9.6, height=2.9)
    titles = {"map": "특징 맵", "max": "맥스 풀링(Max)", "mean": "평균 풀링(Mean)", "sum": "합 풀링(Sum)"}
    colors = ["#9ecae1", "#a1d99b", "#fdd0a2", "#dadaeb"]
    for ax, (name, title) in zip(axes, titles.items(), strict=True):
        values = map_ if name == "map" else pooled[name]
        side = len(values)
        for row in range(side):
            for column in range(side):
                square = (2 * row // side) * 2 + 2 * column // side
                ax.add_patch(figures.square(column, row, facecolor=colors[square]))
                ax.text(column + 0.5, row + 0.5, "%g" % values[row, column], ha="center", va="center", fontsize=14)
        ax.set(title=title, xlim=(0, side), ylim=(side, 0), xlabel="열", ylabel="행", aspect="equal")
        ax.set(xticks=np.arange(side) + 0.5, yticks=np.arange(side) + 0.5)
        ax.set_xticklabels(range(1, side + 1))
        ax.set_yticklabels(range(1, side + 1))
        ax.grid(False)
    return figure


def main(run):
    data = run.phase(load_data, run)
    model = run.phase(build_model)
    return run.phase(evaluate_model, run, data, model)
