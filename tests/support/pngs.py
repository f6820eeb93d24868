"""Small PNG files for tests."""

import io

from PIL import Image


def png(width=60, height=40, colour="teal"):
    """Return a PNG (bytes) of one colour."""
    content = io.BytesIO()
    Image.new("RGB", (width, height), colour).save(content, "PNG")
    return content.getvalue()
