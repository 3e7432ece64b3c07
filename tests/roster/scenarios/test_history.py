"""Past weeks go in turn and obey the rules, shown on a handful of people."""

from datetime import date, datetime, time, timedelta
from random import Random

import pytest

from roster.models import BY_DAY, Half, Level, Person, Shift, Site, SiteKind, Weekday
from roster.scenarios.history import Past, Volunteer, slot_of
from roster.vietnam import office_hours

MONDAY = date(2026, 11, 16)
ALWAYS = {(day, half): Level.AVAILABLE for day in Weekday for half in BY_DAY}


def a_volunteer(*skills, week=ALWAYS, away=(), **columns):
    columns = {"birth_date": date(2000, 1, 1), "newcomer": False, "max_turns": None} | columns
    granted = dict.fromkeys(skills, date(2026, 1, 1))
    return Volunteer(Person(**columns), week, skills=granted, away=list(away), groups={"unit:1"})


def a_minor(**columns):
    return a_volunteer(birth_date=date(2010, 1, 1), **columns)


def a_shift(day=0, starts=time(7, 30), ends=time(11, 30), *, kind=SiteKind.DESK, **demand):
    local = MONDAY + timedelta(days=day)
    columns = {
        "minimum": 1, "target": 1, "requires": [], "needs": {}, "pool": None,
        "adults_only": False, "all_or_nothing": False,
    }  # fmt: skip
    moments = {"starts_at": office_hours.at(local, starts), "ends_at": office_hours.at(local, ends)}
    return Shift(id=day, site=Site(unit_id=1, kind=kind), **moments, **(columns | demand))


def served(volunteers, *shifts):
    """The people of each shift, as positions among the volunteers."""
    week = Past(volunteers, Random(1)).week(MONDAY, shifts)
    return [sorted(volunteers.index(one) for one in chosen) for _, chosen in week]


def test_whoever_served_least_goes_next():
    assert sorted(served([a_volunteer(), a_volunteer(), a_volunteer()], *map(a_shift, range(3)))) == [[0], [1], [2]]


def test_of_two_who_served_alike_the_gladder_goes():
    reluctant = a_volunteer(week=dict.fromkeys(ALWAYS, Level.IF_NEEDED))

    assert served([reluctant, a_volunteer()], a_shift()) == [[1]]


def test_nobody_serves_twice_a_day_or_beyond_their_limit():
    twice_a_day = [a_shift(), a_shift(starts=time(13, 30), ends=time(17))]

    assert served([a_volunteer()], *twice_a_day) == [[0], []]
    assert served([a_volunteer(max_turns=1)], a_shift(0), a_shift(1)) == [[0], []]


def test_nobody_serves_when_they_are_not_free():
    monday_only = a_volunteer(week={(Weekday.MONDAY, Half.MORNING): Level.PREFERRED})
    exam = (datetime(2026, 11, 16, tzinfo=office_hours.ZONE), datetime(2026, 11, 17, tzinfo=office_hours.ZONE), "Thi")

    assert served([monday_only], a_shift(0), a_shift(1)) == [[0], []]
    assert served([a_volunteer(away=[exam])], a_shift(0), a_shift(1)) == [[], [0]]


def test_only_the_pool_and_only_the_qualified_serve():
    assert served([a_volunteer()], a_shift(pool=["team:9"])) == [[]]
    assert served([a_volunteer(), a_volunteer("trained")], a_shift(requires=["trained"])) == [[1]]


def test_a_need_is_met_before_the_rest_is_filled():
    people = [a_volunteer(), a_volunteer(), a_volunteer("police", week=dict.fromkeys(ALWAYS, Level.IF_NEEDED))]

    (chosen,) = served(people, a_shift(minimum=2, target=2, needs={"police": 1}))

    assert 2 in chosen
    assert len(chosen) == 2


@pytest.mark.parametrize("alone", [a_minor, lambda: a_volunteer(newcomer=True)])
def test_minors_and_newcomers_serve_in_company_only(alone):
    assert served([alone(), alone()], a_shift(target=2)) == [[]]
    assert served([alone(), a_volunteer()], a_shift(target=2)) == [[0, 1]]


@pytest.mark.parametrize(
    "shift",
    [a_shift(starts=time(18, 30), ends=time(20, 30)), a_shift(kind=SiteKind.HOME_VISITS), a_shift(adults_only=True)],
)
def test_minors_serve_by_day_in_public_places_only(shift):
    shift.target = 2

    assert served([a_minor(), a_volunteer()], shift) == [[1]]


def test_a_round_of_homes_has_all_it_needs_or_nobody():
    round_of_homes = {"minimum": 2, "target": 3, "needs": {"police": 1}, "all_or_nothing": True}

    assert served([a_volunteer(), a_volunteer()], a_shift(**round_of_homes)) == [[]]
    assert served([a_volunteer("police")], a_shift(**round_of_homes)) == [[]]
    assert served([a_volunteer("police"), a_volunteer()], a_shift(**round_of_homes)) == [[0, 1]]


def test_a_shift_across_half_days_is_a_mistake_of_the_scenario():
    across = a_shift(starts=time(10), ends=time(14))

    with pytest.raises(ValueError, match="10:00-14:00"):
        slot_of(across.starts_at, across.ends_at)
