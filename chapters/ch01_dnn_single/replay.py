"""ch01: one softmax layer on MNIST (pages 18 to 23)."""

from types import SimpleNamespace

from common import harness
from common.mnist import FILES, find_file, read_data_sets
from common.tf1 import tf


def load_data(run):
    """The data sets `train`, `validation` and `test` with one-hot labels (pages 18-23).

    Raises ReplayError for a file that is missing or bad.
    """
    directory = run.data_folder()
    mnist = read_data_sets(directory, one_hot=True, validation_size=run.settings.validation_size)
    run.note(
        train_examples=mnist.train.num_examples,
        test_examples=mnist.test.num_examples,
        images_shape=list(mnist.train.images.shape),
        labels_shape=list(mnist.train.labels.shape),
        pixel_range=[float(mnist.train.images.min()), float(mnist.train.images.max())],
    )
    paths = [find_file(directory, name) for name in FILES]
    run.note(
        packed_files=sum(path.suffix == ".gz" for path in paths),
        train_images_bytes=paths[0].stat().st_size,
        train_labels_bytes=paths[1].stat().st_size,
        test_images_bytes=paths[2].stat().st_size,
        test_labels_bytes=paths[3].stat().st_size,
    )
    return mnist


def build_model():
    """The graph of pages 18 to 23; every name of the listing is an attribute of what is returned."""
    x = tf.placeholder(tf.float32, [None, 784])
    y_ = tf.placeholder(tf.float32, [None, 10])

    W = tf.Variable(tf.zeros([784, 10]))
    b = tf.Variable(tf.zeros([10]))

    y = tf.nn.softmax(tf.matmul(x, W) + b)

    cross_entropy = tf.reduce_mean(-tf.reduce_sum(y_ * tf.log(y), reduction_indices=[1]))
    train_step = tf.train.GradientDescentOptimizer(0.5).minimize(cross_entropy)
    return SimpleNamespace(**locals())


def train_model(run, mnist, model):
    """The loop of pages 18 to 23; the loss is fetched beside `train_step`, for the curve and to stop at a NaN.

    Raises ReplayError when the loss is not finite.
    """
    init = tf.initialize_all_variables()
    sess = run.session()
    sess.run(init)

    for i in run.steps(run.settings.steps):
        batch_xs, batch_ys = mnist.train.next_batch(run.settings.batch_size)
        loss, _ = sess.run([model.cross_entropy, model.train_step], feed_dict={model.x: batch_xs, model.y_: batch_ys})
        run.record("cross_entropy", i, loss)


def evaluate_model(run, mnist, model):
    """Print the accuracy on the test set (pages 18-23) and return it."""
    sess = run.session()
    correct_prediction = tf.equal(tf.argmax(model.y, 1), tf.argmax(model.y_, 1))
    accuracy = tf.reduce_mean(tf.cast(correct_prediction, tf.float32))
    test_accuracy = sess.run(accuracy, feed_dict={model.x: mnist.test.images, model.y_: mnist.test.labels})
    print(test_accuracy)
    return {"test_accuracy": float(test_accuracy)}


def main(run):
    mnist = run.phase(load_data, run)
    model = run.phase(build_model)
    run.phase(train_model, run, mnist, model)
    return run.phase(evaluate_model, run, mnist, model)


if __name__ == "__main__":
    harness.replay(__file__, main)
