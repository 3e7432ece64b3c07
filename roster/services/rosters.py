"""Rosters: changing a draft by hand, and publishing it.

A hand decides and the solver keeps to it: whoever is added stays pinned, whoever is taken off is kept off, until the
pin is lifted. Every change names the revision its author was looking at, so that nobody overwrites what they have not
seen. Volunteers and calendars see nothing of any of this before it is published.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from roster import access
from roster.errors import AlreadyPublished, NotFound, RuleBroken, ServesAlready, Stale
from roster.models import (
    Account,
    AuditEntry,
    Base,
    ChangeKind,
    Person,
    Pin,
    PinState,
    Publication,
    PublicationChange,
    Roster,
    Run,
    RunState,
    Shift,
    ShiftState,
)
from roster.planning import difference, drafts, scope, staffing
from roster.planning.difference import Difference, Turn
from roster.planning.drafts import Change
from roster.planning.staffing import Refusal
from roster.queries import roster_totals
from roster.services import audit, feeds, locks, places, telling, turns

CHANGES_TOLD = 20
"""How many changes of others a stale author is told, the latest."""


def get(session: Session, roster_id: int, *, by: Account) -> Roster:
    """Raises NotFound, NotAllowed."""
    roster = session.get(Roster, roster_id)
    if roster is None:
        raise NotFound(what="roster", id=roster_id)
    access.require_planner(by, roster.period.unit)
    return roster


def locked(session: Session, roster_id: int, *, by: Account) -> Roster:
    """The roster as it is now, and nobody else's to change until the commit. Raises NotFound, NotAllowed."""
    roster = get(session, roster_id, by=by)
    session.flush()  # Refreshing forgets what this transaction has not written yet.
    session.refresh(roster, with_for_update=True)
    return roster


def to_change(session: Session, roster_id: int, revision_seen: int, by: Account) -> Roster:
    """The roster, locked until the commit, if it is as its author saw it. Raises NotFound, NotAllowed, Stale."""
    roster = locked(session, roster_id, by=by)
    if roster.revision != revision_seen:
        raise _stale(session, roster, revision_seen)
    return roster


def add(
    session: Session, roster_id: int, shift_id: int, person_id: int, *, revision_seen: int, by: Account, now: datetime
) -> list[Refusal]:
    """Put a person on a shift and pin them there; answers with what further people must still mend.

    Raises NotFound, NotAllowed, Stale, ServesAlready, RuleBroken.
    """
    roster = to_change(session, roster_id, revision_seen, by)
    refusals = _require_may_take(session, roster, shift_id, person_id, now=now)
    turn = (shift_id, person_id)
    _write(session, roster, Change(added=[turn], pins={turn: PinState.ASSIGNED}), "roster.add", turn, by, now)
    return refusals


def move(
    session: Session,
    roster_id: int,
    shift_id: int,
    person_id: int,
    *,
    leaving: int,
    revision_seen: int,
    by: Account,
    now: datetime,
) -> list[Refusal]:
    """Put a person on a shift instead of the one they are `leaving`, in one step; pins them here, keeps them off there.

    Answers and raises as `add` and `remove`: either both happen or neither.
    """
    roster = to_change(session, roster_id, revision_seen, by)
    _plannable(session, roster, leaving, now)
    _require_drafted(session, roster, leaving, person_id)
    refusals = _require_may_take(session, roster, shift_id, person_id, leaving=leaving, now=now)
    here, there = (shift_id, person_id), (leaving, person_id)
    pins = {here: PinState.ASSIGNED, there: PinState.FORBIDDEN}
    _write(session, roster, Change([here], [there], pins), "roster.move", here, by, now, from_shift_id=leaving)
    return refusals


def remove(
    session: Session, roster_id: int, shift_id: int, person_id: int, *, revision_seen: int, by: Account, now: datetime
) -> None:
    """Take a person off a shift and keep them off it. Raises NotFound, NotAllowed, Stale, RuleBroken (`past`)."""
    roster = to_change(session, roster_id, revision_seen, by)
    _plannable(session, roster, shift_id, now)
    _require_drafted(session, roster, shift_id, person_id)
    turn = (shift_id, person_id)
    _write(session, roster, Change(removed=[turn], pins={turn: PinState.FORBIDDEN}), "roster.remove", turn, by, now)


def pin(
    session: Session, roster_id: int, shift_id: int, person_id: int, *, revision_seen: int, by: Account, now: datetime
) -> None:
    """Keep a person on a shift through every run to come. Raises NotFound, NotAllowed, Stale, RuleBroken (`past`)."""
    roster = to_change(session, roster_id, revision_seen, by)
    _plannable(session, roster, shift_id, now)
    _require_drafted(session, roster, shift_id, person_id)
    turn = (shift_id, person_id)
    _write(session, roster, Change(pins={turn: PinState.ASSIGNED}), "roster.pin", turn, by, now)


def unpin(
    session: Session, roster_id: int, shift_id: int, person_id: int, *, revision_seen: int, by: Account, now: datetime
) -> None:
    """Let runs decide again about a person and a shift, whichever way they were pinned. Raises as `pin`."""
    roster = to_change(session, roster_id, revision_seen, by)
    _plannable(session, roster, shift_id, now)
    mine = (Pin.roster_id == roster.id, Pin.shift_id == shift_id, Pin.person_id == person_id)
    if session.scalar(select(Pin.id).where(*mine)) is None:
        raise NotFound(what="pin", id=person_id)
    turn = (shift_id, person_id)
    _write(session, roster, Change(pins={turn: None}), "roster.unpin", turn, by, now)


def publish(session: Session, roster_id: int, *, revision_seen: int, by: Account, now: datetime) -> Publication:
    """Make the draft what volunteers see, on their pages and in their calendars.

    Only open shifts to come are touched. Raises NotFound, NotAllowed; Stale if somebody changed the draft since
    `revision_seen`; AlreadyPublished if nothing would change; RuleBroken if the draft breaks a hard rule.
    """
    roster = to_change(session, roster_id, revision_seen, by)
    change = difference.of(session, roster, now=now)
    # What else they do is asked once nobody can give them a turn of another roster meanwhile.
    locks.take(session, [roster.id], {person_id for _, person_id in change.added})
    if roster.published_number and not change.added and not change.removed:
        raise _already_published(session, roster)
    _require_a_roster(session, roster, change, now)
    turns.put_into_effect(session, change.added, change.removed, now=now, confirmed=False)
    publication = _publication(session, roster, change, by, now)
    drafts.forget_steps(session, roster)
    feeds.shifts_changed(session, {shift_id for shift_id, _ in change.draft ^ change.published}, now=now)
    telling.published(session, roster, added=change.added, removed=change.removed, now=now)
    places.follow(session, {shift_id for shift_id, _ in change.draft ^ change.published}, now=now)
    audit.record(
        session,
        "roster.publish",
        f"roster:{roster.id}",
        by=by,
        now=now,
        unit=roster.period.unit,
        number=publication.number,
        added=len(change.added),
        removed=len(change.removed),
    )
    return publication


def _plannable(session: Session, roster: Roster, shift_id: int, now: datetime) -> Shift:
    """A shift of the roster that can still be changed. Raises NotFound, RuleBroken (`past`, `cancelled`)."""
    area = scope.of(roster.period)
    shift = session.scalars(scope.shifts_in(area).where(Shift.id == shift_id)).one_or_none()
    if shift is None:
        raise NotFound(what="shift", id=shift_id)
    if shift.state is ShiftState.CANCELLED:
        raise RuleBroken(rule="cancelled", **turn_facts(session, shift, None))
    if shift.starts_at <= now:
        raise RuleBroken(rule="past", **turn_facts(session, shift, None))
    return shift


def _require_may_take(
    session: Session, roster: Roster, shift_id: int, person_id: int, *, leaving: int | None = None, now: datetime
) -> list[Refusal]:
    """What further people must still mend once the person is on the shift.

    Raises NotFound, ServesAlready, RuleBroken.
    """
    shift = _plannable(session, roster, shift_id, now)
    if (shift_id, person_id) in drafts.drafted(session, roster, [(shift_id, person_id)]):
        raise ServesAlready(what="turn", field="person_id", value=session.get_one(Person, person_id).full_name)
    about = staffing.around_people(session, roster, shift_id, [person_id], now=now)
    if not about.knows(person_id):
        raise NotFound(what="person", id=person_id)
    refusals = about.refusals(person_id, shift_id, leaving=leaving)
    _require_none(session, [one for one in refusals if not one.mendable], shift, person_id)
    return refusals


def _require_drafted(session: Session, roster: Roster, shift_id: int, person_id: int) -> None:
    if not drafts.drafted(session, roster, [(shift_id, person_id)]):
        raise NotFound(what="turn", id=person_id)


def _write(
    session: Session,
    roster: Roster,
    change: Change,
    action: str,
    turn: Turn,
    by: Account,
    now: datetime,
    **facts: Any,
) -> None:
    """What a hand did to one turn."""
    shift_id, person_id = turn
    about = {"shift_id": shift_id, "person_id": person_id, **facts}
    drafts.write(session, roster, change, action, by_id=by.id, now=now, **about)


def _require_none(session: Session, refusals: Sequence[Refusal], shift: Shift, person_id: int) -> None:
    """Raises RuleBroken about the first, with the others' names beside it."""
    if refusals:
        first = refusals[0]
        facts = turn_facts(session, shift, person_id) | dict(first.facts)
        raise RuleBroken(rule=first.rule, detail=first.detail, also=[one.rule for one in refusals[1:]], **facts)


def turn_facts(session: Session, shift: Shift, person_id: int | None) -> dict[str, Any]:
    """What refusals say of a turn, or of a shift alone."""
    zone = shift.site.unit.zone
    facts: dict[str, Any] = {
        "shift_id": shift.id,
        "site": shift.site.name,
        "starts": shift.starts_at.astimezone(zone),
        "ends": shift.ends_at.astimezone(zone),
    }
    if person_id is not None:
        facts |= {"person_id": person_id, "person": session.get_one(Person, person_id).full_name}
    return facts


def _stale(session: Session, roster: Roster, revision_seen: int) -> Stale:
    """Who changed the draft since, and what."""
    entries = session.scalars(
        select(AuditEntry)
        .where(AuditEntry.subject == f"roster:{roster.id}")
        .order_by(AuditEntry.id.desc())
        .limit(CHANGES_TOLD)
    )
    unseen = [entry for entry in entries if entry.facts.get("revision", 0) > revision_seen]
    changes = [_told(session, entry) for entry in reversed(unseen)]
    last = changes[-1] if changes else {"by": None, "at": roster.changed_at}
    return Stale(roster_id=roster.id, revision=roster.revision, by=last["by"], at=last["at"], changes=changes)


def _told(session: Session, entry: AuditEntry) -> dict[str, Any]:
    facts: dict[str, Any] = {"action": entry.action, "at": entry.at}
    facts["by"] = entry.account.display_name if entry.account else None
    if "shift_id" in entry.facts:
        shift = session.get_one(Shift, entry.facts["shift_id"])
        facts |= turn_facts(session, shift, entry.facts["person_id"])
    return facts


def _already_published(session: Session, roster: Roster) -> AlreadyPublished:
    last = _last_publication(session, roster)
    return AlreadyPublished(
        roster_id=roster.id,
        number=last.number,
        by=last.published_by.display_name if last.published_by else None,
        at=last.published_at,
        changes=len(last.changes),
    )


def _last_publication(session: Session, roster: Roster) -> Publication:
    mine = (Publication.roster_id == roster.id, Publication.number == roster.published_number)
    return session.scalars(select(Publication).where(*mine)).one()


def _require_a_roster(session: Session, roster: Roster, change: Difference, now: datetime) -> None:
    """A draft may pass through what further people mend, and people's times change under it; volunteers get neither.

    Raises RuleBroken about the first rule it breaks.
    """
    about = staffing.of_draft(session, roster, now=now)
    for shift_id, person_id in sorted(change.draft):
        if not about.knows(person_id):
            gone = staffing.inactive(person_id, shift_id)
            _require_none(session, [gone], session.get_one(Shift, shift_id), person_id)
    for one in about.broken():
        where = one.facts.get("shift_id") or _first_shift(change.draft, one.facts["person_id"])
        facts = turn_facts(session, session.get_one(Shift, where), one.facts.get("person_id"))
        raise RuleBroken(rule=one.rule, detail=one.detail, also=[], **(facts | dict(one.facts)))


def _first_shift(draft: Iterable[Turn], person_id: int) -> int:
    return min(shift_id for shift_id, person in draft if person == person_id)


def _publication(session: Session, roster: Roster, change: Difference, by: Account, now: datetime) -> Publication:
    totals = roster_totals.totals_of(session, roster)
    publication = Publication(
        roster_id=roster.id,
        number=roster.published_number + 1,
        published_at=now,
        published_by_id=by.id,
        people=totals.people_placed,
        turns=totals.turns,
        missing=totals.missing,
        evidence=_evidence(session, roster),
    )
    session.add(publication)
    roster.published_number, roster.published_revision = publication.number, roster.revision
    session.flush()
    _insert(
        session,
        PublicationChange,
        [
            {"publication_id": publication.id, "kind": kind, "shift_id": shift_id, "person_id": person_id}
            for kind, turns in ((ChangeKind.ADDED, change.added), (ChangeKind.REMOVED, change.removed))
            for shift_id, person_id in turns
        ],
    )
    return publication


def _insert(session: Session, table: type[Base], rows: Sequence[dict[str, Any]]) -> None:
    """Many rows in one statement: as objects, SQLite would take them one by one."""
    if rows:
        session.execute(insert(table), rows)


def _evidence(session: Session, roster: Roster) -> dict[str, Any]:
    """What the run behind the draft proved; `edited`: hands have changed its roster since. Empty without a run."""
    runs = session.scalars(
        select(Run)
        .where(Run.roster_id == roster.id, Run.state.in_([RunState.OPTIMAL, RunState.FEASIBLE, RunState.CANCELLED]))
        .order_by(Run.id.desc())
    )
    run = next((run for run in runs if run.result and run.result["applied"]), None)
    if run is None or run.result is None:
        return {}
    return {
        "run_id": run.id,
        "status": run.state.value,
        "seconds": run.seconds,
        "problem_sha256": run.problem_sha256,
        "levels": run.result["levels"],
        "edited": run.result["revision"] != roster.revision or bool(run.result["kept"] or run.result.get("left_out")),
    }
