"""Language and looks: the account's choice, else this browser's, else Vietnamese."""

from datetime import UTC, datetime

import pytest
from flask import Flask, session
from flask.testing import FlaskClient
from flask_babel import format_datetime, gettext, ngettext

from roster.extensions import db
from roster.models import Account, Role, RoleKind
from roster.services import links
from tests import builders


@pytest.fixture
def account_id(app: Flask) -> int:
    app.config["WTF_CSRF_ENABLED"] = False  # see tests/architecture/test_forged_requests.py
    with app.app_context():
        account = builders.a_coordinator(db.session, builders.a_unit(db.session))
        db.session.commit()
        return account.id


@pytest.fixture
def client(app: Flask, account_id: int) -> FlaskClient:
    return app.test_client()


def sign_in(client: FlaskClient, account_id: int) -> None:
    with client.session_transaction() as session:
        session["_user_id"] = f"{account_id}.0"


def page(client: FlaskClient, address: str = "/account/sign-in") -> str:
    return client.get(address, headers={"Accept-Language": "en-GB"}).get_data(as_text=True)


def test_a_newcomer_reads_vietnamese_whatever_their_phone_was_sold_with(client: FlaskClient):
    assert '<html lang="vi"' in page(client)


def test_the_other_language_stands_in_the_open_where_one_signs_in(client: FlaskClient):
    assert ">English</button>" in page(client).split("<footer")[1].split("</footer>")[0]


def test_a_choice_before_signing_in_is_this_browsers(app: Flask, client: FlaskClient):
    client.post("/preferences/", data={"language": "en"})
    client.post("/preferences/", data={"theme": "dark"})

    assert '<html lang="en" data-bs-theme="dark"' in page(client)
    assert '<html lang="vi" data-bs-theme="auto"' in page(app.test_client())


def test_a_choice_after_signing_in_is_the_accounts_on_every_device(app: Flask, client: FlaskClient, account_id: int):
    sign_in(client, account_id)
    client.post("/preferences/", data={"language": "en", "theme": "light"})

    elsewhere = app.test_client()
    sign_in(elsewhere, account_id)
    assert '<html lang="en" data-bs-theme="light"' in page(elsewhere, "/account/")


def test_whoever_signs_out_reads_on_in_their_language(app: Flask, client: FlaskClient, account_id: int):
    sign_in(client, account_id)
    client.post("/preferences/", data={"language": "en", "theme": "dark"})
    with client.session_transaction() as session:
        session.pop("language"), session.pop("theme")

    client.post("/account/sign-out")

    assert '<html lang="en" data-bs-theme="dark"' in page(client)


def test_what_a_newcomer_chose_to_read_the_way_in_they_keep(app: Flask, client: FlaskClient):
    with app.app_context():
        unit = builders.a_unit(db.session)
        coordinator, volunteer = builders.a_coordinator(db.session, unit), Role(kind=RoleKind.VOLUNTEER, unit=unit)
        invited = builders.an_account(db.session, volunteer, person=builders.a_person(db.session, unit))
        token = links.make(db.session, invited, by=coordinator, now=datetime.now(UTC))
        account_id = invited.id
        db.session.commit()
    client.post("/preferences/", data={"language": "en"})
    client.post(f"/welcome/{token}", data={"password": "một câu dễ nhớ", "repeated": "một câu dễ nhớ"})

    elsewhere = app.test_client()
    with elsewhere.session_transaction() as session:
        session["_user_id"] = f"{account_id}.1"
    assert '<html lang="en"' in page(elsewhere, "/account/")


def test_an_unknown_language_changes_nothing(app: Flask, client: FlaskClient, account_id: int):
    sign_in(client, account_id)

    answer = client.post("/preferences/", data={"language": "tlh", "theme": "<script>"})

    assert answer.status_code == 303
    with app.app_context():
        account = db.session.get_one(Account, account_id)
        assert (account.language, account.theme) == ("vi", "auto")


def test_the_switch_leads_back_to_its_page_and_nowhere_else(client: FlaskClient):
    def led_to(referrer: str) -> str:
        return client.post("/preferences/", data={"language": "en"}, headers={"Referer": referrer}).location

    assert led_to("http://localhost/people/?q=lan") == "/people/?q=lan"
    assert led_to("http://elsewhere.example/people/") == "/"


def test_dates_in_english_have_the_day_first_as_everybody_here_reads_them(app: Flask, client: FlaskClient):
    client.post("/preferences/", data={"language": "en"})
    with client.session_transaction() as kept:
        chosen = dict(kept)

    with app.test_request_context():
        session.update(chosen)
        assert format_datetime(datetime(2026, 12, 11, 8, 30, tzinfo=UTC), "short") == "11/12/2026, 15:30"
        assert gettext("Sign in") == "Sign in"
        assert ngettext("one person", "%(num)s people", 3) == "3 people"
