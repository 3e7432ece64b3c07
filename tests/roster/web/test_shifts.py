"""A single shift is changed and cancelled where the reader met it, and they come back there."""

import re
from datetime import UTC, datetime, timedelta
from html import unescape

import pytest
from flask import Flask
from flask.testing import FlaskClient

from roster.extensions import db
from roster.models import DayKind, DemandPattern, Holiday, Shift, ShiftState
from roster.services import demand, shifts
from roster.services.demand import Demand, PatternDetails
from roster.services.passwords import Passwords
from roster.vietnam.office_hours import monday_of
from tests import builders
from tests.published import PublishedWeek
from tests.roster.web.test_later import signed_in

PASSWORD = "một câu dễ nhớ"
WEEK = "/plan/1/2026-11-23"


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """The coordinator of a unit with one shift tomorrow."""
    app.config["WTF_CSRF_ENABLED"] = False  # see tests/architecture/test_forged_requests.py
    with app.app_context():
        unit = builders.a_unit(db.session)
        tomorrow = datetime.now(UTC).date() + timedelta(days=1)
        builders.a_shift(db.session, builders.a_site(db.session, unit), day=tomorrow)
        coordinator = builders.a_coordinator(db.session, unit)
        coordinator.login, coordinator.password_hash = "cb@example.org", Passwords(time_cost=1).hash(PASSWORD)
        db.session.commit()
    client = app.test_client()
    client.post("/account/sign-in", data={"login": "cb@example.org", "password": PASSWORD})
    return client


def the_shift(app: Flask) -> Shift:
    with app.app_context():
        shift = db.session.get_one(Shift, 1)
        db.session.expunge(shift)
        return shift


def test_a_shift_cancelled_from_the_week_leads_back_to_the_week(app: Flask, client: FlaskClient):
    form = client.get("/shifts/1/edit", query_string={"next": WEEK}).text
    assert f'name="next" value="{WEEK}"' in form

    answer = client.post("/shifts/1/cancel", data={"next": WEEK, "reason": "Bão số 9"})

    assert (answer.status_code, answer.location) == (303, WEEK)
    assert (the_shift(app).state, the_shift(app).cancel_reason) == (ShiftState.CANCELLED, "Bão số 9")


@pytest.mark.parametrize("elsewhere", ["https://example.org/plan", "//example.org", ""])
def test_no_form_leads_to_another_site(client: FlaskClient, elsewhere: str):
    answer = client.post("/shifts/1/cancel", data={"next": elsewhere, "reason": ""})

    assert answer.location == "/sites/1"


def test_a_saved_shift_leads_back_to_the_week(app: Flask, client: FlaskClient):
    day = (datetime.now(UTC).date() + timedelta(days=2)).isoformat()
    typed = {"programme_id": "1", "day": day, "starts": "08:00", "ends": "10:00", "note": "", "minimum": "1"}

    answer = client.post("/shifts/1", data={**typed, "next": WEEK})

    assert (answer.status_code, answer.location) == (303, WEEK)
    assert the_shift(app).starts_at.astimezone(builders.ZONE).hour == 8


def test_whoever_saves_a_shift_second_is_told_what_the_first_changed_and_loses_nothing(app: Flask, client: FlaskClient):
    page = client.get("/shifts/1/edit").text
    seen = unescape(re.search(r'name="seen" value="([^"]*)"', page).group(1))
    day = (datetime.now(UTC).date() + timedelta(days=1)).isoformat()
    typed = {"programme_id": "1", "day": day, "starts": "07:30", "ends": "11:30", "minimum": "1", "target": "1"}
    assert client.post("/shifts/1", data=typed | {"ends": "10:30", "seen": seen}).status_code == 303

    second = client.post("/shifts/1", data=typed | {"note": "Mang theo máy tính", "seen": seen})

    assert second.status_code == 409
    assert "Mang theo máy tính" in second.text
    assert 'value="10:30"' in second.text
    assert the_shift(app).note == ""


def test_whoever_moves_a_shift_reads_who_cannot_be_there_any_more(app: Flask):
    app.config["WTF_CSRF_ENABLED"] = False
    with app.app_context():
        monday = monday_of(datetime.now(UTC).date()) + timedelta(days=14)
        week = PublishedWeek(db.session, monday=monday, published_at=datetime.now(UTC))
        later = builders.a_shift(db.session, week.site, week.monday.programme, day=monday, starts="13:30", ends="17:00")
        week.lan.max_turns_per_day = 2
        week.publish((later, week.lan), now=datetime.now(UTC))
        db.session.commit()
        client = signed_in(app, week.by.id)
        typed = {"programme_id": week.monday.programme_id, "day": monday, "minimum": "2", "maximum": "2"}

        moved = client.post(
            f"/shifts/{week.monday.id}", data=typed | {"starts": "09:00", "ends": "12:00"}, follow_redirects=True
        )
        assert "Nguyễn Thị Lan" not in moved.text
        moved = client.post(
            f"/shifts/{week.monday.id}", data=typed | {"starts": "14:00", "ends": "16:00"}, follow_redirects=True
        )

    assert "Nguyễn Thị Lan" in moved.text


def test_of_many_who_cannot_be_there_any_more_the_rest_is_counted(app: Flask):
    app.config["WTF_CSRF_ENABLED"] = False
    with app.app_context():
        monday = monday_of(datetime.now(UTC).date()) + timedelta(days=14)
        week = PublishedWeek(db.session, monday=monday, published_at=datetime.now(UTC))
        many = builders.a_shift(db.session, week.site, week.monday.programme, day=monday + timedelta(days=2), minimum=5)
        week.publish(*((many, week.somebody()) for _ in range(5)), now=datetime.now(UTC))
        db.session.commit()
        typed = {"programme_id": many.programme_id, "day": monday + timedelta(days=2), "minimum": "5"}

        at_night = signed_in(app, week.by.id).post(
            f"/shifts/{many.id}", data=typed | {"starts": "00:00", "ends": "04:00"}, follow_redirects=True
        )

    assert at_night.text.count("Phạm Thuỷ, ") == 3
    assert "Còn 2 vướng mắc nữa." in at_night.text


def test_whoever_brings_a_day_back_reads_who_does_not_come_back_and_why(app: Flask):
    app.config["WTF_CSRF_ENABLED"] = False
    with app.app_context():
        now = datetime.now(UTC)
        monday = monday_of(now.date()) + timedelta(days=14)
        week = PublishedWeek(db.session, monday=monday, published_at=now)
        shifts.close_day(db.session, week.unit, monday, reason="Bão", by=week.by, now=now)
        week.lan.active = False
        db.session.commit()
        client = signed_in(app, week.by.id)

        data = {"day": monday.isoformat(), "next": f"/sites/{week.site.id}"}
        back = client.post(f"/units/{week.unit.id}/restore-day", data=data, follow_redirects=True)

        assert db.session.get_one(Shift, week.monday.id).state is ShiftState.OPEN
    assert re.search("Không trở lại ca: Nguyễn Thị Lan, [^<]*: Không còn", unescape(back.text))


def a_published_series() -> tuple[PublishedWeek, DemandPattern]:
    """An afternoon a week that Lan serves on once, beside her published morning."""
    now = datetime.now(UTC)
    week = PublishedWeek(db.session, monday=monday_of(now.date()) + timedelta(days=14), published_at=now)
    series = PatternDetails(
        name="Trực chiều",
        programme_id=week.monday.programme_id,
        rule="FREQ=WEEKLY;BYDAY=MO",
        first_day=week.monday.starts_at.date(),
        last_day=week.monday.starts_at.date(),
        starts="13:30",
        ends="17:00",
        holiday_policy="keep",
        demand=Demand(minimum=1),
    )
    pattern = demand.create(db.session, week.site, series, by=week.by, now=now)
    week.lan.max_turns_per_day = 2
    (shift,) = demand.following(db.session, pattern, now)
    week.publish((shift, week.lan), now=now)
    db.session.commit()
    return week, pattern


def test_whoever_changes_a_series_reads_beforehand_how_many_are_told(app: Flask):
    with app.app_context():
        week, pattern = a_published_series()
        client, page = signed_in(app, week.by.id), f"/patterns/{pattern.id}/edit"
        said = "1 người đang trực theo lịch đã công bố"

        assert said in client.get(page).text
        (shift,) = demand.following(db.session, pattern, datetime.now(UTC))
        shift.edited = True
        db.session.commit()

        assert said not in client.get(page).text, "a shift with hours of its own stays as it is"


def test_whoever_gives_a_series_other_hours_reads_who_cannot_be_there_any_more(app: Flask):
    app.config["WTF_CSRF_ENABLED"] = False
    with app.app_context():
        week, pattern = a_published_series()
        client = signed_in(app, week.by.id)

        def moved(starts: str, ends: str) -> str:
            typed = {"starts": starts, "ends": ends}
            return client.post(f"/patterns/{pattern.id}/hours", data=typed, follow_redirects=True).text

        assert "Nguyễn Thị Lan" not in moved("14:00", "16:00")
        assert "Nguyễn Thị Lan" in moved("09:00", "12:00")


def test_a_site_says_which_holiday_leaves_a_shift_out_and_keeps_empty_what_was_left_empty(app, client):
    with app.app_context():
        programme = builders.a_programme(db.session, db.session.get_one(Shift, 1).site.unit)
        tomorrow = datetime.now(UTC).date() + timedelta(days=1)
        holiday = Holiday(day=tomorrow, kind=DayKind.HOLIDAY, name_vi="Ngày Văn hóa", name_en="Culture Day")
        db.session.add(holiday)
        db.session.commit()
        typed = {"name": "Trực sáng", "programme_id": programme.id, "weekdays": list("0123456"), "every": "1"}
    typed |= {"first_day": str(tomorrow), "starts": "07:30", "ends": "11:30", "minimum": "2", "target": ""}
    client.post("/preferences/", data={"language": "en"})

    client.post("/sites/1/patterns", data=typed | {"holiday_policy": "skip"})

    said = client.get("/sites/1").text
    assert "Public holiday: Culture Day – no shift" in " ".join(re.sub("<[^>]+>", "", said).split())
    form = client.get("/patterns/1/edit").text
    assert re.search(r'name="target"[^>]*value=""', form), "empty: the least is enough"
