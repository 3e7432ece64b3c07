"""Links in messages: what they do without signing in, what opening one does not do, and when they are over."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import delete, select, update

from roster.extensions import db
from roster.models import (
    Account,
    AnswerLink,
    AnswerPurpose,
    Assignment,
    AssignmentState,
    ContactChoice,
    CoverAsk,
    DraftAssignment,
    FeedToken,
    Level,
    Person,
    Role,
    RoleKind,
    Round,
    RoundAnswer,
    Shift,
    WeeklyAvailability,
    Withdrawal,
)
from roster.services import answers, rosters, rounds, turns
from tests import builders
from tests.builders import ZONE


@pytest.fixture
def app(app: Flask) -> Iterator[Flask]:
    """A roster published for next week with Lan on its Monday; she has no account."""
    app.config["WTF_CSRF_ENABLED"] = False  # see tests/architecture/test_forged_requests.py
    with app.app_context():
        now = datetime.now(UTC)
        monday = now.astimezone(ZONE).date() + timedelta(days=14 - now.astimezone(ZONE).weekday())
        unit = builders.a_unit(db.session)
        site = builders.a_site(db.session, unit)
        shift = builders.a_shift(db.session, site, day=monday)
        lan = builders.a_person(db.session, unit, "Nguyễn Thị Lan", email="lan@example.org")
        roster = builders.a_roster(db.session, unit, first_day=monday)
        coordinator = builders.a_coordinator(db.session, unit)
        db.session.add(DraftAssignment(roster_id=roster.id, shift_id=shift.id, person_id=lan.id))
        db.session.flush()
        rosters.publish(db.session, roster.id, revision_seen=0, by=coordinator, now=now)
        rounds.ask(db.session, roster.id, deadline=monday - timedelta(days=2), by=coordinator, now=now)
        db.session.commit()
        yield app


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


def a_link(purpose: AnswerPurpose = AnswerPurpose.TURN, *, lasts: timedelta = timedelta(days=1)) -> str:
    target = {AnswerPurpose.TURN: Assignment, AnswerPurpose.AVAILABILITY: Round}.get(purpose)
    target_id = db.session.scalars(select(target.id)).one() if target else 1
    now = datetime.now(UTC)
    token = answers.make(db.session, 1, purpose, target_id, now=now, expires_at=now + lasts)
    db.session.commit()
    return f"/a/{token}"


def the_turn() -> Assignment:
    db.session.expire_all()
    return db.session.scalars(select(Assignment)).one()


def test_opening_a_link_as_mail_scanners_do_changes_nothing(client: FlaskClient):
    link = a_link()

    page = client.get(f"{link}?no=1")

    assert page.status_code == 200
    assert "Nguyễn Thị Lan" in page.text
    assert (the_turn().state, the_turn().confirmed_at) == (AssignmentState.ACTIVE, None)
    assert db.session.scalars(select(AnswerLink.used_at)).one() is None


def test_the_button_confirms_without_signing_in(client: FlaskClient):
    link = a_link()

    done = client.post(f"{link}/confirm", follow_redirects=True)

    assert done.status_code == 200
    assert "Bạn đã báo là sẽ đến" in done.text
    assert the_turn().confirmed_at is not None


def test_a_link_answers_once(client: FlaskClient):
    link = a_link()
    client.post(f"{link}/decline", data={"reason": "Bận thi"})

    again = client.post(f"{link}/confirm", follow_redirects=True)

    assert "Bạn đã được nghỉ ca này" in again.text  # what was answered, for whoever taps twice as well
    assert the_turn().state is AssignmentState.CANCELLED


def test_cannot_come_takes_the_turn_away_and_keeps_the_reason(client: FlaskClient):
    link = a_link()

    client.post(f"{link}/decline", data={"reason": "Bận thi"})

    assert the_turn().state is AssignmentState.CANCELLED
    assert db.session.scalars(select(Withdrawal.reason)).one() == "Bận thi"


def test_whoever_said_yes_and_falls_ill_says_so_by_the_same_link(client: FlaskClient):
    link = a_link(AnswerPurpose.TURN)
    client.post(f"{link}/confirm")

    assert "Tôi không đến được" in client.get(link).text
    client.post(f"{link}/confirm")
    assert the_turn().state is AssignmentState.ACTIVE
    client.post(f"{link}/decline", data={"reason": "Ốm"})
    assert the_turn().state is AssignmentState.CANCELLED


def test_a_yes_to_the_old_hours_is_not_shown_for_the_new_ones(client: FlaskClient):
    link = a_link(AnswerPurpose.TURN)
    client.post(f"{link}/confirm")
    assert "Bạn đã báo là sẽ đến" in client.get(link).text

    turns.ask_anew(db.session, the_turn().shift, now=datetime.now(UTC))
    db.session.commit()

    assert "Bạn đã báo là sẽ đến" not in client.get(link).text
    assert "Tôi sẽ đến" in client.get(link).text


def test_a_refused_answer_leaves_the_link_to_be_used(client: FlaskClient):
    link = a_link()

    refused = client.post(f"{link}/decline", data={"reason": "x" * 400})

    assert refused.status_code == 422
    assert client.post(f"{link}/confirm").status_code == 303


def test_a_link_is_over_in_time(client: FlaskClient):
    link = a_link(lasts=timedelta(seconds=-1))

    assert client.get(link).status_code == 410
    assert client.post(f"{link}/confirm").status_code == 410
    assert the_turn().confirmed_at is None


def test_a_link_of_one_purpose_serves_no_other(client: FlaskClient):
    link = a_link(AnswerPurpose.CHOICES)

    assert client.post(f"{link}/confirm").status_code == 409


def test_a_link_to_a_turn_that_was_called_off_says_so(client: FlaskClient):
    link = a_link()
    db.session.scalars(select(Shift)).one().state = "cancelled"
    db.session.commit()

    page = client.get(link)

    assert page.status_code == 200
    assert "confirm" not in page.text


def test_a_week_is_answered_by_link_and_planned_with(client: FlaskClient):
    link = a_link(AnswerPurpose.AVAILABILITY)

    client.post(f"{link}/week", data={"0-morning": "preferred", "2-evening": "if_needed", "3-morning": "not"})

    answer = db.session.scalars(select(RoundAnswer)).one()
    assert answer.offer == {"0/morning": "preferred", "2/evening": "if_needed"}
    assert answer.answered_at is not None


def test_a_week_may_be_answered_otherwise_by_the_same_link_until_its_deadline(client: FlaskClient):
    link = a_link(AnswerPurpose.AVAILABILITY)

    said = client.post(f"{link}/week", data={"0-morning": "preferred"}, follow_redirects=True).text
    assert "Bạn đã trả lời" in said
    assert said.count(f'value="{Level.PREFERRED}" checked') == 1
    client.post(f"{link}/week", data={"2-evening": "if_needed"})
    assert db.session.scalars(select(RoundAnswer)).one().offer == {"2/evening": "if_needed"}

    db.session.execute(update(AnswerLink).values(expires_at=datetime.now(UTC) - timedelta(seconds=1)))
    db.session.commit()
    assert "0-morning" not in client.get(link).text
    assert client.post(f"{link}/week", data={"0-morning": "preferred"}).status_code == 410
    assert db.session.scalars(select(RoundAnswer)).one().offer == {"2/evening": "if_needed"}


def test_a_yes_to_a_shift_called_off_meanwhile_says_how_it_stands(client: FlaskClient):
    link = a_link()
    db.session.scalars(select(Shift)).one().state = "cancelled"
    db.session.commit()

    late = client.post(f"{link}/confirm")

    assert late.status_code == 409
    assert "Việc này vừa thay đổi" in late.text
    assert "confirm" not in late.text


def test_a_week_sent_without_a_word_is_asked_again_and_not_this_week_is_an_answer(client: FlaskClient):
    link = a_link(AnswerPurpose.AVAILABILITY)

    empty = client.post(f"{link}/week", data={})
    assert empty.status_code == 422
    assert "bấm “Tuần này tôi bận”" in empty.text
    assert db.session.scalars(select(RoundAnswer)).one().answered_at is None

    assert client.post(f"{link}/week", data={"none": "1"}).status_code == 303
    assert db.session.scalars(select(RoundAnswer)).one().offer == {}


def test_as_last_week_fills_in_what_was_offered_before(client: FlaskClient):
    link = a_link(AnswerPurpose.AVAILABILITY)

    empty, filled = client.get(link).text, client.get(f"{link}?as=last").text

    assert "checked" not in empty
    assert filled.count(f'value="{Level.AVAILABLE}" checked') == 21


def test_as_last_week_is_not_offered_to_who_never_said_anything(client: FlaskClient):
    link = a_link(AnswerPurpose.AVAILABILITY)
    db.session.execute(delete(WeeklyAvailability))
    db.session.execute(update(Person).values(availability_at=None))
    db.session.commit()

    page, filled = client.get(link).text, client.get(f"{link}?as=last").text

    assert "Như tuần trước" not in page
    assert "checked" not in filled, "nobody is busy all week by a press on a button"


def test_how_one_wants_to_be_told_is_chosen_by_link(client: FlaskClient):
    link = a_link(AnswerPurpose.CHOICES)
    typed = {"channels": ["email"], "quiet_from": "21:00", "quiet_until": "07:30", "remind_hours": ["2"]}

    assert client.get(link).status_code == 200
    assert client.post(f"{link}/choices", data=typed).status_code == 303

    choice = db.session.scalars(select(ContactChoice)).one()
    assert (choice.channels, choice.quiet_from, choice.quiet_until) == (["email"], 21 * 60, 7 * 60 + 30)
    assert choice.remind_hours == [2]


@pytest.mark.parametrize(
    ("set_up", "channels", "telegram"),
    [
        ({}, ["email", "telegram"], "4711"),
        ({"mail_url": "mailto://a:b@example.org"}, ["telegram"], "4711"),
        ({"mail_url": "mailto://a:b@example.org", "telegram_token": "token"}, [], ""),
    ],
)
def test_only_channels_that_were_offered_are_said_no_to(app, client, monkeypatch, set_up, channels, telegram):
    link = a_link(AnswerPurpose.CHOICES)
    lan = db.session.scalars(select(Person)).one()
    kept = {"channels": ["email", "telegram"], "telegram": "4711", "changed_at": datetime.now(UTC)}
    db.session.add(ContactChoice(person_id=lan.id, **kept))
    db.session.commit()
    monkeypatch.setitem(app.extensions, "settings", replace(app.extensions["settings"], **set_up))

    client.post(f"{link}/choices", data={"quiet_from": "21:00", "quiet_until": "07:30"})

    choice = db.session.scalars(select(ContactChoice)).one()
    assert (choice.channels, choice.telegram) == (channels, telegram)
    assert choice.quiet_from == 21 * 60


def test_every_field_of_the_choices_that_is_wrong_says_so_at_once(app, client, monkeypatch):
    link = a_link(AnswerPurpose.CHOICES)
    monkeypatch.setitem(app.extensions, "settings", replace(app.extensions["settings"], telegram_token="token"))
    typed = {"channels": ["telegram"], "telegram": "@lan ơi", "quiet_from": "25:00", "quiet_until": "07:30"}

    refused = client.post(f"{link}/choices", data=typed)

    assert refused.status_code == 422
    wrong = [tag for tag in re.findall(r"<input[^>]*>", refused.text) if 'aria-invalid="true"' in tag]
    assert [re.findall(r' (?:name|value)="([^"]*)"', tag) for tag in wrong] == [
        ["telegram", "@lan ơi"],
        ["quiet_from", "25:00"],
    ]


def test_an_unknown_link_tells_nothing_but_how_to_go_on(client: FlaskClient):
    page = client.get("/a/unknown")

    assert page.status_code == 404
    assert "chưa được sao chép đầy đủ" in page.text
    assert 'href="/me/"' in page.text


def with_account() -> Account:
    person = db.session.get_one(Person, 1)
    role = Role(kind=RoleKind.VOLUNTEER, unit=person.unit)
    account = builders.an_account(db.session, role, person=person)
    db.session.commit()
    return account


def test_a_stand_in_is_asked_by_link_and_the_turn_stays_ones_own_until_somebody_says_yes(client: FlaskClient):
    with_account()
    duc = builders.a_person(db.session, db.session.get_one(Person, 1).unit, "Trần Văn Đức", shares_name=True)
    link = a_link()

    assert "Đức" in client.get(f"{link}/stand-in").text
    assert client.post(f"{link}/stand-in", data={"person_id": str(duc.id)}).status_code == 303

    assert db.session.scalars(select(CoverAsk.person_id)).one() == duc.id
    assert the_turn().state is AssignmentState.ACTIVE
    assert client.post(f"{link}/stand-in", data={"person_id": str(duc.id)}).location == link


def test_a_calendar_is_taken_along_by_link_once(client: FlaskClient):
    with_account()
    link = a_link(AnswerPurpose.CALENDAR)

    assert client.get(link).status_code == 200
    assert db.session.scalars(select(FeedToken)).all() == []
    made = client.post(f"{link}/calendar")

    assert made.status_code == 201
    assert "webcal://" in made.text
    assert client.post(f"{link}/calendar").location == link
