"""Read the figures of a result for the report, and make them small enough for it."""

import base64
import io
import warnings

from PIL import Image

from common.files import read_regular

MOST_BYTES = 3_400_000  # of all pictures; in base64 and with the rest, the report stays under 5 MB
MOST_PIXELS = 25_000_000  # of one picture, 100 MB unpacked; the largest figure of a chapter has 3 million
WIDE = 1.6  # above this ratio of width to height, a picture gets a row of its own
LEAST_PICTURE = 60_000  # bytes; making a smaller one still smaller gains too little


def read_pictures(chapter, folder):
    """Return a list of dicts: one for each PNG file of `folder` (a Path), ordered by name.

    The keys are `name`, `about`, `content` (bytes), `width` and `height` (pixels), and `wide` (bool). For a file that
    cannot be read, `content` is None and `why` says so.
    """
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
            content = read_regular(path)
            with warnings.catch_warnings(action="ignore"), Image.open(io.BytesIO(content), formats=["PNG"]) as image:
                if image.width * image.height > MOST_PIXELS:
                    raise ValueError(f"has {image.width} x {image.height} pixels, more than {MOST_PIXELS:,}")
                image.load()  # a picture that was cut off fails here
                picture |= {"content": content, "width": image.width, "height": image.height}
                picture["wide"] = image.width > WIDE * image.height
        except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
            pixels = "pixels" in str(error)  # both this limit and pillow's own
            picture["why"] = "has too many pixels for the report" if pixels else "cannot be read as a PNG"
        pictures.append(picture)
    return pictures


def fit(pictures, most=MOST_BYTES):
    """Add `uri` to each picture (a dict of `read_pictures`), and keep all together under `most` bytes.

    The largest pictures get fewer colours first. If that is not enough, the largest ones are left out: then `content`
    is None, and `why` says so.
    """
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
    """Return `content` as a PNG of 128 colours and at most 1200 pixels a side, if that is smaller."""
    with Image.open(io.BytesIO(content)) as image:
        image = image.convert("RGB")
        image.thumbnail((1200, 1200))
        smaller = io.BytesIO()
        image.quantize(128).save(smaller, "PNG", optimize=True)
    return min(content, smaller.getvalue(), key=len)
