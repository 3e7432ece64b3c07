"""Published turns: the one place that changes who serves where once a roster is published.

Whoever takes, leaves, covers or swaps a turn comes through `change`, which asks every hard rule first and then changes
the turn, the draft that mirrors it, calendars and audit trail at once. The roster's row is locked from the first look
to the commit: of two who want the last place, the second looks when the first has it.

Who is told of a change depends on why it was made, so the callers (`withdrawals`, `claims`, `covers`, `swaps`) tell.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from contextlib import suppress
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import uuid4

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from roster.errors import NotFound, RuleBroken, ServesAlready, TurnChanged
from roster.models import Account, Assignment, AssignmentState, Person, PinState, Roster, Shift, ShiftState
from roster.planning import drafts, scope, staffing
from roster.planning.difference import Turn
from roster.planning.staffing import Refusal
from roster.services import audit, feeds, locks

TAKE, LEAVE = "turn.take", "turn.leave"
"""What the audit trail calls the two halves of every change."""


class Way(StrEnum):
    """Why a turn changed, as the history of its place tells."""

    WITHDRAWN = "withdrawn"
    CLAIMED = "claimed"
    PROMOTED = "promoted"
    COVERED = "covered"
    SWAPPED = "swapped"
    REPAIRED = "repaired"
    REARRANGED = "rearranged"
    UNCONFIRMED = "unconfirmed"
    FORGOTTEN = "forgotten"
    """Whoever asks to be erased leaves whatever it breaks: that is their right, and the rule is others' to mend."""
    ELSEWHERE = "elsewhere"
    """A shift that was called off takes place after all, and they have other plans by now."""
    BY_HAND = "by_hand"


DECIDED_BY_OTHERS = frozenset({Way.BY_HAND, Way.REPAIRED, Way.REARRANGED})
"""Ways in which somebody comes to a turn without having said yes to it."""


def published_roster(session: Session, shift: Shift) -> Roster:
    """The published roster that plans the shift. Raises NotFound while volunteers see none."""
    roster = _planned_by(session, shift)
    if roster is None or not roster.published_number:
        raise NotFound(what="shift", id=shift.id)
    return roster


def is_published(session: Session, shift: Shift) -> bool:
    """Whether volunteers see who serves: not in a week it was moved to, or that a unit opened anew, until published."""
    roster = _planned_by(session, shift)
    return roster is not None and roster.published_number > 0


def is_serving(session: Session, shift_id: int, person_id: int) -> bool:
    """Whether the person has a published turn on the shift."""
    return _serving(session, [(shift_id, person_id)]) != {}


def lock(session: Session, shift_ids: Iterable[int], person_ids: Iterable[int] = ()) -> dict[int, Roster]:
    """The published roster of each shift, by shift id, as it is now and nobody else's to change until the commit.

    What the session had read before is read anew. Raises NotFound; TurnChanged if a shift was moved to another week
    meanwhile.
    """
    shifts = [_found(session, shift_id) for shift_id in sorted(set(shift_ids))]
    rosters = {shift.id: published_roster(session, shift).id for shift in shifts}
    locks.take(session, rosters.values(), person_ids)
    found = {shift.id: published_roster(session, shift) for shift in shifts}
    for shift_id, roster in found.items():
        if roster.id != rosters[shift_id]:
            raise TurnChanged(what="shift", id=shift_id)
    return found


def change(
    session: Session,
    *,
    joining: Collection[Turn] = (),
    leaving: Collection[Turn] = (),
    way: Way,
    by: Account | None,
    now: datetime,
    reason: str = "",
    said_at: datetime | None = None,
) -> list[Refusal]:
    """Have these turns, (shift id, person id), come and those go, all at once or not at all.

    The hard rules that are broken by it: none, unless the way is `FORGOTTEN`, which nothing refuses.
    `said_at`: when whoever comes said so, if not just now; of a shift changed since they are asked to confirm anew.
    The caller has asked whether `by` may. Raises NotFound; RuleBroken for a hard rule, a shift that has begun (`past`)
    or is called off (`cancelled`); TurnChanged if a turn to leave is not there; ServesAlready if one to take is.
    """
    both = [*joining, *leaving]
    rosters = lock(session, [shift_id for shift_id, _ in both], [person_id for _, person_id in both])
    _require_open(session, rosters, now)
    require_as_seen(session, joining, leaving)
    broken = refusals(session, rosters, joining, leaving, now=now)
    if way is not Way.FORGOTTEN:
        refuse(session, broken)
    confirmed = way not in DECIDED_BY_OTHERS and _as_it_was(session, joining, said_at or now)
    put_into_effect(session, joining, leaving, now=now, confirmed=confirmed)
    feeds.shifts_changed(session, list(rosters), now=now)
    facts = {"way": way.value, "reason": reason}
    # Nobody decided that who did not confirm must stay away: they may come back, and be asked again.
    off = None if way is Way.UNCONFIRMED else PinState.FORBIDDEN
    _mirror(session, rosters, leaving, LEAVE, off, by, now, facts)
    _mirror(session, rosters, joining, TAKE, PinState.ASSIGNED, by, now, facts)
    return broken


def forget(session: Session, leaving: Collection[Turn], *, by: Account, now: datetime) -> None:
    """Have turns go that `change` cannot find: on shifts that are called off, or of weeks that are not published anew.

    Whoever is erased leaves those too, or the turn would come back with its shift. No rule is asked, and the draft is
    left to the caller.
    """
    put_into_effect(session, (), leaving, now=now, confirmed=False)
    feeds.shifts_changed(session, [shift_id for shift_id, _ in leaving], now=now)
    for shift_id, person_id in leaving:
        about = {"shift_id": shift_id, "person_id": person_id, "way": Way.FORGOTTEN.value, "reason": ""}
        unit = session.get_one(Shift, shift_id).site.unit
        audit.record(session, LEAVE, f"shift:{shift_id}", by=by, now=now, unit=unit, **about)


def _as_it_was(session: Session, joining: Collection[Turn], said_at: datetime) -> bool:
    return all(session.get_one(Shift, shift_id).changed_at <= said_at for shift_id, _ in joining)


def put_into_effect(
    session: Session, joining: Collection[Turn], leaving: Collection[Turn], *, now: datetime, confirmed: bool
) -> None:
    """Write published turns, for `change`, `forget` and publishing, which have asked the rules and follow up.

    Rows are never deleted: calendars must be told of what is gone. Who comes back is asked to confirm anew.
    """
    touched = {shift_id for shift_id, _ in (*joining, *leaving)}
    rows = session.scalars(select(Assignment).where(Assignment.shift_id.in_(touched)))
    known = {(row.shift_id, row.person_id): row for row in rows}
    for turn in leaving:
        _turn_over(known[turn], AssignmentState.CANCELLED, now)
    for turn in joining:
        if turn in known:
            _turn_over(known[turn], AssignmentState.ACTIVE, now)
            known[turn].confirmed_at = now if confirmed else None
    if fresh := [_new(*turn, now, confirmed=confirmed) for turn in joining if turn not in known]:
        session.execute(insert(Assignment), fresh)  # in one statement: as objects, SQLite would take them one by one
    for shift in session.scalars(select(Shift).where(Shift.id.in_(touched))):
        shift.people_changed_at = now


def ask_anew(session: Session, shift: Shift, *, now: datetime) -> None:
    """Whoever said they would be there said it of the shift's old time."""
    said = (Assignment.shift_id == shift.id, Assignment.confirmed_at.is_not(None))
    session.execute(update(Assignment).where(*said).values(confirmed_at=None, changed_at=now))


def refusals(
    session: Session,
    rosters: Mapping[int, Roster],
    joining: Collection[Turn],
    leaving: Collection[Turn],
    *,
    now: datetime,
) -> list[Refusal]:
    """Every hard rule that the exchange would newly break, in any of the rosters; `rosters` by shift id."""
    found: list[Refusal] = []
    for roster in {roster.id: roster for roster in rosters.values()}.values():
        mine = {shift_id for shift_id, its in rosters.items() if its.id == roster.id}
        come, gone = _on(mine, joining), _on(mine, leaving)
        people = [person_id for _, person_id in (*come, *gone)]
        elsewhere = [turn for turn in leaving if turn not in gone]
        about = staffing.of_published(session, roster, mine, people, gone=elsewhere, now=now)
        found += [staffing.inactive(person, shift) for shift, person in come if not about.knows(person)]
        found += about.exchange(come, gone)
    return found


def refuse(session: Session, refusals: Collection[Refusal]) -> None:
    """Raises RuleBroken about the first, with the others' names beside it."""
    for first in refusals:
        others = [one.rule for one in refusals if one is not first]
        raise RuleBroken(rule=first.rule, detail=first.detail, also=others, **_facts(session, first.facts))


def broken_on(session: Session, shifts: Iterable[Shift], *, now: datetime) -> list[Mapping[str, Any]]:
    """The hard rules that published shifts to come break with their people, as `RuleBroken` tells them.

    Shifts may be moved under them: they are told and asked anew, and stay on them until somebody decides.
    """
    found: list[Refusal] = []
    for roster, shift_ids in _by_published_roster(session, shifts, now).items():
        about = staffing.of_published(session, roster, shift_ids, [], now=now)
        found += [one for one in about.broken() if any(_is_about(one, shift_id) for shift_id in shift_ids)]
    return [{"rule": one.rule, "detail": one.detail, **_facts(session, one.facts)} for one in found]


def let_stay_away(
    session: Session, restored: Iterable[Shift], *, by: Account | None, now: datetime
) -> list[Mapping[str, Any]]:
    """Whoever was told that a shift is off and serves elsewhere by now, or is busy, does not come back with it.

    Nor does whoever could not be there without them. Who stays away and which rule is why, as `RuleBroken` tells it.
    """
    session.flush()
    told: list[Mapping[str, Any]] = []
    for roster, shift_ids in _by_published_roster(session, restored, now).items():
        about = staffing.of_published(session, roster, shift_ids, [], now=now)
        away = _hindered(about, _turns_on(session, shift_ids))
        if away:
            change(session, leaving=list(away), way=Way.ELSEWHERE, by=by, now=now)
        for (shift_id, person_id), why in away.items():
            facts = {**why.facts, "shift_id": shift_id, "person_id": person_id}
            told.append({"rule": why.rule, "detail": why.detail, **_facts(session, facts)})
    return told


def _hindered(about: staffing.Staffing, serving: Collection[Turn]) -> dict[Turn, Refusal]:
    """Which of these turns cannot be, each with a rule in its way: their own first, then what others leave behind."""
    found = {turn: staffing.inactive(turn[1], turn[0]) for turn in serving if not about.knows(turn[1])}
    broken = [one for one in about.broken() if "person_id" in one.facts]
    while more := {turn: why for turn in serving if turn not in found and (why := _in_the_way(turn, broken))}:
        found |= more
        broken = about.exchange([], found)
    return found


def _in_the_way(turn: Turn, broken: Iterable[Refusal]) -> Refusal | None:
    """The first that is about the turn, or about all of its shift."""
    shift_id, person_id = turn
    theirs = (one for one in broken if one.facts.get("person_id", person_id) == person_id)
    return next((one for one in theirs if _is_about(one, shift_id)), None)


def _turns_on(session: Session, shift_ids: Collection[int]) -> list[Turn]:
    active = (Assignment.shift_id.in_(shift_ids), Assignment.state == AssignmentState.ACTIVE)
    rows = session.execute(select(Assignment.shift_id, Assignment.person_id).where(*active).order_by(Assignment.id))
    return [(shift_id, person_id) for shift_id, person_id in rows]


def _by_published_roster(session: Session, shifts: Iterable[Shift], now: datetime) -> dict[Roster, list[int]]:
    """The ids of those to come on which volunteers see who serves, by the roster that plans them."""
    found: dict[Roster, list[int]] = defaultdict(list)
    for shift in shifts:
        if shift.state is ShiftState.OPEN and shift.starts_at > now:
            with suppress(NotFound):  # no volunteer sees a week that is not published
                found[published_roster(session, shift)].append(shift.id)
    return found


def _is_about(broken: Refusal, shift_id: int) -> bool:
    """Whether it names the shift, or none at all, as limits do."""
    named = {broken.facts[name] for name in ("shift_id", "other_shift_id") if name in broken.facts}
    return not named or shift_id in named


def require_to_come(shift: Shift, now: datetime) -> None:
    """Raises RuleBroken for a shift that is called off (`cancelled`) or has begun (`past`)."""
    if shift.state is ShiftState.CANCELLED:
        raise RuleBroken(rule="cancelled", **_when(shift))
    if shift.starts_at <= now:
        raise RuleBroken(rule="past", **_when(shift))


def require_as_seen(session: Session, joining: Collection[Turn], leaving: Collection[Turn] = ()) -> None:
    """Raises TurnChanged if a turn to leave is not there, ServesAlready if one to take is."""
    serving = _serving(session, [*joining, *leaving])
    for shift_id, person_id in leaving:
        if (shift_id, person_id) not in serving:
            raise TurnChanged(what="shift", id=shift_id, person_id=person_id)
    for shift_id, person_id in joining:
        if (shift_id, person_id) in serving:
            raise ServesAlready(what="turn", field="person_id", value=_name(session, person_id))


def _planned_by(session: Session, shift: Shift) -> Roster | None:
    unit = shift.site.unit
    return scope.planned_by(session, unit, unit.day_of(shift.starts_at))


def _found(session: Session, shift_id: int) -> Shift:
    shift = session.get(Shift, shift_id)
    if shift is None:
        raise NotFound(what="shift", id=shift_id)
    return shift


def _require_open(session: Session, shift_ids: Iterable[int], now: datetime) -> None:
    for shift_id in shift_ids:
        require_to_come(session.get_one(Shift, shift_id), now)


def _serving(session: Session, turns: Collection[Turn]) -> dict[Turn, Assignment]:
    return {turn: row for turn, row in _rows(session, turns).items() if row.state is AssignmentState.ACTIVE}


def _rows(session: Session, turns: Collection[Turn]) -> dict[Turn, Assignment]:
    rows = session.scalars(
        select(Assignment).where(
            Assignment.shift_id.in_({shift_id for shift_id, _ in turns}),
            Assignment.person_id.in_({person_id for _, person_id in turns}),
        )
    )
    known = {(row.shift_id, row.person_id): row for row in rows}
    return {turn: known[turn] for turn in turns if turn in known}


def _turn_over(row: Assignment, state: AssignmentState, now: datetime) -> None:
    row.state, row.changed_at = state, now
    row.sequence += 1


def _new(shift_id: int, person_id: int, now: datetime, *, confirmed: bool) -> dict[str, Any]:
    return {
        "shift_id": shift_id,
        "person_id": person_id,
        "state": AssignmentState.ACTIVE,
        "confirmed_at": now if confirmed else None,
        "uid": uuid4().hex,
        "sequence": 0,
        "changed_at": now,
    }


def _mirror(
    session: Session,
    rosters: Mapping[int, Roster],
    turns: Collection[Turn],
    action: str,
    pin: PinState | None,
    by: Account | None,
    now: datetime,
    facts: Mapping[str, Any],
) -> None:
    """Let the draft hold what is published, pinned so that no run undoes it; what was unpublished in it stays."""
    for turn in turns:
        roster = rosters[turn[0]]
        was_published = roster.published_revision == roster.revision
        there = bool(drafts.drafted(session, roster, [turn]))
        change = drafts.Change(
            added=[turn] if action == TAKE and not there else [],
            removed=[turn] if action == LEAVE and there else [],
            pins={turn: pin},
        )
        about = {"shift_id": turn[0], "person_id": turn[1], **facts}
        drafts.put(session, roster, change, action, by_id=by.id if by else None, now=now, **about)
        if was_published:
            roster.published_revision = roster.revision


def _on(shift_ids: Collection[int], turns: Iterable[Turn]) -> list[Turn]:
    return [turn for turn in turns if turn[0] in shift_ids]


def _facts(session: Session, facts: Mapping[str, Any]) -> dict[str, Any]:
    """The refusal's own, with names and hours for its words."""
    named: dict[str, Any] = dict(facts)
    if "shift_id" in facts:
        named = _when(session.get_one(Shift, facts["shift_id"])) | named
    if "person_id" in facts:
        named["person"] = _name(session, facts["person_id"])
    return named


def _when(shift: Shift) -> dict[str, Any]:
    zone = shift.site.unit.zone
    starts, ends = shift.starts_at.astimezone(zone), shift.ends_at.astimezone(zone)
    return {"shift_id": shift.id, "site": shift.site.name, "starts": starts, "ends": ends}


def _name(session: Session, person_id: int) -> str:
    return session.get_one(Person, person_id).full_name
