"""A new year's volunteers: a list with its faults, a member who comes in by the poster, classes and consent.

One story told in order: each part builds on what the one before left.
"""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from tests.journeys.service import Service, running
from tests.roster.imports.sheets_of_people import an_office_list, with_nine_faults

BRANCHES = ("Khoa Sư phạm", "Khoa Ngoại ngữ", "Khoa Toán và Thống kê")
FAULTY = ["9", "22", "38", "63", "79", "106", "125", "155", "204"]
LAN_PHONE, LAN_NAME = "0912 000 001", "nguyen thi minh ha"  # the second row of the list


def the_list() -> bytes:
    """200 people of the scenario's own branches, nine rows of them faulty."""
    rows = with_nine_faults()
    for number, row in enumerate(rows):
        if str(row[5]).startswith("Chi đoàn K45"):
            row[5] = BRANCHES[number % len(BRANCHES)]
    return an_office_list(rows)


def test_a_coordinator_brings_in_200_people_and_is_told_of_nine_faulty_rows_before_anything_is_written(visit):
    coordinator = visit("vi", "laptop")
    coordinator.sign_in("coordinator")
    page = coordinator.page
    page.get_by_role("link", name="Tình nguyện viên").first.click()
    page.get_by_role("link", name="Từ bảng tính").click()
    coordinator.look("import-upload")

    page.locator("#file").set_input_files(
        {"name": "Danh sách 2026.xlsx", "mimeType": "application/octet-stream", "buffer": the_list()}
    )
    expect(page.locator(".file-name")).to_have_text("Danh sách 2026.xlsx")
    page.get_by_role("button", name="Đọc danh sách").click()
    expect(page.get_by_role("heading", name="9 dòng cần sửa")).to_be_visible()
    coordinator.look("import-review")
    rows = page.locator("section[aria-labelledby=bad] tbody tr")
    assert [row.split("\t")[0].strip() for row in rows.all_inner_texts()] == FAULTY
    with page.expect_download() as download:
        page.get_by_role("link", name="Tải các dòng này").click()
    assert download.value.suggested_filename.endswith(".xlsx")

    page.get_by_role("button", name="Ghi 191 người").click()
    page.get_by_text("Đã nhập xong, trừ 9 dòng").wait_for()
    coordinator.look("import-done")
    expect(page.locator(".tile-value").first).to_have_text(re.compile("191"))


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    with running(tmp_path_factory.mktemp("home"), planned=False) as service:
        yield service


@pytest.fixture
def poster(visit) -> str:
    """The address on the poster of the team that the second row names."""
    coordinator = visit("vi", "laptop")
    coordinator.sign_in("coordinator")
    page = coordinator.page
    coordinator.go("/teams/?q=to+so+2")
    page.get_by_role("link", name="Tổ số 2").click()
    page.get_by_role("link", name="Áp phích").click()
    page.get_by_role("button", name="Tạo áp phích").click()
    coordinator.look("poster")
    return page.locator("p.number").inner_text().strip()


def test_a_member_comes_in_by_the_poster_brings_their_classes_and_agrees(visit, poster):
    lan = visit("en", "phone")
    page = lan.page
    page.goto(poster)
    page.locator("#phone").fill(LAN_PHONE)
    page.locator("#name").fill("somebody else")
    for field in ("#password", "#repeated"):
        page.locator(field).fill("một câu dễ nhớ")
    page.locator("main form button[type=submit]").click()
    expect(page.locator("#phone-error")).to_be_visible()
    lan.look("poster-refused")

    page.locator("#name").fill(LAN_NAME)
    for field in ("#password", "#repeated"):
        page.locator(field).fill("một câu dễ nhớ")
    page.locator("main form button[type=submit]").click()
    page.wait_for_url(lambda address: "/join/" not in address)
    lan.choose_language()

    lan.go("/me/timetables/")
    page.locator("#text").fill("Thứ 2 tiết 1-3 Giải tích\nGiải phẫu 101")
    page.get_by_role("button", name="Read this table").click()
    expect(page.get_by_text("No day and hours found in: Giải phẫu 101")).to_be_visible()
    lan.look("timetable")

    lan.go("/account/data/")
    lan.look("my-data")
    page.get_by_role("button", name="I agree", exact=True).click()
    expect(page.get_by_text("You agreed on")).to_be_visible()
