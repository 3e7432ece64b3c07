"""Volunteers say when they can come, what differs, and where their limits are; nobody else says it for them."""

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select

from roster.errors import EndsBeforeStart, FieldError, NotAllowed
from roster.models import AvailabilityException, Half, Level, Weekday
from roster.queries import me
from roster.services import availability
from roster.services.availability import ExceptionDetails, Limits
from tests.builders import a_coordinator, a_person, a_unit, an_account

NOW = datetime(2026, 11, 21, 3, tzinfo=UTC)


@pytest.fixture
def lan(session):
    return a_person(session, a_unit(session), free={})


@pytest.fixture
def account(session, lan):
    return an_account(session, person=lan)


def exam(**changes):
    details = {"first_day": "2026-11-24", "last_day": "", "starts": "", "ends": "", "level": "not", "note": "Thi"}
    return ExceptionDetails(**(details | changes))


def test_a_saved_week_replaces_the_one_before(session, lan, account):
    first = {(Weekday.MONDAY, Half.MORNING): Level.PREFERRED, (Weekday.TUESDAY, Half.EVENING): Level.NOT}
    availability.set_week(session, lan, first, by=account, now=NOW)
    assert me.usual_week(session, lan) == {(Weekday.MONDAY, Half.MORNING): Level.PREFERRED}

    availability.set_week(session, lan, {(Weekday.FRIDAY, Half.AFTERNOON): Level.IF_NEEDED}, by=account, now=NOW)
    assert me.usual_week(session, lan) == {(Weekday.FRIDAY, Half.AFTERNOON): Level.IF_NEEDED}
    assert lan.availability_at == NOW


def test_days_without_hours_are_whole_local_days(session, lan, account):
    availability.add_exception(session, lan, exam(last_day="2026-11-25"), by=account, now=NOW)

    kept = session.scalars(select(AvailabilityException)).one()
    assert kept.starts_at == datetime(2026, 11, 23, 17, tzinfo=UTC)
    assert kept.ends_at == datetime(2026, 11, 25, 17, tzinfo=UTC)
    row = me.exceptions(session, lan, now=NOW)[0]
    assert row.whole_days
    assert (row.starts.day, row.last_moment.day) == (24, 25)


def test_hours_limit_the_exception_to_a_part_of_the_day(session, lan, account):
    availability.add_exception(session, lan, exam(starts="07:00", ends="09:00"), by=account, now=NOW)

    row = me.exceptions(session, lan, now=NOW)[0]
    assert not row.whole_days
    assert (row.starts.hour, row.ends.hour) == (7, 9)


@pytest.mark.parametrize(
    "changes", [{"last_day": "2026-11-23"}, {"starts": "09:00", "ends": "07:00"}, {"starts": "09:00", "ends": "09:00"}]
)
def test_an_availability_that_ends_before_it_starts_is_refused(session, lan, account, changes):
    with pytest.raises(EndsBeforeStart):
        availability.add_exception(session, lan, exam(**changes), by=account, now=NOW)

    assert session.scalars(select(AvailabilityException)).all() == []


def test_days_in_the_wrong_order_are_told_as_they_were_typed(session, lan, account):
    with pytest.raises(EndsBeforeStart) as refusal:
        availability.add_exception(
            session, lan, exam(first_day="2026-12-05", last_day="2026-12-01"), by=account, now=NOW
        )

    assert refusal.value.facts == {"field": "last_day", "starts": date(2026, 12, 5), "ends": date(2026, 12, 1)}


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"first_day": ""}, "first_day"),
        ({"first_day": "tomorrow"}, "first_day"),
        ({"level": "perhaps"}, "level"),
        ({"last_day": "2030-01-01"}, "last_day"),
        ({"note": "x" * 201}, "note"),
    ],
)
def test_an_exception_that_makes_no_sense_names_its_field(session, lan, account, changes, field):
    with pytest.raises(FieldError) as refusal:
        availability.add_exception(session, lan, exam(**changes), by=account, now=NOW)

    assert refusal.value.facts["field"] == field


def test_a_dropped_exception_is_gone(session, lan, account):
    kept = availability.add_exception(session, lan, exam(), by=account, now=NOW)

    availability.drop_exception(session, kept.id, by=account, now=NOW)

    assert me.exceptions(session, lan, now=NOW) == []


def test_limits_are_kept_and_an_empty_field_means_none(session, lan, account):
    availability.set_limits(session, lan, Limits("3", "", "12", "15"), by=account, now=NOW)

    assert (lan.max_turns, lan.max_turns_per_day, lan.max_minutes, lan.max_km) == (3, None, 720, 15)


def test_a_coordinator_may_speak_for_a_volunteer_of_the_unit_but_a_stranger_may_not(session, lan):
    availability.set_week(session, lan, {}, by=a_coordinator(session, lan.unit), now=NOW)

    strangers = [a_coordinator(session, a_unit(session, "Đơn vị khác")), an_account(session)]
    for stranger in strangers:
        with pytest.raises(NotAllowed):
            availability.set_week(session, lan, {}, by=stranger, now=NOW)


def test_only_the_person_decides_whether_their_name_is_shown(session, lan, account):
    availability.share_name(session, lan, True, by=account, now=NOW)
    assert lan.shares_name

    with pytest.raises(NotAllowed):
        availability.share_name(session, lan, False, by=a_coordinator(session, lan.unit), now=NOW)
