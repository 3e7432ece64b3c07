"""Builders of rows for tests: each makes a believable thing, hides what does not matter and flushes it."""

from datetime import UTC, datetime
from itertools import count

from sqlalchemy.orm import Session

from roster.models import (
    Account,
    Programme,
    ProgrammeKind,
    Qualification,
    Role,
    RoleKind,
    Site,
    SiteKind,
    Unit,
    UnitKind,
)
from roster.vietnam import names

LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)
_number = count(1)


def a_unit(session: Session, name: str = "Đoàn Trường Đại học Quy Nhơn", *, parent: Unit | None = None) -> Unit:
    kind = UnitKind.BRANCH if parent else UnitKind.UNIVERSITY
    unit = Unit(kind=kind, name=name, name_sort=names.text_sort_key(name), parent=parent)
    session.add(unit)
    session.flush()
    unit.path = f"{parent.path if parent else '/'}{unit.id}/"
    session.flush()
    return unit


def a_site(session: Session, unit: Unit, name: str = "Trung tâm Phục vụ hành chính công", **columns: object) -> Site:
    site = Site(
        unit=unit,
        kind=SiteKind.SERVICE_CENTER,
        name=name,
        name_sort=names.text_sort_key(name),
        changed_at=LONG_AGO,
        **columns,
    )
    session.add(site)
    session.flush()
    return site


def a_programme(session: Session, unit: Unit, name: str = "Trực bộ phận Một cửa") -> Programme:
    programme = Programme(unit_id=unit.id, kind=ProgrammeKind.DESK, name=name)
    session.add(programme)
    session.flush()
    return programme


def a_qualification(session: Session, code: str = "trained") -> Qualification:
    qualification = Qualification(code=code, name_vi=f"Kỹ năng {code}", name_en=code.capitalize())
    session.add(qualification)
    session.flush()
    return qualification


def an_account(session: Session, *roles: Role, **columns: object) -> Account:
    login = f"nguoi{next(_number)}@example.org"
    account = Account(login=login, display_name=login, created_at=LONG_AGO, roles=list(roles), **columns)
    session.add(account)
    session.flush()
    return account


def a_coordinator(session: Session, unit: Unit) -> Account:
    return an_account(session, Role(kind=RoleKind.COORDINATOR, unit=unit))
