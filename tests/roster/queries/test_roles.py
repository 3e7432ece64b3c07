"""The list of roles: who is shown to whom, what they may do about it, and what that costs."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import Engine, event
from sqlalchemy.orm import Session, sessionmaker

from roster.models import Account, Role, RoleKind
from roster.queries.roles import role_list
from tests.builders import a_coordinator, a_site, a_unit, an_account

NOW = datetime(2026, 11, 21, 3, tzinfo=UTC)


def test_a_coordinator_sees_the_roles_of_the_own_unit_and_may_change_only_those_beneath(session: Session):
    unit = a_unit(session)
    reader = a_coordinator(session, unit)
    an_account(session, Role(kind=RoleKind.ADMINISTRATOR, unit=unit))
    an_account(session, Role(kind=RoleKind.CENTER, site=a_site(session, unit)))
    a_coordinator(session, a_unit(session, "Đơn vị khác"))

    rows = role_list(session, reader, now=NOW)

    assert [(row.kind, row.may_revoke, row.may_invite) for row in rows] == [
        (RoleKind.ADMINISTRATOR, False, False),
        (RoleKind.CENTER, True, True),
        (RoleKind.COORDINATOR, False, False),
    ]


def test_a_volunteers_own_role_is_not_listed(session: Session):
    unit = a_unit(session)
    an_account(session, Role(kind=RoleKind.VOLUNTEER, unit=unit))

    assert [row.kind for row in role_list(session, a_coordinator(session, unit), now=NOW)] == [RoleKind.COORDINATOR]


@pytest.mark.parametrize("centers", [1, 8])
def test_the_list_asks_the_database_as_often_for_many_roles_as_for_one(
    sessions: sessionmaker[Session], engine: Engine, centers: int
):
    with sessions() as session:
        root = a_unit(session, "Tỉnh đoàn Bình Định")
        for number in range(centers):
            site = a_site(session, a_unit(session, f"Xã đoàn {number}", parent=root))
            an_account(session, Role(kind=RoleKind.CENTER, site=site))
        reader_id = an_account(session, Role(kind=RoleKind.ADMINISTRATOR, unit=root)).id
        session.commit()
    asked: list[str] = []
    event.listen(engine, "before_cursor_execute", lambda _c, _u, statement, *_: asked.append(statement))

    with sessions() as session:
        rows = role_list(session, session.get_one(Account, reader_id), now=NOW)

    assert len(rows) == centers + 1
    assert len([statement for statement in asked if statement.startswith("SELECT")]) <= 6
