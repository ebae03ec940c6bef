"""Inside the sandbox's child: a PDF page by page, and then every object of it, drawn on a page or not."""

from __future__ import annotations

import math
import re

import pypdfium2
import pypdfium2.raw as pdfium

from documents.inside import pdf_objects
from documents.inside.binary import is_even
from documents.inside.pieces import Pieces
from sandbox.errors import Refused

_BROKEN = "PDF повреждён и не открывается. Сохраните или отсканируйте его заново."
_MAX_PAGES = 2000
_DEEP = 12  # forms within forms
_CURVES = 60  # curved or slanting strokes of a page: a table and its frame have none, one word in outlines has hundreds
_SMALL = 8  # pixels: no letter fits in
_LOOKED_THROUGH = 4_000_000  # pixels of a picture that is looked at for being empty
_GARBLED = re.compile("[\u00c0-\u024f\ue000-\uf8ff\ufffd\x00-\x08]")
_FEW = 5  # signs like that may stand in a foreign name


def read(path: str, pieces: Pieces | None) -> int:
    """The number of pages. Raises Refused for what does not open."""
    try:
        pdf = pypdfium2.PdfDocument(path)
        count = len(pdf)
    except pypdfium2.PdfiumError as error:
        if "password" in str(error).lower():
            raise Refused("encrypted", "PDF закрыт паролем. Сохраните его без пароля и приложите снова.") from None
        raise Refused("broken", _BROKEN) from None
    if count == 0:
        raise Refused("empty", "В PDF нет ни одной страницы. Сохраните его заново.")
    try:
        for index in range(min(count, _MAX_PAGES) if pieces is not None else 1):
            _page(pdf, index, pieces)
    except pypdfium2.PdfiumError:
        raise Refused(
            "broken", f"Страница {index + 1} PDF повреждена. Сохраните или отсканируйте его заново."
        ) from None
    if pieces is not None:
        if count > _MAX_PAGES:
            pieces.leave(f"страницы после {_MAX_PAGES}-й")
        pdf_objects.read(path, pieces)
    return count


def _page(pdf: pypdfium2.PdfDocument, index: int, pieces: Pieces | None) -> None:
    """Notes and filled fields are laid into the page first: the text layer alone does not have them."""
    page = pdf[index]
    if pieces is None:
        return
    pdfium.FPDFPage_Flatten(page, pdfium.FLAT_NORMALDISPLAY)
    page.close()
    page = pdf[index]
    layer = page.get_textpage()
    text = layer.get_text_range()
    pieces.add(f"стр. {index + 1}", text)
    if any(pdfium.FPDFText_HasUnicodeMapError(layer, place) == 1 for place in range(layer.count_chars())) or (
        len(_GARBLED.findall(text)) >= _FEW
    ):
        pieces.leave(f"стр. {index + 1}: буквы без кодов")
        pieces.aside(f"стр. {index + 1}", [text.encode("cp1252", "replace").decode("cp1251", "replace")])
    _drawn(page, f"стр. {index + 1}", pieces)


def _drawn(page: pypdfium2.PdfPage, where: str, pieces: Pieces) -> None:
    """A page number or a scanner's mark over a picture does not make the picture read."""
    curves = 0
    for found in page.get_objects(max_depth=_DEEP):
        if found.type == pdfium.FPDF_PAGEOBJ_IMAGE and not _is_empty(found):
            pieces.leave(f"{where}: картинка")
        elif found.type == pdfium.FPDF_PAGEOBJ_SHADING:
            pieces.leave(f"{where}: рисунок")
        elif found.type == pdfium.FPDF_PAGEOBJ_PATH and curves <= _CURVES:
            curves += _curves(found)
        elif found.type == pdfium.FPDF_PAGEOBJ_FORM and found.level >= _DEEP - 1:
            pieces.leave(f"{where}: рисунок")
    if curves > _CURVES:
        pieces.leave(f"{where}: рисунок из линий")


def _is_empty(picture: pypdfium2.PdfObject) -> bool:
    width, height = picture.get_px_size()
    if min(width, height) < _SMALL:
        return True
    if width * height > _LOOKED_THROUGH:
        return False
    try:
        return is_even(picture.get_bitmap().to_pil())
    except pypdfium2.PdfiumError:
        return False


def _curves(path: pypdfium2.PdfObject) -> int:
    """Strokes that no table has: neither level nor upright."""
    count, last = 0, (0.0, 0.0)
    x, y = pdfium.c_float(), pdfium.c_float()
    for number in range(min(pdfium.FPDFPath_CountSegments(path), 4 * _CURVES)):
        segment = pdfium.FPDFPath_GetPathSegment(path, number)
        kind = pdfium.FPDFPathSegment_GetType(segment)
        pdfium.FPDFPathSegment_GetPoint(segment, x, y)
        here = (x.value, y.value)
        level = math.isclose(here[0], last[0], abs_tol=0.1) or math.isclose(here[1], last[1], abs_tol=0.1)
        count += kind == pdfium.FPDF_SEGMENT_BEZIERTO or (kind == pdfium.FPDF_SEGMENT_LINETO and not level)
        last = here
    return count
