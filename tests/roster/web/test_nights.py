"""A shift that runs past midnight: who is asked for nights, and that their answer fills it."""

from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask

from roster.extensions import db
from roster.models import Role, RoleKind
from roster.planning import snapshot
from roster.services import demand, rounds
from roster.services.demand import Demand, PatternDetails
from roster.vietnam.office_hours import monday_of
from roster.web.week_picker import AS_LAST
from solver.engine import solve
from tests import builders
from tests.roster.web.test_later import signed_in

NIGHT = 'name="0-night"'


class Nights:
    """Next week of a unit that asks Lan, by day and, once there is a series, at night."""

    def __init__(self, app: Flask) -> None:
        self.now = datetime.now(UTC)
        self.unit = builders.a_unit(db.session)
        self.site = builders.a_site(db.session, self.unit)
        self.lan = builders.a_person(db.session, self.unit)
        self.by = builders.a_coordinator(db.session, self.unit)
        monday = monday_of(self.now.date()) + timedelta(days=14)
        self.roster = builders.a_roster(db.session, self.unit, first_day=monday)
        deadline = monday - timedelta(days=2)
        self.round = rounds.ask(db.session, self.roster.id, deadline=deadline, by=self.by, now=self.now)
        account = builders.an_account(db.session, Role(kind=RoleKind.VOLUNTEER, unit=self.unit), person=self.lan)
        db.session.commit()
        self.client, self.page = signed_in(app, account.id), f"/me/weeks/{self.round.id}"

    def series(self, starts: str, ends: str, weekday: str = "MO") -> None:
        details = PatternDetails(
            name="Trực đêm",
            programme_id=builders.a_programme(db.session, self.unit).id,
            rule=f"FREQ=WEEKLY;BYDAY={weekday}",
            first_day=self.roster.period.first_day,
            last_day=None,
            starts=starts,
            ends=ends,
            holiday_policy="keep",
            demand=Demand(minimum=1),
        )
        demand.create(db.session, self.site, details, by=self.by, now=self.now)
        db.session.commit()

    def planned(self) -> int:
        """How many turns a plan of the week has."""
        problem = snapshot.build(db.session, self.roster, now=self.now)
        return len(solve(problem, seconds=20).assignments)


@pytest.fixture
def week(app: Flask):
    app.config["WTF_CSRF_ENABLED"] = False  # see tests/architecture/test_forged_requests.py
    with app.app_context():
        yield Nights(app)


@pytest.mark.parametrize(
    ("starts", "ends", "parts"),
    [
        ("22:00", "06:00", ["night"]),
        ("20:00", "02:00", ["evening", "night"]),
        ("17:00", "22:30", ["afternoon", "evening", "night"]),
    ],
)
def test_a_series_at_night_is_filled_by_whoever_answers_that_they_are_free_then(week, starts, ends, parts):
    week.series(starts, ends)
    assert NIGHT in week.client.get(week.page).text

    week.client.post(week.page, data={f"0-{part}": "available" for part in parts})

    assert week.planned() == 1


def test_nobody_is_asked_for_nights_where_there_are_none(week):
    week.series("18:00", "22:00")

    assert NIGHT not in week.client.get(week.page).text
    assert NIGHT not in week.client.get("/me/availability").text


def test_a_night_in_the_usual_week_is_kept_and_planned_with_and_filled_in_as_last_week(week):
    week.series("22:00", "06:00")
    assert NIGHT in week.client.get("/me/availability").text

    week.client.post("/me/availability", data={"0-night": "preferred"})

    assert 'name="0-night" value="preferred" checked' in week.client.get("/me/availability").text
    assert 'name="0-night" value="preferred" checked' in week.client.get(week.page, query_string=AS_LAST).text
    assert week.planned() == 1


def test_whoever_offered_nights_before_does_not_lose_them_in_a_week_without_any(week):
    week.client.post("/me/availability", data={"0-night": "preferred"})

    assert NIGHT in week.client.get("/me/availability").text
    assert NIGHT in week.client.get(week.page, query_string=AS_LAST).text
    assert NIGHT not in week.client.get(week.page).text
