"""The figures of a result as they stand in the report: whole, and together no larger than it allows."""

import base64
import io

from PIL import Image

MOST_BYTES = 3_400_000  # of all pictures: in base64, with the rest, the report stays under 5 MB
WIDE = 1.6  # from this ratio of width to height on, a picture gets a row of its own
LEAST_PICTURE = 60_000  # bytes; smaller ones are not worth making smaller


def read_pictures(chapter, folder):
    """Return the PNG files of `folder` as dicts with `content` (bytes), `name`, `about`, `width`, `height`."""
    about = {claim["picture"]: claim["about"] for claim in chapter.claims if "picture" in claim}
    pictures = []
    for path in sorted(folder.glob("*.png")):
        picture = {
            "name": path.name,
            "about": about.get(path.name, path.stem.replace("_", " ")),
            "content": None,
            "wide": False,
        }
        try:
            content = path.read_bytes()
            with Image.open(io.BytesIO(content), formats=["PNG"]) as image:
                image.load()  # a picture that was cut off fails here
                picture |= {"content": content, "width": image.width, "height": image.height}
                picture["wide"] = image.width > WIDE * image.height
        except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
            picture["why"] = "cannot be read as a PNG"
        pictures.append(picture)
    return pictures


def fit(pictures, most=MOST_BYTES):
    """Add the `uri` of each picture; fewer colours, then leaving out, keep all together under `most` bytes."""
    whole = [picture for picture in pictures if picture["content"]]
    by_size = sorted(whole, key=lambda picture: -len(picture["content"]))
    total = sum(len(picture["content"]) for picture in whole)
    for picture in by_size:
        if total <= most or len(picture["content"]) < LEAST_PICTURE:
            break
        total -= len(picture["content"])
        picture["content"] = _fewer_colours(picture["content"])
        total += len(picture["content"])
    for picture in sorted(whole, key=lambda picture: -len(picture["content"])):
        if total <= most:
            break
        total -= len(picture["content"])
        picture |= {"content": None, "why": "is too large for the report"}
    for picture in pictures:
        if picture["content"]:
            picture["uri"] = "data:image/png;base64," + base64.b64encode(picture["content"]).decode()


def _fewer_colours(content):
    """Return a PNG of the same picture with 128 colours, at most 1200 pixels wide, when that is smaller."""
    with Image.open(io.BytesIO(content)) as image:
        image = image.convert("RGB")
        image.thumbnail((1200, 1200))
        smaller = io.BytesIO()
        image.quantize(128).save(smaller, "PNG", optimize=True)
    return min(content, smaller.getvalue(), key=len)
