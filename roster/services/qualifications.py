"""Qualifications: what a shift may demand of people, and who has been granted which.

The list is one for the whole installation, because demands, imports and solver files name its codes; so only those who
administer a root unit change it. Granting is the business of whoever plans the person's unit.
"""

import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from roster import access
from roster.errors import AlreadyExists, EndsBeforeStart, FieldError, NotFound
from roster.models import Account, Person, PersonQualification, Qualification
from roster.services import audit, feeds, fields, people

CODE = re.compile(r"[a-z][a-z0-9_-]*")
CODE_LENGTH = 40
NAME_LENGTH = 100


@dataclass(frozen=True, slots=True)
class QualificationDetails:
    """What a form says of a qualification, as typed. The code is set once and never changes."""

    name_vi: str
    name_en: str
    code: str = ""


def create(session: Session, details: QualificationDetails, *, by: Account, now: datetime) -> Qualification:
    """Raises NotAllowed, FieldError, AlreadyExists."""
    access.require_installation_editor(by)
    code = fields.one_line(details.code, "code", longest=CODE_LENGTH)
    if not CODE.fullmatch(code):
        raise FieldError(field="code", reason="not_a_code")
    if session.scalar(select(Qualification.id).where(Qualification.code == code)) is not None:
        raise AlreadyExists(what="qualification", field="code", value=code)
    qualification = Qualification(code=code)
    _name(qualification, details)
    session.add(qualification)
    session.flush()
    audit.record(session, "qualification.create", f"qualification:{qualification.id}", by=by, now=now, code=code)
    return qualification


def change(
    session: Session, qualification_id: int, details: QualificationDetails, *, by: Account, now: datetime
) -> Qualification:
    """Change the names. Raises NotFound, NotAllowed, FieldError."""
    access.require_installation_editor(by)
    qualification = get(session, qualification_id)
    _name(qualification, details)
    feeds.qualification_changed(session, qualification.code, now=now)
    subject = f"qualification:{qualification.id}"
    audit.record(session, "qualification.change", subject, by=by, now=now, name=qualification.name_vi)
    return qualification


def get(session: Session, qualification_id: int) -> Qualification:
    """Raises NotFound."""
    qualification = session.get(Qualification, qualification_id)
    if qualification is None:
        raise NotFound(what="qualification", id=qualification_id)
    return qualification


def grant(
    session: Session,
    person_id: int,
    qualification_id: int,
    *,
    granted_on: date,
    valid_until: date | None = None,
    by: Account,
    now: datetime,
) -> PersonQualification:
    """Say that the person may do this from a day on; granting again sets both days anew.

    Raises NotFound, NotAllowed, EndsBeforeStart.
    """
    person = people.planned(session, person_id, by=by)
    qualification = get(session, qualification_id)
    if valid_until is not None and valid_until < granted_on:
        raise EndsBeforeStart(field="valid_until", starts=granted_on, ends=valid_until)
    held = _held(session, person, qualification) or PersonQualification(person=person, qualification=qualification)
    held.granted_on, held.valid_until = granted_on, valid_until
    session.add(held)
    feeds.qualification_changed(session, qualification.code, now=now, person_ids=[person.id])
    _record(session, "qualification.grant", person, qualification, by, now)
    return held


def grant_to(
    session: Session,
    person_ids: Collection[int],
    qualification_id: int,
    *,
    granted_on: date,
    by: Account,
    now: datetime,
) -> list[PersonQualification]:
    """Say of many at once that they may do this, without end; who has it keeps their days.

    Raises NotFound, NotAllowed.
    """
    qualification = get(session, qualification_id)
    having = select(PersonQualification.person_id).where(PersonQualification.qualification_id == qualification_id)
    holders = set(session.scalars(having))
    new = [people.planned(session, id, by=by) for id in dict.fromkeys(person_ids) if id not in holders]
    held = [PersonQualification(person=one, qualification=qualification, granted_on=granted_on) for one in new]
    session.add_all(held)
    feeds.qualification_changed(session, qualification.code, now=now, person_ids=[person.id for person in new])
    for person in new:
        _record(session, "qualification.grant", person, qualification, by, now)
    return held


def withdraw(session: Session, person_id: int, qualification_id: int, *, by: Account, now: datetime) -> None:
    """Raises NotFound (also if the person does not have it), NotAllowed."""
    person = people.planned(session, person_id, by=by)
    qualification = get(session, qualification_id)
    held = _held(session, person, qualification)
    if held is None:
        raise NotFound(what="qualification", id=qualification_id)
    person.qualifications.remove(held)
    feeds.qualification_changed(session, qualification.code, now=now, person_ids=[person.id])
    _record(session, "qualification.withdraw", person, qualification, by, now)


def _held(session: Session, person: Person, qualification: Qualification) -> PersonQualification | None:
    same = (PersonQualification.person_id == person.id, PersonQualification.qualification_id == qualification.id)
    return session.scalar(select(PersonQualification).where(*same))


def _name(qualification: Qualification, details: QualificationDetails) -> None:
    qualification.name_vi = fields.one_line(details.name_vi, "name_vi", longest=NAME_LENGTH)
    qualification.name_en = fields.one_line(details.name_en, "name_en", longest=NAME_LENGTH)


def _record(
    session: Session, action: str, person: Person, qualification: Qualification, by: Account, now: datetime
) -> None:
    subject = f"person:{person.id}"
    audit.record(session, action, subject, by=by, now=now, unit=person.unit, code=qualification.code)
