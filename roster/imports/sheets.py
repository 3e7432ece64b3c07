"""Spreadsheets as people send them: bytes in, rows of plain text out.

Every cell becomes text in one form: dates as ISO 8601, whole numbers without ".0", so that what follows need not know
where it came from. A text file says neither its letters nor its separator; both are found by trying.
"""

import csv
import io
import re
import unicodedata
import zipfile
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from roster.errors import FieldError

MOST_ROWS = 20_000
MOST_COLUMNS = 60
WIDEST = 702  # columns of which nothing beyond the first 60 is read; ZZ
LONGEST_CELL = 500
MOST_CELLS = MOST_ROWS * 5 * MOST_COLUMNS
"""Of the rectangle from the first cell to the furthest, most of which is empty in real sheets."""
MOST_UNPACKED = 120 * 1024 * 1024
"""Bytes a workbook may unpack to: 20,000 rows need a tenth of it, a bomb a hundred times as much."""

SEPARATORS = ",;\t|"
LOOKED_AT = 60  # lines that decide about the separator
ZIP, OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
CELL = re.compile(rb'<(?:\w+:)?c [^>]*?r="([A-Z]{1,3})(\d{1,7})"')

Cells = Sequence[Sequence[str]]


@dataclass(frozen=True, slots=True)
class Sheet:
    """The rows of one sheet. `first_row`: the number of the first one in the spreadsheet; `others`: sheets not read."""

    rows: tuple[tuple[str, ...], ...]
    name: str = ""
    first_row: int = 1
    others: tuple[str, ...] = ()


def read(data: bytes) -> Sheet:
    """The rows of a CSV, XLSX or XLS file; of several sheets, the visible one with the most in it.

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
    _require_modest(data)
    try:
        with CalamineWorkbook.from_filelike(io.BytesIO(data)) as book:
            visible = [
                one.name
                for one in book.sheets_metadata
                if one.visible == SheetVisibleEnum.Visible and one.typ == SheetTypeEnum.WorkSheet
            ]
            sheets = [book.get_sheet_by_name(name) for name in visible]
            if not sheets:
                raise _refused("no_rows")
            fullest = max(sheets, key=lambda sheet: sheet.height * min(sheet.width, MOST_COLUMNS))
            return Sheet(
                rows=tuple(_sheet_rows(fullest)),
                name=fullest.name,
                first_row=(fullest.start or (0, 0))[0] + 1,
                others=tuple(name for name in visible if name != fullest.name),
            )
    except CalamineError as error:
        if "assword" in repr(error):
            raise _refused("spreadsheet_locked") from error
        raise _refused("not_a_spreadsheet") from error


def _require_modest(data: bytes) -> None:
    """Look into a workbook before it is unpacked: a small file may hold gigabytes, or one cell a million rows down."""
    if not data.startswith(ZIP):
        return  # the old format is as large as it looks
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as file:
            if sum(part.file_size for part in file.infolist()) > MOST_UNPACKED:
                raise _refused("spreadsheet_too_large", most=MOST_ROWS)
            for part in file.namelist():
                if part.startswith("xl/worksheets/sheet") and part.endswith(".xml"):
                    _require_near_cells(file.read(part))
    except (zipfile.BadZipFile, zipfile.LargeZipFile, NotImplementedError, RuntimeError, OSError) as error:
        raise _refused("not_a_spreadsheet") from error


def _require_near_cells(xml: bytes) -> None:
    """A sheet is unpacked as a full rectangle, so its furthest cell decides how much memory it takes."""
    cells = CELL.findall(xml)
    last_row = max((int(row) for _, row in cells), default=0)
    last_column = max((_number(column) for column, _ in cells), default=0)
    if last_row > MOST_ROWS * 5 or last_column > WIDEST or last_row * last_column > MOST_CELLS:
        raise _refused("spreadsheet_too_large", most=MOST_ROWS)


def _number(column: bytes) -> int:
    """Which column a name of letters is, A being 1."""
    number = 0
    for letter in column:
        number = number * 26 + letter - ord("A") + 1
    return number


def _sheet_rows(sheet: CalamineSheet) -> Iterator[tuple[str, ...]]:
    rows = [tuple(_text(cell) for cell in row[:MOST_COLUMNS]) for row in sheet.to_python()]
    yield from _trimmed(rows)


def _text_rows(text: str) -> Iterator[tuple[str, ...]]:
    lines = text.splitlines()
    if lines and lines[0].lower().startswith("sep="):  # Excel's own way of naming the separator
        text = "\n".join(["", *lines[1:]])
        separator = lines[0][4:5] or ","
    else:
        separator = _separator(lines[:LOOKED_AT])
    try:
        rows = [
            tuple(_tidy(cell) for cell in row[:MOST_COLUMNS])
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
    for mark, codec in ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")):
        if data.startswith(mark):
            return _as(data, codec)
    if b"\x00" in data[:1000]:
        return _as(data, "utf-16-le" if data[1:200:2].count(0) > data[0:200:2].count(0) else "utf-16-be")
    try:
        return _as(data, "utf-8")
    except FieldError:
        return _as(data, "cp1258")


def _as(data: bytes, codec: str) -> str:
    try:
        return unicodedata.normalize("NFC", data.decode(codec))
    except UnicodeDecodeError as error:
        raise _refused("unknown_letters") from error


def _text(cell: Any) -> str:
    match cell:
        case bool():
            return "x" if cell else ""
        case float() if cell.is_integer() and abs(cell) < 1e15:
            return str(int(cell))
        case datetime() if cell.time() == time():
            return cell.date().isoformat()
        case datetime() | date() | time():
            return cell.isoformat()
        case timedelta():
            return str(cell)
        case _:
            return _tidy(str(cell))


def _tidy(text: str) -> str:
    """One line of composed letters; the apostrophe that makes Excel keep a zero is no part of the number."""
    return " ".join(unicodedata.normalize("NFC", text).replace("\x00", "").split()).removeprefix("'")[:LONGEST_CELL]
