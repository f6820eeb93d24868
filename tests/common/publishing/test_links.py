"""Links of the project's pages: led to the site's pages, and found when they lead nowhere."""

import pytest

from common.errors import ReplayError
from common.publishing.links import Links, broken

PLACES = {"README.md": "README.html", "a/README.md": "a/README.html", "a/한글.md": "a/한글.html"}


@pytest.fixture
def links(tmp_path):
    for name in ("README.md", "a/README.md", "a/b/run.py", "c/d.toml", "두 낱말.txt"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    return Links(tmp_path, PLACES)


@pytest.mark.parametrize(
    ("link", "led"),
    [
        ("../README.md", "../README.html"),
        ("../README.md#on-the-real-data", "../README.html#on-the-real-data"),
        ("README.md", "README.html"),
        (".", "README.html"),
        ("../a", "README.html"),
        ("b/run.py", "b/run.py.html"),
        ("b/run.py#L-3", "b/run.py.html#L-3"),
        ("b", "b/index.html"),
        ("../c/d.toml", "../c/d.toml.html"),
        ("%ED%95%9C%EA%B8%80.md", "%ED%95%9C%EA%B8%80.html"),
        ("../두 낱말.txt", "../%EB%91%90%20%EB%82%B1%EB%A7%90.txt.html"),
        ("#here", "#here"),
        ("https://example.org/a.md", "https://example.org/a.md"),
        ("data:image/png;base64,AAAA", "data:image/png;base64,AAAA"),
        ("mailto:a@example.org", "mailto:a@example.org"),
    ],
)
def test_a_link_leads_to_the_page_of_the_site(links, link, led):
    assert links.lead(f'<a href="{link}">x</a>', "a/README.md", "a/README.html") == f'<a href="{led}">x</a>'


def test_what_is_no_page_yet_is_wanted_once(links):
    text = '<a href="b/run.py">x</a> <img alt="" src="b/run.py"> <a href="b">y</a> <a href="README.md">z</a>'
    links.lead(text * 2, "a/README.md", "a/README.html")
    assert links.wanted == ["a/b/run.py", "a/b"]


def test_a_page_that_stands_elsewhere_in_the_site_keeps_its_links(links):
    text = '<a href="../../a/README.md">x</a>'
    assert links.lead(text, "build/report/index.html", "report/index.html") == '<a href="../a/README.html">x</a>'


@pytest.mark.parametrize("link", ["nothing.md", "../../outside.md", "b/run.toml"])
def test_a_link_to_nothing_is_told(links, link):
    with pytest.raises(ReplayError, match=r"a/README\.md: a link leads to .*, which is not there"):
        links.lead(f'<a href="{link}">x</a>', "a/README.md", "a/README.html")


PAGE = '<!DOCTYPE html><h1 id="top">A</h1><a name="old"></a><p id="한글">B</p>'
LEADS = ["#top", "#", "#old", "", "b.html", "b.html#part", "folder/c.html#top", "../site/a.html#top"]
LEADS += ["%ED%95%9C.html", "#%ED%95%9C%EA%B8%80", "style.css", "https://example.org/#x"]
BROKEN = ["#none", "none.html", "b.html#none", "folder", "folder/", "../outside.html", "style.css/x", "folder/b.html"]


@pytest.fixture
def site(tmp_path):
    folder = tmp_path / "site"
    (folder / "folder").mkdir(parents=True)
    (tmp_path / "outside.html").write_text(PAGE, encoding="utf-8")
    for name, text in {"b": '<p id="part">', "한": PAGE, "folder/c": PAGE}.items():
        (folder / f"{name}.html").write_text(text, encoding="utf-8")
    (folder / "style.css").touch()
    return folder


@pytest.mark.parametrize("link", LEADS)
def test_a_link_within_the_site_that_leads_somewhere_is_none_to_complain_of(site, link):
    (site / "a.html").write_text(f'{PAGE}<a href="{link}">x</a>', encoding="utf-8")
    assert broken(site) == []


@pytest.mark.parametrize("link", BROKEN)
@pytest.mark.parametrize("tag", ['<a href="{}">x</a>', '<img alt="" src="{}">'])
def test_a_link_that_leads_nowhere_is_found(site, link, tag):
    (site / "a.html").write_text(PAGE + tag.format(link), encoding="utf-8")
    assert broken(site) == [f"a.html: {link}"]
