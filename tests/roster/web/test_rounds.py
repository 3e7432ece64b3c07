"""The page on which everybody is asked for a week: it promises no message that cannot leave."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from flask import Flask

from roster.extensions import db
from roster.models import Role, RoleKind
from roster.services import rounds
from tests import builders


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
        assert "Qua e-mail" not in client.get(page).text
        app.extensions["settings"] = replace(app.extensions["settings"], mail_url="mailto://127.0.0.1")
        assert "Qua e-mail" in client.get(page).text


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
