"""A published week changes from phone to phone: two volunteers swap, one leaves, a coordinator finds cover."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Locator, expect

from roster.app import create_app
from roster.config import Settings
from roster.extensions import db
from roster.models import Account
from roster.services.passwords import Passwords
from roster.vietnam.office_hours import monday_of
from tests.journeys.service import Service, running
from tests.published import PublishedWeek

PASSWORD = "một câu dễ nhớ"
ANOTHER_TAB_SENDS = """
() => new Promise((begun) => {
  void navigator.locks.request("sending-answers", () => new Promise((done) => begun(void (window.hasSent = done))));
})
"""
IT_HAS_SENT_ALL = """
() => {
  const sent = Object.keys(localStorage).filter((name) => name.startsWith("answers:"));
  sent.forEach((name) => localStorage.removeItem(name));
  window.hasSent();
}
"""
ONLY_WE_SAY_THAT_IT_IS_BACK = """
() => addEventListener("online", (event) => event.isTrusted && event.stopImmediatePropagation(), true)
"""
SEEMS_BACK = "() => { window.stays = true; dispatchEvent(new Event('online')); }"
# Once this has answered: an answer is lost with the page that gives it.
IS_BACK_AFTER_A_PRESS = """
() => void setTimeout(() => {
  document.querySelector("a[href$='/me/open']").click();
  dispatchEvent(new Event("online"));
})
"""


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    with running(tmp_path_factory.mktemp("home"), scenario=None) as service:
        yield replace(service, logins=_a_week(service))


def _a_week(service: Service) -> dict[str, tuple[str, str]]:
    """Lan on a Monday some five to eleven days ahead, where one more is wanted, Hà on the Tuesday, Minh and An free;
    sign-ins of all. Within the two weeks that "To do" looks ahead, whatever day it is."""
    app = create_app(
        Settings(home=service.home, database_url=f"sqlite:///{service.home / 'roster.db'}", secret_key="x")
    )
    with app.app_context():
        now = datetime.now(UTC)
        monday = monday_of(now.date() + timedelta(days=4)) + timedelta(days=7)
        week = PublishedWeek(db.session, monday=monday, published_at=now)
        people = {"lan": week.lan, "ha": week.ha, "minh": week.minh, "an": week.somebody("Vũ Bình An")}
        for person in people.values():
            person.shares_name = True
        accounts = {name: week.account(person) for name, person in people.items()} | {"coordinator": week.by}
        logins = {name: _with_password(account) for name, account in accounts.items()}
        db.session.commit()
        db.session.remove()
        db.engine.dispose()
    return logins


def _with_password(account: Account) -> tuple[str, str]:
    account.password_hash = Passwords(time_cost=1).hash(PASSWORD)
    return account.login, PASSWORD


def test_two_swap_their_turns_between_their_phones_by_the_keyboard_alone(visit):
    lan, ha = visit("vi", "phone"), visit("en", "phone")
    lan.sign_in("lan")
    lan.press("Đổi hoặc nghỉ ca")
    expect(lan.page.get_by_role("heading", name="Ca trực của tôi")).to_be_visible()
    lan.look("turn")
    lan.press("Đổi ca với người khác")
    expect(lan.page.locator(".shift")).to_contain_text("Hà")
    lan.look("swap")
    lan.press("Đề nghị đổi ca này")
    expect(lan.page.get_by_text("Bạn đề nghị đổi với Hà")).to_be_visible()

    ha.sign_in("ha")
    expect(ha.page.get_by_text("Lan would take your turn")).to_be_visible()
    ha.look("asked")
    ha.press("I agree")
    ha.is_told("Swapped. Both calendars follow.")

    lan.go("/me/")
    expect(lan.page.locator(".shift .leaf").first).to_contain_text("Th 3")
    lan.look("swapped")


def test_somebody_leaves_and_cover_is_found_in_a_minute(visit):
    lan, coordinator, minh = visit("vi", "phone"), visit("en", "laptop"), visit("vi", "phone")
    lan.sign_in("lan")
    lan.page.get_by_role("link", name="Đổi hoặc nghỉ ca").click()
    lan.page.get_by_label("Lý do").fill("Thi giữa kỳ")
    lan.page.get_by_role("button", name="Tôi không đến được").click()
    lan.is_told("Bạn đã được nghỉ ca này.")

    coordinator.sign_in("coordinator")
    coordinator.go("/attention")
    coordinator.look("to-do")
    row = coordinator.page.get_by_role("row", name="0/1")
    row.get_by_role("link", name="Find cover").click()
    coordinator.look("cover")
    coordinator.page.get_by_role("button", name="Send").click()
    expect(coordinator.page.get_by_text("“Thi giữa kỳ”")).to_be_visible()
    coordinator.look("place")

    minh.sign_in("minh")
    minh.page.get_by_role("button", name="Tôi trực thay").click()
    minh.is_told("Cảm ơn bạn đã trực thay!")
    minh.look("stood-in")

    coordinator.page.reload()
    expect(coordinator.page.get_by_role("list").filter(has_text="Lê Quang Minh").first).to_be_visible()


def test_what_is_answered_without_network_is_its_givers_alone_and_told_if_the_place_was_taken_meanwhile(visit):
    an = visit("vi", "phone")
    page, waiting = an.page, an.page.locator("#offline-waiting")
    an.sign_in("an")
    an.keep("/me/open")

    page.context.set_offline(True)
    page.get_by_role("link", name="Tin nhắn").first.click()
    expect(page.get_by_role("heading", name="Ca của tôi")).to_be_visible()
    expect(page.get_by_role("note")).to_be_visible()
    page.get_by_role("link", name="Ca còn trống").click()
    take = page.get_by_role("button", name="Tôi nhận ca này", exact=True)
    for _ in range(2):
        _answer(take)
        expect(waiting).to_contain_text("Tôi nhận ca này: Th 2")
    an.look("kept-for-later")
    waiting.get_by_role("button", name="Rút lại").click()
    expect(waiting).to_be_hidden()
    _answer(take)
    expect(waiting).to_be_visible()

    page.context.clear_cookies()
    page.context.set_offline(False)
    expect(waiting.get_by_role("link", name="Đăng nhập lại")).to_be_visible()
    an.look("kept-and-signed-out")
    ha = replace(an)
    ha.sign_in("ha")
    expect(waiting).to_be_hidden()
    ha.look("nothing-of-another")

    minh = visit("vi", "phone")
    minh.sign_in("minh")
    minh.go("/me/open")
    minh.page.get_by_role("button", name="Tôi nhận ca này", exact=True).click()
    minh.is_told("Chỗ này là của bạn.")

    page.context.clear_cookies()
    an.go("/account/sign-in")
    expect(page.get_by_text("Có câu trả lời đang chờ trên máy này")).to_be_visible()
    an.sign_in("an")
    expect(page.get_by_text("Bạn đứng thứ 1 trong danh sách chờ.", exact=True).first).to_be_visible()
    an.look("sent-later")


def test_a_connection_that_flickers_takes_nobody_back_to_the_page_they_are_leaving(visit):
    page = (an := visit("vi", "phone")).page
    an.sign_in("an")
    an.keep("/me/open")
    page.context.set_offline(True)
    page.get_by_role("link", name="Tin nhắn").first.click()
    expect(page.get_by_role("note")).to_be_visible()
    page.wait_for_load_state()
    page.evaluate(ONLY_WE_SAY_THAT_IT_IS_BACK)
    with page.expect_event("requestfailed", lambda request: request.url.endswith("/signed-in")):
        page.evaluate(SEEMS_BACK)
    assert page.evaluate("window.stays")

    page.context.set_offline(False)
    page.evaluate(IS_BACK_AFTER_A_PRESS)
    page.wait_for_url("**/me/open")
    expect(page.get_by_role("note")).to_be_hidden()


def test_an_answer_another_tab_has_sent_counts_as_sent_and_a_stand_in_is_asked_for_in_a_tunnel(visit):
    minh = visit("vi", "phone")
    page, waiting = minh.page, minh.page.locator("#offline-waiting")
    minh.sign_in("minh")
    page.get_by_role("link", name="Đổi hoặc nghỉ ca").first.click()
    page.get_by_role("link", name="Nhờ người trực thay").click()
    page.wait_for_url("**/stand-in")
    page.evaluate(ANOTHER_TAB_SENDS)
    page.get_by_role("button", name="Gửi lời nhờ").click()
    page.evaluate(IT_HAS_SENT_ALL)

    page.get_by_role("link", name="Nhờ người trực thay").click()
    page.wait_for_url("**/stand-in")
    page.context.set_offline(True)
    page.get_by_role("button", name="Gửi lời nhờ").click()
    expect(waiting).to_contain_text("Gửi lời nhờ: Nhờ người trực thay")
    minh.look("stand-in-kept")
    with page.expect_navigation():  # a page whose answers have gone out loads itself anew
        page.context.set_offline(False)
    expect(waiting).to_be_hidden()
    minh.go("/me/")
    expect(page.get_by_role("button", name="Không hỏi ai nữa")).to_be_visible()


def _answer(button: Locator) -> None:
    """Press it without network, and wait until the page has tried to send that: whoever is on their way when the
    network comes back is asked to sign in at once, others by a notice."""
    button.click()
    expect(button).not_to_have_attribute("aria-busy", "true")
