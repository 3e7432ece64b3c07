"""The page of one's calendar addresses: made, shown once, replaced, closed."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from flask import Flask
from flask.testing import FlaskClient

from roster.extensions import db
from roster.models import Account, FeedToken, Role, RoleKind
from roster.services.passwords import Passwords
from tests import builders

PASSWORD = "một câu dễ nhớ"


@pytest.fixture
def app(app: Flask) -> Iterator[Flask]:
    app.config["WTF_CSRF_ENABLED"] = False  # see tests/architecture/test_forged_requests.py
    with app.app_context():
        unit = builders.a_unit(db.session)
        builders.a_site(db.session, unit)
        lan = builders.a_person(db.session, unit)
        builders.a_team(db.session, unit, lan)
        hashed = Passwords(time_cost=1).hash(PASSWORD)
        _account("lan@example.org", hashed, Role(kind=RoleKind.VOLUNTEER, unit=unit), person=lan)
        _account("cb@example.org", hashed, Role(kind=RoleKind.COORDINATOR, unit=unit))
        db.session.commit()
    yield app
    app.extensions["feeds"].flush()


def _account(login: str, password_hash: str, role: Role, **columns: object) -> None:
    db.session.add(
        Account(
            login=login,
            display_name="Lan",
            password_hash=password_hash,
            created_at=datetime.now(UTC),
            roles=[role],
            language="en",
            **columns,
        )
    )


def signed_in(app: Flask, login: str) -> FlaskClient:
    client = app.test_client()
    assert client.post("/account/sign-in", data={"login": login, "password": PASSWORD}).status_code in (302, 303)
    return client


@pytest.fixture
def lan(app: Flask) -> FlaskClient:
    return signed_in(app, "lan@example.org")


def make(client: FlaskClient, calendar: str = "volunteer:1", **more: str):
    return client.post("/calendars/", data={"calendar": calendar, "language": "vi", **more})


def path_in(page: str) -> str:
    return re.search(r"/feeds/[\w-]+\.ics", page)[0]


def test_a_new_address_is_offered_in_every_way_and_leads_to_the_calendar(lan: FlaskClient):
    made = make(lan)

    path = path_in(made.text)
    assert made.status_code == 201
    assert f'href="webcal://127.0.0.1:8000{path}"' in made.text
    assert f'value="http://127.0.0.1:8000{path}"' in made.text
    assert "https://calendar.google.com/calendar/r?cid=webcal%3A%2F%2F127.0.0.1%3A8000%2Ffeeds%2F" in made.text
    assert re.search(r"<svg[^>]*>\s*<path", made.text)
    assert lan.get(path).data.startswith(b"BEGIN:VCALENDAR")


def test_an_address_is_shown_only_once_and_kept_in_no_cache(lan: FlaskClient):
    made = make(lan)

    assert made.headers["Cache-Control"] == "no-store"
    assert "/feeds/" not in lan.get("/calendars/").text


def test_the_page_says_when_which_program_fetched_and_how_long_each_takes(lan: FlaskClient, app: Flask):
    path = path_in(make(lan, label="Điện thoại").text)
    before = lan.get("/calendars/").text
    lan.get(path, headers={"User-Agent": "Thunderbird/128"})
    app.extensions["feeds"].flush()

    after = lan.get("/calendars/").text

    assert "not yet" in before
    assert "by Thunderbird" in after
    assert "Điện thoại" in after
    assert "12 to 24 hours" in after


def test_a_replaced_address_is_gone_and_the_new_one_works(lan: FlaskClient):
    old = path_in(make(lan).text)

    new = path_in(lan.post("/calendars/1/rotate").text)

    assert lan.get(old).status_code == 410
    assert lan.get(new).status_code == 200


def test_a_closed_address_leaves_the_page_and_is_gone(lan: FlaskClient):
    path = path_in(make(lan).text)

    assert lan.post("/calendars/1/revoke").status_code == 303
    assert lan.get(path).status_code == 410
    assert "/calendars/1/rotate" not in lan.get("/calendars/").text


def test_nobody_else_can_touch_an_address(lan: FlaskClient, app: Flask):
    path = path_in(make(lan).text)
    other = signed_in(app, "cb@example.org")

    assert other.post("/calendars/1/revoke").status_code == 404
    assert other.post("/calendars/1/rotate").status_code == 404
    assert lan.get(path).status_code == 200


def test_each_account_is_offered_its_own_calendars(lan: FlaskClient, app: Flask):
    coordinator = signed_in(app, "cb@example.org")

    assert re.findall(r'<option value="(\w+:\d+)"', lan.get("/calendars/").text) == ["volunteer:1", "team:1"]
    assert re.findall(r'<option value="(\w+:\d+)"', coordinator.get("/calendars/").text) == ["unit:1"]
    assert 'value="site:1" selected' in coordinator.get("/calendars/site/1").text


def test_the_page_of_one_calendar_is_called_by_its_name_and_lists_its_addresses_alone(lan: FlaskClient):
    make(lan, "team:1", label="Máy tính")
    make(lan, "volunteer:1", label="Điện thoại")

    mine, team = lan.get("/calendars/").text, lan.get("/calendars/team/1").text

    assert ("My calendars</h1>" in mine, "Điện thoại" in mine, "Máy tính" in mine) == (True, True, True)
    assert re.search(r"<h1[^>]*>Calendar: ", team)
    assert ("Máy tính" in team, "Điện thoại" in team) == (True, False)


@pytest.mark.parametrize("page", ["/calendars/site/1", "/calendars/unit/1"])
def test_a_volunteer_is_not_offered_the_calendars_of_planners(lan: FlaskClient, page: str):
    assert lan.get(page).status_code == 403
    assert make(lan, page.removeprefix("/calendars/").replace("/", ":")).status_code == 403


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"calendar": "x"}, "calendar"),
        ({"calendar": "site:x"}, "calendar"),
        ({"alarm": "soon"}, "alarm"),
        ({"alarm": "7"}, "alarm"),
        ({"alarm": "7" * 5000}, "alarm"),
    ],
)
def test_what_makes_no_sense_comes_back_with_words_and_makes_no_address(lan: FlaskClient, app: Flask, typed, field):
    answer = make(lan, **{"calendar": "volunteer:1", "label": "Điện thoại", **typed})

    assert answer.status_code == 422
    assert f'id="{field}-error"' in answer.text
    assert "Điện thoại" in answer.text
    with app.app_context():
        assert db.session.query(FeedToken).count() == 0


def test_the_page_wants_somebody_signed_in(app: Flask):
    assert app.test_client().get("/calendars/").status_code == 303
