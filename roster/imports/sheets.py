"""Spreadsheets as people send them: bytes in, rows of plain text out.

Every cell becomes text in one form: dates as ISO 8601, whole numbers without ".0", so that what follows need not know
where it came from. A text file says neither its letters nor its separator; both are found by trying.
"""

import csv
import io
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from roster.errors import FieldError
from roster.imports import unpacking
from roster.imports.unpacking import MOST_COLUMNS, MOST_ROWS, tidy

SEPARATORS = ",;\t|"
LOOKED_AT = 60  # lines that decide about the separator
# A picture, a PDF, or a web page that calls itself a spreadsheet, as the exports of some portals do.
NO_TABLE = re.compile(
    rb"\s*(?:\x89PNG|\xff\xd8\xff|GIF8|%PDF|Rar!|<(?:!doctype|html|head|table|\?xml|meta))", re.IGNORECASE
)
NO_TEXT = re.compile(rb"[\x01-\x08\x0e-\x19\x1b-\x1f]")
ZIP, OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"

Cells = Sequence[Sequence[str]]


@dataclass(frozen=True, slots=True)
class Sheet:
    """The rows of one sheet. `first_row`: the number of the first one in the spreadsheet; `others`: sheets not read."""

    rows: tuple[tuple[str, ...], ...]
    name: str = ""
    first_row: int = 1
    others: tuple[str, ...] = ()


def read(data: bytes) -> Sheet:
    """The rows of a CSV, XLSX, XLSB, XLS or ODS file; of several sheets, the visible one with the most in it.

    Raises FieldError on `file`: `no_file`, `not_a_spreadsheet`, `spreadsheet_locked`, `spreadsheet_too_large` (facts
    `most`), `unknown_letters`, `no_rows`.
    """
    if not data.strip():
        raise _refused("no_file")
    sheet = _workbook(data) if data.startswith((ZIP, OLE)) else Sheet(tuple(_text_rows(_decoded(data))))
    if not any(any(row) for row in sheet.rows):
        raise _refused("no_rows")
    return sheet


def _refused(reason: str, **facts: Any) -> FieldError:
    return FieldError(field="file", reason=reason, **facts)


def _workbook(data: bytes) -> Sheet:
    found = unpacking.unpacked(data)
    if "refused" in found:
        raise _refused(found["refused"], most=MOST_ROWS)
    return Sheet(
        rows=tuple(_trimmed([tuple(row) for row in found["rows"]])),
        name=found["name"],
        first_row=found["first_row"],
        others=tuple(found["others"]),
    )


def _text_rows(text: str) -> Iterator[tuple[str, ...]]:
    lines = text.splitlines()
    if lines and lines[0].lower().startswith("sep="):  # Excel's own way of naming the separator
        text = "\n".join(["", *lines[1:]])
        separator = lines[0][4:5] or ","
    else:
        separator = _separator(lines[:LOOKED_AT])
    try:
        rows = [
            tuple(tidy(cell) for cell in row[:MOST_COLUMNS])
            for row in csv.reader(io.StringIO(text, newline=""), delimiter=separator)
        ]
    except csv.Error as error:
        raise _refused("not_a_spreadsheet") from error
    yield from _trimmed(rows)


def _trimmed(rows: list[tuple[str, ...]]) -> Iterator[tuple[str, ...]]:
    """All rows of one width, without the empty ones at the end."""
    while rows and not any(rows[-1]):
        rows.pop()
    if len(rows) > MOST_ROWS:
        raise _refused("spreadsheet_too_large", most=MOST_ROWS)
    width = max((last for row in rows for last, cell in enumerate(row, 1) if cell), default=0)
    for row in rows:
        yield (row + ("",) * width)[:width]


def _separator(lines: Sequence[str]) -> str:
    """The one that parts most lines into equally many cells."""

    def order(separator: str) -> tuple[int, int]:
        widths = Counter(len(row) for row in csv.reader(lines, delimiter=separator))
        width, times = max(widths.items(), key=lambda one: (one[0] > 1, one[1], one[0]))
        return (times if width > 1 else 0, width)

    return max(SEPARATORS, key=order)


def _decoded(data: bytes) -> str:
    """UTF-8 and UTF-16 say what they are, or fail; what is left is Windows' Vietnamese, which writes marks apart."""
    for mark in (b"\xff\xfe", b"\xfe\xff"):
        if data.startswith(mark):
            return _as(data, "utf-16")
    data = data.removeprefix(b"\xef\xbb\xbf")
    if NO_TABLE.match(data):
        raise _refused("not_a_spreadsheet")
    if b"\x00" in data[:1000]:
        return _as(data, "utf-16-le" if data[1:200:2].count(0) > data[0:200:2].count(0) else "utf-16-be")
    if NO_TEXT.search(data):
        raise _refused("not_a_spreadsheet")
    try:
        return _as(data, "utf-8")
    except FieldError:
        return _as(data, "cp1258")


def _as(data: bytes, codec: str) -> str:
    try:
        return unicodedata.normalize("NFC", data.decode(codec))
    except UnicodeDecodeError as error:
        raise _refused("unknown_letters") from error
