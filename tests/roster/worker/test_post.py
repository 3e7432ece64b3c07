"""The post with a real mail server: what is told arrives once, in words, and refusals are kept for who looks."""

import http.server
import json
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import delete, select

from roster.config import Settings
from roster.letters.words import CHANGES, PARTS
from roster.models import (
    AnswerLink,
    Assignment,
    Channel,
    ContactChoice,
    Delivery,
    DeliveryState,
    DraftAssignment,
    MessageKind,
)
from roster.services import outbox, rosters, shifts
from roster.services.letters import RETRIES
from roster.worker import channels
from roster.worker.post import Post
from tests.builders import (
    MONDAY,
    a_coordinator,
    a_person,
    a_programme,
    a_roster,
    a_shift,
    a_site,
    a_unit,
    an_account,
)
from tests.mailbox import Mailbox, a_mail_server, html_of, text_of

NOW = datetime(2026, 11, 20, 3, tzinfo=UTC)


class Clock:
    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now


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


def a_post(sessions, clock, **channel) -> Post:
    settings = Settings(home=Path(), database_url="", secret_key="", **channel)
    return Post(sessions, channels.senders_of(settings), base_url="https://roster.example.vn", clock=clock)


class Week:
    """A roster of one coordinator with shifts on its first days, and people to put on them."""

    def __init__(self, session) -> None:
        self.session, self.unit = session, a_unit(session)
        site, programme = a_site(session, self.unit), a_programme(session, self.unit)
        self.shifts = [a_shift(session, site, programme, day=MONDAY + timedelta(days=day)) for day in range(3)]
        self.roster, self.coordinator = a_roster(session, self.unit), a_coordinator(session, self.unit)

    def person(self, name="Nguyễn Thị Lan", *, language="vi", **columns):
        person = a_person(self.session, self.unit, name, max_turns=None, **columns)
        an_account(self.session, person_id=person.id, language=language)
        return person

    def publishes(self, *turns, now=NOW) -> None:
        """Each turn: the day's number and the person."""
        self.session.execute(delete(DraftAssignment))
        for day, person in turns:
            self.session.add(
                DraftAssignment(roster_id=self.roster.id, shift_id=self.shifts[day].id, person_id=person.id)
            )
        self.session.flush()
        rosters.publish(self.session, self.roster.id, revision_seen=self.roster.revision, by=self.coordinator, now=now)
        self.session.commit()


@pytest.fixture
def week(session) -> Week:
    return Week(session)


def run_after(post, clock, pause=outbox.GATHERING) -> None:
    clock.now += pause
    post.drain()


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


class Gateway(http.server.BaseHTTPRequestHandler):
    """Whatever is posted ends in `server.taken`."""

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.taken.append(json.loads(body))  # type: ignore[attr-defined]
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_words: object) -> None:
        pass


@pytest.fixture
def gateway() -> Iterator[http.server.HTTPServer]:
    server = http.server.HTTPServer(("127.0.0.1", 0), Gateway)
    server.taken = []  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_gateway_gets_phone_number_language_and_an_id_to_know_the_message_again(
    week, sessions, clock, session, gateway
):
    lan = week.person(phone="+84912345678")
    session.add(ContactChoice(person_id=lan.id, channels=[Channel.WEBHOOK.value], changed_at=NOW))
    week.publishes((0, lan))

    run_after(a_post(sessions, clock, message_webhook=f"json://127.0.0.1:{gateway.server_port}/zalo"), clock)

    delivery = session.scalars(select(Delivery)).one()
    taken = gateway.taken[0]
    assert (taken["phone"], taken["language"], taken["id"]) == ("+84912345678", "vi", delivery.message_id)
    assert "Thứ Hai 23/11" in taken["title"]
    assert delivery.state is DeliveryState.SENT


@pytest.mark.parametrize("kind", list(MessageKind))
def test_every_kind_of_message_has_words(kind):
    assert kind in CHANGES or kind in PARTS
