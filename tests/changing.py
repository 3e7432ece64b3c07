"""A crowd that changes one published week at random, and what must be true of the week whatever happened at once."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random

from sqlalchemy import func, select
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session, sessionmaker

from roster.errors import RosterError
from roster.models import (
    BY_DAY,
    Account,
    Assignment,
    AssignmentState,
    AuditEntry,
    Claim,
    ClaimState,
    CoverAsk,
    CoverCall,
    Level,
    Person,
    Roster,
    Shift,
    Swap,
    SwapState,
    TurnRules,
)
from roster.planning import difference, snapshot, staffing
from roster.planning.difference import Turn
from roster.services import assignments, claims, covers, placements, repairs, rosters, swaps, withdrawals
from roster.services.repairs import Loss
from solver import check
from tests.builders import MONDAY, a_coordinator, a_person, a_roster, a_shift, a_site, a_unit, an_account
from tests.published import LATER, NOW

HALVES = list(BY_DAY)


@dataclass
class Week:
    """A published week without turns, by id: whoever wants comes."""

    roster: int
    coordinator: int
    shifts: list[int]
    people: list[int]
    accounts: list[int]


def a_week(session: Session, dice: Random, *, people: int, shifts: int, monday: date = MONDAY) -> Week:
    """A small world in which every rule of the service can be in the way of somebody."""
    unit = a_unit(session)
    roster, site, by = a_roster(session, unit, first_day=monday), a_site(session, unit), a_coordinator(session, unit)
    session.add(TurnRules(unit_id=unit.id, withdraw_hours=24, answer_hours=1, claims_agreed=False, swaps_agreed=False))
    made = [_a_shift(session, dice, site, monday, number) for number in range(shifts)]
    crowd = [_a_person(session, dice, unit, number) for number in range(people)]
    accounts = [an_account(session, person=person) for person in crowd]
    rosters.publish(session, roster.id, revision_seen=roster.revision, by=by, now=NOW)
    session.commit()
    return Week(roster.id, by.id, [one.id for one in made], [one.id for one in crowd], [one.id for one in accounts])


def _a_shift(session: Session, dice: Random, site, monday: date, number: int) -> Shift:
    starts, ends = dice.choice([("07:30", "11:30"), ("13:30", "17:00"), ("16:00", "17:30")])
    least = dice.randint(1, 3)
    return a_shift(
        session,
        site,
        day=monday + timedelta(days=number % 6),
        starts=starts,
        ends=ends,
        minimum=least,
        target=least,
        maximum=dice.choice([None, least]),
        adults_only=dice.random() < 0.15,
        all_or_nothing=dice.random() < 0.1,
    )


def _a_person(session: Session, dice: Random, unit, number: int) -> Person:
    free = {(day, half): Level.AVAILABLE for day in range(7) for half in HALVES if dice.random() < 0.85}
    return a_person(
        session,
        unit,
        f"Người Thứ {number}",
        free=free,
        max_turns=dice.randint(1, 4),
        newcomer=dice.random() < 0.15,
        birth_date=MONDAY.replace(year=2011) if dice.random() < 0.15 else None,
        rest_minutes=dice.choice([None, 15 * 60]),
    )


@dataclass
class Crowd:
    """Clients that each do one random thing after another, in transactions of their own."""

    sessions: sessionmaker[Session]
    week: Week
    done: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    broken: list[BaseException] = field(default_factory=list)

    def act(self, seed: int, times: int) -> None:
        dice = Random(seed)
        for _ in range(times):
            action = dice.choice(ACTIONS)
            try:
                with self.sessions() as session:
                    action(self, session, dice)
                    session.commit()
                self.done.append(action.__name__)
            except RosterError as refusal:
                self.refused.append(type(refusal).__name__)
            except OperationalError as error:  # waited too long behind the others: the page says to try again
                if "database is locked" not in str(error.orig):
                    self.broken.append(error)
                self.refused.append("Busy")
            except Exception as error:
                self.broken.append(error)

    def at_once(self, clients: int, actions: int) -> None:
        """So many clients at the same time, so many actions in all."""
        with ThreadPoolExecutor(clients) as pool:
            list(pool.map(lambda seed: self.act(seed, actions // clients), range(clients)))

    def somebody(self, session: Session, dice: Random) -> tuple[Person, Account]:
        number = dice.randrange(len(self.week.people))
        return session.get_one(Person, self.week.people[number]), session.get_one(Account, self.week.accounts[number])

    def coordinator(self, session: Session) -> Account:
        return session.get_one(Account, self.week.coordinator)


def _turn(session: Session, dice: Random) -> Assignment | None:
    turns = session.scalars(select(Assignment).filter_by(state=AssignmentState.ACTIVE).order_by(Assignment.id)).all()
    return dice.choice(turns) if turns else None


def _account(session: Session, person_id: int) -> Account:
    return session.scalars(select(Account).filter_by(person_id=person_id)).one()


def claim(crowd: Crowd, session: Session, dice: Random) -> None:
    person, by = crowd.somebody(session, dice)
    claims.claim(session, dice.choice(crowd.week.shifts), person, by=by, now=LATER)


def withdraw(crowd: Crowd, session: Session, dice: Random) -> None:
    if turn := _turn(session, dice):
        withdrawals.withdraw(session, turn.id, reason="", by=_account(session, turn.person_id), now=LATER)


def confirm(crowd: Crowd, session: Session, dice: Random) -> None:
    if turn := _turn(session, dice):
        assignments.confirm(session, turn.id, by=_account(session, turn.person_id), now=LATER)


def answer_offer(crowd: Crowd, session: Session, dice: Random) -> None:
    offer = session.scalars(select(Claim).filter_by(state=ClaimState.OFFERED).order_by(func.random())).first()
    if offer is not None:
        answer = dice.choice([claims.accept, claims.let_go])
        answer(session, offer.id, by=_account(session, offer.person_id), now=LATER)


def ask_cover(crowd: Crowd, session: Session, dice: Random) -> None:
    by, asked = crowd.coordinator(session), dice.sample(crowd.week.people, 3)
    covers.ask(session, dice.choice(crowd.week.shifts), asked, by=by, now=LATER)


def ask_standin(crowd: Crowd, session: Session, dice: Random) -> None:
    if turn := _turn(session, dice):
        by = _account(session, turn.person_id)
        covers.ask_for_oneself(session, turn.id, dice.sample(crowd.week.people, 3), by=by, now=LATER)


def answer_cover(crowd: Crowd, session: Session, dice: Random) -> None:
    asks = select(CoverAsk).join(CoverAsk.call).where(CoverCall.closed_at.is_(None)).order_by(func.random())
    if ask := session.scalars(asks).first():
        covers.answer(session, ask.id, yes=dice.random() < 0.8, by=_account(session, ask.person_id), now=LATER)


def propose_swap(crowd: Crowd, session: Session, dice: Random) -> None:
    mine, theirs = _turn(session, dice), _turn(session, dice)
    if mine and theirs and mine.id != theirs.id:
        swaps.propose(session, mine.id, theirs.id, by=_account(session, mine.person_id), now=LATER)


def answer_swap(crowd: Crowd, session: Session, dice: Random) -> None:
    found = session.scalars(select(Swap).filter_by(state=SwapState.PROPOSED).order_by(func.random())).first()
    if found is not None:
        swaps.answer(session, found.id, agreed=True, by=_account(session, found.other_id), now=LATER)


def put(crowd: Crowd, session: Session, dice: Random) -> None:
    person, _ = crowd.somebody(session, dice)
    placements.put(session, dice.choice(crowd.week.shifts), person.id, by=crowd.coordinator(session), now=LATER)


def take_off(crowd: Crowd, session: Session, dice: Random) -> None:
    if turn := _turn(session, dice):
        by = crowd.coordinator(session)
        placements.take_off(session, turn.shift_id, turn.person_id, reason="", by=by, now=LATER)


def put_by_swap(crowd: Crowd, session: Session, dice: Random) -> None:
    shift = session.get_one(Shift, dice.choice(crowd.week.shifts))
    about = staffing.everybody_published(session, session.get_one(Roster, crowd.week.roster), [shift], now=LATER)
    if offered := [one for one in about.standins(shift.id) if one.gives_id]:
        one, by = dice.choice(offered), crowd.coordinator(session)
        both = {"gives_id": one.gives_id, "to_id": one.to_id}
        placements.put_by_swap(session, shift.id, one.person_id, **both, by=by, now=LATER)


def repair(crowd: Crowd, session: Session, dice: Random) -> None:
    by, ill = crowd.coordinator(session), tuple(dice.sample(crowd.week.people, 2))
    row = repairs.ask(session, crowd.week.roster, Loss(ill), by=by, now=LATER, seconds=1, workers=1)
    gone, came = (*row.first["lost"], *row.first["dropped"]), row.first["added"]
    joining, leaving = ([(shift, person) for shift, person in turns] for turns in (came, gone))
    repairs.accept(session, row.id, joining=joining, leaving=leaving, reason="", by=by, now=LATER)


ACTIONS: Sequence[Callable[[Crowd, Session, Random], None]] = (
    *(claim, claim, claim, claim, claim, claim, withdraw, confirm, answer_offer, ask_cover, ask_standin, answer_cover),
    *(answer_cover, propose_swap, propose_swap, answer_swap, answer_swap, put, take_off),
    *(put_by_swap, repair),
)


def published(session: Session) -> set[Turn]:
    rows = session.execute(
        select(Assignment.shift_id, Assignment.person_id).where(Assignment.state == AssignmentState.ACTIVE)
    )
    return {(shift_id, person_id) for shift_id, person_id in rows}


def broken_rules(session: Session, week: Week) -> list[check.Violation]:
    """The referee's verdict on what volunteers see, of everybody and every shift."""
    problem = snapshot.build(session, session.get_one(Roster, week.roster), now=LATER)
    return check.broken_rules(problem, check.Roster(problem, problem.previous or ()))


def require_whole(session: Session, week: Week) -> None:
    """Nothing was overbooked, forgotten or done twice."""
    now = published(session)
    history = session.scalars(
        select(AuditEntry).where(AuditEntry.action.in_(["turn.take", "turn.leave"])).order_by(AuditEntry.id)
    ).all()
    assert [one for one in broken_rules(session, week) if one.rule != "pins"] == []
    assert _replayed(history) == now, "the audit trail tells another story than the roster"
    assert len({entry.facts["revision"] for entry in history}) == len(history), "a revision was lost"
    _require_sequences(session, history)
    _require_mirrored(session, week)


def _replayed(history: Sequence[AuditEntry]) -> set[Turn]:
    turns: set[Turn] = set()
    for entry in history:
        turn = (entry.facts["shift_id"], entry.facts["person_id"])
        assert (turn in turns) == (entry.action == "turn.leave"), "came twice, or left without being there"
        turns ^= {turn}
    return turns


def _require_sequences(session: Session, history: Sequence[AuditEntry]) -> None:
    """Every coming and going has raised the SEQUENCE of exactly its own turn."""
    for row in session.scalars(select(Assignment)):
        mine = [
            one for one in history if (one.facts["shift_id"], one.facts["person_id"]) == (row.shift_id, row.person_id)
        ]
        assert row.sequence == len(mine) - 1


def _require_mirrored(session: Session, week: Week) -> None:
    roster = session.get_one(Roster, week.roster)
    change = difference.of(session, roster, now=LATER)
    assert (change.added, change.removed) == ([], []), "the draft is not what is published"
    assert roster.revision == roster.published_revision
