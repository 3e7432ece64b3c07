"""Which consents somebody has still to give or to bring, for the pages on which that matters."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import select
from sqlalchemy.orm import Session

from roster.models import ConsentKind, GuardianLink, Person
from roster.queries.personal_data import consents_of


@dataclass(frozen=True, slots=True)
class Awaited:
    """What is missing: one's `own` consent ("unasked", or "taken_back" and nobody plans with them), a `guardian`'s.

    `asked_at`: when a link for the guardian was made last, if one holds.
    """

    own: Literal["", "unasked", "taken_back"]
    guardian: bool
    asked_at: datetime | None

    @property
    def bars(self) -> bool:
        """Whether nobody may plan with the person before."""
        return self.guardian or self.own == "taken_back"


def awaited_of(session: Session, person: Person, *, now: datetime) -> Awaited:
    rows = consents_of(session, person)
    standing = {row.kind for row in rows if row.withdrawn_at is None}
    asked = {row.kind for row in rows}
    unguarded = person.is_minor(person.unit.day_of(now)) and ConsentKind.GUARDIAN not in standing
    return Awaited(
        own="" if ConsentKind.OWN in standing else "taken_back" if ConsentKind.OWN in asked else "unasked",
        guardian=unguarded,
        asked_at=_asked_at(session, person, now) if unguarded else None,
    )


def _asked_at(session: Session, person: Person, now: datetime) -> datetime | None:
    return session.scalar(
        select(GuardianLink.created_at).where(GuardianLink.person_id == person.id, GuardianLink.expires_at > now)
    )
