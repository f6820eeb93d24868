"""ch05: a convolutional net on distorted CIFAR-10 pictures (pages 55 to 66).

Printed: test accuracy 0.7463. Replayed: 0.7639 ± 0.0075 over 3 seeds (profile repaired).
`diff replay.py repaired.py` shows what the listing lacks.
"""

from math import ceil
from types import SimpleNamespace

import numpy as np
from matplotlib.figure import Figure

from common import cifar10, figures, harness
from common.cifar10 import img_size, num_channels, num_classes
from common.errors import ReplayError
from common.layers import bias_variable, weight_variable
from common.tf1 import tf

img_size_cropped = 24
CHUNK = 1000  # images that go through a graph at a time where no batch size is given
PRINTED_STEP = 24800  # whose training accuracy and cost the book shows


def load_data(run):
    """Return the class names, images, class numbers and one-hot labels under the listing's names (pages 55-66).

    The sizes of the collection go into the result. It raises ReplayError for a file that is missing or bad.
    """
    # 클래스 이름과 학습용, 시험용 이미지를 읽습니다.
    folder = run.data_folder()
    class_names = cifar10.load_class_names(folder)
    images_train, cls_train, labels_train = cifar10.load_training_data(folder)
    images_test, cls_test, labels_test = cifar10.load_test_data(folder)

    each = np.bincount(np.concatenate([cls_train, cls_test]), minlength=num_classes)
    run.note(collection=[int(each.sum()), *images_train.shape[1:], len(class_names), int(each.min())])
    return SimpleNamespace(**locals())


# 이미지 한 장을 무작위로 자르고 바꾸는 함수
def pre_process_image(image, training):
    """Cut one image, float [32, 32, 3], to [24, 24, 3]: anywhere and distorted for training, else the middle.

    Pages 55-66.
    """
    if training:
        image = tf.random_crop(image, size=[img_size_cropped, img_size_cropped, num_channels])
        image = tf.image.random_flip_left_right(image)
        image = tf.image.random_hue(image, max_delta=0.05)
        image = tf.image.random_contrast(image, lower=0.3, upper=1.0)
        image = tf.image.random_brightness(image, max_delta=0.2)
    else:
        image = tf.image.resize_image_with_crop_or_pad(
            image, target_height=img_size_cropped, target_width=img_size_cropped
        )
    return image


def pre_process(images, training):
    """Call `pre_process_image` on each of float [n, 32, 32, 3]. Each draws its own random numbers (pages 55-66)."""
    # One image after another: side by side, chance would decide which image gets which random numbers.
    images = tf.map_fn(lambda image: pre_process_image(image, training), images, parallel_iterations=1)
    return images


def build_pre_processing():
    """Build the graph that distorts and cuts images (pages 55-66).

    `imgX` goes in; `distorted_images` and `cropped_images` come out.
    """
    imgX = tf.placeholder("float", [None, img_size, img_size, num_channels], name="x_input")
    distorted_images = pre_process(images=imgX, training=True)
    cropped_images = pre_process(images=imgX, training=False)
    return SimpleNamespace(**locals())


def duplicate_image(run, graph, images, num):
    """Return `num` distorted copies of each of `images`, float [n, 32, 32, 3] (pages 55-66).

    The copies are float [n * num, 24, 24, 3]; those of one image stand together.
    """
    image_duplicates = np.repeat(images, num, axis=0)
    feed_dict = {graph.imgX: image_duplicates}
    result = run.session().run(graph.distorted_images, feed_dict=feed_dict)
    return result


def pre_process_data(run, data, graph):
    """Add the training set, `train_imgs` and `train_label`, to `data`: the original images, to be distorted later."""
    # 학습에 쓸 이미지와 레이블을 마련합니다.
    data.train_imgs = data.images_train
    data.train_label = data.labels_train


# 이미지 묶음을 무작위로 뽑는 함수
def random_batch(arr_x, arr_y, train_batch_size=100):
    """Return `train_batch_size` different examples drawn from all of `arr_x` and `arr_y` (pages 55-66)."""
    num_images = len(arr_x)
    if train_batch_size > num_images:
        raise ReplayError(f"batch_size: expected 1 to {num_images:,}, the training images; found {train_batch_size:,}.")
    idx = np.random.choice(num_images, size=train_batch_size, replace=False)
    x_batch = arr_x[idx]
    y_batch = arr_y[idx]
    return x_batch, y_batch


# 합성곱은 크기를 지키고, 풀링은 절반으로 줄입니다.
def conv2d(x, W):
    """Convolve with stride 1 and keep the size: float [n, height, width, maps] (pages 55-66)."""
    return tf.nn.conv2d(x, W, strides=[1, 1, 1, 1], padding="SAME")


def max_pool_2x2(x):
    """Keep the largest value of each 2x2 square, which halves height and width (pages 55-66)."""
    return tf.nn.max_pool(x, ksize=[1, 2, 2, 1], strides=[1, 2, 2, 1], padding="SAME")


def build_model(
    # 합성곱 신경망의 크기
    window_size=5,
    filter_1=32,
    filters_2=64,
    full_layer_1=256,
    full_layer_2=128,
    learning_rate=0.0001,
):
    """Build the net of pages 55 to 66. Every name of the listing is an attribute of what is returned."""
    pool_width_1 = 2
    pool_height_1 = 2
    pool_width_2 = 2
    pool_height_2 = 2

    x = tf.placeholder("float", [None, img_size_cropped, img_size_cropped, num_channels])
    y_ = tf.placeholder("float", [None, num_classes], name="y_")

    x_image = tf.image.per_image_standardization(x)

    # 첫째 합성곱 층과 풀링
    W_conv1 = weight_variable([window_size, window_size, num_channels, filter_1], "weight_1")
    b_conv1 = bias_variable([filter_1], "bias_1")

    h_conv1 = tf.nn.relu(conv2d(x_image, W_conv1) + b_conv1)
    h_pool1 = max_pool_2x2(h_conv1)

    # 둘째 합성곱 층과 풀링
    W_conv2 = weight_variable([window_size, window_size, filter_1, filters_2], "weight_2")
    b_conv2 = bias_variable([filters_2], "bias_2")

    h_conv2 = tf.nn.relu(conv2d(h_pool1, W_conv2) + b_conv2)
    h_pool2 = max_pool_2x2(h_conv2)

    flat_num = int(
        ceil(img_size_cropped / pool_width_1 / pool_width_2)
        * ceil(img_size_cropped / pool_height_1 / pool_height_2)
        * filters_2
    )

    # 완전 연결 신경망
    W_fc1 = weight_variable([flat_num, full_layer_1], "weight_fc1")
    b_fc1 = bias_variable([full_layer_1], "bias_fc1")

    h_pool2_flat = tf.reshape(h_pool2, [-1, flat_num])

    h_fc1 = tf.nn.relu(tf.matmul(h_pool2_flat, W_fc1) + b_fc1)

    # 드롭아웃: 학습 중에 뉴런 일부를 끕니다.
    keep_prob = tf.placeholder("float")
    h_fc1_drop = tf.nn.dropout(h_fc1, keep_prob)

    W_fc2 = weight_variable([full_layer_1, full_layer_2], "weight_fc2")
    b_fc2 = bias_variable([full_layer_2], "bias_fc2")

    h_fc2 = tf.nn.relu(tf.matmul(h_fc1_drop, W_fc2) + b_fc2)
    h_fc2_drop = tf.nn.dropout(h_fc2, keep_prob)

    W_fc3 = weight_variable([full_layer_2, num_classes], "weight_fc3")
    b_fc3 = bias_variable([num_classes], "bias_fc3")

    y_conv = tf.nn.softmax(tf.matmul(h_fc2_drop, W_fc3) + b_fc3)

    # 예측값이 로그를 취할 수 있는 범위에 들게 합니다.
    clipped_y_conv = tf.clip_by_value(y_conv, 1e-5, 1.0)
    cross_entropy = -tf.reduce_sum(y_ * tf.log(clipped_y_conv))

    train_step = tf.train.AdamOptimizer(learning_rate).minimize(cross_entropy)

    correct_prediction = tf.equal(tf.argmax(y_conv, 1), tf.argmax(y_, 1))
    accuracy = tf.reduce_mean(tf.cast(correct_prediction, "float"))
    return SimpleNamespace(**locals())


def train_model(run, data, graph, model):
    """Run the loop of pages 55 to 66. It raises ReplayError when a printed cost is not finite."""
    sess = run.session()
    x, y_, keep_prob = model.x, model.y_, model.keep_prob

    # 학습하면서 100번마다 정확도와 비용을 출력합니다.
    sess.run(tf.initialize_all_variables())
    for i in run.steps(run.settings.steps):
        x_batch, y_batch = random_batch(data.train_imgs, data.train_label, run.settings.batch_size)
        x_batch = duplicate_image(run, graph, x_batch, 1)

        if i % 100 == 0:
            train_accuracy = sess.run(model.accuracy, feed_dict={x: x_batch, y_: y_batch, keep_prob: 1.0})
            print("step %d, training accuracy %g" % (i, train_accuracy))
            run.record("train_accuracy", i, train_accuracy)
            train_cost = sess.run(model.cross_entropy, feed_dict={x: x_batch, y_: y_batch, keep_prob: 1.0})
            print("step %d, training cost %g" % (i, train_cost))
            run.record("train_cost", i, train_cost)

        sess.run(model.train_step, feed_dict={x: x_batch, y_: y_batch, keep_prob: run.settings.keep_prob})


def predict(run, graph, model, images):
    """Return what the net sees of `images`, float [n, 32, 32, 3], and its softmax output.

    They are float [n, 24, 24, 3] and [n, 10]. An output that is not finite raises ReplayError: the listing looks at its
    cost every 100 steps only.
    """
    sess = run.session()
    x_test, y_conv = [], []
    for begin in range(0, len(images), CHUNK):
        x_test.append(sess.run(graph.cropped_images, feed_dict={graph.imgX: images[begin : begin + CHUNK]}))
        y_conv.append(sess.run(model.y_conv, feed_dict={model.x: x_test[-1], model.keep_prob: 1.0}))
    x_test, y_conv = np.concatenate(x_test), np.concatenate(y_conv)
    if not np.isfinite(y_conv).all():
        raise ReplayError("the trained net answers with numbers that are not finite: it diverged after its last line.")
    return x_test, y_conv


def evaluate_model(run, data, graph, model):
    """Print the accuracy on the test set (pages 55-66) and return the metrics.

    These are `test_accuracy` and `flat_num`. `train_accuracy` and `train_cost` follow when the step that the book shows
    was reached. `x_test` and `y_conv`, what `predict` returns for the test set, go into `data`.
    """
    data.x_test, data.y_conv = predict(run, graph, model, data.images_test)
    test_accuracy = np.mean(data.y_conv.argmax(axis=1) == data.cls_test)
    print("test accuracy %g" % test_accuracy)

    curves = {name: dict(run.curves[name]) for name in ("train_accuracy", "train_cost")}
    logged = {name: curve[PRINTED_STEP] for name, curve in curves.items() if PRINTED_STEP in curve}
    return {"test_accuracy": float(test_accuracy), "flat_num": model.flat_num, **logged}


# 왜곡된 이미지를 눈으로 확인합니다.
def plot_images(images, cls_true, class_names, cls_pred=None, smooth=True, show_row=None, show_col=None):
    """Draw `images`, float [n, height, width, 3] or a single one, each with its class below it (pages 55-66).

    The figure has `show_row` x `show_col` places, by default 3 x 3; places that are left over stay empty.
    """
    # 이미지마다 들어갈 칸을 만듭니다.
    if show_row is None and show_col is None:
        show_row, show_col = 3, 3
    fig = Figure(figsize=(max(4.8, 2 * show_col), max(4.8, 2 * show_row)))
    axes = fig.subplots(show_row, show_col)

    # 칸 사이의 거리
    hspace = 0.3 if cls_pred is None else 0.6
    fig.subplots_adjust(hspace=hspace, wspace=0.3, left=0.08, right=0.92, top=0.93)

    images = np.clip(images, 0, 1)  # as matplotlib does, but without a warning for each image
    if show_row == 1 and show_col == 1:
        cls_true_name = class_names[cls_true]
        xlabel = f"True: {cls_true_name}"
        axes.set_xlabel(xlabel)
        axes.imshow(images)
        return fig
    for i, ax in enumerate(axes.flat):
        if i == len(images):
            break
        # 화질: 부드럽게, 또는 픽셀 그대로
        interpolation = "spline16" if smooth else "nearest"
        # 이미지 그리기
        ax.imshow(images[i, :, :, :], interpolation=interpolation)

        # 실제 클래스의 이름
        cls_true_name = class_names[cls_true[i]]

        if cls_pred is None:
            xlabel = f"True: {cls_true_name}"
        else:
            # 예측한 클래스의 이름
            cls_pred_name = class_names[cls_pred[i]]

            xlabel = f"True: {cls_true_name}\nPred: {cls_pred_name}"

        ax.set_xlabel(xlabel)

    for ax in axes.flat:
        ax.set_xticks([])
        ax.set_yticks([])
    return fig


def plot_distortion(run, data, graph):
    """Draw the figures `original`, one training image, and `distorted`, nine distorted copies of it (pages 55-66)."""
    # 보여 줄 이미지를 고릅니다.
    trainImg = data.images_train[5]
    train_cls_true = data.cls_train[5]

    # 사본 아홉 장을 만들어 원본과 함께 그립니다.
    distortedImg = duplicate_image(run, graph, trainImg[np.newaxis, :, :, :], 9)
    distorted_cls_true = np.repeat(train_cls_true, 9, axis=0)

    names = data.class_names
    original = plot_images(trainImg, train_cls_true, names, smooth=True, show_row=1, show_col=1)
    distorted = plot_images(distortedImg, distorted_cls_true, names, smooth=True, show_row=3, show_col=3)
    run.save_figure("original", original)
    run.save_figure("distorted", distorted)


def plot_mistakes(run, data):
    """Draw the figures `confusion_matrix` and `confident_mistakes`, the 25 wrong answers of which the net was surest.

    The book does not have them. Without a wrong answer there is no second figure.
    """
    names, cls_test, cls_pred = data.class_names, data.cls_test, data.y_conv.argmax(axis=1)
    run.save_figure("confusion_matrix", figures.confusion_matrix(names, cls_test, cls_pred))
    wrong = np.flatnonzero(cls_pred != cls_test)
    confidence = data.y_conv.max(axis=1)
    worst = wrong[np.argsort(-confidence[wrong], kind="stable")][:25]
    if len(worst):
        figure = plot_images(data.x_test[worst], cls_test[worst], names, cls_pred[worst], show_row=5, show_col=5)
        span = "%.3f to %.3f" % (confidence[worst[0]], confidence[worst[-1]])
        figure.suptitle(f"The {len(worst)} most confident mistakes: softmax output {span}")
        run.save_figure("confident_mistakes", figure)


def main(run):
    data = run.phase(load_data, run)
    graph = run.phase(build_pre_processing)
    run.phase(pre_process_data, run, data, graph)
    s = run.settings
    sizes = [s.window_size, s.filter_1, s.filters_2, s.full_layer_1, s.full_layer_2]
    model = run.phase(build_model, *sizes, s.learning_rate)
    run.phase(train_model, run, data, graph, model)
    metrics = run.phase(evaluate_model, run, data, graph, model)
    run.phase(plot_distortion, run, data, graph)
    run.phase(plot_mistakes, run, data)
    return metrics


if __name__ == "__main__":
    harness.replay(__file__, main)
