"""Which column holds what: read off their names where there are any, and off what stands beneath where there are none.

Lists begin with titles, merged cells and empty lines, so the row of names has to be found first: it is the one in which
most cells name something we know.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from roster.imports.sheets import Cells
from roster.services.accounts import EMAIL
from roster.vietnam import names, phones

FIELDS = ("full_name", "given_name", "phone", "email", "birth_date", "unit", "team", "qualifications")
"""What a column may hold. `given_name`: where the last word of a name has a column of its own."""

HEADER_WITHIN = 40  # rows from the top
SAMPLE = 200  # rows that tell what an unnamed column holds
MOSTLY = 0.6  # of its filled cells

# Names of columns without marks, the whole name or its beginning; a longer match wins over a shorter one.
LABELS: Mapping[str, tuple[str, ...]] = {
    "full_name": (
        *("ho va ten", "ho ten", "ho dem", "ho lot", "ho va chu lot", "ho chu lot", "ho va ten dem", "ho va dem"),
        *("ten tinh nguyen vien", "ten doan vien", "ten sinh vien", "tinh nguyen vien", "doan vien", "full name"),
        *("name", "ho"),
    ),
    "given_name": ("ten", "ten goi", "given name", "first name"),
    "phone": (
        *("dien thoai", "so dien thoai", "sdt", "so dt", "dt", "dtdd", "di dong", "so di dong", "zalo", "so zalo"),
        *("phone", "mobile", "tel", "so may", "lien he"),
    ),
    "email": ("email", "e mail", "gmail", "mail", "thu dien tu", "dia chi email", "hop thu"),
    "birth_date": (
        *("ngay sinh", "ngay thang nam sinh", "nam sinh", "sinh ngay", "ngay thang sinh", "ns"),
        *("date of birth", "birth date", "birthday", "dob", "born"),
    ),
    "unit": (
        *("don vi", "ma don vi", "chi doan", "lien chi", "lop", "co so doan", "xa doan", "phuong doan", "doan xa"),
        *("khoa", "unit", "unit name", "branch", "branch name", "class", "noi sinh hoat"),
    ),
    "team": (
        "to",
        "doi",
        "to doi",
        "ten to",
        "ten doi",
        "doi hinh",
        "nhom",
        "to cong nghe so",
        "team",
        "team name",
        "group",
    ),
    "qualifications": ("ky nang", "chung nhan", "chung chi", "tap huan", "qualification", "qualifications", "skills"),
}
SOMEBODY_ELSE = re.compile(r"\b(phu huynh|bo|me|cha|nguoi than|giam ho|nguoi gioi thieu|parents?|guardian)\b")
NOT_MEANT = re.compile(rf"{SOMEBODY_ELSE.pattern}|\btruong\b")
"""Columns about somebody else, or about something else of the same name."""
LETTERS = re.compile(r"[a-z0-9]+")
DATE = re.compile(r"\d{1,4}[-/. ]\d{1,2}[-/. ]\d{1,4}")


@dataclass(frozen=True, slots=True)
class Layout:
    """`header_row`: from 0, None if no row names the columns; `columns`: the field of each column, "" for none."""

    header_row: int | None
    columns: tuple[str, ...]


def guess(rows: Cells) -> Layout:
    """The layout a reader would see at a glance."""
    named = {number: labelled(row) for number, row in enumerate(rows[:HEADER_WITHIN])}
    best = max(named, key=lambda number: sum(map(bool, named[number])), default=None)
    if best is None or sum(map(bool, named[best])) < 2:
        return Layout(None, _by_content(rows, [""] * _width(rows)))
    return Layout(best, _with_split_name(rows, best, named[best]))


def at(rows: Cells, header_row: int | None) -> Layout:
    """The layout if the columns' names stand in this row, or in none."""
    if header_row is None or not 0 <= header_row < len(rows):
        return Layout(None, _by_content(rows, [""] * _width(rows)))
    return Layout(header_row, _with_split_name(rows, header_row, labelled(rows[header_row])))


def labelled(row: Sequence[str]) -> list[str]:
    """The field that each cell of a row names; of several that name one field, the one that says it best."""
    found = [_field(cell) for cell in row]
    columns = [""] * len(row)
    for field in FIELDS:
        naming = [(score, -place) for place, (name, score) in enumerate(found) if name == field]
        if naming:
            columns[-max(naming)[1]] = field
    if "given_name" in columns and "full_name" not in columns:
        columns[columns.index("given_name")] = "full_name"
    return columns


@lru_cache(maxsize=4096)  # the units and teams of a list are few, and each row names one
def plain(text: str) -> str:
    """Words without marks, case and punctuation: "Số ĐT (Zalo)" is "so dt zalo"."""
    return " ".join(LETTERS.findall(names.search_key(text)))


def _field(label: str) -> tuple[str, int]:
    """The field a label names and how many of its letters say so, or ("", 0)."""
    text = plain(label)
    if not text or len(text) > 60 or NOT_MEANT.search(text):
        return "", 0
    best = ("", 0)
    for field, labels in LABELS.items():
        for known in labels:
            score = len(known) * 2 + 1 if text == known else len(known) * 2 if _within(known, text) else 0
            best = max(best, (field, score), key=lambda one: one[1])
    return best


def _within(known: str, text: str) -> bool:
    """Whole words at the beginning; short ones only alone, because "to" is half of all Vietnamese words."""
    return len(known) > 3 and (text.startswith(f"{known} ") or text.endswith(f" {known}"))


def _with_split_name(rows: Cells, header_row: int, columns: list[str]) -> tuple[str, ...]:
    """ "Họ và tên" is often one merged cell over two columns: the second, unnamed one holds the given names."""
    if "full_name" in columns and "given_name" not in columns:
        beside = columns.index("full_name") + 1
        if beside < len(columns) and not columns[beside] and not rows[header_row][beside]:
            words = [row[beside] for row in rows[header_row + 1 : header_row + SAMPLE] if row[beside]]
            if words and sum(word.isalpha() for word in words) > MOSTLY * len(words):
                columns[beside] = "given_name"
    return tuple(columns)


def _by_content(rows: Cells, columns: list[str]) -> tuple[str, ...]:
    for field, looks_like in CONTENTS.items():
        shares = [(_share(rows, place, looks_like), -place) for place, name in enumerate(columns) if not name]
        best = max(shares, default=(0.0, 0))
        if best[0] > MOSTLY:
            columns[-best[1]] = field
    return tuple(columns)


def _share(rows: Cells, place: int, looks_like: Callable[[str], bool]) -> float:
    filled = [row[place] for row in rows[:SAMPLE] if row[place]]
    return sum(map(looks_like, filled)) / len(filled) if filled else 0.0


def _is_name(text: str) -> bool:
    words = text.split()
    return 2 <= len(words) <= 6 and all(word.isalpha() and word[0].isupper() for word in words)


CONTENTS: Mapping[str, Callable[[str], bool]] = {
    "email": lambda text: bool(EMAIL.fullmatch(text)),
    "birth_date": lambda text: bool(DATE.fullmatch(text)),
    "phone": lambda text: phones.normalise(text) is not None,
    "full_name": _is_name,
}


def _width(rows: Cells) -> int:
    return max((len(row) for row in rows), default=0)
