"""The next steps to take back or do again, as the board names them before anybody presses."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select
from sqlalchemy.orm import Session

from roster.models import Account, DraftStep, Person, Roster, Shift
from roster.planning import drafts
from roster.planning.drafts import Change


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a draft. `by` is empty for what the service did by itself; `turns`: how many it changed.

    `site`, `starts` and `ends` (local) of the shift, and `person`, are None where it was about many.
    """

    action: str
    by: str
    mine: bool
    at: datetime
    turns: int
    person: str | None = None
    site: str | None = None
    starts: datetime | None = None
    ends: datetime | None = None

    @property
    def facts(self) -> dict[str, Any]:
        """As refusals name a turn."""
        if self.starts is None:
            return {}
        return {"person": self.person, "site": self.site, "starts": self.starts, "ends": self.ends}


@dataclass(frozen=True, slots=True)
class Steps:
    undo: Step | None
    redo: Step | None


def steps_of(session: Session, roster: Roster, account: Account) -> Steps:
    """What undo and redo would do now."""
    return Steps(
        undo=_step(session, drafts.latest_step(roster), account),
        redo=_step(session, drafts.step_taken_back(roster), account),
    )


def _step(session: Session, wanted: Select[DraftStep], account: Account) -> Step | None:
    row = session.scalars(wanted).one_or_none()
    if row is None:
        return None
    change = Change.of(row)
    return Step(
        action=row.action,
        by=row.account.display_name if row.account else "",
        mine=row.account_id == account.id,
        at=row.at,
        turns=len(change.added) + len(change.removed),
        **_about(session, row.facts),
    )


def _about(session: Session, facts: dict[str, Any]) -> dict[str, Any]:
    """The one turn a step was about, or the shift that several came to at once, if it was about one."""
    if "person_id" not in facts or "shift_id" not in facts:
        return {}
    person_id = facts["person_id"]
    shift = session.get_one(Shift, facts["shift_id"])
    zone = shift.site.unit.zone
    return {
        "person": None if person_id is None else session.get_one(Person, person_id).full_name,
        "site": shift.site.name,
        "starts": shift.starts_at.astimezone(zone),
        "ends": shift.ends_at.astimezone(zone),
    }
