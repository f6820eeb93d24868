"""Compute windows, borders, shared weights and the filter table (pages 41 to 49)."""

from types import SimpleNamespace

import numpy as np
from matplotlib.cbook import get_sample_data
from matplotlib.image import imread

from common import figures
from common.tf1 import tf

INPUT = [[1, 2], [4, 5]]
FILTER = [[5, 4], [2, 1]]
FILTERS = {  # figure 18: the scan keeps two of the six names
    "Identity": [[0, 0, 0], [0, 1, 0], [0, 0, 0]],
    "Edge detection 1": [[1, 0, -1], [0, 0, 0], [-1, 0, 1]],
    "Edge detection 2": [[0, 1, 0], [1, -4, 1], [0, 1, 0]],
    "Sharpen": [[0, -1, 0], [-1, 5, -1], [0, -1, 0]],
    "Box blur": np.full([3, 3], 1 / 9),
    "Gaussian blur": np.array([[1, 2, 1], [2, 4, 2], [1, 2, 1]]) / 16,
}


def load_data(run):
    """Return a random image, float [28, 28], and a grey photograph, float [180, 180] from 0 to 1."""
    pixels = imread(get_sample_data("grace_hopper.jpg", asfileobj=False))[20:380, 80:440]  # comes with matplotlib
    # Averages of 2x2 pixels and three colours hide the blocks of the JPEG from the edge filters.
    photograph = pixels.reshape(180, 2, 180, 2, 3).mean((1, 3, 4)) / 255
    return SimpleNamespace(image=np.random.rand(28, 28), photograph=photograph)


def conv2d(x, W, padding):
    """Return the convolution with stride 1: float [n, height, width, maps]."""
    return tf.nn.conv2d(x, W, strides=[1, 1, 1, 1], padding=padding)


def build_model():
    """Return layers over `x`, float [n, height, width, 1]: without a border, with one, with weights of their own."""
    x = tf.placeholder(tf.float32, [None, None, None, 1])
    initial = tf.truncated_normal([5, 5, 1, 1], stddev=0.1)
    W = tf.Variable(initial)
    valid = conv2d(x, W, "VALID")
    same = conv2d(x, W, "SAME")
    bordered = conv2d(tf.pad(x, [[0, 0], [2, 2], [2, 2], [0, 0]]), W, "VALID")

    # Without sharing every neuron has its own window of weights. Here they start equal to the shared ones.
    W_unshared = tf.Variable(tf.tile(tf.reshape(initial, [1, 1, 5, 5]), [24, 24, 1, 1]))
    windows = tf.extract_image_patches(x, [1, 5, 5, 1], [1, 1, 1, 1], [1, 1, 1, 1], "VALID")
    unshared = tf.reduce_sum(windows * tf.reshape(W_unshared, [24, 24, 25]), 3, keep_dims=True)

    small = tf.placeholder(tf.float32, [2, 2])
    kernel = tf.placeholder(tf.float32, [2, 2])
    product = conv2d(tf.reshape(small, [1, 2, 2, 1]), tf.reshape(kernel, [2, 2, 1, 1]), "VALID")
    matrix_product = tf.matmul(small, kernel)

    table = tf.constant(np.stack(list(FILTERS.values()), -1)[:, :, None], tf.float32)
    filtered = conv2d(x, table, "VALID")

    colour_image = tf.zeros([28, 28, 3])
    vector = tf.reshape(colour_image, [-1])
    return SimpleNamespace(**locals())


def evaluate_model(run, data, model):
    """Print and return claims T01 to T05 and T08."""
    sess = run.session()
    sess.run(tf.initialize_all_variables())
    layers = {"valid": model.valid, "same": model.same, "bordered": model.bordered, "unshared": model.unshared}
    out = {n: v[0, :, :, 0] for n, v in sess.run(layers, feed_dict={model.x: data.image[None, :, :, None]}).items()}
    print("T01 5x5 window, stride 1, on 28x28: %dx%d" % out["valid"].shape)
    print("T02 with a border of 2: %dx%d" % out["bordered"].shape)
    border_difference = float(np.abs(out["bordered"] - out["same"]).max())
    print("    largest difference to padding SAME: %.1e" % border_difference)

    numbers = {model.small: INPUT, model.kernel: FILTER}
    product, matrix_product = sess.run([model.product, model.matrix_product], feed_dict=numbers)
    flipped = sess.run(model.product, feed_dict={**numbers, model.kernel: np.flip(FILTER)})
    print("T03 filter on the printed numbers: %g" % product.item())
    print("    their matrix product: %s" % matrix_product.astype(int).tolist())
    print("    with the filter turned round, as pages 41 to 47 define convolution: %g" % flipped.item())

    weights = [int(np.prod(W.get_shape().as_list())) for W in (model.W, model.W_unshared)]
    print("T04 weights of a map, shared: %d; unshared: %d" % tuple(weights))
    unshared_difference = float(np.abs(out["unshared"] - out["valid"]).max())
    print("    largest difference of their maps with equal weights: %.1e" % unshared_difference)

    flat = sess.run(model.filtered, feed_dict={model.x: np.ones([1, 3, 3, 1])}).ravel()
    filtered = sess.run(model.filtered, feed_dict={model.x: data.photograph[None, :, :, None]})[0]
    print("T05 what each filter makes of an image of ones: %g, %g, %g, %g, %g, %g" % tuple(flat))
    values = sess.run(model.vector)
    print("T08 values of a 28x28 colour image: %d" % len(values))

    run.save_figure("windows", draw_windows(out["valid"].shape[0], out["bordered"].shape[0]))
    run.save_figure("filters", draw_filters(data.photograph, filtered))
    return {
        "window_map": list(out["valid"].shape),
        "bordered_map": list(out["bordered"].shape),
        "border_difference": border_difference,
        "filtered_square": float(product.item()),
        "weights": weights,
        "unshared_difference": unshared_difference,
        "filters_on_ones": flat.tolist(),
        "colour_values": len(values),
    }


def draw_windows(*positions):
    """Draw figures 12 to 14: the first and the last place of the window, without and with the border."""
    figure, (left, right) = figures.canvas(1, 2, width=9, height=4.8)
    for ax, border, places in zip((left, right), (0, 2), positions, strict=True):
        side = 28 + 2 * border
        if border:
            ax.add_patch(figures.square(0, 0, side, facecolor="#d9d9d9"))
        ax.add_patch(figures.square(border, border, 28, facecolor="#fff2b3"))
        last = places - 1
        for corner, label in ((0, "처음"), (last, "마지막")):
            ax.add_patch(figures.square(corner, corner, 5, facecolor="#74c476"))
            ax.text(corner + 2.5, corner + 2.5, label, ha="center", va="center", fontsize=10)
        ax.annotate("", (last + 0.5, 2.5), (5, 2.5), arrowprops={"arrowstyle": "->", "lw": 2})
        ax.text(side / 2, 4.4, f"오른쪽으로 {last}번", ha="center", va="center")
        ax.annotate("", (2.5, last + 0.5), (2.5, 5), arrowprops={"arrowstyle": "->", "lw": 2})
        ax.text(4.2, side / 2, f"아래로 {last}번", ha="center", va="center", rotation=90)
        result = f"{places}x{places}"
        ax.set(title=f"테두리(Padding) {border}: 28x28 → {result}", xlabel="가로 (픽셀)", ylabel="세로 (픽셀)")
        ticks = range(0, side + 1, 4)
        ax.set(xlim=(0, side), ylim=(side, 0), aspect="equal", xticks=ticks, yticks=ticks)
        ax.grid(True, linewidth=0.5)
    return figure


def draw_filters(photograph, filtered):
    """Draw figure 18 on a photograph.

    What the two edge filters give is shown by its size, dark where it is 0.
    """
    figure, axes = figures.canvas(2, 3, width=8.4, height=5.9)
    for index, (ax, name) in enumerate(zip(axes.flat, FILTERS, strict=True)):
        image = filtered[:, :, index]
        if name.startswith("Edge"):
            image = np.abs(image)
            ax.imshow(image, cmap="gray", vmin=0, vmax=np.percentile(image, 99.5), interpolation="nearest")
        else:
            ax.imshow(image, cmap="gray", vmin=0, vmax=1, interpolation="nearest")
        scale = {"Box blur": 9, "Gaussian blur": 16}.get(name, 1)
        rows = "\n".join("  ".join("%2g" % weight for weight in row) for row in np.array(FILTERS[name]) * scale)
        ax.set_title(name + (f" (1/{scale})" if scale > 1 else ""))
        box = {"facecolor": "white", "alpha": 0.85}
        ax.text(0.04, 0.04, rows, transform=ax.transAxes, family="monospace", bbox=box)
        ax.set(xlabel="가로 (픽셀)", ylabel="세로 (픽셀)")
        ax.label_outer()
        ax.grid(False)
    return figure


def main(run):
    data = run.phase(load_data, run)
    model = run.phase(build_model)
    return run.phase(evaluate_model, run, data, model)
