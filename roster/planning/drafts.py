"""Drafts: the one place that writes a draft's turns and pins.

Whoever changes a draft, a hand, a run, a repair or a copied week, says what comes and goes. What is written here raises
the revision, stands in the audit trail, and is a step that can be taken back until the next publication.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Self

from sqlalchemy import Select, delete, insert, select, tuple_
from sqlalchemy.orm import Session

from roster.models import AuditEntry, DraftAssignment, DraftStep, Pin, PinState, Roster
from roster.planning.difference import Turn

BATCH = 1_000
"""Turns named in one statement."""


@dataclass(frozen=True, slots=True)
class Change:
    """Turns that come and go, and what becomes of pins; None lifts one."""

    added: Collection[Turn] = ()
    removed: Collection[Turn] = ()
    pins: Mapping[Turn, PinState | None] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.added or self.removed or self.pins)

    @property
    def shifts(self) -> set[int]:
        return {shift for shift, _ in (*self.added, *self.removed, *self.pins)}

    @classmethod
    def of(cls, step: DraftStep) -> Self:
        """What the step did."""
        changes = step.changes
        pins = {(shift, person): _state(after) for shift, person, _, after in changes["pins"]}
        return cls(_turns(changes["added"]), _turns(changes["removed"]), pins)

    @classmethod
    def back(cls, step: DraftStep) -> Self:
        """What takes the step back."""
        changes = step.changes
        pins = {(shift, person): _state(before) for shift, person, before, _ in changes["pins"]}
        return cls(_turns(changes["removed"]), _turns(changes["added"]), pins)


def write(
    session: Session,
    roster: Roster,
    change: Change,
    action: str,
    *,
    by_id: int | None,
    now: datetime,
    arranged: Sequence[Mapping[str, Any]] = (),
    **facts: Any,
) -> None:
    """Change the draft of a roster whose row the caller has locked, as a step that can be taken back.

    `arranged`: what was done beside the turns and goes back with them (`services/arrangements.py`). It and `facts`
    must be JSON values. What the change adds must not be there, and what it removes must be. A change of
    nothing, of a run that found what was there, raises the revision and leaves no step.
    """
    before = _pins_before(session, roster, change)
    put(session, roster, change, action, by_id=by_id, now=now, **facts)
    if not change and not arranged:
        return
    session.execute(delete(DraftStep).where(DraftStep.roster_id == roster.id, DraftStep.undone))
    changes = {
        "added": sorted(change.added),
        "removed": sorted(change.removed),
        "pins": [[*turn, before.get(turn), after] for turn, after in sorted(change.pins.items())],
        "arranged": list(arranged),
    }
    session.add(DraftStep(roster_id=roster.id, account_id=by_id, at=now, action=action, facts=facts, changes=changes))


def put(
    session: Session, roster: Roster, change: Change, action: str, *, by_id: int | None, now: datetime, **facts: Any
) -> None:
    """The same without a step: for what is no decision about the draft, such as a turn changed after publication."""
    _drop(session, DraftAssignment, roster, change.removed)
    _insert(session, DraftAssignment, roster, change.added)
    _drop(session, Pin, roster, change.pins)
    _insert(session, Pin, roster, [turn for turn, state in change.pins.items() if state], change.pins)
    roster.revision += 1
    roster.changed_at = now
    session.add(
        AuditEntry(
            at=now,
            account_id=by_id,
            unit_id=roster.period.unit_id,
            action=action,
            subject=f"roster:{roster.id}",
            facts={"revision": roster.revision, **facts},
        )
    )


def forget_steps(session: Session, roster: Roster) -> None:
    """Nothing before this can be taken back any more."""
    session.execute(delete(DraftStep).where(DraftStep.roster_id == roster.id))


def latest_step(roster: Roster) -> Select[DraftStep]:
    """The step to take back next, if there is one."""
    return _steps(roster, undone=False).order_by(DraftStep.id.desc()).limit(1)


def step_taken_back(roster: Roster) -> Select[DraftStep]:
    """The step to do again next, if there is one."""
    return _steps(roster, undone=True).order_by(DraftStep.id).limit(1)


def drafted(session: Session, roster: Roster, turns: Collection[Turn]) -> set[Turn]:
    """Those of the turns that the draft holds."""
    draft, found = DraftAssignment, set[Turn]()
    for batch in _batches(turns):
        rows = session.execute(select(draft.shift_id, draft.person_id).where(*_among(draft, roster, batch)))
        found |= {(shift, person) for shift, person in rows}
    return found


def _steps(roster: Roster, *, undone: bool) -> Select[DraftStep]:
    return select(DraftStep).where(DraftStep.roster_id == roster.id, DraftStep.undone.is_(undone))


def _pins_before(session: Session, roster: Roster, change: Change) -> dict[Turn, str]:
    found: dict[Turn, str] = {}
    for batch in _batches(change.pins):
        rows = session.execute(select(Pin.shift_id, Pin.person_id, Pin.state).where(*_among(Pin, roster, batch)))
        found |= {(shift, person): state.value for shift, person, state in rows}
    return found


def _drop(session: Session, table: type[DraftAssignment | Pin], roster: Roster, turns: Collection[Turn]) -> None:
    for batch in _batches(turns):
        session.execute(delete(table).where(*_among(table, roster, batch)))


def _insert(
    session: Session,
    table: type[DraftAssignment | Pin],
    roster: Roster,
    turns: Collection[Turn],
    states: Mapping[Turn, PinState | None] | None = None,
) -> None:
    """Many rows in one statement: as objects, SQLite would take them one by one."""
    rows = [
        {"roster_id": roster.id, "shift_id": turn[0], "person_id": turn[1]}
        | ({"state": states[turn]} if states else {})
        for turn in sorted(turns)
    ]
    if rows:
        session.execute(insert(table), rows)


def _among(table: type[DraftAssignment | Pin], roster: Roster, turns: Sequence[Turn]) -> tuple[Any, Any]:
    return table.roster_id == roster.id, tuple_(table.shift_id, table.person_id).in_(turns)


def _batches(turns: Collection[Turn]) -> Iterable[Sequence[Turn]]:
    listed = sorted(turns)
    return (listed[start : start + BATCH] for start in range(0, len(listed), BATCH))


def _turns(pairs: Iterable[Sequence[int]]) -> list[Turn]:
    return [(shift, person) for shift, person in pairs]


def _state(value: str | None) -> PinState | None:
    return None if value is None else PinState(value)
