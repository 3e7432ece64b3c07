"""Signing in and out, one's own password, one-use links, and how often one may try."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from html import unescape

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from roster.app import create_app
from roster.config import Settings
from roster.extensions import db
from roster.models import Account, AuditEntry, PushDevice, Role, RoleKind, Tries
from roster.services import links
from roster.services.passwords import Passwords
from tests import builders
from tests.browsers import Browser

PASSWORD = "một câu dễ nhớ"
OTHER = "câu mới khó đoán"
NOW = datetime.now(UTC)
LATER = timedelta(days=15)


@pytest.fixture
def app(app: Flask) -> Flask:
    app.config["WTF_CSRF_ENABLED"] = False  # see tests/architecture/test_forged_requests.py
    with app.app_context():
        unit = builders.a_unit(db.session)
        person = builders.a_person(db.session, unit, phone="+84912345678")
        hashed = Passwords(time_cost=1).hash(PASSWORD)
        _account("lan@example.org", hashed, Role(kind=RoleKind.VOLUNTEER, unit=unit), person=person)
        _account("+84987654321", hashed, Role(kind=RoleKind.COORDINATOR, unit=unit))
        _account("desk@example.org", hashed, Role(kind=RoleKind.CENTER, site=builders.a_site(db.session, unit)))
        db.session.commit()
    return app


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


def _account(login: str, password_hash: str, role: Role, **columns: object) -> None:
    account = Account(
        login=login, display_name="Lan", password_hash=password_hash, created_at=NOW, roles=[role], **columns
    )
    db.session.add(account)


def sign_in(client: FlaskClient, login: str = "lan@example.org", password: str = PASSWORD, **more: str) -> TestResponse:
    return client.post("/account/sign-in", data={"login": login, "password": password, **more})


def is_signed_in(client: FlaskClient) -> bool:
    return client.get("/account/").status_code == 200


@pytest.mark.parametrize("login", ["lan@example.org", " Lan@Example.org ", "0987 654 321", "+84987654321"])
def test_people_sign_in_by_phone_number_or_address_as_they_write_it(client: FlaskClient, login: str):
    assert sign_in(client, login).status_code == 303
    assert is_signed_in(client)


@pytest.mark.parametrize(
    ("login", "home"),
    [("lan@example.org", "/me/"), ("0987654321", "/plan/"), ("desk@example.org", "/coverage/")],
)
def test_everybody_lands_on_the_page_of_their_role(client: FlaskClient, login: str, home: str):
    sign_in(client, login)

    assert client.get("/").location == home


@pytest.mark.parametrize("login", ["lan@example.org", "nobody@example.org", "no login at all", ""])
def test_a_refused_sign_in_says_the_same_whether_or_not_the_login_exists(client: FlaskClient, login: str):
    answer = sign_in(client, login, "another password")

    assert answer.status_code == 422
    assert "login-error" in answer.get_data(as_text=True)
    assert not is_signed_in(client)


def test_a_refused_sign_in_keeps_the_login_and_forgets_the_password(client: FlaskClient):
    page = sign_in(client, "lan@example.org", "another password").get_data(as_text=True)

    assert 'value="lan@example.org"' in page
    assert "another password" not in page


def test_a_closed_account_cannot_sign_in_and_its_sessions_end(app: Flask, client: FlaskClient):
    sign_in(client)
    with app.app_context():
        db.session.query(Account).filter_by(login="lan@example.org").one().active = False
        db.session.commit()

    assert not is_signed_in(client)
    assert sign_in(client).status_code == 422


def test_signing_out_ends_the_session(client: FlaskClient):
    sign_in(client)

    client.post("/account/sign-out")

    assert not is_signed_in(client)


def test_whoever_asks_to_be_forgotten_is_signed_out_for_good(client: FlaskClient):
    sign_in(client)

    answer = client.post("/account/data/erase", data={"password": PASSWORD})

    assert answer.location == "/account/sign-in"
    assert not is_signed_in(client)
    assert sign_in(client).status_code == 422


def test_somebody_who_must_sign_in_first_comes_back_to_the_page_they_asked_for(client: FlaskClient):
    asked = client.get("/people/?q=lan")

    assert asked.location == "/account/sign-in?next=/people/?q%3Dlan"
    assert sign_in(client, "0987654321", next="/people/?q=lan").location == "/people/?q=lan"


@pytest.mark.parametrize(
    "address",
    [
        "https://elsewhere.example/",
        "//elsewhere.example",
        "/\\elsewhere.example",
        "javascript:alert(1)",
        "people",
        "/\t/x",
    ],
)
def test_signing_in_never_leads_to_another_service(client: FlaskClient, address: str):
    assert sign_in(client, next=address).location == "/"


def test_a_new_password_ends_all_other_sessions_but_not_this_one(app: Flask, client: FlaskClient):
    other = app.test_client()
    sign_in(client)
    sign_in(other)

    changed = client.post("/account/password", data={"old": PASSWORD, "new": OTHER, "repeated": OTHER})

    assert changed.status_code == 303
    assert is_signed_in(client)
    assert not is_signed_in(other)
    assert sign_in(other).status_code == 422
    assert sign_in(other, password=OTHER).status_code == 303


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("old", {"old": "wrong", "new": OTHER, "repeated": OTHER}),
        ("new", {"old": PASSWORD, "new": "short", "repeated": "short"}),
        ("new", {"old": PASSWORD, "new": "matkhau123", "repeated": "matkhau123"}),
        ("new", {"old": PASSWORD, "new": "lan@example.org", "repeated": "lan@example.org"}),
        ("repeated", {"old": PASSWORD, "new": OTHER, "repeated": "câu mới"}),
    ],
)
def test_a_bad_new_password_is_refused_beside_its_field(client: FlaskClient, field: str, typed: dict[str, str]):
    sign_in(client)

    answer = client.post("/account/password", data=typed)

    assert answer.status_code == 422
    assert f'id="{field}-error"' in answer.get_data(as_text=True)
    assert sign_in(client).status_code == 303


# Links


@pytest.fixture
def token(app: Flask) -> str:
    """A password link for Lan, made by her coordinator."""
    with app.app_context():
        lan, coordinator = (
            db.session.query(Account).filter_by(login=login).one() for login in ("lan@example.org", "+84987654321")
        )
        made = links.make(db.session, lan, by=coordinator, now=NOW)
        db.session.commit()
    return made


NEW = {"password": OTHER, "repeated": OTHER}


def test_a_link_sets_a_password_once_and_signs_in(client: FlaskClient, token: str):
    used = client.post(f"/welcome/{token}", data=NEW)
    again = client.post(f"/welcome/{token}", data=NEW)

    assert used.status_code == 303
    assert is_signed_in(client)
    assert again.status_code == 410


def test_whoever_comes_first_is_welcomed_on_the_page_and_not_over_it(client: FlaskClient, token: str):
    page = client.post(f"/welcome/{token}", data=NEW, follow_redirects=True).text
    on_it, over_it = page.split('<div class="toasts"')

    assert ("Chào mừng" in on_it, "Chào mừng" in over_it) == (True, False)


def test_looking_at_a_link_does_not_use_it_up(client: FlaskClient, token: str):
    client.get(f"/welcome/{token}")

    assert client.get(f"/welcome/{token}").status_code == 200
    assert client.post(f"/welcome/{token}", data=NEW).status_code == 303


def test_a_bad_password_does_not_use_a_link_up(client: FlaskClient, token: str):
    refused = client.post(f"/welcome/{token}", data={"password": "short", "repeated": "short"})

    assert refused.status_code == 422
    assert client.post(f"/welcome/{token}", data=NEW).status_code == 303


def test_an_expired_link_says_how_to_get_a_new_one(app: Flask, token: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("roster.web.links.utc_now", lambda: NOW + LATER)

    answer = app.test_client().get(f"/welcome/{token}")

    assert answer.status_code == 410
    assert 'href="/account/sign-in"' in answer.get_data(as_text=True)


def test_a_link_nobody_made_opens_nothing(client: FlaskClient):
    assert client.get("/welcome/something-guessed").status_code == 404


def test_a_used_link_ends_every_open_session(app: Flask, client: FlaskClient, token: str):
    sign_in(client)

    app.test_client().post(f"/welcome/{token}", data=NEW)

    assert not is_signed_in(client)


# Throttle


@pytest.fixture
def throttled(settings: Settings, app: Flask) -> Iterator[Flask]:
    """The same installation, with throttles on."""
    strict = create_app(replace(settings, rate_limits=True))
    strict.config["WTF_CSRF_ENABLED"] = False
    yield strict
    with strict.app_context():
        db.engine.dispose()


def test_after_five_wrong_passwords_even_the_right_one_has_to_wait(throttled: Flask):
    client = throttled.test_client()
    wrong = [sign_in(client, "lan@example.org", "another password").status_code for _ in range(5)]

    answer = sign_in(client)

    assert wrong == [422] * 5
    assert answer.status_code == 429
    assert int(answer.headers["Retry-After"]) <= 15 * 60 + 1  # rounded up to a whole second
    assert not is_signed_in(client)


def test_wrong_passwords_of_one_person_do_not_stop_another_at_the_same_address(throttled: Flask):
    client = throttled.test_client()
    for _ in range(6):
        sign_in(client, "lan@example.org", "another password")

    assert sign_in(client, "0987654321").status_code == 303


def test_the_same_number_written_otherwise_is_the_same_login(throttled: Flask):
    client = throttled.test_client()
    for written in ("0987654321", "0987 654 321", "+84987654321", "84 987 654 321", "0987.654.321"):
        sign_in(client, written, "another password")

    assert sign_in(client, "0987654321").status_code == 429


def test_a_number_and_an_address_together_are_tried_no_more_often_than_one_login(settings: Settings, app: Flask):
    """They are counted apart, as one count would tell that they are of one member."""
    behind = create_app(replace(settings, rate_limits=True, trusted_proxies=1))
    behind.config["WTF_CSRF_ENABLED"] = False
    client = behind.test_client()

    def tried(login: str, addresses: int) -> int:
        """How many wrong passwords are looked at, from so many addresses."""
        forwarded = [f"198.51.100.{number}" for number in range(addresses) for _ in range(5)]
        data = {"login": login, "password": "another password"}
        answers = [client.post("/account/sign-in", data=data, headers={"X-Forwarded-For": one}) for one in forwarded]
        return [answer.status_code for answer in answers].count(422)

    of_one_member = [tried(login, addresses=5) for login in ("lan@example.org", "0912345678")]

    assert of_one_member == [20, 20]
    assert tried("nobody@example.org", addresses=5) == 20, "as for whoever is known"
    with behind.app_context():
        db.engine.dispose()


def test_one_stranger_uses_up_not_all_tries_that_others_have(throttled: Flask, monkeypatch: pytest.MonkeyPatch):
    client = throttled.test_client()
    answers = []
    for quarter in range(4):
        now = NOW + timedelta(minutes=16 * quarter)
        monkeypatch.setattr("roster.web.shared_tries.utc_now", lambda now=now: now)
        answers += [sign_in(client, "lan@example.org", "another password").status_code for _ in range(6)]

    assert answers.count(422) == 10


def test_guessing_links_is_stopped_while_a_class_may_open_its_invitations_together(throttled: Flask, token: str):
    guesses = [throttled.test_client().post("/welcome/guessed", data=NEW).status_code for _ in range(59)]
    opened = throttled.test_client().post(f"/welcome/{token}", data=NEW).status_code
    last = [throttled.test_client().post("/welcome/guessed", data=NEW).status_code for _ in range(2)]

    assert guesses == [404] * 59
    assert opened == 303
    assert last == [404, 429]


def test_every_process_knows_what_was_tried_at_another(settings: Settings, throttled: Flask):
    for _ in range(5):
        sign_in(throttled.test_client(), "lan@example.org", "another password")
    another = create_app(replace(settings, rate_limits=True))
    another.config["WTF_CSRF_ENABLED"] = False

    assert sign_in(another.test_client()).status_code == 429
    with another.app_context():
        kept = db.session.scalars(select(Tries.key)).all()
        db.engine.dispose()
    assert kept
    assert all(len(key) == 64 and "lan" not in key for key in kept), "nobody is named"


def test_signing_in_often_is_not_guessing(throttled: Flask):
    answers = {sign_in(throttled.test_client()).status_code for _ in range(8)}

    assert answers == {303}


def test_behind_a_proxy_of_our_own_visitors_are_told_apart_and_cannot_pretend(settings: Settings, app: Flask):
    behind = create_app(replace(settings, rate_limits=True, trusted_proxies=1))
    behind.config["WTF_CSRF_ENABLED"] = False
    client = behind.test_client()

    def from_address(forwarded: str, password: str) -> int:
        data = {"login": "lan@example.org", "password": password}
        return client.post("/account/sign-in", data=data, headers={"X-Forwarded-For": forwarded}).status_code

    # The proxy adds the last address; what stands before it came from the visitor.
    guesses = [from_address(f"192.0.2.{number}, 198.51.100.7", "another password") for number in range(6)]

    assert guesses == [422] * 5 + [429]
    assert from_address("198.51.100.8", PASSWORD) == 303
    with behind.app_context():
        db.engine.dispose()


def test_a_number_changed_on_the_account_page_is_what_one_signs_in_with(app: Flask, client: FlaskClient):
    sign_in(client)
    page = client.get("/account/").text
    assert 'value="0912 345 678"' in page
    typed = {"phone": "0912 345 678", "password": PASSWORD}
    client.post("/account/reach", data=typed | {"email": "lan@example.org"})

    refused = client.post("/account/reach", data=typed | {"email": "mai@example.org", "password": "đoán bừa"})
    changed = client.post("/account/reach", data=typed | {"email": "mai@example.org"})

    assert (refused.status_code, changed.status_code) == (422, 303)
    assert 'value="mai@example.org"' in refused.text
    assert sign_in(app.test_client(), "mai@example.org").status_code == 303
    assert sign_in(app.test_client(), "lan@example.org").status_code == 422


def test_whoever_belongs_to_no_person_changes_the_name_that_others_read(client: FlaskClient):
    sign_in(client, "0987654321")

    refused = client.post("/account/name", data={"name": " "})
    changed = client.post("/account/name", data={"name": "Trần Thị Mai"}, follow_redirects=True)

    assert refused.status_code == 422
    assert "Trần Thị Mai" in changed.text
    with client.application.app_context():
        trail = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "account.rename")).one()
        assert trail.facts["after"] == "Trần Thị Mai" != trail.facts["before"]
        assert trail.unit_id is not None


def test_a_name_changed_on_another_device_meanwhile_is_not_overwritten_unseen(client: FlaskClient):
    sign_in(client, "0987654321")
    seen = unescape(re.findall(r'name="seen" value="([^"]*)"', client.get("/account/").text)[0])
    client.post("/account/name", data={"name": "Trần Thị Mai", "seen": seen})

    refused = client.post("/account/name", data={"name": "Trần Thị Mận", "seen": seen})

    assert refused.status_code == 409
    assert "Trần Thị Mai" in refused.text
    assert 'value="Trần Thị Mận"' in refused.text


def test_a_volunteers_name_is_kept_by_whoever_plans(client: FlaskClient):
    sign_in(client)

    assert 'action="/account/name"' not in client.get("/account/").text
    assert client.post("/account/name", data={"name": "Ai Đó"}).status_code == 403


def told_here(app: Flask) -> list[str]:
    """Who is told something in some browser, by login."""
    with app.app_context():
        return list(db.session.scalars(select(Account.login).join(PushDevice, PushDevice.account_id == Account.id)))


def turn_on(client: FlaskClient, endpoint: str) -> None:
    asked = Browser().subscribes(endpoint)
    sent = {"endpoint": asked.endpoint, "p256dh": asked.p256dh, "auth": asked.auth}
    assert client.post("/account/devices/", data=sent).status_code == 204


def test_whoever_signs_in_on_a_phone_ends_what_its_last_reader_was_told_there(app: Flask, client: FlaskClient):
    elsewhere = app.test_client()
    for browser, number in ((client, 1), (elsewhere, 2)):
        sign_in(browser)
        turn_on(browser, f"https://push.example/{number}")
        browser.delete_cookie("roster")  # the session lapses; nobody has signed out
    sign_in(client)
    assert told_here(app) == ["lan@example.org", "lan@example.org"]

    client.delete_cookie("roster")
    sign_in(client, "0987654321")

    assert told_here(app) == ["lan@example.org"]


def test_a_browser_that_claims_to_be_another_s_device_ends_nothing(app: Flask, client: FlaskClient):
    sign_in(client)
    turn_on(client, "https://push.example/1")
    stranger = app.test_client()
    stranger.set_cookie("device", '[1,"guessed"].forged')

    sign_in(stranger, "0987654321")

    assert told_here(app) == ["lan@example.org"]
