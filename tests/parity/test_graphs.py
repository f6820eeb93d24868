"""Each chapter's own graph, step by step against what TensorFlow 0.12.1 recorded."""

import math
import re

import numpy as np
import pytest

from chapters.ch01_dnn_single import replay as ch01
from chapters.ch02_dnn_multi import replay as ch02
from chapters.ch03_dnn_genre import replay as ch03
from chapters.ch04_cnn_mnist import replay as ch04
from chapters.ch05_cnn_cifar10 import replay as ch05
from chapters.ch06_rnn_hello import replay as ch06
from common.tf1 import period_graph, session, tf
from tests.support.recordings import RECORDED, S, overwrite_variables


@pytest.mark.parametrize(
    ("name", "chapter", "output", "n", "early", "all_losses"),
    [
        ("dnn_single", ch01, "y", 50, 1e-5, 5e-3),
        ("dnn_multi", ch02, "y", 50, 1e-5, 5e-3),
        ("genre_dnn", ch03, "y", 50, 1e-5, 1e-5),
        ("mnist_cnn", ch04, "y_conv", 16, 1e-4, 5e-3),
        ("cifar_cnn", ch05, "y_conv", 16, 1e-5, 5e-3),
    ],
)
def test_a_classifier_learns_as_recorded(name, chapter, output, n, early, all_losses):
    recording = RECORDED[name]
    with period_graph(), session(2) as sess:
        model = chapter.build_model()
        overwrite_variables(sess, recording)
        (shape, (k,)) = (placeholder.shape.as_list()[1:] for placeholder in (model.x, model.y_))
        d = math.prod(shape)
        extra = {model.keep_prob: 1.0} if hasattr(model, "keep_prob") else {}
        losses = []
        for t in range(RECORDED["steps"]):
            x = np.random.RandomState(S * 1000 + t).uniform(0, 0.2, size=(n, d)).astype(np.float32).reshape(n, *shape)
            labels = np.eye(k)[np.random.RandomState(S * 2000 + t).randint(0, k, size=n)]
            feed = {model.x: x, model.y_: labels, **extra}
            losses.append(sess.run([model.cross_entropy, model.train_step], feed_dict=feed)[0])
        x = np.random.RandomState(S * 1000 + 10**6).uniform(0, 0.2, size=(8, d)).astype(np.float32).reshape(8, *shape)
        final_output = sess.run(getattr(model, output), feed_dict={model.x: x, **extra})
        final = [(value.mean(), value.std()) for value in sess.run(tf.trainable_variables())]
    np.testing.assert_allclose(losses[:20], recording["losses"][:20], rtol=early)
    np.testing.assert_allclose(losses, recording["losses"], rtol=all_losses)
    np.testing.assert_allclose(final_output, recording["final_output"], rtol=5e-3)
    np.testing.assert_allclose(final, recording["final_mean_std"], rtol=5e-3, atol=1e-4)


IMAGE_OPS = {
    "flip": lambda image, _: tf.image.flip_left_right(image),
    "hue": tf.image.adjust_hue,
    "contrast": tf.image.adjust_contrast,
    "brightness": tf.image.adjust_brightness,
    "center24": lambda image, _: ch05.pre_process(image[tf.newaxis], training=False)[0],
}


@pytest.mark.parametrize("name", RECORDED["image_ops"])
def test_an_image_op_gives_the_recorded_pixels(name):
    """What ch05 distorts with, at fixed amounts, and its own cut of the test images."""
    op, amount = re.fullmatch(r"([a-z]+(?:24)?)([-+.\d]*)", name).groups()
    image = np.random.RandomState(S).uniform(0, 1, size=(32, 32, 3)).astype(np.float32)
    with period_graph(), session(2) as sess:
        result = sess.run(IMAGE_OPS[op](tf.constant(image), float(amount or 0)))
    recording = RECORDED["image_ops"][name]
    assert list(result.shape) == recording["shape"]
    np.testing.assert_allclose(result[0, :6].ravel(), recording["first_row"], rtol=0, atol=1e-6)
    found = [result.mean(), result.std(), np.abs(result).sum()]
    np.testing.assert_allclose(found, [recording[key] for key in ("mean", "std", "sum_abs")], rtol=1e-6)


def test_the_character_rnn_learns_and_predicts_as_recorded():
    recording = RECORDED["rnn_hello"]
    with period_graph(), session(2) as sess:
        model = ch06.build_model()
        overwrite_variables(sess, recording)
        prediction = tf.argmax(model.probs, 1)
        losses, predictions = [], []
        for _ in range(100):
            losses.append(sess.run([model.cost, model.train_op])[0])
            predictions.append(sess.run(prediction).tolist())
        final_output = sess.run(model.probs)
    assert predictions == recording["predictions"]
    np.testing.assert_allclose(losses[:20], recording["losses"][:20], rtol=1e-5)
    np.testing.assert_allclose(losses, recording["losses"], rtol=5e-3)
    np.testing.assert_allclose(final_output, recording["final_output"], rtol=5e-3)


def test_the_convolutional_net_has_the_shapes_of_the_book():
    """Claim C401."""
    with period_graph():
        model = ch04.build_model()
    shapes = {name: getattr(model, name).shape.as_list()[1:] for name in ("h_conv1", "h_pool1", "h_conv2", "h_pool2")}
    assert shapes == {
        "h_conv1": [28, 28, 32],
        "h_pool1": [14, 14, 32],
        "h_conv2": [14, 14, 64],
        "h_pool2": [7, 7, 64],
    }
    assert model.h_fc1.shape.as_list() == [None, 1024]
    assert model.y_conv.shape.as_list() == [None, 10]
