"""Qualifications: their names by code, and how many people hold them now."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from roster import access
from roster.models import Account, Person, PersonQualification, Qualification, Unit


@dataclass(frozen=True, slots=True)
class QualificationRow:
    """A qualification; `people`: active people the account plans for who hold it today."""

    id: int
    code: str
    name_vi: str
    name_en: str
    people: int


def qualification_list(session: Session, account: Account, *, today: date) -> Sequence[QualificationRow]:
    holders = dict(
        session.execute(
            select(PersonQualification.qualification_id, func.count())
            .join(Person)
            .join(Unit)
            .where(access.within_reach(account), Person.active, PersonQualification.granted_on <= today)
            .where(or_(PersonQualification.valid_until.is_(None), PersonQualification.valid_until >= today))
            .group_by(PersonQualification.qualification_id)
        ).all()
    )
    rows = session.scalars(select(Qualification).order_by(Qualification.code))
    return [QualificationRow(row.id, row.code, row.name_vi, row.name_en, holders.get(row.id, 0)) for row in rows]


def names_by_code(session: Session, language: str) -> dict[str, str]:
    """Each code with its name in the language, in the order of the codes."""
    rows = session.scalars(select(Qualification).order_by(Qualification.code))
    return {row.code: row.name_en if language == "en" else row.name_vi for row in rows}
