"""Questions the scenarios' tests ask of the rows."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from roster.models import (
    Assignment,
    Period,
    PersonQualification,
    Qualification,
    Roster,
    Shift,
    Team,
    TeamMember,
    Unit,
    UnitKind,
)
from roster.planning import snapshot
from roster.scenarios.generator import planned_at
from roster.vietnam import office_hours
from solver import check
from solver.problem import Assignment as Turn
from solver.problem import Problem


def count(session: Session, table: type[Any], *conditions: Any) -> int:
    return session.scalar(select(func.count()).select_from(table).where(*conditions)) or 0


def units(session: Session, kind: UnitKind) -> Sequence[Unit]:
    return session.scalars(select(Unit).where(Unit.kind == kind)).all()


def skills_by_team(session: Session) -> dict[int, list[set[str]]]:
    """For each team, the qualifications of each of its members."""
    skills: dict[int, set[str]] = defaultdict(set)
    granted = select(PersonQualification.person_id, Qualification.code).join(PersonQualification.qualification)
    for person, code in session.execute(granted):
        skills[person].add(code)
    teams: dict[int, list[set[str]]] = {team: [] for team in session.scalars(select(Team.id))}
    for team, person in session.execute(select(TeamMember.team_id, TeamMember.person_id)):
        teams[team].append(skills[person])
    return teams


def problem_of(session: Session, period: Period) -> Problem:
    """The week as it was asked when it was planned."""
    roster = session.scalars(select(Roster).where(Roster.period_id == period.id)).one()
    return snapshot.build(session, roster, now=planned_at(period.first_day))


def published_turns(session: Session, problem: Problem) -> list[Turn]:
    rows = session.execute(select(Assignment.person_id, Assignment.shift_id))
    turns = [Turn(snapshot.person_key(person), snapshot.shift_key(shift)) for person, shift in rows]
    return [turn for turn in turns if turn.shift in problem.shift_by_id]


def broken_rules(problem: Problem, turns: Sequence[Turn]) -> list[Any]:
    return check.broken_rules(problem, check.Roster(problem, turns))


def local_days(session: Session, *conditions: Any) -> set[Any]:
    """The local dates on which shifts start."""
    starts = session.scalars(select(Shift.starts_at).where(*conditions))
    return {moment.astimezone(office_hours.ZONE).date() for moment in starts}
