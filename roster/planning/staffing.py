"""Staffing: who is free for a shift, who could take it now, and what is in the way of the others.

Asked of the draft as it stands, or of what volunteers see, by the same referee that judges the solver, so that a hand
in the grid, a volunteer's claim or swap, and a run never disagree about what is allowed. One look at the database
answers for any number of shifts.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from typing import Any, Literal

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from roster.models import Assignment as PublishedTurn
from roster.models import AssignmentState, DraftAssignment, Roster, Shift, Site, Withdrawal, WithdrawalState
from roster.planning import consents, rounds, scope, snapshot
from roster.planning.difference import Turn
from roster.planning.snapshot import person_key, row_id, shift_key
from solver import check
from solver import problem as asked
from solver import standins as solver_standins
from solver.check.company import missing_to_needs
from solver.check.suitability import suits
from solver.problem import Assignment, Pin, Problem, Volunteer

Welcome = Literal["preferred", "available", "if_needed"]
BETWEEN_TURNS = ("overlap", "rest", "succession")
_SERVING = PublishedTurn.state == AssignmentState.ACTIVE
RANKS: Mapping[str, int] = {"preferred": 0, "available": 1, "if_needed": 2}


@dataclass(frozen=True, slots=True)
class Refusal:
    """One rule that one turn would break.

    `rule` and `detail` are the problem format's names, or "consent" and whose is missing. `facts`, as far as the rule
    has them: `person_id`, `shift_id`, `value` with `most` or `least` (turns or minutes), `day` (a date), `missing` and
    `needs` (qualification codes), `person_ids`, and of another turn in the way `other_shift_id`, `other_site`,
    `other_starts`, `other_ends` (aware, local). `mendable`: further people or turns can end it, so a draft may pass
    through it; publishing may not.
    """

    rule: str
    detail: str
    facts: Mapping[str, Any]
    mendable: bool = False


@dataclass(frozen=True, slots=True)
class Obstacle:
    """So many people whom one rule keeps from a shift. `most`: the limit in the way, if they all have the same."""

    rule: str
    detail: str
    people: int
    most: int | None = None


@dataclass(frozen=True, slots=True)
class Cause:
    """Why a shift is short: of the people in its pool so many fit its demand, of those so many are free, of those so
    many could still take it, and what keeps the others of the free. `outside` is what keeps the pool's others.

    `qualification`: only people who have it are looked at, as a need for them is not met; None: people are missing.
    """

    shift_id: int
    qualification: str | None
    pool: int
    qualified: int
    free: int
    takers: int
    obstacles: tuple[Obstacle, ...] = ()
    outside: tuple[Obstacle, ...] = ()

    @property
    def on_it(self) -> int:
        """How many of the free are on the shift already; everybody else of them takes it or is kept by one rule."""
        return self.free - self.takers - sum(one.people for one in self.obstacles)


@dataclass(frozen=True, slots=True)
class StandIn:
    """Somebody who could take a place; `gives_id` and `to_id`: the turn they give up first, and who takes it.

    `turns`: of this period and the four weeks before; `km` None where a place is unknown. `brings`: which of the
    qualifications that would otherwise be missing there.
    """

    person_id: int
    turns: int
    welcome: Welcome | None
    km: float | None
    brings: tuple[str, ...]
    gives_id: int | None = None
    to_id: int | None = None


def inactive(person_id: int, shift_id: int) -> Refusal:
    """Somebody in the draft who does not serve here any more; the solver's problem does not even name them."""
    return Refusal("eligibility", "inactive", {"person_id": person_id, "shift_id": shift_id})


class Staffing:
    """The turns of a roster and the people around some of its shifts, read once and asked often.

    `turns`: the draft's, unless others are given.
    """

    def __init__(
        self, session: Session, roster: Roster, problem: Problem, turns: Iterable[Assignment] | None = None
    ) -> None:
        self._session, self._roster = session, roster
        self.area = scope.of(roster.period)
        self.problem = problem
        self._left: dict[Assignment, check.Standing] = {}
        self.draft = snapshot.draft_of(session, roster, problem) if turns is None else tuple(turns)

    @cached_property
    def standing(self) -> check.Standing:
        return check.Standing(self.problem, self.draft)

    @cached_property
    def turns(self) -> Counter[str]:
        """Turns in the draft by person key."""
        return Counter(turn.volunteer for turn in self.draft)

    @cached_property
    def unconsented(self) -> Mapping[int, consents.Missing]:
        """By person id, whose consent is missing. For the referee these people have no time at all."""
        return consents.missing(self._session, scope.people_in(self.area), self.area.first_day)

    @cached_property
    def silent(self) -> Collection[int]:
        """By person id, who said nothing of this week: not busy, but worth a call."""
        return rounds.silent(self._session, self._roster, scope.people_in(self.area))

    def plans(self, shift_id: int) -> bool:
        """Whether the shift can still be planned: it is open, of this roster, and has not begun."""
        return shift_key(shift_id) in self.problem.shift_by_id

    def is_on(self, person_id: int, shift_id: int) -> bool:
        """Whether the draft has the person on the shift."""
        return self.standing.roster.has(person_key(person_id), shift_key(shift_id))

    def knows(self, person_id: int) -> bool:
        return person_key(person_id) in self.problem.volunteer_by_id

    def in_pool(self, shift_id: int) -> list[Volunteer]:
        """Everybody in one of the shift's groups, in the order of their ids."""
        pool = self.problem.shift_by_id[shift_key(shift_id)].pool or ()
        numbers = {number for group in pool for number in self._by_group.get(group, ())}
        return [self.problem.volunteers[number] for number in sorted(numbers)]

    def takers(self, shift_id: int) -> int:
        """How many more could come, a pin that a hand may lift aside; not who is free but serves elsewhere then."""
        shift = self.problem.shift_by_id[shift_key(shift_id)]
        return sum(self._may_take(person, shift) for person in self.in_pool(shift_id))

    def refusals(
        self, person_id: int, shift_id: int, *, overriding_pin: bool = True, leaving: int | None = None
    ) -> list[Refusal]:
        """What putting the person on the shift would break; a pin that a hand may lift is no obstacle.

        `leaving`: the shift whose place they give up for it.
        """
        asked = shift_key(shift_id)
        standing = self.standing if leaving is None else self._without(person_id, leaving)
        broken = standing.may_take(person_key(person_id), asked)
        kept = (one for one in broken if not (overriding_pin and one.rule == "pins"))
        return _consent_first(self.refusal(_seen_from(asked, one)) for one in kept)

    def put(self, person_id: int, shift_id: int) -> None:
        """Count one more turn from now on, as if the draft had it."""
        self.standing = self.standing.including([Assignment(person_key(person_id), shift_key(shift_id))])

    def exchange(self, joining: Collection[Turn], leaving: Collection[Turn] = ()) -> list[Refusal]:
        """What the roster would break that it does not break now, if these turns came and those went at once.

        The whole verdict of the referee before and after, so leaving asks as much as coming: a minor may be left
        alone. Turns of people and shifts that the staffing does not know count for nothing.
        """
        gone, come = set(self._known(leaving)), set(self._known(joining))
        turns = [turn for turn in self.draft if turn not in gone] + sorted(come, key=_by_ids)
        before = check.broken_rules(self.problem, self.standing.roster)
        after = check.broken_rules(self.problem, check.Roster(self.problem, turns))
        shifts = {turn.shift for turn in come}
        return _consent_first(self.refusal(_seen_from_any(shifts, one)) for one in after if _is_worse(one, before))

    def keeps(self, shift_id: int, person_id: int, places: int) -> Refusal | None:
        """Why so few places left are not this person's: the shift still needs qualifications that they lack.

        No rule of a roster, in which a need is soft, but of who may help themselves to its last places.
        """
        shift = self.problem.shift_by_id[shift_key(shift_id)]
        person = self.problem.volunteer_by_id[person_key(person_id)]
        missing = missing_to_needs(shift, list(self.standing.roster.people_on(shift.id)))
        needs = [code for code, gap in missing.items() if gap >= places and code not in person.qualifications]
        return Refusal("kept", "", {"shift_id": shift_id, "person_id": person_id, "needs": needs}) if needs else None

    def standins(self, shift_id: int, leaving_id: int | None = None) -> list[StandIn]:
        """Who could take a place on the shift, or the place of whoever leaves it, as the solver ranks them.

        To be asked of a staffing that knows everybody in the pool and everybody who serves.
        """
        leaving = person_key(leaving_id) if leaving_id else None
        found = solver_standins.standins(self.problem, self.draft, shift_key(shift_id), leaving=leaving)
        shift = self.problem.shift_by_id[shift_key(shift_id)]
        staying = [person for person in self.standing.roster.people_on(shift.id) if person.id != leaving]
        missing = tuple(missing_to_needs(shift, staying))
        return [self._standin(one, shift_id, missing) for one in found]

    def cause(self, shift_id: int, qualification: str | None = None) -> Cause:
        """Why nobody more is on the shift (with the qualification, if one is named), in numbers of people."""
        pool = [one for one in self.in_pool(shift_id) if qualification is None or qualification in one.qualifications]
        on_it = {person.id for person in self.standing.roster.people_on(shift_key(shift_id))}
        others = [person for person in pool if person.id not in on_it]
        reasons = {person.id: self._first_obstacle(person, shift_id) for person in others}
        unfit = [one for one in reasons.values() if one and one.rule == "eligibility"]
        absent = [one for one in reasons.values() if one and _about_the_two_alone(one)]
        hindered = [one for one in reasons.values() if one and not _about_the_two_alone(one)]
        return Cause(
            shift_id=shift_id,
            qualification=qualification,
            pool=len(pool),
            qualified=len(pool) - len(unfit),
            free=len(pool) - len(absent),
            takers=sum(one is None for one in reasons.values()),
            obstacles=_counted(hindered),
            outside=_counted(absent),
        )

    def welcome(self, person_id: int, shift_id: int) -> Welcome | None:
        """The least welcome of the person's offers that the shift touches; None if it touches none."""
        shift = self.problem.shift_by_id[shift_key(shift_id)]
        person = self.problem.volunteer_by_id[person_key(person_id)]
        touched = [
            offer.level for offer in person.available or () if offer.start < shift.end and shift.start < offer.end
        ]
        return max(touched, key=RANKS.__getitem__, default=None)

    def broken(self) -> list[Refusal]:
        """Every hard rule the whole draft breaks as it stands."""
        return [self.refusal(one) for one in check.broken_rules(self.problem, check.Roster(self.problem, self.draft))]

    def refusal(self, broken: check.Violation) -> Refusal:
        broken = self._by_its_name(broken)
        facts = dict(broken.facts)
        if broken.volunteer:
            facts["person_id"] = row_id(broken.volunteer)
        if broken.shift:
            facts["shift_id"] = row_id(broken.shift)
        if broken.rule in BETWEEN_TURNS and "other" in facts:
            facts |= self._other_turn(row_id(facts.pop("other")))
        if "volunteers" in facts:
            facts["person_ids"] = [row_id(key) for key in facts.pop("volunteers")]
        if "day" in facts:
            facts["day"] = self.area.date_of(facts["day"])
        unheard = broken.rule == "availability" and facts.get("person_id") in self.silent
        return Refusal(broken.rule, "silent" if unheard else broken.detail, facts, broken.mendable)

    def _may_take(self, person: Volunteer, shift: asked.Shift) -> bool:
        if not suits(self.problem, person, shift) or self.standing.roster.has(person.id, shift.id):
            return False
        broken = (*self.standing.turns_broken(person, shift), *self.standing.place_broken([person], shift))
        return all(one.mendable for one in broken)

    def _by_its_name(self, broken: check.Violation) -> check.Violation:
        """Who waits for a consent is not simply "not free"."""
        asked_of = row_id(broken.volunteer) if broken.rule == "availability" and broken.volunteer else None
        whose = self.unconsented.get(asked_of) if asked_of else None
        return replace(broken, rule="consent", detail=whose.value) if whose else broken

    def _standin(self, one: solver_standins.StandIn, shift_id: int, missing: Iterable[str]) -> StandIn:
        person_id, held = row_id(one.volunteer), self.problem.volunteer_by_id[one.volunteer].qualifications
        return StandIn(
            person_id=person_id,
            turns=one.turns,
            welcome=self.welcome(person_id, shift_id),
            km=one.km,
            brings=tuple(code for code in missing if code in held),
            gives_id=row_id(one.swap.shift) if one.swap else None,
            to_id=row_id(one.swap.volunteer) if one.swap else None,
        )

    def _known(self, turns: Iterable[Turn]) -> Iterable[Assignment]:
        for shift_id, person_id in turns:
            if self.plans(shift_id) and self.knows(person_id):
                yield Assignment(person_key(person_id), shift_key(shift_id))

    def _without(self, person_id: int, shift_id: int) -> check.Standing:
        turn = Assignment(person_key(person_id), shift_key(shift_id))
        if turn not in self._left:
            self._left[turn] = self.standing.without([turn])
        return self._left[turn]

    @cached_property
    def _by_group(self) -> dict[str, list[int]]:
        groups: dict[str, list[int]] = defaultdict(list)
        for number, person in enumerate(self.problem.volunteers):
            for group in person.groups:
                groups[group].append(number)
        return groups

    def _first_obstacle(self, person: Volunteer, shift_id: int) -> check.Violation | None:
        """The most telling rule in the way: the referee names those about person and shift alone first."""
        broken = self.standing.may_take(person.id, shift_key(shift_id))
        first = next((one for one in broken if not one.mendable), None)
        return self._by_its_name(first) if first else None

    def _other_turn(self, shift_id: int) -> dict[str, Any]:
        if shift_id not in self._told_turns:
            self._told_turns.update(self._turns_told([shift_id]))
        return self._told_turns[shift_id]

    @cached_property
    def _told_turns(self) -> dict[int, dict[str, Any]]:
        """Every shift on which somebody serves, read at once: people are in each other's way by the dozen."""
        return self._turns_told({row_id(turn.shift) for turn in self.draft})

    def _turns_told(self, shift_ids: Collection[int]) -> dict[int, dict[str, Any]]:
        columns = (Shift.id, Site.name, Shift.starts_at, Shift.ends_at)
        return {
            shift_id: {
                "other_shift_id": shift_id,
                "other_site": site,
                "other_starts": self.area.local(starts),
                "other_ends": self.area.local(ends),
            }
            for shift_id, site, starts, ends in self._session.execute(
                select(*columns).join(Shift.site).where(Shift.id.in_(shift_ids))
            )
        }


def around_shifts(session: Session, roster: Roster, shifts: Iterable[Shift], *, now: datetime) -> Staffing:
    """With everybody in the pools of these shifts, and everybody the draft has on them."""
    shifts = list(shifts)
    groups = sorted({group for shift in shifts for group in snapshot.pool_of(shift)})
    pools = scope.people_of(scope.of(roster.period), groups)
    on_them = _drafted(roster).where(DraftAssignment.shift_id.in_([shift.id for shift in shifts]))
    return _staffing(session, roster, pools.union(on_them), now)


def on_shifts(session: Session, roster: Roster, shifts: Iterable[Shift], *, now: datetime) -> Staffing:
    """With everybody the draft has on these shifts."""
    return of_people(
        session, roster, _drafted(roster).where(DraftAssignment.shift_id.in_([shift.id for shift in shifts])), now=now
    )


def of_people(session: Session, roster: Roster, people: snapshot.People, *, now: datetime) -> Staffing:
    """With these people alone."""
    return _staffing(session, roster, people, now)


def of_one(
    session: Session,
    roster: Roster,
    person_id: int,
    *,
    company: Collection[int] = (),
    week: snapshot.Week | None = None,
    now: datetime,
) -> Staffing:
    """With one person, and those whose `company` they would have: of these only who they are is known.

    `week`: the roster's shifts, if they were read already.
    """
    people, asked = [person_id, *company], [person_id]
    problem = snapshot.build(session, roster, now=now, people=people, time_of=asked, unconsented=True, week=week)
    return Staffing(session, roster, problem)


def around_people(
    session: Session, roster: Roster, shift_id: int, person_ids: Collection[int], *, now: datetime
) -> Staffing:
    """With these people, and everybody the draft has on the shift."""
    on_it = session.scalars(_drafted(roster).where(DraftAssignment.shift_id == shift_id)).all()
    return _staffing(session, roster, [*person_ids, *on_it], now)


def of_draft(session: Session, roster: Roster, *, now: datetime) -> Staffing:
    """With everybody who has a turn in the draft."""
    return _staffing(session, roster, _drafted(roster), now)


def of_published(
    session: Session,
    roster: Roster,
    shift_ids: Collection[int],
    people: Collection[int] | Select[int],
    *,
    gone: Collection[Turn] = (),
    now: datetime,
) -> Staffing:
    """What volunteers see: with these people, and everybody who has a published turn on these shifts.

    `gone`: turns elsewhere that they are about to leave. A pin keeps somebody off a shift only if a coordinator made
    it: who left by themselves may come back, and no pin holds whoever cannot come.
    """
    staffing = _published(session, roster, shift_ids, people, now, gone)
    problem = replace(staffing.problem, pins=tuple(_kept_off(session, staffing.problem)))
    return Staffing(session, roster, problem, staffing.draft)


def everybody_published(session: Session, roster: Roster, shifts: Iterable[Shift], *, now: datetime) -> Staffing:
    """What volunteers see, with everybody in the pools of these shifts and everybody who serves in the roster.

    For asking people: whoever left one of the shifts, by themselves or not, is not asked to come back.
    """
    area = scope.of(roster.period)
    pool = scope.people_of(area, sorted({group for shift in shifts for group in snapshot.pool_of(shift)}))
    others = scope.shifts_in(area).with_only_columns(Shift.id).order_by(None)
    staffing = _published(session, roster, session.scalars(others).all(), pool, now)
    forbidden = tuple(pin for pin in staffing.problem.pins if pin.state == "forbidden")
    return Staffing(session, roster, replace(staffing.problem, pins=forbidden), staffing.draft)


def _published(
    session: Session,
    roster: Roster,
    shift_ids: Collection[int],
    people: Collection[int] | Select[int],
    now: datetime,
    gone: Collection[Turn] = (),
) -> Staffing:
    known = select(PublishedTurn.person_id).where(_SERVING, PublishedTurn.shift_id.in_(shift_ids))
    asked: snapshot.People = people.union(known) if isinstance(people, Select) else [*people, *session.scalars(known)]
    problem = snapshot.build(session, roster, now=now, people=asked, unconsented=True, gone=gone)
    return Staffing(session, roster, problem, problem.previous or ())


def _kept_off(session: Session, problem: Problem) -> Iterable[Pin]:
    """The pins that forbid, but for those that only say that the person left by themselves."""
    forbidden = [pin for pin in problem.pins if pin.state == "forbidden"]
    turns = [(row_id(pin.shift), row_id(pin.volunteer)) for pin in forbidden]
    left = session.execute(
        select(Withdrawal.shift_id, Withdrawal.person_id).where(
            Withdrawal.state == WithdrawalState.GRANTED,
            Withdrawal.shift_id.in_({shift for shift, _ in turns}),
            Withdrawal.person_id.in_({person for _, person in turns}),
        )
    ).all()
    freely = {(shift, person) for shift, person in left}
    return (pin for pin, turn in zip(forbidden, turns, strict=True) if turn not in freely)


def _staffing(session: Session, roster: Roster, people: snapshot.People, now: datetime) -> Staffing:
    return Staffing(session, roster, snapshot.build(session, roster, now=now, people=people, unconsented=True))


def _drafted(roster: Roster) -> Select[int]:
    return select(DraftAssignment.person_id).where(DraftAssignment.roster_id == roster.id)


def _seen_from(shift: str, broken: check.Violation) -> check.Violation:
    """The referee names the later of two turns and calls the earlier the other; who asks about one means that one."""
    if broken.rule in BETWEEN_TURNS and broken.facts.get("other") == shift:
        return replace(broken, shift=shift, facts={**broken.facts, "other": broken.shift})
    return broken


def _seen_from_any(shifts: Collection[str], broken: check.Violation) -> check.Violation:
    other = str(broken.facts.get("other"))
    return _seen_from(other, broken) if other in shifts and broken.shift not in shifts else broken


def _is_worse(one: check.Violation, before: Sequence[check.Violation]) -> bool:
    """Whether it was not there before, or less of it: a roster may be broken already, by a limit lowered since."""
    same = [known for known in before if _about(known) == _about(one)]
    if same and "most" in one.facts:
        return bool(one.facts["value"] > max(known.facts["value"] for known in same))
    return not same


def _about(one: check.Violation) -> tuple[object, ...]:
    return one.rule, one.detail, one.volunteer, one.shift, one.facts.get("other"), one.facts.get("day")


def _consent_first(refusals: Iterable[Refusal]) -> list[Refusal]:
    """While a consent is missing nothing else matters."""
    return sorted(refusals, key=lambda one: one.rule != "consent")


def _by_ids(turn: Assignment) -> tuple[str, str]:
    return turn.shift, turn.volunteer


def _about_the_two_alone(one: check.Violation) -> bool:
    return one.rule in ("eligibility", "availability", "consent") or (one.rule, one.detail) == ("minors", "latest_end")


def _counted(broken: Sequence[check.Violation]) -> tuple[Obstacle, ...]:
    """By rule, the most frequent first."""
    groups: dict[tuple[str, str], list[check.Violation]] = defaultdict(list)
    for one in broken:
        groups[one.rule, one.detail].append(one)
    obstacles = [
        Obstacle(rule, detail, len(ones), _common(one.facts.get("most") for one in ones))
        for (rule, detail), ones in groups.items()
    ]
    return tuple(sorted(obstacles, key=lambda one: (-one.people, one.rule, one.detail)))


def _common(values: Iterable[Any]) -> int | None:
    found = set(values)
    return found.pop() if len(found) == 1 else None
