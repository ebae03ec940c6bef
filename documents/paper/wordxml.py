"""Pieces of WordprocessingML that python-docx has no call for, or makes too slowly for long tables."""

from __future__ import annotations

from copy import deepcopy

from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.oxml.xmlchemy import BaseOxmlElement

from documents.paper.paper import Table
from documents.sheet import CELL_PAD_MM, CODE_MM, POINTS_PER_MM, TABLE_LEADING, Sheet

EMU_PER_MM = 36_000
_TWIPS_PER_POINT = 20


def twips(millimetres: float) -> int:
    return round(millimetres * POINTS_PER_MM * _TWIPS_PER_POINT)


def page_table(table: Table, heading_height: float) -> BaseOxmlElement:
    """A bordered table of fixed widths with its heading row, which repeats should the table ever flow over."""
    grid = "".join(f'<w:gridCol w:w="{twips(width)}"/>' for width in table.widths)
    pad = twips(CELL_PAD_MM)
    element = parse_xml(
        f'<w:tbl {nsdecls("w")}><w:tblPr><w:tblStyle w:val="TableGrid"/>'
        f'<w:tblW w:w="{sum(map(twips, table.widths))}" w:type="dxa"/><w:tblInd w:w="0" w:type="dxa"/>'
        f'<w:tblLayout w:type="fixed"/>'
        f'<w:tblCellMar><w:top w:w="{pad}" w:type="dxa"/><w:left w:w="{pad}" w:type="dxa"/>'
        f'<w:bottom w:w="{pad}" w:type="dxa"/><w:right w:w="{pad}" w:type="dxa"/></w:tblCellMar>'
        f'<w:tblLook w:val="0020" w:firstRow="1" w:lastRow="0" w:firstColumn="0" w:lastColumn="0" w:noHBand="1" '
        f'w:noVBand="1"/></w:tblPr><w:tblGrid>{grid}</w:tblGrid></w:tbl>'
    )
    heading = row_template(table, heading=True)
    element.append(filled(heading, table.headings, heading_height))
    return element


def row_template(table: Table, *, heading: bool = False) -> BaseOxmlElement:
    """A row to be copied and filled: copying XML costs 0.03 ms, asking python-docx for cells is quadratic."""
    flags = "<w:tblHeader/>" if heading else ""
    cells = "".join(
        _cell_xml(width, table.size, centred=heading or centred, heading=heading)
        for width, centred in zip(table.widths, table.centred, strict=True)
    )
    return parse_xml(
        f'<w:tr {nsdecls("w")}><w:trPr><w:cantSplit/><w:trHeight w:val="0" w:hRule="atLeast"/>{flags}</w:trPr>'
        f"{cells}</w:tr>"
    )


def _cell_xml(width: float, size: float, *, centred: bool, heading: bool) -> str:
    line = round(size * TABLE_LEADING * _TWIPS_PER_POINT)
    align = "center" if centred else "left"
    bold = "<w:b/><w:bCs/>" if heading else ""
    shade = '<w:shd w:val="clear" w:color="auto" w:fill="EDEDED"/>' if heading else ""
    vertical = '<w:vAlign w:val="center"/>' if heading else ""
    half = round(size * 2)
    return (
        f'<w:tc><w:tcPr><w:tcW w:w="{twips(width)}" w:type="dxa"/>{shade}{vertical}</w:tcPr><w:p><w:pPr>'
        f'<w:spacing w:before="0" w:after="0" w:line="{line}" w:lineRule="exact"/><w:ind w:firstLine="0"/>'
        f'<w:jc w:val="{align}"/></w:pPr><w:r><w:rPr>{bold}<w:sz w:val="{half}"/><w:szCs w:val="{half}"/></w:rPr>'
        f'<w:t xml:space="preserve"></w:t></w:r></w:p></w:tc>'
    )


def filled(template: BaseOxmlElement, cells: tuple[str, ...], height: float) -> BaseOxmlElement:
    """A copy of the row with its texts; `height` in points is the least that the row takes."""
    row = deepcopy(template)
    next(row.iter(qn("w:trHeight"))).set(qn("w:val"), str(int(height * _TWIPS_PER_POINT)))
    for holder, text in zip(row.iter(qn("w:t")), cells, strict=True):
        holder.text = text
    return row


def anchored_picture(relation: str, place: int, sheet: Sheet, description: str) -> BaseOxmlElement:
    """A run with the page's code, fixed to the sheet's lower right corner, out of the text's way."""
    side = CODE_MM * EMU_PER_MM
    left, top = round(sheet.code_left * EMU_PER_MM), round(sheet.code_top * EMU_PER_MM)
    return parse_xml(
        f'<w:r {nsdecls("w", "wp", "a", "pic", "r")}><w:drawing><wp:anchor distT="0" distB="0" distL="0" distR="0" '
        f'simplePos="0" relativeHeight="{place}" behindDoc="0" locked="1" layoutInCell="0" allowOverlap="1">'
        f'<wp:simplePos x="0" y="0"/>'
        f'<wp:positionH relativeFrom="page"><wp:posOffset>{left}</wp:posOffset></wp:positionH>'
        f'<wp:positionV relativeFrom="page"><wp:posOffset>{top}</wp:posOffset></wp:positionV>'
        f'<wp:extent cx="{side}" cy="{side}"/><wp:effectExtent l="0" t="0" r="0" b="0"/><wp:wrapNone/>'
        f'<wp:docPr id="{1000 + place}" name="code {place}" descr="{description}"/><wp:cNvGraphicFramePr/>'
        f'<a:graphic><a:graphicData uri="http://schemas.openxmlformats.org/drawingml/2006/picture"><pic:pic>'
        f'<pic:nvPicPr><pic:cNvPr id="{1000 + place}" name="code{place}.png"/><pic:cNvPicPr/></pic:nvPicPr>'
        f'<pic:blipFill><a:blip r:embed="{relation}"/><a:stretch><a:fillRect/></a:stretch></pic:blipFill>'
        f'<pic:spPr><a:xfrm><a:off x="0" y="0"/><a:ext cx="{side}" cy="{side}"/></a:xfrm>'
        f'<a:prstGeom prst="rect"><a:avLst/></a:prstGeom></pic:spPr></pic:pic></a:graphicData></a:graphic>'
        f"</wp:anchor></w:drawing></w:r>"
    )


def simple_field(instruction: str) -> BaseOxmlElement:
    """A field that the word processor counts itself: PAGE, NUMPAGES."""
    return parse_xml(f'<w:fldSimple {nsdecls("w")} w:instr="{instruction}"><w:r><w:t>1</w:t></w:r></w:fldSimple>')
