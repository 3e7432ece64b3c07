"""Invitations for many: by e-mail with one button where a mail server is set up, and as a file for the rest."""

import base64
import re
from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from roster.extensions import db
from roster.imports import sheets
from roster.models import Account, Person, Role, RoleKind, Unit
from roster.web import message_words
from tests import builders
from tests.roster.web.test_later import signed_in
from tests.roster.worker.test_invitations_sent import EVENING


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """The coordinator of the only unit (1), with one person whom e-mail reaches and one whom it does not."""
    app.config["WTF_CSRF_ENABLED"] = False  # see tests/architecture/test_forged_requests.py
    app.extensions["settings"] = replace(app.extensions["settings"], mail_url="mailto://127.0.0.1")
    with app.app_context():
        unit = builders.a_unit(db.session)
        builders.a_person(db.session, unit, "Nguyễn Thị Lan", email="lan@example.org")
        builders.a_person(db.session, unit, "Trần Văn Đức", phone="+84987654321")
        account = builders.a_coordinator(db.session, unit)
        db.session.commit()
        return signed_in(app, account.id)


def rows_in(page: str) -> list[str]:
    address = re.search(r'href="data:[^;]+;base64,([^"]+)"', page)
    assert address
    return [row[0] for row in sheets.read(base64.b64decode(address[1])).rows[1:]]


def test_one_button_writes_to_whoever_has_an_address_and_the_file_is_for_the_rest(client: FlaskClient):
    assert "Gửi 1 lời mời" in client.get("/people/invitations/").text

    sent = client.post("/people/invitations/mail", data={"unit_id": "1"}, follow_redirects=True).text
    made = client.post("/people/invitations/", data={"unit_id": "1"})

    assert "1 lời mời đang được gửi đi." in sent
    assert "Gửi 1 lời mời" not in sent
    assert rows_in(made.text) == ["Trần Văn Đức"]
    assert (
        "Không còn ai để mời." in client.post("/people/invitations/", data={"unit_id": "1"}, follow_redirects=True).text
    )
    assert made.headers["Cache-Control"] == "no-store"


def test_whose_letter_is_about_to_leave_is_not_in_the_file_and_the_page_says_so(client: FlaskClient):
    client.post("/people/invitations/mail", data={"unit_id": "1"})

    assert rows_in(client.post("/people/invitations/", data={"unit_id": "1", "again": "1"}).text) == ["Trần Văn Đức"]
    with client.application.app_context():
        db.session.scalars(select(Person).where(Person.phone.is_not(None))).one().active = False
        db.session.commit()
    page = client.post("/people/invitations/", data={"unit_id": "1", "again": "1"}, follow_redirects=True).text
    assert "Thư của họ sắp được gửi đi." in page


def test_whoever_cannot_be_invited_is_named_and_nobody_says_that_all_sign_in(client: FlaskClient):
    """Two who share a phone with somebody who signs in by it: one has an address of her own, one nothing else."""
    with client.application.app_context():
        unit = db.session.get_one(Unit, 1)
        builders.an_account(db.session, Role(kind=RoleKind.VOLUNTEER, unit=unit)).login = "+84905333444"
        builders.a_person(db.session, unit, "Lê Bình", phone="+84905333444", email="binh@example.org")
        builders.a_person(db.session, unit, "Lê Mai", phone="+84905333444")
        db.session.commit()
    assert "Gửi 2 lời mời" in client.get("/people/invitations/").text

    client.post("/people/invitations/mail", data={"unit_id": "1"})
    client.post("/people/invitations/", data={"unit_id": "1"})
    with client.application.app_context():
        invited = db.session.scalars(select(Account).where(Account.login != "+84905333444"))
        for account in invited:
            account.password_hash = account.password_hash or "chosen"
        db.session.commit()
    page = client.get("/people/invitations/").text

    assert "Lê Bình" not in page
    assert "Lê Mai" in page
    assert "đang ghi là tên đăng nhập của người khác" in page
    assert "Gửi" not in page.partition("<main")[2]
    assert "đều đã đăng nhập được" not in page


def test_what_is_sent_by_day_says_that_it_waits_two_minutes_and_nothing_of_the_kind_for_nobody(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(message_words, "utc_now", lambda: EVENING - timedelta(hours=8))

    sent, nobody = (
        client.post("/people/invitations/mail", data={"unit_id": "1"}, follow_redirects=True).text for _ in range(2)
    )

    assert "Thư sẽ đi sau 2 phút." in sent
    assert "2 phút" not in nobody


def test_what_would_leave_in_the_first_minutes_of_the_night_waits_for_the_morning(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(message_words, "utc_now", lambda: EVENING - timedelta(hours=1, minutes=1))

    sent = client.post("/people/invitations/mail", data={"unit_id": "1"}, follow_redirects=True).text

    assert "06:00" in sent


def test_what_is_sent_at_night_says_when_it_leaves(client: FlaskClient, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(message_words, "utc_now", lambda: EVENING)

    sent = client.post("/people/invitations/mail", data={"unit_id": "1"}, follow_redirects=True).text

    assert "06:00" in sent


def test_without_a_mail_server_the_file_is_for_everybody_and_nothing_promises_a_letter(app: Flask, client: FlaskClient):
    app.extensions["settings"] = replace(app.extensions["settings"], mail_url="")

    assert "/people/invitations/mail" not in client.get("/people/invitations/").text
    sent = client.post("/people/invitations/mail", data={"unit_id": "1"}, follow_redirects=True).text
    assert "Không còn ai để mời." in sent
    assert set(rows_in(client.post("/people/invitations/", data={"unit_id": "1"}).text)) == {
        "Nguyễn Thị Lan",
        "Trần Văn Đức",
    }
