"""ch02: two hidden ReLU layers on MNIST (pages 24 to 27).

Printed: test accuracy 0.9373. Replayed: 0.9358 ± 0.0017 over 10 seeds (profile printed).
"""

from types import SimpleNamespace

from common import harness
from common.layers import bias_variable, weight_variable
from common.mnist import read_data_sets
from common.tf1 import tf


def load_data(run):
    """Return the data sets `train`, `validation` and `test` with one-hot labels (pages 24-27).

    It raises ReplayError for a file that is missing or bad.
    """
    # 손글씨 데이터: 이미지와 one-hot 라벨
    return read_data_sets(run.data_folder(), one_hot=True, validation_size=run.settings.validation_size)


def build_model(num_neuron_1=360, num_neuron_2=180, learning_rate=1e-4):
    """Return the graph of pages 24 to 27. Its attributes have the listing's names."""
    # 입력 자리: 이미지 x, 정답 라벨 y_
    x = tf.placeholder(tf.float32, [None, 784])
    y_ = tf.placeholder(tf.float32, [None, 10])

    # 은닉 계층 1의 학습할 값: 784에서 360으로
    W_1 = weight_variable([784, num_neuron_1])
    b_1 = bias_variable([num_neuron_1])

    # 은닉 계층 1의 출력(ReLU)
    h_1 = tf.nn.relu(tf.matmul(x, W_1) + b_1)

    # 은닉 계층 2의 학습할 값: 360에서 180으로
    W_2 = weight_variable([num_neuron_1, num_neuron_2])
    b_2 = bias_variable([num_neuron_2])

    # 은닉 계층 2의 출력(ReLU)
    h_2 = tf.nn.relu(tf.matmul(h_1, W_2) + b_2)

    # 출력 계층의 학습할 값: 180에서 10으로
    W_3 = weight_variable([num_neuron_2, 10])
    b_3 = bias_variable([10])

    # 출력: 숫자 열 개의 확률(소프트맥스)
    y = tf.nn.softmax(tf.matmul(h_2, W_3) + b_3)

    # 손실, 최적화(Adam), 정확도
    cross_entropy = tf.reduce_mean(-tf.reduce_sum(y_ * tf.log(y), reduction_indices=[1]))
    train_step = tf.train.AdamOptimizer(learning_rate).minimize(cross_entropy)
    correct_prediction = tf.equal(tf.argmax(y, 1), tf.argmax(y_, 1))
    accuracy = tf.reduce_mean(tf.cast(correct_prediction, tf.float32))
    return SimpleNamespace(**locals())


def train_model(run, mnist, model):
    """Run the loop of pages 24 to 27. The loss is fetched beside `train_step`, for the curve and to stop at a NaN.

    It raises ReplayError when the loss is not finite.
    """
    # 변수의 첫 값과 세션
    init = tf.initialize_all_variables()
    sess = run.session()
    sess.run(init)

    # 배치 하나에 학습 한 번
    for i in run.steps(run.settings.steps, mnist.train):
        batch_xs, batch_ys = mnist.train.next_batch(run.settings.batch_size)
        loss, _ = sess.run([model.cross_entropy, model.train_step], feed_dict={model.x: batch_xs, model.y_: batch_ys})
        run.record("cross_entropy", i, loss)


def evaluate_model(run, mnist, model):
    """Print the accuracy on the test set (pages 24-27) and return it."""
    sess = run.session()
    # 테스트 이미지의 정확도
    test_accuracy = sess.run(model.accuracy, feed_dict={model.x: mnist.test.images, model.y_: mnist.test.labels})
    print(test_accuracy)
    return {"test_accuracy": float(test_accuracy)}


def main(run):
    mnist = run.phase(load_data, run)
    s = run.settings
    model = run.phase(build_model, s.num_neuron_1, s.num_neuron_2, s.learning_rate)
    run.phase(train_model, run, mnist, model)
    return run.phase(evaluate_model, run, mnist, model)


if __name__ == "__main__":
    harness.replay(__file__, main)
