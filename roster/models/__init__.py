"""Every table, so that one import gives migrations and sessions the whole picture."""

from roster.models import sqlite as sqlite  # sets up every SQLite connection
from roster.models.accounts import Account, AccountLink, LinkPurpose, Role, RoleKind
from roster.models.agreements import Agreement, AgreementKind
from roster.models.audit import AuditEntry
from roster.models.availability import BY_DAY, AvailabilityException, Half, Level, Weekday, WeeklyAvailability
from roster.models.base import Base
from roster.models.consents import Consent, ConsentKind, GuardianLink
from roster.models.demand import DemandPattern, HolidayPolicy
from roster.models.doors import TeamDoor
from roster.models.drafts import DraftStep
from roster.models.feeds import FeedBody, FeedDocument, FeedKind, FeedToken
from roster.models.holidays import DayKind, Holiday
from roster.models.imports import ImportState, PeopleImport
from roster.models.jobs import Job, JobState
from roster.models.messages import (
    AnswerLink,
    AnswerPurpose,
    Channel,
    ContactChoice,
    Delivery,
    DeliveryState,
    Letter,
    Message,
    MessageKind,
    PushDevice,
)
from roster.models.people import NOBODY, Person, PersonQualification, Qualification
from roster.models.programmes import Programme, ProgrammeKind
from roster.models.repairs import Repair
from roster.models.rosters import (
    Assignment,
    AssignmentState,
    ChangeKind,
    DraftAssignment,
    Objection,
    Period,
    Pin,
    PinState,
    Publication,
    PublicationChange,
    Roster,
)
from roster.models.rounds import ConfirmRules, Round, RoundAnswer
from roster.models.runs import Run, RunState
from roster.models.shifts import Shift, ShiftState
from roster.models.sites import Site, SiteKind
from roster.models.teams import Team, TeamMember
from roster.models.timetables import BusyTime, Timetable, TimetableKind, TimetableState
from roster.models.tries import Tries
from roster.models.turns import (
    KEEPS_PLACE,
    AskState,
    Claim,
    ClaimState,
    CoverAsk,
    CoverCall,
    Swap,
    SwapState,
    TurnRules,
    Withdrawal,
    WithdrawalState,
)
from roster.models.units import Unit, UnitKind
from roster.models.whatifs import WhatIf

__all__ = [
    "BY_DAY",
    "KEEPS_PLACE",
    "NOBODY",
    "Account",
    "AccountLink",
    "Agreement",
    "AgreementKind",
    "AnswerLink",
    "AnswerPurpose",
    "AskState",
    "Assignment",
    "AssignmentState",
    "AuditEntry",
    "AvailabilityException",
    "Base",
    "BusyTime",
    "ChangeKind",
    "Channel",
    "Claim",
    "ClaimState",
    "ConfirmRules",
    "Consent",
    "ConsentKind",
    "ContactChoice",
    "CoverAsk",
    "CoverCall",
    "DayKind",
    "Delivery",
    "DeliveryState",
    "DemandPattern",
    "DraftAssignment",
    "DraftStep",
    "FeedBody",
    "FeedDocument",
    "FeedKind",
    "FeedToken",
    "GuardianLink",
    "Half",
    "Holiday",
    "HolidayPolicy",
    "ImportState",
    "Job",
    "JobState",
    "Letter",
    "Level",
    "LinkPurpose",
    "Message",
    "MessageKind",
    "Objection",
    "PeopleImport",
    "Period",
    "Person",
    "PersonQualification",
    "Pin",
    "PinState",
    "Programme",
    "ProgrammeKind",
    "Publication",
    "PublicationChange",
    "PushDevice",
    "Qualification",
    "Repair",
    "Role",
    "RoleKind",
    "Roster",
    "Round",
    "RoundAnswer",
    "Run",
    "RunState",
    "Shift",
    "ShiftState",
    "Site",
    "SiteKind",
    "Swap",
    "SwapState",
    "Team",
    "TeamDoor",
    "TeamMember",
    "Timetable",
    "TimetableKind",
    "TimetableState",
    "Tries",
    "TurnRules",
    "Unit",
    "UnitKind",
    "Weekday",
    "WeeklyAvailability",
    "WhatIf",
    "Withdrawal",
    "WithdrawalState",
]
