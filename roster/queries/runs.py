"""Runs as pages show them: how far the search is, what is proved, and why it came to nothing if it did."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from roster.models import Roster, Run, RunState, Shift
from roster.planning import scope
from roster.queries import somebody
from roster.queries.publications import Place
from roster.queries.rounds import heard
from roster.queries.somebody import Somebody


@dataclass(frozen=True, slots=True)
class LevelView:
    """One level of the objective: amounts by term, their weighted sum, and below what no roster can get."""

    terms: Mapping[str, int]
    value: int
    bound: int

    @property
    def proved(self) -> bool:
        return self.bound >= self.value


@dataclass(frozen=True, slots=True)
class Clash:
    """One rule that takes part in a contradiction, of a person, of a shift, or of everybody."""

    rule: str
    person: Somebody | None
    place: Place | None


@dataclass(frozen=True, slots=True)
class RunView:
    """A run, waiting, under way or over. Seconds are of the search.

    `placed`: turns in the best roster so far; `short`: places of `wanted` that it leaves empty. `applied`: the draft
    took it; if a finished run has a roster and was not applied, `in_the_way` says which rules the pins of that moment
    break. `kept`: turns changed by hand during the run and worked in; `left_out`: turns it found that did not hold any
    more when it ended. `edited`: hands have changed the draft since. `contradiction`: of an infeasible run, the rules
    that cannot hold together. `unheard`: it placed nobody, and nobody who could serve has ever said when. `as_of`: the
    moment whose rows it planned; `published`: the number of a publication that came out since.
    """

    id: int
    roster_id: int
    state: RunState
    asked_by: str | None
    created_at: datetime
    finished_at: datetime | None
    seconds: float
    seconds_limit: int
    cancel_requested: bool
    placed: int
    short: int
    wanted: int
    levels: tuple[LevelView, ...]
    applied: bool
    kept: int
    edited: bool
    contradiction: tuple[Clash, ...]
    in_the_way: tuple[Clash, ...]
    error: str | None
    unheard: bool = False
    left_out: int = 0
    as_of: datetime | None = None
    published: int | None = None

    @property
    def as_planned(self) -> bool:
        """Whether the draft is what the run found, so that what it proved holds for the draft."""
        return not (self.edited or self.kept or self.left_out)

    @property
    def is_over(self) -> bool:
        return self.state.is_over

    @property
    def filled(self) -> int:
        """Places filled of those wanted."""
        return max(0, self.wanted - self.short)


def run_view(session: Session, run: Run) -> RunView:
    """The run as the database has it now."""
    now: Mapping[str, Any] = run.progress or {}
    result: Mapping[str, Any] = run.result or {}
    missing = sum(gap["missing"] for gap in result.get("shortfalls", ()))
    return RunView(
        id=run.id,
        roster_id=run.roster_id,
        state=run.state,
        asked_by=run.asked_by.display_name if run.asked_by else None,
        created_at=run.created_at,
        finished_at=run.finished_at,
        seconds=run.seconds if run.seconds is not None else now.get("seconds", 0.0),
        seconds_limit=run.seconds_limit,
        cancel_requested=bool(run.job and run.job.cancel_requested),
        placed=result.get("turns", now.get("placed", 0)),
        short=missing if "shortfalls" in result else now.get("short", 0),
        wanted=result.get("wanted", now.get("wanted", 0)),
        levels=tuple(LevelView(**level) for level in result.get("levels") or now.get("levels", ())),
        applied=result.get("applied", False),
        kept=result.get("kept", 0),
        left_out=result.get("left_out", 0),
        as_of=datetime.fromisoformat(result["as_of"]) if "as_of" in result else None,
        published=result.get("published"),
        edited=result.get("applied", False) and result["revision"] != run.roster.revision,
        contradiction=_clashes(session, run, result.get("contradiction", ())),
        in_the_way=_clashes(session, run, result.get("in_the_way", ())),
        error=result.get("error"),
        unheard=result.get("turns") == 0 and not heard(session, scope.of(run.roster.period))[1],
    )


def latest_run(session: Session, roster: Roster) -> RunView | None:
    """The roster's last run, whatever became of it."""
    run = session.scalars(
        select(Run)
        .where(Run.roster_id == roster.id)
        .options(joinedload(Run.job), joinedload(Run.asked_by))
        .order_by(Run.id.desc())
        .limit(1)
    ).one_or_none()
    return None if run is None else run_view(session, run)


def _clashes(session: Session, run: Run, found: Sequence[Mapping[str, Any]]) -> tuple[Clash, ...]:
    """With names; the result keeps ids only, because it outlives what people are called."""
    if not found:
        return ()
    people = somebody.profiles(session, {one["person_id"] for one in found if one["person_id"]})
    places = _places(session, run, {one["shift_id"] for one in found if one["shift_id"]})
    return tuple(
        Clash(
            rule=one["rule"],
            person=people[one["person_id"]].somebody if one["person_id"] in people else None,
            place=places.get(one["shift_id"]),
        )
        for one in found
    )


def _places(session: Session, run: Run, shift_ids: set[int]) -> dict[int, Place]:
    local = scope.of(run.roster.period).local
    shifts = session.scalars(select(Shift).where(Shift.id.in_(shift_ids)).options(joinedload(Shift.site)))
    return {
        shift.id: Place(shift.id, shift.site.name, local(shift.starts_at), local(shift.ends_at)) for shift in shifts
    }
