"""The parts of a problem file that have an id of their own: sites, equipment, shifts and volunteers."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from functools import lru_cache

from solver.document import Faults, Node, shown
from solver.problem import Equipment, Interval, Limits, Need, Place, Shift, Site, Volunteer, Weights, Welcome

LEVELS: Mapping[str, Welcome] = {"preferred": "preferred", "available": "available", "if_needed": "if_needed"}
NO_LIMITS = Limits()
PLAIN = Weights()
_alike = lru_cache(maxsize=65_536)(frozenset[str])  # one set for everybody of the same groups


def reference(node: Node, key: str, known: Collection[str], kind: str, of: str = "this file") -> str | None:
    name = node.text(key, None)
    if name is not None and name not in known:
        node.fault(key, f"{shown(name)} is no {kind} of {of}")
    return name


def site(node: Node) -> Site:
    lat = node.number("lat", None, least=-90, most=90)
    lon = node.number("lon", None, least=-180, most=180)
    if node.has("lat") != node.has("lon"):
        node.fault("lon" if node.has("lat") else "lat", "is missing")
    place = Place(lat, lon) if lat is not None and lon is not None else None
    return Site(node.text("id", ""), place)


def equipment(node: Node) -> Equipment:
    node.require("count")
    return Equipment(node.text("id", ""), node.whole("count", 0))


def shift(
    node: Node, sites: Collection[str], kinds: Collection[str], last: int | None, *, robust: bool = False
) -> Shift:
    start, end = _stretch(node)
    if end <= start and node.has("start") and node.has("end"):
        node.fault("end", "is before its start" if end < start else "is when it starts")
    elif last is not None and not 0 <= start < last and node.has("start"):
        node.fault("start", "is outside the period")
    least = node.whole("min", 0)
    return Shift(
        id=node.text("id", ""),
        start=start,
        end=end,
        site=reference(node, "site", sites, "site"),
        type=node.text("type", None),
        min=least,
        target=node.whole("target", least),
        max=node.whole("max", None),
        requires=node.texts("requires"),
        needs=_needs(node),
        pool=node.texts("pool") if node.has("pool") else None,
        adults_only=node.flag("adults_only"),
        all_or_nothing=node.flag("all_or_nothing"),
        equipment=_equipment_used(node, kinds),
        weights=node.like_before("weights", _weights) if node.has("weights") else PLAIN,
        service_level=node.number("service_level", None, most=1) if robust else None,
    )


def _stretch(node: Node) -> tuple[int, int]:
    """Start and end in minutes; something harmless where one of them is wrong."""
    node.require("start", "end")
    start, end = node.moment("start"), node.moment("end")
    if start is None:
        return (0, 1) if end is None else (end - 1, end)
    return start, start + 1 if end is None else end


def _needs(node: Node) -> tuple[Need, ...]:
    needs: dict[str, Need] = {}
    for inner in node.nodes("needs"):
        inner.require("qualification", "min")
        need = Need(inner.text("qualification", ""), inner.whole("min", 0))
        inner.close()
        if need.qualification in needs and inner.has("qualification"):
            inner.fault("qualification", f"{shown(need.qualification)} is needed twice")
        needs[need.qualification] = need
    return tuple(needs.values())


def _equipment_used(node: Node, kinds: Collection[str]) -> Mapping[str, int]:
    if not node.has("equipment"):
        return {}
    used = node.amounts("equipment")
    for kind in used:
        if kind not in kinds:
            node.node("equipment").fault(kind, "is no equipment of this file")
    return used


def _weights(node: Node) -> Weights:
    weights = Weights(node.weight("under_min", 1), node.weight("under_target", 1), node.weight("over_target", 0))
    node.close()
    return weights


def volunteer(node: Node, *, robust: bool = False) -> Volunteer:
    return Volunteer(
        id=node.text("id", ""),
        groups=_alike(node.texts("groups")),
        qualifications=_alike(node.texts("qualifications")),
        minor=node.flag("minor"),
        newcomer=node.flag("newcomer"),
        home=_home(node),
        max_km=node.number("max_km", None),
        available=node.each("available", _interval) if node.has("available") else None,
        limits=node.like_before("limits", _limits) if node.has("limits") else NO_LIMITS,
        history_turns=node.like_before("history", _turns_before) if node.has("history") else 0,
        show_up=node.number("show_up", 1.0, most=1) if robust else 1.0,
    )


def _turns_before(node: Node) -> int:
    turns = node.whole("turns", 0)
    node.close()
    return turns


def _home(node: Node) -> Place | None:
    value = node.get("home")
    if not node.has("home"):
        return None
    if isinstance(value, list) and len(value) == 2:
        pair = Node({"[0]": value[0], "[1]": value[1]}, "", Faults([]))
        lat, lon = (
            pair.number("[0]", None, least=-90, most=90),
            pair.number("[1]", None, least=-180, most=180),
        )
        if lat is not None and lon is not None:
            return Place(lat, lon)
    node.fault("home", "is not a pair of latitude and longitude like [13.76, 109.22]")
    return None


def _interval(node: Node) -> Interval:
    start, end = _stretch(node)
    if end < start and node.has("start") and node.has("end"):
        node.fault("end", "is before its start")
    level = node.choice("level", "available", LEVELS)
    node.close()
    return Interval(start, end, level)


def _limits(node: Node) -> Limits:
    limits = Limits(
        turns=node.whole("turns", None),
        minutes_max=node.whole("minutes_max", None),
        minutes_min=node.whole("minutes_min", None),
        turns_per_day=node.whole("turns_per_day", None),
        rest_minutes=node.whole("rest_minutes", None),
        consecutive_days_max=node.whole("consecutive_days_max", None),
        consecutive_days_min=node.whole("consecutive_days_min", None),
        consecutive_days_off_min=node.whole("consecutive_days_off_min", None),
        weekends=node.whole("weekends", None),
        turns_per_type=node.amounts("turns_per_type") if node.has("turns_per_type") else {},
    )
    node.close()
    return limits
