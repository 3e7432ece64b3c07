"""Whoever stands above sees which units beneath plan a week for themselves, all of them, page by page."""

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from roster.models import Unit
from roster.queries.weeks import PAGE_SIZE, weeks_beneath
from tests.builders import MONDAY, a_roster, a_shift, a_site, a_unit


@pytest.fixture
def province(session: Session) -> Unit:
    return a_unit(session, "Tỉnh đoàn Bình Định")


def test_each_week_beneath_is_listed_with_its_figures_by_the_name_of_its_unit(session: Session, province: Unit):
    for name in ("Xã đoàn Đào", "Xã đoàn An"):
        commune = a_unit(session, name, parent=province)
        a_shift(session, a_site(session, commune), minimum=2)
        a_roster(session, commune)
    a_roster(session, province)
    a_roster(session, a_unit(session, "Đơn vị khác"))

    listed = weeks_beneath(session, province, MONDAY)

    assert [(week.unit_name, week.totals.wanted) for week in listed.rows] == [("Xã đoàn An", 2), ("Xã đoàn Đào", 2)]


def test_only_periods_that_hold_the_day_are_listed(session: Session, province: Unit):
    commune = a_unit(session, "Xã đoàn An", parent=province)
    a_roster(session, commune, first_day=MONDAY - timedelta(days=7))
    a_roster(session, commune, first_day=MONDAY, days=3)

    held = [weeks_beneath(session, province, MONDAY + timedelta(days=day)).total for day in (-8, -1, 2, 3)]

    assert held == [0, 1, 1, 0]


def test_a_long_list_goes_on_overleaf_and_leaves_none_out(session: Session, province: Unit):
    for number in range(PAGE_SIZE + 3):
        a_roster(session, a_unit(session, f"Xã đoàn {number}", parent=province))

    first, second = (weeks_beneath(session, province, MONDAY, page=page) for page in (1, 2))

    assert (first.total, len(first.rows), len(second.rows)) == (PAGE_SIZE + 3, PAGE_SIZE, 3)
    assert not {week.unit_id for week in first.rows} & {week.unit_id for week in second.rows}
