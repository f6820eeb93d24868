"""The font of the report holds the Korean letters that it needs, and no others."""

import io

from fontTools.ttLib import TTFont

from common.reporting.fonts import hangul


def test_it_holds_the_letters_of_the_text_only():
    held = TTFont(io.BytesIO(hangul("반갑습니다, ch06 (ㄱ)"))).getBestCmap()
    assert set(map(chr, held)) == set("반갑습니다ㄱ")


def test_without_korean_letters_there_is_no_font():
    assert hangul("ch06, page 67: no letter of it") == b""
