"""Reading JSON with exact faults: every object hands out its keys typed and says where something is wrong.

A reader that stops at the first fault makes people upload a file ten times, so faults are collected and every
getter answers with something harmless; the caller builds its result only if none was found.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Hashable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import lru_cache, partial
from typing import Any, TypeVar

T = TypeVar("T")
Path = str

LARGEST = 10**9  # beyond every count and duration of this domain; keeps sums far inside 64 bits
WEIGHTIEST = 10**1000  # weights are any numbers; of these, the product of two can still be written
MOST_KINDS = 10_000  # of objects of words that are remembered while a file is parsed
SHOWN = 60  # characters of a wrong value repeated in a fault
NOTHING: Mapping[str, Any] = {}  # the keys of what is no object
UNKNOWN = datetime.fromisoformat("2000-01-03T00:00")  # any moment does for a file that does not say its own
DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d", re.ASCII)


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong, and where: `volunteers[17].available[2].end` `is before its start`."""

    path: Path
    text: str

    def __str__(self) -> str:
        return f"{self.path}: {self.text}" if self.path else self.text


class BadInput(ValueError):
    """A file that cannot be read as what it should be, with every fault found in it."""

    def __init__(self, faults: tuple[Fault, ...]) -> None:
        super().__init__("\n".join(map(str, faults)))
        self.faults = faults


def shown(value: object) -> str:
    """A wrong value on one short line, whatever it holds."""
    if isinstance(value, dict | list):
        return "an object" if isinstance(value, dict) else "a list"
    text = json.dumps(value, ensure_ascii=True)
    return text if len(text) <= SHOWN else f"{text[:SHOWN]}…"


class _Repeated(dict[str, Any]):
    """An object of the file in which some key is written more than once."""

    keys_repeated: tuple[str, ...] = ()


def _object(known: dict[Hashable, dict[str, Any]], pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object of the file. Of many that hold the same words and nothing else there is one: a week of a province is
    a quarter of a million offers, of a few dozen kinds."""
    words = tuple(pairs)
    try:
        found = known.get(words)
    except TypeError:  # it holds a list
        found = None
    if found is not None:
        return found
    found = dict(pairs)
    if len(found) < len(pairs):
        repeated = _Repeated(found)
        names = [name for name, _ in pairs]
        repeated.keys_repeated = tuple(name for name in found if names.count(name) > 1)
        return repeated
    if len(known) < MOST_KINDS and _only(str, found):
        known[words] = found
    return found


def _no_constant(name: str) -> float:
    raise ValueError(f"{name} is not a JSON number")


def parse(data: bytes) -> Any:
    """The value of a JSON file; raises BadInput if it is none."""
    try:
        return json.loads(data.decode("utf-8-sig"), object_pairs_hook=partial(_object, {}), parse_constant=_no_constant)
    except UnicodeDecodeError as error:
        raise BadInput((Fault("", f"byte {error.start}: is not UTF-8"),)) from error
    except json.JSONDecodeError as error:
        raise BadInput((Fault("", f"line {error.lineno} column {error.colno}: is not JSON ({error.msg})"),)) from error
    except RecursionError as error:
        raise BadInput((Fault("", "is nested too deeply"),)) from error
    except ValueError as error:
        raise BadInput((Fault("", f"is not JSON ({shown(str(error))})"),)) from error


@lru_cache(maxsize=65_536)
def moment_of(text: str) -> datetime | None:
    """`2026-11-23T07:30` as a naive datetime; None for anything else. A file repeats few distinct times."""
    if not MOMENT.fullmatch(text):
        return None
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None


def day_of(text: str) -> date | None:
    """`2026-11-23` as a date; None for anything else."""
    try:
        return date.fromisoformat(text) if DAY.fullmatch(text) else None
    except ValueError:
        return None


@dataclass(slots=True)
class Faults:
    """The faults found so far, the moment the document counts its minutes from, and what was read before (`each`)."""

    found: list[Fault]
    origin: datetime = UNKNOWN
    known: dict[Callable[..., Any], dict[Hashable, Any]] = field(default_factory=dict)

    def add(self, path: Path, text: str) -> None:
        self.found.append(Fault(path, text))


def _only(kind: type, value: object) -> bool:
    """Whether a value is an object that holds nothing but this kind; 1 is no text and True no number."""
    return type(value) is dict and {*map(type, value.values())} == {kind}


class Node:
    """One object of the file with its path. Ask for each key it may have, then `close` to refuse the others."""

    __slots__ = ("_asked", "data", "faults", "path")

    def __init__(self, value: object, path: Path, faults: Faults) -> None:
        self.path, self.faults = path, faults
        self._asked: set[str] = set()
        self.data = NOTHING
        if isinstance(value, dict):
            self.data = value
        else:
            faults.add(path, f"is {shown(value)}, not an object")
        if isinstance(value, _Repeated):
            for key in value.keys_repeated:
                self.fault(key, "is given twice")

    def at(self, key: str) -> Path:
        name = key if key.isascii() and key.isprintable() and len(key) <= SHOWN else shown(key)
        return f"{self.path}.{name}" if self.path else name

    def fault(self, key: str, text: str) -> None:
        self.faults.add(self.at(key), text)

    def has(self, key: str) -> bool:
        return key in self.data

    def close(self) -> None:
        """Refuse every key nobody has asked for."""
        if not self._asked.issuperset(self.data):
            for key in self.data:
                if key not in self._asked:
                    self.fault(key, "is not a known key")

    def require(self, *keys: str) -> None:
        for key in keys:
            if key not in self.data and self.data is not NOTHING:
                self.fault(key, "is missing")

    def get(self, key: str) -> Any:
        """The raw value, None if absent."""
        self._asked.add(key)
        return self.data.get(key)

    def whole(self, key: str, default: T, *, least: int = 0, most: float = LARGEST) -> int | T:
        """A whole number from `least` to `most`."""
        if key not in self.data:
            return default
        value = self.get(key)
        if type(value) is int and least <= value <= most:
            return value
        to = f"to {most}" if most <= LARGEST else "on"
        self.fault(key, f"is {shown(value)}, not a whole number from {least} {to}")
        return default

    def weight(self, key: str, default: int) -> int:
        return self.whole(key, default, most=WEIGHTIEST)

    def number(self, key: str, default: T, *, least: float = 0, most: float = LARGEST) -> float | T:
        if key not in self.data:
            return default
        value = self.get(key)
        if type(value) in (int, float) and least <= value <= most:
            return float(value)
        self.fault(key, f"is {shown(value)}, not a number from {least:g} to {most:g}")
        return default

    def flag(self, key: str, default: bool = False) -> bool:
        if key not in self.data:
            return default
        value = self.get(key)
        if isinstance(value, bool):
            return value
        self.fault(key, f"is {shown(value)}, not true or false")
        return default

    def text(self, key: str, default: T) -> str | T:
        if key not in self.data:
            return default
        value = self.get(key)
        if type(value) is str and value.isascii():
            return value
        return value if self.is_text(value, self.at(key)) else default

    def is_text(self, value: object, path: Path) -> bool:
        if not isinstance(value, str):
            self.faults.add(path, f"is {shown(value)}, not text")
            return False
        if not value.isascii() and any("\ud800" <= letter <= "\udfff" for letter in value):
            self.faults.add(path, "holds half a character")  # a lone surrogate: no file could be written with it
            return False
        return True

    def choice(self, key: str, default: T, allowed: Mapping[str, T]) -> T:
        """One of a few words, by the value each stands for."""
        if key not in self.data:
            return default
        value = self.get(key)
        if isinstance(value, str) and value in allowed:
            return allowed[value]
        self.fault(key, f"is {shown(value)}, not one of {', '.join(allowed)}")
        return default

    def moment(self, key: str) -> int | None:
        """A required local time, as minutes since the document's origin."""
        if key not in self.data:
            return None
        value = self.get(key)
        found = moment_of(value) if isinstance(value, str) else None
        if found is None:
            self.fault(key, f"is {shown(value)}, not a time like 2026-11-23T07:30")
            return None
        return (found - self.faults.origin) // timedelta(minutes=1)

    def items(self, key: str) -> list[Any]:
        """A list; empty if absent."""
        if key not in self.data:
            return []
        value = self.get(key)
        if isinstance(value, list):
            return value
        self.fault(key, f"is {shown(value)}, not a list")
        return []

    def nodes(self, key: str) -> Iterator[Node]:
        """A list of objects; none if absent."""
        path = self.at(key)
        for index, value in enumerate(self.items(key)):
            yield Node(value, f"{path}[{index}]", self.faults)

    def each(self, key: str, read_one: Callable[[Node], T]) -> tuple[T, ...]:
        """A list of objects made of words. Most were met before (`_object`), and what was right is not read again."""
        values, known = self.items(key), self.faults.known.setdefault(read_one, {})
        things = [thing for thing in map(known.get, map(id, values)) if thing is not None]
        if len(things) == len(values):
            return tuple(things)
        read = []
        for index, value in enumerate(values):
            before, thing = len(self.faults.found), known.get(id(value))
            if thing is None:
                thing = read_one(Node(value, f"{self.at(key)}[{index}]", self.faults))
                if len(self.faults.found) == before:
                    known[id(value)] = thing
            read.append(thing)
        return tuple(read)

    def like_before(self, key: str, read_one: Callable[[Node], T]) -> T:
        """The object inside this one. Of many that hold the same whole numbers one is read."""
        value, known = self.get(key), self.faults.known.setdefault(read_one, {})
        alike = (*value, *value.values()) if _only(int, value) else None
        thing: T | None = known.get(alike)
        if thing is None:
            before, thing = len(self.faults.found), read_one(Node(value, self.at(key), self.faults))
            if alike is not None and len(self.faults.found) == before:
                known[alike] = thing
        return thing

    def texts(self, key: str) -> tuple[str, ...]:
        values = self.items(key)
        plain = [value for value in values if type(value) is str and value.isascii()]
        if len(plain) == len(values):
            return tuple(plain)
        path = self.at(key)
        return tuple(value for index, value in enumerate(values) if self.is_text(value, f"{path}[{index}]"))

    def node(self, key: str) -> Node:
        """An object inside this one; an empty one if absent."""
        value = self.get(key)
        return Node({} if key not in self.data else value, self.at(key), self.faults)

    def amounts(self, key: str, *, most: float = LARGEST) -> dict[str, int]:
        """An object of whole numbers by name."""
        inner = self.node(key)
        found = {name: inner.whole(name, 0, most=most) for name in inner.data}
        for name in found:
            inner.is_text(name, inner.at(name))
        return found
