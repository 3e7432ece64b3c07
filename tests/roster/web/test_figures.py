"""The figures of a week and of a center are those of its shifts, added up, and say who counts in them."""

import re
from datetime import timedelta
from uuid import uuid4

import pytest
import time_machine
from flask import Flask, get_template_attribute
from flask.testing import FlaskClient

from roster.extensions import db
from roster.models import Assignment, AssignmentState, DraftAssignment, RoundAnswer, Shift, Site
from tests.builders import (
    LONG_AGO,
    MONDAY,
    a_coordinator,
    a_person,
    a_qualification,
    a_roster,
    a_shift,
    a_site,
    a_unit,
    local,
)


@pytest.fixture
def client(app: Flask):
    """The coordinator of a published week: three where two are needed, one of them sure, then one of two."""
    app.config["WTF_CSRF_ENABLED"] = False
    with app.app_context(), time_machine.travel(local(MONDAY - timedelta(days=2), "09:00"), tick=False):
        unit = a_unit(db.session)
        site, roster = a_site(db.session, unit), a_roster(db.session, unit)
        roster.published_number = 1
        full = a_shift(db.session, site, minimum=2, target=3)
        short = a_shift(db.session, site, starts="13:30", ends="17:00", minimum=2)
        people = [a_person(db.session, unit, name) for name in ("Trần An", "Lê Bình", "Võ Cường", "Đỗ Dũng")]
        for number, (shift, person) in enumerate(zip((full, full, full, short), people, strict=True)):
            known = {"state": AssignmentState.ACTIVE, "uid": uuid4().hex, "sequence": 0, "changed_at": LONG_AGO}
            confirmed_at = None if number else LONG_AGO
            db.session.add(Assignment(shift=shift, person=person, confirmed_at=confirmed_at, **known))
            db.session.add(DraftAssignment(roster_id=roster.id, shift_id=shift.id, person_id=person.id))
        by = a_coordinator(db.session, unit)
        db.session.commit()
        client = app.test_client()
        with client.session_transaction() as session:
            session["_user_id"] = f"{by.id}.0"
        client.post("/preferences/", data={"language": "en"})
        yield client


def tile(page: str, label: str) -> tuple[str, str]:
    """What a tile says: its figure with what it is of, and the words beneath its name."""
    drawn = re.search(rf"<dt>{label}(.*?)</dt>\s*<dd[^>]*>(.*?)</dd>", page, re.DOTALL)
    hint, figure = (" ".join(re.sub("<[^>]+>", " ", part).split()) for part in drawn.groups())
    return figure, hint


@pytest.mark.parametrize("address", [f"/plan/1/{MONDAY}", "/coverage/1"])
def test_places_of_all_shifts_add_up_to_those_of_the_whole_and_who_comes_beyond_them_is_told(
    client: FlaskClient, address: str
):
    page = client.get(f"{address}?week={MONDAY}").text
    cells = [tuple(map(int, found)) for found in re.findall(r'coverage-count">(\d+)/(\d+)<', page)]

    figure, hint = tile(page, "Places filled")
    assert sorted(cells) == [(1, 2), (2, 2)]
    assert figure == "3 / 4"
    assert "and one person more" in hint
    assert "1 more" in page


def test_who_answered_for_this_week_is_told_from_whom_one_knows_from_before(client: FlaskClient):
    words = "nobody has answered for this week yet, 4 more are known from their usual week"
    assert tile(client.get(f"/plan/1/{MONDAY}").text, "People serving") == ("4 / 4", words)

    client.post("/rosters/1/answers", data={"deadline": str(MONDAY - timedelta(days=1))})
    for answer in db.session.query(RoundAnswer).filter(RoundAnswer.person_id < 3):
        answer.answered_at, answer.offer = LONG_AGO, {}
    db.session.commit()

    words = "2 answered for this week, 2 more are known from their usual week"
    assert tile(client.get(f"/plan/1/{MONDAY}").text, "People serving") == ("4 / 4", words)
    assert "2 of the others are planned by their usual week." in client.get("/rosters/1/answers").text


def test_a_center_is_told_how_many_of_those_it_may_expect_have_confirmed(client: FlaskClient):
    assert "1 of 4 have confirmed" in tile(client.get(f"/coverage/1?week={MONDAY}").text, "Places filled")[1]

    db.session.get_one(Site, 1).promised_min = 2
    db.session.commit()
    assert "1 of 4 have confirmed" in tile(client.get(f"/coverage/1?week={MONDAY}").text, "Enough expected")[1]


def test_who_comes_beyond_the_places_is_told_where_a_skill_is_missing_too(app: Flask):
    with app.test_request_context():
        drawn = str(get_template_attribute("components/coverage.html", "coverage")({"assigned": 6, "demand": 4}, 1))

    assert ("4/4" in drawn, "đủ người" in drawn, "+2" in drawn, "coverage-lacks" in drawn) == (True,) * 4


@pytest.mark.parametrize(("people", "told", "red"), [(6, "đủ người", False), (5, "thiếu 1", True)])
def test_where_only_a_skill_is_missing_people_are_called_enough_and_nothing_is_red(app: Flask, people, told, red):
    with app.test_request_context():
        drawn = str(
            get_template_attribute("components/coverage.html", "coverage")({"assigned": people, "demand": 6}, 1)
        )

    assert told in drawn
    assert ("coverage-short" in drawn) is red


def test_what_is_missing_is_told_whole_before_how_many_shifts_lack_it(client: FlaskClient):
    full = db.session.get_one(Shift, 1)
    full.needs = {a_qualification(db.session).code: 2}
    db.session.commit()

    assert tile(client.get(f"/plan/1/{MONDAY}").text, "Still missing") == ("1", "and 2 skills, on 2 shifts")
