"""Timetables pasted as tables whose first row names the columns: "Môn học | Thứ | Tiết BĐ | Số tiết | Phòng".

Each row becomes the line that `class_tables` reads: "thứ 2 tiết 1-3". Cells are parted by tabs, as browsers and
spreadsheets copy them. A row with more or fewer cells than the names is none of the table's: where one cell stands over
two rows, browsers copy the lower one without it, and everything behind would be taken for something else.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from roster.imports.columns import plain

# Names of columns, as `plain` has them.
NAMES: Mapping[str, tuple[str, ...]] = {
    "weekday": ("thu", "thu trong tuan", "ngay trong tuan", "day", "weekday"),
    "date": ("ngay", "ngay hoc", "ngay thi", "date", "exam date"),
    "since": ("tu ngay", "ngay bat dau", "ngay bd", "start date"),
    "until": ("den ngay", "ngay ket thuc", "ngay kt", "end date"),
    "periods": ("tiet", "tiet hoc", "cac tiet", "tiet thi", "period", "periods"),
    "first": ("tiet bd", "tiet bat dau", "tu tiet", "first period"),
    "last": ("tiet kt", "tiet ket thuc", "den tiet", "last period"),
    "count": ("so tiet", "st"),
    "hours": ("gio", "gio hoc", "gio thi", "khung gio", "time", "hours"),
    "begins": ("gio bat dau", "gio bd", "bat dau", "tu gio", "start", "start time"),
    "ends": ("gio ket thuc", "gio kt", "ket thuc", "den gio", "end", "end time"),
    "minutes": ("so phut", "phut", "thoi luong", "thoi luong phut", "thoi gian lam bai", "duration", "minutes"),
    "title": (
        *("mon", "mon hoc", "ten mon", "ten mon hoc", "hoc phan", "ten hoc phan", "ten hp", "ten mh", "mon thi"),
        *("lop hoc phan", "ten lop hoc phan", "noi dung", "course", "course name", "subject", "class"),
    ),
}
FIELDS: Mapping[str, str] = {name: known for known, names in NAMES.items() for name in names}
DAYS = {"date", "weekday"}
TIMES = {"periods", "first", "hours", "begins"}
WEEKDAYS: Mapping[str, str] = {
    **{name: f"thứ {name}" for name in ("2", "3", "4", "5", "6", "7", "hai", "ba", "tu", "nam", "sau", "bay")},
    "8": "chủ nhật",
}
CLOCK = re.compile(r"(\d{1,2})\s*[:hg]\s*(?:(\d{2})(?::\d{2})?)?")
DAY = re.compile(r"(?<!\d)(?:\d{1,2}([-/.])\d{1,2}\1(?:\d{4}|\d{2})|\d{4}-\d{2}-\d{2})(?!\d)")
MOST_DIGITS = 2  # of a period's number; Python turns none of thousands of digits into one
LENGTH = re.compile(r"(\d{1,3})\s*(?:phút|phut|p|'|min(?:utes)?)?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Line:
    """`text`: as it stands. `times`: where its times are looked for. `title`: None where it is what is left of them."""

    text: str
    times: str
    title: str | None = None


def lines(text: str) -> Iterator[Line]:
    """The lines of a pasted text that say something; the row with the names of columns says nothing of its own."""
    table: _Table | None = None
    for line in text.splitlines():
        row = [" ".join(cell.split()) for cell in line.split("\t")]
        whole = "\t".join(filter(None, row))
        if found := _Table.begun_by(row):
            table = found
        elif whole:
            yield table.line(row, whole) if table and len(row) == table.width else Line(whole, whole)


@dataclass
class _Table:
    places: Mapping[str, int]
    width: int
    title: str = ""
    """Of the last row that had one: a course held twice a week names itself once."""

    @classmethod
    def begun_by(cls, row: Sequence[str]) -> "_Table | None":
        places: dict[str, int] = {}
        for place, cell in enumerate(row):
            if name := FIELDS.get(plain(cell)):
                places.setdefault(name, place)
        return cls(places, len(row)) if DAYS & places.keys() and TIMES & places.keys() else None

    def line(self, row: Sequence[str], whole: str) -> Line:
        said = {name: row[place] for name, place in self.places.items() if row[place]}
        others = [cell for place, cell in enumerate(row) if cell and place not in self.places.values()]
        self.title = said.get("title", self.title) if "title" in self.places else " ".join(others)
        if not DAYS & said.keys() or not TIMES & said.keys():
            return Line(whole, whole)
        weekday = said.get("weekday", "")
        times = (WEEKDAYS.get(plain(weekday), weekday), said.get("date", ""), _between(said, others), _hours(said))
        return Line(whole, " ".join(filter(None, times)), self.title)


def _between(said: Mapping[str, str], others: Iterable[str]) -> str:
    """From which day to which, also where only one of the two is said, or a cell of another name says both."""
    if "since" in said or "until" in said:
        return " ".join(f"{word} {said[name]}" for name, word in (("since", "từ"), ("until", "đến")) if name in said)
    spans = ([match[0] for match in DAY.finditer(cell)] for cell in others)
    return next((" - ".join(span) for span in spans if len(span) == 2), "")


def _hours(said: Mapping[str, str]) -> str:
    """As `class_tables` knows them: "7:30-9:00", "tiết 1-3"."""
    if starts := said.get("begins") or said.get("hours"):
        return f"{starts}-{said['ends']}" if "ends" in said else _lasting(starts, said.get("minutes", ""))
    first, count = said.get("first", ""), said.get("count", "")
    if first.isdecimal() and count.isdecimal():
        if max(len(first), len(count)) > MOST_DIGITS:
            return ""
        return f"tiết {first}-{int(first) + int(count) - 1}"
    periods = said.get("periods") or f"{first}-{said.get('last', first)}"
    return periods if "tiet" in plain(periods) else f"tiết {periods}"


def _lasting(starts: str, minutes: str) -> str:
    """ "7h30" and "90 phút" are "7h30-9:00"; hours that name their end themselves stay as they are."""
    clock, length = CLOCK.fullmatch(starts), LENGTH.fullmatch(minutes)
    if not clock or not length:
        return starts
    end = int(clock[1]) * 60 + int(clock[2] or 0) + int(length[1])
    return f"{starts}-{end // 60}:{end % 60:02}"
