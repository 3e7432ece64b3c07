"""Missing consents are told where they matter: on a volunteer's first page, and on the coordinator's list."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask, g
from flask.testing import FlaskClient

from roster.extensions import db
from roster.models import Person
from roster.queries.consents import awaited_of
from roster.services import consents
from roster.vietnam.office_hours import monday_of
from tests import builders
from tests.published import PublishedWeek

NOW = datetime.now(UTC)
ASKED_FOR_A_LINK = 'action="/account/data/guardian"'
ASKED_TO_AGREE = 'href="/account/data/?next=/me/"'


@pytest.fixture
def week(app: Flask) -> Iterator[PublishedWeek]:
    app.config["WTF_CSRF_ENABLED"] = False  # see tests/architecture/test_forged_requests.py
    with app.app_context():
        yield PublishedWeek(db.session, monday=monday_of(NOW.date()) + timedelta(days=14), published_at=NOW)


@pytest.fixture
def child(week: PublishedWeek) -> Person:
    fifteen = date(NOW.year - 15, 1, 1)
    child = week.somebody("Võ Minh Khôi", birth_date=fifteen, phone="+84912345678", guardian=False)
    db.session.commit()
    return child


def signed_in(app: Flask, account_id: int) -> FlaskClient:
    g.pop("_login_user", None)  # of the client before, in the application's one context of this test
    client = app.test_client()
    with client.session_transaction() as session:
        session["_user_id"] = f"{account_id}.0"
    return client


def test_a_minor_reads_on_the_first_page_what_to_do_and_comes_back(app: Flask, week: PublishedWeek, child: Person):
    client = signed_in(app, week.account(child).id)
    assert ASKED_FOR_A_LINK in client.get("/me/").text
    assert "/me/open/" not in (open_page := client.get("/me/open").text)
    assert ASKED_FOR_A_LINK in open_page

    made = client.post("/account/data/guardian", data={"next": "/me/"})

    assert "/guardian/" in made.text
    assert 'href="/me/"' in made.text
    token = made.text.partition("/guardian/")[2].partition('"')[0]
    mother = {"name": "Trần Thị Mai", "relation": "mother", "phone": "0905123456", "agrees": True}
    consents.agree(db.session, token, **mother, now=NOW)
    db.session.commit()
    assert ASKED_FOR_A_LINK not in client.get("/me/").text
    assert f"/me/open/{week.monday.id}" in client.get("/me/open").text


def test_everybody_is_asked_once_on_the_first_page_and_nobody_who_has_answered(app: Flask, week: PublishedWeek):
    db.session.commit()
    client = signed_in(app, week.account(week.lan).id)
    assert ASKED_TO_AGREE in client.get("/me/").text

    answered = client.post("/account/data/consent", data={"next": "/me/"})

    assert (answered.status_code, answered.headers["Location"]) == (303, "/me/")
    assert ASKED_TO_AGREE not in client.get("/me/").text
    client.post("/account/data/withdraw")
    assert ASKED_TO_AGREE in client.get("/me/").text


def test_the_next_shift_comes_first_and_what_can_wait_after_it(app: Flask, week: PublishedWeek):
    db.session.commit()
    page = signed_in(app, week.account(week.lan).id).get("/me/").text.partition("<main")[2]

    in_order = [page.index(words) for words in ("/me/turns/", 'href="/calendars/"', ASKED_TO_AGREE)]

    assert in_order == sorted(in_order)


def test_agreeing_leads_nowhere_but_to_pages_of_ours(app: Flask, week: PublishedWeek):
    db.session.commit()
    client = signed_in(app, week.account(week.lan).id)

    answered = client.post("/account/data/consent", data={"next": "https://example.org/me/"})

    assert answered.headers["Location"] == "/account/data/"


def test_a_coordinator_is_told_who_waits_and_another_unit_s_is_not(app: Flask, week: PublishedWeek, child: Person):
    stranger = builders.a_coordinator(db.session, builders.a_unit(db.session, "Xã đoàn Hoài Tân"))
    db.session.commit()

    pages = [signed_in(app, one).get("/attention").text for one in (week.by.id, stranger.id)]

    assert ['href="/people/guardians/"' in page for page in pages] == [True, False]


def test_a_minor_has_their_mother_asked_sees_how_it_stands_and_takes_it_back(
    app: Flask, week: PublishedWeek, child: Person
):
    app.extensions["settings"] = replace(
        app.extensions["settings"], mail_url="mailto://127.0.0.1?from=roster@example.vn"
    )
    client, page = signed_in(app, week.account(child).id), f"/people/{child.id}/guardian"
    assert page in client.get("/me/").text

    assert client.post(f"{page}/send", data={"address": "không phải"}).status_code == 422
    assert client.post(f"{page}/send", data={"address": "me@example.vn"}).headers["Location"] == page

    assert "me@example.vn" in client.get(page).text
    assert "chưa có trả lời" in client.get("/me/").text
    client.post(f"{page}/stop")
    assert "me@example.vn" not in client.get(page).text


def test_whoever_plans_sees_where_a_guardian_stands_and_nobody_else(app: Flask, week: PublishedWeek, child: Person):
    stranger = builders.a_coordinator(db.session, builders.a_unit(db.session, "Xã đoàn Hoài Tân"))
    db.session.commit()
    page = f"/people/{child.id}/guardian"

    answers = [
        signed_in(app, one).get(page).status_code for one in (week.by.id, stranger.id, week.account(week.lan).id)
    ]

    assert answers == [200, 403, 403]
    assert f'href="{page}"' in signed_in(app, week.by.id).get("/people/guardians/").text


def test_a_minors_page_says_what_their_guardian_said_and_leads_to_asking_them(
    app: Flask, week: PublishedWeek, child: Person
):
    mother = {"name": "Trần Thị Mai", "relation": "mother", "phone": "0905123456", "agrees": True}
    db.session.commit()
    client, page, link = signed_in(app, week.by.id), f"/people/{child.id}", f'href="/people/{child.id}/guardian"'
    nobody = client.get(page).text
    token = consents.make_guardian_link(db.session, child.id, by=week.by, now=NOW)
    db.session.commit()
    asked = client.get(page).text
    consents.agree(db.session, token, **mother, now=NOW)
    db.session.commit()
    agreed = client.get(page).text

    assert [link in one for one in (nobody, asked, agreed)] == [True] * 3
    assert "chưa hỏi" in nobody
    assert "đã hỏi ngày" in asked
    assert "đã đồng ý ngày" in agreed
    assert "Trần Thị Mai" in agreed
    assert "/guardian" not in client.get(f"/people/{week.lan.id}").text


def test_a_guardian_says_no_and_may_change_their_mind(app: Flask, week: PublishedWeek, child: Person):
    token = consents.make_guardian_link(db.session, child.id, by=week.by, now=NOW)
    db.session.commit()
    guardian = app.test_client()

    guardian.post(f"/guardian/{token}/withdraw")

    assert "không đồng ý ngày" in guardian.get(f"/guardian/{token}").text
    mother = {"name": "Trần Thị Mai", "relation": "mother", "phone": "0905123456", "agrees": "1"}
    assert guardian.post(f"/guardian/{token}", data=mother).status_code == 303
    assert not awaited_of(db.session, child, now=datetime.now(UTC)).guardian


def test_a_guardian_reads_all_that_is_wrong_at_once_and_keeps_what_they_typed(
    app: Flask, week: PublishedWeek, child: Person
):
    token = consents.make_guardian_link(db.session, child.id, by=week.by, now=NOW)
    db.session.commit()
    guardian = app.test_client()

    nothing = guardian.post(f"/guardian/{token}")
    most = guardian.post(f"/guardian/{token}", data={"name": "Trần Thị Mai", "phone": "0905", "agrees": "1"})

    assert nothing.status_code == most.status_code == 422
    assert wrong_in(nothing.text) == ["name", "relation", "phone", "agrees"]
    assert wrong_in(most.text) == ["relation", "phone"]
    assert re.search(r'name="name"[^>]*value="Trần Thị Mai"', most.text)
    assert re.search(r'name="phone"[^>]*value="0905"', most.text)
    assert re.search(r'name="agrees"[^>]* checked', most.text)


def wrong_in(page: str) -> list[str]:
    """The fields that a form names as wrong."""
    return re.findall(r'<p[^>]* id="([a-z]+)-error"', page)


def test_a_guardian_with_an_older_link_learns_whom_to_ask(app: Flask, week: PublishedWeek, child: Person):
    old = consents.make_guardian_link(db.session, child.id, by=week.by, now=NOW)
    consents.make_guardian_link(db.session, child.id, by=week.by, now=NOW)
    db.session.commit()

    answer = app.test_client().get(f"/guardian/{old}")

    assert answer.status_code == 404
    assert "Liên kết này không còn dùng được" in answer.text
    assert "liên kết mới nhất" in answer.text
    assert signed_in(app, week.by.id).get("/people/999999/guardian").status_code == 404
