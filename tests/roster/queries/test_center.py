"""A center sees what is published for its own site: how many, how surely, and whether the promise is kept."""

from datetime import UTC, date, datetime
from uuid import uuid4

import pytest

from roster.models import Assignment, AssignmentState, DayKind, Holiday, Role, RoleKind, ShiftState
from roster.queries import center
from roster.queries.center import Promise
from tests.builders import LONG_AGO, MONDAY, a_person, a_roster, a_shift, a_site, a_unit, an_account, local

NOW = local(MONDAY, "08:00")


@pytest.fixture
def unit(session):
    return a_unit(session)


@pytest.fixture
def site(session, unit):
    return a_site(session, unit, promised_min=2)


@pytest.fixture
def roster(session, unit):
    roster = a_roster(session, unit)
    roster.published_number = 1
    session.flush()
    return roster


def a_turn(session, shift, person, *, state=AssignmentState.ACTIVE, confirmed=False):
    turn = Assignment(shift=shift, person=person, state=state, uid=uuid4().hex, sequence=0, changed_at=LONG_AGO)
    turn.confirmed_at = LONG_AGO if confirmed else None
    session.add(turn)
    session.flush()
    return turn


def day_of(session, site, day=MONDAY, *, now=NOW):
    page = center.center_page(session, site, now=now)
    return next(found for found in page.days if found.day == day)


def test_a_promise_stands_while_enough_are_expected_and_is_kept_only_once_the_day_is_over(session, unit, site, roster):
    shift = a_shift(session, site, minimum=2)
    a_turn(session, shift, a_person(session, unit), confirmed=True)
    afterwards = shift.ends_at
    assert [day_of(session, site, now=now).promise for now in (NOW, afterwards)] == [Promise.AT_RISK, Promise.BROKEN]

    a_turn(session, shift, a_person(session, unit, "Trần Văn Đức"))
    assert [day_of(session, site, now=now).promise for now in (NOW, afterwards)] == [Promise.STANDS, Promise.KEPT]
    expected = day_of(session, site).shifts[0]
    assert (expected.expected, expected.confirmed, expected.enough) == (2, 1, True)


def test_a_day_half_over_has_not_kept_its_promise_yet(session, unit, site, roster):
    site.promised_min = 1
    lan = a_person(session, unit)
    morning, afternoon = a_shift(session, site), a_shift(session, site, starts="13:30", ends="17:00")
    for shift in (morning, afternoon):
        a_turn(session, shift, lan)

    assert day_of(session, site, now=morning.ends_at).promise is Promise.STANDS
    page = center.center_page(session, site, now=afternoon.ends_at)
    assert dict(page.promises) == {Promise.KEPT: 1}


def test_a_promise_that_nobody_counted_is_told_from_one_that_somebody_did(session, unit, site, roster):
    shift = a_shift(session, site, minimum=2)
    pages = []
    for counted in (None, 2):
        shift.came = counted
        session.flush()
        pages.append(center.center_page(session, site, now=shift.ends_at))

    assert [page.all_counted for page in pages] == [False, True]


def test_before_publication_nothing_is_said_of_a_promise_and_nobody_counts(session, site, roster):
    roster.published_number = 0
    shift = a_shift(session, site, minimum=2)

    day = day_of(session, site)
    assert (day.promise, day.shifts[0].published) == (None, False)
    assert not day_of(session, site, now=shift.starts_at).countable
    roster.published_number = 1
    assert day_of(session, site, now=shift.starts_at).countable


def test_a_cancelled_turn_or_shift_is_not_expected(session, unit, site, roster):
    shift = a_shift(session, site)
    a_turn(session, shift, a_person(session, unit), state=AssignmentState.CANCELLED)
    off = a_shift(session, site, starts="13:30", ends="17:00", state=ShiftState.CANCELLED)
    a_turn(session, off, a_person(session, unit, "Trần Văn Đức"))

    assert [shift.expected for shift in day_of(session, site).shifts] == [0, 0]


def test_only_todays_people_are_named_and_only_those_who_agreed_and_are_of_age(session, unit, site, roster):
    today, tomorrow = a_shift(session, site), a_shift(session, site, day=date(2026, 11, 24))
    people = [
        a_person(session, unit, "Nguyễn Thị Lan", shares_name=True),
        a_person(session, unit, "Trần Văn Đức", shares_name=False),
        a_person(session, unit, "Lê Minh", shares_name=True, birth_date=date(2010, 5, 1)),
    ]
    for person in people:
        a_turn(session, today, person)
        a_turn(session, tomorrow, person)

    here = day_of(session, site).shifts[0]
    assert (here.names, here.unnamed) == (["Lan"], 2)
    there = day_of(session, site, date(2026, 11, 24)).shifts[0]
    assert (there.names, there.unnamed, there.expected) == ([], 0, 3)


def test_another_sites_shifts_are_not_shown(session, unit, site, roster):
    a_shift(session, a_site(session, unit, "Chợ Đầm"))

    assert day_of(session, site).shifts == []


def test_a_holiday_is_named_and_a_swapped_saturday_is_no_rest_day(session, site):
    saturday = date(2026, 11, 28)
    session.add(Holiday(day=MONDAY, kind=DayKind.HOLIDAY, name_vi="Ngày lễ", name_en="Holiday"))
    session.add(Holiday(day=saturday, kind=DayKind.WORKING_DAY, name_vi="Làm bù", name_en="Swapped"))
    session.flush()

    assert (day_of(session, site).holiday, day_of(session, site).rest) == (("Ngày lễ", "Holiday"), True)
    assert day_of(session, site, saturday).rest is False


def test_two_weeks_start_on_the_monday_of_the_week_asked_for(session, site):
    page = center.center_page(session, site, now=datetime(2026, 11, 22, 18, tzinfo=UTC))
    assert (page.first_day, len(page.days)) == (MONDAY, 14)  # 18:00 UTC on Sunday is Monday in Vietnam

    asked = center.center_page(session, site, now=NOW, week_of=date(2026, 12, 2))
    assert asked.first_day == date(2026, 11, 30)


def test_an_account_sees_its_own_sites_and_those_of_units_it_plans(session, unit, site):
    other = a_site(session, a_unit(session, "Đơn vị khác"), "Nơi khác")
    staff = an_account(session, Role(kind=RoleKind.CENTER, site=other))
    planner = an_account(session, Role(kind=RoleKind.COORDINATOR, unit=unit))

    assert [seen.id for seen in center.sites_seen_by(session, staff)] == [other.id]
    assert [seen.id for seen in center.sites_seen_by(session, planner)] == [site.id]
