"""A notice of a new login keeps the old address only as long as it takes to arrive there."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from roster.models import Delivery, DeliveryState, Letter, Message, MessageKind
from roster.services import outbox
from tests.mailbox import a_mail_server
from tests.told import Clock, Week, a_post, run_after

OLD = "lan.cu@example.vn"


@pytest.fixture
def mailbox():
    with a_mail_server() as mailbox:
        yield mailbox


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def told(session, sessions, mailbox, clock):
    """Tells Lan's old address of the new one, and lets the post do what it does."""
    lan = Week(session).person(email="lan@example.vn")
    session.commit()

    def tell():
        facts = {"was": "l…@example.vn", "now": "l…@example.vn", "by_id": None}
        outbox.tell_at(session, OLD, lan.id, MessageKind.LOGIN_CHANGED, facts, now=clock.now)
        session.commit()
        run_after(a_post(sessions, clock, mail_url=mailbox.url), clock)
        outbox.forget_old_logins(session, clock.now)
        session.commit()

    return tell


def kept(session):
    return {one for table in (Message, Letter) for one in session.scalars(select(table.sent_to))}


def test_once_it_was_sent_the_address_is_forgotten(session, told, mailbox):
    told()

    assert mailbox.recipients == [OLD]
    assert kept(session) == {""}


def test_while_it_could_not_be_sent_the_address_is_kept_for_a_month_to_try_again(session, told, mailbox, clock):
    mailbox.refusals.append("550 unknown here")
    told()
    assert session.scalars(select(Delivery.state)).all() == [DeliveryState.FAILED]
    assert kept(session) == {OLD}

    outbox.forget_old_logins(session, clock.now + timedelta(days=31))
    assert kept(session) == {""}
