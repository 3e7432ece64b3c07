"""The main job in a browser: a coordinator plans and publishes, a volunteer finds the shifts, a center expects them.

One story told in order, on both screens and in both languages: each part builds on what the one before left.
"""

import re
import urllib.request
from calendar import MONDAY, THURSDAY, TUESDAY, WEDNESDAY
from datetime import date, timedelta

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.journeys.conftest import LANGUAGES, SCREENS
from tests.journeys.keyboard import Keys
from tests.waiting import PATIENCE, eventually

EVERYWHERE = [(language, screen) for language in LANGUAGES for screen in SCREENS]
EACH_ONCE = [("vi", "phone"), ("en", "laptop")]  # for long walks whose pages other journeys open everywhere too


def in_three_weeks(weekday: int) -> str:
    """As a field for dates takes it."""
    today = date.today()  # noqa: DTZ011  the browser's own day
    return (today + timedelta(days=21 + weekday - today.weekday())).isoformat()


@pytest.mark.parametrize(("language", "screen"), EVERYWHERE)
def test_a_coordinator_plans_the_next_week_and_sees_why_a_place_stays_short(visit, language, screen):
    coordinator = visit(language, screen)
    coordinator.sign_in("coordinator")
    page = coordinator.page
    expect(page.get_by_role("heading", level=1)).to_contain_text("Đoàn Trường Đại học Quy Nhơn")
    coordinator.look("week-before")

    coordinator.plan_the_week()

    coordinator.look("week-planned")
    if screen == "laptop":
        short = page.locator(".slot-short:visible").first
        short.locator(".slot-fix").click()
        page.locator("#sheet details:has(.funnel) > summary").click()
        expect(page.locator("#sheet .funnel li").first).to_be_visible()
        coordinator.look("week-why")


def test_a_hand_in_the_grid_pins_removes_and_adds_and_is_told_which_rule_is_in_the_way(visit):
    coordinator = visit("vi", "laptop")
    coordinator.sign_in("coordinator")
    page = coordinator.page

    slot = page.locator(".slot:has(.chip):has(.slot-add)").first
    name = slot.locator(".chip-name").first.inner_text()
    where = f"#{slot.get_attribute('id')}"
    slot.locator(".chip").first.hover()
    slot.locator(".chip-tool-remove").first.click()
    expect(page.locator(f"{where} .chip-name").get_by_text(name, exact=True)).to_have_count(0)

    page.locator(f"{where} .slot-add").click()
    sheet = page.locator("#sheet")
    expect(sheet.locator(".person").first).to_be_visible()
    coordinator.look("candidates")
    barred = sheet.locator(".person-barred .field-error")
    if barred.count():
        expect(barred.first).not_to_be_empty()
    sheet.locator(".person form button").first.click()
    expect(page.locator(f"{where} .chip-pinned")).to_have_count(1)


def test_a_hand_on_the_keyboard_stays_in_the_slot_and_every_count_follows(visit):
    coordinator = visit("vi", "laptop")
    coordinator.sign_in("coordinator")
    page = coordinator.page

    slot = _take_somebody_out(page)

    expect(slot.locator(":focus")).to_have_count(1)
    waiting = page.locator(".tile", has_text="Chưa công bố").locator(".tile-value")
    changes = page.locator(".tabs li", has_text="Thay đổi").locator(".tab-count")
    eventually(lambda: waiting.inner_text().strip() == changes.inner_text().strip())
    expect(page.locator(".tabs [aria-current=page]")).to_have_text("Lịch trực")


def test_the_week_stays_planned_when_the_browser_is_closed_meanwhile(visit):
    first = visit("vi", "laptop")
    first.sign_in("coordinator")
    with first.page.expect_navigation():
        first.page.get_by_role("button", name="Xếp lịch tuần").click()
    first.page.close()

    second = visit("vi", "laptop")
    second.sign_in("coordinator")
    second.sees_the_plan()


@pytest.mark.parametrize(("language", "screen"), EACH_ONCE)
def test_every_side_of_the_roster_can_be_read(visit, language, screen):
    coordinator = visit(language, screen)
    coordinator.sign_in("coordinator")
    page = coordinator.page
    for vietnamese, english, name in (
        ("Công bằng", "Fairness", "fairness"),
        ("Thay đổi", "Changes", "changes"),
        ("Lần công bố", "Publications", "publications"),
    ):
        tab = coordinator.say(vietnamese, english)
        page.locator(".tabs a", has_text=tab).click()
        expect(page.locator(".tabs [aria-current=page]")).to_contain_text(tab)
        coordinator.look(name)


def test_publishing_tells_how_much_changes_and_then_it_is_published(visit):
    coordinator = visit("vi", "laptop")
    coordinator.sign_in("coordinator")
    page = coordinator.page

    _take_somebody_out(page)
    page.get_by_role("button", name="Công bố").first.click()
    dialog = page.locator("dialog#publish")
    expect(dialog).to_contain_text("lượt trực thay đổi")
    coordinator.look("publish")
    dialog.get_by_role("button", name="Công bố").click()

    coordinator.is_told("Đã công bố.")
    expect(page.locator("h1 .badge")).to_contain_text("Đã công bố")


def test_a_person_is_dragged_to_another_place_taken_back_put_back_and_published_again(visit):
    coordinator = visit("vi", "laptop")
    coordinator.sign_in("coordinator")
    page = coordinator.page

    person, place = _drag_somebody(coordinator)
    there = page.locator(f"#{place} [data-pick='{person}']")
    expect(there).to_have_count(1)
    page.keyboard.press("Control+z")
    expect(there).to_have_count(0)
    page.keyboard.press("Control+Shift+z")
    expect(there).to_have_count(1)
    page.locator("[data-step=undo]").click()
    expect(there).to_have_count(0)
    page.locator("[data-step=redo]").click()
    expect(there).to_have_count(1)

    page.get_by_role("button", name="Công bố").first.click()
    page.locator("dialog#publish").get_by_role("button", name="Công bố").click()
    coordinator.is_told("Đã công bố.")
    expect(there).to_have_count(1)
    expect(page.locator("[data-step=undo]")).to_be_disabled()


def _take_somebody_out(page: Page) -> Locator:
    """Take the first person out whom nothing holds, by the keyboard; the slot they leave."""
    name = page.locator(".slot:has(.chip:not(.chip-pinned) .chip-tool-remove)").first.get_attribute("id")
    slot = page.locator(f"[id='{name}']")
    slot.locator(".chip-tool-remove").first.focus()
    before = page.locator("#revision").input_value()
    page.keyboard.press("Enter")
    expect(page.locator("#revision")).not_to_have_value(before)
    return slot


def _drag_somebody(coordinator):
    """Drag the first person who can go anywhere to the first place that takes them; who and where."""
    page = coordinator.page
    for number in range(page.locator(".slot .chip [data-pick]").count()):
        chip = page.locator(".slot .chip:has([data-pick])").nth(number)
        person = chip.locator("[data-pick]").get_attribute("data-pick")
        chip.scroll_into_view_if_needed()
        box = chip.bounding_box()
        page.mouse.move(box["x"] + 12, box["y"] + 8)
        page.mouse.down()
        page.mouse.move(box["x"] + 40, box["y"] + 30, steps=3)
        page.locator(".slot-barred, .slot-open").first.wait_for()
        if page.locator(".slot-open").count():
            break
        page.mouse.up()
        expect(page.locator(".slot-barred, .slot-open")).to_have_count(0)
    coordinator.look("board-dragging")
    place = page.locator(".slot-open").first
    where = place.get_attribute("id")

    def is_over() -> bool:
        place.scroll_into_view_if_needed()
        box = place.bounding_box()
        page.mouse.move(box["x"] + 20, box["y"] + 12, steps=3)  # near an edge the page itself moves beneath it
        return "slot-over" in place.get_attribute("class").split()

    eventually(is_over)
    page.mouse.up()
    return person, where


def test_keys_move_somebody_as_the_pointer_does_and_another_coordinator_sees_it_without_losing_their_place(visit):
    mover, reader = visit("en", "laptop"), visit("vi", "laptop")
    mover.sign_in("coordinator")
    reader.sign_in("administrator")
    page = mover.page
    reader.page.goto(page.url)
    reader.page.locator(".slot-hours a").first.focus()

    handle = page.locator(".slot .chip [data-pick]").first
    person = handle.get_attribute("data-pick")
    handle.focus()
    page.keyboard.press("Space")
    page.locator(".slot-over").wait_for()
    mover.look("board-holding")
    page.keyboard.press("Escape")
    expect(handle).to_be_focused()
    page.keyboard.press("Space")
    place = page.locator(".slot-over").get_attribute("id")
    page.keyboard.press("Enter")

    expect(page.locator(f"#{place} [data-pick='{person}']")).to_be_focused()
    expect(reader.page.locator(f"#{place} [data-pick='{person}']")).to_have_count(1)
    expect(reader.page.locator(".slot-hours a").first).to_be_focused()
    expect(reader.page.locator("#steps")).to_contain_text("đã chuyển")


def test_keys_keep_their_place_when_what_they_stood_on_is_drawn_anew_or_goes(visit):
    coordinator = visit("vi", "laptop")
    coordinator.sign_in("coordinator")
    page, keys = coordinator.page, Keys(coordinator.page)
    slot = page.locator(".slot:has(.slot-add)").first
    where = f"#{slot.get_attribute('id')}"
    slot.locator(".slot-hours a").first.focus()
    keys.press("Add")
    expect(page.locator("#sheet-title")).to_be_focused()
    before = page.locator(f"{where} .chip").count()
    keys.press("Add %(name)s")
    expect(page.locator(f"{where} .chip")).to_have_count(before + 1)
    expect(page.locator(f"{where} :focus")).to_have_count(1)
    keys.press("Remove %(name)s", back=True)
    expect(page.locator(f"{where} .chip")).to_have_count(before)
    expect(page.locator(f"{where} :focus")).to_have_count(1)

    keys.press("Account, language and colours")
    keys.tab(back=True)
    expect(page.locator("nav details.menu[open]")).to_have_count(0)
    keys.press("Publish", kind="button")
    keys.escape()
    coordinator.go("/sites/new")
    keys.press("Save")
    expect(page.locator("#name:focus")).to_have_count(1)
    assert not keys.troubles


def test_a_thumb_moves_somebody_by_a_list_of_the_places_that_take_them(visit):
    coordinator = visit("vi", "phone", has_touch=True)
    coordinator.sign_in("coordinator")
    page = coordinator.page

    page.locator(".slot:visible .chip [data-pick]").first.tap()
    sheet = page.locator("#sheet[open]")
    expect(sheet.locator(".person").first).to_be_visible()
    coordinator.look("board-move-to")
    before = page.locator("#revision").input_value()
    sheet.locator("[data-hand] button").first.tap()

    expect(page.locator("#revision")).not_to_have_value(before)
    expect(page.locator("#steps")).to_contain_text("đã chuyển")


def test_a_second_coordinator_is_told_what_changed_before_publishing(visit):
    first, second = visit("vi", "laptop"), visit("vi", "laptop")
    first.sign_in("coordinator")
    second.sign_in("administrator")
    stale = second.page
    stale.goto(first.page.url)
    stale.get_by_role("button", name="Công bố").first.click()  # a board follows by itself, an open question does not
    slot, seen = first.page.locator(".slot:has(.chip)").first, first.page.locator("#revision").input_value()
    who = slot.locator(".chip").first.get_attribute("title").split(" · ")[0]
    slot.locator(".chip").first.hover()
    slot.locator(".chip-tool-remove").first.click()
    expect(first.page.locator("#revision")).not_to_have_value(seen)

    stale.locator("dialog#publish").get_by_role("button", name="Công bố").click()

    expect(stale.get_by_role("main")).to_contain_text("vừa thay đổi")
    expect(stale.get_by_role("main")).to_contain_text(who)
    second.look("publish-stale")


@pytest.mark.parametrize(("language", "screen"), EVERYWHERE)
def test_a_volunteer_finds_their_shifts_and_says_when_they_can_come(visit, language, screen):
    volunteer = visit(language, screen)
    volunteer.sign_in("volunteer")
    page = volunteer.page
    volunteer.look("my-shifts")

    volunteer.go("/me/availability")
    volunteer.look("availability")
    chosen = page.locator(".half").first.locator("input:checked")
    before = chosen.evaluate_all("(inputs) => inputs[0]?.value ?? ''")
    page.locator(".half").first.click()
    expect(chosen).not_to_have_value(before)
    after = chosen.get_attribute("value")
    page.get_by_role("button", name=volunteer.say("Lưu tuần của tôi", "Save my week")).click()
    volunteer.is_told(volunteer.say("Đã lưu.", "Saved."))
    expect(chosen).to_have_value(after)


def test_a_volunteer_reads_their_week_without_network_and_answers_are_sent_later(visit):
    volunteer = visit("vi", "phone")
    volunteer.sign_in("volunteer")
    page = volunteer.page
    volunteer.go("/me/availability")
    volunteer.keep("/me/availability")

    page.context.set_offline(True)
    page.reload()
    expect(page.get_by_text("Không có kết nối.")).to_be_visible()
    volunteer.look("availability-offline")
    half = page.locator(".half").last
    page.evaluate("scrollTo(0, 0)")
    half.locator("input").nth(1).evaluate("(level) => (level.checked = true)")
    page.get_by_role("button", name="Lưu tuần của tôi").click()
    expect(page.locator("#offline-waiting")).to_contain_text("Lưu tuần của tôi")
    volunteer.look("availability-kept")
    gone = {"id": "1", "about": "turn-999999", "action": "/me/shifts/999999/confirm", "fields": [], "label": "Ca CN 22"}
    page.evaluate(
        """(gone) => {
            const drawer = `answers:${document.body.dataset.account}`;
            localStorage[drawer] = JSON.stringify([gone, ...JSON.parse(localStorage[drawer])]);
        }""",
        gone,
    )

    page.context.set_offline(False)
    volunteer.is_told("Đã gửi những gì bạn trả lời khi mất kết nối.")
    expect(page.locator("html:not([data-offline])")).to_be_attached()  # the page as it is by now
    refused = page.locator("[data-part=refused]")
    expect(refused).to_contain_text("Ca CN 22 – Không có gì ở đây")
    volunteer.look("availability-refused-later")
    refused.get_by_role("button", name="Tôi đã đọc").click()
    expect(page.locator("#offline-waiting")).to_be_hidden()
    page.reload()
    expect(page.locator(".half").last.locator("input").nth(1)).to_be_checked()


def test_days_that_end_before_they_start_are_refused_and_what_was_typed_stays(visit):
    volunteer = visit("vi", "phone")
    volunteer.sign_in("volunteer")
    volunteer.go("/me/availability")
    page = volunteer.page
    page.get_by_text("Thêm ngày").first.click()
    page.locator("#first_day").fill(in_three_weeks(THURSDAY))
    page.locator("#last_day").fill(in_three_weeks(TUESDAY))
    page.locator("#note").fill("Thi cuối kỳ")
    page.get_by_role("button", name="Thêm ngày").click()

    expect(page.locator("#last_day-error")).to_contain_text("phải sau")
    expect(page.locator("#note")).to_have_value("Thi cuối kỳ")
    volunteer.look("availability-refused")


@pytest.mark.parametrize(("language", "screen"), EVERYWHERE)
def test_a_volunteer_subscribes_to_a_calendar_with_the_same_shifts(visit, language, screen):
    volunteer = visit(language, screen)
    volunteer.sign_in("volunteer")
    page = volunteer.page
    page.get_by_role("link", name=volunteer.say("Lịch điện tử", "My calendar")).first.click()
    page.wait_for_url("**/calendars/")
    volunteer.look("calendars")
    page.locator("main form button[type=submit]").last.click()
    link = page.locator("a[href^='webcal:']").first.get_attribute("href")
    volunteer.look("calendar-made")

    with urllib.request.urlopen(link.replace("webcal:", "http:"), timeout=PATIENCE) as answer:
        calendar = answer.read().decode()
    assert answer.headers["Content-Type"] == "text/calendar; charset=utf-8"
    assert calendar.startswith("BEGIN:VCALENDAR\r\n")
    volunteer.go("/me/")
    shown = page.locator("article.shift:not(.shift-cancelled)").count()
    assert calendar.count("BEGIN:VEVENT") >= shown


@pytest.mark.parametrize(("language", "screen"), EVERYWHERE)
def test_a_center_sees_whom_to_expect_and_no_phone_number(visit, service, language, screen):
    center = visit(language, screen)
    center.sign_in("center")
    page = center.page
    expect(page.get_by_role("heading", level=1)).to_contain_text("Trung tâm Phục vụ hành chính công")
    expect(page.get_by_role("main")).to_contain_text(center.say("Cam kết", "Promise"))
    center.look("center")
    assert not re.search(r"(\+84|\b0\d{9}\b)", page.content())


@pytest.mark.parametrize(("language", "screen"), EACH_ONCE)
def test_a_coordinator_reads_sites_people_and_the_forms_behind_them(visit, language, screen):
    coordinator = visit(language, screen)
    coordinator.sign_in("coordinator")
    page = coordinator.page
    for path, name in (("/sites/", "sites"), ("/sites/1", "site"), ("/sites/new", "site-new"),
                       ("/sites/1/patterns/new", "pattern-new"), ("/sites/1/shifts/new", "shift-new"),
                       ("/people/", "people"), ("/teams/", "teams"), ("/units/", "units")):  # fmt: skip
        coordinator.go(path)
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        coordinator.look(name)


def test_a_name_of_four_thousand_letters_is_refused_and_one_with_emoji_and_line_break_is_kept(visit):
    coordinator = visit("vi", "laptop")
    coordinator.sign_in("coordinator")
    page = coordinator.page
    coordinator.go("/sites/new")
    long = "Điểm hỗ trợ 🌾 " * 280
    page.locator("#name").fill(long)
    page.locator("#kind").select_option("market")
    page.locator("#address").fill("Chợ Đầm")
    page.get_by_role("button", name="Lưu").click()

    expect(page.locator("#name-error")).to_contain_text("Tối đa 200 ký tự")
    expect(page.locator("#address")).to_have_value("Chợ Đầm")
    assert page.locator("#name").input_value().startswith("Điểm hỗ trợ 🌾")

    page.evaluate("document.querySelector('#name').outerHTML = '<textarea id=name name=name></textarea>'")
    page.locator("#name").fill("Chợ 🌾\nmới")
    page.get_by_role("button", name="Lưu").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Chợ 🌾 mới")


def test_a_pattern_without_a_single_date_is_refused_and_keeps_what_was_typed(visit):
    coordinator = visit("vi", "laptop")
    coordinator.sign_in("coordinator")
    page = coordinator.page
    coordinator.go("/sites/1/patterns/new")
    page.locator("#name").fill("Trực cuối tuần")
    page.locator("#first_day").fill(in_three_weeks(MONDAY))
    page.locator("#last_day").fill(in_three_weeks(WEDNESDAY))
    page.locator("#weekdays input[value='6']").check()
    page.get_by_role("button", name="Lưu").click()

    expect(page.get_by_role("main")).to_contain_text("không cho ngày nào")
    expect(page.locator("#name")).to_have_value("Trực cuối tuần")
    expect(page.locator("#weekdays input[value='6']")).to_be_checked()


def test_an_expired_invitation_and_a_wrong_calendar_address_are_told_plainly(visit, service):
    guest = visit("vi", "phone")
    guest.go("/welcome/not-a-token-at-all")
    expect(guest.page.get_by_role("heading", level=1)).to_be_visible()
    guest.look("invitation-wrong")
    with pytest.raises(urllib.error.HTTPError) as refusal:
        urllib.request.urlopen(f"{service.base}/feeds/{'x' * 43}.ics", timeout=PATIENCE)
    assert refusal.value.code == 404
    refusal.value.close()


def test_what_was_typed_outlives_the_session_it_was_typed_in_and_goes_out_once(visit):
    coordinator = visit("vi", "laptop")
    coordinator.sign_in("coordinator")
    page = coordinator.page
    coordinator.go("/people/new")
    page.locator("[name=full_name]").fill("Nguyễn Thị Mất Phiên")
    page.locator("[name=newcomer]").check()
    page.context.clear_cookies()

    page.locator("main form button[type=submit]").click()
    name, password = coordinator.service.logins["coordinator"]
    page.locator("[name=login]").fill(name)
    page.locator("[name=password]").fill(password)
    page.locator("main form button[type=submit]").click()
    expect(page.locator("[name=full_name]")).to_have_value("Nguyễn Thị Mất Phiên")
    expect(page.locator("[name=newcomer]")).to_be_checked()

    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.url) if request.method == "POST" else None)
    page.locator("main form button[type=submit]").evaluate("(button) => { button.click(); button.click(); }")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Nguyễn Thị Mất Phiên")
    assert len(sent) == 1
