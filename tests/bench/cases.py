"""The cases of `make bench`: each has a piece of this project, and another way to the same result.

A function with `@case` makes what both need from the built-in data. It returns (ours, peer), two functions without
arguments. Their results must agree.
"""

import gzip
import pickle

import numpy as np
import soundfile

from chapters.ch05_cnn_cifar10 import replay as ch05
from chapters.ch07_lstm_ptb import replay as ch07
from common import mnist, ptb
from common.formats.pickles import read_pickle
from common.formats.wav import read_wav
from common.seq2seq import rnn_decoder
from common.tf1 import period_graph, session, tf
from data import builtin

CASES = []
THREADS = 1  # so that the ratios do not depend on the number of cores


def case(what, peer):
    """Register the decorated function as the case `what` against `peer`."""
    return lambda build: CASES.append((what, peer, build)) or build


def built_in(name):
    """Return the folder of the built-in data set `name`, after it was written if needed."""
    builtin.write_sets([name])
    return builtin.ROOT / name


@case("IDX file, sizes held against each other", "gzip and numpy.frombuffer")
def idx_file():
    """Read 1,000 images of 28 x 28."""
    path = built_in("mnist") / f"{mnist.TEST_IMAGES}.gz"

    def peer():
        with gzip.open(path) as stream:
            return np.frombuffer(stream.read(), np.uint8, offset=16).reshape(-1, mnist.SIDE, mnist.SIDE)

    return lambda: mnist.read_idx(path), peer


@case("CIFAR-10 batch, read as data", "pickle.load")
def pickled_batch():
    """Read 1,000 images of 32 x 32 x 3."""
    path = built_in("cifar-10-batches-py") / "data_batch_1"

    def peer():
        with path.open("rb") as stream:
            return pickle.load(stream, encoding="bytes")

    return lambda: read_pickle(path), peer


@case("WAV file, header held against the file", "soundfile.read")
def wav_file():
    """Read a track of 30 s."""
    path = min((built_in("genres") / "pop").glob("*.wav"))
    return lambda: read_wav(path)[1], lambda: soundfile.read(path, dtype="int16")[0]


@case("words to ids, strangers looked for first", "the listing's map(vocab.get, ...)")
def word_ids():
    """Number the words of the built-in training text."""
    path = built_in("ptb") / "ptb.train.txt"
    words = ptb.read_words(path)
    vocab = {word: place for place, word in enumerate(ptb.vocabulary(path))}

    def peer():
        return np.array(list(map(vocab.get, words)))

    def ours():
        ptb.check_words(words, vocab, path, batch_size=20, seq_length=20)
        return peer()

    return ours, peer


@case("distortions, one image after another", "map_fn's ten side by side")
def distortions():
    """Distort 200 images of ch05.

    The random numbers differ. So the shapes must agree, and mean and deviation to one digit.
    """
    images = np.random.RandomState(1).uniform(size=(200, 32, 32, 3)).astype(np.float32)
    with period_graph(seed=1) as graph:
        x = tf.placeholder("float", [None, 32, 32, 3])
        ours = ch05.pre_process(x, training=True)
        peer = tf.map_fn(lambda image: ch05.pre_process_image(image, training=True), x)
        # The way that TensorFlow would take without being told to keep an order needs a pool of some threads.
        sess = session(2)
    graph.finalize()

    def summary(op):
        distorted = sess.run(op, {x: images})
        return [*distorted.shape, round(float(distorted.mean()), 1), round(float(distorted.std()), 1)]

    return lambda: summary(ours), lambda: summary(peer)


def language_model(words):
    """Return ch07's graph with 2,000 words, and the feed of a step on `words`, int [20, 21]."""
    model = ch07.build_model(vocab_size=2000)
    return model, {model.input_data: words[:, :-1], model.targets: words[:, 1:]}


@case("ch07's step with the period's Adam", "with today's Adam")
def adam():
    """Take one step of ch07. No word occurs twice, so that both ways lead to the same weights."""
    words = np.random.RandomState(1).permutation(2000)[:420].reshape(20, 21)

    def step(todays):
        with period_graph(seed=1) as graph:
            model, feed = language_model(words)
            optm = model.optm
            if todays:
                optm = tf.train.AdamOptimizer(model.lr).apply_gradients(zip(model.grads, model.tvars, strict=True))
            with tf.control_dependencies([optm]):
                after = tf.gather(model.embedding.read_value(), words[0, :5])
            init = [tf.global_variables_initializer(), tf.assign(model.lr, 0.002)]
            sess = session(THREADS)
            graph.finalize()
            for op in init:
                sess.run(op)
        return lambda: sess.run(after, feed)

    return step(todays=False), step(todays=True)


@case("rnn_decoder, 20 steps and their gradients", "tf.nn.dynamic_rnn")
def unrolled():
    """Unroll ch07's two layers on a batch of 20 x 20."""
    with period_graph(seed=1) as graph:
        model = ch07.build_model(vocab_size=2000)
        x = tf.placeholder("float", [20, 20, 200])
        istate = model.cell.zero_state(20, tf.float32)
        outputs, _ = rnn_decoder(tf.unstack(x, axis=1), istate, model.cell, scope="RnnLm")
        ours = tf.reduce_mean(tf.stack(outputs, axis=1) ** 2)
        peer = tf.reduce_mean(tf.nn.dynamic_rnn(model.cell, x, initial_state=istate, scope="RnnLm")[0] ** 2)
        steps = [[loss, tf.gradients(loss, model.cell.trainable_variables)] for loss in (ours, peer)]
        init = tf.global_variables_initializer()
        sess = session(THREADS)
        graph.finalize()
        sess.run(init)
    feed = {x: np.random.RandomState(1).uniform(-1, 1, size=(20, 20, 200))}
    return [lambda step=step: [gradient.sum() for gradient in sess.run(step, feed)[1]] for step in steps]
