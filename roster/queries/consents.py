"""Which consents somebody has still to give or to bring, for the pages on which that matters."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from roster.models import Consent, ConsentKind, Delivery, DeliveryState, GuardianLink, Letter, Person
from roster.queries.personal_data import consents_of


@dataclass(frozen=True, slots=True)
class Asking:
    """How far asking a guardian has come.

    `asked_at`: when a link was made that still holds, if one was; `sent_to`: where we sent it, "" if it was handed on.
    `failed`: our letter did not arrive. `refused_at`: when a guardian said no, or took a yes back, if that is the last
    word.
    """

    asked_at: datetime | None = None
    sent_to: str = ""
    failed: bool = False
    refused_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Awaited:
    """What is missing: one's `own` consent ("unasked", or "taken_back" and nobody plans with them), a `guardian`'s."""

    own: Literal["", "unasked", "taken_back"]
    guardian: bool
    asking: Asking

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
        asking=askings_of(session, [person.id], now=now).get(person.id, Asking()) if unguarded else Asking(),
    )


def askings_of(session: Session, person_ids: Sequence[int], *, now: datetime) -> Mapping[int, Asking]:
    """By person, of those whose guardian was asked; of those who have a standing consent only what came before it."""
    links = {
        link.person_id: link
        for link in session.scalars(
            select(GuardianLink).where(GuardianLink.person_id.in_(person_ids), GuardianLink.expires_at > now)
        )
    }
    ended = select(Consent.person_id, func.max(Consent.withdrawn_at)).where(Consent.person_id.in_(person_ids))
    refused = dict(session.execute(ended.where(Consent.kind == ConsentKind.GUARDIAN).group_by(Consent.person_id)).all())
    failed = _failed(session, [link for link in links.values() if link.sent_to])
    return {id: _asking(links.get(id), id in failed, refused.get(id)) for id in {*links, *refused}}


def _asking(link: GuardianLink | None, failed: bool, refused_at: datetime | None) -> Asking:
    last_word = refused_at if refused_at and (link is None or refused_at > link.created_at) else None
    if link is None or last_word:
        return Asking(refused_at=last_word)
    return Asking(link.created_at, link.sent_to, failed)


def _failed(session: Session, links: Sequence[GuardianLink]) -> set[int]:
    """The people to whose guardians our letter did not arrive."""
    if not links:
        return set()
    letters = (
        select(Letter.person_id, Letter.sent_to)
        .join(Letter.deliveries)
        .where(Letter.person_id.in_([link.person_id for link in links]), Delivery.state == DeliveryState.FAILED)
    )
    went_wrong = {tuple(row) for row in session.execute(letters)}
    return {link.person_id for link in links if (link.person_id, link.sent_to) in went_wrong}
