"""Two coordinators have one form open: whoever saves second is told what the first one changed, and loses nothing."""

import html
import json
import re
from datetime import date
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from roster.extensions import db
from roster.models import Role, RoleKind, Site, SiteKind
from roster.services import demand
from roster.services.demand import Demand, PatternDetails
from roster.services.passwords import Passwords
from tests import builders

PASSWORD = "một câu dễ nhớ"
AS_IT_WAS = {
    "name": "Bộ phận Một cửa",
    "kind": "desk",
    "address": "12 Lê Lợi",
    "promised_min": "2",
    "latitude": "",
    "longitude": "",
}
FORMS = {
    "/sites/1": {"name": "Nơi khác", "kind": "desk"},
    "/units/1": {"name": "Đơn vị khác", "kind": "university"},
    "/people/1": {"full_name": "Trần Thị Mai", "unit_id": "1"},
    "/programmes/1": {"name": "Chương trình khác", "kind": "desk"},
    "/qualifications/1": {"name_vi": "Khác", "name_en": "Other"},
    "/patterns/1": {"name": "Ca khác", "programme_id": "1"},
    "/teams/1": {"name": "Tổ khác"},
    "/units/1/confirming": {"hours": "24"},
    "/units/1/turn-rules": {"withdraw_hours": "48", "answer_hours": "12"},
}
SHOWN_ON_ITS_PAGE = ("/teams/1", "/units/1/confirming", "/units/1/turn-rules")


@pytest.fixture
def lan(app: Flask) -> FlaskClient:
    """An administrator of everything, in a unit with one of each thing that has a form."""
    app.config["WTF_CSRF_ENABLED"] = False  # see tests/architecture/test_forged_requests.py
    with app.app_context():
        unit = builders.a_unit(db.session)
        site = builders.a_site(db.session, unit, AS_IT_WAS["name"], address=AS_IT_WAS["address"], promised_min=2)
        site.kind = SiteKind.DESK
        builders.a_team(db.session, unit, builders.a_person(db.session, unit))
        builders.a_qualification(db.session)
        programme = builders.a_programme(db.session, unit)
        for login, name in (("lan@example.org", "Lan"), ("minh@example.org", "Minh")):
            account = builders.an_account(db.session, Role(kind=RoleKind.ADMINISTRATOR, unit=unit))
            account.login, account.display_name = login, name
            account.password_hash = Passwords(time_cost=1).hash(PASSWORD)
        mornings = PatternDetails(
            "Sáng", programme.id, "FREQ=WEEKLY;BYDAY=MO", builders.MONDAY, None, "07:30", "11:30", "skip", Demand(2)
        )
        demand.create(db.session, site, mornings, by=account, now=builders.LONG_AGO)
        db.session.commit()
    return signed_in(app, "lan@example.org")


def signed_in(app: Flask, login: str) -> FlaskClient:
    client = app.test_client()
    client.post("/account/sign-in", data={"login": login, "password": PASSWORD})
    return client


def opened(client: FlaskClient, address: str) -> str:
    """What the form remembers of what it showed."""
    return remembered(client.get(address if address in SHOWN_ON_ITS_PAGE else f"{address}/edit").text)


def remembered(page: str) -> str:
    found = re.search(r'name="seen" value="([^"]*)"', page)
    assert found, page
    return html.unescape(found[1])


def value(page: str, name: str) -> str:
    found = re.search(rf'id="{name}" name="{name}" value="([^"]*)"', page)
    assert found, page
    return html.unescape(found[1])


def the_site(app: Flask) -> dict[str, Any]:
    with app.app_context():
        site = db.session.get_one(Site, 1)
        return {"name": site.name, "address": site.address, "promised_min": site.promised_min}


def test_whoever_saves_second_is_told_what_changed_and_keeps_what_they_typed(app: Flask, lan: FlaskClient):
    seen = opened(lan, "/sites/1")
    signed_in(app, "minh@example.org").post(
        "/sites/1", data=AS_IT_WAS | {"address": "3 Trần Phú", "promised_min": "4", "seen": seen}
    )

    answer = lan.post("/sites/1", data=AS_IT_WAS | {"name": "Một cửa", "address": "12A Lê Lợi", "seen": seen})

    page = html.unescape(answer.text)
    assert answer.status_code == 409
    assert "Minh đã sửa nội dung này" in page
    assert the_site(app) == {"name": AS_IT_WAS["name"], "address": "3 Trần Phú", "promised_min": 4}
    assert [value(answer.text, name) for name in ("name", "address", "promised_min")] == ["Một cửa", "12A Lê Lợi", "4"]
    assert "thành “3 Trần Phú”" in page
    assert "từ “2” thành “4”" in page


def test_saving_again_after_being_told_saves(app: Flask, lan: FlaskClient):
    seen = opened(lan, "/sites/1")
    signed_in(app, "minh@example.org").post("/sites/1", data=AS_IT_WAS | {"promised_min": "4", "seen": seen})
    told = lan.post("/sites/1", data=AS_IT_WAS | {"name": "Một cửa", "seen": seen}).text

    answer = lan.post("/sites/1", data=AS_IT_WAS | {"name": "Một cửa", "promised_min": "4", "seen": remembered(told)})

    assert answer.status_code == 303
    assert the_site(app) == {"name": "Một cửa", "address": "12 Lê Lợi", "promised_min": 4}


def test_two_who_type_the_same_do_not_hear_of_each_other(app: Flask, lan: FlaskClient):
    seen = opened(lan, "/sites/1")
    signed_in(app, "minh@example.org").post("/sites/1", data=AS_IT_WAS | {"name": "Một cửa", "seen": seen})

    assert lan.post("/sites/1", data=AS_IT_WAS | {"name": "Một cửa", "seen": seen}).status_code == 303


def test_a_form_that_came_back_for_a_slip_still_knows_what_it_showed(app: Flask, lan: FlaskClient):
    seen = opened(lan, "/sites/1")
    slipped = lan.post("/sites/1", data=AS_IT_WAS | {"promised_min": "hai", "seen": seen})
    signed_in(app, "minh@example.org").post("/sites/1", data=AS_IT_WAS | {"name": "Của Minh", "seen": seen})

    answer = lan.post("/sites/1", data=AS_IT_WAS | {"promised_min": "3", "seen": remembered(slipped.text)})

    assert (slipped.status_code, answer.status_code) == (422, 409)
    assert the_site(app)["name"] == "Của Minh"


@pytest.mark.parametrize("address", FORMS)
def test_every_form_of_something_kept_notices(lan: FlaskClient, address: str):
    """What the form remembers is made to differ from what is kept, as if somebody had changed it since."""
    seen = json.loads(opened(lan, address))
    first, wanted = next(iter(FORMS[address].items()))
    seen[first] = "như lúc trước"

    answer = lan.post(address, data=FORMS[address] | {"seen": json.dumps(seen)})

    assert answer.status_code == 409
    assert value(answer.text, first) == wanted
    assert f'id="{first}-meanwhile"' in answer.text


def test_dates_and_choices_are_told_in_words(app: Flask, lan: FlaskClient):
    seen = json.loads(opened(lan, "/people/1")) | {"birth_date": date(2001, 2, 3).isoformat()}
    site = json.loads(opened(lan, "/sites/1")) | {"kind": "market"}

    person = lan.post(
        "/people/1", data={"full_name": "Lê Lan", "unit_id": "1", "birth_date": "2001-02-03", "seen": json.dumps(seen)}
    )
    moved = lan.post("/sites/1", data=AS_IT_WAS | {"kind": "market", "seen": json.dumps(site)})

    assert "từ “3 thg 2, 2001” thành “–”" in html.unescape(person.text)
    assert "từ “Chợ”" in html.unescape(moved.text)
