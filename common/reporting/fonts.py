"""The font with the Korean letters, for machines that have none."""

import functools
import importlib.util
import io
from pathlib import Path

# The package itself is not imported, since that needs distutils.
NANUM_GOTHIC = Path(importlib.util.find_spec("koreanize_matplotlib").origin).parent / "fonts" / "NanumGothic.ttf"


def hangul(text):
    """NanumGothic as WOFF (bytes) with those Korean letters only that stand in `text`; b'' when none does."""
    letters = frozenset(letter for letter in text if "\u1100" <= letter <= "\u11ff" or "\u3130" <= letter <= "\ud7a3")
    return _subset(letters) if letters else b""


@functools.cache
def _subset(letters):
    from fontTools import subset  # half a second, which the chapters need not wait

    options = subset.Options(flavor="woff", layout_features=[], hinting=False)
    options.drop_tables += ["TSI0", "TSI1", "TSI2", "TSI3", "TSI5"]  # sources of hinting, which the subset warns about
    font = subset.load_font(NANUM_GOTHIC, options)
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=map(ord, letters))
    subsetter.subset(font)
    content = io.BytesIO()
    subset.save_font(font, content, options)
    return content.getvalue()
