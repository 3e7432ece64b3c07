"""Patterns become shifts, follow their pattern until somebody edits them, and never come back to life."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest
from sqlalchemy import select

from roster.errors import EndsBeforeStart, FieldError, LongerThanANight, NoOccurrence, NotAllowed
from roster.models import Assignment, DayKind, DemandPattern, Holiday, Message, MessageKind, Shift, ShiftState
from roster.services import claims, demand, shifts, turns
from roster.services.demand import Demand, PatternDetails
from tests.builders import a_coordinator, a_person, a_programme, a_qualification, a_shift, a_site, a_team, a_unit
from tests.published import LATER, PublishedWeek

NOW = datetime(2026, 11, 21, 3, tzinfo=UTC)  # a Saturday, 10:00 in Vietnam
MONDAY = date(2026, 11, 23)


@pytest.fixture
def site(session):
    return a_site(session, a_unit(session))


@pytest.fixture
def coordinator(session, site):
    return a_coordinator(session, site.unit)


@pytest.fixture
def details(session, site):
    programme = a_programme(session, site.unit)
    return PatternDetails(
        name="Trực sáng",
        programme_id=programme.id,
        rule="FREQ=WEEKLY;BYDAY=MO,FR",
        first_day=MONDAY,
        last_day=None,
        starts="07:30",
        ends="11:30",
        holiday_policy="skip",
        demand=Demand(minimum=2, target=3),
    )


def days_of(session, pattern, state=ShiftState.OPEN):
    shifts_made = session.scalars(
        select(Shift).where(Shift.pattern_id == pattern.id, Shift.state == state).order_by(Shift.starts_at)
    )
    return [shift.pattern_day for shift in shifts_made]


def a_holiday(session, day, kind=DayKind.HOLIDAY, instead_of=None):
    session.add(Holiday(day=day, kind=kind, name_vi="Nghỉ", name_en="Day off", instead_of=instead_of))
    session.flush()


def test_a_pattern_makes_its_shifts_at_once_eight_weeks_ahead(session, site, coordinator, details):
    pattern = demand.create(session, site, details, by=coordinator, now=NOW)

    made = days_of(session, pattern)
    assert made[:3] == [MONDAY, date(2026, 11, 27), date(2026, 11, 30)]
    assert made[-1] == date(2027, 1, 18)
    first = session.scalars(select(Shift).order_by(Shift.starts_at)).first()
    assert (first.starts_at, first.ends_at) == (
        datetime(2026, 11, 23, 0, 30, tzinfo=UTC),
        datetime(2026, 11, 23, 4, 30, tzinfo=UTC),
    )
    assert (first.shift_type, first.minimum, first.target) == ("morning", 2, 3)


def test_expanding_again_adds_only_what_is_missing(session, site, coordinator, details):
    pattern = demand.create(session, site, details, by=coordinator, now=NOW)
    before = days_of(session, pattern)

    again = demand.expand(session, [pattern], until=before[-1], now=NOW)
    further = demand.expand(session, [pattern], until=date(2027, 1, 25), now=NOW)

    assert (again, further) == (0, 2)


def test_a_shift_cancelled_by_hand_stays_cancelled_whatever_the_pattern_does(session, site, coordinator, details):
    pattern = demand.create(session, site, details, by=coordinator, now=NOW)
    first = session.scalars(select(Shift).order_by(Shift.starts_at)).first()
    shifts.cancel(session, first.id, reason="Bão", by=coordinator, now=NOW)

    demand.change(session, pattern.id, replace(details, starts="08:00"), by=coordinator, now=NOW)
    demand.expand(session, [pattern], until=date(2027, 3, 1), now=NOW)

    assert days_of(session, pattern, ShiftState.CANCELLED) == [MONDAY]
    assert MONDAY not in days_of(session, pattern)


def test_shifts_nobody_edited_follow_a_new_time_and_calendars_are_told(session, site, coordinator, details):
    pattern = demand.create(session, site, details, by=coordinator, now=NOW)
    later = datetime(2026, 11, 22, tzinfo=UTC)

    demand.change(session, pattern.id, replace(details, starts="08:00"), by=coordinator, now=later)

    first = session.scalars(select(Shift).order_by(Shift.starts_at)).first()
    assert first.starts_at == datetime(2026, 11, 23, 1, tzinfo=UTC)
    assert (first.sequence, first.changed_at) == (1, later)


def test_an_unchanged_save_moves_no_calendar(session, site, coordinator, details):
    pattern = demand.create(session, site, details, by=coordinator, now=NOW)

    demand.change(session, pattern.id, details, by=coordinator, now=datetime(2026, 11, 22, tzinfo=UTC))

    first = session.scalars(select(Shift).order_by(Shift.starts_at)).first()
    assert (first.sequence, first.changed_at) == (0, NOW)


def test_a_shift_moved_by_hand_keeps_its_own_time(session, site, coordinator, details):
    pattern = demand.create(session, site, details, by=coordinator, now=NOW)
    first = session.scalars(select(Shift).order_by(Shift.starts_at)).first()
    moved = shifts.ShiftDetails(
        programme_id=details.programme_id, day=MONDAY, starts="09:00", ends="11:00", note="", demand=details.demand
    )
    shifts.change(session, first.id, moved, by=coordinator, now=NOW)

    demand.change(session, pattern.id, replace(details, starts="08:00"), by=coordinator, now=NOW)

    assert first.starts_at == datetime(2026, 11, 23, 2, tzinfo=UTC)


def test_days_that_leave_the_rule_are_cancelled_and_come_back_with_it(session, site, coordinator, details):
    pattern = demand.create(session, site, details, by=coordinator, now=NOW)

    demand.change(session, pattern.id, replace(details, rule="FREQ=WEEKLY;BYDAY=MO"), by=coordinator, now=NOW)
    assert all(day.weekday() == 0 for day in days_of(session, pattern))
    assert date(2026, 11, 27) in days_of(session, pattern, ShiftState.CANCELLED)

    demand.change(session, pattern.id, details, by=coordinator, now=NOW)
    assert date(2026, 11, 27) in days_of(session, pattern)


def test_ending_a_pattern_cancels_what_is_still_to_come(session, site, coordinator, details):
    pattern = demand.create(session, site, details, by=coordinator, now=NOW)

    demand.end(session, pattern.id, by=coordinator, now=NOW)

    assert days_of(session, pattern) == []
    assert demand.expand(session, [pattern], until=date(2027, 3, 1), now=NOW) == 0


@pytest.mark.parametrize(
    ("policy", "expected"),
    [
        ("skip", [date(2026, 11, 28), date(2026, 11, 30)]),
        ("keep", [MONDAY, date(2026, 11, 27), date(2026, 11, 30)]),
        ("only", [MONDAY]),
    ],
)
def test_holidays_and_swapped_saturdays_follow_the_policy(session, site, coordinator, details, policy, expected):
    a_holiday(session, MONDAY)
    a_holiday(session, date(2026, 11, 27), DayKind.DAY_OFF)
    a_holiday(session, date(2026, 11, 28), DayKind.WORKING_DAY, instead_of=date(2026, 11, 27))

    pattern = demand.create(session, site, replace(details, holiday_policy=policy), by=coordinator, now=NOW)

    assert [day for day in days_of(session, pattern) if day <= date(2026, 11, 30)] == expected


def test_a_pattern_without_a_single_date_is_refused(session, site, coordinator, details):
    never = replace(details, rule="FREQ=WEEKLY;BYDAY=SU", last_day=date(2026, 11, 27))

    with pytest.raises(NoOccurrence) as refusal:
        demand.create(session, site, never, by=coordinator, now=NOW)

    assert refusal.value.facts["rule"] == "FREQ=WEEKLY;BYDAY=SU"
    assert session.scalars(select(DemandPattern)).all() == []


@pytest.mark.parametrize(
    "rule", ["every day", "FREQ=SECONDLY", "FREQ=WEEKLY;BYHOUR=7", "FREQ=WEEKLY;BYDAY=XX", "FREQ=DAILY;UNTIL=x", ""]
)
def test_a_rule_that_is_none_is_refused_by_name(rule):
    with pytest.raises(FieldError) as refusal:
        demand.checked_rule(rule)

    assert refusal.value.facts["field"] == "rule"


@pytest.mark.parametrize(
    "rule",
    [
        "FREQ=DAILY;INTERVAL=0",
        "FREQ=DAILY;BYMONTH=13",
        "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=WEEKLY;BYDAY=MO;BYMONTHDAY=32",
        "FREQ=DAILY;INTERVAL=7;BYDAY=TU",
        "FREQ=DAILY;BYYEARDAY=400",
        "FREQ=DAILY;COUNT=3;UNTIL=20270101",
    ],
)
def test_a_rule_that_would_be_searched_for_a_date_up_to_the_year_9999_is_refused(rule):
    with pytest.raises(FieldError) as refusal:
        demand.checked_rule(rule)

    assert refusal.value.facts["reason"] == "not_a_rule"


@pytest.mark.parametrize(
    "rule",
    [
        "FREQ=MONTHLY;BYDAY=1SU",
        "FREQ=MONTHLY;BYDAY=MO,TU;BYSETPOS=-1",
        "FREQ=YEARLY;BYMONTH=3;BYMONTHDAY=24",
        "FREQ=WEEKLY;INTERVAL=2;BYDAY=SA,SU;UNTIL=20270101T000000Z",
        "FREQ=DAILY;BYMONTH=6,7,8;COUNT=10;WKST=MO",
    ],
)
def test_the_rules_of_ordinary_calendars_are_taken(rule):
    assert demand.checked_rule(rule) == rule


@pytest.mark.parametrize(
    ("change", "field", "reason"),
    [
        ({"minimum": None}, "minimum", "missing"),
        ({"minimum": "hai"}, "minimum", "not_a_number"),
        ({"minimum": -1}, "minimum", "out_of_range"),
        ({"minimum": 2, "target": 1}, "target", "below"),
        ({"minimum": 2, "target": 3, "maximum": 2}, "maximum", "below"),
        ({"minimum": 2, "requires": ("nobody-knows",)}, "requires", "unknown_choice"),
    ],
)
def test_a_head_count_that_makes_no_sense_names_its_field(session, site, coordinator, details, change, field, reason):
    with pytest.raises(FieldError) as refusal:
        demand.create(session, site, replace(details, demand=Demand(**change)), by=coordinator, now=NOW)

    assert (refusal.value.facts["field"], refusal.value.facts["reason"]) == (field, reason)


def test_a_programme_of_another_unit_cannot_be_named_but_one_from_above_can(session, coordinator, details):
    province = a_unit(session, "Tỉnh đoàn Bình Định")
    own, other = (a_unit(session, name, parent=province) for name in ("Xã đoàn Hoài Tân", "Xã đoàn An Tân"))
    site = a_site(session, own)
    planner = a_coordinator(session, own)
    strange, shared = a_programme(session, other), a_programme(session, province)

    kept = demand.create(session, site, replace(details, programme_id=shared.id), by=planner, now=NOW)
    with pytest.raises(FieldError) as refusal:
        demand.create(session, site, replace(details, programme_id=strange.id), by=planner, now=NOW)

    assert kept.programme is shared
    assert refusal.value.facts["field"] == "programme_id"


@pytest.mark.parametrize("group", ["team:{other}", "unit:{other}", "unit:²", "unit:" + "9" * 30, "anybody", ""])
def test_only_groups_of_the_units_own_family_may_be_asked_for(session, site, coordinator, details, group):
    other = a_unit(session, "Đơn vị khác")
    team = a_team(session, other)
    asked = group.format(other=team.id if group.startswith("team") else other.id)

    with pytest.raises(FieldError) as refusal:
        demand.create(session, site, replace(details, demand=Demand(minimum=1, pool=(asked,))), by=coordinator, now=NOW)

    assert (refusal.value.facts["field"], refusal.value.facts["reason"]) == ("pool", "unknown_choice")


def test_teams_of_the_unit_and_units_beneath_may_be_asked_for(session, site, coordinator, details):
    branch = a_unit(session, "Chi đoàn", parent=site.unit)
    pool = (f"team:{a_team(session, site.unit).id}", f"unit:{branch.id}")

    pattern = demand.create(
        session, site, replace(details, demand=Demand(minimum=1, pool=pool)), by=coordinator, now=NOW
    )

    assert pattern.pool == list(pool)


@pytest.mark.parametrize("typed", ["07:30+07:00", "07:30Z", "07:30:15", "25:00", "half past"])
def test_a_time_that_no_clock_on_the_wall_shows_to_the_minute_is_refused(session, site, coordinator, details, typed):
    with pytest.raises(FieldError) as refusal:
        demand.create(session, site, replace(details, starts=typed), by=coordinator, now=NOW)

    assert (refusal.value.facts["field"], refusal.value.facts["reason"]) == ("starts", "not_a_time")


@pytest.mark.parametrize(("typed", "reason"), [("9999-12-31", "too_far_ahead"), ("0001-01-01", "too_long_ago")])
def test_a_first_day_beyond_all_calendars_is_refused(session, site, coordinator, details, typed, reason):
    with pytest.raises(FieldError) as refusal:
        demand.create(session, site, replace(details, first_day=typed), by=coordinator, now=NOW)

    assert (refusal.value.facts["field"], refusal.value.facts["reason"]) == ("first_day", reason)


def test_a_shift_that_ends_before_it_starts_is_refused(session, site, coordinator, details):
    with pytest.raises(LongerThanANight):
        demand.create(session, site, replace(details, ends=time(7)), by=coordinator, now=NOW)


def test_needs_and_conditions_reach_the_shifts(session, site, coordinator, details):
    a_qualification(session, "lead")
    a_qualification(session, "trained")
    wanted = Demand(minimum=2, requires=("trained",), needs={"lead": "1"}, adults_only=True, all_or_nothing=True)

    demand.create(session, site, replace(details, demand=wanted), by=coordinator, now=NOW)

    shift = session.scalars(select(Shift)).first()
    assert (shift.requires, shift.needs, shift.adults_only, shift.all_or_nothing) == (
        ["trained"],
        {"lead": 1},
        True,
        True,
    )


def test_only_those_who_plan_the_unit_may_change_its_demand(session, site, details):
    stranger = a_coordinator(session, a_unit(session, name="Đơn vị khác"))

    with pytest.raises(NotAllowed):
        demand.create(session, site, details, by=stranger, now=NOW)


def test_other_hours_for_a_series_move_what_nobody_edited_and_tell_who_serves(session, site, coordinator, details):
    pattern = demand.create(session, site, details, by=coordinator, now=NOW)
    first, second, *rest = session.scalars(select(Shift).order_by(Shift.starts_at)).all()
    second.edited = True
    lan = a_person(session, site.unit)
    session.add(Assignment(shift=first, person=lan, state="active", uid="turn", changed_at=NOW))

    changed = demand.change_hours(session, pattern.id, starts="13:30", ends="17:00", by=coordinator, now=NOW)

    assert changed == len(rest) + 1
    assert (first.starts_at, first.shift_type) == (datetime(2026, 11, 23, 6, 30, tzinfo=UTC), "afternoon")
    assert second.starts_at == datetime(2026, 11, 27, 0, 30, tzinfo=UTC)
    (message,) = session.scalars(select(Message))
    assert (message.person_id, message.kind) == (lan.id, MessageKind.SHIFT_MOVED)


def test_whoever_serves_is_told_when_a_series_takes_a_shift_away_and_when_it_brings_it_back(
    session, site, coordinator, details
):
    pattern = demand.create(session, site, details, by=coordinator, now=NOW)
    friday = next(one for one in session.scalars(select(Shift)) if one.pattern_day == date(2026, 11, 27))
    session.add(Assignment(shift=friday, person=a_person(session, site.unit), state="active", uid="t", changed_at=NOW))

    demand.change(session, pattern.id, replace(details, rule="FREQ=WEEKLY;BYDAY=MO"), by=coordinator, now=NOW)
    demand.change(session, pattern.id, details, by=coordinator, now=NOW)

    told = session.scalars(select(Message.kind).order_by(Message.id)).all()
    assert told == [MessageKind.SHIFT_CANCELLED, MessageKind.TURN_ADDED]


def test_whoever_serves_elsewhere_by_now_does_not_come_back_with_a_series_that_skipped_a_day(session, details):
    week = PublishedWeek(session)
    wednesdays = replace(details, programme_id=week.monday.programme_id, rule="FREQ=WEEKLY;BYDAY=WE")
    pattern = demand.create(session, week.site, wednesdays, by=week.by, now=LATER)
    shift = session.scalars(select(Shift).where(Shift.pattern_id == pattern.id).order_by(Shift.starts_at)).first()
    week.publish((shift, week.lan), (shift, week.minh), now=LATER)
    other = a_shift(session, week.site, week.monday.programme, day=shift.pattern_day)  # at the same hours
    demand.change(session, pattern.id, replace(wednesdays, rule="FREQ=WEEKLY;BYDAY=TH"), by=week.by, now=LATER)
    claims.claim(session, other.id, week.lan, by=week.account(week.lan), now=LATER)

    demand.change(session, pattern.id, wednesdays, by=week.by, now=LATER)

    assert shift.state is ShiftState.OPEN
    assert turns.is_serving(session, other.id, week.lan.id)
    assert not turns.is_serving(session, shift.id, week.lan.id)
    assert turns.is_serving(session, shift.id, week.minh.id)
    assert week.told(week.lan)[-1] is MessageKind.SHIFT_CANCELLED


def test_a_series_past_midnight_ends_on_the_next_day_and_can_be_given_such_hours(session, site, coordinator, details):
    night = replace(details, starts="20:00", ends="02:00")
    pattern = demand.create(session, site, night, by=coordinator, now=NOW)
    shift = session.scalars(select(Shift).order_by(Shift.starts_at)).first()
    assert shift.ends_at - shift.starts_at == timedelta(hours=6)

    demand.change_hours(session, pattern.id, starts="22:00", ends="06:00", by=coordinator, now=NOW)

    assert shift.ends_at - shift.starts_at == timedelta(hours=8)
    assert (pattern.starts, pattern.ends) == (time(22), time(6))


def test_a_series_cannot_end_before_it_starts_nor_be_changed_by_others(session, site, coordinator, details):
    pattern = demand.create(session, site, details, by=coordinator, now=NOW)
    stranger = a_coordinator(session, a_unit(session, "Xã đoàn Hoài Tân"))

    with pytest.raises(EndsBeforeStart):
        demand.change_hours(session, pattern.id, starts="17:00", ends="13:30", by=coordinator, now=NOW)
    with pytest.raises(NotAllowed):
        demand.change_hours(session, pattern.id, starts="13:30", ends="17:00", by=stranger, now=NOW)
