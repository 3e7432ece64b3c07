"""Days are those of the unit: in Vietnam a new week begins while UTC still has Sunday."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient

from roster.extensions import db
from tests.builders import MONDAY, a_coordinator, a_person, a_qualification, a_unit, local

HALF_PAST_MIDNIGHT = local(MONDAY, "00:30")


@pytest.fixture
def client(app: Flask) -> Iterator[FlaskClient]:
    """A coordinator's browser, early on a Monday."""
    with time_machine.travel(HALF_PAST_MIDNIGHT):  # before anything else: no cookie may be from later
        with app.app_context():
            unit = a_unit(db.session)
            birthday = MONDAY.replace(year=MONDAY.year - 18)
            a_qualification(db.session)
            a_person(db.session, unit, "Vừa tròn mười tám", birth_date=birthday)
            account = a_coordinator(db.session, unit).id
            db.session.commit()
        client = app.test_client()
        with client.session_transaction() as session:
            session["_user_id"] = f"{account}.0"
        yield client


def test_planning_opens_on_the_week_after_the_one_that_has_just_begun(client: FlaskClient):
    answer = client.get("/plan/")

    assert answer.location.endswith(f"/{MONDAY + timedelta(days=7)}")


def test_whoever_turns_eighteen_today_is_no_minor_any_more_even_before_seven(client: FlaskClient):
    listed = client.get("/people/", headers={"Accept-Language": "vi"}).get_data(as_text=True)

    assert "Vừa tròn mười tám" in listed
    assert "dưới 18" not in listed


def test_forms_propose_the_local_day(client: FlaskClient):
    page = client.get("/people/1").get_data(as_text=True)

    assert f'value="{MONDAY}"' in page
