"""Lead the links of a page to the pages of the site, and find those that lead nowhere."""

import html
import posixpath
import re
from html.parser import HTMLParser
from urllib.parse import quote, unquote, urlsplit

from common.errors import ReplayError
from common.language import _

_LINK = re.compile(r'(?<=\s)(href|src)="([^"]*)"')


class Links:
    """A Links knows where each file and folder of the project stands in the site.

    `places` is a dict of paths to paths, both with slashes: from the project's folder, and from the site's. `wanted` is
    a list of the other files and folders that a page leads to. They get a page of their own.
    """

    def __init__(self, root, places):
        self._root, self.places, self.wanted = root, dict(places), []

    def lead(self, text, source, place):
        """Return the HTML `text` with its links changed to those of the site.

        `source` is where the text stands in the project, and `place` where it comes to stand in the site. It raises
        ReplayError for a link that leads to nothing in the project.
        """

        def changed(match):
            url = html.unescape(match[2])
            parts = urlsplit(url)
            if parts.scheme or parts.netloc or not parts.path:
                return match[0]
            target = posixpath.normpath(posixpath.join(posixpath.dirname(source), unquote(parts.path)))
            here = posixpath.dirname(place) or "."
            anchor = f"#{parts.fragment}" if parts.fragment else ""
            return f'{match[1]}="{html.escape(quote(posixpath.relpath(self.place(target, source), here)) + anchor)}"'

        return _LINK.sub(changed, text)

    def place(self, target, source):
        """Return where the file or folder `target` stands in the site. `source` is the page that leads there.

        It raises ReplayError when the project has no such file.
        """
        if target in self.places:
            return self.places[target]
        path = self._root / target
        if target.startswith("..") or not path.exists():
            raise ReplayError(
                _("{source}: a link leads to {target}, which is not there. Mend the link.").format(
                    source=source, target=target
                )
            )
        if f"{target}/README.md" in self.places:
            return self.places[f"{target}/README.md"]
        self.places[target] = f"{target}/index.html" if path.is_dir() else f"{target}.html"
        self.wanted.append(target)
        return self.places[target]


class _Page(HTMLParser):
    """A _Page gathers the anchors of a page, and its links."""

    def __init__(self, text):
        super().__init__()
        self.anchors, self.links = {""}, []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        for name, value in attrs:
            if name == "id" or (name == "name" and tag == "a"):
                self.anchors.add(value)
            elif name in ("href", "src") and value is not None:
                self.links.append(value)


def broken(folder):
    """Return a list of "page: link" for the links in `folder` (Path) that lead nowhere within it.

    An anchor must be there, too. Links to other sites are not looked at.
    """
    pages = {path: _Page(path.read_text(encoding="utf-8")) for path in sorted(folder.rglob("*.html"))}
    complaints = []
    for path, page in pages.items():
        for link in page.links:
            parts = urlsplit(link)
            if parts.scheme or parts.netloc:
                continue
            target = (path.parent / unquote(parts.path)).resolve() if parts.path else path
            inside = target.is_relative_to(folder.resolve()) and target.is_file()
            if not inside or (target in pages and unquote(parts.fragment) not in pages[target].anchors):
                complaints.append(f"{path.relative_to(folder).as_posix()}: {link}")
    return complaints
