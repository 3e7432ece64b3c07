"""The proposed holiday table holds what the lunar calendar and the known decrees say."""

from datetime import date

import pytest

from roster.vietnam import holidays


def kinds(year):
    return {day.day: day.kind for day in holidays.calendar_days(year)}


@pytest.mark.parametrize(
    ("day", "english"),
    [
        (date(2026, 2, 17), "Lunar New Year"),
        (date(2026, 4, 26), "Hung Kings' Commemoration Day"),
        (date(2027, 2, 6), "Lunar New Year"),
        (date(2027, 4, 16), "Hung Kings' Commemoration Day"),
    ],
)
def test_lunar_holidays_fall_on_their_solar_days(day, english):
    found = {special.day: special for special in holidays.calendar_days(day.year)}

    assert found[day].kind == "holiday"
    assert found[day].name_en == english


def test_a_holiday_on_a_sunday_gives_the_monday_off_in_compensation():
    assert kinds(2026)[date(2026, 4, 26)] == "holiday"
    assert kinds(2026)[date(2026, 4, 27)] == "day_off"


def test_a_swapped_saturday_takes_over_the_weekday_that_is_off():
    worked = next(day for day in holidays.calendar_days(2026) if day.kind == "working_day")

    assert (worked.day, worked.instead_of) == (date(2026, 8, 22), date(2026, 8, 31))
    assert kinds(2026)[date(2026, 8, 31)] == "day_off"


def test_a_swap_across_the_new_year_puts_each_half_in_its_own_year():
    assert kinds(2018)[date(2018, 12, 31)] == "day_off"
    assert kinds(2019)[date(2019, 1, 5)] == "working_day"
    assert date(2019, 1, 5) not in kinds(2018)


@pytest.mark.parametrize("year", range(2018, 2035))
def test_a_year_has_its_days_once_in_order_and_named_in_both_languages(year):
    days = holidays.calendar_days(year)

    assert [day.day for day in days] == sorted({day.day for day in days})
    assert all(day.day.year == year and day.name_vi and day.name_en for day in days)
    assert len([day for day in days if day.kind == "holiday"]) >= 10
