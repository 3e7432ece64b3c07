"""No address that changes something accepts a form that was not drawn by this service for this browser."""

from datetime import UTC, datetime

import pytest
from flask import Flask
from flask.testing import FlaskClient

from roster.extensions import db
from tests.architecture.world import ADMINISTRATOR, build

CHANGING = {"POST", "PUT", "PATCH", "DELETE"}


@pytest.fixture
def arguments(app: Flask) -> dict[str, object]:
    with app.app_context():
        accounts, arguments = build(db.session, datetime.now(UTC))
        db.session.commit()
    return arguments | {"account": accounts[ADMINISTRATOR]}


@pytest.fixture
def client(app: Flask, arguments: dict[str, object]) -> FlaskClient:
    client = app.test_client()
    with client.session_transaction() as session:
        session["_user_id"] = f"{arguments['account']}.0"
    return client


def test_every_change_without_the_token_of_its_form_is_refused(
    app: Flask, client: FlaskClient, arguments: dict[str, object]
):
    urls = app.url_map.bind("localhost")
    answers = {}
    for rule in app.url_map.iter_rules():
        for method in CHANGING & (rule.methods or set()):
            values = {name: arguments[name] for name in rule.arguments}
            address = urls.build(rule.endpoint, values, method)
            answers[f"{method} {rule.rule}"] = client.open(address, method=method).status_code

    assert answers
    assert {route: status for route, status in answers.items() if status != 400} == {}


def test_a_change_with_the_token_of_its_form_goes_through(app: Flask, client: FlaskClient):
    page = client.get("/account/").get_data(as_text=True)
    token = page.partition('name="csrf_token" value="')[2].partition('"')[0]

    answer = client.post("/preferences/", data={"csrf_token": token, "language": "en"})

    assert answer.status_code == 303


def test_asking_for_a_page_never_changes_anything_by_address_alone(app: Flask):
    changing_names = ("cancel", "delete", "drop", "publish", "remove", "restore", "revoke")

    asked = [
        rule.rule
        for rule in app.url_map.iter_rules()
        if "GET" in (rule.methods or set()) and rule.endpoint.partition(".")[2].startswith(changing_names)
    ]
    assert asked == []
