"""Claims: taking a free place, and waiting in order for one.

Whoever takes a place first has it; a unit may have a coordinator agree first. Where no place is left one waits. When
one becomes free it is kept for the first who may take it, until they say yes or their time is over: an unseen
promotion would be worth nothing. Where a coordinator agrees first it is kept until they have answered.
"""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from roster import access
from roster.errors import NotFound, PlaceTaken, TurnChanged
from roster.models import Account, Claim, ClaimState, Level, MessageKind, Person, Shift
from roster.planning import staffing
from roster.services import audit, availability, outbox, places, turn_rules, turns
from roster.services.availability import ExceptionDetails
from roster.services.places import OPEN_CLAIMS
from roster.services.turns import Way


def claim(session: Session, shift_id: int, person: Person, *, by: Account, now: datetime) -> Claim:
    """Take a place for oneself; the claim's state says whether it is TAKEN, ASKED for, or one is WAITING.

    A phone that had no answer asks again: whoever has taken the place has it still.

    Raises NotFound, NotAllowed; RuleBroken for a hard rule, a shift that has begun (`past`) or is called off
    (`cancelled`); ServesAlready if one is on it otherwise.
    """
    access.require_self(by, person)
    shift = _lock(session, shift_id, person.id)
    turns.require_to_come(shift, now)
    places.settle(session, [shift.id], now=now)
    if (taken := _taken(session, shift_id, person.id)) is not None:
        return taken
    found = _open_claim(session, shift_id, person.id)
    if found is not None and places.is_kept(found):
        return _say_yes(session, found, shift, by, now)
    full = places.left(session, shift) <= 0
    asks = not full and turn_rules.of(session, shift.site.unit).claims_agreed
    if not full:
        _require_not_kept(session, shift, person.id, now)
    if found is None:
        if full or asks:
            _require_able(session, shift, person.id, now)
        found = Claim(shift_id=shift_id, person_id=person.id, state=ClaimState.WAITING, asked_at=now)
        session.add(found)
        session.flush()
        if full:
            _note(session, found, "claim.wait", by, now)
    if full:
        return found
    return _ask(session, found, by, now) if asks else _take(session, found, Way.CLAIMED, by, now)


def say_free(session: Session, shift_id: int, person: Person, *, by: Account, now: datetime) -> None:
    """Note that the person can come at the hours of the shift after all. Raises NotFound, NotAllowed, FieldError."""
    shift = session.get(Shift, shift_id)
    if shift is None:
        raise NotFound(what="shift", id=shift_id)
    zone = person.unit.zone
    starts, ends = shift.starts_at.astimezone(zone), shift.ends_at.astimezone(zone)
    hours = ExceptionDetails(
        first_day=starts.date().isoformat(),
        last_day=ends.date().isoformat(),
        starts=f"{starts:%H:%M}",
        ends=f"{ends:%H:%M}",
        level=Level.AVAILABLE,
    )
    availability.add_exception(session, person, hours, by=by, now=now)


def accept(session: Session, claim_id: int, *, by: Account, now: datetime) -> Claim:
    """Say yes to a place one was waiting for: it is TAKEN, or ASKED for and still kept. A second yes changes nothing.

    Raises as `claim`; TurnChanged if it is offered no more.
    """
    found = get(session, claim_id)
    access.require_self(by, found.person)
    shift = _lock(session, found.shift_id, found.person_id)
    turns.require_to_come(shift, now)
    if found.state is ClaimState.TAKEN and turns.is_serving(session, shift.id, found.person_id):
        return found
    late = found.state is ClaimState.OFFERED and found.answer_by is not None and found.answer_by < now
    if late or not places.is_kept(found):
        state = ClaimState.LAPSED if late else found.state
        raise TurnChanged(what="claim", id=claim_id, state=state.value, answer_by=found.answer_by)
    return _say_yes(session, found, shift, by, now)


def let_go(session: Session, claim_id: int, *, by: Account, now: datetime) -> Claim:
    """Wait, ask or be offered no more; the next is asked. Raises NotFound, NotAllowed."""
    found = get(session, claim_id)
    access.require_self(by, found.person)
    _lock(session, found.shift_id, found.person_id)
    if found.state in OPEN_CLAIMS:
        found.state, found.settled_at = ClaimState.LET_GO, now
        _note(session, found, "claim.let_go", by, now)
        places.settle(session, [found.shift_id], now=now)
    return found


def answer(session: Session, claim_id: int, *, agreed: bool, by: Account, now: datetime) -> Claim:
    """Agree to whoever asked for a place, or not.

    Raises NotFound, NotAllowed, TurnChanged, RuleBroken; PlaceTaken if no place is left.
    """
    found = get(session, claim_id)
    access.require_planner(by, found.shift.site.unit)
    _lock(session, found.shift_id, found.person_id)
    if found.state is ClaimState.WAITING:  # somebody else has what they asked for
        raise PlaceTaken(shift_id=found.shift_id)
    if found.state is not ClaimState.ASKED:
        raise TurnChanged(what="claim", id=claim_id)
    turns.require_to_come(found.shift, now)  # nobody hears of a place on what has begun
    if agreed:
        way = Way.PROMOTED if places.is_kept(found) else Way.CLAIMED
        _take(session, found, way, by, now, said_at=found.asked_at)
    else:
        found.state, found.settled_at = ClaimState.REFUSED, now
        _note(session, found, "claim.refuse", by, now)
        places.settle(session, [found.shift_id], now=now)
    facts = {"shift_id": found.shift_id, "agreed": agreed, "reason": ""}
    outbox.tell(session, found.person_id, MessageKind.CLAIM_ANSWERED, facts, now=now)
    return found


def get(session: Session, claim_id: int) -> Claim:
    """Raises NotFound."""
    found = session.get(Claim, claim_id)
    if found is None:
        raise NotFound(what="claim", id=claim_id)
    return found


def position(session: Session, claim: Claim) -> int:
    """How far from the top of the waiting list, 1 being next."""
    before = select(Claim.id).where(Claim.shift_id == claim.shift_id, Claim.id <= claim.id)
    return len(session.scalars(before.where(Claim.state == ClaimState.WAITING)).all())


def _lock(session: Session, shift_id: int, person_id: int) -> Shift:
    turns.lock(session, [shift_id], [person_id])
    return session.get_one(Shift, shift_id)


def _open_claim(session: Session, shift_id: int, person_id: int) -> Claim | None:
    mine = (Claim.shift_id == shift_id, Claim.person_id == person_id, Claim.state.in_(OPEN_CLAIMS))
    return session.scalars(select(Claim).where(*mine)).first()


def _taken(session: Session, shift_id: int, person_id: int) -> Claim | None:
    """By which claim they serve there now."""
    mine = (Claim.shift_id == shift_id, Claim.person_id == person_id, Claim.state == ClaimState.TAKEN)
    if not turns.is_serving(session, shift_id, person_id):
        return None
    return session.scalars(select(Claim).where(*mine).order_by(Claim.id.desc())).first()


def _require_able(session: Session, shift: Shift, person_id: int, now: datetime) -> None:
    """Nobody waits for a place that would be refused: only a full shift is no obstacle."""
    turn = (shift.id, person_id)
    turns.require_as_seen(session, [turn])
    rosters = {shift.id: turns.published_roster(session, shift)}
    found = turns.refusals(session, rosters, [turn], [], now=now)
    turns.refuse(session, [one for one in found if one.rule != "capacity"])


def _require_not_kept(session: Session, shift: Shift, person_id: int, now: datetime) -> None:
    """The last places are for those whose qualification the shift still needs. Raises RuleBroken (`kept`)."""
    if shift.needs:
        roster = turns.published_roster(session, shift)
        about = staffing.of_published(session, roster, [shift.id], [person_id], now=now)
        if about.knows(person_id) and (kept := about.keeps(shift.id, person_id, places.left(session, shift))):
            turns.refuse(session, [kept])


def _say_yes(session: Session, found: Claim, shift: Shift, by: Account, now: datetime) -> Claim:
    """To a place that is kept for them."""
    if not turn_rules.of(session, shift.site.unit).claims_agreed:
        return _take(session, found, Way.PROMOTED, by, now)
    _require_able(session, shift, found.person_id, now)
    return _ask(session, found, by, now)


def _take(
    session: Session, found: Claim, way: Way, by: Account, now: datetime, *, said_at: datetime | None = None
) -> Claim:
    turns.change(session, joining=[(found.shift_id, found.person_id)], way=way, by=by, now=now, said_at=said_at)
    found.state, found.settled_at = ClaimState.TAKEN, now
    places.settle(session, [found.shift_id], now=now)
    return found


def _ask(session: Session, found: Claim, by: Account, now: datetime) -> Claim:
    if found.state is not ClaimState.ASKED:
        found.state, found.asked_at = ClaimState.ASKED, now
        facts = {"shift_id": found.shift_id, "person_id": found.person_id, "path": f"/places/{found.shift_id}"}
        outbox.tell_coordinators(session, found.shift.site.unit, MessageKind.CLAIM_ASKED, facts, now=now)
        _note(session, found, "claim.ask", by, now)
    return found


def _note(session: Session, found: Claim, action: str, by: Account, now: datetime) -> None:
    unit, facts = session.get_one(Shift, found.shift_id).site.unit, {"person_id": found.person_id}
    audit.record(session, action, f"shift:{found.shift_id}", by=by, now=now, unit=unit, **facts)
