"""A unit's outbox: what failed is said in words and can be sent again, by whoever plans the unit alone."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from roster.extensions import db
from roster.models import Channel, ContactChoice, Delivery, DeliveryState, Letter, Message, MessageKind, Unit
from roster.queries import messages as queries
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
    return f"/units/{the_unit().id}/messages"


def the_unit() -> Unit:
    """The first there was; another one plans nothing."""
    return db.session.scalars(select(Unit).order_by(Unit.id)).first()


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


def test_whom_no_channel_reaches_is_listed_with_a_number_to_ring_until_they_read_it_themselves(app: Flask):
    coordinator, now = signed_in(app, 1), datetime.now(UTC)
    binh = builders.a_person(db.session, the_unit(), "Trần Văn Bình", phone="+84912345678")
    letter = Letter(person=binh, created_at=now)
    letter.messages = [
        Message(person_id=binh.id, kind=MessageKind.REMINDER, facts={"shift_id": 1}, created_at=now, due_at=now)
    ]
    db.session.add(letter)
    db.session.commit()

    page = coordinator.get(f"{the_outbox()}?side=unreached").text
    assert "Trần Văn Bình" in page
    assert '<a href="tel:+84912345678">0912 345 678</a>' in page
    assert "Chưa đọc" in page
    assert "Nguyễn Thị Lan" not in page

    letter.messages[0].read_at = now
    db.session.commit()
    assert "Đã đọc" in coordinator.get(f"{the_outbox()}?side=unreached").text


def test_what_is_still_being_gathered_into_a_letter_counts_as_waiting(app: Flask):
    coordinator, now = signed_in(app, 1), datetime.now(UTC)
    known = {"person_id": 1, "facts": {"shift_id": 1}, "created_at": now, "due_at": now}
    db.session.add_all(Message(kind=kind, **known) for kind in (MessageKind.REMINDER, MessageKind.PUBLISHED))
    db.session.commit()

    assert "1 người đang được gom tin" in coordinator.get(the_outbox()).text


def test_what_failed_and_is_tried_again_stands_with_what_failed_and_not_with_what_merely_waits(app: Flask):
    coordinator = signed_in(app, 1)
    the_letter_is(DeliveryState.WAITING, attempts=2, error="ConnectionRefusedError")

    trouble = coordinator.get(the_outbox()).text
    assert "Sẽ gửi lại" in trouble
    assert "sau 2 lần thử" in trouble
    assert figures_of(trouble)["Lỗi hoặc chưa chắc"] == 1
    assert "Nguyễn Thị Lan" not in coordinator.get(f"{the_outbox()}?side=waiting").text


@pytest.mark.parametrize("state", DeliveryState)
def test_figures_and_tabs_count_alike_and_what_was_not_needed_any_more_was_not_sent(app: Flask, state: DeliveryState):
    coordinator = signed_in(app, 1)
    the_letter_is(state, attempts=0 if state is DeliveryState.WAITING else 1)

    page = coordinator.get(the_outbox()).text
    figures, tabs = figures_of(page), tabs_of(page)

    assert sum(tabs.values()) == 1
    assert figures["Đã gửi trong 30 ngày"] == tabs["Đã gửi"] == (state is DeliveryState.SENT)
    assert figures["Đang chờ"] == tabs["Đang chờ"]
    assert figures["Lỗi hoặc chưa chắc"] == tabs["Lỗi hoặc chưa chắc"]


def figures_of(page: str) -> dict[str, int]:
    tiles = re.findall(
        r'<dt>([^<]*)(?:<span.*?</span>)?</dt>\s*<dd class="tile-value">.*?(\d+)\s*</dd>', page, re.DOTALL
    )
    return {label: int(value) for label, value in tiles}


def tabs_of(page: str) -> dict[str, int]:
    tabs = re.findall(r'>([^<>]*) <span class="tab-count">(\d+)</span>', page)
    return {label.strip(): int(count) for label, count in tabs}


def the_letter_is(state: DeliveryState, *, attempts: int, error: str = "") -> None:
    delivery = db.session.scalars(select(Delivery)).one()
    delivery.state, delivery.attempts, delivery.error = state, attempts, error
    db.session.commit()


def test_who_can_be_written_to_by_now_is_not_counted_among_those_no_message_reaches(app: Flask):
    now, unit = datetime.now(UTC), the_unit()
    binh, yen, mai = (builders.a_person(db.session, unit, name) for name in ("Bình", "Yến", "Mai"))
    binh.email = yen.email = "binh@example.org"
    db.session.add(ContactChoice(person_id=yen.id, channels=[], remind_hours=[24], changed_at=now))
    db.session.add_all(Letter(person=person, created_at=now) for person in (binh, yen, mai))
    db.session.commit()

    before, after = (
        queries.unreachable(db.session, unit, available, since=now - timedelta(days=1))
        for available in (frozenset(), frozenset({Channel.EMAIL}))
    )
    later = Letter(person=mai, created_at=now)
    later.deliveries = [Delivery(channel=Channel.PUSH, state=DeliveryState.SENT, message_id="3", due_at=now)]
    db.session.add(later)
    db.session.commit()

    assert (before, after) == (3, 2)
    assert queries.unreachable(db.session, unit, frozenset({Channel.EMAIL}), since=now - timedelta(days=1)) == 1


def a_letter_to_the_coordinator_failed() -> str:
    """Where its delivery can be sent again."""
    now = datetime.now(UTC)
    letter = Letter(account_id=1, created_at=now)
    failed = Delivery(channel=Channel.EMAIL, state=DeliveryState.FAILED, message_id="2", due_at=now, error="550 gone")
    letter.messages = [Message(account_id=1, kind=MessageKind.WITHDRAWN, facts={}, created_at=now, due_at=now)]
    letter.deliveries = [failed]
    db.session.add(letter)
    db.session.commit()
    return f"{the_outbox()}/{failed.id}/again"


def test_a_letter_to_a_coordinator_that_failed_is_shown_and_sent_again_too(app: Flask):
    again, coordinator = a_letter_to_the_coordinator_failed(), signed_in(app, 1)

    assert "550 gone" in coordinator.get(the_outbox()).text
    assert coordinator.post(again).status_code == 303


def test_a_neighbour_sends_no_coordinators_letter_again(app: Flask):
    again = a_letter_to_the_coordinator_failed()

    assert signed_in(app, 2).post(again).status_code == 403
