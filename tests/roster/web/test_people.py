"""A coordinator notes on somebody's page when they are away, and takes it back."""

import re
from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient

from roster.extensions import db
from roster.models import Person, Role, RoleKind
from tests import builders
from tests.roster.web.test_later import signed_in


@pytest.fixture
def lan(app: Flask) -> Iterator[Person]:
    """Somebody who has not said when they can come."""
    app.config["WTF_CSRF_ENABLED"] = False  # see tests/architecture/test_forged_requests.py
    with app.app_context():
        person = builders.a_person(db.session, builders.a_unit(db.session), free={}, availability_at=None)
        db.session.commit()
        yield person


@pytest.fixture
def coordinator(app: Flask, lan: Person) -> FlaskClient:
    account = builders.a_coordinator(db.session, lan.unit)
    db.session.commit()
    return signed_in(app, account.id)


def away(client: FlaskClient, person: Person, **changes: str):
    typed = {"first_day": "2030-01-08", "last_day": "2030-01-09", "level": "not", "note": "Ốm"} | changes
    return client.post(f"/people/{person.id}/exceptions", data=typed, follow_redirects=True)


def test_days_on_which_somebody_is_away_are_noted_for_them_and_taken_back(app: Flask, lan, coordinator):
    noted = away(coordinator, lan).text
    account = builders.an_account(db.session, Role(kind=RoleKind.VOLUNTEER, unit=lan.unit), person=lan)
    db.session.commit()
    theirs = signed_in(app, account.id).get("/me/availability").text
    remove = re.search(rf'action="(/people/{lan.id}/exceptions/\d+/drop)"', noted)

    assert remove
    for page in (noted, theirs):
        assert "Thứ Ba 08/01 đến Thứ Tư 09/01" in page
        assert "Ốm" in page
    planner = builders.a_coordinator(db.session, lan.unit)
    db.session.commit()
    taken_back = signed_in(app, planner.id).post(remove[1], follow_redirects=True).text
    assert "08/01" not in taken_back
    assert "Không có: theo tuần thường lệ." in taken_back


def test_who_has_not_said_when_they_can_come_has_not_said_it_by_what_a_coordinator_noted(lan, coordinator):
    page = away(coordinator, lan).text

    assert "08/01" in page
    assert db.session.get_one(Person, lan.id).availability_at is None


def test_days_that_end_before_they_begin_are_refused_and_what_was_typed_stays(lan, coordinator):
    refused = away(coordinator, lan, last_day="2030-01-07")

    assert refused.status_code == 422
    assert 'id="last_day-error"' in refused.text
    assert 'value="Ốm"' in refused.text


def test_another_units_coordinator_notes_nothing(app: Flask, lan):
    other = builders.a_coordinator(db.session, builders.a_unit(db.session, "Đoàn xã khác"))
    db.session.commit()

    assert away(signed_in(app, other.id), lan).status_code == 403
