"""ch03: music genres from MFCC features (pages 28 to 40).

Printed: test accuracy 0.93051. Replayed: 0.8450 ± 0.0859 over 50 seeds (profile printed).
The book has 400 tracks. Only 40 of them were replayed.
"""

import math
import wave
from types import SimpleNamespace

import numpy as np

from common import harness
from common.figures import confusion_matrix, sounds
from common.genres import GENRES, list_tracks, one_hot, read_music
from common.layers import bias_variable, weight_variable
from common.mfcc import coefficients, extract
from common.tf1 import tf


def load_data(run):
    """Return features and labels of all tracks, and a random 7:3 split, under the listing's names (pages 28-40).

    It raises ReplayError for a file that is missing or bad.
    """
    # 음원 파일과 장르 라벨
    wav_dir = run.data_folder()
    tracks = list_tracks(wav_dir)
    y = []
    for wav_label, _ in tracks:
        y.append(one_hot(wav_label))
    label = np.array(y)

    # 음원마다 MFCC에서 얻은 특징
    dnn_feat = []
    for i, feat in zip(
        run.progress(len(tracks), "track"), extract([wav_f for _, wav_f in tracks], run.threads), strict=True
    ):
        print("step %d" % i)
        dnn_feat.append(feat)

    dnn_feat = np.array(dnn_feat)

    # 학습용과 테스트용으로 7:3
    N_music = len(dnn_feat)
    N_train = math.ceil(N_music * 0.70)
    idx = np.random.choice(N_music, N_train, replace=False)
    x_train = dnn_feat[idx]
    y_train = label[idx]

    test_idx = np.delete(np.arange(N_music), idx)
    x_test = dnn_feat[test_idx]
    y_test = label[test_idx]

    num_feat = len(dnn_feat[0, :])
    num_classes = len(label[0, :])
    return SimpleNamespace(**locals())


def build_model(num_feat=135, num_classes=4, num_neuron=25, learning_rate=1e-4):
    """Return the graph of pages 28 to 40. Its attributes have the listing's names."""
    # 입력 자리: 특징 x, 장르 라벨 y_
    x = tf.placeholder(tf.float32, [None, num_feat])
    y_ = tf.placeholder(tf.float32, [None, num_classes])

    # 은닉 계층의 학습할 값
    W_1 = weight_variable([num_feat, num_neuron])
    b_1 = bias_variable([num_neuron])

    # 드롭아웃: 가중치 일부를 0으로
    keep_prob = tf.placeholder("float")
    W_1_drop = tf.nn.dropout(W_1, keep_prob)

    # 은닉 계층의 출력(ReLU)
    h_1 = tf.nn.relu(tf.matmul(x, W_1_drop) + b_1)

    # 출력 계층: 장르마다 확률 하나
    W_2 = weight_variable([num_neuron, num_classes])
    b_2 = bias_variable([num_classes])

    y = tf.nn.softmax(tf.matmul(h_1, W_2) + b_2)

    # 손실, 최적화(Adam), 정확도
    cross_entropy = tf.reduce_mean(-tf.reduce_sum(y_ * tf.log(y), reduction_indices=[1]))
    train_step = tf.train.AdamOptimizer(learning_rate).minimize(cross_entropy)
    correct_prediction = tf.equal(tf.argmax(y, 1), tf.argmax(y_, 1))
    accuracy = tf.reduce_mean(tf.cast(correct_prediction, tf.float32))
    return SimpleNamespace(**locals())


def train_model(run, data, model):
    """Run the loop of pages 28 to 40. The loss is fetched beside `train_step`, for the curve and to stop at a NaN.

    It raises ReplayError when the loss is not finite.
    """
    sess = run.session()
    x, y_, keep_prob = model.x, model.y_, model.keep_prob
    x_train, y_train = data.x_train, data.y_train

    sess.run(tf.initialize_all_variables())
    # 단계마다 학습용 음원 전부, 100단계마다 정확도와 손실을 출력
    for i in run.steps(run.settings.steps):
        if i % 100 == 0:
            train_accuracy = sess.run(model.accuracy, feed_dict={x: x_train, y_: y_train, keep_prob: 1.0})
            print("step %d, training accuracy %g" % (i, train_accuracy))
            run.record("train_accuracy", i, train_accuracy)
            train_cost = np.exp(sess.run(model.cross_entropy, feed_dict={x: x_train, y_: y_train, keep_prob: 1.0}))
            print("step %d, training cost %g" % (i, train_cost))
            run.record("train_cost", i, train_cost)
        loss, _ = sess.run(
            [model.cross_entropy, model.train_step],
            feed_dict={x: x_train, y_: y_train, keep_prob: run.settings.keep_prob},
        )
        run.record("cross_entropy", i, loss)


def evaluate_model(run, data, model):
    """Print the accuracy on the test tracks (pages 28-40) and return the metrics."""
    sess = run.session()
    # 테스트 음원의 정확도
    feed_dict = {model.x: data.x_test, model.y_: data.y_test, model.keep_prob: 1.0}
    test_accuracy, y = sess.run([model.accuracy, model.y], feed_dict=feed_dict)
    print("test accuracy %g" % test_accuracy)
    draw_figures(run, data, y)
    note_sizes(run, data)
    note_headers(run, data.tracks)
    return {"test_accuracy": float(test_accuracy)}


def main(run):
    data = run.phase(load_data, run)
    s = run.settings
    model = run.phase(build_model, data.num_feat, data.num_classes, s.num_neuron, s.learning_rate)
    run.phase(train_model, run, data, model)
    return run.phase(evaluate_model, run, data, model)


def note_sizes(run, data):
    """Note how many tracks and features there are, and the last lines of training (pages 28-40)."""
    run.note(
        tracks=data.N_music,
        split=[len(data.x_train), len(data.x_test)],
        features=data.num_feat,
        train_accuracy=run.curves["train_accuracy"][-1][1],
        train_cost=run.curves["train_cost"][-1][1],
    )


def note_headers(run, tracks):
    """Note what the headers of the tracks say, for the book's claims on the collection (pages 28-40)."""
    formats, seconds = set(), set()
    for _, wav_f in tracks:
        with wave.open(str(wav_f)) as track:
            formats.add((track.getframerate(), track.getnchannels(), 8 * track.getsampwidth()))
            seconds.add(track.getnframes() / track.getframerate())
    (wav_format,) = formats  # the reader refuses tracks of another
    run.note(wav_format=list(wav_format))
    each = [sum(genre == name for genre, _ in tracks) for name in GENRES]
    run.note(collection=[min(each), round(min(seconds), 3)])


def draw_figures(run, data, y):
    """Save two figures: each genre's first track as wave and MFCC, and how the test tracks were classified."""
    firsts = {wav_label: wav_f for wav_label, wav_f in reversed(data.tracks)}
    music = {wav_label: read_music(wav_f) for wav_label, wav_f in firsts.items()}
    drawn = [(firsts[genre].stem, *music[genre], coefficients(music[genre][1], music[genre][0])) for genre in GENRES]
    run.save_figure("tracks", sounds(drawn))
    run.save_figure("confusion", confusion_matrix(GENRES, data.y_test.argmax(axis=1), y.argmax(axis=1)))


if __name__ == "__main__":
    harness.replay(__file__, main)
