"""The book's `download.py`: files come whole or not at all, from whichever address gives them."""

import contextlib
import sys
import time
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pooch
import requests
import urllib3
from filelock import FileLock, Timeout

from common.errors import ReplayError, disk_errors
from common.running.sources import is_official, read_sources
from data.archive import place, regular_members, unpacked

TIMEOUT = (10, 30)  # seconds: to be connected, and between two pieces of an answer
PAUSES = (0, 1, 3)  # seconds before each round through the addresses
CHUNK = 1 << 16
TRY_LATER = (408, 425, 429)


class _WrongFileError(Exception):
    """An address that answered with something else: asking it again would not help."""


class _StalePartError(Exception):
    """What an earlier connection left does not belong to the file that the address has."""


class _BrokenError(Exception):
    """An address that did not answer, or not to the end."""


def maybe_download_and_extract(url, download_dir):
    """Download the .tar.gz at `url` into `download_dir` and unpack it there, unless that has been done (pages 55-66).

    For an address of `data/sources.toml` the mirrors are tried too, and size and SHA-256 must be the official ones; of
    any other, the archive must be readable to its end. Prints the book's messages; the per cents go to standard error.

    Raises ReplayError when no address gives the file (with each one's reason and the way to do it by hand), when a
    member of the archive is refused, or when the disk is full.
    """
    folder = Path(download_dir).absolute()
    source = next((s for s in read_sources().values() if url in s.get("archive", {}).get("addresses", [])), {})
    archive = source.get("archive", {"addresses": [url]})
    name = archive.get("name") or unquote(urlsplit(url).path).rpartition("/")[2]
    if name in ("", ".", "..") or any(letter in name for letter in "\\:\0"):
        raise ReplayError(f"{url}: expected an address that ends in the name of a file, found {name!r}.")
    path, at_most = folder / name, archive.get("unpacked_at_most")
    if _is_unpacked(source, path, folder, at_most):
        print("Data has apparently already been downloaded and unpacked.")
        return
    with disk_errors(folder), locked(path):
        if _is_unpacked(source, path, folder, at_most):
            print("Data has apparently already been downloaded and unpacked.")
            return
        fetch_file(
            path,
            archive["addresses"],
            size=archive.get("bytes"),
            sha256=archive.get("sha256"),
            at_most=at_most,
            check=lambda file: regular_members(file, at_most),
        )
        print("Download finished. Extracting files.")
        with unpacked(path, folder, at_most) as temporary:
            for entry in sorted(temporary.iterdir()):
                if entry.is_dir():
                    place(entry, folder / entry.name)
                else:
                    entry.replace(folder / entry.name)
        print("Done.")


def _is_unpacked(source, path, folder, at_most):
    """Whether all that belongs into the archive lies in `folder`: the official files, or each member in its size."""
    if "files" in source:
        return all(is_official(folder / source["folder"] / file["name"], file) for file in source["files"])
    try:
        members = regular_members(path, at_most)
        return all((folder / name).stat().st_size == size for name, size in members.items())
    except (OSError, ReplayError):
        return False


@contextlib.contextmanager
def locked(path):
    """Keep every other process out of the blocks that lock `path`; a process that dies lets go of its lock."""
    path.parent.mkdir(parents=True, exist_ok=True)
    lock = FileLock(path.with_name(f".{path.name}.lock"))
    try:
        lock.acquire(timeout=0)
    except Timeout:
        _say(f"{path}: another process is fetching this; waiting for it.")
        lock.acquire()
    try:
        yield
    finally:
        lock.release()


def fetch_file(path, addresses, *, size=None, sha256=None, at_most=None, check=None, by_hand=None):
    """Make `path` the file that is at the `addresses`, which are tried in order; the caller holds the lock.

    A file that is there and right stays. Otherwise it is written to `path` + '.part', goes on from there after a broken
    connection or an earlier run, and gets its name when it is right: `size` bytes with `sha256`, and accepted by
    `check(path)`, which raises ReplayError. `at_most` bounds a file of unknown size.

    Returns the address that gave it, None when it was there. Raises ReplayError when no address gave the file, with
    each one's reason and with `by_hand`, the sentence that says how to do without; OSError when it cannot be written.
    """
    if path.is_file():
        complaint = _complaint(path, size, sha256, check)
        if complaint is None:
            return None
        _say(f"{path}: {complaint}. Fetching it anew.")
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(path.name + ".part")
    reasons, left = {}, list(addresses)
    for pause in PAUSES:
        if left:
            time.sleep(pause)
        for address in tuple(left):
            _say(f"{path.name}: from {address}")
            try:
                _download(address, part, size, sha256, at_most, check)
            except _WrongFileError as error:
                reasons[address] = str(error)
                left.remove(address)
            except _BrokenError as error:
                reasons[address] = str(error)
            else:
                part.replace(path)
                return address
            _say(f"{path.name}: {reasons[address]}")
    if part.exists() and not part.stat().st_size:
        part.unlink()
    tried = "".join(f"\n  {address}\n    {reason}" for address, reason in reasons.items())
    if by_hand is None:
        what = f" ({size:,} bytes, SHA-256 {sha256})" if sha256 else ""
        by_hand = f"By hand: get {path.name}{what} and put it into {path.parent}, then start the same again."
    raise ReplayError(f"{path}: could not be fetched. Tried:{tried}\n{by_hand}".rstrip())


def _download(address, part, size, sha256, at_most, check):
    """Bring `part` to its end from `address`, in as many connections as it takes while each brings something new."""
    farthest = 0
    while True:
        start = part.stat().st_size if part.exists() else 0
        if size is not None and start > size:
            part.unlink()
            continue
        farthest = max(farthest, start)
        if size is None or start < size:
            try:
                start = _connect(address, part, start, size, at_most)
            except _StalePartError as error:
                part.unlink()
                if not start:
                    raise _WrongFileError(str(error)) from error
                continue
            except _BrokenError:
                if part.stat().st_size > farthest:
                    continue
                raise
        complaint = _complaint(part, size, sha256, check)
        if complaint is None:
            return
        part.unlink()
        if not start:
            raise _WrongFileError(complaint)


def _connect(address, part, start, size, at_most):
    """Append to `part` what one connection to `address` gives; return where in the file it began."""
    with part.open("ab") as stream:
        sink = _Sink(stream, start, size, at_most)
        headers = {"Accept-Encoding": "identity", **({"Range": f"bytes={start}-"} if start else {})}
        get = pooch.HTTPDownloader(chunk_size=CHUNK, timeout=TIMEOUT, headers=headers, hooks={"response": sink.begin})
        try:
            get(address, sink, None)
        except (requests.RequestException, urllib3.exceptions.HTTPError) as error:
            raise _judged(error, size) from error
        finally:
            sink.end()
    if size is not None and sink.position < size:
        raise _BrokenError(f"the answer ended after {sink.position:,} of {size:,} bytes")
    return sink.start


class _Sink:
    """What pooch writes into: a file that goes on where it was broken off, if the server agrees, or begins anew."""

    def __init__(self, stream, start, size, at_most):
        self._stream, self.start, self.position, self._size = stream, start, start, size
        self._at_most = at_most if size is None else size
        self._response, self._shown, self._total = None, None, None

    def begin(self, response, **_):
        """Look at the answer (a hook of requests) before its body is read."""
        self._response = response
        if response.status_code not in (200, 206):
            return  # a redirection, or an error that pooch raises
        if response.status_code == 206:
            span = response.headers.get("Content-Range", "")
            if not span.startswith(f"bytes {self.start}-"):
                raise _WrongFileError(f"the server sent the part {span!r}, not the one from byte {self.start} on")
            start = self.start
        else:
            start = 0
        if response.headers.get("Content-Type", "").startswith("text/html"):
            raise _WrongFileError("the server sent a web page, not the file")
        length = response.headers.get("Content-Length", "")
        total = start + int(length) if length.isdigit() else None
        if total is not None and self._size is not None and total != self._size:
            raise _WrongFileError(f"the server has another file: {total:,} bytes, expected {self._size:,}")
        self._total = self._size or total
        if not start:  # only now, for what another address gave must outlive an answer of no use
            self.start = self.position = 0
            self._stream.truncate(0)
        # Some servers call a .gz file's own packing an encoding of the answer; requests would unpack it.
        response.raw.headers.pop("Content-Encoding", None)

    def write(self, chunk):
        if self._at_most is not None and self.position + len(chunk) > self._at_most:
            self._stream.truncate(0)
            raise (_StalePartError if self.start else _WrongFileError)(
                f"the server sent more than {self._at_most:,} bytes"
            )
        self._stream.write(chunk)
        self.position += len(chunk)
        self._show()

    def flush(self):
        self._stream.flush()

    def _show(self):
        # The book's line; in a log, where \r does not overwrite, every tenth is enough.
        if self._total:
            done = self.position / self._total
            text = f"{done:.1%}" if sys.stderr.isatty() else f"{int(done * 10) / 10:.0%}"
        else:
            text = f"{self.position // 1_000_000:,} MB"
        if text != self._shown:
            sys.stderr.write(f"\r- Download progress: {text}")
            sys.stderr.flush()
            self._shown = text

    def end(self):
        """Let go of the connection."""
        if self._shown:
            sys.stderr.write("\n")
        if self._response is not None:
            self._response.close()


def _complaint(path, size, sha256, check):
    """What is wrong with the file at `path`, as a clause, or None."""
    found = path.stat().st_size
    if size is not None and found != size:
        return f"{found:,} bytes, expected {size:,}"
    if sha256 is not None:
        hashed = pooch.file_hash(str(path))
        if hashed != sha256:
            return f"another file: SHA-256 {hashed}, expected {sha256}"
    if check is not None:
        try:
            check(path)
        except ReplayError as error:
            return str(error).rstrip(".")
    return None


def _judged(error, size):
    """The exception of ours, with its reason in words, for one of requests."""
    if isinstance(error, requests.HTTPError):
        code = error.response.status_code
        reason = f"HTTP {code} {error.response.reason}"
        if code == 416:  # our part of a file of known size is less than that: then it is the server's that is shorter
            return (
                _StalePartError(reason)
                if size is None
                else _WrongFileError(f"the server has a shorter file ({reason})")
            )
        return _WrongFileError(reason) if 400 <= code < 500 and code not in TRY_LATER else _BrokenError(reason)
    if isinstance(error, ValueError | requests.TooManyRedirects):  # addresses that are none
        return _WrongFileError(str(error))
    if isinstance(error, requests.Timeout) or "timed out" in str(error):
        return _BrokenError(f"no answer within {TIMEOUT[0]} s, or none for {TIMEOUT[1]} s")
    cause = error.args[0] if error.args else error
    if isinstance(cause, urllib3.exceptions.ProtocolError):
        return _BrokenError(f"the connection broke off: {cause.args[-1]}")
    return _BrokenError(str(getattr(cause, "reason", None) or cause).rpartition("): ")[2])


def _say(text):
    print(text, file=sys.stderr, flush=True)
