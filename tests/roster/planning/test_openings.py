"""A short shift may move to an hour at which no other shift is, if its site could be open then."""

from datetime import timedelta

import pytest

from roster.models import Half, Level, SiteKind
from roster.planning import openings, scope
from roster.queries.shortages import cause_of
from tests.builders import MONDAY, a_person, a_site
from tests.roster.shortages import NOW, Week

WEDNESDAY = MONDAY + timedelta(days=2)


@pytest.fixture
def week(session):
    return Week(session)


def moved_to(week, shift) -> list[str]:
    """The hours at which a remedy would have the shift begin."""
    found = cause_of(week.session, week.roster, shift.id, now=NOW)
    return [one.hours[0].strftime("%H:%M") for one in found.remedies if one.kind == "move"]


def free_on_wednesday(week, half: Half) -> None:
    a_person(week.session, week.unit, "Đỗ Chi", free={(2, half): Level.AVAILABLE})


def test_a_morning_moves_to_the_desks_afternoon_when_somebody_is_free_then_though_no_shift_is(week):
    week.site.kind = SiteKind.DESK
    free_on_wednesday(week, Half.AFTERNOON)

    assert moved_to(week, week.shift(WEDNESDAY)) == ["13:30"]


def test_a_desk_is_not_open_in_the_evening_unless_it_has_shifts_then(week):
    week.site.kind = SiteKind.DESK
    free_on_wednesday(week, Half.EVENING)
    noon = week.shift(WEDNESDAY, starts="13:30", ends="15:30")

    assert moved_to(week, noon) == []

    week.shift(MONDAY, starts="18:00", ends="20:00", minimum=0)
    assert moved_to(week, noon) == ["18:00"]


def test_a_market_has_the_whole_day(week):
    week.site.kind = SiteKind.MARKET
    free_on_wednesday(week, Half.EVENING)

    assert moved_to(week, week.shift(WEDNESDAY, starts="13:30", ends="15:30")) == ["18:00"]


def test_the_hours_of_another_site_do_not_open_this_one(week):
    week.site.kind = SiteKind.DESK
    other = a_site(week.session, week.unit, name="Nhà văn hóa thôn")
    other.kind = SiteKind.CULTURAL_HOUSE
    area = scope.of(week.roster.period)

    assert openings.hours_of(week.session, area, week.site) == ((450, 690), (450, 720), (810, 1050))
    assert openings.hours_of(week.session, area, other) == ((360, 1320),)
