"""Placements: what a coordinator does at once to a published place, on the phone with somebody or in the room.

Everything else about a published week goes through the draft and the next publication.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from roster import access
from roster.errors import NotFound
from roster.models import Account, MessageKind, Person, Roster, Shift
from roster.planning import scope
from roster.planning.difference import Turn
from roster.services import fields, outbox, places, turns
from roster.services.turns import Way

REASON_LENGTH = 300


def put(session: Session, shift_id: int, person_id: int, *, by: Account, now: datetime) -> None:
    """Put somebody on a published shift. Raises NotFound, NotAllowed, AlreadyExists, RuleBroken."""
    _require(session, shift_id, person_id, by)
    rearrange(session, joining=[(shift_id, person_id)], way=Way.BY_HAND, by=by, now=now)


def take_off(session: Session, shift_id: int, person_id: int, *, reason: str, by: Account, now: datetime) -> None:
    """Take somebody off a published shift. Raises NotFound, NotAllowed, FieldError, TurnChanged, RuleBroken."""
    _require(session, shift_id, person_id, by)
    why = fields.one_line(reason, "reason", longest=REASON_LENGTH, required=False)
    rearrange(session, leaving=[(shift_id, person_id)], way=Way.BY_HAND, reason=why, by=by, now=now)


def put_by_swap(
    session: Session,
    shift_id: int,
    person_id: int,
    *,
    gives_id: int,
    to_id: int,
    leaving_id: int | None = None,
    by: Account,
    now: datetime,
) -> None:
    """Put somebody on a published shift who gives another of their turns to somebody else for it, all at once.

    `gives_id`: the shift they give up, `to_id` who takes it, `leaving_id` whose place they take. Raises NotFound,
    NotAllowed, AlreadyExists, TurnChanged, RuleBroken.
    """
    _require(session, shift_id, person_id, by)
    _require(session, gives_id, to_id, by)
    leaving = [(gives_id, person_id)] + ([(shift_id, leaving_id)] if leaving_id else [])
    joining = [(shift_id, person_id), (gives_id, to_id)]
    rearrange(session, joining=joining, leaving=leaving, way=Way.REARRANGED, by=by, now=now)


def rearrange(
    session: Session,
    *,
    joining: Collection[Turn] = (),
    leaving: Collection[Turn] = (),
    way: Way,
    reason: str = "",
    by: Account,
    now: datetime,
) -> None:
    """Have these published turns come and those go, all or none, and tell everybody concerned.

    The caller has asked whether `by` may. Raises as `turns.change`; NotFound for somebody who was never of the unit.
    """
    rosters = turns.lock(session, [shift_id for shift_id, _ in (*joining, *leaving)])
    _require_known(session, rosters, joining)
    turns.change(session, joining=joining, leaving=leaving, way=way, by=by, now=now, reason=reason)
    for shift_id, person_id in leaving:
        facts = {"shift_id": shift_id, "reason": reason}
        outbox.tell(session, person_id, MessageKind.TURN_CANCELLED, facts, now=now)
    for shift_id, person_id in joining:
        outbox.tell(session, person_id, MessageKind.TURN_ADDED, {"shift_id": shift_id}, now=now)
    places.settle(session, sorted({shift_id for shift_id, _ in (*joining, *leaving)}), now=now)


def _require(session: Session, shift_id: int, person_id: int, by: Account) -> None:
    shift = session.get(Shift, shift_id)
    if shift is None or session.get(Person, person_id) is None:
        raise NotFound(what="shift", id=shift_id)
    access.require_planner(by, shift.site.unit)


def _require_known(session: Session, rosters: Mapping[int, Roster], joining: Collection[Turn]) -> None:
    """No refusal may name a stranger to whoever typed a number, or numbers typed one by one would give all names."""
    coming: dict[str, set[int]] = defaultdict(set)
    for shift_id, person_id in joining:
        coming[rosters[shift_id].period.unit.path].add(person_id)
    for path, person_ids in coming.items():
        known = select(Person.id).where(Person.id.in_(person_ids), scope.belongs(path))
        if strangers := person_ids - set(session.scalars(known)):
            raise NotFound(what="person", id=min(strangers))
