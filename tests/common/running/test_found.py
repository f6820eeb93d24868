"""The chapters' readers read a set that was found elsewhere as they read it in its place."""

import gzip
import pickle

import numpy as np
import pytest

from common import cifar10, mnist, ptb
from common.files import sha256
from common.running import sources
from common.running.sources import locate
from data.builtin import encode_idx


@pytest.fixture
def found(tmp_path, monkeypatch):
    """Return a function that writes a set in its place, then elsewhere under other names: both as Founds."""

    def write(folder, files, packed=False):
        entries = []
        for name, content in files.items():
            entry = {"name": name, "bytes": len(content), "sha256": sha256(content)}
            if packed:
                plain = gzip.decompress(content)
                entry.update(content_sha256=sha256(plain), content_bytes=len(plain))
            entries.append(entry)
        source = {"title": "Set", "folder": folder, "addresses": ["http://example.org/"], "files": entries}
        monkeypatch.setattr(sources, "read_sources", lambda: {"set": source})
        for root, rename in (("usual", str), ("other", lambda name: f"deep/er/{name.replace('-', '.')}.bin")):
            for name, content in files.items():
                path = tmp_path / root / (f"{folder}/{name}" if root == "usual" else rename(name))
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(content)
        return [locate("set", tmp_path / root, real=True)[0] for root in ("usual", "other")]

    return write


def test_mnist_is_read_and_announced_alike(found, capsys):
    random = np.random.RandomState(0)
    arrays = {
        mnist.TRAIN_IMAGES: random.randint(0, 256, size=(9, 28, 28)),
        mnist.TRAIN_LABELS: random.randint(0, 10, size=9),
        mnist.TEST_IMAGES: random.randint(0, 256, size=(4, 28, 28)),
        mnist.TEST_LABELS: random.randint(0, 10, size=4),
    }
    files = {f"{name}.gz": gzip.compress(encode_idx(array.astype(np.uint8))) for name, array in arrays.items()}
    printed, images = [], []
    for folder in found("mnist", files, packed=True):
        capsys.readouterr()
        images.append(mnist.read_data_sets(folder, validation_size=2).train.images)
        printed.append(capsys.readouterr().out)
        assert mnist.is_packed(mnist.find_file(folder, mnist.TEST_LABELS))
    assert printed[0] == printed[1] == "".join(f"Extracting MNIST_data/{name}\n" for name in files)
    np.testing.assert_array_equal(*images)


def test_cifar_10_is_read_and_announced_alike(found, capsys):
    batch = {b"data": np.arange(6144).astype(np.uint8).reshape(2, 3072), b"labels": [3, 1]}
    files = {f"data_batch_{i}": pickle.dumps({**batch, b"i": i}, 3) for i in range(1, 6)}
    printed = []
    for folder in found("cifar-10-batches-py", files):
        capsys.readouterr()
        assert cifar10.load_training_data(folder)[1].tolist() == [3, 1] * 5
        printed.append(capsys.readouterr().out)
    assert printed[0] == printed[1] and printed[0].startswith("Loading data: cifar-10-batches-py/data_batch_1\n")


def test_a_text_is_read_by_its_official_name(found):
    for folder in found("ptb", {ptb.TRAIN: b"one two\n"}):
        assert ptb.read_words(folder / ptb.TRAIN) == ["one", "two"]
