"""A unit's outbox: what failed is said in words and can be sent again, by whoever plans the unit alone."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from roster.extensions import db
from roster.models import Channel, Delivery, DeliveryState, Letter, Message, MessageKind, Unit
from tests import builders


@pytest.fixture
def app(app: Flask) -> Iterator[Flask]:
    """Lan was written to, and nobody knows whether it arrived."""
    app.config["WTF_CSRF_ENABLED"] = False  # see tests/architecture/test_forged_requests.py
    with app.app_context():
        now = datetime.now(UTC)
        unit = builders.a_unit(db.session)
        lan = builders.a_person(db.session, unit, "Nguyễn Thị Lan")
        builders.a_coordinator(db.session, unit)
        builders.a_coordinator(db.session, builders.a_unit(db.session, "Xã đoàn Hoài Tân"))
        letter = Letter(person=lan, created_at=now)
        letter.messages = [
            Message(person_id=lan.id, kind=MessageKind.REMINDER, facts={"shift_id": 1}, created_at=now, due_at=now)
        ]
        letter.deliveries = [
            Delivery(
                channel=Channel.EMAIL,
                state=DeliveryState.UNSURE,
                message_id="1",
                due_at=now,
                attempts=1,
                error="the worker died while handing it over",
            )
        ]
        db.session.add(letter)
        db.session.commit()
        yield app


def signed_in(app: Flask, account_id: int) -> FlaskClient:
    client = app.test_client()
    with client.session_transaction() as session:
        session["_user_id"] = f"{account_id}.0"
    return client


def the_outbox() -> str:
    return f"/units/{db.session.scalars(select(Unit.id)).first()}/messages"


def test_what_may_not_have_arrived_is_said_in_words_and_sent_again_by_one_button(app: Flask):
    coordinator = signed_in(app, 1)

    page = coordinator.get(the_outbox())
    assert "Nguyễn Thị Lan" in page.text
    assert "Có thể tin đã đến" in page.text
    assert coordinator.post(f"{the_outbox()}/1/again").status_code == 303

    db.session.expire_all()
    assert db.session.scalars(select(Delivery.state)).one() is DeliveryState.WAITING
    assert coordinator.post(f"{the_outbox()}/1/again").status_code == 409


def test_a_neighbour_may_neither_look_nor_send(app: Flask):
    neighbour = signed_in(app, 2)

    assert neighbour.get(the_outbox()).status_code == 403
    assert neighbour.post(f"{the_outbox()}/1/again").status_code == 403
