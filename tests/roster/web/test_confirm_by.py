"""By when a turn must be confirmed stands wherever a volunteer is asked to confirm it."""

from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask

from roster.extensions import db
from roster.models import AnswerPurpose
from roster.services import answers, confirming
from roster.vietnam.office_hours import monday_of
from tests.published import PublishedWeek
from tests.roster.web.test_later import signed_in

ASKS = "Bạn hãy xác nhận trước"


@pytest.mark.parametrize("opens", [True, False])
def test_a_volunteer_sees_by_when_to_confirm_and_that_the_place_opens_otherwise(app: Flask, opens: bool):
    app.config["WTF_CSRF_ENABLED"] = False  # see tests/architecture/test_forged_requests.py
    with app.app_context():
        now = datetime.now(UTC)
        week = PublishedWeek(db.session, monday=monday_of(now.date()) + timedelta(days=14), published_at=now)
        turn = week.turn(week.monday, week.lan)
        until = now + timedelta(days=9)
        link = answers.make(db.session, week.lan.id, AnswerPurpose.TURN, turn.id, now=now, expires_at=until)
        db.session.commit()
        client = signed_in(app, week.account(week.lan).id)
        pages = ("/me/", f"/me/turns/{turn.id}", f"/a/{link}")

        assert [ASKS in client.get(page).text for page in pages] == [False] * 3

        unit = week.monday.site.unit
        confirming.change_rules(db.session, unit, hours="48", opens=opens, by=week.by, now=now)
        db.session.commit()

        told = [client.get(page).text for page in pages]
        assert [ASKS in page for page in told] == [True] * 3
        assert ["chỗ này sẽ mở cho người khác" in page for page in told] == [opens] * 3

        client.post(f"/me/shifts/{turn.id}/confirm")
        assert ASKS not in client.get("/me/").text
