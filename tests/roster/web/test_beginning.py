"""The five steps to a first week stand above it until they are put off in this browser."""

from flask.testing import FlaskClient

from roster.extensions import db
from roster.models import DraftAssignment, Person, Shift, ShiftState
from tests.roster.web.test_board import client, next_monday

__all__ = ["client"]  # the coordinator of a desk that has shifts and people

STEPS = "Năm bước để có lịch tuần"


def test_the_five_steps_stay_though_there_are_shifts_and_people_until_they_are_put_off(app, client: FlaskClient):
    week = f"/plan/1/{next_monday()}"
    assert STEPS not in client.get(week).text  # somebody is placed

    with app.app_context():
        db.session.query(DraftAssignment).delete()
        db.session.commit()
    assert STEPS in client.get(week).text
    client.post("/beginning/later", headers={"Referer": f"http://localhost{week}"})
    assert STEPS not in client.get(week).text


def test_whoever_asks_before_there_are_people_is_told_to_bring_them_in_first(app, client: FlaskClient):
    with app.app_context():
        db.session.query(Person).update({"active": False})
        db.session.commit()

    asked = client.post("/rosters/1/answers", data={"deadline": next_monday()}, follow_redirects=True)

    assert "Chưa có ai để hỏi" in asked.text


def test_the_pages_of_the_steps_lead_back_to_them_and_on_to_the_next_until_they_are_put_off(app, client: FlaskClient):
    with app.app_context():
        db.session.query(DraftAssignment).delete()
        db.session.query(Person).update({"availability_at": None})
        db.session.commit()
    week = f"/plan/1/{next_monday()}"
    pages = [client.get(address).text for address in ("/programmes/", "/sites/", "/people/imports/")]
    assert all(f'href="{week}"' in page and 'href="/rosters/1/answers"' in page for page in pages)

    client.post("/beginning/later", headers={"Referer": f"http://localhost{week}"})
    assert f'href="{week}"' not in client.get("/programmes/").text


def test_the_next_step_is_not_offered_on_a_page_that_belongs_to_it(app, client: FlaskClient):
    with app.app_context():
        db.session.query(DraftAssignment).delete()
        db.session.query(Shift).update({"state": ShiftState.CANCELLED})
        db.session.commit()
    onward = "Tiếp theo: Điểm hỗ trợ"

    assert onward in client.get("/programmes/").text
    assert onward not in client.get("/sites/1").text
