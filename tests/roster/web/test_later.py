"""Answers that may wait on the phone: which forms say so, and whose session sends them (frontend/js/later.js)."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask, g
from flask.testing import FlaskClient

from roster.extensions import db
from roster.services import covers, rounds, swaps
from roster.vietnam.office_hours import monday_of
from tests.published import PublishedWeek

FORM = re.compile(r'<form method="post" action="(/me/[^"]+)".*?</form>', re.DOTALL)
NEEDS_THE_SERVICE = re.compile(r"/me/(availability/exceptions|limits)")  # forms with fields of their own to refuse


@pytest.fixture
def week(app: Flask) -> Iterator[PublishedWeek]:
    """Everything a volunteer can be asked stands open for Lan."""
    with app.app_context():
        now = datetime.now(UTC)
        week = PublishedWeek(db.session, monday=monday_of(now.date()) + timedelta(days=14), published_at=now)
        lans, has = week.turn(week.monday, week.lan), week.turn(week.tuesday, week.ha)
        swaps.propose(db.session, has.id, lans.id, by=week.account(week.ha), now=now)
        covers.ask(db.session, week.monday.id, [week.minh.id], text="", by=week.by, now=now)
        deadline = week.roster.period.first_day - timedelta(days=2)
        rounds.ask(db.session, week.roster.id, deadline=deadline, by=week.by, now=now)
        db.session.commit()
        yield week


def signed_in(app: Flask, account_id: int) -> FlaskClient:
    g.pop("_login_user", None)  # of the client before, in the application's one context of this test
    client = app.test_client()
    with client.session_transaction() as session:
        session["_user_id"] = f"{account_id}.0"
    return client


def test_whatever_is_answered_with_one_tap_may_wait_for_a_connection(app: Flask, week: PublishedWeek):
    pages = [page for one in (week.lan, week.minh) for page in at_hand(signed_in(app, week.account(one).id))]

    forms = [found for page in pages for found in FORM.finditer(page) if not NEEDS_THE_SERVICE.match(found[1])]

    assert {re.sub(r"\d+", "N", form[1]) for form in forms} >= {
        "/me/shifts/N/confirm",
        "/me/turns/N/withdraw",
        "/me/open/N",
        "/me/swaps/N/yes",
        "/me/swaps/N/no",
        "/me/asks/N/yes",
        "/me/weeks/N",
        "/me/availability",
    }
    assert [form[1] for form in forms if "data-later" not in form[0]] == []


def test_asking_for_a_stand_in_and_for_a_swap_may_wait_too(app: Flask, week: PublishedWeek):
    turn, client = week.turn(week.monday, week.lan).id, signed_in(app, week.account(week.lan).id)
    worker = (Path(__file__).parents[3] / "frontend/js/worker.js").read_text()
    kept = re.compile(re.search(r"KEPT = /(.*)/;", worker)[1].replace("\\/", "/"))

    for page in (f"/me/turns/{turn}/stand-in", f"/me/turns/{turn}/swap"):
        forms = [found[0] for found in FORM.finditer(client.get(page).text)]
        assert forms
        assert [form for form in forms if "data-later" not in form] == []
        assert kept.match(page), "the page itself is at hand once it was seen"


def at_hand(client: FlaskClient) -> list[str]:
    """ "My shifts", and what a phone brings in with it."""
    first = client.get("/me/").text
    return [first, *(client.get(path).text for path in re.search(r'data-at-hand="([^"]*)"', first)[1].split())]


def test_yes_and_no_are_about_the_same_so_that_only_the_last_word_is_sent(app: Flask, week: PublishedWeek):
    page = signed_in(app, week.account(week.lan).id).get("/me/").text

    answers = [found for found in FORM.finditer(page) if "/swaps/" in found[1]]

    assert len(answers) == 2
    assert len({re.search(r'data-later="([^"]+)"', form[0])[1] for form in answers}) == 1


def test_every_page_names_its_account_and_the_service_tells_who_is_signed_in_by_now(app: Flask, week: PublishedWeek):
    assert app.test_client().get("/signed-in").json == {"account": None, "token": ""}
    lan = week.account(week.lan).id
    client = signed_in(app, lan)

    assert f'data-account="{lan}"' in client.get("/me/").text
    now = client.get("/signed-in")
    assert (now.json["account"], bool(now.json["token"]), now.headers["Cache-Control"]) == (lan, True, "no-store")


def test_an_answer_with_the_token_of_somebody_who_was_signed_in_before_is_turned_away(app: Flask, week: PublishedWeek):
    client = app.test_client()
    lans_token = token_of(client, week.account(week.lan).id)
    token_of(client, week.account(week.minh).id)

    sent = client.post(f"/me/open/{week.monday.id}", headers={"X-CSRFToken": lans_token, "HX-Request": "true"})

    assert sent.status_code == 400


def token_of(client: FlaskClient, account_id: int) -> str:
    """As signing in does it: nothing of the session before stays."""
    for name in ("_login_user", "csrf_token"):
        g.pop(name, None)  # of the session before, in the application's one context of this test
    with client.session_transaction() as session:
        session.clear()
        session["_user_id"] = f"{account_id}.0"
    return client.get("/signed-in").json["token"]


def test_a_page_brought_in_beforehand_uses_up_no_notice(app: Flask, week: PublishedWeek):
    lan = signed_in(app, week.account(week.lan).id)
    with lan.session_transaction() as session:
        session["_flashes"] = [("success", "Chỗ này là của bạn.")]

    assert "Chỗ này là của bạn." not in lan.get("/me/open", headers={"X-Beforehand": "yes"}).text
    assert "Chỗ này là của bạn." in lan.get("/me/open").text


def test_a_slow_answer_brings_no_session_back_and_a_page_opened_each_day_keeps_it(app: Flask, week: PublishedWeek):
    lan = signed_in(app, week.account(week.lan).id)
    with lan.session_transaction() as session:
        session.permanent = True
    sets_it = [
        "roster=" in lan.get("/me/", headers={"Sec-Fetch-Mode": mode}).headers.get("Set-Cookie", "")
        for mode in ("cors", "navigate", "cors", "navigate")
    ]

    # The first of all writes the token of its forms, whoever asks; the second the day.
    assert sets_it == [True, True, False, False]


def test_a_shift_that_has_begun_asks_for_no_answer_any_more(app: Flask, week: PublishedWeek):
    week.account(week.lan).language = "en"
    db.session.commit()
    client = signed_in(app, week.account(week.lan).id)
    answers = (f"/me/shifts/{week.turn(week.monday, week.lan).id}/confirm", "I cannot come, or swap", "To be confirmed")
    assert all(one in client.get("/me/").text for one in answers)

    week.monday.starts_at = datetime.now(UTC) - timedelta(hours=1)
    week.monday.ends_at = datetime.now(UTC) + timedelta(hours=7)
    db.session.commit()

    going_on = client.get("/me/").text
    assert "Going on now" in going_on
    assert not any(one in going_on for one in answers)
