"""What a center reads of its day before anybody has planned it."""

from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask

from roster.extensions import db
from roster.models import Assignment, AssignmentState
from roster.queries import center
from roster.vietnam.office_hours import ZONE
from tests import builders


def test_a_day_that_is_not_published_lacks_nobody_yet(app: Flask):
    with app.app_context():
        unit = builders.a_unit(db.session)
        site = builders.a_site(db.session, unit)
        builders.a_shift(db.session, site, day=datetime.now(UTC).astimezone(ZONE).date(), minimum=2)
        coordinator = builders.a_coordinator(db.session, unit)
        db.session.commit()
        client = app.test_client()
        with client.session_transaction() as session:
            session["_user_id"] = f"{coordinator.id}.0"

        page = client.get(f"/coverage/{site.id}").text

    assert page.count("chưa công bố") == 2, "today's card and the day in its week"
    assert "thiếu 2" not in page
    assert "chưa có ai" not in page


@pytest.mark.parametrize("today", [builders.MONDAY, builders.MONDAY + timedelta(days=2)])
def test_at_two_in_the_morning_the_people_of_the_night_are_there(session, today: date):
    unit = builders.a_unit(session)
    site = builders.a_site(session, unit)
    evening = today - timedelta(days=1)
    night = builders.a_shift(session, site, day=evening, starts="22:00", ends="22:30")
    night.ends_at = builders.local(today, "06:00")
    builders.a_shift(session, site, day=evening, starts="07:30", ends="11:30")
    lan = builders.a_person(session, unit, "Nguyễn Thị Lan", birth_date=date(2000, 1, 1), shares_name=True)
    session.add(
        Assignment(
            shift_id=night.id,
            person_id=lan.id,
            state=AssignmentState.ACTIVE,
            uid="1",
            sequence=0,
            changed_at=builders.LONG_AGO,
        )
    )
    session.flush()

    page = center.center_page(session, site, now=builders.local(today, "02:00"))

    assert page.today is not None
    assert [(shift.id, list(shift.names)) for shift in page.today.shifts] == [(night.id, ["Lan"])]
    assert all(not day.shifts for day in page.days if day.today)
    later = center.center_page(session, site, now=builders.local(today, "06:00"))
    assert later.today is not None
    assert not later.today.shifts
