"""What a center reads of its day before anybody has planned it."""

from datetime import UTC, datetime

from flask import Flask

from roster.extensions import db
from roster.vietnam.office_hours import ZONE
from tests import builders


def test_a_day_that_is_not_published_lacks_nobody_yet(app: Flask):
    with app.app_context():
        unit = builders.a_unit(db.session)
        site = builders.a_site(db.session, unit)
        builders.a_shift(db.session, site, day=datetime.now(UTC).astimezone(ZONE).date(), minimum=2)
        coordinator = builders.a_coordinator(db.session, unit)
        db.session.commit()
        client = app.test_client()
        with client.session_transaction() as session:
            session["_user_id"] = f"{coordinator.id}.0"

        page = client.get(f"/coverage/{site.id}").text

    assert page.count("chưa công bố") == 2, "today's card and the day in its week"
    assert "thiếu 2" not in page
    assert "chưa có ai" not in page
