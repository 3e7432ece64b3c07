"""The inbox: what somebody was told stands there though no message reaches them, and is theirs alone."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, select

from roster.extensions import db
from roster.models import Account, Assignment, AssignmentState, Letter, Message, MessageKind, PushDevice, Shift
from roster.services import outbox
from tests import builders
from tests.builders import ZONE

COUNT = 'class="nav-count">'


@pytest.fixture
def app(app: Flask) -> Iterator[Flask]:
    """Lan and Bình have accounts and no e-mail; Lan serves on next week's Monday."""
    app.config["WTF_CSRF_ENABLED"] = False  # see tests/architecture/test_forged_requests.py
    with app.app_context():
        now = datetime.now(UTC)
        monday = now.astimezone(ZONE).date() + timedelta(days=14 - now.astimezone(ZONE).weekday())
        unit = builders.a_unit(db.session)
        shift = builders.a_shift(db.session, builders.a_site(db.session, unit), day=monday)
        for name in ("Nguyễn Thị Lan", "Trần Văn Bình"):
            builders.an_account(db.session, person=builders.a_person(db.session, unit, name), language="en")
        builders.a_coordinator(db.session, unit)
        db.session.add(Assignment(shift=shift, person_id=1, state=AssignmentState.ACTIVE, uid="turn", changed_at=now))
        db.session.commit()
        yield app


def signed_in(app: Flask, account_id: int) -> FlaskClient:
    client = app.test_client()
    with client.session_transaction() as session:
        session["_user_id"] = f"{account_id}.0"
    return client


def tell(kind: MessageKind = MessageKind.TURN_ADDED, **facts: object) -> int:
    facts = facts or {"shift_id": db.session.scalars(select(Shift.id)).one()}
    outbox.tell(db.session, 1, kind, facts, now=datetime.now(UTC))
    db.session.commit()
    return db.session.scalars(select(Message.id).order_by(Message.id.desc())).first() or 0


def test_the_day_of_telling_is_written_like_every_other_day_of_the_page(app: Flask):
    tell()
    with time_machine.travel(datetime(2026, 11, 24, 3, 0, tzinfo=UTC), tick=False):
        outbox.tell(db.session, 1, MessageKind.TURN_ADDED, {"shift_id": 1}, now=datetime.now(UTC))
        db.session.commit()
        listed = signed_in(app, 1).get("/inbox/").text

    assert "10:00, Tue 24 Nov" in listed
    assert "Tuesday 24/11" not in listed


def test_what_somebody_is_told_stands_there_at_once_and_is_counted_until_it_is_opened(app: Flask):
    lan, message_id = signed_in(app, 1), tell()

    listed = lan.get("/inbox/").text
    opened = lan.get(f"/inbox/{message_id}").text
    after = lan.get("/inbox/").text

    assert "You serve on Mon" in listed
    assert f"{COUNT}1<" in listed
    assert "07:30–11:30" in opened
    assert 'action="/me/shifts/1/confirm"' in opened
    assert COUNT not in after
    assert "You serve on Mon" in after


def test_what_went_out_together_is_one_entry(app: Flask):
    lan = signed_in(app, 1)
    first, second = tell(), tell(MessageKind.LOGIN_CHANGED, was="…678", now="…321", by_id=None)
    letter = Letter(person_id=1, created_at=datetime.now(UTC))
    letter.messages = [db.session.get_one(Message, first), db.session.get_one(Message, second)]
    db.session.add(letter)
    db.session.commit()

    assert f"{COUNT}1<" in lan.get("/inbox/").text
    assert "You sign in with something else" in lan.get(f"/inbox/{first}").text
    assert COUNT not in lan.get("/inbox/").text


def test_news_overtaken_by_what_happened_since_says_so(app: Flask):
    lan, message_id = signed_in(app, 1), tell()
    turn = db.session.scalars(select(Assignment)).one()
    turn.state = AssignmentState.CANCELLED
    db.session.commit()

    opened = lan.get(f"/inbox/{message_id}").text

    assert "no longer holds" in lan.get("/inbox/").text
    assert "This is over, or has changed since" in opened
    assert "confirm" not in opened


@pytest.mark.parametrize("account_id", [2, 3])
def test_nobody_opens_or_counts_what_another_was_told(app: Flask, account_id: int):
    message_id, stranger = tell(), signed_in(app, account_id)

    assert stranger.get(f"/inbox/{message_id}").status_code == 404
    assert "You serve on" not in stranger.get("/inbox/").text
    assert stranger.post("/inbox/read").status_code == 303
    assert db.session.scalars(select(Message.read_at)).one() is None


def test_a_coordinator_who_is_no_volunteer_has_one_too(app: Flask):
    coordinator = signed_in(app, 3)
    shift = db.session.scalars(select(Shift)).one()
    facts = {"shift_id": shift.id, "person_id": 1, "reason": "Bận thi"}
    outbox.tell_coordinators(db.session, shift.site.unit, MessageKind.WITHDRAWN, facts, now=datetime.now(UTC))
    db.session.get_one(Account, 3).language = "en"
    db.session.commit()

    assert "Nguyễn Thị Lan cannot come" in coordinator.get("/inbox/").text
    assert "Bận thi" in coordinator.get("/inbox/1").text
    coordinator.post("/inbox/read")
    assert COUNT not in coordinator.get("/inbox/").text


def test_twenty_entries_take_as_many_queries_as_two(app: Flask):
    lan = signed_in(app, 1)

    def queries() -> int:
        asked: list[str] = []

        def note(*args: object) -> None:
            asked.append(str(args[2]))

        event.listen(db.engine, "before_cursor_execute", note)
        lan.get("/inbox/")
        event.remove(db.engine, "before_cursor_execute", note)
        return len(asked)

    tell(), tell()
    few = queries()
    for _ in range(18):
        tell()

    assert queries() == few


def test_whom_nothing_reaches_is_offered_to_be_told_on_this_device(app: Flask):
    told, now = "You are told only on this page", datetime.now(UTC)
    lan = signed_in(app, 1)

    assert told in lan.get("/inbox/").text

    device = PushDevice(account_id=1, endpoint="https://push.example/1", p256dh="", auth="", label="", created_at=now)
    db.session.add(device)
    db.session.commit()
    assert told not in lan.get("/inbox/").text
