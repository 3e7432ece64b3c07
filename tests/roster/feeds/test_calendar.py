"""What we draw is read alike by parsers that know nothing of us."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from roster.feeds.calendar import BrokenCalendar, Calendar, Entry, Status, draw, shown_name
from roster.feeds.text import cleaned
from tests.roster.feeds.parsers import READERS, read_with_ical_js, read_with_icalendar

MONDAY = datetime(2026, 11, 23, 0, 30, tzinfo=UTC)  # 07:30 in Vietnam


def a_calendar(**changes):
    return replace(Calendar("Lịch trực", "seagreen", "Asia/Ho_Chi_Minh", "vi"), **changes)


def an_entry(uid="a@roster", **changes):
    entry = Entry(
        uid=uid,
        sequence=0,
        stamp=MONDAY - timedelta(days=7),
        starts=MONDAY,
        ends=MONDAY + timedelta(hours=4),
        timezone="Asia/Ho_Chi_Minh",
        summary="Ca trực",
    )
    return replace(entry, **changes)


def lines_of(body):
    return body.replace(b"\r\n ", b"").decode().split("\r\n")


@pytest.mark.parametrize("read", READERS)
def test_an_entry_is_read_as_it_was_given(read):
    entry = an_entry(
        sequence=3,
        summary="Ca trực: Một cửa, tầng 2",
        description="Mang áo\nxanh; đến sớm",
        location="1 Lê Lợi",
        alarm_minutes=90,
    )

    feed = read(draw(a_calendar(name="Lịch của tôi"), [entry]))

    assert feed.name == "Lịch của tôi"
    event = feed.event(entry.uid)
    assert (event.sequence, event.stamp) == (3, entry.stamp)
    assert (event.starts, event.ends) == (entry.starts, entry.ends)
    assert (event.summary, event.description, event.location) == (entry.summary, entry.description, entry.location)
    assert (event.status, event.transparency, event.alarm_seconds) == ("CONFIRMED", "OPAQUE", -90 * 60)


@pytest.mark.parametrize("read", READERS)
@pytest.mark.parametrize(
    "timezone", ["Asia/Ho_Chi_Minh", "Europe/Berlin", "America/New_York", "Asia/Kathmandu", "Asia/Jerusalem"]
)
def test_times_are_right_on_both_sides_of_every_clock_change(read, timezone):
    days = [datetime(2026, 10, 20, 0, 45, tzinfo=UTC) + timedelta(hours=11 * step) for step in range(36)]
    days += [datetime(2027, 3, 10, 0, 45, tzinfo=UTC) + timedelta(hours=7 * step) for step in range(70)]
    entries = [
        an_entry(f"{n}@roster", starts=day, ends=day + timedelta(hours=1), timezone=timezone)
        for n, day in enumerate(days)
    ]

    feed = read(draw(a_calendar(timezone=timezone), entries))

    assert [(event.starts, event.ends) for event in feed.events] == [(entry.starts, entry.ends) for entry in entries]


@pytest.mark.parametrize("read", READERS)
def test_both_of_two_equal_hours_are_told_apart(read):
    first = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)  # 02:30 in Berlin, and 02:30 again an hour later
    entries = [
        an_entry(
            f"{hour}@roster",
            starts=first + timedelta(hours=hour),
            ends=first + timedelta(hours=hour + 3),
            timezone="Europe/Berlin",
        )
        for hour in (0, 1)
    ]

    feed = read(draw(a_calendar(), entries))

    assert [event.starts for event in feed.events] == [entry.starts for entry in entries]


@pytest.mark.parametrize("read", READERS)
def test_an_empty_calendar_is_valid_and_keeps_its_name(read):
    body = draw(a_calendar(name="Điểm hỗ trợ"), [])

    assert read(body).name == "Điểm hỗ trợ"
    assert b"BEGIN:VTIMEZONE" in body  # RFC 5545 §3.6 wants at least one component


def test_an_empty_calendar_in_a_zone_without_rules_still_has_a_component():
    assert draw(a_calendar(timezone="Asia/Jerusalem"), []).count(b"BEGIN:VTIMEZONE") == 1


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.text(st.characters(), max_size=120), min_size=1, max_size=40))
def test_any_text_is_read_alike_by_both_parsers(texts):
    entries = [
        an_entry(f"{n}@roster", summary=text, description=text * 3, location=text, alarm_minutes=10)
        for n, text in enumerate(texts)
    ]

    body = draw(a_calendar(name=texts[0]), entries)

    theirs, thunderbirds = read_with_icalendar(body), read_with_ical_js(body)
    assert theirs == thunderbirds
    for entry in entries:
        assert theirs.event(entry.uid).summary == cleaned(entry.summary)


@pytest.mark.parametrize("read", READERS)
@pytest.mark.parametrize(
    "name",
    ["one\ntwo, three; four\\", "😀" * 1000, "ộ" * 4000, "e\u0323\u0302" * 1500, "\u202eabc\u200f", "nul\0nul", ""],
)
def test_an_awkward_name_leaves_the_rest_of_the_calendar_readable(read, name):
    feed = read(draw(a_calendar(name=name), [an_entry(summary=name, location=name), an_entry("b@roster")]))

    assert feed.name == shown_name(name)
    assert feed.event("a@roster").summary == cleaned(name)
    assert feed.event("b@roster").summary == "Ca trực"


def test_a_calendar_name_needs_no_escape():
    assert shown_name("Tổ 1, chợ Đầm; nhà\nvăn hóa \\ trường") == "Tổ 1 · chợ Đầm · nhà · văn hóa / trường"


def test_a_cancelled_entry_frees_the_time_and_rings_no_more():
    lines = lines_of(draw(a_calendar(), [an_entry(status=Status.CANCELLED, alarm_minutes=60)]))

    assert {"STATUS:CANCELLED", "TRANSP:TRANSPARENT", "X-MICROSOFT-CDO-BUSYSTATUS:FREE"} <= set(lines)
    assert "BEGIN:VALARM" not in lines


def test_a_tentative_entry_is_tentative_in_outlook_too():
    lines = lines_of(draw(a_calendar(), [an_entry(status=Status.TENTATIVE)]))

    assert {"STATUS:TENTATIVE", "TRANSP:OPAQUE", "X-MICROSOFT-CDO-BUSYSTATUS:TENTATIVE"} <= set(lines)


def test_an_entry_that_only_informs_leaves_the_time_free():
    lines = lines_of(draw(a_calendar(), [an_entry(busy=False)]))

    assert {"STATUS:CONFIRMED", "TRANSP:TRANSPARENT", "X-MICROSOFT-CDO-BUSYSTATUS:FREE"} <= set(lines)


def test_an_alarm_has_everything_a_subscriber_needs():
    lines = lines_of(draw(a_calendar(), [an_entry(alarm_minutes=45)]))

    alarm = lines[lines.index("BEGIN:VALARM") : lines.index("END:VALARM")]
    assert {"UID:a@roster-alarm", "ACTION:DISPLAY", "DESCRIPTION:Ca trực", "TRIGGER:-PT45M"} <= set(alarm)


def test_nobody_is_asked_to_ring_unless_the_reader_wants_it():
    assert b"VALARM" not in draw(a_calendar(), [an_entry()])


def test_the_calendar_says_its_name_colour_zone_and_pace_in_both_dialects():
    lines = lines_of(draw(a_calendar(), []))

    assert {
        "VERSION:2.0",
        "CALSCALE:GREGORIAN",
        "NAME:Lịch trực",
        "X-WR-CALNAME:Lịch trực",
        "COLOR:seagreen",
        "X-WR-TIMEZONE:Asia/Ho_Chi_Minh",
        "REFRESH-INTERVAL;VALUE=DURATION:PT1H",
        "X-PUBLISHED-TTL:PT1H",
    } <= set(lines)


def test_nothing_makes_a_subscriber_think_of_an_invitation():
    names = {
        line.partition(":")[0].partition(";")[0] for line in lines_of(draw(a_calendar(), [an_entry(alarm_minutes=5)]))
    }

    assert not names & {"METHOD", "ORGANIZER", "ATTENDEE", "SOURCE", "CONTACT"}


def test_stamp_and_last_modified_are_the_last_change():
    lines = lines_of(
        draw(a_calendar(), [an_entry(stamp=datetime(2026, 11, 1, 8, 9, 10, 999, tzinfo=ZoneInfo("Asia/Tokyo")))])
    )

    assert {"DTSTAMP:20261031T230910Z", "LAST-MODIFIED:20261031T230910Z"} <= set(lines)


def test_each_zone_in_use_is_described_once():
    zones = ["Europe/Berlin", "Asia/Kathmandu", "Europe/Berlin"]
    body = draw(a_calendar(), [an_entry(f"{n}@roster", timezone=zone) for n, zone in enumerate(zones)])

    described = sorted(line for line in lines_of(body) if line.startswith("TZID:"))
    assert described == ["TZID:Asia/Ho_Chi_Minh", "TZID:Asia/Kathmandu", "TZID:Europe/Berlin"]


def test_equal_entries_make_equal_bytes_in_any_order():
    entries = [an_entry(f"{n}@roster", starts=MONDAY + timedelta(minutes=n % 3)) for n in range(9)]

    assert draw(a_calendar(), entries) == draw(a_calendar(), [replace(entry) for entry in reversed(entries)])


def test_an_entry_that_ends_before_it_starts_is_refused():
    with pytest.raises(BrokenCalendar, match="a@roster"):
        draw(a_calendar(), [an_entry(ends=MONDAY)])


def test_a_line_that_would_break_the_calendar_is_refused():
    with pytest.raises(BrokenCalendar):
        draw(a_calendar(), [an_entry(url="https://example.org/\nBEGIN:VEVENT")])


def test_a_thousand_events_stay_under_40_kb_gzipped():
    import gzip

    entries = [
        an_entry(
            f"{n:032x}@roster",
            starts=MONDAY + timedelta(hours=12 * n),
            ends=MONDAY + timedelta(hours=12 * n + 4),
            summary="Ca trực: Trung tâm Phục vụ hành chính công",
            location="127 Hai Bà Trưng, Quy Nhơn",
        )
        for n in range(1000)
    ]

    assert len(gzip.compress(draw(a_calendar(), entries))) < 40_000
