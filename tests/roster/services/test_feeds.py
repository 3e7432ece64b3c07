"""Addresses of calendars: who may have which, and how they end."""

import hashlib
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from roster.errors import FieldError, NotAllowed, NotFound
from roster.models import FeedDocument, FeedKind, FeedToken, Role, RoleKind
from roster.services import feeds, people, roles, teams, units
from roster.services.feeds import Wishes
from roster.services.people import PersonDetails
from roster.services.units import UnitDetails
from tests import builders
from tests.roster.feeds.conftest import an_assignment

NOW = datetime(2026, 11, 21, 8, 0, tzinfo=UTC)


def secret_of(made: feeds.NewAddress) -> str:
    return made.path.removeprefix("/feeds/").removesuffix(".ics")


@pytest.fixture
def unit(session: Session):
    return builders.a_unit(session)


def a_volunteer(session, unit, name="Nguyễn Thị Lan"):
    person = builders.a_person(session, unit, name)
    return person, builders.an_account(session, Role(kind=RoleKind.VOLUNTEER, unit=unit), person=person)


def address_of(session, kind, target, by, **wishes):
    return feeds.create(session, kind, target.id, Wishes(**wishes), by=by, now=NOW)


def changes_of(session: Session) -> dict[tuple[FeedKind, int], int]:
    session.expire_all()
    return {(document.kind, document.target_id): document.changes for document in session.scalars(select(FeedDocument))}


def test_a_secret_has_192_bits_and_only_its_hash_is_kept(session: Session, unit):
    person, account = a_volunteer(session, unit)

    made = address_of(session, FeedKind.VOLUNTEER, person, account)

    assert len(secret_of(made)) == 32  # 24 bytes in base 64
    assert made.token.token_hash == hashlib.sha256(secret_of(made).encode()).hexdigest()
    assert secret_of(made) not in str(vars(made.token))


def test_every_device_may_have_an_address_of_its_own(session: Session, unit):
    person, account = a_volunteer(session, unit)

    made = [address_of(session, FeedKind.VOLUNTEER, person, account, label=label) for label in ("phone", "laptop")]

    assert len({one.path for one in made}) == 2
    assert len(changes_of(session)) == 1


def test_a_volunteer_gets_no_calendar_but_their_own_and_their_teams(session: Session, unit):
    lan, account = a_volunteer(session, unit)
    nam, _ = a_volunteer(session, unit, "Trần Văn Nam")
    hers, other = builders.a_team(session, unit, lan), builders.a_team(session, unit, nam, name="Tổ 2")
    site = builders.a_site(session, unit)

    for kind, target in ((FeedKind.VOLUNTEER, lan), (FeedKind.TEAM, hers)):
        assert address_of(session, kind, target, account).path
    for kind, target in (
        (FeedKind.VOLUNTEER, nam),
        (FeedKind.TEAM, other),
        (FeedKind.UNIT, unit),
        (FeedKind.SITE, site),
    ):
        with pytest.raises(NotAllowed):
            address_of(session, kind, target, account)


def test_a_coordinator_gets_what_lies_beneath_and_nothing_beside(session: Session, unit):
    beside = builders.a_unit(session, "Đoàn phường khác")
    site, foreign = builders.a_site(session, unit), builders.a_site(session, beside, "Chợ Đầm")
    coordinator = builders.a_coordinator(session, unit)

    for kind, target in ((FeedKind.UNIT, unit), (FeedKind.SITE, site)):
        assert address_of(session, kind, target, coordinator).path
    for kind, target in ((FeedKind.UNIT, beside), (FeedKind.SITE, foreign)):
        with pytest.raises(NotAllowed):
            address_of(session, kind, target, coordinator)


def test_the_staff_of_a_center_gets_its_site_alone(session: Session, unit):
    site, other = builders.a_site(session, unit), builders.a_site(session, unit, "Chợ Đầm")
    staff = builders.an_account(session, Role(kind=RoleKind.CENTER, site=site))

    assert address_of(session, FeedKind.SITE, site, staff).path
    with pytest.raises(NotAllowed):
        address_of(session, FeedKind.SITE, other, staff)


def test_what_is_not_there_has_no_calendar(session: Session, unit):
    coordinator = builders.a_coordinator(session, unit)

    with pytest.raises(NotFound):
        feeds.create(session, FeedKind.SITE, 999, Wishes(), by=coordinator, now=NOW)


@pytest.mark.parametrize(
    ("wishes", "field"),
    [({"language": "fr"}, "language"), ({"alarm_minutes": 7}, "alarm"), ({"label": "x" * 101}, "label")],
)
def test_wishes_that_make_no_sense_are_refused(session: Session, unit, wishes, field):
    person, account = a_volunteer(session, unit)

    with pytest.raises(FieldError) as refusal:
        address_of(session, FeedKind.VOLUNTEER, person, account, **wishes)

    assert refusal.value.facts["field"] == field


def test_a_replaced_address_ends_and_its_successor_keeps_the_wishes(session: Session, unit):
    person, account = a_volunteer(session, unit)
    old = address_of(session, FeedKind.VOLUNTEER, person, account, language="en", alarm_minutes=60, label="phone")

    new = feeds.rotate(session, old.token.id, by=account, now=NOW + timedelta(days=1))

    assert old.token.revoked_at == NOW + timedelta(days=1)
    assert new.path != old.path
    assert (new.token.language, new.token.alarm_minutes, new.token.label) == ("en", 60, "phone")


def test_nobody_can_end_or_replace_somebody_elses_address(session: Session, unit):
    person, account = a_volunteer(session, unit)
    made = address_of(session, FeedKind.VOLUNTEER, person, account)
    coordinator = builders.a_coordinator(session, unit)

    for act in (feeds.revoke, feeds.rotate):
        with pytest.raises(NotFound):
            act(session, made.token.id, by=coordinator, now=NOW)
    assert made.token.revoked_at is None


def test_ending_an_address_twice_keeps_the_first_time(session: Session, unit):
    person, account = a_volunteer(session, unit)
    made = address_of(session, FeedKind.VOLUNTEER, person, account)

    feeds.revoke(session, made.token.id, by=account, now=NOW)
    feeds.revoke(session, made.token.id, by=account, now=NOW + timedelta(days=1))

    assert made.token.revoked_at == NOW


def test_a_role_taken_away_takes_its_addresses_along(session: Session, unit):
    administrator = builders.an_account(session, Role(kind=RoleKind.ADMINISTRATOR, unit=unit))
    coordinator = builders.a_coordinator(session, unit)
    made = address_of(session, FeedKind.UNIT, unit, coordinator)

    roles.revoke(session, coordinator.roles[0].id, by=administrator, now=NOW)

    assert made.token.revoked_at == NOW


def test_somebody_who_leaves_a_team_loses_its_calendar_and_keeps_their_own(session: Session, unit):
    person, account = a_volunteer(session, unit)
    team = builders.a_team(session, unit, person)
    own, shared = (
        address_of(session, kind, of, account) for kind, of in ((FeedKind.VOLUNTEER, person), (FeedKind.TEAM, team))
    )

    teams.remove_member(session, team.id, person.id, by=builders.a_coordinator(session, unit), now=NOW)

    assert (own.token.revoked_at, shared.token.revoked_at) == (None, NOW)
    assert changes_of(session)[FeedKind.TEAM, team.id] == 1


def test_a_renamed_unit_or_team_is_told_to_its_own_calendar_alone(session: Session, unit):
    administrator = builders.an_account(session, Role(kind=RoleKind.ADMINISTRATOR, unit=unit))
    team, site = builders.a_team(session, unit), builders.a_site(session, unit)
    for kind, target in ((FeedKind.UNIT, unit), (FeedKind.TEAM, team), (FeedKind.SITE, site)):
        address_of(session, kind, target, administrator)

    units.change(session, unit.id, UnitDetails(name="Tên mới", kind=unit.kind), by=administrator, now=NOW)
    assert changes_of(session) == {
        (FeedKind.UNIT, unit.id): 1,
        (FeedKind.TEAM, team.id): 0,
        (FeedKind.SITE, site.id): 0,
    }

    teams.rename(session, team.id, "Tổ mới", by=administrator, now=NOW)
    assert changes_of(session)[FeedKind.TEAM, team.id] == 1


def test_a_corrected_name_reaches_the_calendars_that_give_it(session: Session, unit):
    person, _ = a_volunteer(session, unit)
    coordinator = builders.a_coordinator(session, unit)
    shift = builders.a_shift(session, builders.a_site(session, unit), day=NOW.date())
    session.add(an_assignment(shift, person))
    address_of(session, FeedKind.SITE, shift.site, coordinator)

    details = PersonDetails(full_name="Nguyễn Thị Liên", phone="+84912345678")
    people.change(session, person.id, unit, details, by=coordinator, now=NOW)

    assert changes_of(session)[FeedKind.SITE, shift.site_id] == 1
    assert shift.people_changed_at == NOW


def test_ones_own_shifts_stay_ones_own_whatever_the_roles(session: Session, unit):
    person, account = a_volunteer(session, unit)
    address_of(session, FeedKind.VOLUNTEER, person, account)

    account.roles.clear()
    feeds.access_changed(session, account, now=NOW)

    assert session.scalars(select(FeedToken.revoked_at)).all() == [None]
