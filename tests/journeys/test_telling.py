"""Asked and told by e-mail on a real mail server: a week answered in three taps, a turn confirmed by a link."""

import os
import re
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from email.message import EmailMessage

import pytest
from playwright.sync_api import Locator, expect

from tests.journeys.service import Service, running
from tests.mailbox import Mailbox, a_mail_server, html_of, text_of

PATIENCE = 30  # seconds for a letter to arrive
WEEK_PLANNED_SECONDS = 60


@pytest.fixture(scope="module")
def mailbox() -> Iterator[Mailbox]:
    with a_mail_server() as mailbox:
        yield mailbox


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory, mailbox: Mailbox) -> Iterator[Service]:
    """The service with that mail server, and people who have addresses there and never sleep."""
    before = dict(os.environ)
    os.environ["ROSTER_MAIL_URL"] = mailbox.url
    try:
        with running(tmp_path_factory.mktemp("telling")) as service:
            _change(
                service,
                "UPDATE people SET email = 'nguoi' || id || '@example.vn'",
                """INSERT INTO contact_choices
                   (person_id, channels, telegram, zalo, quiet_from, quiet_until, remind_hours, changed_at)
                   SELECT id, '["email"]', '', '', 0, 0, '[24]', '2026-01-01' FROM people""",
            )
            yield service
    finally:
        os.environ.clear()
        os.environ.update(before)


def test_everybody_is_asked_with_one_button_and_a_volunteer_answers_by_mail_in_three_taps(visit, service, mailbox):
    coordinator = visit("en", "laptop")
    coordinator.sign_in("coordinator")
    coordinator.page.get_by_role("link", name="Later").click()
    coordinator.page.get_by_role("link", name="Answers").click()
    coordinator.page.get_by_role("button", name="Ask everybody").click()
    expect(coordinator.page.get_by_role("heading", name=re.compile("^0 of"))).to_be_visible()
    coordinator.look("round-asked")

    phone = visit("vi", "phone")
    phone.page.goto(_link(_letter(mailbox, lambda message: "khi nào bạn đến được" in str(message["Subject"]))))
    phone.look("round-answer")
    taps = 0

    def tap(target: Locator) -> None:
        nonlocal taps
        target.click()
        taps += 1

    tap(phone.page.get_by_role("link", name="Như tuần trước"))
    half = phone.page.get_by_role("radiogroup").first
    before = half.locator("input:checked").get_attribute("value")
    tap(half)
    assert half.locator("input:checked").get_attribute("value") != before
    tap(phone.page.get_by_role("button", name="Xong"))

    expect(phone.page.get_by_text("Bạn đã báo lịch rảnh của mình.")).to_be_visible()
    assert taps == 3
    coordinator.page.reload()
    expect(coordinator.page.get_by_role("heading", name=re.compile("^1 of"))).to_be_visible()


def test_publishing_is_told_by_mail_and_a_turn_confirmed_from_it_without_signing_in(visit, service, mailbox):
    coordinator = visit("en", "laptop")
    coordinator.sign_in("coordinator")
    page = coordinator.page
    page.get_by_role("link", name="Later").click()
    page.get_by_role("button", name="Plan the week").click()
    page.get_by_text(re.compile("Proved: ")).first.wait_for(timeout=WEEK_PLANNED_SECONDS * 1000)
    page.reload()
    page.get_by_role("button", name="Publish").first.click()
    page.get_by_role("dialog").get_by_role("button", name="Publish").click()
    page.wait_for_load_state()
    _change(service, "UPDATE messages SET due_at = created_at WHERE letter_id IS NULL")  # as if two minutes had passed

    letter = _letter(mailbox, lambda message: "Tôi sẽ đến" in text_of(message))
    phone = visit("vi", "phone")
    phone.page.set_content(html_of(letter))
    phone.look("letter")
    phone.page.goto(_link(letter))
    phone.look("turn-by-link")
    phone.page.get_by_role("button", name="Tôi sẽ đến").click()

    expect(phone.page.get_by_text("Bạn đã báo là sẽ đến.")).to_be_visible()
    phone.look("turn-confirmed-by-link")
    with closing(sqlite3.connect(service.home / "roster.db")) as database:
        assert database.execute("SELECT count(*) FROM assignments WHERE confirmed_at > '2026-11'").fetchone()[0] >= 1


def _letter(mailbox: Mailbox, wanted: Callable[[EmailMessage], bool]) -> EmailMessage:
    """The first letter of this kind, as soon as it is there."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        found = [message for message in list(mailbox.messages) if wanted(message)]
        if found:
            return found[0]
        time.sleep(0.1)
    raise AssertionError(f"no such letter among {[str(message['Subject']) for message in mailbox.messages]}")


def _link(letter: EmailMessage) -> str:
    """The first address to answer at."""
    return re.search(r"http\S+/a/\S+", text_of(letter))[0]


def _change(service: Service, *statements: str) -> None:
    with closing(sqlite3.connect(service.home / "roster.db", timeout=20)) as database:
        for statement in statements:
            database.execute(statement)
        database.commit()
