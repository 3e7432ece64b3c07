"""The university's scenario holds its facts, obeys the rules in the past, and has something to solve next week."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from roster.models import (
    AvailabilityException,
    Period,
    Person,
    PersonQualification,
    Programme,
    ProgrammeKind,
    Publication,
    Roster,
    Shift,
    Site,
    SiteKind,
    Team,
    UnitKind,
    WeeklyAvailability,
)
from roster.planning import snapshot
from solver.engine import solve
from tests.roster.scenarios import rows
from tests.waiting import PATIENCE

SCENARIO_ID = "quy-nhon-center"
CULTURE_DAY = date(2026, 11, 24)


def center_of(session):
    return session.scalars(select(Site).where(Site.kind == SiteKind.SERVICE_CENTER)).one()


def test_students_of_one_university_serve_a_provincial_center(session, loaded):
    assert [unit.name for unit in rows.units(session, UnitKind.PROVINCE)] == ["Tỉnh đoàn Bình Định"]
    assert rows.units(session, UnitKind.UNIVERSITY) == [loaded.unit]
    assert 60 <= rows.count(session, Person) <= 80
    assert rows.count(session, Team) == rows.count(session, Person) / 9 == 8
    assert center_of(session).promised_min == 2


def test_the_center_wants_two_trained_students_in_both_halves_of_each_working_day(session):
    shifts = session.scalars(select(Shift).where(Shift.site_id == center_of(session).id)).all()

    assert {(shift.minimum, shift.target, tuple(shift.requires)) for shift in shifts} == {(2, 3, ("trained",))}
    assert {shift.shift_type for shift in shifts} == {"morning", "afternoon"}
    days = rows.local_days(session, Shift.site_id == center_of(session).id)
    assert len(shifts) == 2 * len(days)
    assert {day.weekday() for day in days} == set(range(5))


def test_nobody_is_wanted_at_a_desk_on_a_public_holiday(session):
    desks = select(Programme.id).where(Programme.kind == ProgrammeKind.DESK)

    days = rows.local_days(session, Shift.programme_id.in_(desks))

    assert CULTURE_DAY - timedelta(days=1) in days
    assert CULTURE_DAY not in days


def test_most_are_trained_some_are_new_and_few_lead(session):
    trained = rows.count(session, PersonQualification, PersonQualification.qualification.has(code="trained"))
    leads = rows.count(session, PersonQualification, PersonQualification.qualification.has(code="lead"))

    assert 60 <= trained < rows.count(session, Person)
    assert leads == 8
    assert rows.count(session, Person, Person.newcomer) == 16


def test_nearly_all_said_when_they_can_serve_and_some_have_exams(session):
    silent = rows.count(session, Person, Person.availability_at.is_(None))
    answered = set(session.scalars(select(WeeklyAvailability.person_id)))

    assert 1 <= silent <= 8
    assert len(answered) + silent == rows.count(session, Person)
    assert len(set(session.scalars(select(AvailabilityException.person_id)))) == 6


def test_four_weeks_are_published_and_this_and_the_next_are_open(session, loaded):
    published = session.scalars(select(Publication).order_by(Publication.id)).all()

    assert [one.roster.period.first_day for one in published] == [
        date(2026, 10, 19),
        date(2026, 10, 26),
        date(2026, 11, 2),
        date(2026, 11, 9),
    ]
    assert all(one.number == 1 and one.turns >= 40 and one.published_by for one in published)
    assert (loaded.this_week.first_day, loaded.next_week.first_day) == (date(2026, 11, 16), date(2026, 11, 23))
    unplanned = session.scalars(
        select(Roster.published_number).join(Period).where(Period.first_day >= date(2026, 11, 16))
    )
    assert unplanned.all() == [0, 0]


def test_past_rosters_obey_every_rule(session, loaded):
    past = session.scalars(select(Period).where(Period.first_day < loaded.this_week.first_day)).all()

    for period in past:
        problem = rows.problem_of(session, period)
        turns = rows.published_turns(session, problem)
        assert len(turns) >= 40
        assert rows.broken_rules(problem, turns) == []


def test_next_week_is_solved_with_a_place_or_two_truly_short(session, loaded):
    problem = rows.problem_of(session, loaded.next_week)

    solution = solve(problem, seconds=PATIENCE)

    assert solution.status == "optimal"
    short = {
        shift.site.kind for gap in solution.shortfalls if (shift := session.get(Shift, snapshot.row_id(gap.shift)))
    }
    assert 1 <= len(solution.shortfalls) <= 3
    assert short & {SiteKind.SERVICE_CENTER, SiteKind.DESK, SiteKind.MARKET}


@pytest.mark.parametrize("which", ["this_week", "next_week"])
def test_the_short_place_on_friday_has_people_but_not_enough_for_two_desks(session, loaded, which):
    problem = rows.problem_of(session, getattr(loaded, which))
    friday = [shift for shift in problem.shifts if shift.start == 4 * 24 * 60 + 13 * 60 + 30]

    free = {
        person.id
        for person in problem.volunteers
        for shift in friday
        if "trained" in person.qualifications
        and any(offer.start <= shift.start and shift.end <= offer.end for offer in person.available)
    }

    assert sum(shift.min for shift in friday) == 4
    assert len(free) == 3
