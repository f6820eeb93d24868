"""The language model's chapter: what it prints and writes, on the built-in text and on the real one."""

import collections
import contextlib
import io
import json
import math
import re
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from chapters.ch07_lstm_ptb import replay as ch07
from common import harness, ptb
from common.errors import ReplayError
from common.harness import Run
from common.judging.chapter import Chapter
from common.paths import BUILD, ROOT
from common.running import checkpoints
from common.tf1 import AdamOptimizer, period_graph, session, tf
from data import builtin

BOOK = Chapter(ROOT / "chapters" / "ch07_lstm_ptb" / "book.toml")
LINE = re.compile(r"\[(\d+)/(\d+)\] train perplexity: \d+\.\d{4} / Each batch learning took \d+\.\d{4} sec")


def short_run(folder, num_epochs, *arguments):
    """The chapter on the built-in text, stopped after a few epochs: exit status, standard output, standard error."""
    entry = BOOK.path.read_text(encoding="utf-8")
    assert "[profiles.builtin]\nsettings = { num_epochs = " in entry
    entry = re.sub(r"(?<=\[profiles.builtin\]\nsettings = \{ num_epochs = )\d+", str(num_epochs), entry)
    (folder / "ch07_short").mkdir(exist_ok=True)
    (folder / "ch07_short" / "book.toml").write_text(entry, encoding="utf-8")
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err), pytest.raises(SystemExit) as end:
        arguments = ["--out", str(folder / "out"), "--threads", "2", *arguments]
        harness.replay(folder / "ch07_short" / "replay.py", ch07.main, arguments, ch07.sample)
    if isinstance(end.value.code, str):  # what the interpreter would write to standard error
        err.write(end.value.code)
    return end.value.code, out.getvalue(), err.getvalue()


@pytest.fixture(scope="module")
def three_epochs(tmp_path_factory):
    builtin.write_sets(["ptb"])
    folder = tmp_path_factory.mktemp("ch07")
    _, output, _ = short_run(folder, 3)
    return folder, output, json.loads((folder / "out" / "result.json").read_text(encoding="utf-8"))


def test_output_has_the_form_of_the_book(three_epochs):
    _, output, result = three_epochs
    lines = output.splitlines()
    logged = [LINE.fullmatch(line) for line in lines if "train perplexity" in line]
    total = 3 * result["metrics"]["num_batches_train"]
    assert all(logged)
    assert [(int(m[1]), int(m[2])) for m in logged] == [(i, total) for i in range(0, total, 100)]
    assert re.fullmatch(r"Test perplexity: \d+\.\d{3}", lines[-1])
    assert float(lines[-1].split()[-1]) == result["metrics"]["test_perplexity"]


def test_curves_by_epoch(three_epochs):
    _, _, result = three_epochs
    for curve in ("train_perplexity", "test_perplexity"):
        steps, values = zip(*result["curves"][curve], strict=True)
        assert steps == (1, 2, 3)
        assert values[0] > values[1] > values[2]
    # The mean starts anew in every epoch, or the first epoch's high costs would stay in it.
    assert result["curves"]["train_perplexity"][2][1] < 0.6 * result["curves"]["train_perplexity"][0][1]


def test_a_third_below_a_unigram_model(three_epochs):
    """After three epochs already; add-nothing counts of the training text, in which every test word occurs."""
    _, _, result = three_epochs
    folder = BUILD / "data" / "ptb"
    counts = collections.Counter(ptb.read_words(folder / ptb.TRAIN))
    words = ptb.read_words(folder / ptb.TEST)
    cost = -sum(math.log(counts[word] / counts.total()) for word in words) / len(words)
    assert result["metrics"]["test_perplexity"] < 2 / 3 * math.exp(cost)


def test_one_seed_gives_the_same_losses_twice(three_epochs, tmp_path):
    _, _, result = three_epochs
    short_run(tmp_path, 1)
    once_more = json.loads((tmp_path / "out" / "result.json").read_text(encoding="utf-8"))["curves"]
    for name, points in once_more.items():
        assert points == result["curves"][name][: len(points)]


def test_sample_continues_a_text(three_epochs):
    folder, _, _ = three_epochs
    before = {path: path.stat().st_mtime_ns for path in (folder / "out").rglob("*")}
    texts = []
    for seed in (1, 1, 2):
        code, text, complaint = short_run(folder, 3, "--sample", "the value of", "--words", "12", "--seed", str(seed))
        assert not code, complaint
        texts.append(text)
    vocab = set(ptb.read_words(BUILD / "data" / "ptb" / ptb.TRAIN))
    for text in texts:
        words = text.split()
        assert words[:3] == ["the", "value", "of"] and len(words) == 15 and set(words) <= vocab
    assert texts[0] == texts[1] != texts[2]
    assert before == {path: path.stat().st_mtime_ns for path in (folder / "out").rglob("*")}


@pytest.mark.parametrize(
    ("arguments", "num_epochs", "words"),
    [
        (["--sample", "the Value"], 3, "expected words of the training text, found 'Value'"),
        (["--sample", " "], 3, "expected words of the training text, found none"),
        (["--sample", "the"], 4, "made with other settings: num_epochs 3, expected 4. Train it first"),
        (["--sample", "the", "--words", "0"], 3, "argument --words: expected a whole number from 1"),
    ],
)
def test_sample_says_what_is_wrong(three_epochs, arguments, num_epochs, words):
    folder, _, _ = three_epochs
    code, _, complaint = short_run(folder, num_epochs, *arguments)
    assert code and words in complaint


def test_damaged_checkpoint(three_epochs):
    folder, _, _ = three_epochs
    path = folder / "out" / "checkpoint" / "model.index"
    whole = path.read_bytes()
    try:
        for content in (None, whole[:40], b""):
            path.unlink() if content is None else path.write_bytes(content)
            code, _, complaint = short_run(folder, 3, "--sample", "the")
            assert code and "expected the weights of this chapter's net, found none that fit" in complaint
    finally:
        path.write_bytes(whole)


def test_a_net_of_other_data_is_refused(three_epochs):
    folder, _, result = three_epochs
    path = folder / "out" / "result.json"
    other = result | {"data": result["data"] | {"sha256": {"ptb.train.txt": "0"}}}
    try:
        path.write_text(json.dumps(other), encoding="utf-8")
        code, _, complaint = short_run(folder, 3, "--sample", "the")
        assert code and "trained on other data" in complaint
    finally:
        path.write_text(json.dumps(result), encoding="utf-8")


def test_a_full_disk_while_the_net_is_saved(tmp_path, monkeypatch):
    def full(*_, **__):
        raise tf.errors.OutOfRangeError(None, None, "File too large")

    monkeypatch.setattr(tf.train.Saver, "save", full)
    with period_graph(), session(1) as sess:
        tf.get_variable("v", [2])
        with pytest.raises(ReplayError, match="the trained net cannot be written: File too large"):
            checkpoints.save(sess, tmp_path / "checkpoint")
    assert list(tmp_path.iterdir()) == []


SMALL = {"rnn_size": 8, "batch_size": 2, "seq_length": 3}
WORDS = np.random.RandomState(0).randint(0, 50, size=(4, 2, 4))


@pytest.fixture
def small_run():
    """A function: ch07 on WORDS, a vocabulary of 50, under a profile's settings; (run, model, learning rates)."""
    with contextlib.ExitStack() as stack:

        def train(profile, **settings):
            stack.enter_context(period_graph(seed=1))
            run = Run(BOOK, profile, None, 1, 1, "unused")
            stack.callback(run.close)
            vars(run.settings).update(SMALL | settings)
            x, y = list(WORDS[:, :, :-1]), list(WORDS[:, :, 1:])
            data = SimpleNamespace(xbatches_train=x, ybatches_train=y, xbatches_test=x, ybatches_test=y)
            model = ch07.build_model(50, **ch07.build_arguments(run))
            rates, kept, fed = [], [], run.session().run

            def watched(fetches, feed_dict=None):
                if feed_dict and model.dropout:
                    kept.append(feed_dict.get(model.keep_prob))
                if isinstance(fetches, list) and model.optm in fetches:
                    rates.append(float(fed(model.lr)))
                return fed(fetches, feed_dict=feed_dict)

            run.session().run = watched
            run.save_checkpoint = lambda: None
            ch07.train_model(run, data, model)
            return run, model, rates[:: len(x)], kept

        yield train


@pytest.mark.parametrize("profile", ["listed", "printed"])
def test_the_listing_s_rate_falls_from_the_second_epoch_on(small_run, profile):
    _, model, rates, _ = small_run(profile, num_epochs=4)
    assert rates == pytest.approx([0.002 * 0.97**epoch for epoch in range(4)])
    assert not model.dropout and not hasattr(model, "keep_prob")
    names = [variable.op.name for variable in model.tvars]
    assert "RnnLm/softmax_w" in names and isinstance(model._optm, AdamOptimizer)


def test_what_repaired_changes(small_run):
    run, model, rates, kept = small_run("repaired", num_epochs=8)
    assert rates == pytest.approx(6 * [20] + [20 * 0.7, 20 * 0.7**2])
    # Dropout in training only: four batches of each epoch are fed, four of the test text are not.
    assert kept == 8 * (4 * [0.75] + 4 * [None])
    names = [variable.op.name for variable in model.tvars]
    assert "RnnLm/softmax_w" not in names and "RnnLm/embedding" in names
    assert type(model._optm) is tf.train.GradientDescentOptimizer
    sess = run.session()
    first = sess.graph.get_operation_by_name
    assert first("RnnLm/embedding/Initializer/random_uniform/min").get_attr("value").float_val[0] == pytest.approx(-0.1)
    softmax_w, embedding = sess.run([model.softmax_w, model.embedding])
    np.testing.assert_array_equal(softmax_w, embedding.T)
    feed = {model.input_data: WORDS[0, :, :-1], model.targets: WORDS[0, :, 1:]}
    costs = [sess.run(model.cost, feed_dict=feed) for _ in range(2)]
    dropped = [sess.run(model.cost, feed_dict=feed | {model.keep_prob: 0.75}) for _ in range(2)]
    assert costs[0] == costs[1] and dropped[0] != dropped[1]


@pytest.mark.parametrize(("profile", "lines"), [("builtin", 2), ("printed", 4)])
def test_figure_has_both_curves_and_on_the_real_text_the_printed_figures(profile, lines):
    run = Run(BOOK, profile, None, 1, 2, "unused")
    run.curves = {"train_perplexity": [[1, 397.0], [2, 205.0]], "test_perplexity": [[1, 255.0], [2, 204.0]]}
    (axes,) = ch07.perplexity_by_epoch(run).axes
    assert len(axes.lines) == lines
    heights = [line.get_ydata()[0] for line in axes.lines if line.get_linestyle() == "--"]
    assert heights == [79.4723, 119.635][: len(heights)]


@pytest.mark.real_data
def test_preparation_on_the_real_text_is_the_book_s_to_the_letter(real_data, capsys):
    """Claims D17 to D23; runs of spaces count as one, as they do in the scanned text."""
    data = ch07.load_data(Run(BOOK, "printed", real_data, 1, 2, Path("unused")))
    lines = [re.sub(r" +", " ", re.sub(r"\[ +", "[", line)) for line in capsys.readouterr().out.splitlines() if line]
    printed = [line for line in BOOK.printed_output.strip().splitlines() if line and "perplexity" not in line]
    assert lines == printed
    assert {batch.shape for batch in data.xbatches_train + data.ybatches_test} == {(20, 20)}
    assert len(data.xbatches_test) == len(data.ybatches_test) == 196
