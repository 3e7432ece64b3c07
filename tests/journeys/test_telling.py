"""Asked and told by e-mail on a real mail server: a week answered in three taps, a turn confirmed by a link."""

import json
import os
import re
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import asdict, replace
from email.message import EmailMessage
from itertools import count

import pytest
from playwright.sync_api import Locator, Page, expect

from roster.letters import notices
from roster.letters.parts import Written
from tests.browsers import Browser
from tests.journeys.service import Service, running
from tests.mailbox import Mailbox, a_mail_server, html_of, text_of
from tests.waiting import PATIENCE, eventually


@pytest.fixture(scope="module")
def mailbox() -> Iterator[Mailbox]:
    with a_mail_server() as mailbox:
        yield mailbox


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory, mailbox: Mailbox) -> Iterator[Service]:
    """The service with that mail server, and people who have addresses there, never sleep and want no reminders."""
    before = dict(os.environ)
    os.environ["ROSTER_MAIL_URL"] = mailbox.url
    try:
        with running(tmp_path_factory.mktemp("telling")) as service:
            _change(
                service,
                "UPDATE people SET email = 'nguoi' || id || '@example.vn'",
                """INSERT INTO contact_choices
                   (person_id, channels, telegram, zalo, quiet_from, quiet_until, remind_hours, changed_at)
                   SELECT id, '["email"]', '', '', 0, 0, '[]', '2026-01-01' FROM people""",
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
    half.wait_for()
    before = half.locator("input:checked").get_attribute("value")
    tap(half)
    expect(half.locator("input:checked")).not_to_have_value(before)
    tap(phone.page.get_by_role("button", name="Xong"))

    expect(phone.page.get_by_text("Bạn đã trả lời", exact=True)).to_be_visible()
    expect(half.locator("input:checked")).not_to_have_value(before)  # what was said, which may still be changed
    assert taps == 3
    coordinator.page.reload()
    expect(coordinator.page.get_by_role("heading", name=re.compile("^1 of"))).to_be_visible()


def test_publishing_is_told_by_mail_and_a_turn_confirmed_from_it_without_signing_in(visit, service, mailbox):
    coordinator = visit("en", "laptop")
    coordinator.sign_in("coordinator")
    page = coordinator.page
    page.get_by_role("link", name="Later").click()
    coordinator.plan_the_week()
    page.get_by_role("button", name="Publish").first.click()
    page.get_by_role("dialog").get_by_role("button", name="Publish").click()
    coordinator.is_told("Published.")
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
    assert _rows(service, "SELECT id FROM assignments WHERE confirmed_at > '2026-11'")


def test_a_tap_turns_notices_on_and_a_tap_on_one_opens_what_it_tells(visit, service):
    phone = visit("vi", "phone", permissions=["notifications"])
    page = phone.page
    page.context.add_init_script(A_PUSH_SERVICE % json.dumps(asdict(Browser().subscribes("https://push.example/1"))))
    phone.sign_in("volunteer")
    _change(service, "UPDATE messages SET read_at = created_at")
    _change(service, TOLD)
    page.reload()
    page.get_by_role("link", name="Tin nhắn").click()
    phone.look("inbox")
    page.get_by_role("link", name="Cách nhận tin").click()
    page.get_by_role("button", name="Báo cho tôi trên thiết bị này").click()
    expect(page.get_by_text("Thiết bị này", exact=True)).to_be_visible()
    phone.look("devices")

    (entry,) = _rows(service, TOLD_TO, service.logins["volunteer"][0])[0]
    written = Written("vi", "Bạn được nhận ca", "", [], [], None, page=f"{service.base}/inbox/{entry}")
    page.context.service_workers[0].evaluate(UNTIL_IT_IS_TAPPED)
    _deliver_until_shown(page, service, written, tag="letter-1")
    page.goto(page.context.service_workers[0].evaluate(TAP))

    expect(page.get_by_role("heading", name="Bạn đã có chỗ trong ca trực")).to_be_visible()
    phone.look("told")
    expect(page.locator(".nav-count")).to_have_count(0)

    _deliver_until_shown(page, service, replace(written, subject="Một tin nữa"), tag="letter-2")
    page.context.service_workers[0].evaluate(A_SUBSCRIPTION)
    page.locator("header details.menu summary").click()
    page.get_by_role("button", name="Đăng xuất").click()
    page.wait_for_url("**/sign-in**")
    eventually(lambda: page.evaluate(SHOWN) == [], otherwise=lambda: f"{page.evaluate(SHOWN)} are shown still")
    eventually(
        lambda: page.context.service_workers[0].evaluate("self.left"),
        otherwise=lambda: "whoever signed out is still told on this phone",
    )


def test_who_forbade_notices_is_told_how_to_allow_them(visit, service):
    phone = visit("en", "phone")
    phone.page.context.add_init_script("Notification.requestPermission = async () => 'denied'")
    phone.sign_in("volunteer")

    phone.go("/account/messages")
    phone.page.get_by_role("button", name="Tell me on this device").click()

    expect(phone.page.get_by_text("This browser was told not to show notices")).to_be_visible()
    phone.look("devices-denied")


A_PUSH_SERVICE = """
const given = %s;
const keys = { p256dh: given.p256dh, auth: given.auth };
const made = { endpoint: given.endpoint, toJSON: () => ({ endpoint: given.endpoint, keys }) };
PushManager.prototype.subscribe = async () => { localStorage.setItem("subscribed", "yes"); return made; };
PushManager.prototype.getSubscription = async () => localStorage.getItem("subscribed") && made;
"""
"""No push service of the world is reached from a test: the browser's own part of subscribing to one."""
LOOKS_A_DELIVERY = 500  # at notices, some ten seconds
SHOWN = "async () => (await (await navigator.serviceWorker.ready).getNotifications()).map(({ title }) => title)"
TAP = """async () => {
  let opened;
  self.clients.openWindow = async (address) => (opened = address);  // browsers leave this to a real finger
  const [notification] = await self.registration.getNotifications();
  const tap = new NotificationEvent("notificationclick", { notification });
  const done = new Promise((resolve) => (tap.waitUntil = resolve));
  self.dispatchEvent(tap);
  await done;
  return opened;
}"""
UNTIL_IT_IS_TAPPED = """() => {
  const show = ServiceWorkerRegistration.prototype.showNotification;
  ServiceWorkerRegistration.prototype.showNotification = function (title, options) {
    return show.call(this, title, { ...options, requireInteraction: true });
  };
}"""
"""Else Chromium takes a notice away again after some 20 seconds, on a machine that keeps no list of them."""
A_SUBSCRIPTION = """() => {
  PushManager.prototype.getSubscription = async () => ({ unsubscribe: async () => (self.left = true) });
}"""
TOLD = """INSERT INTO messages (person_id, kind, facts, created_at, due_at)
          SELECT person_id, 'claim_answered',
                 json_object('shift_id', (SELECT max(id) FROM shifts), 'agreed', json('true')),
                 datetime('now'), '2100-01-01' FROM accounts WHERE person_id IS NOT NULL"""
TOLD_TO = """SELECT messages.id FROM messages JOIN accounts USING (person_id)
             WHERE kind = 'claim_answered' AND login = ?"""


def _deliver_until_shown(page: Page, service: Service, written: Written, *, tag: str) -> None:
    """A busy Chromium may lose what it is handed so; one that comes again replaces the one before."""
    looks = count()

    def shown() -> bool:
        if next(looks) % LOOKS_A_DELIVERY == 0:
            _deliver(page, service, notices.body(written, tag=tag))
        return page.evaluate(SHOWN) == [written.subject]

    # `wait_for_function` would take the promise itself for a yes.
    eventually(shown, otherwise=lambda: f"{page.evaluate(SHOWN)} are shown")


def _deliver(page: Page, service: Service, notice: bytes) -> None:
    """Have the browser hand the service worker what a push service brought."""
    devtools, known = page.context.new_cdp_session(page), []
    devtools.on("ServiceWorker.workerRegistrationUpdated", lambda told: known.extend(told["registrations"]))
    devtools.send("ServiceWorker.enable")
    while not known:  # what the browser says meanwhile is only heard while one waits within it
        page.wait_for_timeout(50)
    push = {"origin": service.base, "registrationId": known[-1]["registrationId"], "data": notice.decode()}
    devtools.send("ServiceWorker.deliverPushMessage", push)


def _letter(mailbox: Mailbox, wanted: Callable[[EmailMessage], bool]) -> EmailMessage:
    """The first letter of this kind, as soon as it is there."""
    return eventually(
        lambda: next((message for message in list(mailbox.messages) if wanted(message)), None),
        otherwise=lambda: f"no such letter among {[str(message['Subject']) for message in mailbox.messages]}",
    )


def _link(letter: EmailMessage) -> str:
    """The first address to answer at."""
    return re.search(r"http\S+/a/\S+", text_of(letter))[0]


def _rows(service: Service, query: str, *values: str) -> list[tuple[int, ...]]:
    with closing(sqlite3.connect(service.home / "roster.db", timeout=PATIENCE)) as database:
        return database.execute(query, values).fetchall()


def _change(service: Service, *statements: str) -> None:
    with closing(sqlite3.connect(service.home / "roster.db", timeout=PATIENCE)) as database:
        for statement in statements:
            database.execute(statement)
        database.commit()
