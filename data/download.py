"""Download files, as the book's `download.py` does: whole or not at all, from the first address that gives them."""

import contextlib
import sys
import time
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pooch
import requests
import urllib3
from filelock import FileLock, Timeout

from common import is_redrawn
from common.errors import ReplayError, disk_errors
from common.language import _
from common.running.screen import say
from common.running.sources import is_official, read_sources
from data.archive import place, regular_members, unpacked

TIMEOUT = (10, 30)  # seconds, for the connection and between two pieces of an answer
PAUSES = (0, 1, 3)  # seconds before each round through the addresses
CHUNK = 1 << 16
TRY_LATER = (408, 425, 429)  # HTTP errors that may pass


class _WrongFileError(Exception):
    """This is raised when an address gives another file. Asking it again would not help."""


class _StalePartError(Exception):
    """This is raised when the part on the disk does not belong to the file of the address."""


class _BrokenError(Exception):
    """This is raised when an address does not answer, or not to the end."""


def maybe_download_and_extract(url, download_dir):
    """Download the .tar.gz at `url` into `download_dir` and unpack it there, unless that has been done (pages 55-66).

    An address of `data/sources.toml` has mirrors, which are tried too. Its file must have the official size and
    SHA-256. Any other archive must be readable to its end. The book's messages go to standard output. The per cents go
    to standard error.

    It raises ReplayError when no address gives the file. The message has the reason of each address and the way to do
    it by hand. It raises ReplayError too when a member is refused or the disk is full.
    """
    folder = Path(download_dir).absolute()
    source = next((s for s in read_sources().values() if url in s.get("archive", {}).get("addresses", [])), {})
    archive = source.get("archive", {"addresses": [url]})
    name = archive.get("name") or unquote(urlsplit(url).path).rpartition("/")[2]
    if name in ("", ".", "..") or any(letter in name for letter in "\\:\0"):
        raise ReplayError(
            _(
                "{url}: expected an address that ends in the name of a file, found {name!r}. Name the archive itself."
            ).format(url=url, name=name)
        )
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
    """Return whether `folder` holds all that the archive at `path` has.

    That is the official files of a known `source`, else each member in its size.
    """
    if "files" in source:
        return all(is_official(folder / source["folder"] / file["name"], file) for file in source["files"])
    try:
        members = regular_members(path, at_most)
        return all((folder / name).stat().st_size == size for name, size in members.items())
    except (OSError, ReplayError):
        return False


@contextlib.contextmanager
def locked(path):
    """Lock `path` against other processes during the block. A process that dies lets go of its lock."""
    path.parent.mkdir(parents=True, exist_ok=True)
    lock = FileLock(path.with_name(f".{path.name}.lock"))
    try:
        lock.acquire(timeout=0)
    except Timeout:
        say(_("{path}: another process fetches this. This one waits for it.").format(path=path))
        lock.acquire()
    try:
        yield
    finally:
        lock.release()


def fetch_file(path, addresses, *, size=None, sha256=None, at_most=None, check=None, by_hand=None):
    """Fetch the file `path` from the first of `addresses` that gives it, and return that address.

    The caller holds the lock. A file that is there and right stays: then None is returned. Other files are written to
    `path` + '.part' first. A broken connection or an earlier run is continued from there. The file gets its name when
    it is right: `size` bytes with `sha256`, and `check(path)` raises no ReplayError. `at_most` bounds the bytes of a
    file of unknown size.

    It raises ReplayError when no address gives the file. The message has the reason of each address, and `by_hand`,
    which says how to do it without them. It raises OSError when the disk refuses the file.
    """
    if path.is_file():
        complaint = _complaint(path, size, sha256, check)
        if complaint is None:
            return None
        say(_("{path}: {complaint}. Fetching it anew.").format(path=path, complaint=complaint))
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(path.name + ".part")
    if part.exists() and not part.is_file():  # a pipe would wait for its reader
        raise ReplayError(
            _("{part}: expected the first part of a download, found no regular file. Remove it.").format(part=part)
        )
    reasons, left = {}, list(addresses)
    for pause in PAUSES:
        if left:
            time.sleep(pause)
        for address in tuple(left):
            say(_("{name}: from {address}").format(name=path.name, address=address))
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
            say(f"{path.name}: {reasons[address]}")
    if part.exists() and not part.stat().st_size:
        part.unlink()
    tried = "".join(f"\n  {address}\n    {reason}" for address, reason in reasons.items())
    by_hand = _by_hand(path, size, sha256) if by_hand is None else by_hand
    raise ReplayError(
        _("{path}: could not be fetched. Tried:{tried}\n{by_hand}")
        .format(path=path, tried=tried, by_hand=by_hand)
        .rstrip()
    )


def _by_hand(path, size, sha256):
    """Return the sentence that says how to do it without this program."""
    if sha256:
        return _(
            "By hand: get {name} ({size:,} bytes, SHA-256 {sha256}) and put it into {folder}, then start the same "
            "again."
        ).format(name=path.name, size=size, sha256=sha256, folder=path.parent)
    return _("By hand: get {name} and put it into {folder}, then start the same again.").format(
        name=path.name, folder=path.parent
    )


def _download(address, part, size, sha256, at_most, check):
    """Complete `part` from `address`, in more than one connection if each brings something new."""
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
    """Append to `part` what one connection to `address` gives. Return the byte where it began."""
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
        raise _BrokenError(
            _("expected {size:,} bytes, the answer ended after {found:,}").format(size=size, found=sink.position)
        )
    return sink.start


class _Sink:
    """A _Sink is the file that pooch writes into.

    It goes on from the byte `start` if the server agrees, else it begins anew.
    """

    def __init__(self, stream, start, size, at_most):
        self._stream, self.start, self.position, self._size = stream, start, start, size
        self._at_most = at_most if size is None else size
        self._response, self._shown, self._total = None, None, None

    def begin(self, response, **options):
        """Check the answer before its body is read. This is a hook of requests."""
        self._response = response
        if response.status_code not in (200, 206):
            return  # requests follows a redirection, and pooch raises an error
        if response.status_code == 206:
            span = response.headers.get("Content-Range", "")
            if not span.startswith(f"bytes {self.start}-"):
                raise _WrongFileError(
                    _("expected the part from byte {start} on, the server sent {span!r}").format(
                        start=self.start, span=span
                    )
                )
            start = self.start
        else:
            start = 0
        if response.headers.get("Content-Type", "").startswith("text/html"):
            raise _WrongFileError(_("expected the file, the server sent a web page"))
        length = response.headers.get("Content-Length", "")
        total = start + int(length) if length.isdigit() else None
        if total is not None and self._size is not None and total != self._size:
            raise _WrongFileError(
                _("expected {size:,} bytes, the server has a file of {total:,}").format(size=self._size, total=total)
            )
        self._total = self._size or total
        if not start:  # not earlier: a useless answer must not cost what another address gave
            self.start = self.position = 0
            self._stream.truncate(0)
        # Some servers call a .gz file's own packing an encoding of the answer. Then requests would unpack it.
        response.raw.headers.pop("Content-Encoding", None)

    def write(self, chunk):
        if self._at_most is not None and self.position + len(chunk) > self._at_most:
            self._stream.truncate(0)
            raise (_StalePartError if self.start else _WrongFileError)(
                _("expected at most {size:,} bytes, the server sent more").format(size=self._at_most)
            )
        self._stream.write(chunk)
        self.position += len(chunk)
        self._show()

    def flush(self):
        self._stream.flush()

    def _show(self):
        # This is the book's line. In a log \r does not overwrite, so every tenth is enough.
        if self._total:
            done = self.position / self._total
            text = f"{done:.1%}" if is_redrawn() else f"{int(done * 10) / 10:.0%}"
        else:
            text = f"{self.position // 1_000_000:,} MB"
        if text != self._shown:
            sys.stderr.write(f"\r- Download progress: {text}")
            sys.stderr.flush()
            self._shown = text

    def end(self):
        """Close the connection."""
        if self._shown:
            sys.stderr.write("\n")
        if self._response is not None:
            self._response.close()


def _complaint(path, size, sha256, check):
    """Return the fault of the file at `path` as a clause, or None."""
    found = path.stat().st_size
    if size is not None and found != size:
        return _("expected {size:,} bytes, found {found:,}").format(size=size, found=found)
    if sha256 is not None:
        hashed = pooch.file_hash(str(path))
        if hashed != sha256:
            return _("expected SHA-256 {sha256}, found {hashed}").format(sha256=sha256, hashed=hashed)
    if check is not None:
        try:
            check(path)
        except ReplayError as error:
            return str(error).rstrip(".")
    return None


def _judged(error, size):
    """Return the exception of this module for `error`, one of requests. Its text is the reason in words."""
    if isinstance(error, requests.HTTPError):
        code = error.response.status_code
        reason = f"HTTP {code} {error.response.reason}"
        if code == 416:  # a part of known size is never too long, so the server's file is shorter
            return (
                _StalePartError(reason)
                if size is None
                else _WrongFileError(_("the server has a shorter file ({reason})").format(reason=reason))
            )
        return _WrongFileError(reason) if 400 <= code < 500 and code not in TRY_LATER else _BrokenError(reason)
    if isinstance(error, ValueError | requests.TooManyRedirects):  # the address itself is wrong
        return _WrongFileError(str(error))
    if isinstance(error, requests.Timeout) or "timed out" in str(error):
        return _BrokenError(
            _("no answer within {first} s, or none for {next} s").format(first=TIMEOUT[0], next=TIMEOUT[1])
        )
    cause = error.args[0] if error.args else error
    if isinstance(cause, urllib3.exceptions.ProtocolError):
        return _BrokenError(_("the connection broke off: {reason}").format(reason=cause.args[-1]))
    return _BrokenError(_innermost(cause))


def _innermost(error):
    """Return the words of the exception that began it all, without the names of those around it.

    Through a proxy, urllib3 wraps the refusal of a connection three times.
    """
    proxy = ""
    while True:
        proxy = proxy or (_("the proxy: ") if isinstance(error, urllib3.exceptions.ProxyError) else "")
        inner = [part for part in (getattr(error, "reason", None), *error.args) if isinstance(part, Exception)]
        if not inner:
            return proxy + str(error).rpartition("): ")[2]
        error = inner[0]
