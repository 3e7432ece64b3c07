"""The holiday table is proposed once, corrected by administrators, and answers which days are worked."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select

from roster.errors import AlreadyExists, FieldError, NotAllowed, NotFound
from roster.models import Account, AuditEntry, DayKind, Holiday, Message, MessageKind, Role, RoleKind, Unit, UnitKind
from roster.services import demand, holidays
from roster.services.demand import Demand, PatternDetails
from roster.services.holidays import HolidayDetails
from tests import builders
from tests.builders import MONDAY

NOW = datetime(2026, 8, 1, tzinfo=UTC)
CULTURE_DAY = date(2026, 11, 24)


def an_account(session, kind=RoleKind.ADMINISTRATOR, *, of_root=True):
    root = Unit(kind=UnitKind.PROVINCE, name="Bình Định", name_sort="", path="/1/")
    unit = root if of_root else Unit(kind=UnitKind.COMMUNE, name="An Tân", name_sort="", path="/1/2/", parent=root)
    account = Account(login="a@example.org", display_name="A", created_at=NOW, roles=[Role(kind=kind, unit=unit)])
    session.add_all([root, unit, account])
    session.flush()
    return account


def details(day=date(2026, 12, 25), kind="holiday", **changes):
    return HolidayDetails(day=day, kind=kind, name_vi="Nghỉ", name_en="Day off", **changes)


def test_a_year_is_proposed_once_and_a_dropped_day_does_not_come_back(session):
    by = an_account(session)
    assert holidays.seed(session, [2026]) > 10
    dropped = session.scalars(select(Holiday).where(Holiday.day == CULTURE_DAY)).one()
    holidays.drop(session, dropped.id, by=by, now=NOW)

    assert holidays.seed(session, [2026]) == 0
    assert CULTURE_DAY not in holidays.special_days(session, date(2026, 1, 1), date(2026, 12, 31))


def test_proposing_another_year_adds_that_year_only(session):
    holidays.seed(session, [2026])
    holidays.seed(session, [2026, 2027])

    assert {row.day.year for row in session.scalars(select(Holiday))} == {2026, 2027}


def test_the_table_knows_holidays_days_off_and_swapped_saturdays(session):
    holidays.seed(session, [2026])

    days = holidays.special_days(session, date(2026, 8, 17), date(2026, 9, 6))

    assert days[date(2026, 8, 22)].kind is DayKind.WORKING_DAY
    assert days[date(2026, 8, 31)].kind is not DayKind.WORKING_DAY
    assert days[date(2026, 9, 2)].kind is DayKind.HOLIDAY
    assert date(2026, 9, 3) not in days


def test_a_late_decree_swaps_a_saturday_for_a_monday(session):
    by = an_account(session)

    holidays.swap(session, off=date(2026, 11, 23), worked=date(2026, 11, 21), by=by, now=NOW)

    days = holidays.special_days(session, date(2026, 11, 16), date(2026, 11, 29))
    assert days[date(2026, 11, 23)].kind is not DayKind.WORKING_DAY
    worked = days[date(2026, 11, 21)]
    assert (worked.kind, worked.instead_of) == (DayKind.WORKING_DAY, date(2026, 11, 23))


@pytest.mark.parametrize(
    ("swapped", "field"),
    [
        ({"off": date(2026, 11, 22), "worked": date(2026, 11, 21)}, "off"),
        ({"off": date(2026, 11, 23), "worked": date(2026, 11, 25)}, "worked"),
    ],
)
def test_a_swap_needs_a_weekday_off_and_a_weekend_worked(session, swapped, field):
    with pytest.raises(FieldError) as refusal:
        holidays.swap(session, **swapped, by=an_account(session), now=NOW)

    assert refusal.value.facts["field"] == field


def test_a_refused_swap_changes_neither_day(session):
    by = an_account(session)
    holidays.add(session, details(date(2026, 11, 21), "holiday"), by=by, now=NOW)

    with pytest.raises(AlreadyExists):
        holidays.swap(session, off=date(2026, 11, 23), worked=date(2026, 11, 21), by=by, now=NOW)

    assert holidays.special_days(session, date(2026, 11, 23), date(2026, 11, 23)) == {}


def test_every_correction_is_in_the_audit_trail(session):
    by = an_account(session)

    added = holidays.add(session, details(), by=by, now=NOW)
    holidays.drop(session, added.id, by=by, now=NOW)
    session.flush()

    trail = session.scalars(select(AuditEntry).order_by(AuditEntry.id)).all()
    assert [(entry.action, entry.facts["day"]) for entry in trail] == [
        ("holiday.add", "2026-12-25"),
        ("holiday.drop", "2026-12-25"),
    ]


def test_a_proposed_year_is_in_the_audit_trail(session):
    added = holidays.propose(session, 2026, by=an_account(session), now=NOW)

    entry = session.scalars(select(AuditEntry)).one()
    assert (entry.action, entry.subject, entry.facts) == ("holiday.propose", "year:2026", {"added": added})
    assert added > 10


@pytest.mark.parametrize(("kind", "of_root"), [(RoleKind.COORDINATOR, True), (RoleKind.ADMINISTRATOR, False)])
def test_only_an_administrator_of_a_root_unit_corrects_the_table(session, kind, of_root):
    by = an_account(session, kind, of_root=of_root)
    holidays.seed(session, [2026])

    with pytest.raises(NotAllowed):
        holidays.add(session, details(), by=by, now=NOW)
    with pytest.raises(NotAllowed):
        holidays.drop(session, 1, by=by, now=NOW)
    with pytest.raises(NotAllowed):
        holidays.propose(session, 2028, by=by, now=NOW)


def test_a_day_can_be_in_the_table_only_once(session):
    by = an_account(session)
    holidays.seed(session, [2026])

    with pytest.raises(AlreadyExists) as refusal:
        holidays.add(session, details(CULTURE_DAY), by=by, now=NOW)

    assert refusal.value.facts["value"] == CULTURE_DAY


@pytest.mark.parametrize(
    ("wrong", "field", "reason"),
    [
        ({"day": ""}, "day", "missing"),
        ({"day": "2026-02-30"}, "day", "not_a_date"),
        ({"kind": "feast"}, "kind", "unknown_choice"),
        ({"day": "2026-12-23", "kind": "working_day"}, "day", "not_a_weekend"),
        ({"day": "2026-12-26", "kind": "working_day"}, "instead_of", "missing"),
        ({"day": "2026-12-26", "kind": "working_day", "instead_of": "2026-12-27"}, "instead_of", "not_a_weekday"),
        ({"day": "2026-12-26", "kind": "day_off"}, "day", "not_a_weekday"),
    ],
)
def test_a_day_that_makes_no_sense_is_refused_by_field_and_reason(session, wrong, field, reason):
    by = an_account(session)

    with pytest.raises(FieldError) as refusal:
        holidays.add(session, details(**wrong), by=by, now=NOW)

    assert (refusal.value.facts["field"], refusal.value.facts["reason"]) == (field, reason)


def test_a_day_that_is_not_there_cannot_be_dropped(session):
    with pytest.raises(NotFound):
        holidays.drop(session, 99, by=an_account(session), now=NOW)


def test_whoever_coordinates_hears_of_shifts_planned_on_a_day_that_became_a_holiday(session):
    unit = builders.a_unit(session)
    branch = builders.a_unit(session, "Chi đoàn K45A", parent=unit)
    coordinator = builders.a_coordinator(session, unit)
    by = builders.an_account(session, Role(kind=RoleKind.ADMINISTRATOR, unit=unit))
    site = builders.a_site(session, branch)
    programme = builders.a_programme(session, unit)
    for policy in ("skip", "keep"):
        wanted = PatternDetails("Sáng", programme.id, "FREQ=DAILY", MONDAY, None, "07:30", "11:30", policy, Demand(2))
        demand.create(session, site, wanted, by=by, now=builders.local(MONDAY, "06:00"))

    holidays.add(session, details(MONDAY + timedelta(days=2)), by=by, now=builders.local(MONDAY, "09:00"))
    holidays.add(session, details(MONDAY - timedelta(days=1)), by=by, now=builders.local(MONDAY, "09:00"))

    told = session.scalars(select(Message).where(Message.kind == MessageKind.HOLIDAY)).one()
    assert told.account_id == coordinator.id
    assert told.facts == {"day": "2026-11-25", "shifts": 1, "path": "/attention#holidays"}
