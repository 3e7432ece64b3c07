"""Skills that published shifts need and those who serve on them lack: what a number of people alone would hide."""

from collections import Counter, defaultdict
from collections.abc import Mapping
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from roster.models import Assignment, AssignmentState, PersonQualification, Qualification, Shift

Needs = Mapping[str, int]
"""How many people, by the code of a qualification."""


def missing(session: Session, shifts: Mapping[int, tuple[date, Needs]]) -> Mapping[int, Needs]:
    """What each shift, given by id with its local day and its needs, still lacks; those that lack none are absent.

    A qualification counts that is valid on the day, as in calendars: whoever comes then is what the place gets.
    """
    needy = {id: needs for id, (_day, needs) in shifts.items() if needs}
    if not needy:
        return {}
    there = _qualified(
        session, {id: shifts[id][0] for id in needy}, {code for needs in needy.values() for code in needs}
    )
    gaps = {id: missing_to(needs, there[id]) for id, needs in needy.items()}
    return {id: gap for id, gap in gaps.items() if gap}


def missing_of(session: Session, shift: Shift) -> Needs:
    """The same of one shift."""
    day = shift.site.unit.day_of(shift.starts_at)
    return missing(session, {shift.id: (day, shift.needs)}).get(shift.id, {})


def missing_to(needs: Needs, there: Needs) -> Needs:
    """The needs beyond those who are there, in the order of their codes."""
    return {code: least - there.get(code, 0) for code, least in sorted(needs.items()) if there.get(code, 0) < least}


def _qualified(session: Session, days: Mapping[int, date], codes: set[str]) -> Mapping[int, Counter[str]]:
    """How many of those who serve on each shift hold each of the qualifications on its day."""
    held = PersonQualification
    rows = session.execute(
        select(Assignment.shift_id, Qualification.code, held.granted_on, held.valid_until)
        .join(held, held.person_id == Assignment.person_id)
        .join(held.qualification)
        .where(Assignment.shift_id.in_(days), Assignment.state == AssignmentState.ACTIVE, Qualification.code.in_(codes))
    )
    there: dict[int, Counter[str]] = defaultdict(Counter)
    for shift_id, code, granted_on, valid_until in rows:
        there[shift_id][code] += granted_on <= days[shift_id] <= (valid_until or date.max)
    return there
