"""Words for the kinds of things the domain knows, and sentences for facts: one table each, in the reader's language."""

from datetime import date, datetime, time
from typing import Any, Protocol
from urllib.parse import quote

from flask_babel import format_date, format_time, get_locale
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from roster.models import NOBODY, DayKind, Half, HolidayPolicy, Level, ProgrammeKind, RoleKind, SiteKind, UnitKind
from roster.queries.people import AccountState
from roster.services.demand import WEEKDAYS

SITE_KINDS: dict[SiteKind, Any] = {
    SiteKind.SERVICE_CENTER: _l("Public service center"),
    SiteKind.DESK: _l("One-stop desk"),
    SiteKind.CULTURAL_HOUSE: _l("Village cultural house"),
    SiteKind.MARKET: _l("Market"),
    SiteKind.COMPANY: _l("Company"),
    SiteKind.HOME_VISITS: _l("Home visits"),
    SiteKind.SCHOOL: _l("School"),
    SiteKind.OTHER: _l("Another place"),
}
PROGRAMME_KINDS: dict[ProgrammeKind, Any] = {
    ProgrammeKind.DESK: _l("One-stop desk"),
    ProgrammeKind.SATURDAY: _l("Volunteer Saturday"),
    ProgrammeKind.SUNDAY: _l("Sunday teams"),
    ProgrammeKind.WEEKEND: _l("Weekend drive"),
    ProgrammeKind.EVENING: _l("Evening drive"),
    ProgrammeKind.HOLIDAY: _l("Holiday drive"),
    ProgrammeKind.HOME_VISITS: _l("Home visits"),
    ProgrammeKind.OUTING: _l("Outing"),
    ProgrammeKind.TRAINING: _l("Training"),
}
LEVELS: dict[Level, Any] = {
    Level.PREFERRED: _l("Preferred"),
    Level.AVAILABLE: _l("Free"),
    Level.IF_NEEDED: _l("If needed"),
    Level.NOT: _l("Not"),
}
HALVES: dict[Half, Any] = {
    Half.MORNING: _l("Morning"),
    Half.AFTERNOON: _l("Afternoon"),
    Half.EVENING: _l("Evening"),
    Half.NIGHT: _l("Night 22–06"),
}
HOLIDAY_POLICIES: dict[HolidayPolicy, Any] = {
    HolidayPolicy.SKIP: _l("Closed on holidays, open on working Saturdays swapped in"),
    HolidayPolicy.KEEP: _l("Holidays change nothing"),
    HolidayPolicy.ONLY: _l("Only on public holidays"),
}


class OnTheMap(Protocol):
    """Something with an address, and coordinates if they are known."""

    @property
    def address(self) -> str: ...
    @property
    def latitude(self) -> float | None: ...
    @property
    def longitude(self) -> float | None: ...


def sentence(words: str) -> str:
    """The words with a capital at their beginning, the rest untouched."""
    return words[:1].upper() + words[1:]


UNIT_KINDS: dict[UnitKind, Any] = {
    UnitKind.NATION: _l("Whole country"),
    UnitKind.PROVINCE: _l("Province"),
    UnitKind.DISTRICT: _l("District or town"),
    UnitKind.COMMUNE: _l("Commune or ward"),
    UnitKind.BRANCH: _l("Branch"),
    UnitKind.UNIVERSITY: _l("University"),
    UnitKind.SCHOOL: _l("School"),
    UnitKind.AGENCY: _l("Agency"),
}
ROLE_KINDS: dict[RoleKind, Any] = {
    RoleKind.ADMINISTRATOR: _l("Administrator"),
    RoleKind.COORDINATOR: _l("Coordinator"),
    RoleKind.CENTER: _l("Service center staff"),
    RoleKind.VOLUNTEER: _l("Volunteer"),
}
RELATIONS: dict[str, Any] = {"mother": _l("Mother"), "father": _l("Father"), "guardian": _l("Guardian")}
DAY_KINDS: dict[DayKind, Any] = {
    DayKind.HOLIDAY: _l("Public holiday"),
    DayKind.DAY_OFF: _l("Day off"),
    DayKind.WORKING_DAY: _l("Working day swapped in"),
}
# Words and the tone of their badge.
ACCOUNT_STATES: dict[AccountState, tuple[Any, str]] = {
    AccountState.NONE: (_l("Not invited"), "open"),
    AccountState.INVITED: (_l("Invited"), "told"),
    AccountState.EXPIRED: (_l("Invitation expired"), "careful"),
    AccountState.ACTIVE: (_l("Signs in"), "good"),
    AccountState.CLOSED: (_l("Closed"), "open"),
}


def weekday_names() -> list[str]:
    """Monday first, in full."""
    names = get_locale().days["stand-alone"]["wide"]
    return [sentence(names[weekday]) for weekday in range(7)]


def hours(starts: time, ends: time) -> str:
    """ "07:30–11:30", local; "22:00–06:00 the next day" where it runs past midnight."""
    first, last = (format_time(clock, "HH:mm", rebase=False) for clock in (starts, ends))
    told = f"{first}–{last}"
    return told if first < last else _("%(hours)s the next day", hours=told)


def day_in_words(day: date) -> str:
    """ "Thứ Hai 23/11" or "Mon 23 Nov"."""
    if get_locale().language == "en":
        return format_date(day, "EEE d MMM", rebase=False)
    return f"{sentence(format_date(day, 'EEEE', rebase=False))} {day:%d/%m}"


def moment_in_words(moment: datetime) -> str:
    """ "20:00, Thứ Sáu 20/11", local."""
    return f"{moment:%H:%M}, {day_in_words(moment.date())}"


def soon(starts: datetime, now: datetime) -> str:
    """How far off a local start is: "going on now" once it has come, "tomorrow", "in 3 days"."""
    if starts <= now:
        return _("Going on now")
    days = (starts.date() - now.astimezone(starts.tzinfo).date()).days
    if days <= 1:
        return _("Tomorrow") if days == 1 else _("Today")
    return _("In %(count)s days", count=days)


def short_day(day: date) -> str:
    """ "23/11" or "23 Nov"."""
    return format_date(day, "d MMM" if get_locale().language == "en" else "dd/MM", rebase=False)


def rule_in_words(rule: str) -> str:
    """An RRULE as people say it ("every Monday and Friday"); a rule too fine for that is shown as it is written."""
    parts = dict(part.partition("=")[::2] for part in rule.split(";"))
    known = {"FREQ", "INTERVAL", "BYDAY", "WKST"} >= parts.keys()
    every = int(parts.get("INTERVAL", "1"))
    if known and parts["FREQ"] == "DAILY" and "BYDAY" not in parts:
        return _("every day") if every == 1 else _("every %(count)s days", count=every)
    days = parts.get("BYDAY", "").split(",")
    if not known or parts["FREQ"] != "WEEKLY" or not set(days) <= set(WEEKDAYS):
        return _("by the rule %(rule)s", rule=rule)
    if every == 1 and days == list(WEEKDAYS[:5]):
        return _("every day from Monday to Friday")
    listed = _listed([weekday_names()[WEEKDAYS.index(day)] for day in days])
    if every == 1:
        return _("every %(days)s", days=listed)
    return _("every %(count)s weeks on %(days)s", count=every, days=listed)


def weekly_parts(rule: str) -> tuple[list[int], int] | None:
    """Weekdays (Monday is 0) and interval in weeks, if the rule is as plain as the form's tick boxes; else None."""
    parts = dict(part.partition("=")[::2] for part in rule.split(";"))
    days = parts.get("BYDAY", "").split(",")
    plain = {"FREQ", "INTERVAL", "BYDAY"} >= parts.keys() and parts.get("FREQ") == "WEEKLY"
    if not plain or not set(days) <= set(WEEKDAYS):
        return None
    return [WEEKDAYS.index(day) for day in days], int(parts.get("INTERVAL", "1"))


def map_address(where: OnTheMap) -> str:
    """A map of the place by its coordinates, else by its address; most phones open it in their own app."""
    if where.latitude is not None and where.longitude is not None:
        return f"https://www.google.com/maps/search/?api=1&query={where.latitude},{where.longitude}"
    return f"https://www.google.com/maps/search/?api=1&query={quote(where.address)}" if where.address else ""


def _listed(items: list[str]) -> str:
    """ "a, b and c"."""
    if len(items) < 2:
        return "".join(items)
    return _("%(first)s and %(last)s", first=", ".join(items[:-1]), last=items[-1])


def somebody(name: str) -> str:
    """A name as it is kept, or "somebody" for whoever asked to be forgotten: their turns are still told of."""
    return _("Somebody") if name.partition(" ")[0] == NOBODY else name
