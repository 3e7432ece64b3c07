"""Calendars as Moodle, Google, Outlook, Apple and others write them are read rightly, or refused with the reason.

The files lie beside this test in `calendars/`; each is in the shape of a real export, with invented content.
"""

from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from roster.errors import FieldError
from roster.imports import calendars, confined
from roster.imports.calendars import Reading

FILES = Path(__file__).parent / "calendars"
ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
BEGINS = datetime(2026, 11, 20, tzinfo=UTC)
ENDLESS_ZONE = """BEGIN:VCALENDAR
BEGIN:VTIMEZONE
TZID:Gio la
BEGIN:STANDARD
DTSTART:16010101T000000
TZOFFSETFROM:+0700
TZOFFSETTO:+0700
RRULE:FREQ=SECONDLY
END:STANDARD
BEGIN:DAYLIGHT
DTSTART:20000101T000000
TZOFFSETFROM:+0700
TZOFFSETTO:+0800
END:DAYLIGHT
END:VTIMEZONE
BEGIN:VEVENT
UID:ordinary
DTSTART:20261124T000000Z
DTEND:20261124T010000Z
SUMMARY:Tiếng Anh
END:VEVENT
BEGIN:VEVENT
UID:strange
DTSTART;TZID=Gio la:20261124T000000
DTEND;TZID=Gio la:20261124T010000
SUMMARY:Giờ lạ
END:VEVENT
END:VCALENDAR
""".encode()


def read(data: bytes) -> Reading:
    return calendars.read(data, zone=ZONE, begins=BEGINS, ends=BEGINS + timedelta(days=60))


def read_confined(data: bytes, seconds: int = confined.MOST_SECONDS) -> Reading:
    ends = BEGINS + timedelta(days=60)
    return calendars.read_confined(data, zone=ZONE, begins=BEGINS, ends=ends, seconds=seconds)


def busy(reading: Reading) -> list[str]:
    return [
        f"{one.starts_at.astimezone(ZONE):%d.%m %H:%M}–{one.ends_at.astimezone(ZONE):%d.%m %H:%M} {one.title}".strip()
        for one in reading.entries
    ]


def test_moodle_tells_exams_with_their_hours_and_deadlines_without():
    reading = read((FILES / "moodle.ics").read_bytes())

    assert busy(reading) == ["26.11 07:00–26.11 09:00 Kiểm tra giữa kỳ"]
    assert reading.left_out == Counter(moments=1)


def test_google_repeats_moves_and_leaves_out_single_days():
    reading = read((FILES / "google.ics").read_bytes())

    assert busy(reading) == [
        "23.11 07:00–23.11 09:30 Giải tích 1",
        "30.11 13:00–30.11 15:30 Giải tích 1 (dời buổi)",
        "02.12 07:00–02.12 09:30 Giải tích 1",
        "07.12 07:00–07.12 09:30 Giải tích 1",
        "09.12 07:00–09.12 09:30 Giải tích 1",
        "14.12 07:00–14.12 09:30 Giải tích 1",
    ]
    assert reading.left_out == Counter(free=1, cancelled=1)


def test_outlook_names_zones_in_its_own_way_and_marks_what_is_free():
    reading = read((FILES / "outlook.ics").read_bytes())

    assert busy(reading) == [
        "24.11 09:30–24.11 11:30 Thực hành mạng máy tính",
        "01.12 09:30–01.12 11:30 Thực hành mạng máy tính",
        "08.12 09:30–08.12 11:30 Thực hành mạng máy tính",
    ]
    assert (reading.left_out, reading.problems) == (Counter(free=1), [])


def test_outlook_on_the_web_may_think_in_california():
    assert busy(read((FILES / "outlook_web.ics").read_bytes())) == ["24.11 08:00–24.11 09:00 Họp với đối tác ở Mỹ"]


def test_apple_repeats_every_other_week_and_has_whole_days():
    reading = read((FILES / "apple.ics").read_bytes())

    assert busy(reading) == [
        "24.11 13:30–24.11 15:00 Tiếng Anh 2",
        "03.12 00:00–05.12 00:00 Thi học kỳ",
        "08.12 13:30–08.12 15:00 Tiếng Anh 2",
        "22.12 13:30–22.12 15:00 Tiếng Anh 2",
    ]
    assert [one.whole_day for one in reading.entries] == [False, True, False, False]


def test_floating_times_are_local_and_extra_dates_count_while_excluded_ones_do_not():
    assert busy(read((FILES / "floating_rdate.ics").read_bytes())) == [
        "26.11 07:30–26.11 10:00 Học bù Triết học",
        "28.11 07:30–28.11 09:30 Thi Tin học đại cương, phòng B1",
        "05.12 13:00–05.12 15:30 Học bù Triết học",
    ]


def test_other_zones_are_turned_into_ours_and_an_unknown_one_is_told():
    reading = read((FILES / "tokyo_and_utc.ics").read_bytes())

    assert busy(reading) == [
        "24.11 19:00–24.11 20:30 Lớp trực tuyến từ Nhật",
        "25.11 15:00–25.11 16:00 Hội thảo",
        "26.11 07:00–26.11 08:00 Múi giờ lạ",
    ]
    assert [(one.reason, one.facts["zone"]) for one in reading.problems] == [("unknown_zone", "Gio Quy Nhon")]


def test_a_calendar_that_tells_only_busy_times_is_enough():
    reading = read((FILES / "free_busy.ics").read_bytes())

    assert busy(reading) == ["23.11 07:30–23.11 11:30", "24.11 13:30–24.11 15:30"]


def test_several_calendars_in_one_file_and_other_letters_are_read():
    assert busy(read((FILES / "two_calendars_utf16.ics").read_bytes())) == [
        "23.11 07:00–23.11 08:00 Một",
        "24.11 07:00–24.11 08:00 Hai",
    ]


def test_a_file_that_breaks_off_gives_what_is_whole_and_says_so():
    reading = read((FILES / "cut_off.ics").read_bytes())

    assert busy(reading) == ["23.11 07:00–23.11 09:00 Còn nguyên"]
    assert [one.reason for one in reading.problems] == ["cut_off"]


def test_a_bad_event_costs_itself_and_is_told():
    reading = read((FILES / "bad_events.ics").read_bytes())

    assert busy(reading) == ["23.11 07:00–23.11 09:00 Đọc được"]
    assert [(one.reason, one.facts["title"]) for one in reading.problems] == [
        ("unreadable_event", "Không có giờ"),
        ("unreadable_event", "Ngày kiểu Việt"),
        ("unreadable_event", "Lặp lạ"),
        ("endless_entry", "Học kỳ I"),
    ]
    assert reading.left_out == Counter(moments=1)


def test_repetitions_without_end_cost_no_time():
    reading = read((FILES / "endless.ics").read_bytes())

    assert {one.title for one in reading.entries} == {"Mỗi sáng"}
    assert len(reading.entries) == 57
    assert [one.facts["title"] for one in reading.problems] == [
        "Mỗi giây",
        "Từ năm 1",
        "Rất nhiều lần một ngày",
        "Mỗi 0 ngày",
    ]


def test_an_event_that_is_never_worked_out_ends_by_its_limits_and_is_named():
    """A time zone that has changed every second since 1601: harmless to look at."""
    with pytest.raises(FieldError) as refusal:
        read_confined(ENDLESS_ZONE, seconds=2)

    assert refusal.value.facts == {"field": "file", "reason": "endless_event", "title": "Giờ lạ"}


def test_a_confined_reading_says_the_same():
    for file in ("bad_events.ics", "apple.ics"):
        data = (FILES / file).read_bytes()
        assert read_confined(data) == read(data)
    with pytest.raises(FieldError) as refusal:
        read_confined(b"none")
    assert refusal.value.facts == {"field": "file", "reason": "not_a_calendar"}


def calendar_of(*events: str, head: str = "VERSION:2.0") -> bytes:
    """A calendar of these events, each given by its lines from UID to END, which may be separated by "; "."""
    lines = [f"BEGIN:VEVENT\r\n{event.strip()}\r\nEND:VEVENT\r\n".replace("; ", "\r\n") for event in events]
    return f"BEGIN:VCALENDAR\r\n{head}\r\n{''.join(lines)}END:VCALENDAR\r\n".encode()


ALGEBRA = "UID:toan; SUMMARY:Đại số; DTSTART:20261123T000000Z; DTEND:20261123T020000Z"


def test_classes_of_one_course_that_share_its_uid_all_count():
    practice = "UID:toan; SUMMARY:Bài tập; DTSTART:20261125T060000Z; DTEND:20261125T080000Z; RRULE:FREQ=WEEKLY;COUNT=2"
    moved = "UID:toan; SUMMARY:Dời; RECURRENCE-ID:20261130T000000Z; DTSTART:20261201T000000Z; DTEND:20261201T020000Z"

    reading = read(calendar_of(f"{ALGEBRA}; RRULE:FREQ=WEEKLY;COUNT=2", practice, moved))

    assert busy(reading) == [
        "23.11 07:00–23.11 09:00 Đại số",
        "25.11 13:00–25.11 15:00 Bài tập",
        "01.12 07:00–01.12 09:00 Dời",
        "02.12 13:00–02.12 15:00 Bài tập",
    ]


def test_a_revision_of_thousands_of_digits_breaks_nothing():
    lesson = f"UID:toan; SEQUENCE:{'9' * 5000}; SUMMARY:Toán; DTSTART:20261124T000000Z; DTEND:20261124T020000Z"

    assert len(read(calendar_of(lesson)).entries) == 1


def test_of_two_revisions_of_an_event_or_of_a_changed_class_the_newer_counts():
    newer = "UID:toan; SEQUENCE:1; SUMMARY:Đại số; DTSTART:20261124T000000Z; DTEND:20261124T020000Z"
    series = "UID:ly; SUMMARY:Vật lý; DTSTART:20261125T000000Z; DTEND:20261125T020000Z; RRULE:FREQ=WEEKLY;COUNT=2"
    moves = [
        f"UID:ly; SEQUENCE:{number}; SUMMARY:Dời {number}; RECURRENCE-ID:20261202T000000Z"
        f"; DTSTART:2026120{number + 2}T060000Z; DTEND:2026120{number + 2}T080000Z"
        for number in (1, 2)
    ]

    assert busy(read(calendar_of(ALGEBRA, newer, *moves, series))) == [
        "24.11 07:00–24.11 09:00 Đại số",
        "25.11 07:00–25.11 09:00 Vật lý",
        "04.12 13:00–04.12 15:00 Dời 2",
    ]


def test_what_a_calendar_calls_off_keeps_nobody_busy():
    reading = read(
        calendar_of(f"{ALGEBRA}; STATUS:CONFIRMED", head="VERSION:2.0\r\nMETHOD:CANCEL") + calendar_of(ALGEBRA)
    )

    assert busy(reading) == ["23.11 07:00–23.11 09:00 Đại số"]
    assert reading.left_out == Counter(cancelled=1)


def test_local_times_and_days_that_repeat_until_a_moment_of_utc_have_their_last_day():
    local = (
        "UID:1; SUMMARY:Lớp; DTSTART:20261123T070000; DTEND:20261123T090000; RRULE:FREQ=WEEKLY;UNTIL=20261130T000000Z"
    )
    days = "UID:2; SUMMARY:Thi; DTSTART;VALUE=DATE:20261124; RRULE:FREQ=DAILY;UNTIL=20261124T170000Z"

    assert busy(read(calendar_of(local, days))) == [
        "23.11 07:00–23.11 09:00 Lớp",
        "24.11 00:00–25.11 00:00 Thi",
        "25.11 00:00–26.11 00:00 Thi",
        "30.11 07:00–30.11 09:00 Lớp",
    ]


@pytest.mark.parametrize(
    "written",
    [
        "DTSTART;TZID=Asia/Ho_Chi_Minh:20261124T073000; RRULE:FREQ=WEEKLY;UNTIL=20261208",
        "DTSTART;TZID=Asia/Ho_Chi_Minh:20261124T073000; RRULE:FREQ=WEEKLY;UNTIL=20261208T073000",
        "DTSTART:20261124T073000; RRULE:FREQ=WEEKLY;UNTIL=20261208",
        "DTSTART:20261124T003000Z; RRULE:FREQ=WEEKLY;UNTIL=20261208",
        "DTSTART;TZID=GMT+07:00:20261124T073000; RRULE:FREQ=WEEKLY;COUNT=3",
        "DTSTART:20261124T073000; RDATE;VALUE=DATE:20261201,20261208",
        "DTSTART:20261124T073000; RDATE:20261201T003000Z,20261208T003000Z",
        "DTSTART:20261124T073000; RDATE;VALUE=PERIOD:20261201T003000Z/PT2H,20261208T073000/20261208T093000",
    ],
)
@pytest.mark.parametrize(
    ("exception", "left"),
    [
        ("", "24.11 01.12 08.12"),
        ("; EXDATE:20261201T073000", "24.11 08.12"),
        ("; EXDATE:20261201T003000Z", "24.11 08.12"),
        ("; EXDATE;VALUE=DATE:20261201", "24.11 08.12"),
        ("; EXDATE;TZID=Asia/Tokyo:20261201T093000", "24.11 08.12"),
    ],
)
def test_a_series_and_its_exceptions_may_write_their_times_in_different_ways(written: str, exception: str, left: str):
    """As moments of UTC, in a zone or in none, or as mere days; each of them by itself, and the class stays at 7:30."""
    reading = read(calendar_of(f"UID:1; SUMMARY:Lớp; DURATION:PT2H; {written}{exception}"))

    assert busy(reading) == [f"{day} 07:30–{day} 09:30 Lớp" for day in left.split()]


def test_a_day_left_out_of_a_series_in_utc_is_a_day_of_ours():
    early = "UID:1; SUMMARY:Lớp; DTSTART:20261123T233000Z; DURATION:PT2H; RRULE:FREQ=WEEKLY;UNTIL=20261208"

    assert busy(read(calendar_of(f"{early}; EXDATE;VALUE=DATE:20261201"))) == [
        "24.11 06:30–24.11 08:30 Lớp",
        "08.12 06:30–08.12 08:30 Lớp",
    ]


@pytest.mark.parametrize(
    ("zone", "hour"),
    [
        ("GMT+09:00", "05:30"),
        ('"UTC-0330"', "18:00"),
        ("(UTC+08:00) Kuala Lumpur, Singapore", "06:30"),
        ('"UTC+99"', "07:30"),
    ],
)
def test_a_zone_that_is_called_by_its_distance_from_utc_is_that_far(zone: str, hour: str):
    reading = read(calendar_of(f"UID:1; SUMMARY:Lớp; DTSTART;TZID={zone}:20261124T073000; DURATION:PT1M"))

    assert busy(reading)[0].startswith(f"24.11 {hour}–")
    assert [one.facts for one in reading.problems] == ([{"zone": "UTC+99"}] if "99" in zone else [])


@pytest.mark.parametrize("until", ["99991231", "99991231T235959", "99991231T235959Z"])
def test_for_ever_is_no_mistake_where_that_would_be_the_year_10000(until: str):
    evening = "DTSTART;TZID=America/Los_Angeles:20261123T163000; DTEND;TZID=America/Los_Angeles:20261123T173000"
    for_ever = "UID:2; SUMMARY:Nghỉ; DTSTART;VALUE=DATE:99991231; DTEND;VALUE=DATE:99991231"
    reading = read(calendar_of(f"UID:1; SUMMARY:Lớp; {evening}; RRULE:FREQ=MONTHLY;UNTIL={until}", for_ever))

    assert busy(reading) == ["24.11 07:30–24.11 08:30 Lớp", "24.12 07:30–24.12 08:30 Lớp"]
    assert not reading.problems


def test_lines_folded_within_a_letter_are_whole():
    whole = calendar_of(ALGEBRA)
    place = whole.index("ạ".encode()) + 1

    assert read(whole[:place] + b"\r\n " + whole[place:]) == read(whole)


def test_a_day_that_ends_on_itself_is_that_day():
    day = "UID:1; SUMMARY:Thi; DTSTART;VALUE=DATE:20261124; DTEND;VALUE=DATE:20261124"

    assert busy(read(calendar_of(day))) == ["24.11 00:00–25.11 00:00 Thi"]


@pytest.mark.parametrize("rule", ["RRULE:W1 MO #4", "RRULE:FREQ=WEEKLY;COUNT=5; EXRULE:FREQ=WEEKLY;INTERVAL=2"])
def test_repetitions_of_bygone_standards_are_told(rule: str):
    reading = read(calendar_of(f"{ALGEBRA}; {rule}"))

    assert [(one.reason, one.facts["title"]) for one in reading.problems] == [("unreadable_event", "Đại số")]


def many_events(count: int, words: str) -> bytes:
    event = (
        "BEGIN:VEVENT\r\nUID:{0}\r\nDTSTART:20261123T{1:02}0000Z\r\nDTEND:20261123T{1:02}3000Z\r\nDESCRIPTION:{2}\r\n"
    )
    body = "".join(event.format(number, number % 24, words) + "END:VEVENT\r\n" for number in range(count))
    return f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\n{body}END:VCALENDAR\r\n".encode()


def test_five_megabytes_are_read_and_more_are_refused():
    full = many_events(500, "x" * 9_900)

    assert 4_900_000 < len(full) < calendars.MOST_BYTES
    assert len(read(full).entries) == 24
    with pytest.raises(FieldError) as refusal:
        read(full + b" " * calendars.MOST_BYTES)
    assert refusal.value.facts["reason"] == "calendar_too_large"


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        ((FILES / "sign_in_page.ics").read_bytes(), "a_web_page"),
        ((FILES / "picture.ics").read_bytes(), "not_a_calendar"),
        (b"Th\xe1\xbb\xa9 2 ti\xe1\xba\xbft 1-3", "not_a_calendar"),
        (b"<!-- 404 --><p>BEGIN:VCALENDAR</p>", "a_web_page"),
        (b"PK\x03\x04lich.icsBEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n", "not_a_calendar"),
        (b" \r\n ", "no_file"),
        (b"BEGIN:VCALENDAR\r\n" + b"BEGIN:VEVENT\r\nEND:VEVENT\r\n" * 20_001, "too_many_events"),
        (b"BEGIN:VCALENDAR\r\n" + b"BEGIN:VEVENT\r\nRRULE:FREQ=DAILY\r\nEND:VEVENT\r\n" * 1_001, "too_many_events"),
    ],
    ids=["page", "picture", "text", "comment", "zip", "empty", "events", "series"],
)
def test_what_is_no_calendar_is_refused_with_its_reason(data: bytes, reason: str):
    with pytest.raises(FieldError) as refusal:
        read(data)

    assert refusal.value.facts["reason"] == reason


def test_an_event_that_the_parser_breaks_down_over_costs_itself():
    strange = "UID:1; SUMMARY:Lạ; DTSTART;TZID=Asia:20261124T070000; DTEND;TZID=Asia:20261124T090000"

    reading = read(calendar_of(strange, ALGEBRA))

    assert busy(reading) == ["23.11 07:00–23.11 09:00 Đại số"]
    assert [(one.reason, one.facts["title"]) for one in reading.problems] == [("unreadable_event", "Lạ")]


@pytest.mark.parametrize("said", ["20261124T000000Z", "202000Z/20261123T043000Z"])
def test_a_busy_time_that_is_no_span_is_told(said: str):
    data = f"BEGIN:VCALENDAR\r\nBEGIN:VFREEBUSY\r\nFREEBUSY:{said}\r\nEND:VFREEBUSY\r\nEND:VCALENDAR\r\n"

    assert [one.reason for one in read(data.encode()).problems] == ["unreadable_event"]


def test_nothing_thrown_at_the_reader_breaks_it():
    """Every file with bytes missing, doubled or turned over is read or refused, and never breaks the worker."""
    for file in sorted(FILES.glob("*.ics")):
        whole = file.read_bytes()
        for cut in range(1, 6):
            place = len(whole) * cut // 6
            for broken in (
                whole[:place],
                whole[place:],
                whole[:place] + whole,
                whole[:place] + b"\x00\xff;:" + whole[place:],
            ):
                try:
                    read(broken)
                except FieldError:
                    continue
