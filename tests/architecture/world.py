"""One small world with one of everything, for walking every route: a province, two of its units, and nine people."""

from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from roster.imports import people as imported_people
from roster.models import (
    Account,
    AccountLink,
    Agreement,
    AgreementKind,
    AnswerLink,
    AnswerPurpose,
    AskState,
    Assignment,
    AssignmentState,
    AvailabilityException,
    Channel,
    Claim,
    ClaimState,
    CoverAsk,
    CoverCall,
    DayKind,
    Delivery,
    DeliveryState,
    DemandPattern,
    DraftAssignment,
    FeedKind,
    FeedToken,
    GuardianLink,
    Holiday,
    HolidayPolicy,
    Letter,
    Level,
    LinkPurpose,
    Message,
    MessageKind,
    Person,
    Publication,
    PushDevice,
    Repair,
    Role,
    RoleKind,
    Round,
    RoundAnswer,
    Run,
    RunState,
    Shift,
    Site,
    Swap,
    SwapState,
    TeamDoor,
    Unit,
    WhatIf,
    Withdrawal,
    WithdrawalState,
)
from roster.services import timetables
from roster.services.links import hashed
from tests import builders

OUTSIDER = "outsider"
VOLUNTEER = "volunteer"
COORDINATOR = "coordinator"
NEIGHBOUR = "neighbour"  # coordinates the other unit
CENTER = "center"
OTHER_CENTER = "other center"
ADMINISTRATOR = "administrator"
COLLEAGUE = "colleague"  # another volunteer of the unit, to whom nothing in this world belongs
STRANGER = "stranger"  # a volunteer of the other unit
EVERYBODY = frozenset({OUTSIDER, VOLUNTEER, COORDINATOR, NEIGHBOUR, CENTER, OTHER_CENTER, ADMINISTRATOR})

TOKEN = "the secret of an invitation"


def build(session: Session, now: datetime) -> tuple[dict[str, int], dict[str, object]]:
    """Fill an empty database; gives the account id of each role, and a value for each argument of a route.

    Every argument names something of the unit that COORDINATOR plans and CENTER's site lies in, or
    something that belongs to VOLUNTEER.
    """
    root = builders.a_unit(session, "Tỉnh đoàn Bình Định")
    unit = builders.a_unit(session, "Đoàn Trường Đại học Quy Nhơn", parent=root)
    other = builders.a_unit(session, "Xã đoàn Hoài Tân", parent=root)
    site, other_site = builders.a_site(session, unit), builders.a_site(session, other)
    trained = builders.a_qualification(session)
    person = builders.a_person(session, unit, phone="+84912345678", qualifications=[trained])
    accounts = {
        VOLUNTEER: builders.an_account(session, Role(kind=RoleKind.VOLUNTEER, unit=unit), person=person),
        COORDINATOR: builders.a_coordinator(session, unit),
        NEIGHBOUR: builders.a_coordinator(session, other),
        CENTER: builders.an_account(session, Role(kind=RoleKind.CENTER, site=site)),
        OTHER_CENTER: builders.an_account(session, Role(kind=RoleKind.CENTER, site=other_site)),
        ADMINISTRATOR: builders.an_account(session, Role(kind=RoleKind.ADMINISTRATOR, unit=root)),
        COLLEAGUE: _another_volunteer(session, unit),
        STRANGER: _another_volunteer(session, other),
    }
    day = _monday_after(now)
    arguments: dict[str, object] = {
        "unit_id": unit.id,
        "site_id": site.id,
        "person_id": person.id,
        "calendar": f"volunteer:{person.id}",
        "token": TOKEN,
        "guardian_token": _guardians_link(session, unit, now),
        "door_token": _door(session, unit, now),
        "first_day": day.isoformat(),
        "number": 1,
        "hand": "pin",
        "role_id": accounts[CENTER].roles[0].id,
        "account_id": accounts[CENTER].id,
        "token_id": _feed(session, accounts[VOLUNTEER], person.id, now),
        "qualification_id": trained.id,
        "team_id": builders.a_team(session, unit, person).id,
        **_planned(session, site, person, day, now),
        **_asked(session, person, accounts[VOLUNTEER], now),
        **_days(session, person.id, day, now),
        "import_id": _list_of_people(session, unit, accounts[COORDINATOR], now),
        "timetable_id": _timetable(session, person, accounts[VOLUNTEER], now),
    }
    arguments |= _told(session, person, accounts[VOLUNTEER], int(str(arguments["roster_id"])), now)
    _invite(session, accounts[CENTER], now)
    session.flush()
    return {role: account.id for role, account in accounts.items()}, arguments


def _another_volunteer(session: Session, unit: Unit) -> Account:
    person = builders.a_person(session, unit, "Trần Văn Bình")
    return builders.an_account(session, Role(kind=RoleKind.VOLUNTEER, unit=unit), person=person)


def _planned(session: Session, site: Site, person: Person, day: date, now: datetime) -> dict[str, object]:
    """A pattern, a shift, a roster with its draft, run and publication, and the published turn."""
    programme = builders.a_programme(session, site.unit)
    pattern = DemandPattern(
        site=site,
        programme=programme,
        name="Trực sáng",
        rule="FREQ=WEEKLY;BYDAY=MO",
        first_day=day,
        starts=builders.local(day, "07:30").time(),
        ends=builders.local(day, "11:30").time(),
        holiday_policy=HolidayPolicy.SKIP,
        shift_type="morning",
        minimum=1,
        target=1,
        changed_at=now,
    )
    shift = builders.a_shift(session, site, programme, day=day)
    roster = builders.a_roster(session, site.unit, first_day=day)
    session.add_all([pattern, DraftAssignment(roster_id=roster.id, shift=shift, person=person)])
    roster.published_number = 1
    published = Publication(roster=roster, number=1, published_at=now, people=1, turns=1, missing=0, evidence={})
    run = Run(roster=roster, state=RunState.OPTIMAL, roster_revision=0, seconds_limit=1, workers=1, created_at=now)
    turn = Assignment(shift=shift, person=person, state=AssignmentState.ACTIVE, uid="turn", sequence=0, changed_at=now)
    agreement = Agreement(
        roster_id=roster.id, person=person, shift=shift, kind=AgreementKind.MORE, limit="turns", more=1, noted_at=now
    )
    asked = WhatIf(
        roster=roster,
        question={"kind": "train", "qualification": "trained", "count": 1},
        state=RunState.QUEUED,
        seconds_limit=1,
        workers=1,
        created_at=now,
    )
    nothing = {"lost": [], "dropped": [], "added": [], "lacks": {}, "possible": True, "proved": False}
    repair = Repair(
        roster=roster,
        losses={"person_ids": [person.id], "day": None, "window": "week"},
        first=nothing,
        state=RunState.QUEUED,
        seconds_limit=1,
        workers=1,
        created_at=now,
    )
    session.add_all([published, run, turn, agreement, asked, repair])
    session.flush()
    return {
        "programme_id": programme.id,
        "pattern_id": pattern.id,
        "shift_id": shift.id,
        "roster_id": roster.id,
        "run_id": run.id,
        "assignment_id": turn.id,
        "agreement_id": agreement.id,
        "whatif_id": asked.id,
        "repair_id": repair.id,
    }


def _asked(session: Session, person: Person, account: Account, now: datetime) -> dict[str, object]:
    """One question of each kind about the volunteer's published turn, and the words that answer."""
    shift = session.scalars(select(Shift)).first()
    assert shift is not None
    asked = {"shift_id": shift.id, "person_id": person.id, "asked_at": now}
    withdrawal = Withdrawal(state=WithdrawalState.ASKED, **asked)
    claim = Claim(state=ClaimState.ASKED, **asked)
    call = CoverCall(shift=shift, leaving=person, asked_by=account, asked_at=now)
    ask = CoverAsk(call=call, person=person, state=AskState.ASKED, asked_at=now)
    swap = Swap(person=person, shift=shift, other=person, wanted=shift, state=SwapState.PROPOSED, proposed_at=now)
    session.add_all([withdrawal, claim, call, ask, swap])
    session.flush()
    return {
        "withdrawal_id": withdrawal.id,
        "claim_id": claim.id,
        "call_id": call.id,
        "ask_id": ask.id,
        "swap_id": swap.id,
        "matter": "withdrawal",
        "matter_id": withdrawal.id,
        "deed": "put",
        "presence": "absent",
        "word": "no",
        "choice": "keep",
    }


def _days(session: Session, person_id: int, day: date, now: datetime) -> dict[str, object]:
    """An exception of the volunteer, and a holiday."""
    exception = AvailabilityException(
        person_id=person_id, starts_at=now, ends_at=now + timedelta(days=1), level=Level.NOT
    )
    holiday = Holiday(day=day, kind=DayKind.HOLIDAY, name_vi="Ngày lễ", name_en="Holiday")
    session.add_all([exception, holiday])
    session.flush()
    return {"exception_id": exception.id, "holiday_id": holiday.id}


def _guardians_link(session: Session, unit: Unit, now: datetime) -> str:
    child = builders.a_person(session, unit, birth_date=date(2012, 1, 1), guardian=False)
    expires_at = now + timedelta(days=1)
    session.add(GuardianLink(person=child, token_hash=hashed(TOKEN), created_at=now, expires_at=expires_at))
    return TOKEN


def _door(session: Session, unit: Unit, now: datetime) -> str:
    team, expires_at = builders.a_team(session, unit, name="Tổ có áp phích"), now + timedelta(days=1)
    session.add(TeamDoor(team=team, token="poster", opened_at=now, expires_at=expires_at))
    return "poster"


def _timetable(session: Session, person: Person, account: Account, now: datetime) -> int:
    return timetables.add_link(session, person, "https://tkb.example.org/a.ics", "TKB", by=account, now=now).id


def _list_of_people(session: Session, unit: Unit, account: Account, now: datetime) -> int:
    data = "Họ và tên;Số điện thoại\nTrần Văn Đức;0987654321\n".encode()
    found = imported_people.upload(session, unit, data, "danh sách.csv", by=account, now=now)
    return found.id


def _told(session: Session, person: Person, account: Account, roster_id: int, now: datetime) -> dict[str, object]:
    """A round, a letter that failed and a link of the volunteer, under the same secret as the invitation."""
    asked = Round(roster_id=roster_id, asked_at=now, deadline=now + timedelta(days=1))
    session.add(asked)
    session.flush()
    session.add(RoundAnswer(round_id=asked.id, person=person))
    letter = Letter(person=person, created_at=now)
    failed = Delivery(channel=Channel.EMAIL, state=DeliveryState.FAILED, message_id="failed", due_at=now, error="550")
    letter.deliveries = [failed]
    link = AnswerLink(
        person=person,
        purpose=AnswerPurpose.AVAILABILITY,
        target_id=asked.id,
        token_hash=hashed(TOKEN),
        created_at=now,
        expires_at=now + timedelta(days=1),
    )
    asking = MessageKind.AVAILABILITY_ASKED
    told = Message(person_id=person.id, kind=asking, facts={"round_id": asked.id}, created_at=now, due_at=now)
    letter.messages = [told]
    session.add_all([letter, link])
    session.flush()
    device = PushDevice(
        account_id=account.id, endpoint="https://push.example", p256dh="", auth="", label="", created_at=now
    )
    session.add(device)
    session.flush()
    return {"round_id": asked.id, "delivery_id": failed.id, "message_id": told.id, "device_id": device.id}


def _feed(session: Session, account: Account, person_id: int, now: datetime) -> int:
    feed = FeedToken(account=account, kind=FeedKind.VOLUNTEER, target_id=person_id, token_hash="hash", created_at=now)
    session.add(feed)
    session.flush()
    return feed.id


def _invite(session: Session, account: Account, now: datetime) -> None:
    session.add(
        AccountLink(
            account=account,
            purpose=LinkPurpose.INVITATION,
            token_hash=hashed(TOKEN),
            created_at=now,
            expires_at=now + timedelta(days=1),
        )
    )


def _monday_after(now: datetime) -> date:
    return now.date() + timedelta(days=7 - now.weekday())
