"""Drive a headless Chromium over the pipe of its own protocol, which needs no package."""

import base64
import json
import os
import re
import select
import shutil
import subprocess
import time

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
SECONDS = 120


def find():
    """Return the path of a Chromium, or None. On Windows there is none: the pipes below are POSIX's."""
    return None if os.name == "nt" else next(filter(None, map(shutil.which, NAMES)), None)


class Browser:
    """A Browser is one page in a Chromium of its own. `complaints` gathers what its console and its network report."""

    def __init__(self, program, profile):
        to_it, self._to_it = os.pipe()
        self._from_it, from_it = os.pipe()

        def place():
            # Chromium reads from 3 and writes to 4. The pipes may be these two, so they move out of the way first.
            high = [os.dup2(end, 100 + end) for end in (to_it, from_it)]
            os.dup2(high[0], 3)
            os.dup2(high[1], 4)

        arguments = ["--headless=new", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--remote-debugging-pipe"]
        self._process = subprocess.Popen(
            [program, *arguments, f"--user-data-dir={profile}", "about:blank"],
            preexec_fn=place,
            pass_fds=(3, 4),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        os.close(to_it)
        os.close(from_it)
        self._rest, self._number, self._session, self._seen = b"", 0, None, []
        self.complaints = []
        pages = [t for t in self.ask("Target.getTargets")["targetInfos"] if t["type"] == "page"]
        attached = self.ask("Target.attachToTarget", targetId=pages[0]["targetId"], flatten=True)
        self._session = attached["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.ask(f"{domain}.enable")

    def ask(self, method, **parameters):
        """Send one command of the protocol and return its result."""
        self._tell(method, parameters)
        while True:
            answer = self._receive()
            if answer.get("id") == self._number:
                assert "error" not in answer, answer
                return answer["result"]

    def _tell(self, method, parameters):
        self._number += 1
        message = {"id": self._number, "method": method, "params": parameters}
        if self._session:
            message["sessionId"] = self._session
        os.write(self._to_it, json.dumps(message).encode() + b"\0")

    def _receive(self):
        end = time.monotonic() + SECONDS
        while b"\0" not in self._rest:
            assert select.select([self._from_it], [], [], max(0, end - time.monotonic()))[0], "Chromium does not answer"
            part = os.read(self._from_it, 1 << 20)
            assert part, "Chromium has ended"
            self._rest += part
        message, _, self._rest = self._rest.partition(b"\0")
        message = json.loads(message)
        what = message.get("method")
        self._seen.append(what)
        parameters = message.get("params", {})
        if what == "Log.entryAdded" and parameters["entry"]["level"] in ("warning", "error"):
            self.complaints.append(parameters["entry"]["text"])
        elif what == "Runtime.exceptionThrown":
            self.complaints.append(parameters["exceptionDetails"]["text"])
        elif what == "Runtime.consoleAPICalled" and parameters["type"] in ("warning", "error"):
            self.complaints.append(str(parameters["args"]))
        elif what == "Network.requestWillBeSent" and not parameters["request"]["url"].startswith(("file:", "data:")):
            self.complaints.append(f"asked for {parameters['request']['url']}")
        return message

    def open(self, url, width, height=900, dark=False):
        """Load `url` in a window of `width` and `height` CSS pixels, light or dark. Wait until it is there."""
        self.ask(
            "Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=width < 600
        )
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self.ask("Emulation.setEmulatedMedia", features=[scheme])
        self._seen.clear()
        self.ask("Page.navigate", url=str(url))
        while "Page.loadEventFired" not in self._seen:
            self._receive()

    def value(self, script):
        """Return the value of the JavaScript expression `script` on the page."""
        answer = self.ask("Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True)
        assert "exceptionDetails" not in answer, answer
        return answer["result"].get("value")

    def screenshot(self, path, whole=False):
        """Write what the window shows, or the whole page, to `path` as a PNG."""
        shot = self.ask("Page.captureScreenshot", captureBeyondViewport=whole)
        path.write_bytes(base64.b64decode(shot["data"]))

    def printed_pages(self):
        """Return how many A4 pages the page takes when it is printed."""
        sheet = self.ask("Page.printToPDF", printBackground=True, paperWidth=8.27, paperHeight=11.69)
        return len(re.findall(rb"/Type\s*/Page\b(?!s)", base64.b64decode(sheet["data"])))

    def close(self):
        """End the Chromium and what it started."""
        self._session = None
        self._tell("Browser.close", {})
        try:
            self._process.wait(SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
        os.close(self._to_it)
        os.close(self._from_it)
