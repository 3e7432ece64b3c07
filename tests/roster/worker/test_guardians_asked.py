"""A guardian is asked by us: one letter in plain words, its link, and no address kept once the question is closed."""

import contextlib
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from roster.errors import FieldError, NotFound
from roster.models import Channel, Delivery, DeliveryState, GuardianLink, Letter, Message, Person, Role, RoleKind
from roster.queries import inbox
from roster.queries.consents import awaited_of
from roster.services import consents, people
from roster.services.people import PersonDetails
from tests import builders
from tests.mailbox import a_mail_server, html_of, text_of
from tests.told import Clock, Week, a_post, run_after

MAIL = frozenset({Channel.EMAIL})
MOTHER = "me@example.vn"
SHE = {"name": "Trần Thị Mai", "relation": "mother", "phone": "0905 123 456", "agrees": True}


@pytest.fixture
def mailbox():
    with a_mail_server() as mailbox:
        yield mailbox


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def post(sessions, mailbox, clock):
    return a_post(sessions, clock, mail_url=mailbox.url)


@pytest.fixture
def week(session):
    return Week(session)


@pytest.fixture
def child(session, week):
    child = week.person(
        "Võ Minh Khôi", birth_date=date(2011, 5, 4), email="khoi@example.vn", phone="+84912345678", guardian=False
    )
    session.commit()
    return child


def ask(session, child, clock, address=MOTHER, **others):
    by = people.account_of(session, child)
    consents.ask_guardian(session, child.id, address, **({"ways": MAIL, "by": by, "now": clock.now} | others))
    session.commit()


def token_in(message):
    return text_of(message).partition("/guardian/")[2].split()[0]


def asking(session, child, clock):
    session.expire_all()
    return awaited_of(session, child, now=clock.now).asking


def test_a_guardian_gets_one_letter_and_the_link_in_it_agrees_and_takes_back(
    session, week, child, post, clock, mailbox
):
    ask(session, child, clock)
    run_after(post, clock)

    [letter] = mailbox.messages
    assert mailbox.recipients == [MOTHER]
    assert letter["Subject"] == f"Khôi có được tham gia tình nguyện cùng {week.unit.name} không?"
    said = text_of(letter) + html_of(letter)
    assert not any(private in said for private in ("Võ Minh", "khoi@", "912345678", "/a/", "/inbox/"))
    assert asking(session, child, clock).sent_to == MOTHER

    consents.agree(session, token_in(letter), **SHE, now=clock.now)
    session.commit()
    assert not awaited_of(session, child, now=clock.now).guardian
    consents.disagree(session, token_in(letter), now=clock.now)
    session.commit()
    assert asking(session, child, clock).refused_at == clock.now


def test_an_answer_or_a_month_without_one_makes_us_forget_the_address(session, child, post, clock, mailbox):
    ask(session, child, clock)
    run_after(post, clock)
    consents.disagree(session, token_in(mailbox.messages[0]), now=clock.now)
    session.commit()
    assert kept(session) == []

    clock.now += consents.LEFT_ALONE_AFTER_NO
    ask(session, child, clock)
    assert kept(session) != []
    clock.now += consents.ANSWER_WITHIN
    consents.forget_unanswered(session, clock.now)
    session.commit()
    assert kept(session) == []


def kept(session):
    """Every address of a guardian in the database."""
    tables = (Message, Letter, GuardianLink)
    return [one for table in tables for one in session.scalars(select(table.sent_to).where(table.sent_to != ""))]


def test_what_a_guardian_is_told_stands_in_nobodys_inbox_and_on_nobodys_device(session, child, post, clock, mailbox):
    ask(session, child, clock)
    run_after(post, clock)

    account = people.account_of(session, child)
    assert inbox.inbox(session, account, now=clock.now).total == 0
    assert inbox.unread(session, account, now=clock.now) == 0


def test_a_question_taken_back_or_sent_elsewhere_is_not_sent_any_more(session, child, post, clock, mailbox):
    ask(session, child, clock)
    ask(session, child, clock, "cha@example.vn")
    run_after(post, clock)
    assert mailbox.recipients == ["cha@example.vn"]

    consents.ask_no_guardian(session, child.id, by=people.account_of(session, child), now=clock.now)
    session.commit()
    with pytest.raises(NotFound):
        consents.opened(session, token_in(mailbox.messages[0]), now=clock.now)
    assert asking(session, child, clock).asked_at is None


def test_a_letter_that_does_not_arrive_is_told_to_who_asked(session, child, post, clock, mailbox):
    mailbox.refusals.append("550 unknown here")
    ask(session, child, clock)
    run_after(post, clock)

    assert session.scalars(select(Delivery.state)).all() == [DeliveryState.FAILED]
    assert asking(session, child, clock).failed

    ask(session, child, clock)
    run_after(post, clock)
    assert mailbox.recipients == [MOTHER]
    with pytest.raises(FieldError, match="asked_lately"):
        ask(session, child, clock)


def test_a_letter_to_the_child_that_does_not_arrive_has_no_guardian_asked_twice(session, child, clock):
    ask(session, child, clock)
    lost = Delivery(channel=Channel.EMAIL, state=DeliveryState.FAILED, message_id="1", due_at=clock.now)
    session.add(Letter(person=child, created_at=clock.now, deliveries=[lost]))

    with pytest.raises(FieldError, match="asked_lately"):
        ask(session, child, clock)


@pytest.mark.parametrize(
    ("address", "reason"),
    [
        ("", "missing"),
        ("mẹ", "not_a_login"),
        ("khoi@example.vn", "childs_own_address"),
        ("0912 345 678", "childs_own_address"),
        ("0905 123 456", "no_way_there"),
    ],
)
def test_only_an_address_of_somebody_else_that_we_can_reach_is_asked(session, child, clock, address, reason):
    with pytest.raises(FieldError) as refusal:
        ask(session, child, clock, address)

    assert (refusal.value.facts["field"], refusal.value.facts["reason"]) == ("address", reason)


def test_nobody_is_asked_twice_a_day_and_no_more_than_three_addresses_are_tried(session, child, clock):
    ask(session, child, clock)
    with pytest.raises(FieldError, match="asked_lately"):
        ask(session, child, clock)

    ask(session, child, clock, "a@example.vn")
    ask(session, child, clock, "b@example.vn")
    with pytest.raises(FieldError, match="asked_too_often"):
        ask(session, child, clock, "c@example.vn")
    clock.now += timedelta(days=1, minutes=1)
    ask(session, child, clock, "b@example.vn")


def test_after_a_no_nobody_is_asked_for_a_month_but_whoever_said_it_may_still_agree(
    session, child, post, clock, mailbox
):
    ask(session, child, clock)
    run_after(post, clock)
    token = token_in(mailbox.messages[0])
    consents.disagree(session, token, now=clock.now)
    session.commit()

    clock.now += consents.LEFT_ALONE_AFTER_NO - timedelta(minutes=1)
    for address in (MOTHER, "cha@example.vn"):
        with pytest.raises(FieldError, match="said_no"):
            ask(session, child, clock, address)
    consents.agree(session, token, **SHE, now=clock.now)
    session.commit()
    assert not awaited_of(session, child, now=clock.now).guardian


def test_a_button_pressed_twice_asks_once(session, sessions, child, clock):
    child_id, start = child.id, threading.Barrier(5)
    session.rollback()  # on SQLite it would keep both waiting

    def press(_number):
        start.wait()
        with sessions() as own, contextlib.suppress(FieldError):
            ask(own, own.get_one(Person, child_id), clock)

    with ThreadPoolExecutor(5) as pool:
        list(pool.map(press, range(5)))

    assert session.scalars(select(Message.sent_to)).all() == [MOTHER]


def test_the_phone_gateway_is_told_where_there_is_one(session, child, clock):
    ask(session, child, clock, "0905 123 456", ways={Channel.WEBHOOK})

    assert session.scalars(select(Message.sent_to)).all() == ["+84905123456"]


def test_a_stranger_at_an_old_address_reads_of_another_login_without_a_name_or_the_new_number(
    session, week, child, post, clock, mailbox
):
    account = people.account_of(session, child)
    account.login, account.password_hash = "khoi@example.vn", "a hash"
    account.roles.append(Role(kind=RoleKind.VOLUNTEER, unit=week.unit))
    details = PersonDetails(full_name=child.full_name, email="khoi.moi@example.vn", phone=child.phone)
    people.change(session, child.id, week.unit, details, by=week.coordinator, now=clock.now)
    session.commit()
    run_after(post, clock)

    assert sorted(mailbox.recipients) == ["khoi.moi@example.vn", "khoi@example.vn"]
    old = text_of(mailbox.messages[mailbox.recipients.index("khoi@example.vn")])
    assert "k…@example.vn" in old
    assert week.coordinator.display_name in old
    assert not any(private in old for private in ("Khôi", "khoi.moi", "/inbox/", "/a/"))


def test_an_adult_has_no_guardian_to_ask(session, week, clock):
    adult = builders.a_person(session, week.unit, birth_date=date(2000, 1, 1))

    with pytest.raises(FieldError, match="not_a_minor"):
        ask(session, adult, clock, by=week.coordinator)
