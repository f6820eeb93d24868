"""The figures of a result in the report: those that cannot be read, and those that are too large."""

import base64
import io
import struct
import tracemalloc
import zlib

import pytest
from PIL import Image

from common.judging.chapter import Chapter
from common.reporting.pictures import fit, read_pictures
from tests.support.books import book
from tests.support.pngs import png


def noise(size):
    """Return a PNG that does not compress."""
    content = io.BytesIO()
    Image.effect_noise((size, size), 90).convert("RGB").save(content, "PNG")
    return content.getvalue()


def entry(content):
    return {"name": "any.png", "content": content}


def test_pictures_have_their_size_and_what_they_show(tmp_path):
    (tmp_path / "book.toml").write_text(book('id = "X1", about = "page 7", picture = "b.png"'))
    (tmp_path / "b.png").write_bytes(png(60, 40))
    (tmp_path / "a_wide_one.png").write_bytes(png(170, 100))
    (tmp_path / "notes.txt").write_bytes(b"no picture")
    first, second = read_pictures(Chapter(tmp_path / "book.toml"), tmp_path)
    assert (first["about"], first["width"], first["height"], first["wide"]) == ("a wide one", 170, 100, True)
    assert (second["about"], second["width"], second["height"], second["wide"]) == ("page 7", 60, 40, False)
    assert second["content"] == png(60, 40)


@pytest.mark.parametrize("content", [b"", b"GIF89a", png()[:-30], png()[:20]])
def test_a_file_that_is_no_whole_png_is_named(tmp_path, content):
    (tmp_path / "book.toml").write_text(book())
    (tmp_path / "cut.png").write_bytes(content)
    (picture,) = read_pictures(Chapter(tmp_path / "book.toml"), tmp_path)
    assert picture["content"] is None and picture["why"] == "cannot be read as a PNG"


def test_pictures_that_fit_stay_as_they_are():
    pictures = [entry(noise(300)), entry(png())]
    whole = [picture["content"] for picture in pictures]
    fit(pictures, most=sum(map(len, whole)))
    assert [picture["content"] for picture in pictures] == whole
    uris = [picture["uri"].removeprefix("data:image/png;base64,") for picture in pictures]
    assert [base64.b64decode(uri) for uri in uris] == whole


def test_too_large_pictures_get_fewer_colours_first():
    large = noise(600)
    pictures = [entry(large), entry(png())]
    fit(pictures, most=len(large) - 1)
    assert len(pictures[0]["content"]) < len(large)
    with Image.open(io.BytesIO(pictures[0]["content"])) as image:
        assert image.size == (600, 600) and len(image.getcolors()) <= 128
    assert pictures[1]["content"] == png()


def test_pictures_that_are_still_too_large_are_left_out():
    most = 2 * len(noise(600)) // 3
    pictures = [*(entry(noise(600)) for _ in range(3)), entry(png())]
    fit(pictures, most=most)
    kept = [picture for picture in pictures if picture["content"]]
    assert pictures[3] in kept and len(kept) < 4
    assert sum(len(picture["content"]) for picture in kept) <= most
    left_out = [picture for picture in pictures if not picture["content"]]
    assert {picture["why"] for picture in left_out} == {"is too large for the report"}
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
    assert picture["content"] is None and picture["why"] == "has too many pixels for the report"
