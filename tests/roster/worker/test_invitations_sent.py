"""Invitations by e-mail: whoever has an address gets one letter with a link of their own, in the morning, and once."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from roster.errors import LinkUsed, NotFound
from roster.models import Account, AccountLink, Channel, ContactChoice, Message, MessageKind, Unit
from roster.services import invitations, links, people
from roster.services.passwords import at_cost
from tests import builders
from tests.mailbox import a_mail_server, html_of, text_of
from tests.told import Clock, a_post, run_after

PASSWORD = {"password": "lúa chín vàng đồng", "repeated": "lúa chín vàng đồng", "passwords": at_cost(1)}
EVENING = datetime(2026, 11, 20, 16, tzinfo=UTC)  # 23:00 in Vietnam


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
def unit(session):
    return builders.a_unit(session)


@pytest.fixture
def coordinator(session, unit):
    return builders.a_coordinator(session, unit)


@pytest.fixture
def lan(session, unit):
    return builders.a_person(session, unit, "Nguyễn Thị Lan", phone="+84912345678", email="lan@example.vn")


def invite(session, unit, coordinator, clock, **others):
    sent = invitations.mail_all(session, unit, ways={Channel.EMAIL}, by=coordinator, now=clock.now, **others)
    session.commit()
    return sent


def token_in(message):
    return text_of(message).partition("/welcome/")[2].split()[0]


def test_the_link_in_the_letter_opens_the_account_and_works_once(session, unit, coordinator, lan, post, clock, mailbox):
    builders.a_person(session, unit, "Trần Văn Đức", phone="+84987654321")

    assert invite(session, unit, coordinator, clock) == 1
    run_after(post, clock)

    [letter] = mailbox.messages
    assert mailbox.recipients == ["lan@example.vn"]
    assert letter["Subject"] == f"Lời mời vào lịch trực của {unit.name}"
    assert "Chào Lan," in text_of(letter)
    assert unit.name in html_of(letter)
    account = links.use(session, token_in(letter), **PASSWORD, now=clock.now)
    session.commit()
    assert account.person is lan
    with pytest.raises(LinkUsed):
        links.opened(session, token_in(letter), now=clock.now)


def test_an_invitation_at_night_arrives_in_the_morning_and_its_fortnight_begins_then(
    session, unit, coordinator, lan, post, clock, mailbox
):
    clock.now = EVENING
    invite(session, unit, coordinator, clock)
    run_after(post, clock)
    assert mailbox.messages == []

    run_after(post, clock, timedelta(hours=7))

    found = links.opened(session, token_in(mailbox.messages[0]), now=clock.now)
    assert found.expires_at == clock.now + timedelta(days=14)


def test_whoever_was_written_to_is_left_alone_for_a_day_and_a_second_letter_ends_the_first_link(
    session, unit, coordinator, lan, post, clock, mailbox
):
    invite(session, unit, coordinator, clock)
    run_after(post, clock)
    assert invite(session, unit, coordinator, clock) == 0
    assert invite(session, unit, coordinator, clock, again=True) == 0

    clock.now += timedelta(days=1)
    assert invite(session, unit, coordinator, clock) == 0
    assert invite(session, unit, coordinator, clock, again=True) == 1
    run_after(post, clock)

    first, second = mailbox.messages
    with pytest.raises(LinkUsed):
        links.opened(session, token_in(first), now=clock.now)
    assert links.opened(session, token_in(second), now=clock.now)


def test_a_link_handed_over_before_the_letter_was_written_takes_its_place(
    session, unit, coordinator, lan, post, clock, mailbox
):
    invite(session, unit, coordinator, clock)
    people.invite(session, lan.id, by=coordinator, now=clock.now)
    session.commit()

    run_after(post, clock)

    assert mailbox.messages == []


def test_a_reader_in_english_who_comes_in_by_one_of_two_letters_ends_the_other(session, unit, coordinator, lan, clock):
    account = people.open_account(session, lan, clock.now)
    account.language = "en"
    promised = links.promise(session, account, by=coordinator, now=clock.now)
    by_mail, by_chat = (links.for_letter(session, promised, now=clock.now) for _ in range(2))
    session.commit()

    links.use(session, by_mail, **PASSWORD, now=clock.now)
    session.commit()

    with pytest.raises((LinkUsed, NotFound)):
        links.opened(session, by_chat, now=clock.now)
    assert links.for_letter(session, promised, now=clock.now) is None


def test_whoever_wants_no_e_mail_gets_no_invitation_by_it_but_stays_in_the_file(session, unit, coordinator, lan, clock):
    chosen = {"channels": [Channel.TELEGRAM.value], "telegram": "123", "changed_at": clock.now}
    session.add(ContactChoice(person_id=lan.id, **chosen))

    assert invite(session, unit, coordinator, clock) == 0
    made = invitations.invite_all(session, unit, by=coordinator, now=clock.now, by_mail=False)
    assert [person for person, _ in made] == [lan]


def test_a_button_pressed_twice_invites_once(session, sessions, unit, coordinator, lan, clock):
    session.commit()
    unit_id, by_id, start = unit.id, coordinator.id, threading.Barrier(4)
    session.rollback()  # on SQLite it would keep all waiting

    def press(_number):
        start.wait()
        with sessions() as own:
            invite(own, own.get_one(Unit, unit_id), own.get_one(Account, by_id), clock, again=True)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(press, range(4)))

    assert session.scalars(select(Message.kind)).all() == [MessageKind.INVITED]
    assert len(session.scalars(select(AccountLink.id)).all()) == 1


def test_two_units_that_invite_the_same_people_at_once_invite_them_once(session, sessions, clock):
    province = builders.a_unit(session)
    commune = builders.a_unit(session, "Xã đoàn Tuy Phước", parent=province)
    for number in range(20):
        builders.a_person(session, commune, f"Lê Thị Số {number}", email=f"so{number}@example.vn")
    by_id = builders.a_coordinator(session, province).id
    session.commit()
    unit_ids, start = (province.id, commune.id), threading.Barrier(2)
    session.rollback()

    def press(unit_id):
        with sessions() as own:
            unit, by = own.get_one(Unit, unit_id), own.get_one(Account, by_id)
            own.rollback()
            start.wait()
            return invite(own, unit, by, clock, again=True)

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(press, unit_ids)) == [0, 20]

    assert len(session.scalars(select(AccountLink.id)).all()) == 20


def test_the_file_takes_no_link_out_of_a_letter_that_waits_for_the_morning(
    session, unit, coordinator, lan, post, clock, mailbox
):
    clock.now = EVENING
    invite(session, unit, coordinator, clock)
    run_after(post, clock)  # it is a letter by now, kept until the morning

    assert list(invitations.invite_all(session, unit, by=coordinator, now=clock.now, again=True)) == []
    session.commit()
    run_after(post, clock, timedelta(hours=7))

    assert links.opened(session, token_in(mailbox.messages[0]), now=clock.now)
    again = invitations.invite_all(session, unit, by=coordinator, now=clock.now, again=True)
    assert [person for person, _ in again] == [lan]


def test_a_link_ended_while_the_letter_is_written_stays_ended(session, sessions, unit, coordinator, lan, clock):
    account = people.open_account(session, lan, clock.now)
    promised = links.promise(session, account, by=coordinator, now=clock.now)
    session.commit()
    account_id = account.id
    session.rollback()
    writing, tried = sessions(), threading.Event()
    token = links.for_letter(writing, promised, now=clock.now)

    def end():
        with sessions() as own:
            tried.set()
            links.end_all(own, own.get_one(Account, account_id), clock.now)
            own.commit()

    with ThreadPoolExecutor(1) as pool:
        ending = pool.submit(end)
        tried.wait()
        with pytest.raises(TimeoutError):
            ending.result(timeout=0.3)
        writing.commit()
        writing.close()
        ending.result()

    with pytest.raises((LinkUsed, NotFound)):
        links.opened(session, token, now=clock.now)
