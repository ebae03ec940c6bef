"""Files with a text inside, as programs write them."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping

from docx import Document
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from openpyxl import Workbook
from openpyxl.comments import Comment

from tests.documents.scans.hostile import raw_pdf

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


def pdf(*pages: str, note: str = "") -> bytes:
    """A page a text, in any letters; `note` is a filled field of the first page."""
    to_unicode = (
        b"/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapName /A def /CMapType 2 def\n"
        b"1 begincodespacerange <0000> <FFFF> endcodespacerange\n"
        + b"".join(
            b"1 beginbfrange <%02X00> <%02XFF> <%02X00> endbfrange\n" % (high, high, high)
            for high in (0x00, 0x04, 0x20, 0x21)
        )
        + b"endcmap end end"
    )
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"",
        b"<< /Type /Font /Subtype /Type0 /BaseFont /Arial /Encoding /Identity-H /DescendantFonts [4 0 R] /ToUnicode 6 0 R >>",
        b"<< /Type /Font /Subtype /CIDFontType2 /BaseFont /Arial /DW 500 /FontDescriptor 5 0 R"
        b" /CIDSystemInfo << /Registry (Adobe) /Ordering (Identity) /Supplement 0 >> >>",
        b"<< /Type /FontDescriptor /FontName /Arial /Flags 32 /FontBBox [0 0 1000 1000] /ItalicAngle 0 /Ascent 800 /Descent -200"
        b" /CapHeight 700 /StemV 80 >>",
        _stream(to_unicode),
    ]  # fmt: skip
    kids = []
    for number, text in enumerate(pages):
        lines = b" T* ".join(b"<%s> Tj" % line.encode("utf-16-be").hex().encode() for line in text.split("\n"))
        objects.append(_stream(b"BT /F1 12 Tf 16 TL 40 780 Td " + lines + b" ET"))
        extra = b""
        if note and number == 0:
            shape = b"BT /F1 12 Tf 2 4 Td <%s> Tj ET" % note.encode("utf-16-be").hex().encode()
            head = b"/Type /XObject /Subtype /Form /BBox [0 0 300 20] /Resources << /Font << /F1 3 0 R >> >> "
            objects.append(_stream(shape, head))
            objects.append(
                b"<< /Type /Annot /Subtype /Widget /FT /Tx /F 4 /Rect [40 600 340 620] /AP << /N %d 0 R >> >>"
                % len(objects)
            )
            extra = b" /Annots [%d 0 R]" % len(objects)
        content = len(objects) - (2 if extra else 0)
        objects.append(
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents %d 0 R"
            b" /Resources << /Font << /F1 3 0 R >> >>%s >>" % (content, extra)
        )
        kids.append(b"%d 0 R" % len(objects))
    objects[1] = b"<< /Type /Pages /Count %d /Kids [%s] >>" % (len(kids), b" ".join(kids))
    return raw_pdf(objects)


def _stream(body: bytes, head: bytes = b"") -> bytes:
    return b"<< %s/Length %d >>\nstream\n" % (head, len(body)) + body + b"\nendstream"


def word() -> bytes:
    """Something personal in every place where Word keeps words."""
    document = Document()
    document.add_paragraph("Просим изменить записи.")
    paragraph = document.add_paragraph()
    for run in ("СНИЛС 112-", "233-", "445 95"):
        paragraph.add_run(run)
    table = document.add_table(rows=3, cols=3)
    for cell, text in zip(table.rows[2].cells, ("Орлова", "Мария", "Петровна"), strict=True):
        cell.text = text
    body = document.element.body
    body.insert(2, _control("пациент Соколов И.А."))
    body.insert(3, _deleted("паспорт 4508 123456"))
    section = document.sections[0]
    section.header.paragraphs[0].text = "ФИО: Лебедев Пётр"
    section.footer.paragraphs[0].text = "СНИЛС 087-654-303 00"
    document.add_comment(runs=paragraph.runs, text="это Ёлкина Вера Ильинична", author="Т", initials="Т")
    buffer = io.BytesIO()
    document.save(buffer)
    return _with(buffer.getvalue(), {"word/footnotes.xml": _notes("412-402-212 00")})


def _control(text: str):
    control, content, paragraph, run, words = (
        OxmlElement(tag) for tag in ("w:sdt", "w:sdtContent", "w:p", "w:r", "w:t")
    )
    words.text = text
    run.append(words)
    paragraph.append(run)
    content.append(paragraph)
    control.append(content)
    return control


def _deleted(text: str):
    paragraph, deletion, run, words = (OxmlElement(tag) for tag in ("w:p", "w:del", "w:r", "w:delText"))
    deletion.set(qn("w:id"), "7")
    words.text = text
    run.append(words)
    deletion.append(run)
    paragraph.append(deletion)
    return paragraph


def _notes(text: str) -> bytes:
    paragraph = f"<w:p><w:r><w:t>{text}</w:t></w:r></w:p>"
    return f'<w:footnotes xmlns:w="{W}"><w:footnote w:id="1">{paragraph}</w:footnote></w:footnotes>'.encode()


def _with(data: bytes, parts: Mapping[str, bytes]) -> bytes:
    """The archive with parts put in or replaced."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            if name not in parts:
                target.writestr(name, source.read(name))
        for name, part in parts.items():
            target.writestr(name, part)
    return buffer.getvalue()


def word_with_doctype() -> bytes:
    bomb = f'<!DOCTYPE x [<!ENTITY a "aaaa">]><w:document xmlns:w="{W}"><w:body><w:p/></w:body></w:document>'
    return _with(word(), {"word/document.xml": bomb.encode()})


def word_bomb() -> bytes:
    return _with(word(), {"word/media/image1.bin": bytes(160_000_000)})


def excel(rows: list[list[object]], *, comment: str = "", hidden: list[list[object]] | None = None) -> bytes:
    book = Workbook()
    sheet = book.active
    sheet.title = "Список"
    for row in rows:
        sheet.append(row)
    if comment:
        sheet["A1"].comment = Comment(comment, "Т")
    if hidden:
        other = book.create_sheet("Скрытый")
        other.sheet_state = "hidden"
        for row in hidden:
            other.append(row)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


_ODS = """<?xml version="1.0" encoding="UTF-8"?>
<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"
 xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0">
<office:body><office:spreadsheet><table:table table:name="Лист1">
<table:table-row table:number-rows-repeated="3"><table:table-cell/></table:table-row>
<table:table-row><table:table-cell table:number-columns-repeated="2"/><table:table-cell office:value-type="float"
 office:value="11223344595"><text:p>1,12E+10</text:p></table:table-cell>
<table:table-cell><office:annotation><text:p>Иванов Иван Иванович</text:p></office:annotation><text:p>дубль</text:p></table:table-cell>
</table:table-row></table:table></office:spreadsheet></office:body></office:document-content>"""


def open_sheet() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", _ODS)
    return buffer.getvalue()
