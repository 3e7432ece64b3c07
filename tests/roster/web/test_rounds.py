"""The page on which everybody is asked for a week: it promises no message that cannot leave."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from flask import Flask

from roster.extensions import db
from roster.models import Channel, ContactChoice, PushDevice, Role, RoleKind
from roster.queries import rounds as queries
from roster.services import rounds
from roster.web import message_words
from tests import builders
from tests.roster.web.test_later import signed_in
from tests.roster.worker.test_invitations_sent import EVENING


def test_whoever_was_asked_is_written_to_by_email_only_where_a_mail_server_is_set_up(app: Flask):
    with app.app_context():
        now = datetime.now(UTC)
        unit = builders.a_unit(db.session)
        builders.a_person(db.session, unit, "Nguyễn Thị Lan", email="lan@example.org")
        coordinator = builders.a_coordinator(db.session, unit)
        monday = now.date() + timedelta(days=14 - now.weekday())
        roster = builders.a_roster(db.session, unit, first_day=monday)
        rounds.ask(db.session, roster.id, deadline=monday - timedelta(days=2), by=coordinator, now=now)
        db.session.commit()
        client, page = app.test_client(), f"/rosters/{roster.id}/answers"
        with client.session_transaction() as session:
            session["_user_id"] = f"{coordinator.id}.0"

        assert "Chỉ có trên trang của họ" in client.get(page).text
        assert "Nhận được tin" not in client.get(page).text
        app.extensions["settings"] = replace(app.extensions["settings"], mail_url="mailto://127.0.0.1")
        assert "Nhận được tin" in client.get(page).text


def test_whoever_is_asked_for_a_week_is_not_asked_for_the_usual_one_beside_it(app: Flask):
    with app.app_context():
        now = datetime.now(UTC)
        unit = builders.a_unit(db.session)
        lan = builders.a_person(db.session, unit)
        lan.availability_at = None
        account = builders.an_account(db.session, Role(kind=RoleKind.VOLUNTEER, unit=unit), person=lan)
        monday = now.date() + timedelta(days=14 - now.weekday())
        roster = builders.a_roster(db.session, unit, first_day=monday)
        deadline, coordinator = monday - timedelta(days=2), builders.a_coordinator(db.session, unit)
        db.session.commit()
        client = app.test_client()
        with client.session_transaction() as session:
            session["_user_id"] = f"{account.id}.0"

        assert client.get("/me/").text.count("Khi nào bạn đến được?") == 1
        rounds.ask(db.session, roster.id, deadline=deadline, by=coordinator, now=now)
        db.session.commit()
        asked = client.get("/me/").text

    assert asked.count("Khi nào bạn đến được?") == 1
    assert "Báo lịch rảnh của tôi" in asked


def test_whoever_answered_for_one_week_only_is_not_shown_as_busy_in_every_other(app: Flask):
    app.config["WTF_CSRF_ENABLED"] = False  # see tests/architecture/test_forged_requests.py
    with app.app_context():
        now = datetime.now(UTC)
        unit = builders.a_unit(db.session)
        lan = builders.a_person(db.session, unit, free={}, availability_at=None)
        account = builders.an_account(db.session, Role(kind=RoleKind.VOLUNTEER, unit=unit), person=lan)
        monday = now.date() + timedelta(days=14 - now.weekday())
        roster = builders.a_roster(db.session, unit, first_day=monday)
        deadline, coordinator = monday - timedelta(days=2), builders.a_coordinator(db.session, unit)
        found = rounds.ask(db.session, roster.id, deadline=deadline, by=coordinator, now=now)
        db.session.commit()
        client = signed_in(app, account.id)

        client.post(f"/me/weeks/{found.id}", data={"0-morning": "available"})
        client.post("/me/availability/exceptions", data={"first_day": str(monday), "level": "not"})
        unsaid = client.get("/me/availability").text
        client.post("/me/availability", data={"1-morning": "available"})
        said = client.get("/me/availability").text

    assert unsaid.count("checked") == 0
    assert said.count('value="not" checked') == 7 * 3 - 1


def test_whoever_never_can_in_a_usual_week_reads_so(app: Flask):
    app.config["WTF_CSRF_ENABLED"] = False  # see tests/architecture/test_forged_requests.py
    with app.app_context():
        unit = builders.a_unit(db.session)
        lan = builders.a_person(db.session, unit)
        account = builders.an_account(db.session, Role(kind=RoleKind.VOLUNTEER, unit=unit), person=lan)
        db.session.commit()
        client = signed_in(app, account.id)

        client.post("/me/availability", data={"0-morning": "not"})
        said = client.get("/me/availability").text

    assert said.count('value="not" checked') == 7 * 3


def test_whoever_asks_at_night_is_told_when_the_letters_leave_and_how_many_they_do_not_reach(app: Flask, monkeypatch):
    app.config["WTF_CSRF_ENABLED"] = False  # see tests/architecture/test_forged_requests.py
    app.extensions["settings"] = replace(app.extensions["settings"], mail_url="mailto://127.0.0.1")
    with app.app_context():
        today = datetime.now(UTC).date()
        unit = builders.a_unit(db.session)
        builders.a_person(db.session, unit, "Nguyễn Thị Lan", email="lan@example.org")
        builders.a_person(db.session, unit, "Trần Văn Đức", phone="+84987654321")
        coordinator = builders.a_coordinator(db.session, unit)
        monday = today + timedelta(days=14 - today.weekday())
        roster = builders.a_roster(db.session, unit, first_day=monday)
        db.session.commit()
        client, page = signed_in(app, coordinator.id), f"/rosters/{roster.id}/answers"

        monkeypatch.setattr(message_words, "utc_now", lambda: EVENING)
        asked = client.post(page, data={"deadline": monday - timedelta(days=2)}, follow_redirects=True).text
        monkeypatch.setattr(message_words, "utc_now", lambda: EVENING - timedelta(hours=8))
        reminded = client.post(f"{page}/remind", follow_redirects=True).text

    assert "Đã hỏi 2 người. Ban đêm không làm phiền ai: thư sẽ gửi đi lúc 06:00." in asked
    assert "06:00" not in reminded
    assert "1 người chưa trả lời không nhận được thư" in asked
    assert "Đã nhắc 2 người." in reminded


def test_whom_no_letter_reaches_is_told_by_the_ways_people_chose(session):
    now = datetime.now(UTC)
    unit = builders.a_unit(session)
    monday = now.date() + timedelta(days=14 - now.weekday())
    roster = builders.a_roster(session, unit, first_day=monday)
    wants = {"Lan": ["email"], "Đức": [], "Hạ": ["telegram"], "Minh": ["telegram"], "Sơn": None, "Yến": None}
    people = {
        name: builders.a_person(session, unit, name, email=f"{number}@example.org") for number, name in enumerate(wants)
    }
    people["Yến"].email = None
    session.add_all(
        ContactChoice(
            person_id=people[name].id, channels=ways, telegram="7" * (name == "Hạ"), remind_hours=[24], changed_at=now
        )
        for name, ways in wants.items()
        if ways is not None
    )
    by = builders.a_coordinator(session, unit)
    found = rounds.ask(session, roster.id, deadline=monday - timedelta(days=2), by=by, now=now)

    def unreached(*available: Channel) -> int:
        return queries.unreached(session, found, frozenset(available))

    assert unreached() == 6
    assert unreached(Channel.EMAIL) == 4, "Lan and Sơn are written to"
    assert unreached(Channel.TELEGRAM) == 5, "Hạ has said where"
    assert unreached(Channel.EMAIL, Channel.TELEGRAM) == 3

    account = builders.an_account(session, Role(kind=RoleKind.VOLUNTEER, unit=unit), person=people["Yến"])
    session.add(
        PushDevice(
            account_id=account.id, endpoint="https://push.example.org/1", p256dh="", auth="", label="", created_at=now
        )
    )
    session.flush()
    assert unreached() == 5, "Yến turned notices on"
    for available in ([], [Channel.EMAIL], [Channel.TELEGRAM]):
        rows = queries.asked_people(session, found, available, answered=False).rows
        assert sum(not row.reached for row in rows) == unreached(*available)
