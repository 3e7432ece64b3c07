"""What calendars say, and what they keep to themselves."""

from datetime import UTC, date, datetime, timedelta

import pytest

from roster.models import FeedKind, ShiftState
from tests import builders
from tests.roster.feeds.conftest import an_assignment
from tests.roster.feeds.parsers import read_with_icalendar

SHARED = [FeedKind.TEAM, FeedKind.UNIT, FeedKind.SITE]


def events_of(subscriber, path):
    return sorted(read_with_icalendar(subscriber.get(path).data).events, key=lambda event: event.starts)


def test_a_volunteers_calendar_names_nobody(world, subscriber):
    body = subscriber.get(world.address(FeedKind.VOLUNTEER)).data.replace(b"\r\n ", b"").decode()

    assert not {"Lan", "Nam", "Nguyễn", "Trần"} & set(body.replace(":", " ").replace("\\n", " ").split())


@pytest.mark.parametrize("kind", SHARED)
def test_shared_calendars_give_the_given_names_of_those_who_agreed_and_count_the_others(world, subscriber, kind):
    event = events_of(subscriber, world.address(kind))[0]

    assert event.summary == "Trung tâm Phục vụ hành chính công: 1/1 người, và 1 nữa"
    assert "Lan và 1 người khác" in event.description
    assert "Nam" not in event.description
    assert "Nguyễn" not in event.description


@pytest.mark.parametrize("kind", SHARED)
def test_a_minor_is_only_counted_even_if_they_agreed(world, subscriber, kind):
    birthday = world.shifts[1].starts_at.astimezone(builders.ZONE).date()
    world.lan.birth_date = date(birthday.year - 18, birthday.month, birthday.day)
    world.changed(*world.shifts)

    before, on_the_day, after = events_of(subscriber, world.address(kind))

    assert "Lan" not in before.description
    assert "Lan" in on_the_day.description
    assert "Lan" in after.description
    assert before.summary == after.summary


def test_somebody_who_takes_their_consent_back_is_named_no_more(world, subscriber):
    from roster.services import feeds

    path = world.address(FeedKind.SITE)
    before = events_of(subscriber, path)[0]
    world.lan.shares_name = False
    feeds.people_changed(world.session, [world.lan.id], now=datetime.now(UTC))
    world.session.commit()

    after = events_of(subscriber, path)[0]

    assert "Lan" in before.description
    assert "Lan" not in after.description
    assert after.stamp > before.stamp


@pytest.mark.parametrize("kind", SHARED)
def test_roles_are_counted_against_what_the_shift_needs(world, subscriber, kind):
    assert "Kỹ năng lead: 1/1" in events_of(subscriber, world.address(kind))[0].description
    assert "Lead: 1/1" in events_of(subscriber, world.address(kind, language="en"))[0].description


def test_a_qualification_that_has_run_out_by_the_day_is_not_counted(world, subscriber):
    day = world.shifts[1].starts_at.astimezone(builders.ZONE).date()
    world.lan.qualifications[0].valid_until = day
    world.changed(*world.shifts)

    descriptions = [event.description for event in events_of(subscriber, world.address(FeedKind.SITE))]

    assert ["lead: 1/1" in text for text in descriptions] == [True, True, False]


def test_what_is_missing_is_said(world, subscriber):
    short = world.shifts[0]
    short.minimum, short.target = 3, 4
    world.changed(short)

    event = events_of(subscriber, world.address(FeedKind.SITE))[0]

    assert event.status == "TENTATIVE"
    assert event.summary.endswith(": 2/3 người")
    assert "Còn thiếu 1 người, thêm 1 người càng tốt" in event.description
    assert "2/2 người đã xác nhận" in event.description


@pytest.mark.parametrize(
    ("minimum", "target", "summary", "told"),
    [
        (2, 2, "2/2 người", "Đã đủ người"),
        (2, 3, "2/2 người", "Thêm 1 người càng tốt"),
        (1, 2, "1/1 người, và 1 nữa", "Đã đủ người"),
    ],
)
def test_people_are_counted_against_the_least_as_on_the_board_and_more_are_welcome_apart(
    world, subscriber, minimum, target, summary, told
):
    shift = world.shifts[0]
    shift.minimum, shift.target = minimum, target
    world.changed(shift)

    event = events_of(subscriber, world.address(FeedKind.SITE))[0]

    assert event.summary.endswith(f": {summary}")
    assert told in event.description
    assert event.status == "CONFIRMED"


def test_a_shared_calendar_leaves_its_readers_time_free(world, subscriber):
    assert {event.transparency for event in events_of(subscriber, world.address(FeedKind.SITE))} == {"TRANSPARENT"}
    assert {event.transparency for event in events_of(subscriber, world.address(FeedKind.VOLUNTEER))} == {"OPAQUE"}


def test_the_address_carries_the_language_whatever_the_request_says(world, subscriber):
    world.shifts[0].state = ShiftState.CANCELLED
    world.changed(world.shifts[0])
    path = world.address(FeedKind.VOLUNTEER, language="en")

    english = subscriber.get(path, accept_language="vi", cookie="language=vi")

    feed = read_with_icalendar(english.data)
    assert feed.name == "My volunteer shifts"
    assert min(feed.events, key=lambda event: event.starts).summary.startswith("CANCELLED: Shift at ")
    assert english.data == subscriber.get(path, accept_language="en").data


def test_place_and_programme_are_there(world, subscriber):
    event = events_of(subscriber, world.address(FeedKind.VOLUNTEER))[0]

    assert event.location == "Trung tâm Phục vụ hành chính công, 127 Hai Bà Trưng, Quy Nhơn"
    assert world.programme.name in event.description


def test_a_reminder_rings_only_for_those_who_asked(world, subscriber):
    silent, ringing = world.address(FeedKind.VOLUNTEER), world.address(FeedKind.VOLUNTEER, alarm_minutes=60)

    assert {event.alarm_seconds for event in events_of(subscriber, silent)} == {None}
    assert {event.alarm_seconds for event in events_of(subscriber, ringing)} == {-3600}


def test_a_unit_calendar_holds_everything_beneath_and_a_team_calendar_where_its_members_serve(world, subscriber):
    branch = builders.a_unit(world.session, "Chi đoàn 1", parent=world.unit)
    hall = builders.a_site(world.session, branch, "Nhà văn hóa thôn")
    day = world.shifts[-1].starts_at.date() + timedelta(days=5)
    shift = builders.a_shift(world.session, hall, world.programme, day=day)
    world.session.add(an_assignment(shift, world.nam))
    world.session.commit()

    counts = {kind: len(events_of(subscriber, world.address(kind))) for kind in SHARED}

    assert counts == {FeedKind.UNIT: 4, FeedKind.SITE: 3, FeedKind.TEAM: 3}


@pytest.mark.parametrize("kind", list(FeedKind))
def test_no_address_number_or_mail_of_anybody_is_in_a_calendar(world, subscriber, kind):
    for person in (world.lan, world.nam):
        person.phone, person.email = "+84912345678", "ai@example.org"
    world.session.commit()

    body = subscriber.get(world.address(kind)).data

    for secret in (b"912345678", b"example.org", b"mailto:", b"tel:"):
        assert secret not in body
