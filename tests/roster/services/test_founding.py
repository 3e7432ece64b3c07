"""The first unit and its administrator: the only ones whom nobody invites."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from roster import access
from roster.errors import AlreadyExists, FieldError
from roster.models import Account, Holiday, RoleKind, Unit
from roster.services import founding, links, units
from roster.services.passwords import at_cost
from roster.services.units import UnitDetails

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
PROVINCE = UnitDetails(name="Tỉnh đoàn Bình Định", kind="province")


def found(session: Session, details: UnitDetails = PROVINCE, login: str = "quan.tri@binhdinh.example"):
    return founding.found(session, details, login=login, name="Trần Thị Quản Trị", now=NOW)


def test_whoever_founds_a_unit_comes_in_by_a_link_and_may_add_units_beneath(session):
    token = found(session).token
    session.commit()

    account = links.use(
        session, token, password="lúa chín vàng đồng", repeated="lúa chín vàng đồng", passwords=at_cost(1), now=NOW
    )

    unit = account.roles[0].unit
    assert (account.roles[0].kind, unit.path, unit.line) == (RoleKind.ADMINISTRATOR, f"/{unit.id}/", [unit.id])
    beneath = units.create(session, unit.id, UnitDetails(name="Xã đoàn Hoài Tân", kind="commune"), by=account, now=NOW)
    assert access.may_administer(account, beneath)


def test_a_founded_service_knows_the_holidays_of_this_year_and_the_next(session):
    found(session)

    assert {day.year for day in session.scalars(select(Holiday.day))} == {2026, 2027}


def test_founding_again_is_the_way_back_in_and_makes_nothing_twice(session):
    first, second = found(session), found(session)

    assert first.account is second.account
    assert session.scalar(select(func.count(Unit.id))) == 1
    assert links.opened(session, second.token, now=NOW).account is second.account


def test_a_taken_login_a_taken_name_and_no_login_are_refused(session):
    found(session)

    with pytest.raises(AlreadyExists):
        found(session, UnitDetails(name="Tỉnh đoàn Hà Tĩnh", kind="province"))
    with pytest.raises(AlreadyExists):
        found(session, login="0912 345 678")
    with pytest.raises(FieldError):
        found(session, login="nobody")
    assert session.scalar(select(func.count(Account.id))) == 1
