"""From a short place to a full one in a browser: why it is short, whom to ask, and what a whole week would come to."""

import re

from playwright.sync_api import expect


def test_a_coordinator_opens_a_short_place_fills_it_and_asks_what_the_week_would_come_to(visit):
    coordinator = visit("en", "laptop")
    coordinator.sign_in("coordinator")
    page = coordinator.page
    coordinator.plan_the_week()
    expect(page.locator(".meter-words")).to_contain_text("places filled")
    page.locator(".run summary").click()
    expect(page.locator(".proof li")).to_have_count(6)
    coordinator.look("proof")

    # Why it is short, and the first thing that helps without anybody being trained for it.
    slot = page.locator(".slot-short").first
    where = f"#{slot.get_attribute('id')}"
    slot.locator(".slot-fix").click()
    sheet = page.locator("#sheet")
    expect(sheet.get_by_text("people who could be asked")).to_be_visible()
    coordinator.look("short-place")
    form = sheet.locator(".remedy-form:not(:has([name=trained]))").first
    name = form.locator("xpath=..").locator("strong").inner_text()
    form.get_by_role("button").press("Enter")
    coordinator.is_told(re.compile(r"Done: now \d+ of \d+\."))
    expect(page.locator(f"{where} .chip-pinned")).not_to_have_count(0)
    page.locator(".agreements summary").click()
    expect(page.locator(".agreements .person").first).to_contain_text(name)
    coordinator.look("agreements")

    # Why somebody serves there now.
    page.locator(f"{where} a.chip-name").first.press("Enter")
    expect(page.locator("#sheet .why-here")).to_contain_text("Why here?")
    page.keyboard.press("Escape")

    # What the week would come to.
    page.get_by_role("link", name="What if?").click()
    page.get_by_text("More turns a week").click()
    page.locator("details[open] [name=by]").fill("2")
    page.locator("details[open]").get_by_role("button", name="Work it out").click()
    expect(page.locator(".whatif-words")).to_be_visible()
    page.locator(".whatif .more summary").click()
    expect(page.locator(".whatif tbody tr")).to_have_count(6)
    coordinator.look("what-if")


def test_the_same_pages_read_well_on_a_phone(visit):
    coordinator = visit("vi", "phone")
    coordinator.sign_in("coordinator")
    page = coordinator.page
    page.get_by_role("link", name="Nếu… thì sao?").click()
    expect(page.locator(".whatif-words")).to_be_visible()
    coordinator.look("what-if")
