"""Phone numbers survive spreadsheets, spelling and the renumbering of 2018."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roster.vietnam import phones


@pytest.mark.parametrize(
    "text",
    ["0912345678", "912345678", "84912345678", "+84 (0)912 345 678", "0084912345678", "0912.345.678", " 0912-345-678 "],
)
def test_every_way_to_write_a_number_is_stored_alike(text):
    assert phones.normalise(text) == "+84912345678"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("0165 123 4567", "+84351234567"),
        ("1651234567", "+84351234567"),
        ("01281234567", "+84781234567"),
        ("+84 1291234567", "+84821234567"),
        ("01881234567", "+84581234567"),
        ("01991234567", "+84591234567"),
    ],
)
def test_an_eleven_digit_mobile_number_gets_its_present_prefix(old, new):
    assert phones.normalise(old) == new


def test_a_landline_keeps_its_area_code():
    assert phones.normalise("0256 3822 555") == "+842563822555"


def test_a_foreign_number_stays_foreign():
    assert phones.normalise("+1 415 555 2671") == "+14155552671"


@pytest.mark.parametrize("text", ["", "abc", "113", "09123", "0912345678901234567890", "0912345678 / 0987654321"])
def test_what_is_no_number_is_refused(text):
    assert phones.normalise(text) is None


@given(st.text(max_size=30))
def test_any_text_is_a_valid_number_or_none(text):
    number = phones.normalise(text)

    assert number is None or phones.normalise(number) == number


@pytest.mark.parametrize(
    ("stored", "read"),
    [("+84912345678", "0912 345 678"), ("+842563822555", "0256 3822 555"), ("+14155552671", "+1 415-555-2671")],
)
def test_a_stored_number_is_read_the_local_way(stored, read):
    assert phones.written(stored) == read
