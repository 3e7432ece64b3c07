"""A volunteer takes the calendar along: the page makes an address, shows every way in, and the calendar is there."""

import re

import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import LANGUAGES, SCREENS
from tests.journeys.test_feeds_subscribers import fetch
from tests.waiting import eventually


@pytest.mark.parametrize("screen", SCREENS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_volunteer_makes_and_closes_a_calendar_address(visit, language: str, screen: str):
    volunteer = visit(language=language, screen=screen)
    page = volunteer.page
    volunteer.sign_in("volunteer")
    volunteer.go("/calendars/")
    volunteer.look("calendars")

    page.locator("[name=label]").fill(volunteer.say("Điện thoại", "Phone"))
    page.get_by_role("button", name=volunteer.say("Tạo địa chỉ", "Make the address")).click()
    address = page.locator("#calendar-address").input_value()
    expect(page.locator(".subscribe-qr svg")).to_be_visible()
    assert re.match(r"webcal://", page.locator("a[href^='webcal:']").get_attribute("href"))
    volunteer.look("calendar-made")
    assert fetch(address, user_agent="Thunderbird/128").body.count(b"BEGIN:VEVENT") > 0

    volunteer.go("/calendars/")
    # Who fetched is written down about a second later.
    eventually(lambda: page.reload() and "Thunderbird" in page.locator("main").inner_text())
    page.get_by_role("button", name=volunteer.say("Đóng địa chỉ", "Close address")).first.click()
    with page.expect_navigation():
        page.locator("dialog[open]").get_by_role("button", name=volunteer.say("Đóng địa chỉ", "Close address")).click()
    assert fetch(address).status == 410
