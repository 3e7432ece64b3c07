"""Pasted timetables become busy times, however a portal prints them; lines that cannot be read are told."""

from datetime import date, time
from zoneinfo import ZoneInfo

import pytest

from roster.imports import class_tables
from roster.imports.calendars import Reading
from roster.imports.class_tables import ClassHours
from tests.builders import MONDAY

SUNDAY = date(2026, 12, 6)


def read(text: str, **hours: object) -> Reading:
    return class_tables.read(
        text, zone=ZoneInfo("Asia/Ho_Chi_Minh"), first_day=MONDAY, last_day=SUNDAY, hours=ClassHours(**hours)
    )


@pytest.mark.parametrize(
    ("line", "first", "title"),
    [
        ("Thứ 2 tiết 1-3 Giải tích", "Mon 23 07:00–09:40", "Giải tích"),
        ("Thứ hai, tiết 1 -> 3", "Mon 23 07:00–09:40", ""),
        ("Môn Toán\tThứ 3\tTiết 6,7,8", "Tue 24 13:00–15:40", "Môn Toán"),
        ("T3(6-8) Vật lý", "Tue 24 13:00–15:40", "Vật lý"),
        ("Thứ 3, tiết 6 – 8: Hóa học", "Tue 24 13:00–15:40", "Hóa học"),
        ("Thứ 4 tiết 123 Hóa", "Wed 25 07:00–09:40", "Hóa"),
        ("Thứ năm từ 13h đến 15h00 Anh văn", "Thu 26 13:00–15:00", "Anh văn"),
        ("Thứ 6 tiết 11-12", "Fri 27 18:00–19:45", ""),
        ("CN 7h30-9h Thể dục", "Sun 29 07:30–09:00", "Thể dục"),
        ("Chủ nhật: 07:30 – 09:00", "Sun 29 07:30–09:00", ""),
        ("Mon 7:00-9:30 Calculus", "Mon 23 07:00–09:30", "Calculus"),
        ("Thu 7:00-9:30 Chemistry", "Thu 26 07:00–09:30", "Chemistry"),
        ("Physics, Thursday 13:00 to 15:00", "Thu 26 13:00–15:00", "Physics"),
        ("Thứ 2 07:00:00-09:30:00 Giải tích", "Mon 23 07:00–09:30", "Giải tích"),
        ("Thứ 3 tiết --34------ Tin học", "Tue 24 08:50–10:35", "Tin học"),
        ("Thứ 3 tiết 12--------- Tin học", "Tue 24 07:00–08:45", "Tin học"),
        ("Thứ tư tiết 1-3 Toán, từ ngày 30/11/2026", "Wed 02 07:00–09:40", "Toán"),
        ("Thứ 4 tiết 1-3 Toán đến ngày 30/11/2026", "Wed 25 07:00–09:40", "Toán"),
        ("Thứ tư 25/11/2026 tiết 1-3 Thi Toán", "Wed 25 07:00–09:40", "Thi Toán"),
        ("25/11/2026 7h30-9h30 Thi Toán cao cấp", "Wed 25 07:30–09:30", "Thi Toán cao cấp"),
    ],
)
def test_a_line_is_read_in_many_forms(line: str, first: str, title: str):
    reading = read(line)

    entry = reading.entries[0]
    assert f"{entry.starts_at:%a %d %H:%M}–{entry.ends_at:%H:%M}" == first
    assert entry.title == title
    assert not reading.problems


def test_a_class_is_held_every_week_and_an_exam_once():
    assert len(read("Thứ 2 tiết 1-3").entries) == 2
    assert len(read("Thứ 2 30/11/2026 tiết 1-3 Thi").entries) == 1
    assert len(read("Thứ 2 tiết 1-3 (23/11/2026 - 20/12/2026)").entries) == 4


@pytest.mark.parametrize(
    ("line", "days", "title"),
    [
        ("Thứ 2, thứ 4 tiết 1-3 Hóa", "Mon Wed", "Hóa"),
        ("Thứ 2,4 và 6 tiết 1-3 Hóa", "Mon Wed Fri", "Hóa"),
        ("T2 - T6 8:00-11:30 Thực tập", "Mon Tue Wed Thu Fri", "Thực tập"),
        ("Thứ 7 và chủ nhật 8h-10h Hội trại", "Sat Sun", "Hội trại"),
        ("Monday and Friday 7:00-8:00 PE", "Mon Fri", "PE"),
        ("Thứ 2, 30/11/2026, 7:00-9:00 Thi", "Mon", "Thi"),
        ("Thứ 2, 7:00-9:00 phòng T3.201", "Mon", "phòng T3.201"),
    ],
)
def test_all_weekdays_of_a_line_count_and_rooms_are_none(line: str, days: str, title: str):
    entries = read(line).entries

    assert list(dict.fromkeys(f"{entry.starts_at:%a}" for entry in entries)) == days.split()
    assert {entry.title for entry in entries} == {title}


def test_periods_follow_the_hours_of_the_school():
    entry = read("Thứ 2 tiết 2", morning=time(7, 30), minutes=45, pause=10).entries[0]

    assert f"{entry.starts_at:%H:%M}–{entry.ends_at:%H:%M}" == "08:25–09:10"


@pytest.mark.parametrize("line", ["31/12/9999 20:00-24:00 Thi Toán", "25/11/2062 7h30-9h30 Thi Toán"])
def test_an_exam_that_nobody_here_will_sit_is_told_as_a_slip_of_the_finger(line: str):
    reading = read(line)

    assert reading.entries == []
    assert [problem.reason for problem in reading.problems] == ["unreadable_line"]


def test_what_could_not_be_read_is_told_and_headings_are_not():
    reading = read("THỜI KHÓA BIỂU\nThứ 2 tiết 1-3\nGiải tích 1 A201\nThứ 9 tiết 40-50\n01/02/2020 7:00-8:00 Thi")

    assert [one.facts["line"] for one in reading.problems] == ["Giải tích 1 A201", "Thứ 9 tiết 40-50"]
    assert reading.left_out == {"past": 1}


def table(*rows: str) -> str:
    return "\n".join(row.replace(" | ", "\t") for row in rows)


def classes(text: str) -> list[str]:
    """Of the first week."""
    return [
        f"{one.starts_at:%a} {one.starts_at:%H:%M}–{one.ends_at:%H:%M} {one.title}".strip()
        for one in read(text).entries
        if one.starts_at.date() < date(2026, 11, 30)
    ]


@pytest.mark.parametrize(
    ("header", "row", "held"),
    [
        (
            "Mã MH | Tên MH | STC | Thứ | Tiết BĐ | ST | Phòng",
            "IT1 | Tin 10 | 2 | Hai | 1 | 3 | A2",
            "Mon 07:00–09:40 Tin 10",
        ),
        ("Thứ | Tiết | Môn học", "3 | 678 | Vật lý 2", "Tue 13:00–15:40 Vật lý 2"),
        ("Thứ | Từ tiết | Đến tiết | Học phần", "CN | 1 | 2 | Bóng đá", "Sun 07:00–08:45 Bóng đá"),
        ("Course | Day | Start | End", "Calculus 2 | Wednesday | 07:00 | 09:30", "Wed 07:00–09:30 Calculus 2"),
        ("Môn thi | Ngày thi | Giờ thi | Thời lượng", "Sử | 26/11/2026 | 7h30 | 90 phút", "Thu 07:30–09:00 Sử"),
        ("Thứ | Giờ học | Môn", "Thứ 6 | 13:00 - 15:00 | Hóa T2", "Fri 13:00–15:00 Hóa T2"),
        ("Môn | Thứ | Giờ BĐ | Giờ KT", "Sử | 2 | 07:00:00 | 09:30:00", "Mon 07:00–09:30 Sử"),
        ("Môn thi | Ngày thi | Giờ thi | Thời lượng", "Sử | 26/11/2026 | 07:30:00 | 90", "Thu 07:30–09:00 Sử"),
        ("Môn | Thứ | Tiết | Thời gian học", "Sử | 2 | 1-3 | 16/11/2026 - 24/11/2026", "Mon 07:00–09:40 Sử"),
        ("Thứ | Tiết | Phòng và môn", "2 | 1-3 | A101 Sử", "Mon 07:00–09:40 A101 Sử"),
        ("Môn | Thứ | Tiết | Cập nhật", "Sử | 2 | 1-3 | 16/11/2026", "Mon 07:00–09:40 Sử"),
    ],
)
def test_a_table_says_in_its_first_row_what_the_columns_are(header: str, row: str, held: str):
    assert classes(table(header, row)) == [held]
    assert not read(table(header, row)).problems


def test_a_course_held_twice_a_week_names_itself_once_and_dates_beside_it_bound_it():
    text = table(
        "Tên môn học | Thứ | Tiết | Ngày bắt đầu | Ngày kết thúc",
        "Giải tích | 2 | 1-3 | 01/09/2026 | 31/12/2026",
        " | 4 | 6-8 | 01/09/2026 | 24/11/2026",
        " | 5 | 6-8 | 01/09/2026 | 31/12/2026",
    )

    assert classes(text) == ["Mon 07:00–09:40 Giải tích", "Thu 13:00–15:40 Giải tích"]


@pytest.mark.parametrize(
    ("header", "cell", "days"),
    [
        ("Thời gian học", "30/11/2026 - 20/12/2026", [30, 7, 14]),
        ("Thời gian học", "16/11/2026 - 24/11/2026", [23]),
        ("Ngày bắt đầu", "30/11/2026", [30]),
        ("Ngày kết thúc", "29/11/2026", [23]),
        ("Ngày kết thúc", "29/11/2025", []),
        ("Phòng", "A2", [23, 30]),
    ],
)
def test_a_class_lasts_as_long_as_its_row_says(header: str, cell: str, days: list[int]):
    text = table(f"Môn | Thứ | Tiết | {header}", f"Toán | 2 | 1-3 | {cell}")

    assert [one.starts_at.day for one in read(text).entries] == days


def test_rows_of_a_table_that_lack_a_cell_are_told_instead_of_taken_for_something_else():
    text = table(
        "Môn | Thứ | Tiết | Sĩ số", "Toán | 2 | 1-3 | 4", "3 | 6-8 | 40", "Lý |  | 1-3 | 5", "Thứ 6 tiết 1 Hóa"
    )

    assert classes(text) == ["Mon 07:00–09:40 Toán", "Fri 07:00–07:50 Hóa"]
    assert [problem.facts["line"].split() for problem in read(text).problems] == [
        ["3", "6-8", "40"],
        ["Lý", "1-3", "5"],
    ]


def test_a_grid_of_weekdays_and_periods_is_told_and_not_guessed_at():
    reading = read(table("Tiết | Thứ 2 | Thứ 3 | Thứ 4", "1 | Toán |  | Lý", "2 | Toán |  | "))

    assert not reading.entries
    assert len(reading.problems) == 3


def test_a_number_of_periods_that_no_school_has_is_told():
    text = table("Môn | Thứ | Tiết BĐ | Số tiết", f"Toán | 2 | {'9' * 5000} | 3")

    assert [problem.reason for problem in read(text).problems] == ["unreadable_line"]
