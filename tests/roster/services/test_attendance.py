"""Who came: a site counts heads, a coordinator finds out who was missing, and promises and later plans follow."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from roster.errors import Conflict, FieldError, NotAllowed, NotFound
from roster.models import AssignmentState, AuditEntry, Objection, Role, RoleKind, ShiftState
from roster.models.shifts import COUNTED_WITHIN
from roster.planning import reliability
from roster.queries.attendance import unexplained
from roster.queries.center import Promise, center_page
from roster.queries.me import my_shifts
from roster.queries.places import attention
from roster.services import attendance, shifts
from roster.services.demand import Demand
from roster.services.shifts import ShiftDetails
from tests.builders import MONDAY, a_coordinator, a_shift, a_site, a_unit, an_account
from tests.published import PublishedWeek


@pytest.fixture
def week(session):
    week = PublishedWeek(session)
    week.site.promised_min = 1
    week.desk = an_account(session, Role(kind=RoleKind.CENTER, site=week.site))
    week.over = week.tuesday.ends_at
    return week


def count(week, came, *, by=None, now=None):
    typed = {week.monday.id: came}
    return attendance.count(week.session, week.site, typed, by=by or week.desk, now=now or week.over)


def moved(shift, days):
    demand = Demand(minimum=shift.minimum, target=shift.target, maximum=shift.maximum)
    return ShiftDetails(shift.programme_id, MONDAY + timedelta(days=days), "07:00", "11:00", "", demand)


def promise_of_monday(week):
    page = center_page(week.session, week.site, now=week.over, week_of=MONDAY)
    return next(day.promise for day in page.days if day.day == MONDAY)


def test_a_promise_is_kept_by_who_came_once_the_site_has_counted(week):
    assert promise_of_monday(week) is Promise.KEPT

    count(week, "0")
    assert promise_of_monday(week) is Promise.BROKEN

    count(week, "")
    assert (week.monday.came, promise_of_monday(week)) == (None, Promise.KEPT)


def test_a_count_below_who_was_expected_waits_for_the_coordinator_to_say_who_was_missing(session, week):
    count(week, "0")
    [found] = unexplained(session, week.by, now=week.over)
    assert (found.place.shift_id, found.came, found.expected) == (week.monday.id, 0, 1)
    stranger = a_coordinator(session, a_unit(session, "Xã đoàn Hoài Tân"))
    assert unexplained(session, stranger, now=week.over) == []
    assert unexplained(session, week.by, now=week.monday.starts_at + COUNTED_WITHIN) == []

    attendance.note(session, week.monday.id, week.lan.id, absent=True, by=week.by, now=week.over)
    assert unexplained(session, week.by, now=week.over) == []


def test_whoever_did_not_come_is_less_sure_to_come_again_until_it_was_a_mistake(session, week):
    for absent, surely in ((True, 0.8), (False, reliability.SURE)):
        attendance.note(session, week.monday.id, week.lan.id, absent=absent, by=week.by, now=week.over)
        session.flush()
        found = reliability.show_ups(session, [week.lan.id, week.ha.id], before=week.over)
        assert found.get(week.lan.id, reliability.SURE) == surely
        assert week.ha.id not in found


def test_only_a_shift_that_has_begun_takes_place_and_is_not_long_ago_is_counted(week):
    begins = week.monday.starts_at
    for now in (begins - timedelta(minutes=1), begins + COUNTED_WITHIN):
        with pytest.raises(NotFound):
            count(week, "1", now=now)
        with pytest.raises(Conflict):
            attendance.note(week.session, week.monday.id, week.lan.id, absent=True, by=week.by, now=now)
    count(week, "1", now=begins)
    shifts.cancel(week.session, week.tuesday.id, reason="", by=week.by, now=begins)
    with pytest.raises(NotFound):
        attendance.count(week.session, week.site, {week.tuesday.id: "1"}, by=week.desk, now=week.over)


def test_a_shift_moved_to_a_time_to_come_is_counted_anew(session, week):
    count(week, "0")
    attendance.note(session, week.monday.id, week.lan.id, absent=True, by=week.by, now=week.over)

    for days, left in ((0, (0, True)), (7, (None, False))):
        shifts.change(session, week.monday.id, moved(week.monday, days), by=week.by, now=week.over)
        session.refresh(turn := week.turn(week.monday, week.lan))
        assert (week.monday.came, turn.absent) == left


def test_whoever_was_noted_as_missing_says_once_that_they_were_there_and_the_coordinator_looks_again(session, week):
    turn, lan = week.turn(week.monday, week.lan), week.account(week.lan)
    attendance.note(session, week.monday.id, week.lan.id, absent=True, by=week.by, now=week.over)
    [missed] = my_shifts(session, week.lan, now=week.over).missed
    assert (missed.assignment_id, missed.place.shift_id, missed.objection) == (turn.id, week.monday.id, None)

    for _again in range(2):
        attendance.object_to(session, turn.id, by=lan, now=week.over)
    session.flush()
    [matter] = attention(session, week.by, now=week.over).matters
    assert (matter.kind, matter.id, matter.person) == ("absence", turn.id, week.lan.full_name)

    attendance.answer(session, turn.id, came=False, by=week.by, now=week.over)
    assert (turn.absent, turn.objection) == (True, Objection.ANSWERED)
    assert not attention(session, week.by, now=week.over).matters
    with pytest.raises(Conflict):
        attendance.object_to(session, turn.id, by=lan, now=week.over)
    noted = select(AuditEntry.action).where(AuditEntry.action.startswith("attendance.")).order_by(AuditEntry.id)
    assert session.scalars(noted).all() == ["attendance.missed", "attendance.object", "attendance.answer"]


def test_an_objection_ends_when_it_is_granted_or_they_are_noted_as_there(session, week):
    turn, lan = week.turn(week.monday, week.lan), week.account(week.lan)

    def granted():
        attendance.answer(session, turn.id, came=True, by=week.by, now=week.over)

    def noted():
        attendance.note(session, week.monday.id, week.lan.id, absent=False, by=week.by, now=week.over)

    for put_right in (granted, noted):
        attendance.note(session, week.monday.id, week.lan.id, absent=True, by=week.by, now=week.over)
        attendance.object_to(session, turn.id, by=lan, now=week.over)
        put_right()
        session.flush()
        assert (turn.absent, turn.objection) == (False, None)
        assert not my_shifts(session, week.lan, now=week.over).missed
        with pytest.raises(Conflict):
            attendance.answer(session, turn.id, came=False, by=week.by, now=week.over)


def test_only_the_volunteer_objects_and_only_their_coordinator_answers(session, week):
    turn, lan = week.turn(week.monday, week.lan), week.account(week.lan)
    with pytest.raises(Conflict):
        attendance.object_to(session, turn.id, by=lan, now=week.over)
    attendance.note(session, week.monday.id, week.lan.id, absent=True, by=week.by, now=week.over)
    with pytest.raises(NotAllowed):
        attendance.object_to(session, turn.id, by=week.account(week.ha), now=week.over)
    attendance.object_to(session, turn.id, by=lan, now=week.over)
    for stranger in (lan, week.desk):
        with pytest.raises(NotAllowed):
            attendance.answer(session, turn.id, came=True, by=stranger, now=week.over)


def test_of_a_shift_called_off_afterwards_there_is_nothing_to_say(session, week):
    turn, lan = week.turn(week.monday, week.lan), week.account(week.lan)
    attendance.note(session, week.monday.id, week.lan.id, absent=True, by=week.by, now=week.over)
    attendance.object_to(session, turn.id, by=lan, now=week.over)
    week.monday.state = ShiftState.CANCELLED
    session.flush()

    assert not attention(session, week.by, now=week.over).matters
    turn.objection = None
    with pytest.raises(Conflict):
        attendance.object_to(session, turn.id, by=lan, now=week.over)


@pytest.mark.parametrize("typed", ["-1", "1000", "hai"])
def test_what_is_no_number_of_people_is_refused_at_its_field(week, typed):
    with pytest.raises(FieldError) as refusal:
        count(week, typed)

    assert refusal.value.facts["field"] == f"came-{week.monday.id}"


def test_a_site_counts_its_own_shifts_alone_and_names_nobody(session, week):
    elsewhere = a_shift(session, a_site(session, week.unit, "Chợ Đầm"))
    with pytest.raises(NotFound):
        attendance.count(session, week.site, {elsewhere.id: "1"}, by=week.desk, now=week.over)
    with pytest.raises(NotAllowed):
        count(week, "1", by=a_coordinator(session, a_unit(session, "Xã đoàn Hoài Tân")))
    with pytest.raises(NotAllowed):
        attendance.note(session, week.monday.id, week.lan.id, absent=True, by=week.desk, now=week.over)
    with pytest.raises(NotFound):
        attendance.note(session, week.monday.id, week.minh.id, absent=True, by=week.by, now=week.over)
    week.turn(week.tuesday, week.ha).state = AssignmentState.CANCELLED
    with pytest.raises(NotFound):
        attendance.note(session, week.tuesday.id, week.ha.id, absent=True, by=week.by, now=week.over)
