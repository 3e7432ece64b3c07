"""The audit trail tells administrators, in names rather than numbers, what changed in their units."""

import pytest
from sqlalchemy import select

from roster.models import AuditEntry, Role, RoleKind, Unit
from roster.queries.audit import audit_list
from roster.services import audit, shifts
from tests.builders import LONG_AGO, a_coordinator, a_person, a_roster, a_shift, a_site, a_unit, an_account


@pytest.fixture
def unit(session) -> Unit:
    return a_unit(session)


@pytest.fixture
def administrator(session, unit):
    return an_account(session, Role(kind=RoleKind.ADMINISTRATOR, unit=unit))


def test_what_was_changed_has_the_name_people_know_it_by(session, unit, administrator):
    site = a_site(session, unit, "Bộ phận Một cửa")
    by = a_coordinator(session, unit)
    shifts.cancel(session, a_shift(session, site).id, reason="Mưa bão", by=by, now=LONG_AGO)
    audit.record(session, "roster.plan", f"roster:{a_roster(session, unit).id}", by=by, now=LONG_AGO, unit=unit)

    told = {row.action: row.subject for row in audit_list(session, administrator).rows}

    assert told == {"shift.cancel": "Bộ phận Một cửa", "roster.plan": unit.name}


def test_who_was_put_where_is_told_by_name_and_what_is_gone_by_its_number(session, unit, administrator):
    lan, shift = a_person(session, unit, "Nguyễn Thị Lan"), a_shift(session, a_site(session, unit, "Chợ Đầm"))
    facts = {"person_id": lan.id, "shift_id": shift.id, "site_id": 404, "revision": 2}
    audit.record(session, "roster.add", f"unit:{unit.id}", by=None, now=LONG_AGO, unit=unit, **facts)

    told = dict(audit_list(session, administrator).rows[0].facts)

    assert told == {"person": "Nguyễn Thị Lan", "shift": "Chợ Đầm", "site_id": 404, "revision": 2}


def test_whose_calendar_it_is_is_told_by_name_and_what_has_no_name_by_its_number(session, unit, administrator):
    site = a_site(session, unit, "Chợ Đầm")
    audit.record(session, "feed.create", "feed:7", by=None, now=LONG_AGO, unit=unit, kind="site", target_id=site.id)

    row = audit_list(session, administrator).rows[0]

    assert (row.subject, dict(row.facts)) == ("#7", {"kind": "site", "target": "Chợ Đầm"})


def test_another_units_changes_are_not_told(session, unit, administrator):
    other = a_unit(session, "Đơn vị khác")
    audit.record(session, "unit.change", f"unit:{other.id}", by=None, now=LONG_AGO, unit=other)

    assert session.scalars(select(AuditEntry)).all()
    assert audit_list(session, administrator).rows == []


def test_a_page_beyond_the_last_is_the_last(session, unit, administrator):
    for _ in range(101):
        audit.record(session, "unit.change", f"unit:{unit.id}", by=None, now=LONG_AGO, unit=unit)

    listed = audit_list(session, administrator, page=9)

    assert (listed.page, listed.total, len(listed.rows)) == (2, 101, 1)
