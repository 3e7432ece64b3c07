"""What people agreed to for one week, as the snapshot puts it into the problem."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.orm import Session

from roster.models import Agreement, AgreementKind, Roster
from roster.planning import offers, scope
from solver.problem import Interval


@dataclass
class Agreed:
    """One person's agreements. `more`: by how much a limit is higher; `hours`: offered besides; `groups`: joined."""

    more: dict[str, int] = field(default_factory=dict)
    hours: list[offers.Span] = field(default_factory=list)
    groups: set[str] = field(default_factory=set)

    def raised(self, limit: str, most: int | None) -> int | None:
        return None if most is None else most + self.more.get(limit, 0)

    def offered(self, own: Sequence[Interval]) -> Sequence[Interval]:
        """Their own time, and where it leaves gaps what they agreed to, if needed."""
        if not self.hours:
            return own
        covered = [offers.Span(offer.start, offer.end) for offer in own]
        asked = [Interval(span.start, span.end, "if_needed") for span in self.hours]
        return offers.joined([*own, *offers.without(asked, covered)])


def of(session: Session, roster: Roster) -> Mapping[int, Agreed]:
    """By person id; nobody is in it who agreed to nothing."""
    area, found = scope.of(roster.period), dict[int, Agreed]()
    for row in session.scalars(select(Agreement).where(Agreement.roster_id == roster.id).order_by(Agreement.id)):
        agreed = found.setdefault(row.person_id, Agreed())
        if row.kind is AgreementKind.MORE and row.limit and row.more:
            agreed.more[row.limit] = agreed.more.get(row.limit, 0) + row.more
        if row.kind is AgreementKind.HOURS and row.starts_at and row.ends_at:
            agreed.hours.append(offers.Span(area.minute(row.starts_at), area.minute(row.ends_at)))
        if row.kind is AgreementKind.LENT and row.group:
            agreed.groups.add(row.group)
    return found


NOTHING = Agreed()
"""What everybody else agreed to; never changed."""
