"""Which values count as numbers, and how people read them."""

import math

import pytest

from common.judging.numbers import is_number, is_numeric, written


@pytest.mark.parametrize("value", [0, -3, 0.5, 10**299, math.nan, math.inf])
def test_a_number_fits_into_a_float(value):
    assert is_number(value) and is_numeric(value) and is_numeric([value, 1])


@pytest.mark.parametrize("value", [True, False, None, "1", 10**400, -(10**400), {}, [1, "x"], [[1]]])
def test_other_values_are_no_numbers(value):
    assert not is_number(value) and not is_numeric(value)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.91540001, "0.9154"),
        (1.0, "1"),
        (2 / 3, "0.666667"),
        (887521, "887,521"),
        (12345.678, "12,345.7"),
        (1e-7, "1e-07"),
        (-1234, "-1,234"),
        ([100000, 24, 24, 3], "100,000 24 24 3"),
        ([0.5, None], "0.5 -"),
        ([], ""),
        (None, "-"),
        (math.nan, "nan"),
        (True, "True"),
        ("adam", "adam"),
    ],
)
def test_six_digits_and_commas_in_thousands(value, text):
    assert written(value) == text
