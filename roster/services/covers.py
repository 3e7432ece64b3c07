"""Cover: asking several people to stand in, of whom the first to say yes gets the place.

A coordinator asks for an empty place, or for somebody's who cannot come; a volunteer asks for their own turn, and
stays on it until somebody says yes. The others are thanked and told, whoever was quicker.
"""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from roster import access
from roster.errors import FieldError, NotFound, PlaceTaken, TurnChanged
from roster.models import Account, AskState, CoverAsk, CoverCall, MessageKind, Shift
from roster.planning import staffing
from roster.services import asking, audit, fields, outbox, places, turn_rules, turns, withdrawals
from roster.services.turns import Way

MOST_ASKED = 20
TEXT_LENGTH = 600


def ask(
    session: Session,
    shift_id: int,
    person_ids: Collection[int],
    *,
    text: str = "",
    leaving_id: int | None = None,
    by: Account,
    now: datetime,
) -> CoverCall:
    """Ask people to stand in on a shift, for an empty place or for whoever is named to be relieved.

    Asking again adds to those asked. Raises NotFound, NotAllowed; FieldError (`none_chosen`, `too_many`,
    `asked_enough` for all of them); RuleBroken
    (`past`, `cancelled`); PlaceTaken if no place is empty and nobody leaves.
    """
    turns.lock(session, [shift_id], [leaving_id] if leaving_id else [])
    shift = session.get_one(Shift, shift_id)
    access.require_planner(by, shift.site.unit)
    if leaving_id is not None:
        turns.require_as_seen(session, [], [(shift_id, leaving_id)])
    return _ask(session, shift, person_ids, text, leaving_id, by, now)


def ask_for_oneself(
    session: Session, assignment_id: int, person_ids: Collection[int], *, text: str = "", by: Account, now: datetime
) -> CoverCall:
    """Ask people to take over one's own turn. Raises as `ask`, and TurnChanged for a turn that is gone."""
    turn = withdrawals.own_turn(session, assignment_id, by=by, now=now)
    return _ask(session, turn.shift, person_ids, text, turn.person_id, by, now)


def stop(session: Session, call_id: int, *, by: Account, now: datetime) -> CoverCall:
    """Seek nobody any more. Raises NotFound, NotAllowed."""
    call = session.get(CoverCall, call_id)
    if call is None:
        raise NotFound(what="cover call", id=call_id)
    if call.leaving is None or not access.is_self(by, call.leaving):
        access.require_planner(by, call.shift.site.unit)
    turns.lock(session, [call.shift_id])
    if call.closed_at is None:
        places.close_call(session, call, now=now)
    return call


def answer(session: Session, ask_id: int, *, yes: bool, by: Account, now: datetime) -> CoverAsk:
    """Stand in, or not. The state says whether one has the place (YES) or a coordinator must still agree (AGREED).

    Raises NotFound, NotAllowed; PlaceTaken if somebody was quicker; TurnChanged if nobody is asked now; RuleBroken.
    """
    found = _get(session, ask_id)
    access.require_self(by, found.person)
    _lock(session, found)
    if found.call.closed_at is not None and was_filled(session, found.call, found.person_id):
        raise PlaceTaken(shift_id=found.call.shift_id)
    if found.call.closed_at is not None or found.state is not AskState.ASKED:
        raise TurnChanged(what="cover", id=ask_id)
    found.answered_at = now
    if not yes:
        found.state = AskState.NO
        _note(session, found.call, "cover.decline", by, now, person_id=found.person_id)
        if all(ask.state is AskState.NO for ask in found.call.asks):
            _tell_nobody_can(session, found.call, now)
    elif _needs_agreement(session, found.call):
        _wait_for_agreement(session, found, by, now)
    else:
        _give(session, found, by, now)
    return found


def was_filled(session: Session, call: CoverCall, person_id: int) -> bool:
    """Whether somebody else than the person has the place, rather than that nobody is sought for it any more."""
    if turns.is_serving(session, call.shift_id, person_id):
        return False
    if call.leaving_id is not None and turns.is_serving(session, call.shift_id, call.leaving_id):
        return False
    return any(ask.state is AskState.YES for ask in call.asks) or places.empty(session, call.shift) <= 0


def agree(session: Session, ask_id: int, *, agreed: bool, by: Account, now: datetime) -> CoverAsk:
    """Let somebody who said yes have the place, or not. Raises NotFound, NotAllowed, TurnChanged, RuleBroken."""
    found = _get(session, ask_id)
    access.require_planner(by, found.call.shift.site.unit)
    _lock(session, found)
    if found.state is not AskState.AGREED:
        raise TurnChanged(what="cover", id=ask_id)
    turns.require_to_come(found.call.shift, now)
    if agreed:
        _give(session, found, by, now)
    else:
        found.state = AskState.CLOSED
        _note(session, found.call, "cover.refuse", by, now, person_id=found.person_id)
    facts = {"shift_id": found.call.shift_id, "agreed": agreed, "reason": ""}
    outbox.tell(session, found.person_id, MessageKind.CLAIM_ANSWERED, facts, now=now)
    return found


def _ask(
    session: Session,
    shift: Shift,
    person_ids: Collection[int],
    text: str,
    leaving_id: int | None,
    by: Account,
    now: datetime,
) -> CoverCall:
    turns.require_to_come(shift, now)
    if leaving_id is None and places.left(session, shift) <= 0:
        raise PlaceTaken(shift_id=shift.id)
    call = _open_call(session, shift.id, leaving_id) or CoverCall(shift=shift, leaving_id=leaving_id, asked_at=now)
    call.text = fields.one_line(text, "text", longest=TEXT_LENGTH, required=False)
    call.asked_by_id = by.id
    session.add(call)
    fresh = _fresh(session, call, person_ids, now)
    call.asks += [CoverAsk(person_id=person_id, state=AskState.ASKED, asked_at=now) for person_id in fresh]
    session.flush()
    places.tell_asked(session, call, fresh, now=now)
    _note(session, call, "cover.ask", by, now, person_id=leaving_id, asked=len(fresh))
    return call


def _fresh(session: Session, call: CoverCall, person_ids: Collection[int], now: datetime) -> list[int]:
    """Those chosen who could take the place now, and may be asked and were not yet. Raises FieldError."""
    known = {ask.person_id for ask in call.asks}
    wanted = sorted({person_id for person_id in person_ids if person_id not in known})
    if len(wanted) > MOST_ASKED:
        raise FieldError(field="person_id", reason="too_many", most=MOST_ASKED)
    roster = turns.published_roster(session, call.shift)
    about = staffing.of_published(session, roster, [call.shift.id], wanted, now=now)
    leaving = [(call.shift.id, call.leaving_id)] if call.leaving_id else []
    serving = places.serving(session, call.shift.id)
    found = [
        person_id
        for person_id in wanted
        if person_id not in serving
        and about.knows(person_id)
        and not about.exchange([(call.shift.id, person_id)], leaving)
    ]
    if not found:
        raise FieldError(field="person_id", reason="none_chosen")
    may_be_asked = asking.askable(session, found, call.shift.id, now=now)
    if not may_be_asked:
        raise FieldError(field="person_id", reason="asked_enough")
    return [person_id for person_id in found if person_id in may_be_asked]


def _open_call(session: Session, shift_id: int, leaving_id: int | None) -> CoverCall | None:
    mine = {"shift_id": shift_id, "leaving_id": leaving_id, "closed_at": None}
    return session.scalars(select(CoverCall).filter_by(**mine)).first()


def _get(session: Session, ask_id: int) -> CoverAsk:
    found = session.get(CoverAsk, ask_id)
    if found is None:
        raise NotFound(what="cover", id=ask_id)
    return found


def _lock(session: Session, found: CoverAsk) -> None:
    leaving = [found.call.leaving_id] if found.call.leaving_id else []
    turns.lock(session, [found.call.shift_id], [found.person_id, *leaving])


def _needs_agreement(session: Session, call: CoverCall) -> bool:
    """A coordinator who asked has agreed already."""
    by_oneself = call.leaving_id is not None and call.asked_by.person_id == call.leaving_id
    return by_oneself and turn_rules.of(session, call.shift.site.unit).swaps_agreed


def _wait_for_agreement(session: Session, found: CoverAsk, by: Account, now: datetime) -> None:
    """Only somebody who could have the place now is worth a coordinator's look."""
    call = found.call
    roster = {call.shift_id: turns.published_roster(session, call.shift)}
    leaving = [(call.shift_id, call.leaving_id)] if call.leaving_id else []
    turns.refuse(session, turns.refusals(session, roster, [(call.shift_id, found.person_id)], leaving, now=now))
    found.state = AskState.AGREED
    facts = {"shift_id": call.shift_id, "person_id": found.person_id, "path": f"/places/{call.shift_id}"}
    outbox.tell_coordinators(session, call.shift.site.unit, MessageKind.CLAIM_ASKED, facts, now=now)
    _note(session, call, "cover.accept", by, now, person_id=found.person_id)


def _give(session: Session, found: CoverAsk, by: Account, now: datetime) -> None:
    """The place is theirs; the others are thanked, and whoever is relieved is told."""
    call = found.call
    joining = [(call.shift_id, found.person_id)]
    leaving = [(call.shift_id, call.leaving_id)] if call.leaving_id else []
    if not leaving and places.left_for(session, call.shift, found.person_id) <= 0:
        raise PlaceTaken(shift_id=call.shift_id)
    said_at = found.answered_at
    turns.change(session, joining=joining, leaving=leaving, way=Way.COVERED, by=by, now=now, said_at=said_at)
    found.state = AskState.YES
    places.close_call(session, call, now=now)
    _tell_asker(session, found, now)
    places.settle(session, [call.shift_id], now=now)


def _tell_asker(session: Session, found: CoverAsk, now: datetime) -> None:
    call = found.call
    facts = {"shift_id": call.shift_id, "person_id": found.person_id}
    if call.leaving_id is not None:
        outbox.tell(session, call.leaving_id, MessageKind.COVER_TAKEN, facts | {"relieved": True}, now=now)
    if call.asked_by.person_id != call.leaving_id or call.leaving_id is None:
        outbox.tell_coordinators(session, call.shift.site.unit, MessageKind.COVER_TAKEN, facts, now=now)


def _tell_nobody_can(session: Session, call: CoverCall, now: datetime) -> None:
    facts = {"shift_id": call.shift_id}
    if call.leaving_id is not None and call.asked_by.person_id == call.leaving_id:
        own = {"own": True, "path": places.MY_PAGE}
        outbox.tell(session, call.leaving_id, MessageKind.COVER_DECLINED, facts | own, now=now)
    else:
        path = {"path": f"/places/{call.shift_id}"}
        outbox.tell_coordinators(session, call.shift.site.unit, MessageKind.COVER_DECLINED, facts | path, now=now)


def _note(session: Session, call: CoverCall, action: str, by: Account, now: datetime, **facts: object) -> None:
    unit = call.shift.site.unit
    audit.record(session, action, f"shift:{call.shift_id}", by=by, now=now, unit=unit, **facts)
