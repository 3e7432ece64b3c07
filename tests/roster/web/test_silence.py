"""A coordinator of whose people nobody has answered is led to asking them, on the week's page and on To do."""

from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import select

from roster.extensions import db
from roster.models import DraftAssignment, Site, Unit
from tests.builders import MONDAY, a_coordinator, a_person, a_roster, a_shift, a_site, a_unit, local

BUTTONS = ('action="/rosters/1/plan"', 'id="publish"')


@pytest.fixture
def client(app):
    app.config["WTF_CSRF_ENABLED"] = False
    with app.app_context(), time_machine.travel(local(MONDAY - timedelta(days=10), "09:00"), tick=False):
        by = a_coordinator(db.session, a_unit(db.session))
        db.session.commit()
        client = app.test_client()
        with client.session_transaction() as session:
            session["_user_id"] = f"{by.id}.0"
        client.post("/preferences/", data={"language": "en"})
        yield client


def test_whoever_has_shifts_is_led_to_people_then_to_asking_then_to_who_has_not_answered(client):
    unit = db.session.scalars(select(Unit)).one()
    a_shift(db.session, a_site(db.session, unit))
    roster = a_roster(db.session, unit)
    week, answers = f"/plan/{unit.id}/{MONDAY}", f"/rosters/{roster.id}/answers"
    db.session.commit()
    assert "Bring in the list you have" in client.get(week).text
    assert "No week to come is published" in client.get("/attention").text

    a_person(db.session, unit, free={}, availability_at=None)
    db.session.commit()
    assert all(f'href="{answers}"' in client.get(page).text for page in (week, "/attention"))
    assert "Ask before you plan" in client.get("/attention").text
    assert "Ask before you plan" not in client.get(week).text, "one of the five steps says it already"

    client.post("/beginning/later")
    assert "Ask before you plan" in client.get(week).text

    client.post(answers, data={"deadline": str(MONDAY - timedelta(days=3))})
    assert all("One person is asked for this week." in client.get(page).text for page in (week, "/attention"))


def test_a_week_not_planned_yet_offers_to_ask_though_usual_weeks_are_known_until_somebody_is_asked(client):
    unit = db.session.scalars(select(Unit)).one()
    a_shift(db.session, a_site(db.session, unit))
    a_person(db.session, unit)
    roster = a_roster(db.session, unit)
    db.session.commit()
    week, answers = f"/plan/{unit.id}/{MONDAY}", f"/rosters/{roster.id}/answers"
    client.post("/beginning/later")
    words = "Nobody has been asked about this week yet."
    assert words in client.get(week).text
    assert words not in client.get("/attention").text, "it may be planned all the same"

    client.post(answers, data={"deadline": str(MONDAY - timedelta(days=3))})
    assert words not in client.get(week).text


def test_a_week_without_a_shift_has_no_buttons_or_figures_that_mean_nothing_yet(client):
    unit = db.session.scalars(select(Unit)).one()
    a_site(db.session, unit)
    db.session.commit()
    week = f"/plan/{unit.id}/{MONDAY}"
    empty = client.get(week).text
    assert not any(words in empty for words in ("Not yet published", "Still missing", *BUTTONS))

    a_shift(db.session, db.session.scalars(select(Site)).one())
    db.session.commit()
    with_a_shift = client.get(week).text
    assert all(words in with_a_shift for words in ("Places filled", *BUTTONS))
    assert "Still missing" not in with_a_shift, "nobody has planned it yet"


def test_before_anybody_has_answered_no_shift_says_that_nobody_could_come(client):
    unit = db.session.scalars(select(Unit)).one()
    a_shift(db.session, a_site(db.session, unit))
    a_person(db.session, unit, free={}, availability_at=None)
    a_roster(db.session, unit)
    db.session.commit()
    client.post("/beginning/later")

    week = client.get(f"/plan/{unit.id}/{MONDAY}").text

    assert "not planned yet" in week
    assert "nobody more could come" not in week


def test_of_a_planned_week_no_shift_says_that_nobody_could_come_while_somebody_has_not_answered(client):
    unit = db.session.scalars(select(Unit)).one()
    shift = a_shift(db.session, a_site(db.session, unit), minimum=2)
    silent, roster = a_person(db.session, unit, "Lê Minh", free={}, availability_at=None), a_roster(db.session, unit)
    db.session.add(DraftAssignment(roster_id=roster.id, shift_id=shift.id, person_id=a_person(db.session, unit).id))
    db.session.commit()
    week = f"/plan/{unit.id}/{MONDAY}"
    assert "nobody more could come" not in client.get(week).text

    silent.active = False
    db.session.commit()

    assert "nobody more could come" in client.get(week).text
