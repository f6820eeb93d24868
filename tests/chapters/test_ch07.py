"""The language model's chapter: both scripts, what they print and write on the built-in text, and the real text."""

import ast
import collections
import difflib
import functools
import inspect
import json
import math
import re
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chapters.ch07_lstm_ptb import repaired, replay
from common import ptb
from common.errors import ReplayError
from common.harness import Run
from common.running import checkpoints
from common.tf1 import period_graph, session, tf
from tests.support.chapters import replayed, shortened

BOOK = shortened(replay)
SCRIPTS = [Path(script.__file__) for script in (replay, repaired)]
LINE = re.compile(r"\[(\d+)/(\d+)\] train perplexity: \d+\.\d{4} / Each batch learning took \d+\.\d{4} sec")


@pytest.fixture(scope="module")
def three_epochs(builtin_text, tmp_path_factory):
    """Run replay.py for three epochs, and return its folder beside what came of it."""
    folder = tmp_path_factory.mktemp("ch07")
    run = replayed(replay, folder, num_epochs=3)
    assert run.status == 0 and "ch07: no threshold judges other settings (num_epochs=3)." in run.errors
    return SimpleNamespace(folder=folder, **vars(run))


def test_output_has_the_form_of_the_book(three_epochs):
    lines = three_epochs.output.splitlines()
    logged = [LINE.fullmatch(line) for line in lines if "train perplexity" in line]
    metrics = three_epochs.result["metrics"]
    total = 3 * metrics["num_batches_train"]
    assert all(logged)
    assert [(int(m[1]), int(m[2])) for m in logged] == [(i, total) for i in range(0, total, 100)]
    assert re.fullmatch(r"Test perplexity: \d+\.\d{3}", lines[-1])
    assert float(lines[-1].split()[-1]) == metrics["test_perplexity"]


def test_curves_by_epoch(three_epochs):
    curves = three_epochs.result["curves"]
    for curve in ("train_perplexity", "test_perplexity"):
        steps, values = zip(*curves[curve], strict=True)
        assert steps == (1, 2, 3)
        assert values[0] > values[1] > values[2]
    # The mean starts anew in every epoch, or the first epoch's high costs would stay in it.
    assert curves["train_perplexity"][2][1] < 0.6 * curves["train_perplexity"][0][1]


def test_three_epochs_are_a_third_better_than_counting_words(three_epochs, builtin_text):
    """Count in the training text, in which every test word occurs."""
    counts = collections.Counter(ptb.read_words(builtin_text / ptb.TRAIN))
    words = ptb.read_words(builtin_text / ptb.TEST)
    cost = -sum(math.log(counts[word] / counts.total()) for word in words) / len(words)
    assert three_epochs.result["metrics"]["test_perplexity"] < 2 / 3 * math.exp(cost)


def test_one_seed_gives_the_same_losses_twice(three_epochs, tmp_path):
    once_more = replayed(replay, tmp_path, num_epochs=1).result["curves"]
    assert set(once_more) == {"train_perplexity_so_far", "train_perplexity", "test_perplexity"}
    for name, points in once_more.items():
        assert points == three_epochs.result["curves"][name][: len(points)]


def test_sample_continues_a_text(three_epochs, builtin_text):
    before = {path: path.stat().st_mtime_ns for path in three_epochs.folder.rglob("*")}
    texts = []
    for seed in ("1", "1", "2"):
        line = ["--sample", "the value of", "--words", "12", "--seed", seed]
        run = replayed(replay, three_epochs.folder, *line, num_epochs=3)
        assert run.status == 0, run.errors
        texts.append(run.output)
    vocab = set(ptb.read_words(builtin_text / ptb.TRAIN))
    for text in texts:
        words = text.split()
        assert words[:3] == ["the", "value", "of"] and len(words) == 15 and set(words) <= vocab
    assert texts[0] == texts[1] != texts[2]
    assert before == {path: path.stat().st_mtime_ns for path in three_epochs.folder.rglob("*")}


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
    run = replayed(replay, three_epochs.folder, *arguments, num_epochs=num_epochs)
    assert run.status and words in run.errors


def test_damaged_checkpoint(three_epochs):
    path = three_epochs.folder / "checkpoint" / "model.index"
    whole = path.read_bytes()
    try:
        for content in (None, whole[:40], b""):
            path.unlink() if content is None else path.write_bytes(content)
            run = replayed(replay, three_epochs.folder, "--sample", "the", num_epochs=3)
            assert run.status and "expected the weights of this chapter's net, found none that fit" in run.errors
    finally:
        path.write_bytes(whole)


def test_a_net_of_other_data_is_refused(three_epochs):
    path, result = three_epochs.folder / "result.json", three_epochs.result
    other = result | {"data": result["data"] | {"sha256": {"ptb.train.txt": "0"}}}
    try:
        path.write_text(json.dumps(other), encoding="utf-8")
        run = replayed(replay, three_epochs.folder, "--sample", "the", num_epochs=3)
        assert run.status and "trained on other data" in run.errors
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


def loaded(folder, train, test, batch_size, seq_length):
    """Return what `load_data` makes of two texts, lists of words, in batches of other sizes, and what it notes."""
    (folder / ptb.TRAIN).write_text(" ".join(train), encoding="utf-8")
    (folder / ptb.TEST).write_text(" ".join(test), encoding="utf-8")
    sizes = SimpleNamespace(batch_size=batch_size, seq_length=seq_length)
    notes = {}
    run = SimpleNamespace(settings=sizes, data_folder=lambda: folder, note=notes.update)
    return replay.load_data(run), notes


@settings(max_examples=50, deadline=None)
@given(st.integers(1, 7), st.integers(1, 7), st.integers(0, 60))
def test_batches_of_any_size_hold_each_word_and_the_next(tmp_path_factory, batch_size, seq_length, more):
    folder = tmp_path_factory.getbasetemp()
    n = max(5, batch_size * seq_length) + more
    words = [f"w{i:03}" for i in range(n)]  # once each, so that word i has the number i
    data, notes = loaded(folder, words, words[::-1], batch_size, seq_length)
    whole = n // (batch_size * seq_length)
    assert (data.num_batches_train, data.num_batches_test) == (whole, whole)
    assert notes == {"train_lines": 1, "train_words": n, "vocab_size": n, "num_batches_train": whole}
    kept = whole * batch_size * seq_length
    for number, x, y in (
        (range(n), data.xbatches_train, data.ybatches_train),
        (range(n)[::-1], data.xbatches_test, data.ybatches_test),
    ):
        text = list(number[:kept])
        assert {batch.shape for batch in x + y} == {(batch_size, seq_length)} and len(x) == len(y) == whole
        assert np.concatenate(x, axis=1).ravel().tolist() == text
        assert np.concatenate(y, axis=1).ravel().tolist() == [*text[1:], text[0]]


def test_words_are_numbered_by_count_and_then_by_letter(tmp_path):
    words = ["b", "a", "a", "<unk>", "N", "b", "c", "a"]
    data, _ = loaded(tmp_path, words, words, 2, 2)
    assert data.count_pairs == [("a", 3), ("b", 2), ("<unk>", 1), ("N", 1), ("c", 1)]
    assert data.corpus_train.tolist() == [1, 0, 0, 2, 3, 1, 4, 0]
    assert ptb.vocabulary(tmp_path / ptb.TRAIN) == list(data.chars)


@pytest.mark.parametrize(
    ("train", "test", "sentence"),
    [
        ("a b c d e f", "a b c D e f", "ptb.test.txt, line 1: the word 'D' is not one of the 6 words"),
        ("a b c d e", "a b c d e a", "ptb.train.txt: expected at least 6 words, one batch of 2 x 3, found 5"),
        ("a b c d e f", "a b c d e", "ptb.test.txt: expected at least 6 words, one batch of 2 x 3, found 5"),
    ],
)
def test_texts_that_make_no_batch(tmp_path, train, test, sentence):
    with pytest.raises(ReplayError, match=re.escape(sentence)):
        loaded(tmp_path, train.split(), test.split(), 2, 3)


SMALL = {"rnn_size": 8, "batch_size": 2, "seq_length": 3, "grad_clip": 0.2, "init_scale": 0.08}
WORDS = np.random.RandomState(0).randint(0, 50, size=(4, 2, 4))


SIZES = {"rnn_size", "num_layers", "batch_size", "seq_length"}
EPOCHS = {"printed": 4, "repaired": 8}


@pytest.fixture(scope="module")
def small_run():
    """Return a function that runs a script's `main` on WORDS under a profile's settings, once for each profile.

    It returns the `model`, the session `sess` with the trained weights, a `feed`, and the `first` weights by name.
    It also returns the learning rate of each epoch (`rates`) and the keep_prob of each batch (`kept`).
    """
    runs = []

    @functools.cache
    def train(script, profile):
        x, y = list(WORDS[:, :, :-1]), list(WORDS[:, :, 1:])
        batches = {"xbatches_train": x, "ybatches_train": y, "xbatches_test": x, "ybatches_test": y}
        data = SimpleNamespace(vocab=range(50), num_batches_train=4, num_batches_test=4, **batches)
        run = Run(shortened(script, num_epochs=EPOCHS[profile], **SMALL), profile, None, 1, 1, "unused")
        runs.append(run)
        run.save_checkpoint = lambda: None
        rates, kept, seen = [], [], SimpleNamespace()
        build_model = script.build_model

        def build_and_watch(*arguments):
            seen.model = model = build_model(*arguments)
            seen.sess = sess = run.session()
            fed = sess.run
            fed(tf.initialize_all_variables())
            names = [variable.op.name.split("/", 1)[1] for variable in model.tvars]
            seen.first = dict(zip(names, fed(model.tvars), strict=True))

            def watched(fetches, feed_dict=None):
                if feed_dict and hasattr(model, "keep_prob"):
                    kept.append(feed_dict.get(model.keep_prob))
                if isinstance(fetches, list) and model.optm in fetches:
                    rates.append(float(fed(model.lr)))
                return fed(fetches, feed_dict=feed_dict)

            sess.run = watched
            return model

        with pytest.MonkeyPatch.context() as patched, period_graph(seed=1):
            patched.setattr(script, "load_data", lambda run: data)
            patched.setattr(script, "build_model", build_and_watch)
            script.main(run)
        del seen.sess.run
        feed = {seen.model.input_data: x[0], seen.model.targets: y[0]}
        return SimpleNamespace(**vars(seen), feed=feed, rates=rates[:: len(x)], kept=kept)

    yield train
    for run in runs:
        run.close()


def test_the_listing_s_rate_falls_from_the_second_epoch_on(small_run):
    assert small_run(replay, "printed").rates == pytest.approx([0.002 * 0.97**epoch for epoch in range(4)])


def test_the_listing_s_profiles_differ_in_their_epochs_only():
    listed, printed = BOOK.settings("listed"), BOOK.settings("printed")
    assert (listed.pop("num_epochs"), printed.pop("num_epochs")) == (5, 15)
    assert listed == printed and set(listed) == {"learning_rate", "decay_rate", "grad_clip", *SIZES}


def test_the_listing_has_no_dropout_and_a_softmax_matrix_of_its_own(small_run):
    small = small_run(replay, "printed")
    costs = [small.sess.run(small.model.cost, small.feed) for _ in range(2)]
    assert costs[0] == costs[1] and not small.kept
    assert small.first["softmax_w"].shape == (8, 50) and small.first["embedding"].shape == (50, 8)
    assert np.abs(small.first["softmax_b"]).max() > 1


def test_repaired_holds_its_rate_for_six_epochs(small_run):
    assert small_run(repaired, "repaired").rates == pytest.approx(6 * [20] + [20 * 0.7, 20 * 0.7**2])


def test_repaired_drops_out_in_training_only(small_run):
    small = small_run(repaired, "repaired")
    # Four batches of each epoch, then four of the test text. The printed perplexity takes the test text once more.
    assert small.kept == 8 * (4 * [0.75] + 4 * [None]) + 4 * [None]
    costs = [small.sess.run(small.model.cost, small.feed) for _ in range(2)]
    dropped = [small.sess.run(small.model.cost, small.feed | {small.model.keep_prob: 0.75}) for _ in range(2)]
    assert costs[0] == costs[1] and dropped[0] != dropped[1]


def test_repaired_drops_out_words_and_the_outputs_of_both_layers(small_run):
    """At a share of 1e-6, nothing passes a dropout. What the first layer holds does not reach the second one."""
    small = small_run(repaired, "repaired")
    model, nothing = small.model, small.feed | {small.model.keep_prob: 1e-6}
    inputs, outputs = small.sess.run([model.inputs, model.outputs], nothing)
    assert not np.any(inputs) and not np.any(outputs)
    first, second = small.sess.run(model.istate)
    other = (tuple(np.ones_like(part) for part in first), second)
    (first, second), (other_first, other_second) = (
        small.sess.run(model.final_state, nothing | {model.istate: state}) for state in ((first, second), other)
    )
    assert np.any(first.c != other_first.c)
    np.testing.assert_array_equal(second.c, other_second.c)


def test_repaired_starts_within_its_scale(small_run):
    first = small_run(repaired, "repaired").first
    for name, value in first.items():
        assert np.abs(value).max() <= 0.08, name
    assert first["embedding"].min() < -0.07 and first["embedding"].max() > 0.07
    assert np.abs(first["softmax_b"]).max() > 0.06


def test_repaired_reads_and_writes_words_with_one_matrix(small_run):
    small = small_run(repaired, "repaired")
    assert "softmax_w" not in small.first and small.first["embedding"].shape == (50, 8)
    softmax_w, embedding = small.sess.run([small.model.softmax_w, small.model.embedding])
    np.testing.assert_array_equal(softmax_w, embedding.T)


def test_repaired_steps_along_the_clipped_gradient(small_run):
    small = small_run(repaired, "repaired")
    model, sess = small.model, small.sess
    before = sess.run(model.tvars)
    lr, grads, _ = sess.run([model.lr, model.grads, model.optm], small.feed)
    for old, grad, new in zip(before, grads, sess.run(model.tvars), strict=True):
        np.testing.assert_allclose(new, old - lr * grad, rtol=1e-4, atol=1e-6)
    assert math.sqrt(sum(np.square(grad).sum() for grad in grads)) == pytest.approx(0.2)


@pytest.mark.parametrize(("script", "profile"), [(replay, "printed"), (repaired, "repaired")])
def test_the_model_s_defaults_are_the_profile_s_settings(script, profile):
    defaults = {name: size.default for name, size in inspect.signature(script.build_model).parameters.items()}
    assert defaults.pop("vocab_size") == 9999
    assert defaults.items() <= BOOK.settings(profile).items()
    assert defaults.keys() >= {"grad_clip", *SIZES}


def test_repaired_is_the_listing_with_at_most_forty_lines_changed():
    old, new = (path.read_text(encoding="utf-8").splitlines() for path in SCRIPTS)
    diff = list(difflib.unified_diff(old, new, "replay.py", "repaired.py", n=0, lineterm=""))
    assert 0 < len([line for line in diff[2:] if line[0] in "+-"]) <= 40
    evidence = SCRIPTS[0].with_name("EVIDENCE.md").read_text(encoding="utf-8")
    (block,) = re.findall(r"```diff\n(.*?)\n```", evidence, re.DOTALL)
    assert block.splitlines() == diff


def test_both_scripts_have_the_same_functions_and_landmarks():
    trees = [ast.parse(path.read_text(encoding="utf-8")) for path in SCRIPTS]
    functions, others = ([node.name for node in tree.body if isinstance(node, ast.FunctionDef)] for tree in trees)
    assert functions == others and functions[:3] == ["load_data", "build_model", "train_model"]
    landmarks, others = (re.findall(r"#.*[가-힣].*", path.read_text(encoding="utf-8")) for path in SCRIPTS)
    assert landmarks == others and len(landmarks) == 13


@pytest.mark.real_data
@pytest.mark.parametrize(("script", "profile"), [(replay, "printed"), (repaired, "repaired")])
def test_preparation_on_the_real_text_is_the_book_s_to_the_letter(real_data, capsys, script, profile):
    """Hold claims D17 to D23. Runs of spaces count as one, as they do in the scanned text."""
    data = script.load_data(Run(BOOK, profile, real_data, 1, 2, Path("unused")))
    lines = [re.sub(r" +", " ", re.sub(r"\[ +", "[", line)) for line in capsys.readouterr().out.splitlines() if line]
    printed = [line for line in BOOK.printed_output.strip().splitlines() if line and "perplexity" not in line]
    assert lines == printed
    assert {batch.shape for batch in data.xbatches_train + data.ybatches_test} == {(20, 20)}
    assert len(data.xbatches_test) == len(data.ybatches_test) == 196
