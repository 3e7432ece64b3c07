"""Workbooks of a few kilobytes that unpack to gigabytes, one in each format; each opens as its format wants.

XLSX: ECMA-376; XLSB: MS-XLSB; XLS: MS-XLS in a compound file (MS-CFB); ODS: ODF 1.3.
"""

import io
import struct
import zipfile

import xlsxwriter

LAST_ROW, LAST_COLUMN = 1_048_575, 16_383


def xlsx(row: int = LAST_ROW, column: int = LAST_COLUMN) -> bytes:
    """A cell at either end of the sheet."""
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        sheet.write(0, 0, "x")
        sheet.write(row, column, "x")
    return file.getvalue()


def ods() -> bytes:
    """One cell that says it stands in a million rows and ninety columns."""
    spaces = "".join(
        f' xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"' for name in ("office", "table", "text")
    )
    content = (
        f"<office:document-content{spaces}><office:body><office:spreadsheet>"
        f'<table:table table:name="A"><table:table-row table:number-rows-repeated="{LAST_ROW}">'
        f'<table:table-cell office:value-type="string" table:number-columns-repeated="{min(LAST_COLUMN, 90)}">'
        "<text:p>x</text:p></table:table-cell></table:table-row></table:table>"
        "</office:spreadsheet></office:body></office:document-content>"
    )
    return _zipped(
        {
            "mimetype": b"application/vnd.oasis.opendocument.spreadsheet",
            "META-INF/manifest.xml": f"<manifest:manifest{spaces.replace('office', 'manifest')}/>".encode(),
            "content.xml": content.encode(),
        }
    )


def xlsb() -> bytes:
    """A number in the first cell and in the last."""
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    relations = (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        f'<Relationship Id="rId1" Type="{office}/worksheet" Target="worksheets/sheet1.bin"/></Relationships>'
    )
    book = (
        _record(131)
        + _record(143)
        + _record(156, struct.pack("<II", 0, 1) + _wide("rId1") + _wide("A"))
        + _record(144)
        + _record(132)
    )
    cells = b"".join(
        _record(0, struct.pack("<II", row, 0) + bytes(9)) + _record(5, struct.pack("<IId", column, 0, 1.0))
        for row, column in ((0, 0), (LAST_ROW, LAST_COLUMN))
    )
    sheet = (
        _record(129)
        + _record(148, struct.pack("<IIII", 0, LAST_ROW, 0, LAST_COLUMN))
        + _record(145)
        + cells
        + _record(146)
        + _record(130)
    )
    return _zipped(
        {
            "xl/_rels/workbook.bin.rels": relations.encode(),
            "xl/workbook.bin": book,
            "xl/worksheets/sheet1.bin": sheet,
        }
    )


def xls() -> bytes:
    """As many sheets as make gigabytes together, each with a number in its first cell and in its last."""
    sheets = 24
    stream = _biff(0x809, struct.pack("<HHHHII", 0x600, 5, 0, 0, 0, 0))
    names = [f"{number}".encode() for number in range(10, 10 + sheets)]
    sheet = (
        _biff(0x809, struct.pack("<HHHHII", 0x600, 0x10, 0, 0, 0, 0))
        + _biff(0x200, struct.pack("<IIHHH", 0, 65_536, 0, 256, 0))
        + _biff(0x203, struct.pack("<HHHd", 0, 0, 0, 1.0))
        + _biff(0x203, struct.pack("<HHHd", 65_535, 255, 0, 1.0))
        + _biff(0x0A, b"")
    )
    first = len(stream) + sheets * (4 + 8 + 2) + 4
    for number, name in enumerate(names):
        stream += _biff(0x85, struct.pack("<IBBBB", first + number * len(sheet), 0, 0, len(name), 0) + name)
    stream += _biff(0x0A, b"") + sheet * sheets
    return _compound(stream)


def _zipped(parts: dict[str, bytes]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in parts.items():
            archive.writestr(name, part)
    return file.getvalue()


def _record(kind: int, data: bytes = b"") -> bytes:
    """MS-XLSB 2.1.4: kind and length in groups of seven bits."""
    start = bytes([kind]) if kind < 128 else bytes([kind & 0x7F | 0x80, kind >> 7])
    assert len(data) < 128
    return start + bytes([len(data)]) + data


def _wide(text: str) -> bytes:
    return struct.pack("<I", len(text)) + text.encode("utf-16-le")


def _biff(kind: int, data: bytes) -> bytes:
    return struct.pack("<HH", kind, len(data)) + data


def _compound(stream: bytes) -> bytes:
    """A compound file of one stream, "Workbook": header, one sector of FAT, one of directory, then the stream."""
    free, end, fat = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD
    stream = stream.ljust(max(4096, -(-len(stream) // 512) * 512), b"\0")
    count = len(stream) // 512
    header = bytes.fromhex("d0cf11e0a1b11ae1") + bytes(16) + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + bytes(6)
    header += struct.pack("<IIIIIIIII", 0, 1, 1, 0, 4096, end, 0, end, 0)
    header += struct.pack("<I", 0) + struct.pack("<I", free) * 108
    chain = [fat, end, *range(3, 2 + count), end]
    table = struct.pack(f"<{len(chain)}I", *chain).ljust(512, b"\xff")
    root = _entry("Root Entry", kind=5, child=1, start=end, size=0)
    book = _entry("Workbook", kind=2, child=free, start=2, size=len(stream))
    return header + table + (root + book).ljust(512, b"\0") + stream


def _entry(name: str, *, kind: int, child: int, start: int, size: int) -> bytes:
    wide = (name + "\0").encode("utf-16-le")
    named = wide.ljust(64, b"\0") + struct.pack("<HBBIII", len(wide), kind, 1, 0xFFFFFFFF, 0xFFFFFFFF, child)
    return named + bytes(36) + struct.pack("<IQ", start, size)
