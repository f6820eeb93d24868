"""Provide the font with the Korean letters, for machines that have none."""

import functools
import importlib.util
import io
from pathlib import Path

# Importing the package itself needs distutils, which Python 3.12 does not have.
NANUM_GOTHIC = Path(importlib.util.find_spec("koreanize_matplotlib").origin).parent / "fonts" / "NanumGothic.ttf"


def hangul(text):
    """Return NanumGothic as WOFF (bytes), with only the Korean letters of `text`. Return b'' when it has none."""
    letters = frozenset(
        letter for letter in set(text) if "\u1100" <= letter <= "\u11ff" or "\u3130" <= letter <= "\ud7a3"
    )
    return _subset(letters) if letters else b""


@functools.cache
def _subset(letters):
    from fontTools import subset  # it takes half a second, and the chapters do not need it

    options = subset.Options(flavor="woff", layout_features=[], hinting=False)
    options.drop_tables += ["TSI0", "TSI1", "TSI2", "TSI3", "TSI5"]  # the subset would warn about these
    font = subset.load_font(NANUM_GOTHIC, options)
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=map(ord, letters))
    subsetter.subset(font)
    content = io.BytesIO()
    subset.save_font(font, content, options)
    return content.getvalue()
