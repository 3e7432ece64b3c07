"""A short place opens to its cause, one click fills it, and what was agreed can be taken back: over HTTP."""

import re
from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from roster.extensions import db
from roster.models import Agreement, Assignment, AssignmentState, DraftAssignment, Person, Roster, Shift, Unit
from roster.services.passwords import Passwords
from roster.vietnam.office_hours import monday_of
from tests import builders
from tests.roster.shortages import MORNINGS

PASSWORD = "một câu dễ nhớ"
SHORT, FULL, AN = 2, 1, 1
"""Ids of the short and the full shift, and of the only person who could serve on both."""


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """The coordinator of a unit with two mornings next week and one person, whose limit keeps her on the first."""
    app.config["WTF_CSRF_ENABLED"] = False  # see tests/architecture/test_forged_requests.py
    with app.app_context():
        unit = builders.a_unit(db.session)
        monday = monday_of(datetime.now(UTC).date()) + timedelta(days=7)
        site, programme = builders.a_site(db.session, unit), builders.a_programme(db.session, unit)
        shifts = [builders.a_shift(db.session, site, programme, day=monday + timedelta(days=day)) for day in (0, 1)]
        an = builders.a_person(db.session, unit, "Trần Văn An", free=MORNINGS, max_turns=1, phone="+84912345678")
        roster = builders.a_roster(db.session, unit, first_day=monday)
        db.session.add(DraftAssignment(roster_id=roster.id, shift_id=shifts[0].id, person_id=an.id))
        coordinator = builders.a_coordinator(db.session, unit)
        coordinator.login, coordinator.password_hash = "cb@example.org", Passwords(time_cost=1).hash(PASSWORD)
        db.session.commit()
    client = app.test_client()
    client.post("/account/sign-in", data={"login": "cb@example.org", "password": PASSWORD})
    client.post("/preferences/", data={"language": "en"})
    return client


def apply(client, **typed):
    form = {"kind": "raise_limit", "detail": "turns", "person_id": str(AN), "revision": "0"} | typed
    return client.post(f"/rosters/1/shifts/{SHORT}/remedy", data=form)


def test_a_short_place_says_which_shifts_compete_and_whom_to_ask(client):
    page = client.get(f"/rosters/1/shifts/{SHORT}/shortage").text

    assert "2 shifts draw on the same one person. Together they want 2 places and have 1" in page
    assert "already at the limit of one turn" in page
    assert "Ask somebody for one turn more this week." in page
    assert "Then no place of the week is short." in page
    assert '<a href="tel:+84912345678">0912 345 678</a>' in page


def test_a_place_that_is_complete_says_so(client):
    assert "Nobody is missing here" in client.get(f"/rosters/1/shifts/{FULL}/shortage").text


def test_the_week_leads_to_the_cause_of_a_short_place_and_of_no_other(client, app):
    with app.app_context():
        first_day = db.session.get_one(Roster, 1).period.first_day
    page = client.get(f"/plan/1/{first_day}").text

    assert f"/rosters/1/shifts/{SHORT}/shortage" in page
    assert f"/rosters/1/shifts/{FULL}/shortage" not in page


def test_a_week_that_nobody_has_planned_is_not_called_short_but_offered_for_planning(client, app):
    with app.app_context():
        first_day = db.session.get_one(Roster, 1).period.first_day
        db.session.query(DraftAssignment).delete()
        db.session.commit()

    page = client.get(f"/plan/1/{first_day}").text
    sheet = client.get(f"/rosters/1/shifts/{SHORT}/shortage").text

    assert page.count("not planned yet") == 3  # both shifts and the figure of what is missing
    assert "slot-short" not in page
    assert "/shortage" not in page
    assert "Nobody has made a roster for this week yet." in sheet
    assert 'action="/rosters/1/plan"' in sheet
    assert "who could be asked" not in sheet


def test_a_place_with_people_enough_has_no_tick_while_a_skill_is_missing(client, app):
    with app.app_context():
        first_day = db.session.get_one(Roster, 1).period.first_day
        builders.a_qualification(db.session, "lead")
        full = db.session.get_one(Shift, FULL)
        full.needs = {"lead": 1}
        db.session.commit()

    slot = re.search(rf'id="shift-{FULL}".*?slot-fix', client.get(f"/plan/1/{first_day}").text, re.DOTALL).group()

    assert "1/1" in slot
    assert "enough people" in slot
    assert "1 short: " in slot
    assert "coverage-short" not in slot
    assert "#check" not in slot


def test_one_click_fills_the_place_and_leads_back_to_it_in_the_week(client, app):
    answer = apply(client, next="/plan/1/2026-11-23?short=1")

    assert (answer.status_code, answer.location) == (303, f"/plan/1/2026-11-23?short=1#shift-{SHORT}")
    with app.app_context():
        assert {row.shift_id for row in db.session.scalars(select(DraftAssignment))} == {SHORT, FULL}
    assert "Done: now 1 of 1." in client.get(f"/rosters/1/shifts/{SHORT}/shortage").text


def test_the_way_back_never_leads_to_another_site(client):
    assert apply(client, next="https://example.org/").location.startswith("/plan/1/")


def test_an_agreement_stands_on_the_week_and_can_be_taken_back(client, app):
    apply(client)
    with app.app_context():
        first_day = db.session.get_one(Roster, 1).period.first_day
        agreement = db.session.scalars(select(Agreement.id)).one()
    assert "one turn more this week" in client.get(f"/plan/1/{first_day}").text

    answer = client.post(f"/agreements/{agreement}/take-back", data={"revision": "1"})

    assert answer.status_code == 303
    with app.app_context():
        assert db.session.scalars(select(Agreement)).all() == []
        assert {row.shift_id for row in db.session.scalars(select(DraftAssignment))} == {FULL}


@pytest.mark.parametrize(
    ("typed", "status", "words"),
    [
        ({"kind": "train", "detail": "trained"}, 409, "That would not fill the place any more."),
        ({"kind": "nonsense"}, 409, "That would not fill the place any more."),
        ({"person_id": ""}, 409, "That would not fill the place any more."),
        ({"revision": "-1"}, 409, "Look at the present state"),
    ],
)
def test_what_fills_nothing_is_refused_in_words(client, typed, status, words):
    answer = apply(client, **typed)

    assert answer.status_code == status
    assert words in answer.text


def test_why_somebody_serves_here_is_one_sentence_of_facts(client):
    page = client.get(f"/rosters/1/shifts/{FULL}/people/{AN}/why").text

    assert "They are free then; without them one person would be missing; their only turn in five weeks;" in page
    assert "nobody else could take the place now." in page


def test_nobody_is_explained_who_does_not_serve_there(client, app):
    with app.app_context():
        assert db.session.get(Person, AN)

    assert client.get(f"/rosters/1/shifts/{SHORT}/people/{AN}/why").status_code == 404


def test_a_warning_that_holds_for_everybody_who_could_be_added_is_said_once(client, app):
    with app.app_context():
        unit = db.session.get_one(Unit, 1)
        for name in ("Lê Bình", "Đỗ Chi"):
            builders.a_person(db.session, unit, name, free=MORNINGS, birth_date=date(datetime.now(UTC).year - 16, 1, 1))
        db.session.commit()

    page = client.get(f"/rosters/1/shifts/{SHORT}/candidates").text
    once = page.partition("Whoever of them is added:")[2].partition("</li>")[0]
    (warning,) = re.findall(r"</svg>([^<]+)</p>", once)

    assert page.count(warning) == 1


def test_the_week_says_what_was_done_where_several_came_at_once(client, app):
    with app.app_context():
        builders.a_person(db.session, db.session.get_one(Shift, SHORT).site.unit, "Đỗ Chi", free=MORNINGS)
        db.session.commit()

    apply(client, kind="add", detail="", person_id="")
    page = client.get(f"/plan/1/{week_of(app)}").text

    assert "filled a short place" in page


def test_a_shift_moved_under_people_who_then_serve_in_two_places_says_so(client, app):
    noon = a_noon_that_an_was_taken_off_in_the_draft_alone(app)
    sheet = client.get(f"/rosters/1/shifts/{noon}/shortage").text
    move = re.findall(r'name="kind" value="move".*?name="detail" value="([^"]*)"', sheet, re.S)[0]

    done = client.post(f"/rosters/1/shifts/{noon}/remedy", data={"kind": "move", "detail": move, "revision": "0"})

    assert done.status_code == 303
    told = "Trần Văn An, Mon [^<]*: Serves elsewhere at that time: Mon [^<]*, 07:30–11:30"
    assert re.search(told, client.get(done.location).text)


def a_noon_that_an_was_taken_off_in_the_draft_alone(app) -> int:
    """Chi could take it in the morning, when volunteers see An on the full shift."""
    with app.app_context():
        full = db.session.get_one(Shift, FULL)
        day = full.site.unit.day_of(full.starts_at)
        noon = builders.a_shift(db.session, full.site, full.programme, day=day, starts="13:30", ends="15:30")
        builders.a_person(db.session, full.site.unit, "Đỗ Chi", free=MORNINGS)
        for shift in (full, noon):
            seen = {"uid": f"{shift.id}@here", "changed_at": builders.LONG_AGO, "sequence": 0}
            db.session.add(Assignment(shift_id=shift.id, person_id=AN, state=AssignmentState.ACTIVE, **seen))
        an = db.session.get_one(Person, AN)
        an.max_turns = an.max_turns_per_day = None
        db.session.get_one(Roster, 1).published_number = 1
        db.session.commit()
        return noon.id


def week_of(app) -> date:
    with app.app_context():
        return db.session.get_one(Roster, 1).period.first_day
