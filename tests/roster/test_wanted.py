"""How many are wanted: the same figures and words wherever somebody reads them."""

import pytest

from roster.feeds.wording import texts
from roster.wanted import Wanted, in_words, still_wanted


@pytest.mark.parametrize(
    ("people", "wanted"),
    [(0, Wanted(2, 1)), (1, Wanted(1, 1)), (2, Wanted(0, 1)), (3, Wanted(0, 0)), (4, Wanted(0, 0))],
)
def test_who_is_needed_comes_first_and_who_would_be_welcome_after(people: int, wanted: Wanted):
    assert still_wanted(people, 2, 3) == wanted


@pytest.mark.parametrize(
    ("wanted", "vietnamese", "english"),
    [
        (Wanted(2, 1), "còn thiếu 2 người, thêm 1 người càng tốt", "2 more needed, one more welcome"),
        (Wanted(1, 0), "còn thiếu 1 người", "one more needed"),
        (Wanted(0, 2), "thêm 2 người càng tốt", "2 more welcome"),
        (Wanted(0, 0), "", ""),
    ],
)
def test_needed_and_welcome_are_told_apart_in_both_languages(wanted: Wanted, vietnamese: str, english: str):
    assert (in_words(wanted, texts("vi").ngettext), in_words(wanted, texts("en").ngettext)) == (vietnamese, english)
