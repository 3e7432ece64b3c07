"""Spreadsheets as people send them become rows of plain text, or are refused with the reason."""

import io
from datetime import date

import pytest
import xlsxwriter

from roster.errors import FieldError
from roster.imports import columns, sheets, workbook
from roster.imports.columns import Layout
from tests.roster.imports import spreadsheet_bombs

ROWS = (("Họ và tên", "Số ĐT"), ("Đặng Thị Ánh", "0912345678"))
TEXT = "Họ và tên;Số ĐT\nĐặng Thị Ánh;0912345678\n"


def marks_apart(text: str) -> str:
    """As Windows' Vietnamese keyboard wrote: the letter with its roof, then the tone as a sign of its own."""
    import unicodedata

    tones = "\u0300\u0301\u0303\u0309\u0323"
    apart = []
    for char in text:
        pieces = unicodedata.normalize("NFD", char)
        tone = "".join(piece for piece in pieces if piece in tones)
        apart.append(unicodedata.normalize("NFC", "".join(piece for piece in pieces if piece not in tones)) + tone)
    return "".join(apart)


@pytest.mark.parametrize(
    "data",
    [
        TEXT.encode(),
        TEXT.encode("utf-8-sig"),
        TEXT.encode("utf-16"),
        TEXT.encode("utf-16-le"),
        TEXT.encode("utf-16-be"),
        marks_apart(TEXT).encode("cp1258"),
        TEXT.replace(";", "\t").encode(),
        TEXT.replace(";", ",").encode(),
        TEXT.replace("\n", "\r\n").encode(),
        f"sep=;\r\n{TEXT}".encode(),
    ],
    ids=["utf-8", "bom", "utf-16", "utf-16-le", "utf-16-be", "windows-1258", "tabs", "commas", "crlf", "sep"],
)
def test_a_text_file_is_read_whatever_its_letters_and_its_separator(data: bytes):
    assert tuple(row for row in sheets.read(data).rows if any(row)) == ROWS


def test_cells_become_text_of_one_form():
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True}) as book:
        sheet, day = book.add_worksheet(), book.add_format({"num_format": "dd/mm/yyyy"})
        sheet.write_row(2, 1, ["'0912", 912345678.0, " Lan \n Anh ", True])
        sheet.write_datetime(2, 5, date(2005, 3, 12), day)

    read = sheets.read(file.getvalue())

    assert read.rows == (("0912", "912345678", "Lan Anh", "x", "2005-03-12"),)
    assert read.first_row == 3


def test_the_fullest_visible_sheet_is_read_and_the_others_are_named():
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True}) as book:
        book.add_worksheet("Hướng dẫn").write(0, 0, "Điền vào trang sau")
        hidden = book.add_worksheet("Ẩn")
        hidden.hide()
        hidden.write_column(0, 0, ["bí mật"] * 50)
        book.add_worksheet("Danh sách").write_column(0, 0, ["Lan", "Hà", "Ánh"])

    read = sheets.read(file.getvalue())

    assert (read.name, read.others) == ("Danh sách", ("Hướng dẫn",))
    assert [row[0] for row in read.rows] == ["Lan", "Hà", "Ánh"]


def test_hidden_columns_and_lost_zeros_are_read_like_any_other():
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        sheet.set_column(1, 1, None, None, {"hidden": True})
        sheet.write_row(0, 0, ["SĐT", "Mã nội bộ", "Ngày sinh", "Họ tên"])
        sheet.write_row(1, 0, [912345678, "X1", 38423, "Đặng Thị Ánh"])

    read = sheets.read(file.getvalue())

    assert read.rows[1] == ("912345678", "X1", "38423", "Đặng Thị Ánh")
    assert columns.guess(read.rows) == Layout(0, ("phone", "", "birth_date", "full_name"))


def test_a_cell_merged_over_several_people_says_the_same_of_each():
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        for column, header in enumerate(("Họ và tên", "Ngày sinh")):
            sheet.merge_range(1, column, 2, column, header)
        sheet.merge_range(1, 2, 1, 3, "Liên hệ")
        sheet.write_row(2, 2, ("Số ĐT", "Email"))
        for row, name in enumerate(("Lê Lan", "Lê Hà", "Lê Mai"), 3):
            sheet.write_row(row, 0, (name, "12/03/2005", 912345678 + row, f"{row}@example.org"))
        sheet.write(2, 4, "Chi đoàn")
        sheet.merge_range(3, 4, 5, 4, "K45A")

    read = sheets.read(file.getvalue())

    assert columns.guess(read.rows).columns == ("full_name", "birth_date", "phone", "email", "unit")
    assert [row[4] for row in read.rows[2:]] == ["K45A", "K45A", "K45A"]


@pytest.mark.parametrize("bomb", ["xlsx", "xlsb", "xls", "ods"])
def test_a_few_kilobytes_that_unpack_to_gigabytes_are_refused_in_every_format(bomb: str):
    data = getattr(spreadsheet_bombs, bomb)()

    with pytest.raises(FieldError) as refusal:
        sheets.read(data)

    assert len(data) < 10_000
    assert refusal.value.facts["reason"] == "spreadsheet_too_large"


@pytest.mark.parametrize("small", ["xlsb", "ods"])
def test_workbooks_of_other_makers_are_read(small: str, monkeypatch: pytest.MonkeyPatch):
    """The same two files, no bombs now: so it is their size that is refused."""
    monkeypatch.setattr(spreadsheet_bombs, "LAST_ROW", 1)
    monkeypatch.setattr(spreadsheet_bombs, "LAST_COLUMN", 1)

    read = sheets.read(getattr(spreadsheet_bombs, small)())

    assert read.rows[0][0] in ("1", "x")


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "no_file"),
        (b"\n\n;;;\n", "no_rows"),
        (b"PK\x03\x04 and nothing more", "not_a_spreadsheet"),
        (b"\x89PNG\r\n\x1a\n" + bytes(range(1, 200)), "not_a_spreadsheet"),
        ("<html><table><tr><td>Họ và tên</td><td>Số ĐT</td></tr></table></html>", "not_a_spreadsheet"),
        (b"%PDF-1.7\nHo va ten, So DT\n", "not_a_spreadsheet"),
        (b"\xff\xfe\x00\xd8\x00", "unknown_letters"),
        (spreadsheet_bombs.xlsx(sheets.MOST_ROWS - 1, 701), "spreadsheet_too_large"),
        ("Lan\n" * (sheets.MOST_ROWS + 1), "spreadsheet_too_large"),
    ],
    ids=["empty", "blank", "broken", "picture", "web page", "pdf", "letters", "large rectangle", "rows"],
)
def test_what_cannot_be_read_is_refused_with_its_reason(data: bytes | str, reason: str):
    with pytest.raises(FieldError) as refusal:
        sheets.read(data.encode() if isinstance(data, str) else data)

    assert refusal.value.facts["reason"] == reason


def test_a_workbook_we_write_is_read_again_as_text_with_every_zero():
    made = workbook.write("Dòng cần sửa", ["Tên", "SĐT"], [["Lan <&> \x00", "0912345678"], ["", "0123"]])

    read = sheets.read(made)

    assert read.rows == (("Tên", "SĐT"), ("Lan <&>", "0912345678"), ("", "0123"))
    assert made == workbook.write("Dòng cần sửa", ["Tên", "SĐT"], [["Lan <&> \x00", "0912345678"], ["", "0123"]])
