"""An empty Word document in our dress: one font in all four slots, Russian, A4, a footer that counts pages."""

from __future__ import annotations

import datetime as dt
import io
from xml.sax.saxutils import escape

from docx import Document
from docx.document import Document as WordDocument
from docx.enum.section import WD_ORIENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Mm, Pt
from docx.styles.style import ParagraphStyle
from docx.text.paragraph import Paragraph

from documents.archive import normalised
from documents.paper.wordxml import simple_field
from documents.sheet import CODE_EDGE_MM, CODE_MM, FONT, SHEETS, TextStyle

_ALIGN = {"left": WD_ALIGN_PARAGRAPH.LEFT, "center": WD_ALIGN_PARAGRAPH.CENTER, "both": WD_ALIGN_PARAGRAPH.JUSTIFY}
_FONT_SLOTS = ("w:ascii", "w:hAnsi", "w:cs", "w:eastAsia")
_WATERMARK = (
    f'<w:r {nsdecls("w")} xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office"><w:pict>'
    '<v:shapetype id="_x0000_t136" coordsize="21600,21600" o:spt="136" adj="10800" path="m@7,l@8,m@5,21600l@6,21600e">'
    '<v:formulas><v:f eqn="sum #0 0 10800"/><v:f eqn="prod #0 2 1"/><v:f eqn="sum 21600 0 @1"/><v:f eqn="sum 0 0 @2"/>'
    '<v:f eqn="sum 21600 0 @3"/><v:f eqn="if @0 @3 0"/><v:f eqn="if @0 21600 @1"/><v:f eqn="if @0 0 @2"/><v:f eqn="if @0 @4 21600"/>'
    '<v:f eqn="mid @5 @6"/><v:f eqn="mid @8 @5"/><v:f eqn="mid @7 @8"/><v:f eqn="mid @6 @7"/><v:f eqn="sum @6 0 @5"/></v:formulas>'
    '<v:path textpathok="t" o:connecttype="custom" o:connectlocs="@9,0;@10,10800;@11,21600;@12,10800" o:connectangles="270,180,90,0"/>'
    '<v:textpath on="t" fitshape="t"/></v:shapetype>'
    '<v:shape id="practice" type="#_x0000_t136" style="position:absolute;margin-left:0;margin-top:0;width:470pt;height:78pt;'
    "rotation:315;z-index:-251658752;mso-position-horizontal:center;mso-position-horizontal-relative:margin;"
    'mso-position-vertical:center;mso-position-vertical-relative:margin" fillcolor="#c8c8c8" stroked="f">'
    '<v:textpath style="font-family:&quot;Times New Roman&quot;;font-size:1pt" string="{text}"/></v:shape></w:pict></w:r>'
)
_DROPPED = (
    "http://schemas.openxmlformats.org/package/2006/relationships/metadata/thumbnail",
    "http://schemas.microsoft.com/office/2007/relationships/stylesWithEffects",
)


def blank(orientation: str, title: str, made_on: dt.date) -> WordDocument:
    """A document of one section with our margins and no text."""
    document = Document()
    _dress(document)
    _lay_out(document, orientation)
    properties = document.core_properties
    properties.author = properties.last_modified_by = properties.comments = properties.keywords = ""
    properties.title, properties.language, properties.revision = title, "ru-RU", 1
    properties.created = properties.modified = dt.datetime.combine(made_on, dt.time())
    return document


def add_text(document: WordDocument, text: str, style: TextStyle, orientation: str) -> Paragraph:
    """A paragraph with an exact line height, so that its height does not depend on the machine's fonts."""
    paragraph = document.add_paragraph()
    run = paragraph.add_run(text)
    run.font.size, run.font.bold = Pt(style.size), style.bold
    shape = paragraph.paragraph_format
    shape.alignment = _ALIGN[style.align]
    shape.space_before, shape.space_after = Pt(style.before), Pt(style.after)
    shape.line_spacing_rule, shape.line_spacing = WD_LINE_SPACING.EXACTLY, Pt(style.line)
    shape.left_indent = Mm(SHEETS[orientation].body_width * style.indent)
    shape.first_line_indent = Mm(style.first_line_mm)
    return paragraph


def add_footer(document: WordDocument, text: str) -> None:
    """«№ …, версия 1 · Страница n из m», left of the page's code."""
    footer = document.sections[0].footer
    footer.is_linked_to_previous = False
    paragraph = footer.paragraphs[0]
    paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    paragraph.paragraph_format.right_indent = Mm(CODE_MM)
    paragraph.paragraph_format.tab_stops.clear_all()
    paragraph.add_run(f"{text} · Страница ")
    paragraph._p.append(simple_field("PAGE"))
    paragraph.add_run(" из ")
    paragraph._p.append(simple_field("NUMPAGES"))


def add_watermark(document: WordDocument, text: str) -> None:
    """Grey letters across every page, behind its text: WordArt in the header, as Word itself makes it."""
    header = document.sections[0].header
    header.is_linked_to_previous = False
    header.paragraphs[0]._p.append(parse_xml(_WATERMARK.format(text=escape(text, {'"': "&quot;"}))))


def saved(document: WordDocument, made_on: dt.date) -> bytes:
    """The file's bytes, the same for the same content."""
    buffer = io.BytesIO()
    document.save(buffer)
    return normalised(buffer.getvalue(), made_on)


def _dress(document: WordDocument) -> None:
    for name in ("Normal", "Header", "Footer"):
        style = document.styles[name]
        assert isinstance(style, ParagraphStyle)
        style.font.size = Pt(11 if name == "Normal" else 9)
        fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
        fonts.attrib.clear()  # theme attributes would win over the named font
        for slot in _FONT_SLOTS:
            fonts.set(qn(slot), FONT)
    defaults = document.styles.element.find(f".//{qn('w:rPrDefault')}")
    for language in defaults.iter(qn("w:lang")):
        language.set(qn("w:val"), "ru-RU")
    _modernise(document)


def _modernise(document: WordDocument) -> None:
    """The template is of 2010: without this Word shows «режим ограниченной функциональности»."""
    settings = document.settings.element
    for mode in settings.iter(qn("w:compatSetting")):
        if mode.get(qn("w:name")) == "compatibilityMode":
            mode.set(qn("w:val"), "15")
    for language in settings.iter(qn("w:themeFontLang")):
        language.set(qn("w:val"), "ru-RU")
    for far_east in list(settings.iter(qn("w:useFELayout"))):
        far_east.getparent().remove(far_east)
    for relations in (document.part.package.rels, document.part.rels):
        for key, relation in list(relations.items()):
            if relation.reltype in _DROPPED:
                del relations[key]


def _lay_out(document: WordDocument, orientation: str) -> None:
    sheet, section = SHEETS[orientation], document.sections[0]
    section.orientation = WD_ORIENT.LANDSCAPE if orientation == "landscape" else WD_ORIENT.PORTRAIT
    section.page_width, section.page_height = Mm(sheet.width), Mm(sheet.height)
    section.left_margin, section.right_margin = Mm(sheet.left), Mm(sheet.right)
    section.top_margin, section.bottom_margin = Mm(sheet.top), Mm(sheet.bottom)
    section.header_distance, section.footer_distance = Mm(5), Mm(CODE_EDGE_MM + 4)
