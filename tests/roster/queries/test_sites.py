"""What a demand form offers: names of the unit's own line, and nothing chosen before is lost."""

from datetime import UTC, datetime

import pytest
from sqlalchemy.orm import Session

from roster.queries import sites
from roster.queries.sites import demand_choices, site_page
from tests.builders import MONDAY, a_programme, a_shift, a_site, a_team, a_unit

NOW = datetime(2026, 11, 21, 3, tzinfo=UTC)


def test_programmes_and_groups_of_the_units_above_and_beneath_are_offered_and_no_others(session: Session):
    province = a_unit(session, "Tỉnh đoàn Bình Định")
    unit, sister = (a_unit(session, name, parent=province) for name in ("Xã đoàn An Tân", "Xã đoàn Hoài Tân"))
    branch = a_unit(session, "Chi đoàn", parent=unit)
    shared, _strange = a_programme(session, province, "Của tỉnh"), a_programme(session, sister, "Của xã khác")
    team, _other_team = a_team(session, branch), a_team(session, sister)

    offered = demand_choices(session, unit, language="vi")

    assert offered.programmes == [(shared.id, "Của tỉnh")]
    assert {group for group, _ in offered.pools} == {
        f"unit:{province.id}",
        f"unit:{unit.id}",
        f"unit:{branch.id}",
        f"team:{team.id}",
    }


def test_a_group_chosen_before_is_offered_however_many_there_are(session: Session, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(sites, "GROUPS_SHOWN", 1)
    unit = a_unit(session)
    _first, second, _third = (a_team(session, unit, name=f"Tổ {number}") for number in (1, 2, 3))

    offered = demand_choices(session, unit, language="vi", chosen=[f"team:{second.id}"])

    assert [name for _, name in offered.pools] == [unit.name, "Tổ 1", "Tổ 2"]


def test_a_sites_shifts_are_shown_by_local_day_with_what_became_of_them(session: Session):
    site = a_site(session, a_unit(session))
    a_shift(session, site, day=MONDAY, starts="00:30", ends="04:00")

    page = site_page(session, site, now=NOW, language="vi")

    assert [(row.day, f"{row.starts:%H:%M}", row.cancelled, row.from_pattern) for row in page.shifts] == [
        (MONDAY, "00:30", False, False)
    ]
