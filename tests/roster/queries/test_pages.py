"""Long lists are read page by page and searched as people type on a phone: without marks."""

from dataclasses import dataclass
from datetime import UTC, datetime

import pytest
from sqlalchemy.orm import Session

from roster.models import Account, Unit
from roster.queries.pages import page_number
from roster.queries.sites import site_list
from roster.queries.teams import team_list
from roster.queries.units import tree
from tests.builders import a_coordinator, a_site, a_team, a_unit

NOW = datetime(2026, 11, 21, 3, tzinfo=UTC)


@dataclass
class World:
    unit: Unit
    by: Account


@pytest.fixture
def world(session: Session) -> World:
    unit = a_unit(session, "Tỉnh đoàn Bình Định")
    other = a_unit(session, "Đơn vị khác")
    for name in ("Bộ phận Một cửa", "Điểm hỗ trợ Chợ Lớn"):
        a_site(session, unit, name)
        a_team(session, unit, name=name)
        a_unit(session, name, parent=unit)
    a_site(session, other, "Điểm hỗ trợ của người khác")
    return World(unit, a_coordinator(session, unit))


@pytest.mark.parametrize("search", ["diem", "ĐIỂM HỖ", "Điểm", "cho lon"])
def test_a_site_team_or_unit_is_found_without_marks_or_case(session: Session, world: World, search: str):
    sites = site_list(session, world.by, now=NOW, search=search)
    teams = team_list(session, world.by, search=search)
    units = tree(session, world.by, search=search)

    assert [[row.name for row in found.rows] for found in (sites, teams, units)] == [["Điểm hỗ trợ Chợ Lớn"]] * 3


def test_a_search_that_finds_nothing_gives_an_empty_first_page(session: Session, world: World):
    found = site_list(session, world.by, now=NOW, search="%")

    assert (found.rows, found.total, found.page) == ([], 0, 1)


@pytest.mark.parametrize(("asked", "page"), [(-3, 1), (0, 1), (1, 1), (3, 3), (4, 3), (10**30, 3)])
def test_a_page_that_is_not_there_is_the_nearest_one(asked: int, page: int):
    assert page_number(asked, total=101, size=50) == page
