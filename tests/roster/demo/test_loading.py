"""Which day a demo takes for today."""

from datetime import date

import pytest

from roster.demo.loading import day_to_show


@pytest.mark.parametrize(
    ("today", "shown"),
    [
        (date(2026, 11, 21), date(2026, 11, 21)),
        (date(2026, 11, 22), date(2026, 11, 23)),
        (date(2026, 11, 23), date(2026, 11, 23)),
    ],
    ids=["saturday", "sunday", "monday"],
)
def test_a_demo_begun_on_a_sunday_shows_the_coming_week_not_the_one_that_ends(today: date, shown: date):
    assert day_to_show(today) == shown
