"""States of the small world that its rows alone do not show: each a change of them, and the addresses that show it.

The world (`tests/architecture/world.py`) holds one of everything, as it is on a usual day. Here a search is under way,
has found something or broke off, a link was answered or came too late, an inbox is empty or long, nobody is reached.
Addresses name the world's arguments in braces.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from roster.models import (
    AccountLink,
    AnswerLink,
    AnswerPurpose,
    Assignment,
    Claim,
    ClaimState,
    DemandPattern,
    GuardianLink,
    ImportState,
    Job,
    Message,
    MessageKind,
    Objection,
    PeopleImport,
    Person,
    Repair,
    Round,
    Run,
    RunState,
    Shift,
    Swap,
    TeamDoor,
    Timetable,
    TimetableState,
    WhatIf,
    Withdrawal,
    WithdrawalState,
)
from roster.services.links import hashed
from tests import builders
from tests.architecture.world import COORDINATOR, OUTSIDER, VOLUNTEER
from tests.journeys import crowd

Arguments = Mapping[str, Any]
Change = Callable[[Session, Arguments, datetime], None]

WEEK, BENEATH = "/plan/{unit_id}/{first_day}", "/plan/{unit_id}/{first_day}/beneath"
REPAIR, LINK, INBOX = "/repairs/{repair_id}", "/a/{token}", "/inbox/"
PLACE, TURN, PERSON = "/places/{shift_id}", "/me/turns/{assignment_id}", "/people/{person_id}"
GUARDIAN, DOOR, WELCOME = "/guardian/{guardian_token}", "/join/{door_token}", "/welcome/{token}"
LEVELS = [
    {"terms": {"under_min": 1}, "value": 1, "bound": 0},
    {"terms": {"under_need": 0}, "value": 0, "bound": 0},
    {"terms": {"under_target": 2}, "value": 2, "bound": 2},
    {"terms": {"unfairness": 40}, "value": 40, "bound": 38},
]


@dataclass(frozen=True)
class State:
    """`who` looks at `addresses` once `change` has been made."""

    name: str
    who: str
    addresses: tuple[str, ...]
    change: Change


def _nothing(_session: Session, _arguments: Arguments, _now: datetime) -> None:
    """As the world is; another side of a page is looked at."""


def _run(state: RunState, *, found: bool = True, stopping: bool = False) -> Change:
    known = {"levels": LEVELS, "placed": 1, "short": 1, "wanted": 2, "elapsed": 1.5, "seconds": 1.5, "shortfalls": []}

    def change(session: Session, arguments: Arguments, now: datetime) -> None:
        values = {"state": state, "seconds": 2.5 if state.is_over else None}
        values |= {"progress": known, "result": known if state.is_over else None} if found else {}
        if stopping:
            job = Job(kind="plan", payload={}, run_after=now, created_at=now, cancel_requested=True)
            session.add(job)
            session.flush()
            values["job_id"] = job.id
        session.execute(update(Run).where(Run.id == arguments["run_id"]).values(**values))

    return change


def _repair(state: RunState, *, better: bool = False, **columns: Any) -> Change:
    def change(session: Session, arguments: Arguments, _now: datetime) -> None:
        repair = session.get(Repair, arguments["repair_id"])
        assert repair is not None
        shift, gone = int(arguments["shift_id"]), int(arguments["person_id"])
        other = builders.a_person(session, session.get_one(Person, gone).unit, "Đỗ Thị Thay")
        first = {"lost": [[shift, gone]], "dropped": [], "added": [], "lacks": {str(shift): [1, 0]}, "possible": True}
        best = first | {"added": [[shift, other.id]], "lacks": {}, "proved": True}
        repair.first, repair.best = first | {"proved": False}, best if better else None
        repair.state, repair.seconds, repair.progress = state, 2.5, {"seconds": 2.5}
        for name, value in columns.items():
            setattr(repair, name, value)

    return change


def _link(purpose: AnswerPurpose, argument: str, *, used: str = "", late: bool = False) -> Change:
    """The letter's link leads to something else, was used, or is over."""

    def change(session: Session, arguments: Arguments, now: datetime) -> None:
        link = session.scalars(select(AnswerLink).where(AnswerLink.token_hash == hashed(str(arguments["token"])))).one()
        link.purpose, link.target_id = purpose, int(arguments[argument])
        if used:
            link.used_at, link.answer = now, used
        if late:
            link.expires_at = now - timedelta(minutes=1)

    return change


def _all(*changes: Change) -> Change:
    def change(session: Session, arguments: Arguments, now: datetime) -> None:
        for one in changes:
            one(session, arguments, now)

    return change


def _offered(session: Session, arguments: Arguments, now: datetime) -> None:
    claim = session.get_one(Claim, arguments["claim_id"])
    claim.state, claim.answer_by = ClaimState.OFFERED, now + timedelta(hours=6)
    session.execute(delete(Assignment))


def _swapped_with_another(session: Session, arguments: Arguments, _now: datetime) -> None:
    """The world's swap is of one person with themselves; here somebody else proposes it."""
    swap = session.get_one(Swap, arguments["swap_id"])
    other = builders.a_person(session, swap.person.unit, "Trần Thị Đổi")
    wanted = builders.a_shift(session, swap.shift.site, swap.shift.programme, day=swap.shift.starts_at.date())
    session.add(_turn(swap.shift, other, "other"))
    swap.person, swap.wanted = other, wanted


def _turn(shift: Shift, person: Person, uid: str) -> Assignment:
    return Assignment(shift=shift, person=person, uid=uid, sequence=0, changed_at=shift.starts_at, state="active")


def _gone(table: type[Any]) -> Change:
    def change(session: Session, _arguments: Arguments, _now: datetime) -> None:
        session.execute(delete(table))

    return change


def _long_inbox(session: Session, arguments: Arguments, now: datetime) -> None:
    for number in range(60):
        at = now - timedelta(hours=number)
        session.add(
            Message(
                person_id=arguments["person_id"],
                kind=MessageKind.AVAILABILITY_ASKED,
                facts={"round_id": arguments["round_id"]},
                created_at=at,
                due_at=at,
                read_at=at if number % 2 else None,
            )
        )


def _import(state: ImportState, **columns: Any) -> Change:
    def change(session: Session, arguments: Arguments, _now: datetime) -> None:
        found = session.get_one(PeopleImport, arguments["import_id"])
        found.state, found.rows = state, 40
        for name, value in columns.items():
            setattr(found, name, value)

    return change


def _timetable(state: TimetableState, **columns: Any) -> Change:
    def change(session: Session, arguments: Arguments, now: datetime) -> None:
        found = session.get_one(Timetable, arguments["timetable_id"])
        found.state, found.read_at = state, now
        for name, value in columns.items():
            setattr(found, name, value)

    return change


def _asked_to_leave(state: WithdrawalState) -> Change:
    def change(session: Session, arguments: Arguments, _now: datetime) -> None:
        session.get_one(Withdrawal, arguments["withdrawal_id"]).state = state

    return change


def _round_over(session: Session, arguments: Arguments, now: datetime) -> None:
    session.get_one(Round, arguments["round_id"]).deadline = now - timedelta(hours=1)


def _over(*, absent: bool = False, objection: Objection | None = None) -> Change:
    """Yesterday's shift, to which its site counted nobody."""

    def change(session: Session, arguments: Arguments, now: datetime) -> None:
        shift = session.get_one(Shift, arguments["shift_id"])
        begins = now - timedelta(days=1)
        shift.starts_at, shift.ends_at, shift.came = begins, begins + (shift.ends_at - shift.starts_at), 0
        turn = session.get_one(Assignment, arguments["assignment_id"])
        turn.absent, turn.objection = absent, objection

    return change


def _expired(table: type[Any]) -> Change:
    def change(session: Session, _arguments: Arguments, now: datetime) -> None:
        session.execute(update(table).values(expires_at=now - timedelta(minutes=1)))

    return change


def _welcomed(session: Session, _arguments: Arguments, now: datetime) -> None:
    session.execute(update(AccountLink).values(used_at=now))


def _answered_what_if(session: Session, arguments: Arguments, _now: datetime) -> None:
    """It would fill a place, which is proved, and cost some fairness, which is not."""
    after = [{"terms": {"under_min": 0}, "value": 0, "bound": 0}, *LEVELS[1:]]
    shift = {"shift_id": arguments["shift_id"], "before": 1, "after": 0}
    asked = session.get_one(WhatIf, arguments["whatif_id"])
    asked.state, asked.seconds = RunState.OPTIMAL, 1.5
    levels = [
        {"before": old, "after": new, "gained": gained, "certain": certain}
        for old, new, gained, certain in zip(LEVELS, after, (1, 0, 0, -2), (True, True, True, False), strict=True)
    ]
    known = {"verdict": "better", "certain": True, "wanted": 2, "moved": 1}
    asked.result = known | {"levels": levels, "shifts": [shift], "trained": [arguments["person_id"]]}


def _closed_week(session: Session, _arguments: Arguments, _now: datetime) -> None:
    session.execute(update(Shift).values(state="cancelled", cancel_reason="Bão số 9"))


STATES: tuple[State, ...] = (
    *(
        State(f"run {name}", COORDINATOR, (WEEK, BENEATH), change)
        for name, change in (
            ("at its start", _run(RunState.RUNNING, found=False)),
            ("under way", _run(RunState.RUNNING)),
            ("stopping", _run(RunState.RUNNING, stopping=True)),
            ("proved", _run(RunState.OPTIMAL)),
            ("out of time", _run(RunState.FEASIBLE)),
            ("stopped", _run(RunState.CANCELLED)),
            ("against itself", _run(RunState.INFEASIBLE, found=False)),
            ("broken off", _run(RunState.FAILED, found=False)),
        )
    ),
    *(
        State(f"repair {name}", COORDINATOR, (REPAIR,), change)
        for name, change in (
            ("waiting", _repair(RunState.QUEUED)),
            ("under way", _repair(RunState.RUNNING)),
            ("better", _repair(RunState.OPTIMAL, better=True)),
            ("not better", _repair(RunState.FEASIBLE)),
            ("stopped", _repair(RunState.CANCELLED)),
            ("broken off", _repair(RunState.FAILED)),
            ("impossible", _repair(RunState.INFEASIBLE)),
        )
    ),
    *(
        State(f"letter's {name}", OUTSIDER, addresses, change)
        for name, addresses, change in (
            ("turn", (LINK, LINK + "?no=1"), _link(AnswerPurpose.TURN, "assignment_id")),
            ("stand-ins", (LINK + "/stand-in",), _link(AnswerPurpose.TURN, "assignment_id")),
            ("turn, over", (LINK,), _link(AnswerPurpose.TURN, "assignment_id", late=True)),
            ("turn, taken away", (LINK,), _all(_link(AnswerPurpose.TURN, "assignment_id"), _closed_week)),
            ("cover", (LINK,), _link(AnswerPurpose.COVER, "ask_id")),
            ("cover, taken", (LINK,), _all(_link(AnswerPurpose.COVER, "ask_id"), _closed_week)),
            ("swap", (LINK,), _all(_swapped_with_another, _link(AnswerPurpose.SWAP, "swap_id"))),
            ("swap, gone", (LINK,), _all(_link(AnswerPurpose.SWAP, "swap_id"), _closed_week)),
            ("place kept", (LINK,), _all(_offered, _link(AnswerPurpose.OFFER, "claim_id"))),
            ("place kept, gone", (LINK,), _link(AnswerPurpose.OFFER, "claim_id")),
            ("calendar", (LINK,), _link(AnswerPurpose.CALENDAR, "person_id")),
            ("choices", (LINK,), _link(AnswerPurpose.CHOICES, "person_id")),
            ("answer given", (LINK,), _link(AnswerPurpose.TURN, "assignment_id", used="yes")),
            ("swap answered", (LINK,), _link(AnswerPurpose.SWAP, "swap_id", used="waits")),
        )
    ),
    State("week answered as last week", OUTSIDER, (LINK + "?as=last",), _nothing),
    State("inbox empty", VOLUNTEER, (INBOX,), _gone(Message)),
    State("inbox long", VOLUNTEER, (INBOX, INBOX + "?page=2"), _long_inbox),
    State("a place kept", VOLUNTEER, ("/me/", "/me/open"), _offered),
    State("a swap asked", VOLUNTEER, ("/me/",), _swapped_with_another),
    State("nothing to come", VOLUNTEER, ("/me/", "/me/open"), _closed_week),
    State("leave refused", VOLUNTEER, ("/me/turns/{assignment_id}",), _asked_to_leave(WithdrawalState.REFUSED)),
    State("noted as missing", VOLUNTEER, ("/me/",), _over(absent=True)),
    State("says they were there", VOLUNTEER, ("/me/",), _over(absent=True, objection=Objection.WAITING)),
    State("stays missing", VOLUNTEER, ("/me/",), _over(absent=True, objection=Objection.ANSWERED)),
    State("timetable being read", VOLUNTEER, ("/me/timetables/{timetable_id}",), _timetable(TimetableState.READING)),
    State("timetable read", VOLUNTEER, ("/me/timetables/{timetable_id}",), _timetable(TimetableState.READ)),
    State(
        "list being written", COORDINATOR, ("/people/imports/{import_id}",), _import(ImportState.RUNNING, rows_done=9)
    ),
    State("list written", COORDINATOR, ("/people/imports/{import_id}",), _import(ImportState.DONE, rows_done=40)),
    State("list stopped", COORDINATOR, ("/people/imports/{import_id}",), _import(ImportState.CANCELLED, rows_done=9)),
    State("list broken off", COORDINATOR, ("/people/imports/{import_id}",), _import(ImportState.FAILED, rows_done=9)),
    State("week called off", COORDINATOR, (WEEK, PLACE, "/attention"), _closed_week),
    State("fewer came", COORDINATOR, ("/attention", PLACE, "/coverage/{site_id}"), _over()),
    State("missing, says not", COORDINATOR, ("/attention", PLACE), _over(absent=True, objection=Objection.WAITING)),
    State("round over", COORDINATOR, ("/rosters/{roster_id}/answers",), _round_over),
    *(
        State(f"minor, {name}", who, addresses, change)
        for name, change in (
            ("nobody asked", crowd.a_minor),
            ("guardian asked", crowd.a_minor_asked),
            ("guardian refused", crowd.a_minor_refused),
            ("guardian agreed", crowd.a_minor_let),
        )
        for who, addresses in (
            (VOLUNTEER, ("/me/", "/me/open", "/account/data/", PERSON + "/guardian")),
            (COORDINATOR, ("/people/guardians/", PERSON, PERSON + "/guardian")),
        )
    ),
    State("consent taken back", VOLUNTEER, ("/me/", "/me/open", "/account/data/"), crowd.took_consent_back),
    State("guardian agreed", OUTSIDER, (GUARDIAN,), crowd.guardian_agreed),
    State("guardian refused", OUTSIDER, (GUARDIAN,), crowd.guardian_refused),
    State("guardian too late", OUTSIDER, (GUARDIAN,), _expired(GuardianLink)),
    State("welcomed already", OUTSIDER, (WELCOME,), _welcomed),
    State("welcomed too late", OUTSIDER, (WELCOME,), _expired(AccountLink)),
    State("door closed", OUTSIDER, (DOOR,), _expired(TeamDoor)),
    State("others", VOLUNTEER, ("/me/", "/me/open", TURN, TURN + "/stand-in", TURN + "/swap"), crowd.others),
    State("others", COORDINATOR, (WEEK, PLACE, PLACE + "/cover", "/attention", "/people/", "/sites/"), crowd.others),
    State("others", OUTSIDER, (LINK + "/stand-in",), _all(crowd.others, _link(AnswerPurpose.TURN, "assignment_id"))),
    State("not confirmed", COORDINATOR, ("/attention", "/units/{unit_id}/confirming"), crowd.unconfirmed),
    State("late holiday", COORDINATOR, ("/attention", "/shifts/{shift_id}/edit"), crowd.in_a_series),
    State("five steps, some done", COORDINATOR, (WEEK, "/rosters/{roster_id}/answers"), crowd.at_the_beginning),
    State("five steps", COORDINATOR, (WEEK,), crowd.nothing_set_up),
    State("nothing published", COORDINATOR, ("/handouts/roster/{roster_id}",), crowd.at_the_beginning),
    State("list with faults", COORDINATOR, ("/people/imports/{import_id}",), crowd.a_list_with_faults),
    State("what-if answered", COORDINATOR, ("/rosters/{roster_id}/what-ifs",), _answered_what_if),
    State("a step to undo", COORDINATOR, (WEEK,), crowd.a_step),
    State("undone", COORDINATOR, (WEEK,), crowd.a_step_back),
    State(
        "timetable refused",
        VOLUNTEER,
        ("/me/timetables/{timetable_id}", "/me/timetables/"),
        _timetable(TimetableState.REFUSED, report={"problems": [{"reason": "not_a_calendar", "facts": {}}]}),
    ),
    State("series ended", COORDINATOR, ("/sites/{site_id}",), _gone(DemandPattern)),
    State(
        "other sides",
        COORDINATOR,
        (
            *(f"/units/{{unit_id}}/messages?side={side}" for side in ("unreached", "sent", "dropped", "trouble")),
            WEEK + "?short=1",
            WEEK + "?name=zzz",
            "/people/?q=zzz",
            "/people/?inactive=1",
            "/teams/{team_id}?q=an",
            "/rosters/{roster_id}/answers?side=answered",
        ),
        _nothing,
    ),
)
