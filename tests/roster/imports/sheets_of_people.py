"""Lists as real offices send them, for the tests of imports: built in memory, with their merged titles and footers."""

import io
from collections.abc import Sequence
from datetime import date

import xlsxwriter

HEADER = ("STT", "Họ và tên", "Ngày sinh", "Số ĐT", "Email", "Chi đoàn", "Tổ", "Kỹ năng")
FAMILIES = ("Nguyễn", "Trần", "Lê", "Phạm", "Đặng", "Bùi", "Võ", "Hồ", "Ngô", "Dương")
MIDDLES = ("Thị Minh", "Văn", "Ngọc", "Quốc", "Thu")
GIVEN = ("Lan", "Hà", "Ánh", "Đức")


def an_office_list(rows: Sequence[Sequence[object]], *, header: Sequence[str] = HEADER) -> bytes:
    """An XLSX with merged titles above the header, real dates, numbers for phone numbers, and a signed footer."""
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True}) as book:
        sheet, day = book.add_worksheet("Danh sách"), book.add_format({"num_format": "dd/mm/yyyy"})
        sheet.merge_range(0, 0, 0, 7, "TỈNH ĐOÀN BÌNH ĐỊNH – ĐOÀN TRƯỜNG ĐẠI HỌC QUY NHƠN")
        sheet.merge_range(1, 0, 1, 7, "DANH SÁCH TÌNH NGUYỆN VIÊN NĂM HỌC 2026–2027")
        sheet.write_row(3, 0, header)
        for number, row in enumerate(rows, 4):
            for place, value in enumerate(row):
                if isinstance(value, date):
                    sheet.write_datetime(number, place, value, day)
                elif value not in (None, ""):
                    sheet.write(number, place, value)
        sheet.write(len(rows) + 5, 1, "Tổng cộng:")
        sheet.write(len(rows) + 5, 3, len(rows))
        sheet.write(len(rows) + 6, 5, "Quy Nhơn, ngày 20 tháng 11 năm 2026")
        sheet.write(len(rows) + 7, 5, "NGƯỜI LẬP BIỂU")
    return file.getvalue()


def two_hundred_people() -> list[list[object]]:
    """200 different people of three branches; phone numbers have lost their zero, birthdays are dates."""
    names = [f"{family} {middle} {given}" for family in FAMILIES for middle in MIDDLES for given in GIVEN]
    return [
        [
            number + 1,
            name,
            date(2005, number % 12 + 1, number % 28 + 1),
            912_000_000 + number,
            f"tnv{number}@example.org" if number % 3 == 0 else "",
            f"Chi đoàn K45{'ABC'[number % 3]}",
            f"Tổ số {number % 4 + 1}",
            "",
        ]
        for number, name in enumerate(names)
    ]


NINE_FAULTS: tuple[tuple[int, int, object], ...] = (
    (4, 3, "12345"),  # no phone number
    (17, 2, "31/02/2005"),  # no date
    (33, 4, "lan tại gmail"),  # no e-mail address
    (58, 5, "Chi đoàn K99"),  # no such branch
    (74, 3, "9,12E+08"),  # a number the spreadsheet cut
    (101, 2, "2005"),  # only a year
    (120, 1, "?"),  # no name
    (150, 3, 912_000_000),  # the number of the first row
    (199, 7, "Phi công vũ trụ"),  # no such qualification
)
"""Row of the list (from 0), column, and what is wrong there."""


def with_nine_faults() -> list[list[object]]:
    rows = two_hundred_people()
    for row, place, value in NINE_FAULTS:
        rows[row][place] = value
    return rows
