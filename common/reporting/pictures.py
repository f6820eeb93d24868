"""Read the figures of a result for the report, and make them small enough for it."""

import base64
import io
import warnings

from PIL import Image

from common.files import read_regular
from common.language import N_
from common.reporting.bilingual import spoken
from common.reporting.captions import captions
from common.reporting.words import readable

MOST_BYTES = 1_700_000  # of all pictures; in base64 and with the rest, the report stays under 3 MB
MOST_PIXELS = 25_000_000  # of one picture, 100 MB unpacked; the largest figure of a chapter has 3 million
WIDE = 1.6  # above this ratio of width to height, a picture gets a row of its own
LEAST_PICTURE = 60_000  # bytes; making a smaller one still smaller gains too little
QUALITY = 85  # of a WebP, up to 100; thin letters stay sharp
NO_PNG, TOO_MANY_PIXELS = N_("cannot be read as a PNG"), N_("has too many pixels for the report")
TOO_LARGE = N_("is too large for the report")


def read_pictures(chapter, folder):
    """Return a list of dicts, one for each PNG file of `folder` (a Path), in the book's order.

    The keys are `id`, `file`, `pages`, `title` and `shows` (Texts), and `wide` (bool). `content` (bytes) is of the
    `kind` "png" or "webp". `width` and `height` are in pixels. For a file that cannot be read, `content` is None and
    `why` says so.
    """
    about = {claim["picture"]: claim["about"] for claim in chapter.claims if "picture" in claim}
    known = {caption.file: caption for caption in captions(chapter.name)}
    order = list(known)
    pictures = []
    for path in sorted(folder.glob("*.png"), key=lambda path: order.index(path.name) if path.name in known else 99):
        title = about.get(path.name)
        caption = known.get(path.name)
        picture = {
            "id": f"{chapter.name}-{path.stem}",
            "file": path.name,
            "pages": caption.pages if caption else "",
            "title": spoken(caption.title) if caption else spoken(title) if title else readable(path.stem),
            "content": None,
            "kind": "png",
            "wide": False,
        }
        picture["shows"] = spoken(caption.shows) if caption else picture["title"]
        try:
            content = read_regular(path)
            with warnings.catch_warnings(action="ignore"), Image.open(io.BytesIO(content), formats=["PNG"]) as image:
                if image.width * image.height > MOST_PIXELS:
                    raise ValueError("pixels")
                image.load()  # a picture that was cut off fails here
                picture |= {"content": content, "width": image.width, "height": image.height}
                picture["wide"] = image.width > WIDE * image.height
        except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
            pixels = "pixels" in str(error)  # both this limit and pillow's own
            why = TOO_MANY_PIXELS if pixels else NO_PNG
            picture["why"] = spoken(why)
        pictures.append(picture)
    return pictures


def made_here(file, title, content):
    """Return a PNG (bytes) that the report itself draws, as a dict of `read_pictures`. `title` is a Text."""
    with Image.open(io.BytesIO(content)) as image:
        width, height = image.size
    picture = {"id": f"made-{file}", "file": file, "pages": "", "title": title, "shows": title}
    return picture | {"content": content, "kind": "png", "width": width, "height": height, "wide": True}


def fit(pictures, most=MOST_BYTES):
    """Add `uri` to each picture (a dict of `read_pictures`), and keep all together under `most` bytes.

    The largest pictures are packed tighter first. If that is not enough, the largest ones are left out: then `content`
    is None, and `why` says so.
    """
    whole = [picture for picture in pictures if picture["content"]]
    total = sum(len(picture["content"]) for picture in whole)
    for picture in sorted(whole, key=lambda picture: -len(picture["content"])):
        if total <= most or len(picture["content"]) < LEAST_PICTURE:
            break
        total -= len(picture["content"])
        _pack(picture)
        total += len(picture["content"])
    for picture in sorted(whole, key=lambda picture: -len(picture["content"])):
        if total <= most:
            break
        total -= len(picture["content"])
        picture |= {"content": None, "why": spoken(TOO_LARGE)}
    for picture in pictures:
        if picture["content"]:
            content = base64.b64encode(picture["content"]).decode()
            picture["uri"] = f"data:image/{picture['kind']};base64,{content}"


def _pack(picture):
    """Make a picture a WebP of at most 1200 pixels a side, if that is smaller."""
    with Image.open(io.BytesIO(picture["content"])) as image:
        image = image.convert("RGB")
    image.thumbnail((1200, 1200))
    packed = io.BytesIO()
    image.save(packed, "WEBP", quality=QUALITY, method=2)
    if len(packed.getvalue()) < len(picture["content"]):
        picture |= {"content": packed.getvalue(), "kind": "webp"}
