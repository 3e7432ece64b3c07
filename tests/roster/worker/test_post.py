"""The post with a real mail server: what is told arrives once, in words, and refusals are kept for who looks."""

import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.header import decode_header, make_header
from unittest.mock import Mock

import pytest
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from roster.letters.words import PARTS, TOGETHER
from roster.models import (
    AnswerLink,
    Assignment,
    Channel,
    ContactChoice,
    Delivery,
    DeliveryState,
    MessageKind,
)
from roster.services import letters, shifts, telling
from roster.services.letters import RETRIES
from roster.worker.post import Post
from tests.mailbox import Mailbox, a_mail_server, html_of, text_of
from tests.told import Clock, Week, a_post, run_after
from tests.waiting import PATIENCE


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    with a_mail_server() as mailbox:
        yield mailbox


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def post(sessions, mailbox, clock) -> Post:
    return a_post(sessions, clock, mail_url=mailbox.url)


@pytest.fixture
def week(session) -> Week:
    return Week(session)


def subjects(mailbox: Mailbox) -> list[str]:
    return [f"{to}: {message['Subject']}" for to, message in zip(mailbox.recipients, mailbox.messages, strict=True)]


def test_publishing_tells_only_those_whose_shifts_changed_with_before_and_after(week, post, clock, mailbox):
    lan = week.person(email="lan@example.vn", language="en")
    binh = week.person("Trần Văn Bình", email="binh@example.vn", language="en")
    week.publishes((0, lan), (1, lan), (2, binh))
    run_after(post, clock)
    mailbox.messages.clear()
    mailbox.recipients.clear()

    week.publishes((1, lan), (2, lan), (2, binh), now=clock.now)
    run_after(post, clock)

    assert subjects(mailbox) == ["lan@example.vn: Your shifts have changed"]
    lines = [line for line in text_of(mailbox.messages[0]).splitlines() if line.startswith("- ")]
    assert [line.split(", ")[0].removeprefix("- ") + " " + line.split("chính công")[1] for line in lines] == [
        "Mon 23 Nov  (No longer yours)",
        "Tue 24 Nov ",
        "Wed 25 Nov  (New)",
    ]


def test_a_letter_reads_in_its_readers_language_as_text_and_as_html(week, post, clock, mailbox):
    week.publishes((0, week.person(email="lan@example.vn")))

    run_after(post, clock)

    message = mailbox.messages[0]
    assert message["Subject"] == "Bạn có ca trực Thứ Hai 23/11"
    assert "Chào Lan," in text_of(message)
    assert "Thứ Hai 23/11, 07:30–11:30" in html_of(message)
    assert message["Auto-Submitted"] == "auto-generated"


@pytest.mark.parametrize(
    "name",
    ["Đoàn trường Đại học Bình Định", 'Chi bộ (2), “tổ” "A, B"', "Ban Chấp hành Đoàn phường Quy Nhơn Đông, " * 4],
)
def test_a_mail_is_from_our_address_in_the_name_of_the_unit(week, post, clock, mailbox, name):
    week.unit.name = name.strip()
    week.publishes((0, week.person(email="lan@example.vn")))

    run_after(post, clock)

    # As RFC 2047 has it: Python's own reader of addresses puts spaces between encoded words.
    raw = dict(mailbox.messages[0].raw_items())["From"]
    assert str(make_header(decode_header(raw))) == f"{name.strip()} · Lịch trực <roster@example.vn>"
    assert mailbox.messages[0]["Reply-To"] is None


def test_links_lead_to_one_answer_each_and_only_their_hashes_are_kept(week, post, clock, mailbox, session):
    week.publishes((0, week.person(email="lan@example.vn")))

    run_after(post, clock)

    link = session.scalars(select(AnswerLink).where(AnswerLink.purpose == "turn")).one()
    assert link.target_id == session.scalars(select(Assignment)).one().id
    assert "https://roster.example.vn/a/" in text_of(mailbox.messages[0])
    assert link.token_hash not in text_of(mailbox.messages[0])


def test_somebody_taken_off_and_put_back_within_minutes_hears_nothing(week, post, clock, mailbox, session):
    lan = week.person(email="lan@example.vn")
    week.publishes((0, lan))
    run_after(post, clock)
    mailbox.messages.clear()

    week.publishes((1, lan), now=clock.now)
    week.publishes((0, lan), now=clock.now)
    run_after(post, clock)

    assert mailbox.messages == []
    assert session.scalars(select(Delivery.state).order_by(Delivery.id)).all()[-1] is DeliveryState.DROPPED


def test_a_cancelled_shift_is_told_and_so_is_one_that_is_brought_back(week, post, clock, mailbox):
    week.publishes((0, week.person(email="lan@example.vn", language="en")))
    run_after(post, clock)

    shifts.cancel(week.session, week.shifts[0].id, reason="Mất điện", by=week.coordinator, now=clock.now)
    week.session.commit()
    run_after(post, clock)
    shifts.restore(week.session, week.shifts[0].id, by=week.coordinator, now=clock.now)
    week.session.commit()
    run_after(post, clock)

    assert [str(message["Subject"]) for message in mailbox.messages] == [
        "You serve on Mon 23 Nov",
        "Your shift on Mon 23 Nov is cancelled",
        "You serve on Mon 23 Nov",
    ]
    assert "Reason: Mất điện" in text_of(mailbox.messages[1])


@pytest.mark.parametrize(
    ("later", "subject"),
    [
        (timedelta(minutes=30), "Your shift on Mon 23 Nov has changed"),
        (timedelta(days=1), "Your shift has moved to Tue 24 Nov"),
    ],
)
def test_a_shift_with_other_hours_on_its_day_has_not_moved_there(week, post, clock, mailbox, later, subject):
    week.publishes((0, week.person(email="lan@example.vn", language="en")))
    run_after(post, clock)
    shift, clock_then = week.shifts[0], (week.shifts[0].starts_at, week.shifts[0].ends_at)

    shift.starts_at, shift.ends_at = (moment + later for moment in clock_then)
    starts, ends = clock_then
    telling.shift_moved(week.session, shift, starts_at=starts, ends_at=ends, site_id=shift.site_id, now=clock.now)
    week.session.commit()
    run_after(post, clock)

    assert str(mailbox.messages[-1]["Subject"]) == subject


def test_who_is_put_on_a_shift_that_moves_within_minutes_hears_of_it_once(week, post, clock, mailbox):
    week.publishes((0, week.person(email="lan@example.vn", language="en")))
    shift, starts, ends = week.shifts[0], week.shifts[0].starts_at, week.shifts[0].ends_at
    shift.starts_at += timedelta(minutes=30)
    telling.shift_moved(week.session, shift, starts_at=starts, ends_at=ends, site_id=shift.site_id, now=clock.now)
    week.session.commit()

    run_after(post, clock)

    assert [str(message["Subject"]) for message in mailbox.messages] == ["You serve on Mon 23 Nov"]
    assert text_of(mailbox.messages[0]).count("08:00–11:30") == 1


def test_who_knew_of_a_shift_hears_that_it_moved_even_if_it_was_cancelled_and_brought_back_meanwhile(
    week, post, clock, mailbox
):
    week.publishes((0, week.person(email="lan@example.vn", language="en")))
    run_after(post, clock)
    shift, starts, ends = week.shifts[0], week.shifts[0].starts_at, week.shifts[0].ends_at

    shifts.cancel(week.session, shift.id, reason="", by=week.coordinator, now=clock.now)
    shifts.restore(week.session, shift.id, by=week.coordinator, now=clock.now)
    shift.starts_at += timedelta(minutes=30)
    telling.shift_moved(week.session, shift, starts_at=starts, ends_at=ends, site_id=shift.site_id, now=clock.now)
    week.session.commit()
    run_after(post, clock)

    assert str(mailbox.messages[-1]["Subject"]) == "Your shift on Mon 23 Nov has changed"


def test_a_shift_cancelled_and_brought_back_within_minutes_is_no_news(week, post, clock, mailbox):
    week.publishes((0, week.person(email="lan@example.vn")))
    run_after(post, clock)

    shifts.cancel(week.session, week.shifts[0].id, reason="", by=week.coordinator, now=clock.now)
    shifts.restore(week.session, week.shifts[0].id, by=week.coordinator, now=clock.now)
    week.session.commit()
    run_after(post, clock)

    assert len(mailbox.messages) == 1


def test_a_busy_mail_server_gets_the_same_letter_again_under_the_same_id(week, post, clock, mailbox):
    week.publishes((0, week.person(email="lan@example.vn")))
    mailbox.refusals.append("451 try again later")
    run_after(post, clock)
    assert mailbox.messages == []

    run_after(post, clock, RETRIES[0])

    with post.sessions() as session:
        delivery = session.scalars(select(Delivery)).one()
        assert mailbox.messages[0]["Message-ID"] == f"<{delivery.message_id}@example.vn>"
        assert (delivery.state, delivery.attempts) == (DeliveryState.SENT, 2)


def test_a_mail_server_that_knows_nobody_there_is_not_asked_again(week, post, clock, mailbox, session):
    week.publishes((0, week.person(email="lan@example.vn")))
    mailbox.refusals.append("550 lan@example.vn unknown here")

    run_after(post, clock)

    delivery = session.scalars(select(Delivery)).one()
    assert (delivery.state, delivery.error) == (DeliveryState.FAILED, "550 unknown here")


def test_no_mail_server_at_all_is_a_reason_to_try_later(week, sessions, clock, session):
    week.publishes((0, week.person(email="lan@example.vn")))

    run_after(a_post(sessions, clock, mail_url="mailto://127.0.0.1:9?from=roster@example.vn"), clock)

    delivery = session.scalars(select(Delivery)).one()
    assert (delivery.state, delivery.error) == (DeliveryState.WAITING, "ConnectionRefusedError")


def test_a_mail_server_that_comes_back_at_night_wakes_nobody(week, post, clock, mailbox, session):
    clock.now = datetime(2026, 11, 20, 14, 57, tzinfo=UTC)  # 21:57 there; quiet from 22:00
    week.publishes((0, week.person(email="lan@example.vn")), now=clock.now)
    mailbox.refusals.append("451 try again later")
    run_after(post, clock)

    run_after(post, clock, RETRIES[0])

    assert mailbox.messages == []
    delivery = session.scalars(select(Delivery)).one()
    assert (delivery.state, delivery.due_at) == (DeliveryState.WAITING, datetime(2026, 11, 20, 23, tzinfo=UTC))


@pytest.mark.parametrize("kind", list(MessageKind))
def test_every_kind_of_message_has_words(kind):
    assert kind in TOGETHER or kind in PARTS


class Slow:
    """A channel that answers only once the other has taken its letter, as a gateway in trouble might."""

    def __init__(self, other: threading.Event) -> None:
        self.other, self.waited_for_it = other, False

    def send(self, parcel, hand_over) -> None:
        assert hand_over()
        self.waited_for_it = self.other.wait(PATIENCE)


class Quick:
    def __init__(self) -> None:
        self.taken, self.letters = threading.Event(), 0

    def send(self, parcel, hand_over) -> None:
        assert hand_over()
        self.letters += 1
        self.taken.set()


def test_a_channel_that_takes_its_time_holds_up_no_other_and_nothing_is_sent_twice(session, sessions, week, clock):
    quick = Quick()
    slow = Slow(quick.taken)
    lan = week.person(email="lan@example.vn", phone="+84912345678")
    session.add(ContactChoice(person_id=lan.id, channels=["email", "webhook"], changed_at=clock.now))
    week.publishes((0, lan))
    post = Post(sessions, {Channel.EMAIL: slow, Channel.WEBHOOK: quick}, base_url="https://x.vn", clock=clock)

    run_after(post, clock)

    assert (slow.waited_for_it, quick.letters) == (True, 1)
    rows = session.execute(select(Delivery.state, Delivery.attempts)).all()
    assert rows == [(DeliveryState.SENT, 1), (DeliveryState.SENT, 1)]


def test_a_letter_that_was_handed_over_is_not_sent_again_if_the_database_fails_then(
    week, session, sessions, clock, monkeypatch
):
    quick = Quick()
    week.publishes((0, week.person(email="lan@example.vn")))
    post = Post(sessions, {Channel.EMAIL: quick}, base_url="https://x.vn", clock=clock)
    broken = OperationalError("UPDATE", {}, Exception("database is locked"))
    monkeypatch.setattr(letters, "sent", Mock(side_effect=broken))

    run_after(post, clock)
    for pause in (RETRIES[0], letters.HANDING_OVER):
        run_after(post, clock, pause)

    assert quick.letters == 1
    assert session.scalars(select(Delivery.state)).all() == [DeliveryState.UNSURE]


def test_a_chore_that_fails_keeps_no_letter_and_no_other_chore_waiting(week, sessions, clock):
    done, quick = [], Quick()
    week.publishes((0, week.person(email="lan@example.vn")))
    chores = (lambda session, now: 1 / 0, lambda session, now: done.append(now))
    post = Post(sessions, {Channel.EMAIL: quick}, base_url="https://x.vn", clock=clock, chores=chores)

    run_after(post, clock)

    assert (done, quick.letters) == ([clock.now], 1)
