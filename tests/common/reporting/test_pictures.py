"""The figures of a result in the report: those that cannot be read, and those that are too large."""

import base64
import io
import re
import struct
import tracemalloc
import zlib

import pytest
from PIL import Image

from common.judging.chapter import Chapter
from common.paths import ROOT
from common.reporting.bilingual import spoken
from common.reporting.captions import CAPTIONS
from common.reporting.pictures import fit, read_pictures
from tests.support.books import book
from tests.support.pngs import png


def noise(size):
    """Return a PNG that does not compress."""
    content = io.BytesIO()
    Image.effect_noise((size, size), 90).convert("RGB").save(content, "PNG")
    return content.getvalue()


def entry(content):
    return {"file": "any.png", "content": content, "kind": "png"}


def test_pictures_have_their_size_and_what_they_show(tmp_path):
    (tmp_path / "book.toml").write_text(book('id = "X1", about = "page 7", picture = "b.png"'))
    (tmp_path / "b.png").write_bytes(png(60, 40))
    (tmp_path / "a_wide_one.png").write_bytes(png(170, 100))
    (tmp_path / "notes.txt").write_bytes(b"no picture")
    first, second = read_pictures(Chapter(tmp_path / "book.toml"), tmp_path)
    assert (first["title"], first["width"], first["height"], first["wide"]) == (spoken("a wide one"), 170, 100, True)
    assert (second["title"], second["width"], second["height"], second["wide"]) == (spoken("page 7"), 60, 40, False)
    assert second["content"] == png(60, 40)


def saved_figures():
    """Return (chapter, file) of each figure that a chapter's script saves, from the scripts' own words."""
    paths = sorted((ROOT / "chapters").glob("*/*.py"))
    saved = [(path, re.findall(r'save_figure\("(\w+)"', path.read_text(encoding="utf-8"))) for path in paths]
    return {(path.parent.name.partition("_")[0], f"{name}.png") for path, names in saved for name in names}


def test_every_figure_of_a_chapter_has_a_caption_and_words_for_it():
    captions = {(chapter, caption.file): caption for chapter, them in CAPTIONS.items() for caption in them}
    assert captions.keys() == saved_figures()
    for (_, file), caption in captions.items():
        assert len(caption.title.split()) > 4 and len(caption.shows.split()) > 9, file
        assert caption.title != caption.shows and re.fullmatch(r"\d+-\d+(, \d+-\d+)*", caption.pages)


def test_theory_s_figures_stand_in_the_order_of_the_book():
    pages = [[int(page) for page in re.findall(r"\d+", caption.pages)] for caption in CAPTIONS["theory"]]
    assert pages == sorted(pages, key=lambda place: place[0])


def test_figures_stand_in_the_order_of_their_captions(tmp_path):
    (tmp_path / "book.toml").write_text(book().replace('"ch00"', '"ch05"'))
    for name in ("distorted.png", "a_new_one.png", "original.png"):
        (tmp_path / name).write_bytes(png())
    pictures = read_pictures(Chapter(tmp_path / "book.toml"), tmp_path)
    assert [picture["file"] for picture in pictures] == ["original.png", "distorted.png", "a_new_one.png"]


@pytest.mark.parametrize("content", [b"", b"GIF89a", png()[:-30], png()[:20]])
def test_a_file_that_is_no_whole_png_is_named(tmp_path, content):
    (tmp_path / "book.toml").write_text(book())
    (tmp_path / "cut.png").write_bytes(content)
    (picture,) = read_pictures(Chapter(tmp_path / "book.toml"), tmp_path)
    assert picture["content"] is None and picture["why"] == spoken("cannot be read as a PNG")


def test_pictures_that_fit_stay_as_they_are():
    pictures = [entry(noise(300)), entry(png())]
    whole = [picture["content"] for picture in pictures]
    fit(pictures, most=sum(map(len, whole)))
    assert [picture["content"] for picture in pictures] == whole
    uris = [picture["uri"].removeprefix("data:image/png;base64,") for picture in pictures]
    assert [base64.b64decode(uri) for uri in uris] == whole


def test_too_large_pictures_are_packed_tighter_first():
    large = noise(1500)
    pictures = [entry(large), entry(png())]
    fit(pictures, most=len(large) - 1)
    assert len(pictures[0]["content"]) < len(large) and pictures[0]["uri"].startswith("data:image/webp;base64,")
    with Image.open(io.BytesIO(pictures[0]["content"])) as image:
        assert image.size == (1200, 1200) and image.format == "WEBP"
    assert pictures[1]["content"] == png() and pictures[1]["uri"].startswith("data:image/png;base64,")


def test_pictures_that_are_still_too_large_are_left_out():
    most = len(noise(600)) // 3
    pictures = [*(entry(noise(600)) for _ in range(3)), entry(png())]
    fit(pictures, most=most)
    kept = [picture for picture in pictures if picture["content"]]
    assert pictures[3] in kept and len(kept) < 4
    assert sum(len(picture["content"]) for picture in kept) <= most
    left_out = [picture for picture in pictures if not picture["content"]]
    assert {picture["why"] for picture in left_out} == {spoken("is too large for the report")}
    assert not any("uri" in picture for picture in left_out) and all("uri" in picture for picture in kept)


@pytest.mark.parametrize("side", [5001, 12_000, 30_000])
def test_a_small_file_of_very_many_pixels_is_named_and_not_unpacked(tmp_path, side):
    """Claim any size in the header: the pixels themselves need not be there, since nobody gets to them."""
    header = b"IHDR" + struct.pack(">IIBBBBB", side, side, 8, 6, 0, 0, 0)
    content = png()
    bomb = content[:12] + header + struct.pack(">I", zlib.crc32(header)) + content[33:]
    (tmp_path / "book.toml").write_text(book())
    (tmp_path / "bomb.png").write_bytes(bomb)
    tracemalloc.start()
    try:
        (picture,) = read_pictures(Chapter(tmp_path / "book.toml"), tmp_path)
        assert tracemalloc.get_traced_memory()[1] < 10_000_000
    finally:
        tracemalloc.stop()
    assert picture["content"] is None and picture["why"] == spoken("has too many pixels for the report")
