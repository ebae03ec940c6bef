"""Обращение о неполадке (VER-3, VER-4): each screenshot pasted, with a comment under it."""

from __future__ import annotations

import datetime as dt
import io
from dataclasses import dataclass
from pathlib import Path

from docx.document import Document as WordDocument
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.shared import Mm, Pt

from catalog.layouts import layout
from documents.paper.making import MadeFile
from documents.paper.paging import row_height
from documents.paper.paper import PRACTICE, OrganisationText, Paper, PaperFacts, compose
from documents.paper.pictures import Picture, safe_picture
from documents.paper.word import MEDIA_TYPE
from documents.paper.wordfile import add_footer, add_text, add_watermark, blank, saved
from documents.paper.wordxml import filled, page_table, row_template
from documents.russian import file_name, printable, typeset
from documents.sheet import SHEETS, STYLES

_TITLE = "Обращение о неполадке"
_MM_PER_PIXEL = 25.4 / 96  # a screenshot is never blown up beyond its size on the screen
_TALLEST_MM = 150


@dataclass(frozen=True, slots=True)
class Screenshot:
    """An uploaded picture, untrusted, and what led to it if that differs from the report's description."""

    name: str
    path: Path
    comment: str = ""


@dataclass(frozen=True, slots=True)
class TroubleReport:
    """What an employee says of a login that fails; line ends in `description` are kept."""

    request: int
    number: str
    version: int
    made_on: dt.date
    system: str
    organisation: OrganisationText
    person: str
    description: str
    screenshots: tuple[Screenshot, ...] = ()
    happened: str = ""
    desk_address: str = ""
    reply_to: str = ""
    practice: bool = False


def render_trouble_report(report: TroubleReport, *, own_catalog: Path | None = None) -> list[MadeFile]:
    """The report in Word. It is not signed, so its pages bear no code.

    Raises sandbox.Refused or sandbox.Killed for a file that is no picture.
    """
    paper = compose(layout("trouble-report", own_catalog), _facts(report))
    document = blank(paper.orientation, paper.title, paper.made_on)
    add_footer(document, paper.footer)
    if paper.practice:
        add_watermark(document, PRACTICE)
    for block in paper.head:
        add_text(document, block.text, STYLES[block.style], paper.orientation)
    _add_facts(document, paper)
    for place, screenshot in enumerate(report.screenshots, 1):
        _add_picture(document, paper, place, safe_picture(screenshot.path.read_bytes()))
        _add_comment(document, paper, screenshot.comment or (report.description if place == 1 else ""))
    if not report.screenshots:
        _add_comment(document, paper, report.description)
    for block in paper.tail:
        add_text(document, block.text, STYLES[block.style], paper.orientation)
    name = file_name(paper.stem, ".docx")
    return [MadeFile(name, MEDIA_TYPE, saved(document, paper.made_on), f"{paper.purpose}-docx")]


def fitted(picture: Picture, widest: float, tallest: float) -> tuple[float, float]:
    """Width and height in millimetres that keep the proportions and fit the box."""
    natural = picture.width * _MM_PER_PIXEL, picture.height * _MM_PER_PIXEL
    shrink = min(1.0, widest / natural[0], tallest / natural[1])
    return natural[0] * shrink, natural[1] * shrink


def _facts(report: TroubleReport) -> PaperFacts:
    return PaperFacts(
        request=report.request,
        number=report.number,
        version=report.version,
        made_on=report.made_on,
        title=_TITLE,
        organisation=report.organisation,
        desk_address=report.desk_address,
        reply_to=report.reply_to,
        practice=report.practice,
        answers={"system": report.system, "user": report.person, "happened": report.happened},
    )


def _add_facts(document: WordDocument, paper: Paper) -> None:
    if paper.table is None:
        return
    row, table = row_template(paper.table), paper.table
    element = page_table(table, row_height(table, table.headings, bold=True))
    for cells in table.rows:
        element.append(filled(row, cells, row_height(table, cells)))
    document.element.body[-1].addprevious(element)


def _add_picture(document: WordDocument, paper: Paper, place: int, picture: Picture) -> None:
    """The picture and its number; the comment follows on the same page."""
    width, height = fitted(picture, SHEETS[paper.orientation].body_width - 2, _TALLEST_MM)
    holder = document.add_paragraph()
    holder.alignment = WD_ALIGN_PARAGRAPH.CENTER
    holder.paragraph_format.keep_with_next = True
    holder.paragraph_format.space_before, holder.paragraph_format.space_after = Pt(10), Pt(3)
    shape = holder.add_run().add_picture(io.BytesIO(picture.png), width=Mm(width), height=Mm(height))
    shape._inline.docPr.set("descr", f"Снимок экрана {place}")
    caption = add_text(document, f"Рисунок {place}. Снимок экрана с ошибкой", STYLES["caption"], paper.orientation)
    caption.paragraph_format.keep_with_next = True


def _add_comment(document: WordDocument, paper: Paper, comment: str) -> None:
    lines = [line for line in map(printable, comment.splitlines()) if line]
    for number, line in enumerate(lines):
        text = f"Комментарий: {line}" if number == 0 else line
        add_text(document, typeset(text), STYLES["item"], paper.orientation)
