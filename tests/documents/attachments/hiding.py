"""A patient in every place of a file that no page shows, and what only eyes can read."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator

from docx import Document
from openpyxl import Workbook
from PIL import Image, ImageDraw

from tests.documents.attachments.papers import _with, pdf
from tests.documents.scans.hostile import raw_pdf

PATIENT = "Белова Анна Петровна, СНИЛС 112-233-445 95"
A = "http://schemas.openxmlformats.org/drawingml/2006/main"
C = "http://schemas.openxmlformats.org/drawingml/2006/chart"
W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
S = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_CELLS = '<row r="1"><c r="A1" t="str"><v>Фамилия</v></c><c r="C1" t="str"><v>СНИЛС</v></c></row><row r="2"><c r="A2" t="str"><v>Белова</v></c><c r="C2"><v>8765430300</v></c></row>'


def clean_word() -> bytes:
    document = Document()
    document.add_paragraph("Просим удалить записи из регистра.")
    document.add_table(rows=1, cols=2).rows[0].cells[0].text = "77-0012345"
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def clean_excel() -> bytes:
    book = Workbook()
    book.active.append(["УНРЗ", "Причина"])
    book.active.append(["77-0012345", "Дубль"])
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def word_parts() -> Iterator[tuple[str, str]]:
    """Name of a part and its XML."""
    paragraph = f"<a:p><a:r><a:t>Белова</a:t></a:r><a:r><a:t> Анна</a:t></a:r><a:r><a:t> Петровна, {PATIENT[22:]}</a:t></a:r></a:p>"
    yield (
        "word/charts/chart1.xml",
        f'<c:chart xmlns:c="{C}"><c:cat><c:strCache><c:pt><c:v>{PATIENT}</c:v></c:pt></c:strCache></c:cat></c:chart>',
    )
    yield (
        "word/diagrams/data1.xml",
        f'<dgm:dataModel xmlns:dgm="d" xmlns:a="{A}"><dgm:t>{paragraph}</dgm:t></dgm:dataModel>',
    )
    yield (
        "word/glossary/document.xml",
        f'<w:glossaryDocument xmlns:w="{W}"><w:p><w:r><w:t>{PATIENT}</w:t></w:r></w:p></w:glossaryDocument>',
    )
    yield "word/commentsExtended9.xml", f'<x:c xmlns:x="any"><x:text value="{PATIENT}"/></x:c>'
    yield (
        "word/settings9.xml",
        f'<w:settings xmlns:w="{W}"><w:docVars><w:docVar w:name="a" w:val="{PATIENT}"/></w:docVars></w:settings>',
    )
    yield "customXml/item7.xml", f"<data><patient><name>{PATIENT}</name></patient></data>"
    yield "docProps/custom.xml", f'<Properties><property name="Кому"><lpwstr>{PATIENT}</lpwstr></property></Properties>'
    yield "docProps/app.xml", f"<Properties><Company>{PATIENT}</Company></Properties>"
    yield "docProps/core.xml", f"<coreProperties><lastModifiedBy>{PATIENT}</lastModifiedBy></coreProperties>"
    yield (
        "word/_rels/document9.xml.rels",
        '<Relationships><Relationship Target="file:///%D0%91%D0%B5%D0%BB%D0%BE%D0%B2%D0%B0%20%D0%90%D0%BD%D0%BD%D0%B0%20%D0%9F%D0%B5%D1%82%D1%80%D0%BE%D0%B2%D0%BD%D0%B0.docx"/></Relationships>',
    )
    yield "какая-то/часть.dat", f"<?xml version='1.0'?><!-- {PATIENT} --><x/>"


def body_parts() -> Iterator[tuple[str, str]]:
    """What stands in a paragraph of the body and is no plain run."""
    yield (
        "alternate content",
        f'<mc:AlternateContent xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"><mc:Fallback><w:r><w:t>{PATIENT}</w:t></w:r></mc:Fallback></mc:AlternateContent>',
    )
    yield (
        "text of WordArt",
        f'<w:r><w:pict><v:shape xmlns:v="urn:schemas-microsoft-com:vml"><v:textpath string="{PATIENT}"/></v:shape></w:pict></w:r>',
    )
    yield (
        "default of a form",
        f'<w:r><w:fldChar w:fldCharType="begin"><w:ffData><w:textInput><w:default w:val="{PATIENT}"/></w:textInput></w:ffData></w:fldChar></w:r>',
    )
    yield (
        "choice of a control",
        f'<w:sdt><w:sdtPr><w:dropDownList><w:listItem w:displayText="x" w:value="{PATIENT}"/></w:dropDownList></w:sdtPr><w:sdtContent/></w:sdt>',
    )
    yield "code of a field", f'<w:r><w:instrText>QUOTE "{PATIENT}"</w:instrText></w:r>'
    yield "a formula", f'<m:oMath xmlns:m="math"><m:r><m:t>{PATIENT}</m:t></m:r></m:oMath>'
    yield "alternative text", f'<w:r><w:drawing><wp:docPr xmlns:wp="wp" id="1" descr="{PATIENT}"/></w:drawing></w:r>'


def word_with(part: str, xml: str) -> bytes:
    return _with(clean_word(), {part: xml.encode()})


def word_with_body(xml: str) -> bytes:
    data = clean_word()
    body = zipfile.ZipFile(io.BytesIO(data)).read("word/document.xml")
    return _with(data, {"word/document.xml": body.replace(b"<w:p>", f"<w:p>{xml}".encode(), 1)})


def excel_parts() -> Iterator[tuple[str, str]]:
    yield (
        "xl/threadedComments/threadedComment1.xml",
        f"<ThreadedComments><threadedComment><text>{PATIENT}</text></threadedComment></ThreadedComments>",
    )
    yield (
        "xl/comments7.xml",
        f'<comments xmlns="{S}"><commentList><comment><text><r><t>Белова Анна</t></r><r><t> Петровна</t></r></text></comment></commentList></comments>',
    )
    yield (
        "xl/externalLinks/externalLink1.xml",
        f'<externalLink xmlns="{S}"><sheetData>{_CELLS}</sheetData></externalLink>',
    )
    yield "xl/connections.xml", f'<connections xmlns="{S}"><connection description="{PATIENT}"/></connections>'
    yield (
        "xl/sharedStrings9.xml",
        f'<sst xmlns="{S}"><si><t>Белова</t></si><si><t>Анна</t></si><si><t>Петровна</t></si></sst>',
    )
    yield "xl/queryTables/queryTable1.xml", f'<q><f name="{PATIENT}"/></q>'
    yield (
        "xl/pivotCache/pivotCacheDefinition1.xml",
        f'<pivotCacheDefinition xmlns="{S}"><cacheFields><cacheField name="СНИЛС"><sharedItems><n v="8765430300"/></sharedItems></cacheField></cacheFields></pivotCacheDefinition>',
    )


def sheet_parts() -> Iterator[tuple[str, str]]:
    yield (
        "list of a check",
        f'<dataValidations><dataValidation type="list" sqref="A1"><formula1>"{PATIENT}"</formula1></dataValidation></dataValidations>',
    )
    yield "prompt of a check", f'<dataValidations><dataValidation prompt="{PATIENT}"/></dataValidations>'
    yield "header", "<headerFooter><oddHeader>&amp;L&amp;BБелова&amp;B Анна Петровна</oddHeader></headerFooter>"
    yield "formula never calculated", f'<sheetData><row r="9"><c r="A9"><f>"{PATIENT}"</f></c></row></sheetData>'


def excel_with(part: str, xml: str) -> bytes:
    return _with(clean_excel(), {part: xml.encode()})


def excel_with_sheet(xml: str) -> bytes:
    data = clean_excel()
    sheet = zipfile.ZipFile(io.BytesIO(data)).read("xl/worksheets/sheet1.xml")
    return _with(data, {"xl/worksheets/sheet1.xml": sheet.replace(b"<pageMargins", f"{xml}<pageMargins".encode(), 1)})


def strict(data: bytes) -> bytes:
    """The same as strict OOXML."""
    source = zipfile.ZipFile(io.BytesIO(data))
    prefix, wanted = b"http://schemas.openxmlformats.org/", b"http://purl.oclc.org/ooxml/"
    parts = {name: source.read(name) for name in source.namelist() if name.endswith((".xml", ".rels"))}
    changed = {}
    for name, part in parts.items():
        for family in (b"wordprocessingml", b"spreadsheetml", b"drawingml", b"officeDocument"):
            part = part.replace(prefix + family + b"/2006/", wanted + family + b"/")
        changed[name] = part
    return _with(data, changed)


def written() -> bytes:
    """A picture of a name."""
    image = Image.new("RGB", (400, 60), "white")
    ImageDraw.Draw(image).text((10, 20), "Belova Anna", fill="black")
    buffer = io.BytesIO()
    image.save(buffer, "PNG")
    return buffer.getvalue()


def blank() -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", (400, 60), "white").save(buffer, "PNG")
    return buffer.getvalue()


def unreadable() -> Iterator[tuple[str, bytes, str]]:
    """What it is, the file, what of it is said to be unread."""
    yield "a picture in Word", word_with_media(written()), "картинка"
    yield "a picture in Excel", _with(clean_excel(), {"xl/media/image1.png": written()}), "картинка"
    yield "a metafile", _with(clean_word(), {"word/media/image1.emf": b"\x01\x00\x00\x00" + bytes(60)}), "картинка"
    yield "a picture of no known name", _with(clean_word(), {"word/что-то": written()}), "картинка"
    yield (
        "a drawing",
        word_with("word/media/image1.svg", '<svg xmlns="http://www.w3.org/2000/svg"><path d="M0 0L9 9"/></svg>'),
        "рисунок",
    )
    yield "handwriting", word_with("word/ink/ink1.xml", "<ink><trace>1 2, 3 4</trace></ink>"), "рисунок"
    yield (
        "an embedded book",
        _with(clean_word(), {"word/embeddings/Microsoft_Excel_Sheet1.xlsx": clean_excel()}),
        "вложенный",
    )
    yield (
        "an OLE object",
        _with(clean_excel(), {"xl/embeddings/oleObject1.bin": b"\xd0\xcf\x11\xe0" + bytes(99)}),
        "вложенный",
    )
    yield "a macro", _with(clean_excel(), {"xl/vbaProject.bin": bytes(range(256))}), "vbaProject"
    yield "an unknown part", _with(clean_word(), {"word/new.bin": bytes(range(1, 200))}), "new.bin"
    yield "Base64 in XML", word_with("customXml/item8.xml", f"<x>{'QUJD' * 200}</x>"), "Base64"
    yield "data behind the archive", clean_word() + bytes(range(200)), "вне списка"
    yield "a scan under a page number", scan("1"), "картинка"
    yield "Base64 in a text", b"Text\n" + b"QUJD" * 100, "Base64"
    yield "a picture in a page", b"<html><body>text<img src='data:image/png;base64,AAAA'></body></html>", "картинка"
    yield "a picture in RTF", b"{\\rtf1 text{\\pict\\pngblip 89504e47}}", "картинка"
    yield "an older version in a PDF", pdf("text") + pdf("text"), "редакции"
    yield "data behind a PDF", pdf("text") + b"\n" + bytes(range(1, 200)), "вне документа"


def word_with_media(picture: bytes) -> bytes:
    return _with(clean_word(), {"word/media/image1.png": picture})


def _stream(body: bytes, head: bytes = b"") -> bytes:
    return b"<< %s/Length %d >>\nstream\n" % (head, len(body)) + body + b"\nendstream"


def scan(mark: str) -> bytes:
    """A page that is a picture, with a text of a program over it."""
    picture = Image.frombytes("L", (60, 40), bytes(range(240)) * 10).tobytes()
    return raw_pdf([
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Count 1 /Kids [3 0 R] >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /XObject << /I 5 0 R >> /Font << /F 6 0 R >> >> >>",
        _stream(b"q 595 0 0 842 0 0 cm /I Do Q BT /F 12 Tf 300 20 Td (%s) Tj ET" % mark.encode()),
        _stream(picture, b"/Type /XObject /Subtype /Image /Width 60 /Height 40 /ColorSpace /DeviceGray /BitsPerComponent 8 "),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ])  # fmt: skip


def pdf_with(
    *more: bytes,
    catalogue: bytes = b"",
    page: bytes = b"",
    trailer: bytes = b"",
    drawn: bytes = b"BT /F 12 Tf 72 720 Td (Text) Tj ET",
) -> bytes:
    """One page with the word Text; `more` are objects from 6 on."""
    return raw_pdf(
        [
            b"<< /Type /Catalog /Pages 2 0 R %s >>" % catalogue,
            b"<< /Type /Pages /Count 1 /Kids [3 0 R] >>",
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F 5 0 R >> >> %s >>"
            % page,
            _stream(drawn),
            b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
            *more,
        ],
        trailer,
    )


def in_pdf() -> Iterator[tuple[str, bytes]]:
    """A patient where no page shows him."""
    hidden = b"<" + ("\ufeff" + PATIENT).encode("utf-16-be").hex().encode() + b">"
    yield "title", pdf_with(b"<< /Title %s >>" % hidden, trailer=b"/Info 6 0 R")
    yield (
        "bookmark",
        pdf_with(
            b"<< /Type /Outlines /First 7 0 R >>",
            b"<< /Title %s /Parent 6 0 R >>" % hidden,
            catalogue=b"/Outlines 6 0 R",
        ),
    )
    yield (
        "note",
        pdf_with(b"<< /Type /Annot /Subtype /Text /Rect [0 0 9 9] /Contents %s >>" % hidden, page=b"/Annots [6 0 R]"),
    )
    yield (
        "field of a form",
        pdf_with(b"<< /FT /Tx /T (a) /V %s >>" % hidden, catalogue=b"/AcroForm << /Fields [6 0 R] >>"),
    )
    metadata = f"<x:xmpmeta xmlns:x='adobe:ns:meta/'><d>{PATIENT}</d></x:xmpmeta>".encode()
    yield "metadata", pdf_with(_stream(metadata, b"/Type /Metadata /Subtype /XML "), catalogue=b"/Metadata 6 0 R")
    yield "alternative text", pdf_with(b"<< /Type /StructElem /Alt %s >>" % hidden, catalogue=b"/StructTreeRoot 6 0 R")
    yield "script", pdf_with(b"<< /S /JavaScript /JS %s >>" % hidden, catalogue=b"/OpenAction 6 0 R")


def unread_in_pdf() -> Iterator[tuple[str, bytes, str]]:
    yield "attachment", pdf_with(_stream(b"PK", b"/Type /EmbeddedFile ")), "вложенный файл"
    curves = b" ".join(b"%d 100 m %d 130 %d 140 %d 100 c S" % (n, n + 3, n + 5, n + 9) for n in range(0, 500, 5))
    yield "letters as curves", pdf_with(drawn=b"BT /F 12 Tf 72 720 Td (Text) Tj ET " + curves), "линий"
    form = _stream(b"BT /F 12 Tf (Text) Tj ET", b"/Type /XObject /Subtype /Form /BBox [0 0 9 9] ")
    yield "a form that no page draws", pdf_with(form), "не видно"
    yield "a hidden layer", pdf_with(catalogue=b"/OCProperties << /OCGs [6 0 R] /D << /OFF [6 0 R] >> >>"), "слои"
    yield "XFA", pdf_with(_stream(b"<xdp/>"), catalogue=b"/AcroForm << /XFA 6 0 R /Fields [] >>"), "XFA"
    yield (
        "letters without codes",
        pdf_with(drawn=b"BT /F 12 Tf 72 720 Td (\xcf\xe0\xf6\xe8\xe5\xed\xf2\xea\xe0) Tj ET"),
        "без кодов",
    )
    yield "unknown data", pdf_with(_stream(b"what is this?")), "неизвестного"


def other_texts() -> Iterator[tuple[str, bytes]]:
    yield "a note of HTML", f"<html><body>text<!-- {PATIENT} --></body></html>".encode()
    yield "a script of HTML", f"<html><script>var a = '{PATIENT}'</script><body>text</body></html>".encode()
    yield "a word cut by tags", "<html><body>Бел<b>ова</b> Анна Петровна</body></html>".encode()
    yield "CDATA", f"<?xml version='1.0'?><a><![CDATA[{PATIENT}]]></a>".encode()
    yield "a title of RTF", b"{\\rtf1\\ansi{\\info{\\title " + PATIENT.encode("cp1251") + b"}}text\\par}"
