"""ch07: an LSTM language model on Penn Treebank (from page 79)."""

import time
from types import SimpleNamespace

import numpy as np
from matplotlib.ticker import LogLocator, NullLocator

from common import harness
from common.errors import ReplayError
from common.figures import BLUE, ORANGE, canvas
from common.ptb import TEST, TRAIN, count_lines, count_words, inputs_and_targets, read_words, split_batches, word_ids
from common.seq2seq import rnn_decoder, sequence_loss_by_example
from common.tf1 import AdamOptimizer, tf


def load_data(run):
    """The training and the test text as batches of word ids; prints what the listing prints on the way.

    Raises ReplayError for a file that is missing or bad.
    """
    data_dir = run.data_folder()
    batch_size, seq_length = run.settings.batch_size, run.settings.seq_length

    input_file = data_dir / TRAIN
    data_train = read_words(input_file)

    count_pairs = count_words(data_train)
    print("Type of 'count_pairs' is %s and length is %d" % (type(count_pairs), len(count_pairs)))
    for i in range(5):
        print(count_pairs[i])

    chars, counts = zip(*count_pairs, strict=True)
    vocab = dict(zip(chars, range(len(chars)), strict=True))
    for word in chars[:5]:
        print("vocab['%s'] is %d" % (word, vocab[word]))

    input_file = data_dir / TEST
    data_test = read_words(input_file)
    corpus_train = word_ids(data_train, vocab, data_dir / TRAIN)
    corpus_test = word_ids(data_test, vocab, input_file)
    check_len = 30
    print("\n'corpus_train' looks like %s" % corpus_train[20:check_len])

    xdata_train, ydata_train = inputs_and_targets(corpus_train, batch_size, seq_length, data_dir / TRAIN)
    xdata_test, ydata_test = inputs_and_targets(corpus_test, batch_size, seq_length, input_file)
    with np.printoptions(legacy="1.13"):
        print("xdata is ... %s and length is %d" % (xdata_train, xdata_train.size))
        print("ydata is ... %s and length is %d" % (ydata_train, ydata_train.size))

    xbatches_train = split_batches(xdata_train, batch_size, seq_length)
    ybatches_train = split_batches(ydata_train, batch_size, seq_length)
    xbatches_test = split_batches(xdata_test, batch_size, seq_length)
    ybatches_test = split_batches(ydata_test, batch_size, seq_length)
    print("Type of 'xbatches_train' is %s and length is %d" % (type(xbatches_train), len(xbatches_train)))
    print("Type of 'ybatches_train' is %s and length is %d" % (type(ybatches_train), len(ybatches_train)))
    run.note(
        train_lines=count_lines(data_dir / TRAIN),
        train_words=len(data_train),
        vocab_size=len(vocab),
        num_batches_train=len(xbatches_train),
    )
    return SimpleNamespace(**locals())


def build_model(
    vocab_size=9999,
    rnn_size=200,
    num_layers=2,
    batch_size=20,
    seq_length=20,
    grad_clip=5.0,
    optimizer="Adam",
    init_scale=0.0,
    dropout=False,
    tied=False,
):
    """The graph from page 79; every name of the listing is an attribute of what is returned.

    The last four arguments are not in the listing, and profile `repaired` sets them: plain gradient descent for
    "GradientDescent"; first weights uniform within +-`init_scale`; dropout on every connection that is not recurrent,
    of which `keep_prob` stays (fed; all without feeding); and softmax weights that are the embedding's, transposed.
    """
    if init_scale:
        tf.get_variable_scope().set_initializer(tf.random_uniform_initializer(-init_scale, init_scale))
    # The listing's `[unitcell] * num_layers` would share one set of weights between the layers today.
    unitcells = [tf.nn.rnn_cell.BasicLSTMCell(rnn_size, state_is_tuple=True) for _ in range(num_layers)]
    if dropout:
        keep_prob = tf.placeholder_with_default(1.0, [])
        unitcells = [tf.nn.rnn_cell.DropoutWrapper(unitcell, output_keep_prob=keep_prob) for unitcell in unitcells]
    cell = tf.nn.rnn_cell.MultiRNNCell(unitcells, state_is_tuple=True)
    input_data = tf.placeholder(tf.int32, [batch_size, seq_length])
    targets = tf.placeholder(tf.int32, [batch_size, seq_length])
    istate = cell.zero_state(batch_size, tf.float32)

    with tf.variable_scope("RnnLm"):
        if not tied:
            softmax_w = tf.get_variable("softmax_w", [rnn_size, vocab_size])
        softmax_b = tf.get_variable("softmax_b", [vocab_size])
        with tf.device("/cpu:0"):
            embedding = tf.get_variable("embedding", [vocab_size, rnn_size])
            embedded = tf.nn.embedding_lookup(embedding, input_data)
            if dropout:
                embedded = tf.nn.dropout(embedded, keep_prob)
            inputs = tf.split(embedded, seq_length, 1)
            inputs = [tf.squeeze(_input, [1]) for _input in inputs]
        if tied:
            softmax_w = tf.transpose(embedding)

    outputs, last_state = rnn_decoder(inputs, istate, cell, loop_function=None, scope="RnnLm")
    output = tf.reshape(tf.concat(outputs, 1), [-1, rnn_size])
    logits = tf.nn.xw_plus_b(output, softmax_w, softmax_b)
    probs = tf.nn.softmax(logits)

    loss = sequence_loss_by_example(
        [logits],
        [tf.reshape(targets, [-1])],
        [tf.ones([batch_size * seq_length])],
    )

    cost = tf.reduce_sum(loss) / batch_size / seq_length
    final_state = last_state
    lr = tf.Variable(0.0, trainable=False)
    tvars = tf.trainable_variables()
    grads, _ = tf.clip_by_global_norm(tf.gradients(cost, tvars), grad_clip)
    _optm = AdamOptimizer(lr) if optimizer == "Adam" else tf.train.GradientDescentOptimizer(lr)
    optm = _optm.apply_gradients(zip(grads, tvars, strict=True))
    return SimpleNamespace(**locals())


def build_arguments(run):
    """The arguments of `build_model` that the settings of the run's profile decide."""
    names = ("rnn_size", "num_layers", "batch_size", "seq_length", "grad_clip", "optimizer", "init_scale", "tied")
    arguments = {name: getattr(run.settings, name) for name in names}
    return arguments | {"dropout": run.settings.keep_prob < 1}


def train_model(run, data, model):
    """The loops from page 79: a line every 100 batches; after each epoch the test perplexity is taken as well.

    Raises ReplayError when the loss is not finite.
    """
    num_epochs = run.settings.num_epochs
    learning_rate = run.settings.learning_rate
    decay_rate = run.settings.decay_rate
    held_epochs = run.settings.held_epochs
    num_batches_train = len(data.xbatches_train)

    sess = run.session()
    sess.run(tf.initialize_all_variables())
    durations = []
    for epoch in range(num_epochs):
        # The listing makes this list once, before all epochs; the printed means are those of one epoch.
        train_cost_list = []
        sess.run(tf.assign(model.lr, learning_rate * (decay_rate ** max(0, epoch - held_epochs))))
        state = sess.run(model.istate)
        for iteration in run.steps(num_batches_train):
            start_time = time.time()
            feed_dict = {
                model.input_data: data.xbatches_train[iteration],
                model.targets: data.ybatches_train[iteration],
                model.istate: state,
            }
            if model.dropout:
                feed_dict[model.keep_prob] = run.settings.keep_prob
            train_cost, state, _ = sess.run([model.cost, model.final_state, model.optm], feed_dict=feed_dict)
            train_cost_list.append(train_cost)
            train_cost_avg = np.mean(train_cost_list)
            train_perplexity = np.exp(train_cost_avg)
            total_iter = epoch * num_batches_train + iteration
            end_time = time.time()
            duration = end_time - start_time
            durations.append(duration)
            if total_iter % 100 == 0:
                print(
                    "[%d/%d] train perplexity: %.4f / Each batch learning took %.4f sec"
                    % (total_iter, num_epochs * num_batches_train, train_perplexity, duration)
                )
                run.record("train_perplexity_so_far", total_iter, train_perplexity)
        run.record("train_perplexity", epoch + 1, train_perplexity)
        run.record("test_perplexity", epoch + 1, perplexity_on_test(run, data, model))
    run.note(seconds_a_batch=round(float(np.median(durations)), 4))
    run.save_checkpoint()


def perplexity_on_test(run, data, model):
    """exp of the mean cost over the test batches, the state handed on from batch to batch (from page 79)."""
    sess = run.session()
    test_cost_list = []
    state_test = sess.run(model.istate)
    for xbatch_test, ybatch_test in zip(data.xbatches_test, data.ybatches_test, strict=True):
        feed_dict = {model.input_data: xbatch_test, model.targets: ybatch_test, model.istate: state_test}
        test_cost, state_test = sess.run([model.cost, model.final_state], feed_dict=feed_dict)
        test_cost_list.append(test_cost)
    test_cost_avg = np.mean(test_cost_list)
    return np.exp(test_cost_avg)


def evaluate_model(run, data, model):
    """Prints the test perplexity; the perplexities among the metrics are those of the last epoch."""
    test_perplexity = perplexity_on_test(run, data, model)
    print("Test perplexity: %.3f" % test_perplexity)
    run.save_figure("perplexity", perplexity_by_epoch(run))
    return {
        "test_perplexity": round(float(test_perplexity), 3),
        "train_perplexity": run.curves["train_perplexity"][-1][1],
    }


def perplexity_by_epoch(run):
    """A Figure of both curves by epoch, with the printed figures as horizontal lines."""
    printed = {"train": run.chapter.printed_curve("train_perplexity_so_far")[-1]}
    printed["test"] = run.chapter.printed("test_perplexity")
    figure, axes = canvas(width=9, height=5)
    for name, colour in (("train", BLUE), ("test", ORANGE)):
        axes.plot(*zip(*run.curves[f"{name}_perplexity"], strict=True), color=colour, marker="o", label=name)
        if run.chapter.data_kind(run.profile) == "real":
            axes.axhline(printed[name], color=colour, linestyle="--", label=f"{name}, printed in the book")
    axes.set(xlabel="epoch", ylabel="perplexity (logarithmic)", yscale="log")
    axes.xaxis.get_major_locator().set_params(integer=True)
    axes.yaxis.set_major_locator(LogLocator(subs=(1, 1.5, 2, 3, 4, 6)))
    axes.yaxis.set_major_formatter("{x:g}")
    axes.yaxis.set_minor_locator(NullLocator())
    axes.legend()
    return figure


def sample(run, text, words):
    """Print `text` and `words` more words, each drawn from the probabilities that the trained net gives it.

    Raises ReplayError for an empty text or one with a word outside the vocabulary, and when there is no trained net.
    """
    chars = [word for word, _ in count_words(read_words(run.data_folder() / TRAIN))]
    vocab = dict(zip(chars, range(len(chars)), strict=True))
    given = text.split()
    unknown = [word for word in given if word not in vocab]
    if not given or unknown:
        raise ReplayError(
            f"--sample: expected words of the training text, found {', '.join(map(repr, unknown)) or 'none'}. It is in "
            "lower case and without punctuation, has N for numbers and <unk> for rare words."
        )
    model = build_model(len(vocab), **build_arguments(run) | {"batch_size": 1, "seq_length": 1})
    run.restore_checkpoint()
    sess = run.session()
    state = sess.run(model.istate)
    for i in range(len(given) - 1 + words):
        feed_dict = {model.input_data: [[vocab[given[i]]]], model.istate: state}
        probs, state = sess.run([model.probs, model.final_state], feed_dict=feed_dict)
        if i + 1 >= len(given):
            p = probs[0].astype(float)
            given.append(chars[np.random.choice(len(chars), p=p / p.sum())])
    print(" ".join(given))


def main(run):
    data = run.phase(load_data, run)
    model = run.phase(build_model, len(data.vocab), **build_arguments(run))
    run.phase(train_model, run, data, model)
    return run.phase(evaluate_model, run, data, model)


if __name__ == "__main__":
    harness.replay(__file__, main, sample=sample)
