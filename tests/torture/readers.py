"""The readers of files that are given mutated inputs. Beside each stands a simple reading that knows nothing of it."""

import contextlib
import gzip
import hashlib
import importlib.util
import io
import json
import math
import pickle
import struct
import tarfile
import tempfile
import tomllib
import wave
import zipfile
from pathlib import Path, PurePosixPath
from typing import ClassVar

import numpy as np

from common.errors import ReplayError
from common.formats.pickles import PickleError, read_pickle
from common.formats.wav import WavError, read_wav
from common.judging.chapter import Chapter
from common.judging.result import judge, read_curves, read_result
from common.mnist import IdxError, read_idx, read_images, read_labels
from common.paths import ROOT
from common.ptb import check_words, read_words
from data import au
from data.archive import regular_members, unpacked
from tests.support.archives import tar_gz
from tests.support.sounds import EXTENSIBLE, FORMAT, PCM, RATE, chunk, noise, riff, sun_audio, wav
from tests.torture.mutating import changed, changed_tree

# What goes on comes with another part of the project; without it, the other readers are tested.
known = importlib.util.find_spec("common.running.saved_state")
saved_state = importlib.import_module("common.running.saved_state") if known else None
REFUSED = object()  # a simple reading says: nobody can read this


class Reader:
    """A Reader is what one kind of file is read with.

    `originals` is a list of (file name, content). `mutate(random, content)` returns bytes. `read(path)` returns a value
    or raises `error`. `simple(name, content)` returns the right value, or REFUSED. `strict` says that a file with a
    right value must be read; otherwise only an original must.
    """

    error = ReplayError
    strict = True

    def mutate(self, random, name, content):
        return changed(random, content)

    def same(self, name, value, content):
        """Return whether `value` is what the bytes `content` hold."""
        expected = self.simple(name, content)
        return expected is not REFUSED and value == expected

    def must_be_read(self, name, content):
        return self.strict and self.simple(name, content) is not REFUSED


class Idx(Reader):
    error = IdxError
    codes: ClassVar = {8: ">u1", 9: ">i1", 11: ">i2", 12: ">i4", 13: ">f4", 14: ">f8"}

    def __init__(self):
        images = bytes([0, 0, 8, 3]) + struct.pack(">3I", 3, 28, 28) + bytes(range(196)) * 12
        labels = bytes([0, 0, 8, 1]) + struct.pack(">I", 40) + bytes(range(10)) * 4
        matrix = bytes([0, 0, 14, 2]) + struct.pack(">2I", 4, 3) + np.arange(12).astype(">f8").tobytes()
        plain = [("images", images), ("labels", labels), ("matrix", matrix)]
        self.originals = plain + [(f"{name}.gz", gzip.compress(content)) for name, content in plain]

    def mutate(self, random, name, content):
        if name.endswith(".gz") and random.random() < 0.5:
            return gzip.compress(changed(random, gzip.decompress(content)), 1)
        return changed(random, content)

    def read(self, path):
        return {"i": read_images, "l": read_labels, "m": read_idx}[path.name[0]](path)

    def same(self, name, value, content):
        expected = self.simple(name, content)
        return expected is not REFUSED and value.dtype == expected.dtype and np.array_equal(value, expected, True)

    def simple(self, name, content):
        try:
            content = gzip.decompress(content) if name.endswith(".gz") else content
            zero, code, rank = struct.unpack_from(">HBB", content)
            shape = struct.unpack_from(f">{rank}I", content, 4)
            form = np.dtype(self.codes[code])
        except Exception:
            return REFUSED
        if zero or rank > 64 or len(content) != 4 + 4 * rank + math.prod(shape) * form.itemsize:
            return REFUSED
        if name[0] == "i" and (code, *shape[1:]) != (8, 28, 28):
            return REFUSED
        try:
            value = np.frombuffer(content, form, offset=4 + 4 * rank).reshape(shape).astype(form.newbyteorder("="))
        except ValueError:  # more places than numpy can count, in an array of nothing
            return REFUSED
        return REFUSED if name[0] == "l" and ((code, rank) != (8, 1) or (value > 9).any()) else value


class Pickles(Reader):
    error = PickleError
    strict = False

    def __init__(self):
        data = np.arange(600).astype("u1").reshape(2, 300)
        batch = {b"batch_label": b"testing", b"labels": [3, 300], b"data": data, b"filenames": [b"a.png", b"b.png"]}
        meta = {
            b"num_cases_per_batch": 2,
            b"label_names": [b"cat", b"dog"],
            b"num_vis": 3072,
            b"more": (None, True, "x"),
        }
        array = b"cnumpy.core.multiarray\n_reconstruct\nq\3cnumpy\nndarray\nq\4K\0\x85U\1b\x87Rq\5(K\1K\2K\3\x86"
        dtype = b"cnumpy\ndtype\nq\6U\2u1K\0K\1\x87Rq\7(K\3U\1|NNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK\0tb"
        python_2 = b"\x80\2}q\1(U\4dataq\2" + array + dtype + b"\x89U\6abcdeftbU\6labelsq\x08]q\x09(K\1K\2eu."
        self.originals = [
            ("data_batch_1", pickle.dumps(batch, protocol=3)),
            ("batches.meta", pickle.dumps(meta, protocol=3)),
            ("test_batch", python_2),
        ]

    def read(self, path):
        return read_pickle(path)

    def same(self, name, value, content):
        # Only what read_pickle took reaches Python's own reader, so nothing hostile does.
        return repr_of(value) == repr_of(pickle.loads(content, encoding="bytes"))

    def must_be_read(self, name, content):
        return False


def repr_of(value):
    """Return a text of `value` in which arrays are whole."""
    if isinstance(value, np.ndarray):
        return f"array({value.dtype} {value.shape} {value.tobytes().hex()})"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key!r}: {repr_of(part)}" for key, part in value.items()) + "}"
    if isinstance(value, list | tuple):
        return type(value).__name__ + "(" + ", ".join(map(repr_of, value)) + ")"
    return repr(value)


class Text(Reader):
    def __init__(self):
        lines = [" the cat <unk> sat on N mats \n", " a dog 's day \n", " été comes after spring \n"] * 4
        self.words = sorted(set("".join(lines).split()))
        self.originals = [("ptb.train.txt", "".join(lines).encode())]

    def read(self, path):
        words = read_words(path)
        check_words(words, dict.fromkeys(self.words), path, 2, 5)
        return words

    def simple(self, name, content):
        try:
            words = content.decode("utf-8").split()
        except UnicodeDecodeError:
            return REFUSED
        return words if len(words) >= 10 and set(words) <= set(self.words) else REFUSED


class Wav(Reader):
    error = WavError

    def __init__(self):
        samples, info = noise(1, 300), chunk(b"LIST", b"INFOIART\2\0\0\0me")
        data = chunk(b"data", samples.tobytes())
        contents = {
            "plain": wav(samples),
            "others": riff(info, chunk(b"fmt ", FORMAT), chunk(b"fact", b"odd"), data, info),
            "extensible": wav(samples, form=EXTENSIBLE),
            "stream": wav(samples, 0xFFFFFFFF, 0xFFFFFFFF),
            "tail": wav(samples, tail=b"?" * 99),
        }
        self.originals = [(f"{name}.wav", content) for name, content in contents.items()]

    def mutate(self, random, name, content):
        content = changed(random, content)
        if random.random() < 0.3:  # the RIFF size is right, whatever happened inside
            content = content[:4] + struct.pack("<I", max(0, len(content) - 8)) + content[8:]
        return content

    def read(self, path):
        rate, samples = read_wav(path)
        assert rate == RATE and samples.dtype == np.int16
        return samples.astype("<i2").tobytes()

    def simple(self, name, content):
        """Return the bytes of the samples where everything in the file fits together."""
        chunks = self.chunks(content)
        names = [chunk[0] for chunk in chunks if chunk[0] in (b"fmt ", b"data")]
        tiled = chunks and chunks[-1][3] == len(content) == 8 + int.from_bytes(content[4:8], "little")
        if not tiled or names != [b"fmt ", b"data"] or not self.is_ours(chunks):
            return REFUSED
        _, place, length, _ = next(chunk for chunk in chunks if chunk[0] == b"data")
        return content[place : place + length] if length % 2 == 0 else REFUSED

    def same(self, name, value, content):
        """Return whether `value` is what the first chunk of data says, or what a stream's header leaves open."""
        chunks = self.chunks(content)
        for name, place, length, _ in chunks:
            if name == b"data":
                unknown = length in (0, 0x7FFFF000, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF)
                rest = content[place:]
                fits = length <= len(rest) and value == rest[:length]
                return self.is_ours(chunks) and (fits or (unknown and value == rest))
        return False

    def chunks(self, content):
        """Return (name, place, length, end) of each chunk; the last one may be longer than the file."""
        found, place = [], 12
        while content[:4] == b"RIFF" and content[8:12] == b"WAVE" and place + 8 <= len(content):
            name, length = struct.unpack_from("<4sI", content, place)
            found.append((name, place + 8, length, place + 8 + length + length % 2))
            self.content, place = content, found[-1][3]
        return found

    def is_ours(self, chunks):
        for name, place, length, _ in chunks:
            if name == b"fmt " and length >= 16 and place + length <= len(self.content):
                tag, channels, rate, _, _, bits = struct.unpack_from("<HHIIHH", self.content, place)
                form = tag == 1 or (tag == 0xFFFE and self.content[place + 24 : place + 40] == PCM)
                return form and channels == 1 and rate == RATE and 8 < bits <= 16
        return False


class Sun(Reader):
    def __init__(self):
        samples = noise(2, 300)
        contents = {
            "plain": sun_audio(samples),
            "text": sun_audio(samples, header=64),
            "stream": sun_audio(samples, size=0xFFFFFFFF),
        }
        self.originals = [(f"{name}.au", content) for name, content in contents.items()]

    def read(self, path):
        target = path.with_suffix(".wav")
        target.unlink(missing_ok=True)
        try:
            au.convert(path, target)
            with wave.open(str(target)) as file:
                return file.getnchannels(), file.getframerate(), file.readframes(file.getnframes())
        except ReplayError:
            assert not target.exists(), "a refused file left a WAV behind"
            raise

    def simple(self, name, content):
        if len(content) < 24:
            return REFUSED
        magic, start, size, encoding, rate, channels = struct.unpack_from(">4s5I", content)
        found = len(content) - start
        if magic != b".snd" or start < 24 or encoding != 3 or not 1 <= channels <= 1024 or not 0 < rate < 2**31:
            return REFUSED
        if found < 0 or (size != 0xFFFFFFFF and size > found):
            return REFUSED
        sound = content[start:] if size == 0xFFFFFFFF else content[start : start + size]
        sound = sound[: len(sound) // (2 * channels) * 2 * channels]
        return channels, rate, np.frombuffer(sound, ">i2").astype("<i2").tobytes()


class Tar(Reader):
    strict = False
    names = (
        "a",
        "a/b",
        "a/b/c",
        "a/",
        ".",
        "./",
        "./a",
        "..",
        "../a",
        "a/../b",
        "/a",
        "//",
        "a//b",
        "a\\b",
        "C:a",
        "A",
    )
    more = (
        "",
        " ",
        "n" * 90,
        "n" * 300,
        "d/" * 200 + "a",
        "d/" * 3000 + "a",
        "a\nb",
        "é",
        "\udcff",
        "con",
        "a.",
        "a" * 98 + "/b",
        "a/.",
    )
    kinds = (tarfile.REGTYPE,) * 6 + (tarfile.DIRTYPE, tarfile.DIRTYPE, tarfile.SYMTYPE, tarfile.LNKTYPE)
    rare = (tarfile.FIFOTYPE, tarfile.CHRTYPE, tarfile.CONTTYPE, tarfile.GNUTYPE_SPARSE, tarfile.XHDTYPE, b"Z")

    def __init__(self):
        members = {"set/one.txt": b"first", "set/two.txt": b"second" * 100, "set/" + "long" * 40 + ".txt": b"third"}
        self.originals = [("set.tar.gz", tar_gz(members))]

    def mutate(self, random, name, content):
        kind = random.choice(("packed", "inside", "mended", "names", "names"))
        if kind == "packed":
            return changed(random, content)
        if kind == "names":
            return self.built(random)
        inside = changed(random, gzip.decompress(content)[:4096])
        if kind == "mended":
            blocks = [inside[i : i + 512] for i in range(0, len(inside), 512)]
            inside = b"".join(
                block if len(block) < 512 or block[257:262] != b"ustar" else mended(block) for block in blocks
            )
        return gzip.compress(inside, 1)

    def built(self, random):
        members = {}
        for number in range(random.randrange(1, 5)):
            info = tarfile.TarInfo(random.choice(self.names + self.more))
            info.type = random.choice(self.kinds + self.rare if random.random() < 0.3 else self.kinds[:8])
            info.linkname = random.choice(self.names)
            content = random.randbytes(random.choice((0, 1, 600)))
            info.size = len(content) if info.isreg() else random.choice((0, 0, 0, 512))
            info.mode = random.choice((0o644, 0, 0o7777))
            members[number] = (info, content)
        packed = io.BytesIO()
        form = random.choice((tarfile.GNU_FORMAT, tarfile.PAX_FORMAT))
        with tarfile.open(fileobj=packed, mode="w:gz", format=form, compresslevel=1) as tar:
            for info, content in members.values():
                with contextlib.suppress(ValueError):
                    tar.addfile(info, io.BytesIO(content + bytes(600)))
        return packed.getvalue()

    def read(self, path):
        sizes = regular_members(path, 10_000_000)
        before = set(path.parent.iterdir())
        with unpacked(path, path.parent, 10_000_000) as folder:
            found = {
                file.relative_to(folder).as_posix(): file.read_bytes() for file in folder.rglob("*") if file.is_file()
            }
            new = set(path.parent.iterdir()) - before
        assert new == {folder}, f"unpacking made {new}"
        assert set(path.parent.iterdir()) == before, "unpacking left something behind"
        assert {name: len(content) for name, content in found.items()} == sizes, "other sizes than announced"
        return found

    def simple(self, name, content):
        try:
            tar = tarfile.open(fileobj=io.BytesIO(gzip.decompress(content)), mode="r:")  # noqa: SIM115
            members = [member for member in tar if member.isreg()]
            return {str(PurePosixPath(member.name)): tar.extractfile(member).read() for member in members}
        except (OSError, EOFError, ValueError, tarfile.TarError):
            return REFUSED


def mended(block):
    """Return the header of a member with the checksum of its bytes."""
    total = sum(block[:148]) + 8 * 32 + sum(block[156:])
    return block[:148] + b"%06o\0 " % total + block[156:]


def toml(value):
    """Return `value` as TOML. None, which TOML does not have, is left out of tables and lists."""
    if isinstance(value, dict):
        inside = (f"{json.dumps(key)} = {toml(part)}" for key, part in value.items() if part is not None)
        return "{ " + ", ".join(inside) + " }"
    if isinstance(value, list):
        return "[" + ", ".join(toml(part) for part in value if part is not None) + "]"
    return str(value) if isinstance(value, float) else json.dumps(value)


def toml_file(tree):
    return "\n".join(f"{json.dumps(key)} = {toml(value)}" for key, value in tree.items() if value is not None) + "\n"


class Book(Reader):
    strict = False

    def __init__(self):
        paths = sorted((ROOT / "chapters").glob("*/book.toml"))
        self.originals = [("book.toml", path.read_bytes()) for path in paths]

    def mutate(self, random, name, content):
        if random.random() < 0.25:
            return changed(random, content)
        return changed_tree(random, tomllib.loads(content.decode()), toml_file).encode("utf-8", "surrogatepass")

    def read(self, path):
        chapter = Chapter(path)
        for claim in chapter.claims:
            chapter.printed(claim.get("metric"))
        with contextlib.suppress(ReplayError):
            chapter.main_metric()
        facts = {
            name: getattr(chapter, name) for name in ("name", "title", "pages", "data", "printed_output", "claims")
        }
        return facts, {
            profile: (chapter.settings(profile), self.bounds(chapter, profile)) for profile in chapter.profiles()
        }

    def bounds(self, chapter, profile):
        """Return the bounds as {metric: [(number, sign)]}, after using them as `make check` does."""
        bounds = chapter.bounds(profile)
        for entries in bounds.values():
            for bound in entries:
                bound.holds(0.5)
                bound.applies({"score": 1})
        return {metric: [(bound.bound, bound.sign) for bound in entries] for metric, entries in bounds.items()}

    def same(self, name, value, content):
        raw = tomllib.loads(content.decode("utf-8").replace("\r\n", "\n"))
        facts = {"name": raw["chapter"], "title": raw["title"], "pages": raw["pages"], "data": raw.get("data")}
        facts |= {name: raw[name] for name in ("printed_output", "claims")}
        profiles = {}
        for profile, entry in raw["profiles"].items():
            entry = raw["profiles"][entry["same_as"]] if "same_as" in entry else entry
            bounds = {}
            for metric, entries in entry.get("thresholds", {}).items():
                entries = entries if isinstance(entries, list) else [entries]
                bounds[metric] = [
                    (bound["at_least"], ">=")
                    if math.isfinite(bound.get("at_least", -math.inf))
                    else (bound["at_most"], "<=")
                    for bound in entries
                ]
            settings = {**raw["settings"], **entry.get("settings", {})}
            settings = {name: number for name, number in settings.items() if name not in entry.get("without", ())}
            profiles[profile] = (settings, bounds)
        return repr(value) == repr((facts, profiles))


class Result(Reader):
    strict = False

    def __init__(self):
        self.chapter = Chapter(ROOT / "chapters" / "ch01_dnn_single" / "book.toml")
        tree = {
            "chapter": "ch01",
            "profile": "builtin",
            "seed": 1,
            "data": {"name": "mnist", "kind": "built-in", "sha256": {"a": "0" * 64}},
            "settings": self.chapter.settings("builtin"),
            "metrics": {"test_accuracy": 0.9, "train_examples": 4000, "images_shape": [4000, 784], "text": "x"},
            "curves": {"loss": [[0, 2.5], [10, 1.5]]},
            "thresholds": {"test_accuracy": {"at_least": 0.8929}},
            "passed": True,
            "seconds": {"load_data": 0.02, "train_model": 0.4},
            "run": {"token": "x", "started": 1.0, "finished": 2.0, "gone_on": 0},
        }
        self.originals = [("result.json", json.dumps(tree, indent=1).encode())]

    def mutate(self, random, name, content):
        if random.random() < 0.25:
            return changed(random, content)
        return changed_tree(random, json.loads(content), json.dumps).encode()

    def read(self, path):
        result, complaints = read_result(self.chapter, "builtin", path)
        metrics, seconds, sentences = judge(self.chapter, "builtin", path)
        assert metrics == result.get("metrics", {}) or repr(metrics) == repr(result["metrics"])
        assert all(isinstance(sentence, str) for sentence in sentences) and set(complaints) <= set(sentences)
        assert seconds is None or isinstance(seconds, int | float)
        if not result:
            raise ReplayError(f"{path}: {complaints[0]}")
        for points in read_curves(result).values():
            assert all(len(point) == 2 for point in points)
        return result

    def same(self, name, value, content):
        return repr(value) == repr(json.loads(content.decode("utf-8")))


class State(Reader):
    """A State is from where an interrupted run goes on. Half of the inputs have their hash made anew."""

    def __init__(self):
        self.error = saved_state.StateError
        state = {
            "step": 12,
            "lines": ["first", "second"],
            "pair": (1, 2.5, None, True),
            "costs": [np.float32(1.5), np.float32(0.5)],
            "variables": {"W": np.arange(300, dtype=np.float32).reshape(20, 15), "b": np.zeros(0)},
            "one": np.int64(7),
        }
        with tempfile.TemporaryDirectory() as scratch:
            saved_state.write_state(Path(scratch) / "state", state)
            self.originals = [("state", (Path(scratch) / "state").read_bytes())]

    def mutate(self, random, name, content):
        head, _, body = content.partition(b"\n")
        if random.random() < 0.5:
            return changed(random, content)
        body = self.retold(random, body) if random.random() < 0.5 else changed(random, body)
        return head[: head.index(b" ") + 1] + hashlib.sha256(body).hexdigest().encode() + b"\n" + body

    def retold(self, random, body):
        """Return the archive `body` with its text, or with an array, changed."""
        parts = self.parts(body)
        chosen = random.choice(list(parts))
        parts[chosen] = self.changed_part(random, chosen, parts[chosen])
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w") as archive:
            for name, content in parts.items():
                archive.writestr(name, content)
        return packed.getvalue()

    def changed_part(self, random, name, content):
        if name != "state.npy" or random.random() < 0.2:
            return changed(random, content)
        text = np.load(io.BytesIO(content)).tobytes()
        text = changed_tree(random, json.loads(text), json.dumps).encode()
        written = io.BytesIO()
        np.save(written, np.frombuffer(text, np.uint8))
        return written.getvalue()

    def parts(self, body):
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            return {name: archive.read(name) for name in archive.namelist()}

    def read(self, path):
        return saved_state.read_state(path)

    def simple(self, name, content):
        head, _, body = content.partition(b"\n")
        assert head.endswith(hashlib.sha256(body).hexdigest().encode()), "another hash was taken"
        parts = self.parts(body)

        def value(tree):
            if isinstance(tree, list):
                return [value(part) for part in tree]
            if not isinstance(tree, dict):
                return tree
            ((kind, content),) = tree.items()
            if kind in ("dict", "tuple"):
                return tuple(map(value, content)) if kind == "tuple" else {k: value(v) for k, v in content.items()}
            array = np.load(io.BytesIO(parts[f"a{content}.npy"]))
            return array if kind == "array" else array[()] if kind == "number" else list(array)

        return value(json.loads(np.load(io.BytesIO(parts["state.npy"])).tobytes().decode()))

    def same(self, name, value, content):
        return repr_of(value) == repr_of(self.simple(name, content))

    def must_be_read(self, name, content):
        return False


READERS = {
    "IDX": Idx,
    "pickle": Pickles,
    "PTB text": Text,
    "WAV": Wav,
    ".au": Sun,
    "tar": Tar,
    "book.toml": Book,
    "result.json": Result,
}
if saved_state:
    READERS["saved state"] = State


@contextlib.contextmanager
def folder():
    """Make a folder for one reader's files."""
    with tempfile.TemporaryDirectory(prefix="torture.") as path:
        yield Path(path)
