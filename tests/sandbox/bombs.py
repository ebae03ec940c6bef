"""Small files that are much work: a few bytes that stand for gigabytes or minutes."""

from __future__ import annotations

import io
import zipfile

from openpyxl import Workbook

from tests.documents.scans.hostile import pdf_of_many_pages, png_bomb, strip

_SHEET = "xl/worksheets/sheet1.xml"


def _with(rows: bytes, after: bytes = b"") -> bytes:
    """A workbook whose only sheet says this."""
    plain, packed = io.BytesIO(), io.BytesIO()
    Workbook().save(plain)
    with (
        zipfile.ZipFile(plain) as source,
        zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as target,
    ):
        for member in source.infolist():
            data = source.read(member)
            if member.filename == _SHEET:
                head = data[: data.index(b"<sheetData")]
                data = head + b"<sheetData>" + rows + b"</sheetData>" + after + b"</worksheet>"
            target.writestr(member.filename, data)
    return packed.getvalue()


_HEADING = (
    b'<row r="1"><c r="A1" t="inlineStr"><is><t>\xd0\xa1\xd0\x9d\xd0\x98\xd0\x9b\xd0\xa1</t></is></c>'
    b'<c r="B1" t="inlineStr"><is><t>\xd0\xa4\xd0\x98\xd0\x9e</t></is></c></row>'
)


def merged_cells() -> bytes:
    """Two areas of a million cells each."""
    areas = b'<mergeCells count="2"><mergeCell ref="A3:CV10003"/><mergeCell ref="A10004:CV20004"/></mergeCells>'
    return _with(_HEADING, areas)


def empty_rows() -> bytes:
    """Four million of them."""
    return _with(_HEADING + b"<row></row>" * 4_000_000)


def far_cell() -> bytes:
    return _with(_HEADING + b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>')


def repeated_ods() -> bytes:
    """A row of a thousand filled cells, said to stand a million times."""
    cell = '<table:table-cell office:value-type="string" table:number-columns-repeated="1000"><text:p>x</text:p></table:table-cell>'
    names = " ".join(
        f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"' for name in ("office", "table", "text")
    )
    content = (
        f"<office:document-content {names}><office:body><office:spreadsheet><table:table table:name='a'>"
        f"<table:table-row table:number-rows-repeated='1000000'>{cell}</table:table-row>"
        "</table:table></office:spreadsheet></office:body></office:document-content>"
    )
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as target:
        target.writestr(zipfile.ZipInfo("mimetype"), "application/vnd.oasis.opendocument.spreadsheet")
        target.writestr("content.xml", content)
        target.writestr("META-INF/manifest.xml", "<manifest/>")
    return packed.getvalue()


def narrow_picture() -> bytes:
    return strip(1, 400)


def many_pages() -> bytes:
    return pdf_of_many_pages(5000)


def huge_picture() -> bytes:
    return png_bomb()


def picture_just_let_in() -> bytes:
    """79 million points of one bit."""
    return strip(7700, 10300)


ALL = {
    each.__name__: each
    for each in (
        merged_cells,
        empty_rows,
        far_cell,
        repeated_ods,
        narrow_picture,
        many_pages,
        huge_picture,
        picture_just_let_in,
    )
}
