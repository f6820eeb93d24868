"""Test downloads from a server on this machine: broken off, wrong, slow, or from two processes at once."""

import errno
import gzip
import hashlib
import os
import random
import subprocess
import sys
from pathlib import Path

import pytest

from common.errors import ReplayError
from common.paths import ROOT
from data import download
from data.download import fetch_file, maybe_download_and_extract
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
    """Return the names of what lies in `folder`, without the locks."""
    return sorted(path.name for path in folder.iterdir() if path.suffix != ".lock")


@pytest.mark.parametrize("ranges", [True, False], ids=["resumes", "restarts"])
@pytest.mark.parametrize("length", [True, False], ids=["announced", "not announced"])
@pytest.mark.parametrize("tenth", range(1, 10))
def test_a_download_cut_once_goes_on_from_there(answers, web, tmp_path, tenth, ranges, length):
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


def test_a_server_that_cuts_each_connection_is_asked_until_the_end(answers, web, tmp_path):
    answers["/file"] = cut(CONTENT, len(CONTENT) // 10)
    fetch_file(tmp_path / "file", [web.address + "/file"], **KNOWN)
    assert (tmp_path / "file").read_bytes() == CONTENT
    assert 10 <= len(web.asked) <= 11


def test_a_server_that_always_breaks_off_at_the_same_place_is_given_up(answers, web, tmp_path):
    answers["/file"] = cut(CONTENT, len(CONTENT) // 2, ranges=False)
    with pytest.raises(ReplayError, match="could not be fetched"):
        fetch_file(tmp_path / "file", [web.address + "/file"], **KNOWN)
    assert not (tmp_path / "file").exists() and len(web.asked) < 10


def test_an_earlier_run_is_continued(answers, web, tmp_path):
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
    "another file of the same size": (whole(OTHER), f"expected SHA-256 {SHA256}, found [0-9a-f]{{64}}"),
    "a shorter file": (whole(CONTENT[:9]), "expected 700,000 bytes, the server has a file of 9"),
    "a longer file": (whole(CONTENT + b"x"), "expected 700,000 bytes, the server has a file of 700,001"),
    "a longer file of unknown length": (
        whole(CONTENT + b"x", length=False),
        "expected at most 700,000 bytes, the server sent more",
    ),
    "a shorter file of unknown length": (whole(CONTENT[:9], length=False), "a shorter file"),
    "a web page": (whole(HTML, "text/html; charset=utf-8"), "expected the file, the server sent a web page"),
    "a web page of unknown length": (
        whole(HTML, "text/html", length=False),
        "expected the file, the server sent a web page",
    ),
    "an empty file": (whole(b""), "expected 700,000 bytes, the server has a file of 0"),
    "an empty file of unknown length": (whole(b"", length=False), "expected 700,000 bytes, the answer ended after 0"),
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
    answers["/bad"], _ = REFUSALS[name]
    answers["/good"] = whole(CONTENT)
    addresses = [web.address + "/bad", web.address + "/good"]
    assert fetch_file(tmp_path / "file", addresses, **KNOWN) == addresses[1]
    assert (tmp_path / "file").read_bytes() == CONTENT and names(tmp_path) == ["file"]


@pytest.mark.parametrize("name", REFUSALS)
def test_the_error_has_the_reason_of_each_address(answers, web, tmp_path, monkeypatch, name):
    if name == "a hang":
        monkeypatch.setattr(download, "TIMEOUT", (10, 0.5))
    answers["/bad"], reason = REFUSALS[name]
    with pytest.raises(
        ReplayError, match=f"(?s)/bad\n    [^\n]*({reason}).*/absent\n    HTTP 404 Not Found\nBy hand: get file "
    ):
        fetch_file(tmp_path / "file", [web.address + "/bad", web.address + "/absent"], **KNOWN)
    assert not (tmp_path / "file").exists()


def test_a_bad_address_costs_nothing_of_what_is_there(answers, web, tmp_path):
    """Check that a part of the first address survives a web page and is finished by the third."""
    answers.update({"/a": cut(CONTENT, 400_000), "/page": whole(HTML, "text/html"), "/b": whole(CONTENT)})
    answers["/first"] = lambda handler: error(503)(handler) if web.asked[:-1] else answers["/a"](handler)
    fetch_file(tmp_path / "file", [web.address + path for path in ("/first", "/page", "/b")], **KNOWN)
    assert (tmp_path / "file").read_bytes() == CONTENT
    assert web.asked[-1][0] == "/b" and int(web.asked[-1][1].removeprefix("bytes=").removesuffix("-")) > 300_000


def test_a_server_that_recovers_is_asked_again(answers, web, tmp_path):
    answers["/file"] = lambda handler: (whole(CONTENT) if len(web.asked) == 3 else error(503))(handler)
    fetch_file(tmp_path / "file", [web.address + "/file"], **KNOWN)
    assert (tmp_path / "file").read_bytes() == CONTENT


def test_a_part_longer_than_the_servers_file_is_thrown_away(answers, web, tmp_path):
    answers["/set.tgz"] = whole(tar_gz({"one": b"1"}))
    (tmp_path / "set.tgz.part").write_bytes(bytes(10_000))
    maybe_download_and_extract(web.address + "/set.tgz", tmp_path)
    assert (tmp_path / "one").read_bytes() == b"1"
    assert web.asked == [("/set.tgz", "bytes=10000-"), ("/set.tgz", None)]


def test_a_server_that_refuses_the_range_of_a_new_file_is_given_up(answers, web, tmp_path):
    answers["/set.tgz"] = error(416)
    with pytest.raises(ReplayError, match="HTTP 416"):
        maybe_download_and_extract(web.address + "/set.tgz", tmp_path)
    assert names(tmp_path) == [] and len(web.asked) == 1


def test_a_redirection_is_followed_again_after_a_break(answers, web, tmp_path):
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
def test_an_address_that_is_none_is_refused(tmp_path, address):
    with pytest.raises(ReplayError, match="could not be fetched"):
        fetch_file(tmp_path / "file", [address], **KNOWN)


def test_where_nobody_listens_the_error_ends_in_what_to_do(tmp_path):
    with pytest.raises(ReplayError, match="refused") as caught:
        fetch_file(tmp_path / "file", ["http://127.0.0.1:1/file"], **KNOWN, by_hand="By hand: do this.")
    assert str(caught.value).endswith("\nBy hand: do this.")
    assert names(tmp_path) == []


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
    assert "file: expected 700,000 bytes, found 4. Fetching it anew." in capsys.readouterr().err


def test_a_log_has_a_line_for_each_tenth(answers, web, tmp_path, capsys):
    answers["/file"] = whole(CONTENT * 5)  # several pieces a tenth
    fetch_file(tmp_path / "file", [web.address + "/file"], size=len(CONTENT * 5))
    lines = capsys.readouterr().err.replace("\n", "\r").split("\r")
    shown = [line.removeprefix("- Download progress: ") for line in lines if line.startswith("- Download progress: ")]
    assert shown == [f"{10 * tenth}%" for tenth in range(11)]


@pytest.fixture
def full_disk():
    """Yield a function that lets files grow to so many bytes, and one that lifts this bound."""
    resource = pytest.importorskip("resource", reason="this system has no bound for the size of files")
    before = resource.getrlimit(resource.RLIMIT_FSIZE)

    def lift():
        resource.setrlimit(resource.RLIMIT_FSIZE, before)

    yield lambda size: resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1])), lift
    lift()


def test_a_disk_that_takes_no_more_is_a_sentence_and_the_part_is_kept(answers, web, tmp_path, full_disk):
    bound, lift = full_disk
    answers["/a.tgz"] = whole(tar_gz({"a": CONTENT}))
    bound(300_000)
    try:
        with pytest.raises(ReplayError, match="File too large"):
            maybe_download_and_extract(web.address + "/a.tgz", tmp_path)
    finally:
        lift()
    assert names(tmp_path) == ["a.tgz.part"]
    maybe_download_and_extract(web.address + "/a.tgz", tmp_path)
    assert (tmp_path / "a").read_bytes() == CONTENT
    assert web.asked == [("/a.tgz", None), ("/a.tgz", "bytes=300000-")]


def test_a_file_that_cannot_get_its_name_is_a_sentence(answers, web, tmp_path, monkeypatch):
    def full(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    answers["/a.tgz"] = whole(tar_gz({"a": b"a"}))
    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(ReplayError, match="No space left on device"):
        maybe_download_and_extract(web.address + "/a.tgz", tmp_path)
    assert names(tmp_path) == ["a.tgz.part"]


def test_a_folder_that_cannot_be_made_is_a_sentence(web, tmp_path):
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(ReplayError, match=r"Not a directory|exists"):
        maybe_download_and_extract(web.address + "/a.tgz", tmp_path / "file")
    assert not web.asked


FETCH = """
import sys
from data.download import maybe_download_and_extract
maybe_download_and_extract(sys.argv[1], sys.argv[2])
"""


HOLD = """
import sys, time
from pathlib import Path
from data.download import locked
with locked(Path(sys.argv[1])):
    print("locked", flush=True)
    time.sleep(float(sys.argv[2]))
"""


def python(folder, code, *arguments):
    """Start `code` in the folder `folder`, its output in pipes."""
    return subprocess.Popen(
        [sys.executable, "-c", code, *map(str, arguments)],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_two_processes_fetch_once(answers, web, tmp_path):
    answers["/a.tgz"] = slowly(tar_gz({"folder/file": CONTENT}))
    both = [python(tmp_path, FETCH, web.address + "/a.tgz", tmp_path / "data") for _ in range(2)]
    printed = sorted(process.communicate()[0] for process in both)
    assert [process.returncode for process in both] == [0, 0]
    assert printed == [
        "Data has apparently already been downloaded and unpacked.\n",
        "Download finished. Extracting files.\nDone.\n",
    ]
    assert len(web.asked) == 1
    assert (tmp_path / "data" / "folder" / "file").read_bytes() == CONTENT


def test_a_process_waits_for_the_lock_and_gets_it_when_the_holder_dies(tmp_path):
    with python(tmp_path, HOLD, tmp_path / "file", 60) as holder:
        try:
            assert holder.stdout.readline() == "locked\n"
            with python(tmp_path, HOLD, tmp_path / "file", 0) as waiting:
                try:
                    assert "file: another process fetches this" in waiting.stderr.readline()
                    assert waiting.poll() is None
                    holder.kill()
                    assert waiting.communicate(timeout=30)[0] == "locked\n"
                finally:
                    waiting.kill()
        finally:
            holder.kill()


def test_the_books_function_downloads_and_unpacks_once(answers, web, tmp_path, capsys):
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
    with pytest.raises(ReplayError, match=r"expected a \.tar\.gz archive that can be read to its end"):
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
def test_an_address_without_a_file_name_is_refused(tmp_path, end):
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
