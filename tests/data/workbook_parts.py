"""Workbooks written part by part, so that a test can put into them what no program would."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_XLSX = {
    "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types"><Default Extension="xml" '
    'ContentType="application/xml"/></Types>',
    "_rels/.rels": f'<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="r" Type="{_OFFICE}/officeDocument" '
    'Target="xl/workbook.xml"/></Relationships>',
    "xl/workbook.xml": f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets><sheet name="S" sheetId="1" r:id="r"/></sheets>'
    "</workbook>",
    "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="r" '
    f'Type="{_OFFICE}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>',
}
_SHEET = "xl/worksheets/sheet1.xml"
_NAMES = "urn:oasis:names:tc:opendocument:xmlns"


def xlsx(rows: str | Iterable[bytes], before: str = "") -> bytes:
    """A workbook of one sheet, S, with `rows` as its rows' XML and `before` in front of the sheet's first element."""
    parts = [rows.encode()] if isinstance(rows, str) else rows
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in _XLSX.items():
            archive.writestr(name, content)
        with archive.open(_SHEET, "w") as sheet:
            sheet.write(f'<?xml version="1.0"?>{before}<worksheet xmlns="{_MAIN}"><sheetData>'.encode())
            for part in parts:
                sheet.write(part)
            sheet.write(b"</sheetData></worksheet>")
    return buffer.getvalue()


def row(number: int, *values: float, first: str = "A") -> str:
    """A row of numbers in the columns from `first` on."""
    cells = "".join(f'<c r="{chr(ord(first) + k)}{number}"><v>{value}</v></c>' for k, value in enumerate(values))
    return f'<row r="{number}">{cells}</row>'


def ods(rows: str) -> bytes:
    """An OpenDocument workbook of one sheet with `rows` as its rows' XML."""
    spaces = " ".join(f'xmlns:{name}="{_NAMES}:{name}:1.0"' for name in ("office", "table", "text"))
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr(
            "content.xml",
            f'<?xml version="1.0"?><office:document-content {spaces}><office:body><office:spreadsheet><table:table '
            f'table:name="S">{rows}</table:table></office:spreadsheet></office:body></office:document-content>',
        )
        archive.writestr("META-INF/manifest.xml", f'<m:manifest xmlns:m="{_NAMES}:manifest:1.0"/>')
    return buffer.getvalue()


def ods_row(*cells: str, repeated: int = 1) -> str:
    return f'<table:table-row table:number-rows-repeated="{repeated}">{"".join(cells)}</table:table-row>'


def ods_cell(kind: str, value: object, repeated: int = 1) -> str:
    """kind: "float", "date" or "boolean"."""
    name = {"float": "value", "date": "date-value", "boolean": "boolean-value"}[kind]
    return f'<table:table-cell table:number-columns-repeated="{repeated}" office:value-type="{kind}" office:{name}="{value}"/>'
