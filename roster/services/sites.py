"""Sites: add one, change one."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from roster import access
from roster.errors import FieldError, NotFound
from roster.models import Account, Shift, Site, SiteKind, Unit
from roster.services import audit, feeds, fields
from roster.vietnam import names

NAME_LENGTH = 200
ADDRESS_LENGTH = 300


@dataclass(frozen=True, slots=True)
class SiteDetails:
    """What a form says of a site, as typed."""

    name: str
    kind: str
    address: str = ""
    latitude: str | float | None = None
    longitude: str | float | None = None
    promised_min: str | int | None = None


def get(session: Session, site_id: int) -> Site:
    """Raises NotFound."""
    site = session.get(Site, site_id)
    if site is None:
        raise NotFound(what="site", id=site_id)
    return site


def create(session: Session, unit: Unit, details: SiteDetails, *, by: Account, now: datetime) -> Site:
    """Add a place of service to a unit. Raises NotAllowed, FieldError."""
    access.require_planner(by, unit)
    site = Site(unit=unit, changed_at=now)
    _fill(site, details)
    session.add(site)
    session.flush()
    audit.record(session, "site.create", f"site:{site.id}", by=by, now=now, unit=unit, name=site.name)
    return site


def change(session: Session, site_id: int, details: SiteDetails, *, by: Account, now: datetime) -> Site:
    """Change a site. Calendars that show its name or address are told. Raises NotFound, NotAllowed, FieldError."""
    site = get(session, site_id)
    access.require_planner(by, site.unit)
    shown = _shown_in_calendars(site)
    _fill(site, details)
    if _shown_in_calendars(site) != shown:
        site.changed_at = now
        feeds.site_changed(session, site.id)
        feeds.shifts_changed(session, session.scalars(select(Shift.id).where(Shift.site_id == site.id)).all(), now=now)
    audit.record(session, "site.change", f"site:{site.id}", by=by, now=now, unit=site.unit, name=site.name)
    return site


def _shown_in_calendars(site: Site) -> tuple[object, ...]:
    return site.name, site.address, site.latitude, site.longitude


def _fill(site: Site, details: SiteDetails) -> None:
    site.name = fields.one_line(details.name, "name", longest=NAME_LENGTH)
    site.name_sort = names.text_sort_key(site.name)
    site.kind = fields.choice(details.kind, "kind", SiteKind)
    site.address = fields.one_line(details.address, "address", longest=ADDRESS_LENGTH, required=False)
    site.latitude = fields.decimal(details.latitude, "latitude", least=-90, most=90)
    site.longitude = fields.decimal(details.longitude, "longitude", least=-180, most=180)
    if (site.latitude is None) != (site.longitude is None):
        raise FieldError(field="longitude" if site.longitude is None else "latitude", reason="missing")
    site.promised_min = fields.whole_number(details.promised_min, "promised_min", most=500)
