"""Dated shifts change, are called off and come back, and each change is told to calendars."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select

from roster.errors import AlreadyPublished, EndsBeforeStart, FieldError, NotAllowed
from roster.models import (
    Assignment,
    AssignmentState,
    AuditEntry,
    DraftAssignment,
    MessageKind,
    Pin,
    PinState,
    ShiftState,
)
from roster.services import claims, places, rosters, shifts, turns
from roster.services.demand import Demand
from roster.services.shifts import ShiftDetails
from tests.builders import a_coordinator, a_person, a_programme, a_roster, a_shift, a_site, a_unit, local
from tests.published import PublishedWeek

NOW = datetime(2026, 11, 21, 3, tzinfo=UTC)
LATER = datetime(2026, 11, 22, 3, tzinfo=UTC)
MONDAY = date(2026, 11, 23)
NEXT_MONDAY = date(2026, 11, 30)


@pytest.fixture
def site(session):
    return a_site(session, a_unit(session))


@pytest.fixture
def coordinator(session, site):
    return a_coordinator(session, site.unit)


@pytest.fixture
def details(session, site):
    def some(**changes):
        given = {"day": MONDAY, "starts": "07:30", "ends": "11:30", "note": "", "demand": Demand(minimum=1)}
        return ShiftDetails(programme_id=programme.id, **(given | changes))

    programme = a_programme(session, site.unit)
    return some


@pytest.fixture
def shift(session, site, coordinator, details):
    return shifts.create(session, site, details(), by=coordinator, now=NOW)


def test_a_shift_cannot_name_a_programme_of_another_unit(session, site, shift, coordinator, details):
    strange = a_programme(session, a_unit(session, "Đơn vị khác"))

    with pytest.raises(FieldError) as refusal:
        shifts.change(session, shift.id, replace(details(), programme_id=strange.id), by=coordinator, now=LATER)

    assert refusal.value.facts["field"] == "programme_id"


def test_a_moved_shift_raises_sequence_and_stamp(session, shift, coordinator, details):
    shifts.change(session, shift.id, details(starts="08:00"), by=coordinator, now=LATER)

    assert (shift.sequence, shift.changed_at) == (1, LATER)


def test_a_new_note_is_a_change_but_not_a_new_sequence(session, shift, coordinator, details):
    shifts.change(session, shift.id, details(note="Mang theo máy tính"), by=coordinator, now=LATER)

    assert (shift.sequence, shift.changed_at) == (0, LATER)


def test_cancelling_and_restoring_each_raise_the_sequence_once(session, shift, coordinator):
    shifts.cancel(session, shift.id, reason="Bão số 9", by=coordinator, now=LATER)
    shifts.cancel(session, shift.id, reason="Bão số 9", by=coordinator, now=LATER)
    assert (shift.state, shift.cancel_reason, shift.sequence) == (ShiftState.CANCELLED, "Bão số 9", 1)

    shifts.restore(session, shift.id, by=coordinator, now=LATER)
    assert (shift.state, shift.cancel_reason, shift.sequence) == (ShiftState.OPEN, "", 2)


def test_a_whole_day_is_closed_in_one_step_and_no_other_day(session, site, shift, coordinator, details):
    evening = shifts.create(session, site, details(starts="18:00", ends="20:00"), by=coordinator, now=NOW)
    next_day = shifts.create(session, site, details(day=date(2026, 11, 24)), by=coordinator, now=NOW)

    closed = shifts.close_day(session, site.unit, MONDAY, reason="Mất điện", by=coordinator, now=LATER)

    assert closed == 2
    assert [entry.state for entry in (shift, evening, next_day)] == [
        ShiftState.CANCELLED,
        ShiftState.CANCELLED,
        ShiftState.OPEN,
    ]


def test_closing_a_day_of_one_site_leaves_the_others_open(session, site, shift, coordinator, details):
    other = shifts.create(session, a_site(session, site.unit), details(), by=coordinator, now=NOW)

    shifts.close_day(session, site.unit, MONDAY, site=site, reason="", by=coordinator, now=LATER)

    assert (shift.state, other.state) == (ShiftState.CANCELLED, ShiftState.OPEN)


def test_a_shift_that_ends_before_it_starts_is_refused(session, site, coordinator, details):
    with pytest.raises(EndsBeforeStart):
        shifts.create(session, site, details(starts="11:30", ends="07:30"), by=coordinator, now=NOW)


def test_a_shift_past_midnight_ends_on_the_next_day(session, site, coordinator, details):
    night = shifts.create(session, site, details(starts="22:00", ends="06:00"), by=coordinator, now=NOW)

    assert (night.starts_at, night.ends_at) == (local(MONDAY, "22:00"), local(MONDAY + timedelta(days=1), "06:00"))


@pytest.mark.parametrize(("starts", "ends"), [("18:00", "05:59"), ("08:00", "08:00"), ("18:00", "06:01")])
def test_only_a_night_runs_into_the_next_day_and_a_slip_of_the_finger_is_refused(
    session, site, coordinator, details, starts, ends
):
    def create():
        return shifts.create(session, site, details(starts=starts, ends=ends), by=coordinator, now=NOW)

    if ends == "05:59":
        assert create().ends_at - local(MONDAY, starts) == timedelta(hours=11, minutes=59)
    else:
        with pytest.raises(EndsBeforeStart):
            create()


def test_another_units_coordinator_may_not_cancel(session, shift):
    stranger = a_coordinator(session, a_unit(session, name="Đơn vị khác"))

    with pytest.raises(NotAllowed):
        shifts.cancel(session, shift.id, reason="", by=stranger, now=LATER)


def test_the_audit_trail_tells_who_called_a_shift_off_and_why(session, shift, coordinator):
    shifts.cancel(session, shift.id, reason="Bão số 9", by=coordinator, now=LATER)

    entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "shift.cancel")).one()
    assert (entry.account_id, entry.subject, entry.facts) == (
        coordinator.id,
        f"shift:{shift.id}",
        {"reason": "Bão số 9"},
    )


def test_a_shift_moved_into_another_week_takes_its_draft_and_pins_along(session, site, shift, coordinator, details):
    this_week, next_week = (a_roster(session, site.unit, first_day=day) for day in (MONDAY, NEXT_MONDAY))
    lan = a_person(session, site.unit)
    drafted = DraftAssignment(roster_id=this_week.id, shift=shift, person=lan)
    pin = Pin(roster_id=this_week.id, shift_id=shift.id, person_id=lan.id, state=PinState.ASSIGNED)
    session.add_all([drafted, pin])
    session.flush()

    shifts.change(session, shift.id, details(day=NEXT_MONDAY), by=coordinator, now=LATER)

    session.flush()
    session.expire_all()
    assert (drafted.roster_id, pin.roster_id) == (next_week.id, next_week.id)
    assert (this_week.revision, next_week.revision) == (1, 1)


def test_a_shift_moved_within_its_week_leaves_the_roster_alone(session, site, shift, coordinator, details):
    roster = a_roster(session, site.unit)
    session.add(DraftAssignment(roster_id=roster.id, shift=shift, person=a_person(session, site.unit)))

    shifts.change(session, shift.id, details(day=date(2026, 11, 25)), by=coordinator, now=LATER)

    assert roster.revision == 0


def test_a_closed_day_is_restored_in_one_step(session, site, coordinator, details):
    made = [
        shifts.create(session, site, details(day=day), by=coordinator, now=NOW) for day in (MONDAY, MONDAY, NEXT_MONDAY)
    ]
    shifts.close_day(session, site.unit, MONDAY, reason="Bão", by=coordinator, now=NOW)
    shifts.close_day(session, site.unit, NEXT_MONDAY, reason="Bão", by=coordinator, now=NOW)

    restored = shifts.restore_day(session, site.unit, MONDAY, by=coordinator, now=LATER)

    assert (len(restored.shifts), restored.away) == (2, [])
    assert [shift.state for shift in made] == [ShiftState.OPEN, ShiftState.OPEN, ShiftState.CANCELLED]
    assert [shift.cancel_reason for shift in made] == ["", "", "Bão"]
    assert made[0].sequence == 2


def test_only_who_plans_the_unit_restores_a_day(session, site):
    stranger = a_coordinator(session, a_unit(session, "Xã đoàn Hoài Tân"))

    with pytest.raises(NotAllowed):
        shifts.restore_day(session, site.unit, MONDAY, by=stranger, now=NOW)


def test_who_confirmed_is_asked_anew_once_the_shift_has_moved(session, site, shift, coordinator, details):
    facts = {"state": AssignmentState.ACTIVE, "uid": "1", "sequence": 0, "changed_at": NOW, "confirmed_at": NOW}
    turn = Assignment(shift=shift, person=a_person(session, site.unit), **facts)
    session.add(turn)

    shifts.change(session, shift.id, details(note="Mang theo máy tính"), by=coordinator, now=LATER)
    assert turn.confirmed_at == NOW
    shifts.change(session, shift.id, details(starts="08:00"), by=coordinator, now=LATER)

    session.refresh(turn)
    assert (turn.confirmed_at, turn.changed_at) == (None, LATER)


def test_whoever_serves_elsewhere_by_now_does_not_come_back_with_a_shift_that_was_called_off(session):
    week = PublishedWeek(session)
    other = a_shift(session, week.site, week.monday.programme)  # at the same hours
    week.publish((week.monday, week.minh))
    shifts.cancel(session, week.monday.id, reason="Mưa lớn", by=week.by, now=LATER)
    claims.claim(session, other.id, week.lan, by=week.account(week.lan), now=LATER)

    shifts.restore(session, week.monday.id, by=week.by, now=LATER)

    assert not turns.is_serving(session, week.monday.id, week.lan.id)
    assert turns.is_serving(session, week.monday.id, week.minh.id)
    assert turns.is_serving(session, other.id, week.lan.id)
    assert week.told(week.lan) == [MessageKind.SHIFT_CANCELLED]
    assert week.told(week.minh) == [MessageKind.SHIFT_CANCELLED, MessageKind.TURN_ADDED]
    with pytest.raises(AlreadyPublished):  # the draft follows
        rosters.publish(session, week.roster.id, revision_seen=week.roster.revision, by=week.by, now=LATER)


def test_whoever_would_be_alone_by_then_does_not_come_back_while_the_rest_of_the_day_does(session):
    week = PublishedWeek(session)
    other = a_shift(session, week.site, week.monday.programme)  # at the same hours
    week.minh.newcomer = True
    week.publish((week.monday, week.minh))
    shifts.close_day(session, week.unit, MONDAY, site=week.site, reason="Bão", by=week.by, now=LATER)
    shifts.restore(session, other.id, by=week.by, now=LATER)
    claims.claim(session, other.id, week.lan, by=week.account(week.lan), now=LATER)

    restored = shifts.restore_day(session, week.unit, MONDAY, by=week.by, now=LATER)

    assert [shift.id for shift in restored.shifts] == [week.monday.id]
    told = [(one["person_id"], one["rule"]) for one in restored.away]
    assert told == [(week.lan.id, "overlap"), (week.minh.id, "newcomers")]
    assert places.serving(session, week.monday.id) == set()
    assert week.told(week.minh) == [MessageKind.SHIFT_CANCELLED]
