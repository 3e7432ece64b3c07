"""Unpacking a workbook in a process of its own, which may take only so much memory and time (`confined`).

A small XLSX, XLSB, XLS or ODS may hold one cell a million rows down, a row that says it repeats ten thousand times, or
gigabytes of nothing, each format in its own way.

The process runs this module alone (60 ms), so it imports little: a workbook in, JSON out.
"""

import io
import sys
import unicodedata
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Any

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from roster.imports import confined

MOST_ROWS = 20_000
MOST_COLUMNS = 60  # what stands further right is not read
LONGEST_CELL = 500
MOST_CELLS = MOST_ROWS * 5 * MOST_COLUMNS
"""Of the rectangle from the first cell to the furthest, most of which is empty in real sheets."""


def unpacked(data: bytes) -> Mapping[str, Any]:
    """The fullest visible sheet: `rows` of text, `name`, `first_row`, `others`; or why there is none: `refused`."""
    told = confined.run(__name__, data)
    if not told.ended:
        return _refused("spreadsheet_too_large")
    found: Mapping[str, Any] = told.lines[-1]
    return found


def tidy(text: str) -> str:
    """One line of composed letters; the apostrophe that makes Excel keep a zero is no part of the number."""
    return " ".join(unicodedata.normalize("NFC", text).replace("\x00", "").split()).removeprefix("'")[:LONGEST_CELL]


def _main() -> None:
    confined.limit()
    confined.tell(_fullest_sheet(sys.stdin.buffer.read()))


def _fullest_sheet(data: bytes) -> Mapping[str, Any]:
    try:
        with CalamineWorkbook.from_filelike(io.BytesIO(data)) as book:
            visible = [
                one.name
                for one in book.sheets_metadata
                if one.visible == SheetVisibleEnum.Visible and one.typ == SheetTypeEnum.WorkSheet
            ]
            sheets = [book.get_sheet_by_name(name) for name in visible]
            if not sheets:
                return _refused("no_rows")
            fullest = max(sheets, key=lambda sheet: sheet.height * min(sheet.width, MOST_COLUMNS))
            if any(sheet.height * sheet.width > MOST_CELLS for sheet in sheets):
                return _refused("spreadsheet_too_large")
            return {
                "rows": _filled_down(
                    [[_text(cell) for cell in row[:MOST_COLUMNS]] for row in fullest.to_python()], fullest
                ),
                "name": fullest.name,
                "first_row": (fullest.start or (0, 0))[0] + 1,
                "others": [name for name in visible if name != fullest.name],
            }
    except CalamineError as error:
        return _refused("spreadsheet_locked") if "assword" in repr(error) else _refused("not_a_spreadsheet")
    except MemoryError:
        return _refused("spreadsheet_too_large")


def _filled_down(rows: list[list[str]], sheet: CalamineSheet) -> list[list[str]]:
    """A cell merged over several rows says the same of each: a branch that is written once for all its people."""
    top, left = sheet.start or (0, 0)
    for (first, column), (last, _) in sheet.merged_cell_ranges or ():
        for row in rows[first - top + 1 : last - top + 1] if first >= top else ():
            if column - left in range(len(row)) and not row[column - left]:
                row[column - left] = rows[first - top][column - left]
    return rows


def _refused(reason: str) -> Mapping[str, str]:
    return {"refused": reason}


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
            return tidy(str(cell))


if __name__ == "__main__":
    _main()
