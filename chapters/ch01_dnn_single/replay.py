"""ch01: one softmax layer on MNIST (pages 18 to 23).

Printed: test accuracy 0.9154. Replayed: 0.9167 ± 0.0023 over 10 seeds (profile printed).
"""

from types import SimpleNamespace

from common import harness
from common.mnist import FILES, find_file, is_packed, read_data_sets
from common.tf1 import tf


def load_data(run):
    """Return the data sets `train`, `validation` and `test` with one-hot labels (pages 18-23).

    It raises ReplayError for a file that is missing or bad.
    """
    # 손글씨 데이터: 이미지와 one-hot 라벨
    mnist = read_data_sets(run.data_folder(), one_hot=True, validation_size=run.settings.validation_size)
    note_data(run, mnist)
    return mnist


def build_model(learning_rate=0.5):
    """Return the graph of pages 18 to 23. Its attributes have the listing's names."""
    # 입력 자리: 이미지 x, 정답 라벨 y_
    x = tf.placeholder(tf.float32, [None, 784])
    y_ = tf.placeholder(tf.float32, [None, 10])

    # 학습할 값: 가중치 W, 편향 b. 둘 다 0에서 시작
    W = tf.Variable(tf.zeros([784, 10]))
    b = tf.Variable(tf.zeros([10]))

    # 출력: 숫자 열 개의 확률
    y = tf.nn.softmax(tf.matmul(x, W) + b)

    # 손실: 이미지마다 구한 크로스 엔트로피의 평균
    cross_entropy = tf.reduce_mean(-tf.reduce_sum(y_ * tf.log(y), reduction_indices=[1]))
    # 최적화: 학습 속도 0.5의 경사하강법
    train_step = tf.train.GradientDescentOptimizer(learning_rate).minimize(cross_entropy)
    return SimpleNamespace(**locals())


def train_model(run, mnist, model):
    """Run the loop of pages 18 to 23. The loss is fetched beside `train_step`, for the curve and to stop at a NaN.

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
    """Print the accuracy on the test set (pages 18-23) and return it."""
    sess = run.session()
    # 정확도: 가장 큰 확률의 숫자가 라벨과 같은 비율
    correct_prediction = tf.equal(tf.argmax(model.y, 1), tf.argmax(model.y_, 1))
    accuracy = tf.reduce_mean(tf.cast(correct_prediction, tf.float32))
    test_accuracy = sess.run(accuracy, feed_dict={model.x: mnist.test.images, model.y_: mnist.test.labels})
    print(test_accuracy)
    return {"test_accuracy": float(test_accuracy)}


def main(run):
    mnist = run.phase(load_data, run)
    model = run.phase(build_model, run.settings.learning_rate)
    run.phase(train_model, run, mnist, model)
    return run.phase(evaluate_model, run, mnist, model)


def note_data(run, mnist):
    """Note sizes of the data and of its files, for what pages 14 to 17 say about them."""
    run.note(
        train_examples=mnist.train.num_examples,
        test_examples=mnist.test.num_examples,
        images_shape=list(mnist.train.images.shape),
        labels_shape=list(mnist.train.labels.shape),
        pixel_range=[float(mnist.train.images.min()), float(mnist.train.images.max())],
    )
    paths = [find_file(run.data_folder(), name) for name in FILES]
    run.note(
        packed_files=sum(is_packed(path) for path in paths),
        train_images_bytes=paths[0].stat().st_size,
        train_labels_bytes=paths[1].stat().st_size,
        test_images_bytes=paths[2].stat().st_size,
        test_labels_bytes=paths[3].stat().st_size,
    )


if __name__ == "__main__":
    harness.replay(__file__, main)
