"""Rows of a list of people: which lines are people at all, what each says, and what is wrong with it.

A row tells everything that is wrong with it at once, so that a list is mended in one go.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import chain
from typing import Any, TypeVar

from roster.errors import FieldError
from roster.imports import dates
from roster.imports.columns import SOMEBODY_ELSE, Layout, plain
from roster.imports.sheets import Cells
from roster.services import fields, people

Value = TypeVar("Value")

# How lines begin that close or part a list: sums, signatures, notes. Tống is a family name, so not that alone.
NOTES = re.compile(
    r"(tong (cong|so)|tong( \d+|$)|cong( \d+|$)|nguoi (lap|ky)|xac nhan|ky ten|ghi chu|danh sach|tm|ban chap hanh"
    r"|bi thu|can bo|thu ky|total|sum|note|signed|prepared by|noi nhan)\b"
)
PLACE_AND_DATE = re.compile(r"\bngay\b.*\bthang\b.*\bnam\b")
SEVERAL = re.compile(r"[;,/\n]|\s-\s|\bhoặc\b|\bvà\b")
YOUNGEST_PUPILS = 14
"""Years: upper secondary schools begin in the year somebody turns fifteen."""
NOTHING = re.compile(r"((khong|ko|k|chua)( co)?|n a|na|none|null|nil|trong)?")
"""How people write that there is none, once it is `plain`: "không có", "-", "N/A"."""
BESIDE_NUMBERS = re.compile(r"[;,/\n()]|\s-\s|[^\W\d_]+")
ADDRESS = re.compile(r"[^<>():]+@[^<>()]+")  # of "mailto:an@x.vn", of "An <an@x.vn>"
DIGIT = re.compile(r"\d")
CUT_NUMBER = re.compile(r"\d([.,]\d+)?E\+?\d+", re.IGNORECASE)
SEPARATED = re.compile(r"[;,/|+\n]")


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong with a row: the field, the reason (worded in `web/import_words.py`), and its facts."""

    field: str
    reason: str
    facts: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Row:
    """What one line says of one person; "" and None are nothing said. `number`: the line's in the spreadsheet.

    `age`: in years, of whoever is younger than any pupil who volunteers; None of all others.
    """

    number: int
    full_name: str = ""
    phone: str | None = None
    email: str | None = None
    birth_date: date | None = None
    unit: str = ""
    team: str = ""
    qualifications: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()
    age: int | None = None


@dataclass(frozen=True, slots=True)
class Skipped:
    """A line that is no person, as it stands."""

    number: int
    text: str


def people_in(cells: Cells, layout: Layout, *, first_row: int, today: date) -> tuple[list[Row], list[Skipped]]:
    """The people of a sheet in its order, and the lines between them that are none; empty lines are neither."""
    start = 0 if layout.header_row is None else layout.header_row + 1
    header = cells[layout.header_row] if layout.header_row is not None else ()
    reader = _Reader(layout.columns, header, cells[start:], today)
    found, skipped = list[Row](), list[Skipped]()
    for offset, line in enumerate(cells[start:], start + first_row):
        if not any(line):
            continue
        if reader.is_no_person(line):
            skipped.append(Skipped(offset, " ".join(filter(None, line))[:120]))
        else:
            found.append(reader.row(offset, line))
    return found, skipped


class _Reader:
    """Reads the lines of one sheet, whose columns are known."""

    def __init__(self, columns: Sequence[str], header: Sequence[str], lines: Cells, today: date) -> None:
        self.places = {name: place for place, name in enumerate(columns) if name}
        self.header = header
        self.today = today
        self.month_first = dates.month_first(self._cell(line, "birth_date") for line in lines)

    def _cell(self, line: Sequence[str], name: str) -> str:
        place = self.places.get(name)
        return line[place] if place is not None and place < len(line) else ""

    def _given(self, line: Sequence[str], name: str) -> str:
        """As `_cell`, without what only says that there is nothing."""
        text = self._cell(line, name)
        return "" if NOTHING.fullmatch(plain(text)) else text

    def is_no_person(self, line: Sequence[str]) -> bool:
        said = [cell for cell in line if cell]
        known = [name for name in self.places if self._cell(line, name)]
        if sum(bool(cell) and cell == name for cell, name in zip(line, self.header, strict=False)) >= 3:
            return True  # the names of the columns once more, at the top of a printed page
        text = plain(" ".join(said))
        if len(known) <= 2 and (NOTES.match(text) or PLACE_AND_DATE.search(text)):
            return True
        # A number alone is a line prepared for somebody; one cell alone is a title, unless names are all there is.
        return not known or (len(said) == 1 and len(self.places) > 1) or all(cell.isdigit() for cell in said)

    def row(self, number: int, line: Sequence[str]) -> Row:
        problems: list[Problem] = []

        def kept(read: Callable[[], Value], otherwise: Value) -> Value:
            try:
                return read()
            except FieldError as refusal:
                facts = {name: fact for name, fact in refusal.facts.items() if name not in ("field", "reason")}
                problems.append(Problem(refusal.facts["field"], refusal.facts["reason"], facts))
                return otherwise

        read = Row(
            number=number,
            full_name=kept(lambda: self._name(line), ""),
            phone=kept(lambda: self._phone(line), None),
            email=kept(lambda: people.email_typed(_first_email(self._given(line, "email"))), None),
            birth_date=kept(lambda: self._birth_date(line), None),
            unit=self._cell(line, "unit"),
            team=kept(lambda: fields.one_line(self._cell(line, "team"), "team", longest=200, required=False), ""),
            qualifications=tuple(filter(None, map(str.strip, SEPARATED.split(self._cell(line, "qualifications"))))),
            problems=tuple(problems),
        )
        return replace(read, age=_doubtful_age(read.birth_date, self.today))

    def _name(self, line: Sequence[str]) -> str:
        whole = f"{self._cell(line, 'full_name')} {self._cell(line, 'given_name')}"
        name = fields.one_line(whole, "full_name", longest=people.NAME_LENGTH)
        if not any(char.isalpha() for char in name) or any(char.isdigit() for char in name):
            raise FieldError(field="full_name", reason="not_a_name", value=name)
        return name.title() if name.isupper() or name.islower() else name

    def _phone(self, line: Sequence[str]) -> str | None:
        """The first number that can exist, where several stand in one cell, or words beside it; but no parent's."""
        text = self._given(line, "phone").removesuffix(".0")  # a number, as programs write columns with gaps
        if CUT_NUMBER.fullmatch(text):
            raise FieldError(field="phone", reason="cut_number", value=text)
        own = [part for part in _numbers(text) if not SOMEBODY_ELSE.search(plain(part))]
        if text and not own:
            raise FieldError(field="phone", reason="not_a_phone", value=text)
        try:
            return people.phone_typed(text if len(own) == len(_numbers(text)) else own[0])
        except FieldError:
            for part in chain.from_iterable(map(BESIDE_NUMBERS.split, own)):
                try:
                    if part.strip():
                        return people.phone_typed(part)
                except FieldError:
                    continue
            raise

    def _birth_date(self, line: Sequence[str]) -> date | None:
        text = self._given(line, "birth_date")
        if not text:
            return None
        found = dates.parse(text, month_first=self.month_first)
        if found is None and text.isdigit() and len(text) == 4:
            raise FieldError(field="birth_date", reason="only_a_year", value=text)
        if found is None:
            raise FieldError(field="birth_date", reason="no_such_date", value=text)
        return people.birth_date_typed(found, self.today)


def _doubtful_age(born: date | None, today: date) -> int | None:
    """In years, if that is younger than the pupils of upper secondary schools are."""
    if born is None:
        return None
    age = today.year - born.year - ((today.month, today.day) < (born.month, born.day))
    return age if age < YOUNGEST_PUPILS else None


def _numbers(text: str) -> list[str]:
    """What stands in a cell for numbers, each with the words beside it: "0912345678 / 0987654321 - mẹ" are two."""
    numbers: list[str] = []
    for part in filter(str.strip, SEVERAL.split(text)):
        if numbers and not (DIGIT.search(part) and DIGIT.search(numbers[-1])):
            numbers[-1] += f" {part}"
        else:
            numbers.append(part)
    return numbers


def _first_email(text: str) -> str:
    first = next(filter(None, map(str.strip, SEVERAL.split(text))), "")
    found = ADDRESS.search(first.replace(" ", ""))
    return found[0] if found else text
