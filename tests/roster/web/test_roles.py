"""Giving a role to somebody new hands over the link that lets them in."""

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from roster.extensions import db
from roster.models import Role, RoleKind
from tests import builders


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """The administrator of the only unit (1), and its coordinator, whom nobody has invited yet."""
    app.config["WTF_CSRF_ENABLED"] = False  # see tests/architecture/test_forged_requests.py
    with app.app_context():
        unit = builders.a_unit(db.session)
        administrator = builders.an_account(db.session, Role(kind=RoleKind.ADMINISTRATOR, unit=unit))
        administrator.password_hash = "set"
        builders.a_coordinator(db.session, unit).password_hash = None
        db.session.commit()
        account = administrator.id
    client = app.test_client()
    with client.session_transaction() as session:
        session["_user_id"] = f"{account}.0"
    return client


def give(client: FlaskClient, kind: str) -> TestResponse:
    typed = {"kind": kind, "login": "hung@example.org", "name": "Phạm Quang Hùng", "unit_id": "1"}
    return client.post("/roles/", data=typed)


def test_a_role_for_somebody_new_comes_with_their_link(client: FlaskClient):
    given = give(client, "coordinator")

    assert given.status_code == 200
    assert "Đã giao vai trò cho Phạm Quang Hùng" in given.text
    assert re.search(r'value="http://[^"]+/welcome/[^"]+"', given.text)
    assert "Đã mời" in client.get("/roles/").text


def test_another_role_ends_no_link_that_somebody_has(client: FlaskClient):
    give(client, "coordinator")

    assert give(client, "administrator").status_code == 303


def test_whoever_was_never_invited_has_no_invitation_that_ended(client: FlaskClient):
    page = client.get("/roles/").text

    assert "Chưa mời" in page
    assert "Lời mời hết hạn" not in page
