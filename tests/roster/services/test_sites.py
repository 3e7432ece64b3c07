"""Sites: kept as people mean them, whatever they type, and only by those who plan the unit."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from sqlalchemy.orm import Session

from roster.errors import FieldError, NotAllowed
from roster.models import Account, Unit
from roster.services import sites
from roster.services.sites import SiteDetails
from tests.builders import a_coordinator, a_unit

NOW = datetime(2026, 11, 21, 3, tzinfo=UTC)
LATER = datetime(2026, 11, 22, 3, tzinfo=UTC)
DETAILS = SiteDetails("Bộ phận Một cửa", "desk", address="30 Nguyễn Huệ")


@pytest.fixture
def unit(session: Session) -> Unit:
    return a_unit(session)


@pytest.fixture
def planner(session: Session, unit: Unit) -> Account:
    return a_coordinator(session, unit)


def test_a_name_with_line_breaks_marks_apart_and_unseen_signs_is_kept_on_one_line(
    session: Session, unit: Unit, planner: Account
):
    typed = replace(DETAILS, name=" Chợ\r\n Lớn \x00\u202e😀 e\N{COMBINING CIRCUMFLEX ACCENT} ")

    made = sites.create(session, unit, typed, by=planner, now=NOW)

    assert made.name == "Chợ Lớn 😀 ê"


@pytest.mark.parametrize(
    ("changed", "field", "reason"),
    [
        ({"name": "😀" * 4_000}, "name", "too_long"),
        ({"name": " \n "}, "name", "missing"),
        ({"kind": "castle"}, "kind", "unknown_choice"),
        ({"address": "a" * 301}, "address", "too_long"),
        ({"promised_min": "-1"}, "promised_min", "out_of_range"),
        ({"promised_min": "9" * 5_000}, "promised_min", "not_a_number"),
        ({"latitude": "91", "longitude": "109"}, "latitude", "out_of_range"),
        ({"latitude": "nan", "longitude": "109"}, "latitude", "out_of_range"),
        ({"latitude": "13,77"}, "longitude", "missing"),
    ],
)
def test_what_makes_no_sense_is_refused_at_its_field(
    session: Session, unit: Unit, planner: Account, changed: dict[str, str], field: str, reason: str
):
    with pytest.raises(FieldError) as refusal:
        sites.create(session, unit, replace(DETAILS, **changed), by=planner, now=NOW)

    assert (refusal.value.facts["field"], refusal.value.facts["reason"]) == (field, reason)


def test_coordinates_may_be_written_with_a_comma(session: Session, unit: Unit, planner: Account):
    made = sites.create(session, unit, replace(DETAILS, latitude="13,77", longitude="109.22"), by=planner, now=NOW)

    assert (made.latitude, made.longitude) == (13.77, 109.22)


def test_only_a_change_that_calendars_show_stamps_the_site(session: Session, unit: Unit, planner: Account):
    made = sites.create(session, unit, DETAILS, by=planner, now=NOW)

    sites.change(session, made.id, replace(DETAILS, promised_min="2"), by=planner, now=LATER)
    unseen = made.changed_at
    sites.change(session, made.id, replace(DETAILS, name="Chợ Lớn"), by=planner, now=LATER)

    assert (unseen, made.changed_at) == (NOW, LATER)


def test_another_units_coordinator_neither_adds_nor_changes_a_site(session: Session, unit: Unit, planner: Account):
    made = sites.create(session, unit, DETAILS, by=planner, now=NOW)
    stranger = a_coordinator(session, a_unit(session, "Đơn vị khác"))

    with pytest.raises(NotAllowed):
        sites.create(session, unit, DETAILS, by=stranger, now=NOW)
    with pytest.raises(NotAllowed):
        sites.change(session, made.id, DETAILS, by=stranger, now=NOW)
