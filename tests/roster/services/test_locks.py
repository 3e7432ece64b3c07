"""Two who change the same week at the same moment, on two connections of PostgreSQL: SQLite has one writer at a time.

One of them is held up where it has looked and not yet written; the other begins there, and goes on until it is done or
has to wait.
"""

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import timedelta

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session, sessionmaker

from roster.errors import RosterError, RuleBroken
from roster.models import Account, Assignment, AssignmentState, MessageKind, Roster, Shift
from roster.services import claims, demand, rosters, shifts, swaps, turns
from roster.services.demand import Demand, PatternDetails
from roster.services.shifts import ShiftDetails
from tests.builders import MONDAY, a_coordinator, a_roster, a_shift, a_site, a_unit
from tests.published import LATER, PublishedWeek
from tests.waiting import eventually

pytestmark = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)

WAITING = text("SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'")
SERIES = PatternDetails("Trực sáng", 0, "FREQ=WEEKLY;BYDAY=WE", MONDAY, None, "07:30", "11:30", "keep", Demand(2))

Action = Callable[[Session], object]


@pytest.fixture
def week(session: Session) -> PublishedWeek:
    return PublishedWeek(session)


@pytest.fixture
def pool() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor() as pool:
        yield pool


@pytest.fixture
def at_once(monkeypatch: pytest.MonkeyPatch, sessions: sessionmaker[Session], pool: ThreadPoolExecutor):
    """What became of one action, and of another that begins when the first is about to call a function of `turns`."""

    def together(one: Action, other: Action, *, before: str) -> tuple[object, object]:
        function, begun = getattr(turns, before), list[Future[object]]()

        def held_up(*args: object, **kwargs: object) -> object:
            if not begun:
                begun.append(pool.submit(committed, sessions, other))
                eventually(lambda: begun[0].done() or somebody_waits(sessions))
            return function(*args, **kwargs)

        monkeypatch.setattr(turns, before, held_up)
        return committed(sessions, one), begun[0].result()

    return together


def committed(sessions: sessionmaker[Session], action: Action) -> object:
    """What it was refused, if it was."""
    with sessions() as session:
        try:
            action(session)
            session.commit()
        except RosterError as refusal:
            return refusal
    return None


def somebody_waits(sessions: sessionmaker[Session]) -> bool:
    with sessions() as session:
        return session.execute(WAITING).first() is not None


def claiming(shift: Shift, account: Account) -> Action:
    shift_id, account_id = shift.id, account.id

    def claim(session: Session) -> None:
        by = session.get_one(Account, account_id)
        assert by.person is not None
        claims.claim(session, shift_id, by.person, by=by, now=LATER)

    return claim


def cancel(session: Session, shift: Shift, by: Account) -> None:
    shifts.cancel(session, shift.id, reason="", by=by, now=LATER)


def move(session: Session, shift: Shift, by: Account) -> None:
    day = MONDAY + timedelta(days=3)
    details = ShiftDetails(shift.programme_id, day, "07:30", "11:30", "", Demand(shift.minimum))
    shifts.change(session, shift.id, details, by=by, now=LATER)


def change_hours(session: Session, shift: Shift, by: Account) -> None:
    assert shift.pattern_id is not None
    demand.change_hours(session, shift.pattern_id, starts="13:30", ends="16:30", by=by, now=LATER)


def end(session: Session, shift: Shift, by: Account) -> None:
    assert shift.pattern_id is not None
    demand.end(session, shift.pattern_id, by=by, now=LATER)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (cancel, MessageKind.SHIFT_CANCELLED),
        (move, MessageKind.SHIFT_MOVED),
        (change_hours, MessageKind.SHIFT_MOVED),
        (end, MessageKind.SHIFT_CANCELLED),
    ],
)
def test_who_takes_a_place_while_its_shift_is_called_off_or_moved_is_told_so(session, week, at_once, change, told):
    series = replace(SERIES, programme_id=week.monday.programme_id)
    demand.create(session, week.site, series, by=week.by, now=LATER)
    shift = session.scalars(select(Shift).where(Shift.pattern_id.is_not(None)).order_by(Shift.starts_at)).first()
    shift_id, by_id = shift.id, week.by.id
    session.commit()

    refusals = at_once(
        claiming(shift, week.account(week.minh)),
        lambda its: change(its, its.get_one(Shift, shift_id), its.get_one(Account, by_id)),
        before="put_into_effect",
    )

    assert refusals == (None, None)
    assert turns.is_serving(session, shift_id, week.minh.id)
    assert week.told(week.minh) == [told]


@dataclass(frozen=True)
class Above:
    """The unit above the week's plans a shift of its own, at the hours of the week's Monday."""

    roster: Roster
    shift: Shift
    by: Account


@pytest.fixture
def above(session: Session, week: PublishedWeek) -> Above:
    unit = a_unit(session, "Tỉnh đoàn")
    week.unit.parent, week.unit.path = unit, f"{unit.path}{week.unit.id}/"
    session.flush()
    shift = a_shift(session, a_site(session, unit), week.monday.programme)
    above = Above(a_roster(session, unit), shift, a_coordinator(session, unit))
    rosters.add(session, above.roster.id, shift.id, week.minh.id, revision_seen=0, by=above.by, now=LATER)
    return above


def publishing(above: Above) -> Action:
    roster_id, seen, by_id = above.roster.id, above.roster.revision, above.by.id
    return lambda session: rosters.publish(
        session, roster_id, revision_seen=seen, by=session.get_one(Account, by_id), now=LATER
    )


def test_nobody_is_put_on_two_shifts_of_the_same_hours_by_a_publication_and_a_claim(session, week, above, at_once):
    publish, claim = publishing(above), claiming(week.monday, week.account(week.minh))
    session.commit()

    published, claimed = at_once(publish, claim, before="put_into_effect")

    mine = (Assignment.person_id == week.minh.id, Assignment.state == AssignmentState.ACTIVE)
    assert session.scalars(select(Assignment.shift_id).where(*mine)).all() == [above.shift.id]
    assert published is None
    assert isinstance(claimed, RuleBroken)


def test_two_who_offer_each_other_their_turns_of_two_rosters_do_not_wait_for_each_other(session, week, above, at_once):
    publishing(above)(session)
    here, there = week.turn(week.tuesday, week.ha), week.turn(above.shift, week.minh)
    offers = offering(here, there, week.account(week.ha)), offering(there, here, week.account(week.minh))
    session.commit()

    assert at_once(*offers, before="require_to_come") == (None, None)


def offering(mine: Assignment, theirs: Assignment, account: Account) -> Action:
    mine_id, theirs_id, account_id = mine.id, theirs.id, account.id
    return lambda session: swaps.propose(
        session, mine_id, theirs_id, by=session.get_one(Account, account_id), now=LATER
    )
