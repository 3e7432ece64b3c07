"""Refusals and faults as people meet them: a page, or a message alone where htmx asked."""

from collections.abc import Callable
from datetime import time

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.exc import IntegrityError, OperationalError

from roster import errors
from roster.app import create_app
from roster.config import Settings
from roster.extensions import db
from roster.web.sessions import public
from tests import builders


@pytest.fixture
def answering(settings: Settings) -> Callable[[Exception], FlaskClient]:
    """A client of an application with one more address, /broken, that raises this."""
    app = create_app(settings)

    def with_error(error: Exception) -> FlaskClient:
        @public
        def broken() -> str:
            raise error

        app.add_url_rule("/broken", "broken", broken, methods=["GET", "POST"])
        return app.test_client()

    return with_error


@pytest.mark.parametrize(
    ("refusal", "status", "words"),
    [
        (errors.NotFound(what="person", id=7), 404, "Không có gì ở đây"),
        (errors.NotAllowed(action="plan"), 403, "không được làm việc này"),
        (errors.AlreadyExists(what="team", field="name", value="Tổ 1"), 409, "Tổ 1"),
        (errors.ServesAlready(what="turn", field="person_id", value="Nguyễn Thị Lan"), 409, "Lan đã có trong ca"),
        (errors.AlreadyRunning(run_id=1), 409, ""),
        (errors.EndsBeforeStart(starts=builders.MONDAY, ends=builders.MONDAY), 422, ""),
        (errors.EndsBeforeStart(starts=time(12), ends=time(11)), 422, "(12:00 đến 11:00)"),
        (errors.LongerThanANight(starts=time(18), ends=time(6, 1), hours=12), 422, "dài nhất 12 giờ (18:00 đến 06:01)"),
    ],
)
def test_a_refusal_becomes_its_status_and_vietnamese_words(
    answering: Callable[[Exception], FlaskClient], refusal: errors.RosterError, status: int, words: str
):
    answer = answering(refusal).get("/broken")

    assert answer.status_code == status
    assert words in answer.get_data(as_text=True)
    assert "<html" in answer.get_data(as_text=True)


@pytest.mark.parametrize(
    ("refusal", "title"),
    [
        (errors.RuleBroken(rule="availability", detail=""), "Chưa thực hiện được"),
        (errors.RemindedAlready(reminded_at=builders.MONDAY), "Chưa thực hiện được"),
        (errors.RemedyGone(), "Đã có thay đổi"),
    ],
)
def test_only_what_others_changed_is_headed_as_changed_meanwhile(answering, refusal, title):
    answer = answering(refusal).get("/broken")

    assert f"<h1>{title}</h1>" in answer.text


def test_whoever_pressed_something_that_was_refused_finds_back_to_where_they_pressed_it(answering):
    client = answering(errors.AlreadyRunning(run_id=1))
    client.application.config["WTF_CSRF_ENABLED"] = False

    def refused_after(page: str) -> str:
        return client.post("/broken", headers={"Referer": page}).text

    assert 'href="/plan/1?page=2"' in refused_after("http://localhost/plan/1?page=2")
    assert "elsewhere.example" not in refused_after("http://elsewhere.example/plan/1")


def test_htmx_gets_a_message_alone(answering: Callable[[Exception], FlaskClient]):
    answer = answering(errors.NotAllowed(action="plan")).get("/broken", headers={"HX-Request": "true"})

    page = answer.get_data(as_text=True)
    assert answer.status_code == 403
    assert "<html" not in page
    assert "data-refusal" in page


def test_a_fault_is_noted_with_its_trace_and_told_without(
    answering: Callable[[Exception], FlaskClient], caplog: pytest.LogCaptureFixture
):
    answer = answering(ZeroDivisionError("a secret of the inside")).get("/broken")

    assert answer.status_code == 500
    assert "secret" not in answer.get_data(as_text=True)
    assert "a secret of the inside" in caplog.text


def test_whoever_comes_second_in_a_race_for_a_row_is_told_to_look_again(
    answering: Callable[[Exception], FlaskClient], caplog: pytest.LogCaptureFixture
):
    answer = answering(IntegrityError("INSERT …", {}, Exception("UNIQUE constraint failed: teams"))).get("/broken")

    assert answer.status_code == 409
    assert "UNIQUE" not in answer.get_data(as_text=True)
    assert "UNIQUE constraint failed: teams" in caplog.text


@pytest.mark.parametrize(("fault", "status"), [("database is locked", 503), ("no such table: people", 500)])
def test_who_waited_too_long_behind_others_may_try_again(answering: Callable[[Exception], FlaskClient], fault, status):
    answer = answering(OperationalError("BEGIN IMMEDIATE", {}, Exception(fault))).get("/broken")

    assert answer.status_code == status
    assert ("Retry-After" in answer.headers) == (status == 503)


def test_what_was_typed_into_a_refused_form_is_still_there(app: Flask):
    app.config["WTF_CSRF_ENABLED"] = False
    with app.app_context():
        unit = builders.a_unit(db.session)
        coordinator = builders.a_coordinator(db.session, unit)
        db.session.commit()
        unit_id, account_id = unit.id, coordinator.id
    client = app.test_client()
    with client.session_transaction() as session:
        session["_user_id"] = f"{account_id}.0"

    answer = client.post(
        "/people/", data={"unit_id": unit_id, "full_name": "Đặng Thị <Ánh>", "phone": "12", "newcomer": "1"}
    )

    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert 'value="Đặng Thị &lt;Ánh&gt;"' in page
    assert 'value="12" aria-describedby="phone-help phone-error" aria-invalid="true"' in page
    assert 'name="newcomer" value="1" checked' in page


@pytest.fixture
def coordinating(app: Flask) -> FlaskClient:
    """A coordinator's browser, before a site with the id 1."""
    app.config["WTF_CSRF_ENABLED"] = False
    with app.app_context():
        unit = builders.a_unit(db.session)
        coordinator = builders.a_coordinator(db.session, unit)
        builders.a_site(db.session, unit)
        db.session.commit()
        account_id = coordinator.id
    client = app.test_client()
    with client.session_transaction() as session:
        session["_user_id"] = f"{account_id}.0"
    return client


def test_a_demand_on_no_day_at_all_is_refused_beside_the_days(coordinating: FlaskClient):
    page = coordinating.post("/sites/1/patterns", data={"name": "Trực sáng"}).get_data(as_text=True)

    assert 'id="weekdays-error"' in page
    assert "Vui lòng chọn ít nhất một mục." in page


def test_a_latitude_that_is_no_number_is_not_asked_to_be_a_whole_one(coordinating: FlaskClient):
    page = coordinating.post("/sites/1", data={"name": "Chợ", "kind": "market", "latitude": "abc"}).get_data(
        as_text=True
    )

    assert 'id="latitude-error"' in page
    assert "Vui lòng nhập một số." in page


def test_a_page_that_must_be_signed_in_for_sends_htmx_to_the_whole_sign_in_page(app: Flask):
    answer = app.test_client().get("/people/", headers={"HX-Request": "true"})

    assert answer.status_code == 401
    assert answer.headers["HX-Redirect"] == "/account/sign-in"


def test_a_form_sent_after_the_session_ended_leads_to_sign_in_and_back_to_its_page(app: Flask):
    form = {"Referer": "http://localhost/people/new?unit=1"}

    as_page = app.test_client().post("/people/", data={"full_name": "Lan"}, headers=form)
    as_part = app.test_client().post("/people/", headers=form | {"HX-Request": "true"})

    assert (as_page.status_code, as_page.location) == (303, "/account/sign-in?next=/people/new?unit%3D1")
    assert (as_part.status_code, as_part.headers["HX-Redirect"]) == (401, as_page.location)


def test_a_page_drawn_in_answer_to_a_form_says_which_page_it_belongs_to(coordinating: FlaskClient):
    page = "http://localhost/people/new"

    assert 'data-came-from="/people/new"' in coordinating.post("/people/", headers={"Referer": page}).text
    assert "data-came-from" not in coordinating.get("/people/new", headers={"Referer": page}).text
