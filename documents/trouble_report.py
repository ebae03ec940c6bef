"""Обращение о неполадке (VER-3, VER-4): each screenshot pasted, with a comment under it."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass

from docx.document import Document as WordDocument
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.shared import Mm, Pt

from documents.making import MadeFile
from documents.paging import row_height
from documents.paper import Paper
from documents.pictures import Picture
from documents.russian import file_name, printable, typeset
from documents.sheet import SHEETS, STYLES
from documents.word import MEDIA_TYPE
from documents.wordfile import add_footer, add_text, blank, saved
from documents.wordxml import filled, page_table, row_template

_MM_PER_PIXEL = 25.4 / 96  # a screenshot is never blown up beyond its size on the screen
_TALLEST_MM = 150


@dataclass(frozen=True, slots=True)
class Screenshot:
    """A picture and what led to the error; line ends in the comment are kept."""

    picture: Picture
    comment: str


def trouble_report(paper: Paper, screenshots: Sequence[Screenshot]) -> MadeFile:
    """The report in Word. It is not signed, so its pages bear no code."""
    document = blank(paper.orientation, paper.title, paper.made_on)
    add_footer(document, paper.footer)
    for block in paper.head:
        add_text(document, block.text, STYLES[block.style], paper.orientation)
    _add_facts(document, paper)
    for place, screenshot in enumerate(screenshots, 1):
        _add_screenshot(document, paper, place, screenshot)
    for block in paper.tail:
        add_text(document, block.text, STYLES[block.style], paper.orientation)
    name = file_name(paper.stem, ".docx")
    return MadeFile(name, MEDIA_TYPE, saved(document, paper.made_on), f"{paper.purpose}-docx")


def fitted(picture: Picture, widest: float, tallest: float) -> tuple[float, float]:
    """Width and height in millimetres that keep the proportions and fit the box."""
    natural = picture.width * _MM_PER_PIXEL, picture.height * _MM_PER_PIXEL
    shrink = min(1.0, widest / natural[0], tallest / natural[1])
    return natural[0] * shrink, natural[1] * shrink


def _add_facts(document: WordDocument, paper: Paper) -> None:
    if paper.table is None:
        return
    row, table = row_template(paper.table), paper.table
    element = page_table(table, row_height(table, table.headings, bold=True))
    for cells in table.rows:
        element.append(filled(row, cells, row_height(table, cells)))
    document.element.body[-1].addprevious(element)


def _add_screenshot(document: WordDocument, paper: Paper, place: int, screenshot: Screenshot) -> None:
    """Picture, its number and the comment stay together as far as the page allows."""
    width, height = fitted(screenshot.picture, SHEETS[paper.orientation].body_width - 2, _TALLEST_MM)
    holder = document.add_paragraph()
    holder.alignment = WD_ALIGN_PARAGRAPH.CENTER
    holder.paragraph_format.keep_with_next = True
    holder.paragraph_format.space_before, holder.paragraph_format.space_after = Pt(10), Pt(3)
    shape = holder.add_run().add_picture(io.BytesIO(screenshot.picture.png), width=Mm(width), height=Mm(height))
    shape._inline.docPr.set("descr", f"Снимок экрана {place}")
    caption = add_text(document, f"Рисунок {place}. Снимок экрана с ошибкой", STYLES["caption"], paper.orientation)
    caption.paragraph_format.keep_with_next = True
    lines = [line for line in map(printable, screenshot.comment.splitlines()) if line]
    for number, line in enumerate(lines):
        text = f"Комментарий: {line}" if number == 0 else line
        add_text(document, typeset(text), STYLES["item"], paper.orientation)
