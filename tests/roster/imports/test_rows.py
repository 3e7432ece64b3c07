"""Rows of a list: which lines are people, what each says, and everything that is wrong with it at once."""

from datetime import date

import pytest

from roster.imports import dates, rows
from roster.imports.columns import Layout

TODAY = date(2026, 11, 21)
COLUMNS = ("", "full_name", "birth_date", "phone", "email")


def read(*lines: tuple[str, ...]) -> tuple[list[rows.Row], list[rows.Skipped]]:
    return rows.people_in(lines, Layout(None, COLUMNS), first_row=1, today=TODAY)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("12/03/2005", date(2005, 3, 12)),
        ("5-3-05", date(2005, 3, 5)),
        ("05.03.1999", date(1999, 3, 5)),
        ("2005-03-12", date(2005, 3, 12)),
        ("12032005", date(2005, 3, 12)),
        ("38423", date(2005, 3, 12)),
        ("31/02/2005", None),
        ("13/13/2005", None),
        ("hôm qua", None),
        ("ngày 12 tháng 3 năm 2005", date(2005, 3, 12)),
        ("12 tháng 3, 2005", date(2005, 3, 12)),
        ("12 tháng 13 năm 2005", None),
    ],
)
def test_a_birthday_is_read_however_it_is_written(written: str, meant: date | None):
    assert dates.parse(written) == meant


def test_only_a_column_that_cannot_be_day_first_is_read_month_first():
    assert dates.month_first(["03/25/2005", "12/01/2004"])
    assert not dates.month_first(["25/03/2005", "03/25/2005"])
    assert not dates.month_first(["03/05/2005"])


def test_a_list_written_month_first_gives_the_days_that_were_meant():
    found, _ = read(("1", "Lê Lan", "03/25/2005", "", ""), ("2", "Lê Hà", "04/05/2005", "", ""))

    assert [one.birth_date for one in found] == [date(2005, 3, 25), date(2005, 4, 5)]


@pytest.mark.parametrize(
    "written",
    [
        "912345678",
        "912345678.0",
        "0912.345.678",
        "84912345678",
        "+84 912 345 678",
        "0912345678 / 0987654321",
        "0912345678;x",
        "0912 345 678 (Zalo)",
        "Zalo: 0912345678",
        "0912345678 / 0987654321 (mẹ)",
        "0912345678/ĐT bố: 0987654321",
        "0987654321 - mẹ; 0912345678",
        "0912345678 - lớp trưởng",
    ],
)
def test_a_phone_number_is_mended_as_far_as_it_can_be(written: str):
    found, _ = read(("1", "Lê Lan", "", written, ""))

    assert (found[0].phone, found[0].problems) == ("+84912345678", ())


@pytest.mark.parametrize(
    "written", ["0912345678 (mẹ)", "0912345678 - mẹ", "Mẹ; 0912345678", "Bố: 0912 345 678", "0912 ba bốn năm 678"]
)
def test_a_number_that_may_be_somebody_elses_is_not_taken(written: str):
    found, _ = read(("1", "Lê Lan", "", written, ""))

    assert [(one.field, one.reason, one.facts["value"]) for one in found[0].problems] == [
        ("phone", "not_a_phone", written)
    ]


@pytest.mark.parametrize(
    "written",
    [
        "lan@example.org",
        "mailto:Lan@Example.org",
        "Lê Lan <lan@example.org>",
        "lan @example.org",
        "lan@example.org hoặc lele@example.org",
    ],
)
def test_an_email_address_is_found_in_what_programs_and_people_write_around_it(written: str):
    found, _ = read(("1", "Lê Lan", "", "", written))

    assert (found[0].email, found[0].problems) == ("lan@example.org", ())


@pytest.mark.parametrize("written", ["-", "không", "Không có", "chưa có", "N/A", "ko"])
def test_whoever_writes_that_there_is_none_has_left_the_cell_empty(written: str):
    found, _ = read(("1", "Lê Lan", written, written, written))

    assert (found[0].birth_date, found[0].phone, found[0].email, found[0].problems) == (None, None, None, ())


def test_a_row_tells_everything_that_is_wrong_with_it_at_once():
    found, _ = read(("1", "Số 7", "2005", "9,1E+08", "lan tại gmail"))

    said = [(one.field, one.reason) for one in found[0].problems]
    assert said == [
        ("full_name", "not_a_name"),
        ("phone", "cut_number"),
        ("email", "not_an_email"),
        ("birth_date", "only_a_year"),
    ]


def test_names_in_capitals_are_written_as_names():
    found, _ = read(("1", "ĐẶNG  THỊ ÁNH", "", "", ""), ("2", "Lê McDonald Hà", "", "", ""))

    assert [one.full_name for one in found] == ["Đặng Thị Ánh", "Lê McDonald Hà"]


def test_lines_that_are_no_people_are_told_apart_from_people():
    found, skipped = read(
        ("I. Chi đoàn K45A", "", "", "", ""),
        ("1", "Tống Thị Mai", "", "0912345678", ""),
        ("", "", "", "", ""),
        ("2", "", "", "", ""),
        ("", "Lưu Ý Nhi", "", "", "nhi@example.org"),
        ("", "Tổng cộng:", "", "2", ""),
        ("", "", "Quy Nhơn, ngày 20 tháng 11 năm 2026", "", ""),
        ("", "Người lập biểu", "", "", ""),
    )

    assert [(one.number, one.full_name) for one in found] == [(2, "Tống Thị Mai"), (5, "Lưu Ý Nhi")]
    assert [one.number for one in skipped] == [1, 4, 6, 7, 8]


def test_the_names_of_columns_repeated_on_a_printed_page_are_no_person():
    header = ("STT", "Họ tên", "Ngày sinh", "SĐT", "Email")
    lines = (header, ("1", "Lê Lan", "", "", "lan@example.org"), header)

    found, skipped = rows.people_in(lines, Layout(0, COLUMNS), first_row=4, today=TODAY)

    assert [one.number for one in found] == [5]
    assert [one.number for one in skipped] == [6]


def test_whoever_is_younger_than_pupils_who_volunteer_is_taken_with_a_doubt():
    people, _ = read(
        ("1", "Lê An", "22/11/2012", "", ""), ("2", "Lê Bình", "21/11/2012", "", ""), ("3", "Lê Chi", "", "", "")
    )

    assert [person.age for person in people] == [13, None, None]
    assert not any(person.problems for person in people)
