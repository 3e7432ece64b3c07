"""Reading `roster-problem/1` and `/2`: JSON in, a Problem out, or every fault of the file with its exact path.

Unknown keys and broken references are faults too: a misspelt limit that is silently ignored makes a roster that
breaks a promise, and nobody learns why.
"""

from __future__ import annotations

import gc
import re
from collections.abc import Callable, Collection, Hashable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date, datetime, time
from pathlib import Path
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from solver import reader_parts as parts
from solver.document import BadInput, Fault, Faults, Node, day_of, parse, shown
from solver.problem import (
    FORMAT,
    FORMAT_2,
    MINUTES_PER_DAY,
    TERMS,
    Assignment,
    Equipment,
    Pair,
    PairRule,
    Pin,
    PinState,
    Problem,
    Rules,
    Shift,
    Site,
    Travel,
    Volunteer,
    Wish,
    default_levels,
)

__all__ = ["BadInput", "Fault", "read", "read_file", "read_json"]

PIN_STATES: Mapping[str, PinState] = {"assigned": "assigned", "forbidden": "forbidden"}
PAIR_RULES: Mapping[str, PairRule] = {"together": "together", "apart": "apart"}
CLOCK = re.compile(r"([01]\d|2[0-3]):([0-5]\d)", re.ASCII)
MOST_DAYS = 3660
Named = TypeVar("Named", Site, Equipment, Shift, Volunteer)


def read_file(path: Path) -> Problem:
    """The problem in a file. Raises BadInput, also if the file cannot be read."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise BadInput((Fault(str(path), f"cannot be read ({error.strerror})"),)) from error
    return read(data)


def read(data: bytes) -> Problem:
    """The problem in the bytes of a file. Raises BadInput with every fault found."""
    with _no_cycles():
        return read_json(parse(data))


@contextmanager
def _no_cycles() -> Iterator[None]:
    """Without looking for cycles: a file is a million objects and has none, and looking takes a third of the time."""
    looking = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if looking:
            gc.enable()


def read_json(document: Any) -> Problem:
    """The problem in a parsed JSON document. Raises BadInput with every fault found."""
    if not isinstance(document, dict):
        raise BadInput((Fault("", f"is {shown(document)}, not an object"),))
    faults = Faults([])
    root = Node(document, "", faults)
    problem = _problem(root, faults)
    root.close()
    if faults.found or problem is None:
        raise BadInput(tuple(faults.found))
    return problem


def _problem(root: Node, faults: Faults) -> Problem | None:
    root.require("format", "period", "shifts", "volunteers")
    version = root.text("format", FORMAT)
    robust = version == FORMAT_2
    if version not in (FORMAT, FORMAT_2):
        root.fault("format", f"is {shown(version)}, not {FORMAT} or {FORMAT_2}")
    first_day, days = _period(root.node("period"), complain=root.has("period"))
    # With a wrong first day any other will do to read on: the problem is refused anyway.
    faults.origin = datetime.combine(first_day or date(2000, 1, 3), time())
    sites = _unique(root, "sites", parts.site)
    equipment = _unique(root, "equipment", parts.equipment)
    site_ids, kinds = {site.id for site in sites}, {kind.id for kind in equipment}
    last = days * MINUTES_PER_DAY if first_day is not None and days else None
    shifts = _unique(root, "shifts", lambda node: parts.shift(node, site_ids, kinds, last, robust=robust))
    volunteers = _unique(root, "volunteers", lambda node: parts.volunteer(node, robust=robust))
    people, slots = {person.id for person in volunteers}, {shift.id for shift in shifts}
    turns = _Turns(people, slots)
    previous = turns.distinct(root, "previous", lambda _node, turn: turn)
    return Problem(
        first_day=first_day or date(2000, 1, 3),
        days=days or 1,
        shifts=shifts,
        volunteers=volunteers,
        sites=sites,
        equipment=equipment,
        wishes=turns.distinct(root, "wishes", _wish),
        pins=turns.distinct(root, "pins", _pin),
        pairs=tuple(_pair(node, people) for node in root.nodes("pairs")),
        travel=_travel(root, site_ids),
        rules=_rules(root.node("rules")),
        previous=previous if root.has("previous") else None,
        levels=_levels(root, shifts, robust=robust),
        timezone=_timezone(root),
    )


def _unique(root: Node, key: str, read_one: Callable[[Node], Named]) -> tuple[Named, ...]:
    """The objects of a list, each with an id of its own."""
    found: dict[str, str] = {}
    things = []
    for node in root.nodes(key):
        thing = read_one(node)
        node.require("id")
        node.close()
        if thing.id in found and node.has("id"):
            node.fault("id", f"{shown(thing.id)} is already that of {found[thing.id]}")
        found.setdefault(thing.id, node.path)
        things.append(thing)
    return tuple(things)


def _period(node: Node, *, complain: bool) -> tuple[date | None, int | None]:
    if complain:
        node.require("first_day", "days")
    text = node.text("first_day", None)
    days = node.whole("days", None, least=1, most=MOST_DAYS)
    node.close()
    if text is None:
        return None, days
    first_day = day_of(text)
    if first_day is None:
        node.fault("first_day", f"is {shown(text)}, not a date like 2026-11-23")
    return first_day, days


def _timezone(root: Node) -> str:
    name = root.text("timezone", "Asia/Ho_Chi_Minh")
    try:
        ZoneInfo(name)
    except (ValueError, OSError, KeyError):
        root.fault("timezone", f"is {shown(name)}, not a time zone like Asia/Ho_Chi_Minh")
    return name


class _Turns:
    """Lists whose entries name one volunteer and one shift, each couple at most once."""

    def __init__(self, people: Collection[str], slots: Collection[str]) -> None:
        self.people, self.slots = people, slots

    def distinct(self, root: Node, key: str, read_one: Callable[[Node, Assignment], Any]) -> tuple[Any, ...]:
        found: dict[Hashable, str] = {}
        entries = []
        for node in root.nodes(key):
            node.require("volunteer", "shift")
            person = parts.reference(node, "volunteer", self.people, "volunteer")
            shift = parts.reference(node, "shift", self.slots, "shift")
            entries.append(read_one(node, Assignment(person or "", shift or "")))
            node.close()
            _refuse_again(found, node, person, shift)
        return tuple(entries)


def _refuse_again(found: dict[Hashable, str], node: Node, *names: str | None) -> None:
    """An entry whose names were found before; None is a name that is missing, or no text."""
    if None not in names:
        if names in found:
            node.faults.add(node.path, f"repeats {found[names]}")
        found.setdefault(names, node.path)


def _wish(node: Node, turn: Assignment) -> Wish:
    node.require("want")
    return Wish(turn.volunteer, turn.shift, node.flag("want"), node.weight("weight", 1))


def _pin(node: Node, turn: Assignment) -> Pin:
    node.require("state")
    return Pin(turn.volunteer, turn.shift, node.choice("state", "assigned", PIN_STATES))


def _pair(node: Node, people: Collection[str]) -> Pair:
    node.require("volunteers", "rule")
    names = node.texts("volunteers")
    for index, name in enumerate(names):
        if name not in people:
            node.fault(f"volunteers[{index}]", f"{shown(name)} is no volunteer of this file")
    if node.has("volunteers") and (len(names) != 2 or names[0] == names[1]):
        node.fault("volunteers", "does not name two people")
        names = ("", "")
    rule = node.choice("rule", "together", PAIR_RULES)
    node.close()
    return Pair((names[0], names[1]) if len(names) == 2 else ("", ""), rule)


def _travel(root: Node, sites: Collection[str]) -> tuple[Travel, ...]:
    found: dict[Hashable, str] = {}
    ways = []
    for node in root.nodes("travel"):
        node.require("from", "to", "minutes")
        origin = parts.reference(node, "from", sites, "site")
        destination = parts.reference(node, "to", sites, "site")
        ways.append(Travel(origin or "", destination or "", node.whole("minutes", 0)))
        node.close()
        _refuse_again(found, node, *sorted((origin, destination), key=str))
    return tuple(ways)


def _rules(node: Node) -> Rules:
    text = node.text("minors_latest_end", None)
    latest = None
    if text is not None:
        clock = CLOCK.fullmatch(text)
        if clock is None:
            node.fault("minors_latest_end", f"is {shown(text)}, not a time like 18:00")
        else:
            latest = int(clock[1]) * 60 + int(clock[2])
    successions = tuple(_successions(node))
    node.close()
    return Rules(latest, successions)


def _successions(node: Node) -> Iterable[tuple[str, str]]:
    path = node.at("forbidden_successions")
    for index, value in enumerate(node.items("forbidden_successions")):
        if isinstance(value, list) and len(value) == 2:
            at = f"{path}[{index}]"
            if node.is_text(value[0], f"{at}[0]") and node.is_text(value[1], f"{at}[1]"):
                yield value[0], value[1]
        else:
            node.faults.add(f"{path}[{index}]", "does not name two shift types")


def _levels(root: Node, shifts: Iterable[Shift], *, robust: bool) -> tuple[Mapping[str, int], ...]:
    objective = root.node("objective")
    given = objective.has("levels")
    known = [term for term in TERMS if robust or term != "under_service"]
    levels = []
    for node in objective.nodes("levels"):
        levels.append({term: node.weight(term, 0) for term in known if node.has(term)})
        for term in known:
            node.get(term)
        node.close()
    objective.close()
    return tuple(levels) if given else default_levels(shifts)
