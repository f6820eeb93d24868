"""ch04: a convolutional net on MNIST (pages 50 to 54).

Printed: test accuracy 0.9862. Replayed: 0.9811 ± 0.0018 over 3 seeds (profile printed).
"""

from types import SimpleNamespace

from common import harness
from common.layers import bias_variable, weight_variable
from common.mnist import read_data_sets
from common.tf1 import tf


def load_data(run):
    """Return the data sets `train`, `validation` and `test` with one-hot labels (pages 50-54).

    It raises ReplayError for a file that is missing or bad.
    """
    # 손글씨 데이터: 이미지와 one-hot 라벨
    return read_data_sets(run.data_folder(), one_hot=True, validation_size=run.settings.validation_size)


# 합성곱과 풀링 함수
def conv2d(x, W):
    """Return the convolution of `x` with stride 1: float [n, height, width, maps], as large as `x` (pages 50-54)."""
    return tf.nn.conv2d(x, W, strides=[1, 1, 1, 1], padding="SAME")


def max_pool_2X2(x):
    """Return the largest value of each 2x2 square, so half the height and width (pages 50-54)."""
    return tf.nn.max_pool(x, ksize=[1, 2, 2, 1], strides=[1, 2, 2, 1], padding="SAME")


def build_model(filter_1=32, filters_2=64, full_layer_1=1024, learning_rate=1e-4):
    """Return the graph of pages 50 to 54. Its attributes have the listing's names."""
    # 입력 자리: 이미지 x, 정답 라벨 y_
    x = tf.placeholder(tf.float32, [None, 784])
    y_ = tf.placeholder(tf.float32, [None, 10])

    # 한 줄로 된 픽셀을 28x28 흑백 이미지로
    x_image = tf.reshape(x, [-1, 28, 28, 1])

    # 합성곱 계층 1의 학습할 값: 5x5 필터 32개
    W_conv1 = weight_variable([5, 5, 1, filter_1])
    b_conv1 = bias_variable([filter_1])

    # 합성곱 계층 1의 출력(ReLU)과 풀링
    h_conv1 = tf.nn.relu(conv2d(x_image, W_conv1) + b_conv1)
    h_pool1 = max_pool_2X2(h_conv1)

    # 합성곱 계층 2와 풀링: 5x5 필터 64개
    W_conv2 = weight_variable([5, 5, filter_1, filters_2])
    b_conv2 = bias_variable([filters_2])

    h_conv2 = tf.nn.relu(conv2d(h_pool1, W_conv2) + b_conv2)
    h_pool2 = max_pool_2X2(h_conv2)

    # 완전 연결 계층의 학습할 값: 뉴런 1,024개
    W_fc1 = weight_variable([7 * 7 * filters_2, full_layer_1])
    b_fc1 = bias_variable([full_layer_1])

    h_pool2_flat = tf.reshape(h_pool2, [-1, 7 * 7 * filters_2])
    h_fc1 = tf.nn.relu(tf.matmul(h_pool2_flat, W_fc1) + b_fc1)

    # 드롭아웃
    keep_prob = tf.placeholder("float")
    h_fc1_drop = tf.nn.dropout(h_fc1, keep_prob)

    # 출력 계층: 숫자 열 개의 확률(소프트맥스)
    W_fc2 = weight_variable([full_layer_1, 10])
    b_fc2 = bias_variable([10])

    y_conv = tf.nn.softmax(tf.matmul(h_fc1_drop, W_fc2) + b_fc2)

    # 손실, 최적화(Adam), 정확도
    cross_entropy = tf.reduce_mean(-tf.reduce_sum(y_ * tf.log(y_conv), reduction_indices=[1]))
    train_step = tf.train.AdamOptimizer(learning_rate).minimize(cross_entropy)
    correct_prediction = tf.equal(tf.argmax(y_conv, 1), tf.argmax(y_, 1))
    accuracy = tf.reduce_mean(tf.cast(correct_prediction, tf.float32))
    return SimpleNamespace(**locals())


def train_model(run, mnist, model):
    """Run the loop of pages 50 to 54. The loss is fetched beside `train_step`, for the curve and to stop at a NaN.

    It raises ReplayError when the loss is not finite.
    """
    sess = run.session()
    x, y_, keep_prob = model.x, model.y_, model.keep_prob

    sess.run(tf.initialize_all_variables())
    # 배치 하나에 학습 한 번, 10단계마다 배치의 정확도를 출력
    for i in run.steps(run.settings.steps, mnist.train):
        batch = mnist.train.next_batch(run.settings.batch_size)
        if i % 10 == 0:
            train_accuracy = sess.run(model.accuracy, feed_dict={x: batch[0], y_: batch[1], keep_prob: 1.0})
            print("step %d, train accuracy %g" % (i, train_accuracy))
            run.record("train_accuracy", i, train_accuracy)
        loss, _ = sess.run(
            [model.cross_entropy, model.train_step],
            feed_dict={x: batch[0], y_: batch[1], keep_prob: run.settings.keep_prob},
        )
        run.record("cross_entropy", i, loss)


def evaluate_model(run, mnist, model):
    """Print the accuracy on the test set (pages 50-54) and return it."""
    sess = run.session()
    # 테스트 이미지의 정확도
    test_accuracy = sess.run(
        model.accuracy,
        feed_dict={model.x: mnist.test.images, model.y_: mnist.test.labels, model.keep_prob: 1.0},
    )
    print("test accuracy %g" % test_accuracy)
    note_shapes(run, model)
    return {"test_accuracy": float(test_accuracy)}


def main(run):
    mnist = run.phase(load_data, run)
    s = run.settings
    model = run.phase(build_model, s.filter_1, s.filters_2, s.full_layer_1, s.learning_rate)
    run.phase(train_model, run, mnist, model)
    return run.phase(evaluate_model, run, mnist, model)


def note_shapes(run, model):
    """Note the shapes of the layers, which the text counts out (pages 50-54)."""
    layers = (model.h_conv1, model.h_pool1, model.h_conv2, model.h_pool2, model.h_fc1, model.y_conv)
    run.note(shapes=[size for layer in layers for size in layer.shape.as_list()[1:]])


if __name__ == "__main__":
    harness.replay(__file__, main)
