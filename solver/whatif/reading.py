"""Alterations as JSON objects (`{"kind": "train", "qualification": "trained", "count": 2}`), read with exact faults."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import fields
from typing import Any

from solver.document import LARGEST, BadInput, Faults, Node, parse, shown
from solver.problem import MINUTES_PER_DAY, Problem
from solver.whatif.alterations import (
    LIMITS,
    Alteration,
    Demand,
    Lend,
    LengthenShift,
    MorePeople,
    MoveShift,
    RaiseLimit,
    Train,
    WithoutPeople,
    WithoutShifts,
)

MOST_PEOPLE = 100_000  # new ones at a time


def read(texts: Iterable[str], problem: Problem, *, name: str = "--change") -> tuple[Alteration, ...]:
    """The alterations of some JSON texts. Raises BadInput with every fault, under `name[0]` for the first text."""
    faults = Faults([])
    found = []
    for index, text in enumerate(texts):
        path = f"{name}[{index}]"
        try:
            found.append(_one(_Asked(parse(text.encode("utf-8", "surrogateescape")), path, faults, problem)))
        except BadInput as refused:
            faults.add(path, refused.faults[0].text)
    if faults.found:
        raise BadInput(tuple(faults.found))
    return tuple(one for one in found if one is not None)


def to_json(one: Alteration) -> dict[str, Any]:
    """The object that reads back as the same alteration; what says nothing is left out."""
    record: dict[str, Any] = {"kind": one.kind}
    for field in fields(one):
        value = getattr(one, field.name)
        if value not in (None, (), 0):
            record[field.name] = list(value) if isinstance(value, tuple) else value
    return record


class _Asked(Node):
    """One object, with the problem whose people and shifts it may name."""

    __slots__ = ("problem",)

    def __init__(self, value: object, path: str, faults: Faults, problem: Problem) -> None:
        self.problem = problem
        super().__init__(value, path, faults)

    def people(self, key: str = "volunteers") -> tuple[str, ...]:
        return self._known(key, self.problem.volunteer_by_id, "volunteer")

    def shifts(self) -> tuple[str, ...]:
        return self._known("shifts", self.problem.shift_by_id, "shift")

    def shift(self) -> str:
        self.require("shift")
        return self._reference("shift", self.problem.shift_by_id, "shift") or ""

    def person(self, key: str) -> str | None:
        return self._reference(key, self.problem.volunteer_by_id, "volunteer")

    def site(self) -> str | None:
        return self._reference("site", self.problem.site_by_id, "site")

    def signed(self, key: str, default: int) -> int:
        """A whole number, which may be below 0 but not 0."""
        value = self.get(key)
        if not self.has(key):
            return default
        if type(value) is int and value and -LARGEST <= value <= LARGEST:
            return value
        self.fault(key, f"is {shown(value)}, not a whole number from -{LARGEST} to {LARGEST} other than 0")
        return default

    def _known(self, key: str, known: Collection[str], kind: str) -> tuple[str, ...]:
        names = self.texts(key)
        for index, name in enumerate(names):
            if name not in known:
                self.fault(f"{key}[{index}]", f"{shown(name)} is no {kind} of the problem")
        if self.has(key) and not self.items(key):
            self.fault(key, "names nobody" if kind == "volunteer" else "names none")
        return names

    def _reference(self, key: str, known: Collection[str], kind: str) -> str | None:
        name = self.text(key, None)
        if name is not None and name not in known:
            self.fault(key, f"{shown(name)} is no {kind} of the problem")
        return name


def _one(asked: _Asked) -> Alteration | None:
    asked.require("kind")
    read_one = asked.choice("kind", None, KINDS)
    if read_one is None:
        return None
    found = read_one(asked)
    asked.close()
    return found


def _train(asked: _Asked) -> Train:
    asked.require("qualification")
    if asked.has("volunteers") == asked.has("count"):
        asked.fault("volunteers", "is missing, and count too" if not asked.has("count") else "is given beside count")
    return Train(asked.text("qualification", ""), asked.people(), asked.whole("count", 0, least=1))


def _raise_limit(asked: _Asked) -> RaiseLimit:
    if asked.has("volunteers") and asked.has("group"):
        asked.fault("group", "is given beside volunteers")
    limit = asked.choice("limit", "turns", {name: name for name in LIMITS})
    return RaiseLimit(limit, asked.signed("by", 1), asked.people(), asked.text("group", None))


def _more_people(asked: _Asked) -> MorePeople:
    asked.require("count")
    return MorePeople(
        count=asked.whole("count", 1, least=1, most=MOST_PEOPLE),
        like=asked.person("like"),
        groups=asked.texts("groups"),
        qualifications=asked.texts("qualifications"),
        turns=asked.whole("turns", None, least=1),
    )


def _lend(asked: _Asked) -> Lend:
    asked.require("volunteers", "group")
    return Lend(asked.people(), asked.text("group", ""))


def _without_people(asked: _Asked) -> WithoutPeople:
    asked.require("volunteers")
    return WithoutPeople(asked.people())


def _without_shifts(asked: _Asked) -> WithoutShifts:
    asked.require("shifts")
    return WithoutShifts(asked.shifts())


def _move_shift(asked: _Asked) -> MoveShift:
    asked.require("minutes_later")
    found = MoveShift(asked.shift(), asked.signed("minutes_later", 1))
    shift = asked.problem.shift_by_id.get(found.shift)
    if shift and not 0 <= shift.start + found.minutes_later < asked.problem.days * MINUTES_PER_DAY:
        asked.fault("minutes_later", "takes the shift out of the period")
    return found


def _lengthen_shift(asked: _Asked) -> LengthenShift:
    asked.require("minutes")
    found = LengthenShift(asked.shift(), asked.signed("minutes", 1))
    shift = asked.problem.shift_by_id.get(found.shift)
    if shift and shift.minutes + found.minutes <= 0:
        asked.fault("minutes", f"leaves nothing of the {shift.minutes} minutes of the shift")
    return found


def _demand(asked: _Asked) -> Demand:
    asked.require("more")
    more, shifts, site, kind = asked.signed("more", 1), asked.shifts(), asked.site(), asked.text("type", None)
    if shifts and (site is not None or kind is not None):
        asked.fault("shifts", "is given beside site or type")
    return Demand(more, shifts, site, kind)


KINDS: Mapping[str, Callable[[_Asked], Alteration]] = {
    Train.kind: _train,
    RaiseLimit.kind: _raise_limit,
    MorePeople.kind: _more_people,
    Lend.kind: _lend,
    WithoutPeople.kind: _without_people,
    WithoutShifts.kind: _without_shifts,
    MoveShift.kind: _move_shift,
    LengthenShift.kind: _lengthen_shift,
    Demand.kind: _demand,
}
