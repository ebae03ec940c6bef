"""Papers as Word documents (APP-1): every page bears its own code, rows repeat their headings."""

from __future__ import annotations

from xml.sax.saxutils import escape

from docx.document import Document as WordDocument
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.opc.packuri import PackURI
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from docx.parts.image import ImagePart

from documents.codes import PageCode, picture
from documents.paper.paging import CAPTION_LINE, SIGNATURE_LINE, SIGNATURE_SHARES, SIGNATURE_SIZE, STAMP_MM, paginate
from documents.paper.paper import PRACTICE, Block, Paper, Signature
from documents.paper.wordfile import add_footer, add_text, add_watermark, blank, saved
from documents.paper.wordxml import anchored_picture, filled, page_table, row_template, twips
from documents.sheet import SHEETS, STYLES

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_HAIRLINE = (
    f'<w:p {nsdecls("w")}><w:pPr><w:spacing w:before="0" w:after="0" w:line="40" w:lineRule="exact"/>'
    f'<w:rPr><w:sz w:val="2"/></w:rPr></w:pPr></w:p>'
)


def render(paper: Paper) -> bytes:
    """The .docx. Raises documents.paper.paging.TooLong."""
    document = blank(paper.orientation, paper.title, paper.made_on)
    add_footer(document, paper.footer)
    if paper.practice:
        add_watermark(document, PRACTICE)
    split = paginate(paper)
    row = row_template(paper.table) if paper.table else None
    for place, page in enumerate(split.pages, 1):
        _start_page(document, paper, PageCode(paper.request, paper.version, place, len(split.pages)))
        if page.opens:
            _add_blocks(document, paper, paper.head)
        if paper.table and row is not None and page.last > page.first:
            element = page_table(paper.table, split.heading_height)
            for number in range(page.first, page.last):
                element.append(filled(row, paper.table.rows[number], split.row_heights[number]))
            _append(document, element)
        if page.closes:
            _add_ending(document, paper)
    return saved(document, paper.made_on)


def _append(document: WordDocument, element: object) -> None:
    document.element.body[-1].addprevious(element)  # before w:sectPr; asking python-docx for the place is quadratic


def _start_page(document: WordDocument, paper: Paper, code: PageCode) -> None:
    """Start the page with a paragraph of two points that holds the picture.

    A picture in the footer would repeat on every page, and a section a page is a page style each in LibreOffice.
    """
    paragraph = parse_xml(_HAIRLINE)
    if code.page > 1:
        paragraph.pPr.insert(0, parse_xml(f"<w:pageBreakBefore {nsdecls('w')}/>"))
    if paper.coded:
        relation = f"rIdCode{code.page}"
        part = ImagePart(PackURI(f"/word/media/code{code.page}.png"), "image/png", picture(code))
        document.part.load_rel(RELATIONSHIP_TYPE.IMAGE, part, relation)
        description = f"Код листа: страница {code.page} из {code.of}"
        paragraph.append(anchored_picture(relation, code.page, SHEETS[paper.orientation], description))
    _append(document, paragraph)


def _add_blocks(document: WordDocument, paper: Paper, blocks: tuple[Block, ...]) -> None:
    for block in blocks:
        add_text(document, block.text, STYLES[block.style], paper.orientation)


def _add_ending(document: WordDocument, paper: Paper) -> None:
    if paper.tail:
        first, *rest = paper.tail
        paragraph = add_text(document, first.text, STYLES[first.style], paper.orientation)
        paragraph.paragraph_format.space_before = 63_500  # 5 points, in EMU
        _add_blocks(document, paper, tuple(rest))
    if paper.signature:
        _append(document, _signature_table(paper.signature, SHEETS[paper.orientation].body_width))
    _append(document, parse_xml(_HAIRLINE))  # Word wants a paragraph after a table at the end


def _signature_table(signature: Signature, width: float) -> object:
    """Four columns: the seal's place at the left, away from the signature and the page's code (SGN-3, SGN-4)."""
    widths = [twips(width * share) for share in SIGNATURE_SHARES]
    under, name = "_" * (24 if width > 200 else 16), signature.name or "_" * 20
    captions = [_line(text, size=8, line=CAPTION_LINE) for text in signature.captions]
    room = _line("")  # for the pen
    attorney = _line(signature.attorney) if signature.attorney else ""
    date = _line("") + _line(signature.date_line)
    cells = [
        _cell(widths[0], _line(signature.seal, align="center"), vertical="center"),
        _cell(
            widths[1],
            room + _line(signature.post or ("_" * 20 if signature.captions[0] else "")) + captions[0] + attorney + date,
        ),
        _cell(widths[2], room + _line(under) + captions[1]),
        _cell(widths[3], room + _line(name) + captions[2]),
    ]
    least = twips(STAMP_MM) if signature.stamped else 0
    grid = "".join(f'<w:gridCol w:w="{part}"/>' for part in widths)
    return parse_xml(
        f'<w:tbl {nsdecls("w")}><w:tblPr><w:tblW w:w="{sum(widths)}" w:type="dxa"/><w:tblLayout w:type="fixed"/>'
        f"</w:tblPr><w:tblGrid>{grid}</w:tblGrid><w:tr><w:trPr><w:cantSplit/>"
        f'<w:trHeight w:val="{least}" w:hRule="atLeast"/></w:trPr>{"".join(cells)}</w:tr></w:tbl>'
    )


def _cell(width: int, paragraphs: str, vertical: str = "top") -> str:
    return (
        f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/><w:vAlign w:val="{vertical}"/></w:tcPr>{paragraphs}</w:tc>'
    )


def _line(text: str, *, size: float = SIGNATURE_SIZE, line: float = SIGNATURE_LINE, align: str = "left") -> str:
    half = round(size * 2)
    return (
        f'<w:p><w:pPr><w:spacing w:before="0" w:after="0" w:line="{round(line * 20)}" w:lineRule="exact"/>'
        f'<w:jc w:val="{align}"/></w:pPr><w:r><w:rPr><w:sz w:val="{half}"/><w:szCs w:val="{half}"/></w:rPr>'
        f'<w:t xml:space="preserve">{escape(text)}</w:t></w:r></w:p>'
    )
