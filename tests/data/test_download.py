"""Downloads against a server on this machine: broken off, wrong, slow, or from two processes at once."""

import errno
import gzip
import hashlib
import random
import subprocess
import sys
import time
from pathlib import Path

import pytest

from common.errors import ReplayError
from common.paths import ROOT
from data import download
from data.download import fetch_file, locked, maybe_download_and_extract
from tests.support.archives import tar_gz
from tests.support.web import cut, error, hang, moved, nothing, serving, slowly, whole

CONTENT = random.Random(5).randbytes(700_000)
SHA256 = hashlib.sha256(CONTENT).hexdigest()
KNOWN = {"size": len(CONTENT), "sha256": SHA256}
HTML = b"<!doctype html><title>Moved</title>"


@pytest.fixture(autouse=True)
def hurry(monkeypatch):
    monkeypatch.setattr(download, "PAUSES", (0, 0, 0))
    monkeypatch.setattr(download, "TIMEOUT", (10, 10))
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")


@pytest.fixture
def answers():
    return {}


@pytest.fixture
def web(answers):
    with serving(answers) as server:
        yield server


def names(folder):
    """What lies in `folder`, without the locks."""
    return sorted(path.name for path in folder.iterdir() if path.suffix != ".lock")


@pytest.mark.parametrize("ranges", [True, False], ids=["resumes", "restarts"])
@pytest.mark.parametrize("length", [True, False], ids=["announced", "not announced"])
@pytest.mark.parametrize("tenth", range(1, 10))
def test_cut_at_each_tenth(answers, web, tmp_path, tenth, ranges, length):
    after = len(CONTENT) * tenth // 10
    answers["/once"] = cut(CONTENT, after, ranges=ranges, length=length)
    answers["/file"] = lambda handler: (
        answers["/once"](handler) or answers.update({"/once": whole(CONTENT, ranges=ranges)})
    )
    assert fetch_file(tmp_path / "file", [web.address + "/file"], **KNOWN) == web.address + "/file"
    assert (tmp_path / "file").read_bytes() == CONTENT
    assert names(tmp_path) == ["file"]
    (_, first), (_, second) = web.asked
    assert first is None and int(second.removeprefix("bytes=").removesuffix("-")) > after - (1 << 16) - 1


def test_cut_at_every_tenth(answers, web, tmp_path):
    answers["/file"] = cut(CONTENT, len(CONTENT) // 10)
    fetch_file(tmp_path / "file", [web.address + "/file"], **KNOWN)
    assert (tmp_path / "file").read_bytes() == CONTENT
    assert 10 <= len(web.asked) <= 11


def test_a_server_that_always_breaks_off_at_the_same_place_is_given_up(answers, web, tmp_path):
    answers["/file"] = cut(CONTENT, len(CONTENT) // 2, ranges=False)
    with pytest.raises(ReplayError, match="could not be fetched"):
        fetch_file(tmp_path / "file", [web.address + "/file"], **KNOWN)
    assert not (tmp_path / "file").exists() and len(web.asked) < 10


def test_an_earlier_run_is_gone_on_with(answers, web, tmp_path):
    answers["/file"] = whole(CONTENT)
    (tmp_path / "file.part").write_bytes(CONTENT[:500_000])
    fetch_file(tmp_path / "file", [web.address + "/file"], **KNOWN)
    assert (tmp_path / "file").read_bytes() == CONTENT and web.asked == [("/file", "bytes=500000-")]


@pytest.mark.parametrize("length", [0, 1, 300_000, len(CONTENT) - 1, len(CONTENT), len(CONTENT) + 1])
def test_a_part_of_another_file_is_thrown_away(answers, web, tmp_path, length):
    answers["/file"] = whole(CONTENT)
    (tmp_path / "file.part").write_bytes(bytes(length))
    fetch_file(tmp_path / "file", [web.address + "/file"], **KNOWN)
    assert (tmp_path / "file").read_bytes() == CONTENT and names(tmp_path) == ["file"]


def test_a_whole_part_needs_no_server(web, tmp_path):
    (tmp_path / "file.part").write_bytes(CONTENT)
    fetch_file(tmp_path / "file", [web.address + "/file"], **KNOWN)
    assert names(tmp_path) == ["file"] and not web.asked


OTHER = bytes(len(CONTENT))
REFUSALS = {
    "another file of the same size": (whole(OTHER), "another file: SHA-256 .*, expected " + SHA256),
    "a shorter file": (whole(CONTENT[:9]), "another file: 9 bytes, expected 700,000"),
    "a longer file": (whole(CONTENT + b"x"), "another file: 700,001 bytes, expected 700,000"),
    "a longer file of unknown length": (whole(CONTENT + b"x", length=False), "sent more than 700,000 bytes"),
    "a shorter file of unknown length": (whole(CONTENT[:9], length=False), "a shorter file"),
    "a web page": (whole(HTML, "text/html; charset=utf-8"), "a web page, not the file"),
    "a web page of unknown length": (whole(HTML, "text/html", length=False), "a web page, not the file"),
    "an empty file": (whole(b""), "another file: 0 bytes"),
    "an empty file of unknown length": (whole(b"", length=False), "ended after 0 of 700,000 bytes"),
    "nothing": (nothing, "the connection broke off: Remote end closed connection without response"),
    "404": (error(404), "HTTP 404 Not Found"),
    "403": (error(403), "HTTP 403 Forbidden"),
    "503": (error(503), "HTTP 503 Service Unavailable"),
    "a hang": (hang, "no answer within"),
    "a circle": (moved("/bad"), "redirects"),
}


@pytest.mark.parametrize("name", REFUSALS)
def test_a_bad_address_falls_through_to_the_next(answers, web, tmp_path, monkeypatch, name):
    if name == "a hang":
        monkeypatch.setattr(download, "TIMEOUT", (10, 0.5))
    answers["/bad"], reason = REFUSALS[name]
    answers["/good"] = whole(CONTENT)
    addresses = [web.address + "/bad", web.address + "/good"]
    assert fetch_file(tmp_path / "file", addresses, **KNOWN) == addresses[1]
    assert (tmp_path / "file").read_bytes() == CONTENT and names(tmp_path) == ["file"]
    answers["/good"] = error(404)
    (tmp_path / "file").unlink()
    if name != "a hang":
        with pytest.raises(
            ReplayError, match=f"(?s)/bad\n    .*({reason}).*/good\n    HTTP 404 Not Found\nBy hand: get file "
        ):
            fetch_file(tmp_path / "file", addresses, **KNOWN)
        assert not (tmp_path / "file").exists()


def test_a_bad_address_costs_nothing_of_what_is_there(answers, web, tmp_path):
    """What the first address gave before it broke off survives a web page and is finished by the third."""
    answers.update({"/a": cut(CONTENT, 400_000), "/page": whole(HTML, "text/html"), "/b": whole(CONTENT)})
    answers["/first"] = lambda handler: error(503)(handler) if web.asked[:-1] else answers["/a"](handler)
    fetch_file(tmp_path / "file", [web.address + path for path in ("/first", "/page", "/b")], **KNOWN)
    assert (tmp_path / "file").read_bytes() == CONTENT
    assert web.asked[-1][0] == "/b" and int(web.asked[-1][1].removeprefix("bytes=").removesuffix("-")) > 300_000


def test_a_server_that_recovers_is_asked_again(answers, web, tmp_path):
    answers["/file"] = lambda handler: (whole(CONTENT) if len(web.asked) == 3 else error(503))(handler)
    fetch_file(tmp_path / "file", [web.address + "/file"], **KNOWN)
    assert (tmp_path / "file").read_bytes() == CONTENT


@pytest.mark.parametrize("part", [None, b"longer than what the server has"], ids=["no part", "stale part"])
def test_a_range_that_cannot_be_had_of_a_file_of_unknown_size(answers, web, tmp_path, part):
    answers["/set.tgz"] = whole(tar_gz({"one": b"1"})) if part else error(416)
    if part:
        (tmp_path / "set.tgz.part").write_bytes(part * 100)
        maybe_download_and_extract(web.address + "/set.tgz", tmp_path)
        assert (tmp_path / "one").read_bytes() == b"1" and len(web.asked) == 2
    else:
        with pytest.raises(ReplayError, match="HTTP 416"):
            maybe_download_and_extract(web.address + "/set.tgz", tmp_path)


def test_redirection(answers, web, tmp_path):
    answers.update({"/old": moved("/new"), "/new": cut(CONTENT, 400_000)})
    fetch_file(tmp_path / "file", [web.address + "/old"], **KNOWN)
    assert (tmp_path / "file").read_bytes() == CONTENT


def test_packing_called_an_encoding_is_kept(answers, web, tmp_path):
    packed = gzip.compress(CONTENT)
    answers["/file.gz"] = whole(packed, Content_Encoding="x-gzip")
    sha256 = hashlib.sha256(packed).hexdigest()
    fetch_file(tmp_path / "file.gz", [web.address + "/file.gz"], size=len(packed), sha256=sha256)
    assert (tmp_path / "file.gz").read_bytes() == packed


@pytest.mark.parametrize("address", ["", "no address", "gopher://example.org/file", "http:///file"])
def test_an_address_that_is_none(tmp_path, address):
    with pytest.raises(ReplayError, match="could not be fetched"):
        fetch_file(tmp_path / "file", [address], **KNOWN)


def test_nobody_listens(web, tmp_path):
    closed = "http://127.0.0.1:1/file"
    with pytest.raises(ReplayError, match="refused") as caught:
        fetch_file(tmp_path / "file", [closed], **KNOWN, by_hand="By hand: do this.")
    assert str(caught.value).endswith("\nBy hand: do this.")


def test_what_is_there_and_right_is_kept(web, tmp_path):
    (tmp_path / "file").write_bytes(CONTENT)
    assert fetch_file(tmp_path / "file", [web.address + "/file"], **KNOWN) is None
    assert not web.asked


def test_what_is_there_and_wrong_is_replaced_when_the_right_one_came(answers, web, tmp_path, capsys):
    (tmp_path / "file").write_bytes(b"mine")
    with pytest.raises(ReplayError):
        fetch_file(tmp_path / "file", [web.address + "/file"], **KNOWN)
    assert (tmp_path / "file").read_bytes() == b"mine"
    answers["/file"] = whole(CONTENT)
    fetch_file(tmp_path / "file", [web.address + "/file"], **KNOWN)
    assert (tmp_path / "file").read_bytes() == CONTENT
    assert "file: 4 bytes, expected 700,000. Fetching it anew." in capsys.readouterr().err


def test_progress(answers, web, tmp_path, capsys):
    answers["/file"] = whole(CONTENT)
    fetch_file(tmp_path / "file", [web.address + "/file"], **KNOWN)
    lines = capsys.readouterr().err.replace("\n", "\r").split("\r")
    shown = [line.removeprefix("- Download progress: ") for line in lines if line.startswith("- Download progress: ")]
    assert shown == [f"{10 * tenth}%" for tenth in range(11)]


@pytest.mark.parametrize("method", ["write", "replace"])
def test_a_full_disk_is_a_sentence(answers, web, tmp_path, monkeypatch, method):
    def full(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    answers["/a.tgz"] = whole(tar_gz({"a": b"a"}))
    if method == "write":
        monkeypatch.setattr(download._Sink, "write", full)
    else:
        monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(ReplayError, match=r"No space left on device.* what is finished is kept"):
        maybe_download_and_extract(web.address + "/a.tgz", tmp_path)
    assert not (tmp_path / "a").exists() and not (tmp_path / "a.tgz").exists()


def test_a_folder_that_cannot_be_made_is_a_sentence(web, tmp_path):
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(ReplayError, match=r"Not a directory|exists"):
        maybe_download_and_extract(web.address + "/a.tgz", tmp_path / "file")


FETCH = "import sys; from data.download import *; maybe_download_and_extract(sys.argv[1], sys.argv[2])"


HOLD = """
import sys, time
from pathlib import Path
from data.download import locked
with locked(Path(sys.argv[1])):
    Path(sys.argv[2]).touch()
    time.sleep(60)
"""


def test_two_processes_fetch_once(answers, web, tmp_path):
    answers["/a.tgz"] = slowly(tar_gz({"folder/file": CONTENT}))
    command = [sys.executable, "-c", FETCH, web.address + "/a.tgz", str(tmp_path / "data")]
    both = [subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    printed = sorted(process.communicate()[0] for process in both)
    assert [process.returncode for process in both] == [0, 0]
    assert printed == [
        "Data has apparently already been downloaded and unpacked.\n",
        "Download finished. Extracting files.\nDone.\n",
    ]
    assert len(web.asked) == 1
    assert (tmp_path / "data" / "folder" / "file").read_bytes() == CONTENT


def test_a_dead_process_holds_no_lock(tmp_path):
    held = tmp_path / "held"
    process = subprocess.Popen([sys.executable, "-c", HOLD, str(tmp_path / "file"), str(held)], cwd=ROOT)
    try:
        deadline = time.monotonic() + 30
        while not held.exists() and time.monotonic() < deadline:
            time.sleep(0.01)
        assert held.exists()
    finally:
        process.kill()
        process.wait()
    with locked(tmp_path / "file"):
        pass


def test_the_book_s_function(answers, web, tmp_path, capsys):
    answers["/set.tar.gz"] = whole(tar_gz({"set/one": b"1", "./set/two": b"22", "top": b"333"}))
    maybe_download_and_extract(web.address + "/set.tar.gz", tmp_path / "data")
    out, err = capsys.readouterr()
    assert out == "Download finished. Extracting files.\nDone.\n"
    assert "\r- Download progress: 100%" in err
    assert names(tmp_path / "data") == ["set", "set.tar.gz", "top"]
    assert (tmp_path / "data" / "set" / "two").read_bytes() == b"22"
    maybe_download_and_extract(web.address + "/set.tar.gz", str(tmp_path / "data"))
    assert capsys.readouterr().out == "Data has apparently already been downloaded and unpacked.\n"
    assert len(web.asked) == 1


def test_an_archive_without_its_files_is_not_taken_for_unpacked(answers, web, tmp_path, capsys):
    answers["/set.tar.gz"] = whole(tar_gz({"set/one": b"1", "set/two": b"22"}))
    maybe_download_and_extract(web.address + "/set.tar.gz", tmp_path)
    (tmp_path / "set" / "one").unlink()
    (tmp_path / "set" / "two").write_bytes(b"2")
    maybe_download_and_extract(web.address + "/set.tar.gz", tmp_path)
    assert (tmp_path / "set" / "one").read_bytes() == b"1" and (tmp_path / "set" / "two").read_bytes() == b"22"
    assert len(web.asked) == 1


@pytest.mark.parametrize("content", [b"", b"no archive", gzip.compress(b"no tar"), tar_gz({"a": CONTENT})[:-1]])
def test_what_is_no_archive_is_refused(answers, web, tmp_path, content):
    answers["/set.tgz"] = whole(content)
    with pytest.raises(ReplayError, match=r"not a \.tar\.gz archive that can be read to its end"):
        maybe_download_and_extract(web.address + "/set.tgz", tmp_path)
    assert names(tmp_path) == []


@pytest.mark.parametrize("name", ["../evil", "/evil", "set/../../evil"])
def test_a_hostile_archive_leaves_nothing(answers, web, tmp_path, name):
    answers["/set.tgz"] = whole(tar_gz({"set/one": b"1", name: b"evil"}))
    with pytest.raises(
        ReplayError, match=r"the member '.*evil' (leads out|has an absolute path).*Nothing was unpacked"
    ):
        maybe_download_and_extract(web.address + "/set.tgz", tmp_path / "in" / "data")
    assert names(tmp_path / "in" / "data") == [] and names(tmp_path) == ["in"]


@pytest.mark.parametrize("end", ["", "/", "/..", "/a%5Cb", "/C:x", "/%2e%2e"])
def test_an_address_without_a_file_name(tmp_path, end):
    with pytest.raises(ReplayError, match="ends in the name of a file"):
        maybe_download_and_extract("http://127.0.0.1" + end, tmp_path / "data")
    assert not (tmp_path / "data").exists()


def test_a_known_address_has_mirrors_and_a_hash(answers, web, tmp_path, monkeypatch, capsys):
    content = tar_gz({"set/one": b"1"})
    archive = {
        "name": "set.tgz",
        "addresses": [web.address + "/gone/set.tgz", web.address + "/mirror/set.tgz"],
        "bytes": len(content),
        "sha256": hashlib.sha256(content).hexdigest(),
        "unpacked_at_most": 100_000,
    }
    one = {"name": "one", "bytes": 1, "sha256": hashlib.sha256(b"1").hexdigest()}
    monkeypatch.setattr(download, "read_sources", lambda: {"s": {"archive": archive, "folder": "set", "files": [one]}})
    answers["/gone/set.tgz"] = whole(tar_gz({"set/one": b"2"}))
    answers["/mirror/set.tgz"] = whole(content)
    maybe_download_and_extract(web.address + "/gone/set.tgz", tmp_path)
    assert (tmp_path / "set" / "one").read_bytes() == b"1"
    (tmp_path / "set.tgz").unlink()
    maybe_download_and_extract(web.address + "/gone/set.tgz", tmp_path)
    assert capsys.readouterr().out.endswith("Data has apparently already been downloaded and unpacked.\n")
