// Reads a calendar from standard input as Thunderbird does (with ical.js) and writes what it understood as JSON.
// The one argument is the path of ical.js.
import { readFileSync } from "node:fs";

const { default: ICAL } = await import(process.argv[2]);
const calendar = new ICAL.Component(ICAL.parse(readFileSync(0, "utf8")));
for (const zone of calendar.getAllSubcomponents("vtimezone")) {
  ICAL.TimezoneService.register(zone);
}

function read(component) {
  const event = new ICAL.Event(component);
  const alarm = component.getFirstSubcomponent("valarm");
  return {
    uid: event.uid,
    sequence: event.sequence,
    stamp: component.getFirstPropertyValue("last-modified").toUnixTime(),
    starts: event.startDate.toUnixTime(),
    ends: event.endDate.toUnixTime(),
    summary: event.summary,
    description: event.description ?? "",
    location: event.location ?? "",
    status: component.getFirstPropertyValue("status"),
    transparency: component.getFirstPropertyValue("transp"),
    alarm_seconds: alarm ? alarm.getFirstPropertyValue("trigger").toSeconds() : null,
  };
}

const name = calendar.getFirstPropertyValue("name");
const events = calendar.getAllSubcomponents("vevent").map(read);
process.stdout.write(JSON.stringify({ name, events }));
