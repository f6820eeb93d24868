"""Test `make data`: it fetches four small sets from a server on this machine."""

import errno
import hashlib
import os
import re
import subprocess
import sys
import tomllib

import numpy as np
import pytest

from common.errors import ReplayError
from common.formats.wav import WavError
from common.genres import read_music
from common.paths import ROOT
from common.running import sources
from common.running.sources import locate
from data import au, download, fetch
from tests.support.archives import tar_gz
from tests.support.sounds import noise, sun_audio, track, wav, wav_samples
from tests.support.web import error, serving, whole


def entry(name, content):
    return {"name": name, "bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}


TEXTS = {"one.txt": b"first text", "two.txt": b"second text"}
BATCHES = {"batch_1": b"a batch", "batch_2": b"another batch"}
TRACKS = [f"{genre}.{number:05d}" for genre in ("jazz", "pop") for number in range(3)]


@pytest.fixture
def contents():
    """Return what the server has, by path."""
    batches = {f"batches/{name}": content for name, content in BATCHES.items()}
    texts = {f"./examples/data/{name}": content for name, content in TEXTS.items()}
    tracks = {f"genres/{name.split('.')[0]}/{name}.au": sun_audio(track(i)) for i, name in enumerate(TRACKS)}
    return {
        "/plain/one.txt": TEXTS["one.txt"],
        "/plain/two.txt": TEXTS["two.txt"],
        "/batches.tgz": tar_gz({**batches, "batches/readme.html": b"<p>"}),
        "/examples.tgz": tar_gz({**texts, "./examples/rest": b"not needed"}),
        "/genres.tgz": tar_gz({**tracks, "genres/._x.au": b"junk", "genres/blues/blues.00000.au": b"unused"}),
    }


@pytest.fixture
def answers(contents):
    return {path: whole(content) for path, content in contents.items()}


@pytest.fixture
def web(answers):
    with serving(answers) as server:
        yield server


@pytest.fixture(autouse=True)
def small_sets(contents, web, monkeypatch):
    """Describe four kinds of sets: single files, an archive with a hash, one without, an archive of tracks."""

    def archive(name, inside, known):
        facts = entry(name, contents[f"/{name}"]) if known else {"name": name}
        return {**facts, "folder": inside, "addresses": [f"{web.address}/{name}"], "unpacked_at_most": 10_000_000}

    texts = [entry(*item) for item in TEXTS.items()]
    known = {
        "mnist": {"folder": "plain", "addresses": [f"{web.address}/gone/", f"{web.address}/plain/"], "files": texts},
        "cifar10": {
            "folder": "batches",
            "archive": archive("batches.tgz", "batches", True),
            "files": [entry(*item) for item in BATCHES.items()],
        },
        "ptb": {
            "folder": "ptb",
            "archive": archive("examples.tgz", "examples/data", False),
            "addresses": [f"{web.address}/plain/"],
            "files": texts,
        },
        "gtzan": {
            "folder": "genres",
            "archive": archive("genres.tgz", "genres", True),
            "tracks": {"genres": ["jazz", "pop"], "each": 3},
        },
    }
    for name, source in known.items():
        source.update(title=name.upper(), licence="none")
    monkeypatch.setattr(sources, "read_sources", lambda: known)
    monkeypatch.setattr(fetch, "read_sources", lambda: known)
    monkeypatch.setattr(download, "PAUSES", (0, 0, 0))
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    return known


def content(folder):
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize(
    ("name", "folder", "expected"),
    [("mnist", "plain", TEXTS), ("cifar10", "batches", BATCHES), ("ptb", "ptb", TEXTS)],
)
def test_a_set_is_fetched_once_and_a_damaged_file_comes_back(web, tmp_path, capsys, name, folder, expected):
    fetch.fetch(name, tmp_path)
    assert content(tmp_path / folder) == expected
    assert locate(name, tmp_path, real=True)[1].keys() == expected.keys()
    assert f"{name.upper()}: complete in {tmp_path / folder}. Licence: none." in capsys.readouterr().err
    asked = len(web.asked)
    fetch.fetch(name, tmp_path)
    assert len(web.asked) == asked
    (tmp_path / folder / next(iter(expected))).write_bytes(b"damaged")
    fetch.fetch(name, tmp_path)
    assert content(tmp_path / folder) == expected
    assert not [path for path in tmp_path.iterdir() if path.is_dir() and path.name != folder]


def test_the_address_that_answered_is_asked_first(web, tmp_path):
    fetch.fetch("mnist", tmp_path)
    assert [path for path, _ in web.asked] == ["/gone/one.txt", "/plain/one.txt", "/plain/two.txt"]


@pytest.mark.parametrize(
    "answer",
    [
        error(404),
        whole(b"<html>", "text/html"),
        whole(tar_gz({"examples/data/one.txt": b"another text", "examples/data/two.txt": TEXTS["two.txt"]})),
        whole(tar_gz({"other": b"file"})),
        whole(tar_gz({"../one.txt": b"evil"})),
    ],
    ids=["404", "web page", "another text", "another archive", "hostile"],
)
def test_a_bad_archive_of_ptb_is_refused(answers, tmp_path, answer):
    answers["/examples.tgz"] = answer
    del answers["/plain/one.txt"]
    with pytest.raises(ReplayError, match=r"examples\.tgz"):
        fetch.fetch("ptb", tmp_path)
    assert not (tmp_path / "examples.tgz").exists() and not (tmp_path / "ptb" / "one.txt").exists()


def test_ptb_comes_as_single_files_and_from_the_archive_where_one_is_gone(answers, web, tmp_path, capsys):
    fetch.fetch("ptb", tmp_path / "first")
    assert content(tmp_path / "first" / "ptb") == TEXTS
    assert [path for path, _ in web.asked] == ["/plain/one.txt", "/plain/two.txt"]
    del answers["/plain/one.txt"]
    fetch.fetch("ptb", tmp_path / "second")
    assert content(tmp_path / "second" / "ptb") == TEXTS
    assert "PTB: no single files to be had. The other way is tried.\n" in capsys.readouterr().err


def test_ptb_from_nowhere_names_both_ways(answers, web, tmp_path):
    answers.clear()
    with pytest.raises(ReplayError) as caught:
        fetch.fetch("ptb", tmp_path)
    message = str(caught.value)
    assert "/examples.tgz\n    HTTP 404" in message and "/plain/one.txt\n    HTTP 404" in message
    assert message.count("By hand") == 1
    ways = message.partition("By hand")[2]
    for part in ("examples.tgz", "make data SET=ptb DATA=", "one.txt, two.txt", f"{web.address}/plain/"):
        assert part in ways
    assert str(tmp_path / "ptb") in ways


@pytest.mark.parametrize(
    ("name", "archive", "folder", "expected"),
    [("cifar10", "batches.tgz", "batches", BATCHES), ("ptb", "examples.tgz", "ptb", TEXTS)],
)
def test_an_archive_put_there_by_hand_is_taken(contents, web, tmp_path, name, archive, folder, expected):
    (tmp_path / archive).write_bytes(contents[f"/{archive}"])
    fetch.fetch(name, tmp_path)
    assert content(tmp_path / folder) == expected and not web.asked


def test_tracks_become_wav_sample_for_sample(web, tmp_path):
    fetch.fetch("gtzan", tmp_path)
    folder = tmp_path / "genres"
    assert sorted(content(folder)) == [f"{name.split('.')[0]}/{name}.wav" for name in TRACKS]
    for seed, name in enumerate(TRACKS):
        assert np.array_equal(wav_samples(folder / name.split(".")[0] / f"{name}.wav"), track(seed))
    asked, before = len(web.asked), {path: path.stat().st_mtime_ns for path in folder.rglob("*.wav")}
    fetch.fetch("gtzan", tmp_path)
    assert len(web.asked) == asked
    assert {path: path.stat().st_mtime_ns for path in folder.rglob("*.wav")} == before
    assert len(locate("gtzan", tmp_path, real=True)[1]) == len(TRACKS)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"RIFF nothing more", "not a WAV file: expected RIFF, a size and WAVE at the start"),
        (wav(track(1))[:-100], "damaged: the chunk 'data' at byte 36 needs 882000 bytes, 881900 are left"),
        (wav(track(1)[:-1]), "too short: expected at least 441000 samples"),
        (sun_audio(track(1)), "not a WAV file: .* It is Sun audio"),
    ],
    ids=["no WAV", "cut", "too short", "Sun audio"],
)
def test_a_track_that_the_chapter_refuses_is_replaced(web, tmp_path, capsys, content, words):
    fetch.fetch("gtzan", tmp_path)
    broken = tmp_path / "genres" / "jazz" / "jazz.00001.wav"
    broken.write_bytes(content)
    with pytest.raises(WavError, match=words):
        read_music(broken)
    fetch.fetch("gtzan", tmp_path)
    assert np.array_equal(wav_samples(broken), track(1))
    assert re.search(rf"jazz\.00001\.wav: {words}.* The archive's track takes its place", capsys.readouterr().err)


@pytest.mark.parametrize(
    "content", [wav(track(9), 0xFFFFFFFF, 0xFFFFFFFF), wav(track(9), tail=b"ID3")], ids=["stream", "tail"]
)
def test_a_track_that_the_chapter_takes_stays(web, tmp_path, content):
    fetch.fetch("gtzan", tmp_path)
    other = tmp_path / "genres" / "jazz" / "jazz.00001.wav"
    other.write_bytes(content)
    read_music(other)
    asked = len(web.asked)
    fetch.fetch("gtzan", tmp_path)
    assert other.read_bytes() == content and len(web.asked) == asked


def test_a_track_of_another_rate_put_there_by_hand_is_replaced(web, tmp_path, capsys):
    path = tmp_path / "genres" / "jazz" / "jazz.00000.au"
    path.parent.mkdir(parents=True)
    path.write_bytes(sun_audio(noise(0, 900_000), rate=44100))
    fetch.fetch("gtzan", tmp_path)
    assert "samples a second: expected 22050, found 44100" in capsys.readouterr().err
    assert np.array_equal(wav_samples(path.with_suffix(".wav")), track(0))


def test_au_files_put_there_by_hand_are_converted_and_kept(web, tmp_path, capsys):
    for seed, name in enumerate(TRACKS):
        path = tmp_path / "genres" / name.split(".")[0] / f"{name}.au"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(sun_audio(track(seed)))
    (tmp_path / "genres" / "pop" / "._pop.00002.au").write_bytes(b"macOS leaves such files")
    fetch.fetch("gtzan", tmp_path)
    assert not web.asked and "._pop" not in capsys.readouterr().err
    assert np.array_equal(wav_samples(tmp_path / "genres" / "pop" / "pop.00002.wav"), track(5))
    assert (tmp_path / "genres" / "pop" / "pop.00002.au").exists()


def test_au_files_one_folder_deeper_are_converted_where_they_lie(web, tmp_path, capsys):
    for seed, name in enumerate(TRACKS):
        path = tmp_path / "Data" / "genres" / name.split(".")[0] / f"{name}.au"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(sun_audio(track(seed)))
    fetch.fetch("gtzan", tmp_path)
    folder = tmp_path / "Data" / "genres"
    assert f"GTZAN: complete in {folder}." in capsys.readouterr().err
    assert not web.asked and np.array_equal(wav_samples(folder / "pop" / "pop.00002.wav"), track(5))
    assert len(locate("gtzan", tmp_path, real=True)[1]) == len(TRACKS)


@pytest.mark.parametrize("place", ["", "batches/batches", "Data/CIFAR-10/batches"])
def test_a_set_that_lies_elsewhere_is_complete_and_stays_there(web, tmp_path, capsys, place):
    (tmp_path / place).mkdir(parents=True, exist_ok=True)
    for name, batch in BATCHES.items():
        (tmp_path / place / name).write_bytes(batch)
    before = content(tmp_path)
    fetch.fetch("cifar10", tmp_path)
    assert f"CIFAR10: complete in {tmp_path / place}." in capsys.readouterr().err
    assert not web.asked and content(tmp_path) == before


def test_a_broken_au_put_there_by_hand_is_replaced(web, tmp_path, capsys):
    name = TRACKS[0]
    path = tmp_path / "genres" / name.split(".")[0] / f"{name}.au"
    path.parent.mkdir(parents=True)
    path.write_bytes(sun_audio(track(0))[:-100])
    assert fetch.main(["gtzan", "--data", str(tmp_path)]) == 0
    err = capsys.readouterr().err
    assert f"{path}: expected 882,000 bytes of sound from byte 24, as its header announces, found 881,900 bytes." in err
    assert "The archive's track takes its place." in err
    assert len(list((tmp_path / "genres").glob("*/*.wav"))) == len(TRACKS)


def test_an_archive_with_the_right_hash_but_another_file_in_it_is_refused(small_sets, tmp_path):
    small_sets["cifar10"]["files"][0]["sha256"] = "0" * 64
    with pytest.raises(ReplayError, match=r"batches\.tgz: expected the official batch_1 in it"):
        fetch.fetch("cifar10", tmp_path)
    assert not (tmp_path / "batches").exists()


def test_an_archive_that_lacks_a_track_is_refused(small_sets, tmp_path):
    small_sets["gtzan"]["tracks"]["each"] = 4
    with pytest.raises(ReplayError, match=r"genres\.tgz: expected the track jazz/jazz\.00003\.au in it, found none"):
        fetch.fetch("gtzan", tmp_path)
    assert not (tmp_path / "genres").exists()


def test_an_archive_with_a_broken_track_is_refused(small_sets, answers, tmp_path):
    tracks = {f"genres/{name.split('.')[0]}/{name}.au": sun_audio(track(0))[:-100] for name in TRACKS}
    packed = tar_gz(tracks)
    answers["/genres.tgz"] = whole(packed)
    small_sets["gtzan"]["archive"].update(entry("genres.tgz", packed))
    with pytest.raises(ReplayError, match=r"jazz\.00000\.au: expected 882,000 bytes of sound"):
        fetch.fetch("gtzan", tmp_path)
    assert not (tmp_path / "genres").exists()


def test_some_tracks_are_enough_for_locate(tmp_path):
    with pytest.raises(ReplayError, match=r"jazz\.00000\.wav: .*GTZAN"):
        locate("gtzan", tmp_path, real=True)
    (tmp_path / "genres" / "pop").mkdir(parents=True)
    (tmp_path / "genres" / "jazz").mkdir()
    for name in ("pop/pop.00002.wav", "pop/._pop.00002.wav", "jazz/jazz.00001.wav"):
        (tmp_path / "genres" / name).write_bytes(b"x")
    digest = hashlib.sha256(b"x").hexdigest()
    assert locate("gtzan", tmp_path, real=True)[1] == {"jazz/jazz.00001.wav": digest, "pop/pop.00002.wav": digest}


def test_all_goes_on_after_a_failure(answers, tmp_path, capsys):
    answers["/batches.tgz"] = error(500)
    assert fetch.main(["all", "--data", str(tmp_path)]) == 1
    err = capsys.readouterr().err
    assert f"cifar10 is not there: {tmp_path / 'batches.tgz'}: could not be fetched." in err
    assert err.endswith("start the same again. Or put the files there by hand, as the lines above say.\n")
    assert sorted(path.name for path in tmp_path.iterdir() if path.is_dir()) == ["genres", "plain"]
    assert f"PTB: complete in {tmp_path / 'plain'}." in err  # the two sets have the same texts here


def test_the_last_line_says_what_to_run_next(tmp_path, capsys):
    assert fetch.main(["all", "--data", str(tmp_path)]) == 0
    assert capsys.readouterr().err.endswith(f'Next: make printed DATA="{tmp_path}"\n')


def test_a_full_disk_while_converting_is_a_sentence(tmp_path, monkeypatch, capsys):
    def full(path, _):
        raise OSError(errno.ENOSPC, "No space left on device", str(path))

    monkeypatch.setattr(au, "write_atomically", full)
    assert fetch.main(["gtzan", "--data", str(tmp_path)]) == 1
    assert re.search(r"jazz\.00000\.wav: .*No space left on device", capsys.readouterr().err)
    assert sorted(path.name for path in tmp_path.iterdir()) == [".genres.tgz.lock", "genres.tgz"]


def test_an_interrupt_says_how_to_go_on(tmp_path, monkeypatch, capsys):
    def interrupt(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(fetch, "fetch", interrupt)
    assert fetch.main(["ptb", "--data", str(tmp_path)]) == 130
    assert "The same command goes on from there." in capsys.readouterr().err


def test_a_set_that_is_not_known_is_refused(capsys):
    with pytest.raises(SystemExit, match="2"):
        fetch.main(["imagenet"])
    assert "invalid choice: 'imagenet'" in capsys.readouterr().err


def test_without_network_each_set_has_a_sentence_and_the_status_is_1(tmp_path):
    """Ask the real addresses behind a proxy that is not there, as on a machine without network."""
    code = "from data import download, fetch; download.PAUSES = (0,); raise SystemExit(fetch.main())"
    proxy = {name: "http://127.0.0.1:1" for name in ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY")}
    done = subprocess.run(
        [sys.executable, "-c", code, "all", "--data", str(tmp_path)],
        cwd=tmp_path,
        env={**os.environ, **proxy, "NO_PROXY": "", "no_proxy": "", "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    facts = tomllib.loads((ROOT / "data" / "sources.toml").read_text(encoding="utf-8"))
    for name, source in facts.items():
        assert f"{name} is not there: {tmp_path}" in done.stderr
        for address in [*source.get("addresses", []), *source.get("archive", {}).get("addresses", [])]:
            assert address in done.stderr
    assert done.stderr.count("By hand") == len(facts)
    assert "the proxy: Failed to establish a new connection: [Errno " in done.stderr and "))" not in done.stderr


def test_the_addresses_that_are_known_to_be_dead_are_asked_last():
    for source in tomllib.loads((ROOT / "data" / "sources.toml").read_text(encoding="utf-8")).values():
        for addresses in (source.get("addresses", []), source.get("archive", {}).get("addresses", [])):
            dead = ["yann.lecun.com" in address or "opihi.cs.uvic.ca" in address for address in addresses]
            assert dead == sorted(dead)


def test_the_facts_of_the_real_sets_are_complete():
    for source in tomllib.loads((ROOT / "data" / "sources.toml").read_text(encoding="utf-8")).values():
        assert source["title"] and source["licence"] and source["folder"]
        for file in [*source.get("files", []), *([source["archive"]] if "sha256" in source.get("archive", {}) else [])]:
            assert len(bytes.fromhex(file["sha256"])) == 32 and file["bytes"] > 0
        if "archive" in source:
            inside = sum(file["bytes"] for file in source.get("files", []))
            assert inside < source["archive"]["unpacked_at_most"] < 2e9


@pytest.mark.real_data
@pytest.mark.parametrize("name", ["mnist", "cifar10", "ptb"])
def test_real_files_are_the_official_ones(real_data, name, monkeypatch):
    facts = tomllib.loads((ROOT / "data" / "sources.toml").read_text(encoding="utf-8"))
    monkeypatch.setattr(sources, "read_sources", lambda: facts)
    if not (real_data / facts[name]["folder"]).exists():
        pytest.skip(f"{real_data} holds no {facts[name]['folder']}")
    assert len(locate(name, real_data, real=True)[1]) == len(facts[name]["files"])
