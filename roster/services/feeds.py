"""Feeds: secret addresses for calendars, and telling calendars that what they show has changed.

An address leads to one calendar: of a volunteer, team, unit or site. Only the hash of its secret part is kept, so it
is shown once, and an account may have one for each device. Every service that changes a shift, who serves on it
or a name calls one of the `*_changed` functions in its own transaction: the kept bytes of exactly the calendars
concerned go stale with its commit, and of no other.
"""

import hashlib
import secrets
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import cast

from sqlalchemy import Select, and_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from roster import access
from roster.config import LANGUAGES
from roster.errors import FieldError, NotFound
from roster.models import (
    Account,
    Assignment,
    AssignmentState,
    FeedBody,
    FeedDocument,
    FeedKind,
    FeedToken,
    Person,
    Shift,
    Site,
    Team,
    TeamMember,
    Unit,
)
from roster.services import audit, fields

WINDOW = timedelta(days=30)
"""How far back calendars go."""

ALARMS = (15, 30, 60, 120, 1440)
"""Minutes before a shift that a calendar can ring."""

_TOKEN_BYTES = 24  # 192 bits
_LABEL_LENGTH = 100
_NO_ALARM = -1
_BATCH = 5_000  # ids in one statement; SQLite takes 32,766 parameters

_SERVING = Assignment.state == AssignmentState.ACTIVE

Ids = Collection[int] | Select[int]
Target = Person | Team | Unit | Site


@dataclass(frozen=True, slots=True)
class Wishes:
    """How somebody wants a calendar: `label` says for which device, `alarm_minutes` when it rings (None never)."""

    language: str = "vi"
    alarm_minutes: int | None = None
    label: str = ""


@dataclass(frozen=True, slots=True)
class NewAddress:
    """A calendar address as it is shown this once; `path` is below the service's base URL."""

    token: FeedToken
    path: str


def create(
    session: Session, kind: FeedKind, target_id: int, wishes: Wishes, *, by: Account, now: datetime
) -> NewAddress:
    """A new address for a calendar that the account may see. Raises NotFound, NotAllowed, FieldError."""
    target = _target(session, kind, target_id)
    _require_reader(by, target)
    if wishes.language not in LANGUAGES:
        raise FieldError(field="language", reason="unknown_choice", value=wishes.language)
    if wishes.alarm_minutes is not None and wishes.alarm_minutes not in ALARMS:
        raise FieldError(field="alarm", reason="unknown_choice", value=wishes.alarm_minutes)
    secret = secrets.token_urlsafe(_TOKEN_BYTES)
    token = FeedToken(
        account_id=by.id,
        kind=kind,
        target_id=target_id,
        token_hash=hashlib.sha256(secret.encode()).hexdigest(),
        label=fields.one_line(wishes.label, "label", longest=_LABEL_LENGTH, required=False),
        language=wishes.language,
        alarm_minutes=wishes.alarm_minutes,
        created_at=now,
    )
    session.add(token)
    _ensure_document(session, token)
    session.flush()
    audit.record(session, "feed.create", f"feed:{token.id}", by=by, now=now, kind=kind, target_id=target_id)
    return NewAddress(token, f"/feeds/{secret}.ics")


def rotate(session: Session, token_id: int, *, by: Account, now: datetime) -> NewAddress:
    """Replace an address by a new one for the same calendar; the old one answers "gone".

    Raises NotFound, NotAllowed.
    """
    old = own(session, token_id, by=by)
    revoke(session, token_id, by=by, now=now)
    wishes = Wishes(language=old.language, alarm_minutes=old.alarm_minutes, label=old.label)
    return create(session, old.kind, old.target_id, wishes, by=by, now=now)


def revoke(session: Session, token_id: int, *, by: Account, now: datetime) -> FeedToken:
    """End an address for good; doing it twice changes nothing. Raises NotFound."""
    token = own(session, token_id, by=by)
    if token.revoked_at is None:
        token.revoked_at = now
        audit.record(session, "feed.revoke", f"feed:{token.id}", by=by, now=now)
    return token


def own(session: Session, token_id: int, *, by: Account) -> FeedToken:
    """One of the account's own addresses; those of others don't exist for it. Raises NotFound."""
    token = session.get(FeedToken, token_id)
    if token is None or token.account_id != by.id:
        raise NotFound(what="feed", id=token_id)
    return token


def access_changed(session: Session, account: Account, *, now: datetime) -> None:
    """The account's roles changed: addresses of calendars that it may no longer see end."""
    session.flush()
    session.refresh(account, ["roles"])
    for token in session.scalars(
        select(FeedToken).where(FeedToken.account_id == account.id, FeedToken.revoked_at.is_(None))
    ):
        target = _found(session, token.kind, token.target_id)
        if target is None or not may_read(account, target):
            token.revoked_at = now


def readable_name(session: Session, kind: FeedKind, target_id: int, *, by: Account) -> str:
    """The name of a person, team, unit or site whose calendar the account may have. Raises NotFound, NotAllowed."""
    target = _target(session, kind, target_id)
    _require_reader(by, target)
    return target.full_name if isinstance(target, Person) else target.name


def may_read(account: Account, target: Target) -> bool:
    """Whether the account may have the calendar of this person, team, unit or site."""
    match target:
        case Person():
            return access.is_self(account, target)
        case Team():
            return access.may_see_team(account, target)
        case Unit():
            return access.may_plan(account, target)
        case Site():
            return access.may_see_site(account, target)


def _require_reader(account: Account, target: Target) -> None:
    match target:
        case Person():
            access.require_self(account, target)
        case Team():
            access.require_team_viewer(account, target)
        case Unit():
            access.require_planner(account, target)
        case Site():
            access.require_site_viewer(account, target)


_TARGETS: dict[FeedKind, type[Target]] = {
    FeedKind.VOLUNTEER: Person,
    FeedKind.TEAM: Team,
    FeedKind.UNIT: Unit,
    FeedKind.SITE: Site,
}


def _found(session: Session, kind: FeedKind, target_id: int) -> Target | None:
    return cast("Target | None", session.get(_TARGETS[kind], target_id))


def _target(session: Session, kind: FeedKind, target_id: int) -> Target:
    target = _found(session, kind, target_id)
    if target is None:
        raise NotFound(what=kind.value, id=target_id)
    return target


def _ensure_document(session: Session, token: FeedToken) -> None:
    """The row that counts changes has to be there before the first of them."""
    alarm = _NO_ALARM if token.alarm_minutes is None else token.alarm_minutes
    key = {"kind": token.kind, "target_id": token.target_id, "language": token.language, "alarm_minutes": alarm}
    if session.scalar(select(FeedDocument.id).filter_by(**key)) is not None:
        return
    try:
        with session.begin_nested():
            document = FeedDocument(**key)
            session.add(document)
            session.flush()
            session.add(FeedBody(document_id=document.id))
    except IntegrityError:
        pass  # somebody else's address for the same calendar came first, which is as good


def shifts_changed(session: Session, shift_ids: Collection[int], *, now: datetime) -> None:
    """Something shown of these shifts changed: made, moved, cancelled, restored, reworded, or who serves there.

    Call it after the change. A shift that moves to another site leaves calendars too: tell `site_changed` of the
    old one. The events' own marks (sequence, changed_at) are the caller's.
    """
    session.flush()
    for ids in _batches(shift_ids):
        shown = and_(Shift.id.in_(ids), Shift.ends_at >= now - WINDOW)
        _go_stale(session, FeedKind.SITE, select(Shift.site_id).where(shown))
        _go_stale(session, FeedKind.UNIT, _units_above(session, select(Shift.site_id).where(shown)))
        people = select(Assignment.person_id).join(Assignment.shift).where(shown)
        _go_stale(session, FeedKind.VOLUNTEER, people)
        _go_stale(session, FeedKind.TEAM, select(TeamMember.team_id).where(TeamMember.person_id.in_(people)))


def people_changed(session: Session, person_ids: Collection[int], *, now: datetime) -> None:
    """What calendars show of these people changed: their name, birthday or consent to be named.

    Stamps their coming and recent shifts anew, because calendars ignore a change whose time has not risen.
    """
    session.flush()
    for ids in _batches(person_ids):
        shifts = session.scalars(
            select(Assignment.shift_id)
            .join(Assignment.shift)
            .where(Assignment.person_id.in_(ids), _SERVING)
            .where(Shift.ends_at >= now - WINDOW)
            .distinct()
        ).all()
        _stamp_people(session, shifts, now)
        shifts_changed(session, shifts, now=now)


def members_changed(session: Session, *team_ids: int) -> None:
    """Somebody joined or left the teams, or their names changed."""
    _go_stale(session, FeedKind.TEAM, team_ids)


def site_changed(session: Session, site_id: int) -> None:
    """The site's name or unit changed, or a shift was moved away from it."""
    _go_stale(session, FeedKind.SITE, [site_id])
    _go_stale(session, FeedKind.UNIT, _units_above(session, [site_id]))


def unit_changed(session: Session, unit_id: int) -> None:
    """The unit's name changed."""
    _go_stale(session, FeedKind.UNIT, [unit_id])


def qualification_changed(
    session: Session, code: str, *, now: datetime, person_ids: Collection[int] | None = None
) -> None:
    """Its name changed, or who has it among these people: shifts that need it read differently from now on."""
    session.flush()
    shifts = select(Shift.id, Shift.needs).where(Shift.ends_at >= now - WINDOW)
    if person_ids is not None:
        shifts = shifts.where(
            Shift.id.in_(select(Assignment.shift_id).where(Assignment.person_id.in_(person_ids), _SERVING))
        )
    concerned = [shift_id for shift_id, needs in session.execute(shifts) if code in needs]
    _stamp_people(session, concerned, now)
    shifts_changed(session, concerned, now=now)


def programme_changed(session: Session, programme_id: int, *, now: datetime) -> None:
    """The programme's name changed: each of its shifts reads differently from now on."""
    session.flush()
    shifts = session.scalars(
        select(Shift.id).where(Shift.programme_id == programme_id, Shift.ends_at >= now - WINDOW)
    ).all()
    for ids in _batches(shifts):
        session.execute(update(Shift).where(Shift.id.in_(ids)).values(changed_at=now))
    shifts_changed(session, shifts, now=now)


def _stamp_people(session: Session, shift_ids: Sequence[int], now: datetime) -> None:
    for ids in _batches(shift_ids):
        session.execute(update(Shift).where(Shift.id.in_(ids)).values(people_changed_at=now))


def _go_stale(session: Session, kind: FeedKind, targets: Ids) -> None:
    session.execute(
        update(FeedDocument)
        .where(FeedDocument.kind == kind, FeedDocument.target_id.in_(targets))
        .values(changes=FeedDocument.changes + 1)
        .execution_options(synchronize_session=False)
    )


def _units_above(session: Session, site_ids: Ids) -> set[int]:
    """The units of the sites and every unit above them, read off their paths ("/1/4/9/")."""
    paths = session.scalars(select(Unit.path).join(Site, Site.unit_id == Unit.id).where(Site.id.in_(site_ids)))
    return {int(unit_id) for path in paths for unit_id in path.split("/") if unit_id}


def _batches(ids: Collection[int]) -> Iterator[Sequence[int]]:
    ordered = sorted(set(ids))
    for start in range(0, len(ordered), _BATCH):
        yield ordered[start : start + _BATCH]
