"""Run a web server on this machine for the tests of downloads.

A test says what each path answers, and the server says what was asked.
"""

import contextlib
import http.server
import threading
import time
from types import SimpleNamespace


def whole(content, kind="application/octet-stream", ranges=True, length=True, **headers):
    """Return an answer: all of `content`, or the part that was asked for."""
    return cut(content, len(content) + 1, kind, ranges, length, **headers)


def cut(content, after, kind="application/octet-stream", ranges=True, length=True, **headers):
    """Return an answer: at most `after` bytes of `content` in one connection, though it announces all."""

    def answer(handler):
        asked = handler.headers["Range"]
        start = int(asked.removeprefix("bytes=").removesuffix("-")) if asked and ranges else 0
        if asked and ranges and start >= len(content):
            return handler.send_error(416)
        handler.send_response(206 if asked and ranges else 200)
        if asked and ranges:
            handler.send_header("Content-Range", f"bytes {start}-{len(content) - 1}/{len(content)}")
        if length:
            handler.send_header("Content-Length", str(len(content) - start))
        handler.send_header("Content-Type", kind)
        for name, value in headers.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.end_headers()
        handler.wfile.write(content[start : start + after])

    return answer


def error(code):
    """Return an answer: the HTTP status `code` alone."""
    return lambda handler: handler.send_error(code)


def moved(path):
    """Return an answer: a redirection to `path` of the same server."""

    def answer(handler):
        handler.send_response(302)
        handler.send_header("Location", path)
        handler.end_headers()

    return answer


def nothing(handler):
    """Answer with no byte: the connection ends."""


def hang(handler):
    """Answer not at all while the test lasts."""
    handler.server.stopped.wait(20)


def slowly(content):
    """Return an answer: `content` after 0.5 s, so that another process can ask too."""

    def answer(handler):
        time.sleep(0.5)
        whole(content)(handler)

    return answer


@contextlib.contextmanager
def serving(answers):
    """Serve `answers`, a dict of paths to functions of the handler. A test may change it meanwhile.

    It yields a namespace. `address` has no slash at its end. `asked` is the list of (path, Range header or None).
    """

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            asked.append((self.path, self.headers["Range"]))
            with contextlib.suppress(ConnectionError):
                answers.get(self.path, error(404))(self)

        def log_message(self, *_):
            pass

    asked = []
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads, server.stopped = True, threading.Event()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield SimpleNamespace(address=f"http://127.0.0.1:{server.server_port}", asked=asked)
    finally:
        server.stopped.set()
        server.shutdown()
        server.server_close()
        thread.join()
