"""A VTIMEZONE tells a subscriber the same offsets that zoneinfo knows."""

import zoneinfo
from datetime import UTC, datetime, timedelta
from io import StringIO

import pytest
from dateutil.tz import tzical

from roster.feeds.zones import vtimezone

REQUIRED = ["Asia/Ho_Chi_Minh", "Europe/Berlin", "America/New_York", "Asia/Kathmandu"]
FURTHER = ["Europe/Dublin", "Australia/Lord_Howe", "Australia/Sydney", "Pacific/Auckland", "America/Havana", "Etc/UTC"]


def read_by_another(name: str) -> object:
    component = vtimezone(name)
    assert component is not None
    return tzical(StringIO(f"BEGIN:VCALENDAR\r\n{component.decode()}END:VCALENDAR\r\n")).get(name)


@pytest.mark.parametrize("name", REQUIRED + FURTHER)
def test_another_reader_finds_the_same_offset_at_every_hour_of_a_leap_year_and_the_next(name):
    theirs, ours = read_by_another(name), zoneinfo.ZoneInfo(name)
    start = datetime(2028, 1, 1, tzinfo=UTC)

    for hour in range(2 * 366 * 24):
        wall = (start + timedelta(hours=hour)).astimezone(ours)
        if not _ambiguous_or_missing(wall, ours):
            assert wall.replace(tzinfo=theirs).utcoffset() == wall.utcoffset(), wall


def _ambiguous_or_missing(wall: datetime, zone: zoneinfo.ZoneInfo) -> bool:
    return wall.replace(fold=0).utcoffset() != wall.replace(fold=1).utcoffset()


def test_daylight_saving_is_a_rule_not_a_list_of_dates():
    berlin = vtimezone("Europe/Berlin")

    assert berlin is not None
    assert berlin.count(b"RRULE:FREQ=YEARLY") == 2
    assert b"RDATE" not in berlin


@pytest.mark.parametrize("name", ["Africa/Casablanca", "Asia/Jerusalem", "America/Nuuk"])
def test_a_zone_without_yearly_rules_has_no_component(name):
    assert vtimezone(name) is None


def test_every_zone_can_be_asked_for():
    described = {name for name in zoneinfo.available_timezones() if vtimezone(name)}

    assert len(described) > 0.9 * len(zoneinfo.available_timezones())
