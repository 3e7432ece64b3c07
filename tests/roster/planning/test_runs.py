"""A run asks the real solver and makes its answer the draft, unless a hand or a contradiction is in the way."""

import gzip
from collections.abc import Callable
from datetime import timedelta
from hashlib import sha256

import pytest
from sqlalchemy import delete, select
from sqlalchemy.orm import Session, sessionmaker

from roster.errors import NotFound
from roster.models import (
    Account,
    Assignment,
    DraftAssignment,
    Person,
    Pin,
    PinState,
    Roster,
    Run,
    RunState,
    Shift,
    ShiftState,
    WeeklyAvailability,
)
from roster.planning import runs, writeback
from roster.queries.runs import latest_run
from roster.services import rosters
from solver import check, engine, reader
from solver import problem as asked
from tests.builders import (
    MONDAY,
    a_coordinator,
    a_person,
    a_programme,
    a_roster,
    a_shift,
    a_site,
    a_unit,
    local,
)
from tests.waiting import PATIENCE

NOW = local(MONDAY - timedelta(days=3), "09:00")
WEEK = timedelta(days=7)


class World:
    """A week of ten half-days at one desk, and its people."""

    def __init__(self, sessions: sessionmaker[Session]) -> None:
        self.sessions = sessions
        with sessions() as session:
            unit = a_unit(session)
            site, programme = a_site(session, unit), a_programme(session, unit)
            days = [MONDAY + timedelta(days=day) for day in range(5)]
            hours = (("07:30", "11:30"), ("13:30", "17:00"))
            self.shifts = [
                a_shift(session, site, programme, day=day, starts=starts, ends=ends).id
                for day in days
                for starts, ends in hours
            ]
            names = ("Trần Văn An", "Lê Thị Bình", "Đỗ Chi", "Võ Dũng", "Phan Thị Én")
            self.people = [a_person(session, unit, name).id for name in names]
            self.by = a_coordinator(session, unit).id
            self.roster = a_roster(session, unit).id
            session.commit()

    def a_run(self, **columns) -> int:
        with self.sessions() as session:
            roster = session.get_one(Roster, self.roster)
            run = Run(
                roster=roster,
                asked_by_id=self.by,
                state=RunState.QUEUED,
                roster_revision=roster.revision,
                seconds_limit=PATIENCE,
                workers=1,
                created_at=NOW,
                **columns,
            )
            session.add(run)
            session.commit()
            return run.id

    def execute(self, run_id: int, should_stop: Callable[[], bool] = lambda: False) -> None:
        runs.execute(self.sessions, run_id, should_stop=should_stop, clock=lambda: NOW)

    def pin(self, shift: int, person: int, state: PinState) -> None:
        with self.sessions() as session:
            session.add(Pin(roster_id=self.roster, shift_id=shift, person_id=person, state=state))
            session.commit()

    def allow_one_turn_each(self) -> None:
        with self.sessions() as session:
            for person in self.people:
                session.get_one(Person, person).max_turns = 1
            session.commit()

    def draft(self) -> set[tuple[int, int]]:
        with self.sessions() as session:
            return {(row.shift_id, row.person_id) for row in session.scalars(select(DraftAssignment))}

    def by_hand(self, what, shift: int, person: int) -> None:
        with self.sessions() as session:
            roster = session.get_one(Roster, self.roster)
            by = session.get_one(Account, self.by)
            what(session, roster.id, shift, person, revision_seen=roster.revision, by=by, now=NOW)
            session.commit()


@pytest.fixture
def world(sessions):
    return World(sessions)


@pytest.fixture
def during_the_search(monkeypatch) -> Callable[[Callable[[], None]], None]:
    """Have something done behind the run's back, between its snapshot and its result."""

    def do(action: Callable[[], None]) -> None:
        def solve(*args, **options):
            action()
            return search(*args, **options)

        search = engine.solve
        monkeypatch.setattr(engine, "solve", solve)

    return do


def view(world: World, session: Session):
    return latest_run(session, session.get_one(Roster, world.roster))


def test_a_run_fills_the_draft_and_proves_it_the_best(world, sessions):
    run_id = world.a_run()

    world.execute(run_id)

    assert {shift for shift, _ in world.draft()} == set(world.shifts)
    with sessions() as session:
        run = view(world, session)
        assert (run.state, run.applied, run.placed, run.short, run.wanted) == (RunState.OPTIMAL, True, 10, 0, 10)
        assert all(level.proved for level in run.levels)
        assert session.get_one(Roster, world.roster).revision == 1


def test_what_was_asked_is_kept_byte_for_byte_and_the_draft_obeys_it(world, sessions):
    run_id = world.a_run()
    world.execute(run_id)

    with sessions() as session:
        run = session.get_one(Run, run_id)
        data = gzip.decompress(run.problem)
        problem = reader.read(data)
    turns = [asked.Assignment(f"p{person}", f"s{shift}") for shift, person in world.draft()]

    assert sha256(data).hexdigest() == run.problem_sha256
    assert gzip.compress(data, mtime=0) == run.problem
    assert check.broken_rules(problem, check.Roster(problem, turns)) == []


def test_what_a_run_was_asked_is_given_as_a_file_of_the_newest_or_of_one_by_its_number(world, sessions):
    first = world.a_run()
    with sessions() as session, pytest.raises(NotFound):
        runs.problem_file(session)
    world.execute(first)
    second = world.a_run(problem=gzip.compress(b"{}"))

    with sessions() as session:
        assert len(reader.read(runs.problem_file(session, first)).shifts) == 10
        assert runs.problem_file(session) == runs.problem_file(session, second) == b"{}"


def test_pins_are_planned_around(world):
    first, second = world.shifts[:2]
    world.pin(first, world.people[0], PinState.ASSIGNED)
    for person in world.people[1:]:
        world.pin(second, person, PinState.FORBIDDEN)

    world.execute(world.a_run())

    on_first = {person for shift, person in world.draft() if shift == first}
    assert on_first == {world.people[0]}
    assert not {person for shift, person in world.draft() if shift == second}, "one turn a day, and the first is pinned"


def test_people_missing_are_reported_and_not_called_impossible(world, sessions):
    world.allow_one_turn_each()

    world.execute(world.a_run())

    with sessions() as session:
        run = view(world, session)
        assert (run.state, run.placed, run.short, run.filled) == (RunState.OPTIMAL, 5, 5, 5)


def test_pins_that_cannot_hold_together_are_named_and_the_draft_stays(world, sessions):
    world.execute(world.a_run())
    before = world.draft()
    an = world.people[0]
    world.pin(world.shifts[0], an, PinState.ASSIGNED)
    world.pin(world.shifts[1], an, PinState.ASSIGNED)

    world.execute(world.a_run())

    assert world.draft() == before
    with sessions() as session:
        run = view(world, session)
        assert (run.state, run.applied) == (RunState.INFEASIBLE, False)
        assert {clash.rule for clash in run.contradiction} == {"pins", "limits"}
        assert {clash.person.id for clash in run.contradiction if clash.person} == {an}
        pinned = {clash.place.shift_id for clash in run.contradiction if clash.rule == "pins"}
        assert pinned == set(world.shifts[:2])
        assert session.get_one(Roster, world.roster).revision == 1


def test_a_cancelled_run_keeps_the_best_roster_so_far_and_leaves_none_without_one(world, sessions):
    world.execute(world.a_run(), should_stop=lambda: True)

    drafted = bool(world.draft())
    with sessions() as session:
        run = view(world, session)
        assert run.state in (RunState.CANCELLED, RunState.OPTIMAL), "it may have been quicker than the cancelling"
        assert run.applied == drafted


def test_a_turn_taken_off_during_the_run_stays_off(world, sessions, during_the_search):
    world.execute(world.a_run())
    shift, person = sorted(world.draft())[0]

    during_the_search(lambda: world.by_hand(rosters.remove, shift, person))
    world.execute(world.a_run())

    assert (shift, person) not in world.draft()
    with sessions() as session:
        run = view(world, session)
        assert (run.applied, run.kept) == (True, 1)
        assert session.get_one(Roster, world.roster).revision == 3


def test_what_does_not_fit_a_hand_made_during_the_run_is_left_out_and_the_hand_is_kept(
    world, sessions, during_the_search
):
    world.allow_one_turn_each()
    planned, wanted, an = world.shifts[0], world.shifts[9], world.people[0]
    world.pin(planned, an, PinState.ASSIGNED)

    def meddle() -> None:
        world.by_hand(rosters.unpin, planned, an)
        world.by_hand(rosters.add, wanted, an)

    during_the_search(meddle)
    world.execute(world.a_run())

    assert {shift for shift, person in world.draft() if person == an} == {wanted}
    assert len(world.draft()) == len(world.people)
    with sessions() as session:
        run = view(world, session)
        assert (run.state, run.applied, run.kept, run.left_out) == (RunState.OPTIMAL, True, 1, 1)
        assert session.get_one(Roster, world.roster).revision == 3


def test_pins_that_come_to_break_a_rule_among_themselves_keep_the_draft_and_the_run_says_so(
    world, sessions, during_the_search
):
    world.allow_one_turn_each()
    planned, wanted, an = world.shifts[0], world.shifts[9], world.people[0]
    world.pin(planned, an, PinState.ASSIGNED)

    during_the_search(lambda: world.pin(wanted, an, PinState.ASSIGNED))
    world.execute(world.a_run())

    assert not world.draft()
    with sessions() as session:
        run = view(world, session)
        assert (run.state, run.applied) == (RunState.OPTIMAL, False)
        assert [(clash.rule, clash.person.id) for clash in run.in_the_way] == [("limits", an)]
        assert session.get_one(Roster, world.roster).revision == 0


def test_a_pin_that_no_longer_holds_stays_and_costs_the_others_nothing_of_their_plan(
    world, sessions, during_the_search
):
    planned, an = world.shifts[0], world.people[0]
    world.pin(planned, an, PinState.ASSIGNED)

    def has_no_time_after_all() -> None:
        with sessions() as session:
            session.execute(delete(WeeklyAvailability).where(WeeklyAvailability.person_id == an))
            session.commit()

    during_the_search(has_no_time_after_all)
    world.execute(world.a_run())

    after = world.draft()
    assert {shift for shift, person in after if person == an} == {planned}
    assert {person for _, person in after} == set(world.people)
    with sessions() as session:
        assert view(world, session).applied


def test_nobody_is_put_on_a_shift_called_off_at_the_last_moment(world, sessions, monkeypatch):
    called_off = world.shifts[3]
    write_back = writeback.apply

    def call_off_first(session, *args, **options):
        session.get_one(Shift, called_off).state = ShiftState.CANCELLED
        session.flush()
        return write_back(session, *args, **options)

    monkeypatch.setattr(writeback, "apply", call_off_first)
    world.execute(world.a_run())

    assert {shift for shift, _ in world.draft()} == set(world.shifts) - {called_off}


def test_what_others_change_during_the_run_is_neither_lost_nor_overwritten(world, sessions, during_the_search):
    world.execute(world.a_run())
    before, (first, *_, last), (gone, busy, *_) = world.draft(), world.shifts, world.people
    new = []

    def meddle() -> None:
        with sessions() as session:
            session.get_one(Person, gone).active = False
            session.execute(delete(WeeklyAvailability).where(WeeklyAvailability.person_id == busy))
            next_week = session.get_one(Shift, last)
            next_week.starts_at, next_week.ends_at = next_week.starts_at + WEEK, next_week.ends_at + WEEK
            new.append(a_person(session, next_week.site.unit, "Nguyễn Mới").id)
            session.commit()
        world.by_hand(rosters.add, first, new[0])

    during_the_search(meddle)
    world.execute(world.a_run())

    after = world.draft()
    assert (first, new[0]) in after
    assert on(last, after) == on(last, before)
    assert not {gone, busy} & {person for shift, person in after if shift != last}
    with sessions() as session:
        run = view(world, session)
        assert (run.applied, run.kept, run.left_out > 0, run.as_planned) == (True, 1, True, False)


def test_a_run_says_as_of_when_it_planned_and_what_was_published_since(world, sessions, during_the_search):
    world.execute(world.a_run())

    def publish() -> None:
        with sessions() as session:
            roster, by = session.get_one(Roster, world.roster), session.get_one(Account, world.by)
            rosters.publish(session, roster.id, revision_seen=roster.revision, by=by, now=NOW)
            session.commit()

    with sessions() as session:
        assert (view(world, session).as_of, view(world, session).published) == (NOW, None)
    during_the_search(publish)
    before = world.draft()
    world.execute(world.a_run())

    with sessions() as session:
        assert (view(world, session).applied, view(world, session).published) == (True, 1)
        serving = session.execute(select(Assignment.shift_id, Assignment.person_id))
        assert {tuple(turn) for turn in serving} == before


def on(shift: int, turns: set[tuple[int, int]]) -> set[int]:
    return {person for id, person in turns if id == shift}


def test_a_week_without_a_shift_is_planned_in_no_time(world, sessions):
    with sessions() as session:
        for shift in session.scalars(select(Shift)):
            shift.state = ShiftState.CANCELLED
        session.commit()

    world.execute(world.a_run())

    with sessions() as session:
        run = view(world, session)
        assert (run.state, run.placed, run.wanted) == (RunState.OPTIMAL, 0, 0)


def test_a_run_that_is_over_is_left_alone(world, sessions):
    run_id = world.a_run()
    world.execute(run_id)
    with sessions() as session:
        before = session.get_one(Run, run_id).finished_at, session.get_one(Roster, world.roster).revision

    runs.execute(sessions, run_id, should_stop=lambda: False)

    with sessions() as session:
        assert (session.get_one(Run, run_id).finished_at, session.get_one(Roster, world.roster).revision) == before
