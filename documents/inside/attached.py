"""Inside the sandbox's child: does an attached file open, how many pages has it, and what does it say."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pypdfium2
import pypdfium2.raw as pdfium
from PIL import Image

from documents.inside import office, texts
from documents.inside.archives import opened_archive
from documents.inside.pieces import Pieces
from sandbox.errors import Refused

MAX_PIXELS = 80_000_000
_MAX_PAGES = 2000
_FORMATS = ("JPEG", "PNG", "TIFF", "BMP", "GIF", "WEBP")
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_OLD_SHEET = tuple(name.encode("utf-16-le") for name in ("Workbook", "Book"))
_LOCKED = "Файл закрыт паролем. Снимите пароль и приложите снова."
_PDF_BROKEN = "PDF повреждён и не открывается. Сохраните или отсканируйте его заново."
_OPEN = "application/vnd.oasis.opendocument."
_MICROSOFT = "application/vnd.openxmlformats-officedocument."


def look(path: str, kind: str, search: bool) -> dict[str, Any]:
    """{"pages", "text_read", "pieces"}; `pieces` only when searched. Raises Refused for what does not open."""
    reader = _READERS.get(kind)
    if reader is None:
        return {"pages": None, "text_read": False, "pieces": []}
    pieces = Pieces() if search else None
    pages = reader(path, pieces)
    read = kind not in _UNREADABLE and (pieces is None or pieces.complete)
    return {"pages": pages, "text_read": read, "pieces": pieces.rows if pieces else []}


def _pdf(path: str, pieces: Pieces | None) -> int:
    try:
        pdf = pypdfium2.PdfDocument(path)
        count = len(pdf)
    except pypdfium2.PdfiumError as error:
        if "password" in str(error).lower():
            raise Refused("encrypted", "PDF закрыт паролем. Сохраните его без пароля и приложите снова.") from None
        raise Refused("broken", _PDF_BROKEN) from None
    if count == 0:
        raise Refused("empty", "В PDF нет ни одной страницы. Сохраните его заново.")
    try:
        for index in range(min(count, _MAX_PAGES) if pieces is not None else 1):
            _pdf_page(pdf, index, pieces)
    except pypdfium2.PdfiumError:
        raise Refused(
            "broken", f"Страница {index + 1} PDF повреждена. Сохраните или отсканируйте его заново."
        ) from None
    if pieces is not None and count > _MAX_PAGES:
        pieces.complete = False
    return count


def _pdf_page(pdf: pypdfium2.PdfDocument, index: int, pieces: Pieces | None) -> None:
    """Notes and filled fields are laid into the page first: the text layer alone does not have them."""
    page = pdf[index]
    if pieces is None:
        return
    pdfium.FPDFPage_Flatten(page, pdfium.FLAT_NORMALDISPLAY)
    page.close()
    page = pdf[index]
    text = page.get_textpage().get_text_range()
    if not text.strip() and any(True for _ in page.get_objects(max_depth=4)):
        pieces.complete = False  # a scan
    pieces.add(f"стр. {index + 1}", text)


def _picture(path: str, pieces: Pieces | None) -> int:
    Image.MAX_IMAGE_PIXELS = None  # our own limit says what to do
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # odd EXIF is no reason to refuse
            with Image.open(path, formats=_FORMATS) as image:
                if image.width * image.height > MAX_PIXELS:
                    raise Refused(
                        "too-many-pixels", "В картинке слишком много точек. Сканируйте с разрешением 200–300 dpi."
                    )
                frames = int(getattr(image, "n_frames", 1))
                image.load()
                return frames if image.format == "TIFF" else 1
    except (OSError, SyntaxError, ValueError, EOFError):
        raise Refused("broken", "Картинка повреждена и не открывается. Сделайте снимок или скан заново.") from None


def _zip(path: str, pieces: Pieces | None) -> None:
    with opened_archive(Path(path).read_bytes()) as archive:
        if not archive.namelist():
            raise Refused("empty", "В архиве нет ни одного файла.")


def _old_office(path: str, pieces: Pieces | None) -> None:
    """A .doc cannot be read here; an .xls can."""
    data = Path(path).read_bytes()
    if _ENCRYPTED in data:
        raise Refused("encrypted", _LOCKED)
    if pieces is None:
        return
    if not any(name in data for name in _OLD_SHEET) or "WordDocument".encode("utf-16-le") in data:
        pieces.complete = False
        return
    from python_calamine import CalamineError, CalamineWorkbook

    try:
        book = CalamineWorkbook.from_path(path)
        for number, name in enumerate(book.sheet_names, 1):
            for row, cells in enumerate(book.get_sheet_by_name(name).to_python(skip_empty_area=False), 1):
                for column, cell in enumerate(cells, 1):
                    place = f"лист «{name}», строка {row}, столбец {column}"
                    pieces.add(place, office.as_text(cell), number, row, column)
    except (CalamineError, OSError, ValueError):
        raise Refused("broken", "Файл Excel не открывается. Сохраните его как .xlsx и приложите снова.") from None


def _of_text(reader: Callable[[bytes, Pieces], None]) -> Callable[[str, Pieces | None], None]:
    def read(path: str, pieces: Pieces | None) -> None:
        if pieces is not None:
            reader(Path(path).read_bytes(), pieces)

    return read


_PICTURES = ("image/jpeg", "image/png", "image/tiff", "image/bmp", "image/gif", "image/webp")
_UNREADABLE = frozenset((*_PICTURES, "application/zip"))
_READERS: dict[str, Callable[[str, Pieces | None], int | None]] = {
    "application/pdf": _pdf,
    **dict.fromkeys(_PICTURES, _picture),
    f"{_MICROSOFT}wordprocessingml.document": office.word,
    f"{_MICROSOFT}spreadsheetml.sheet": office.excel,
    f"{_OPEN}spreadsheet": office.open_document,
    f"{_OPEN}text": office.open_document,
    "application/zip": _zip,
    "application/x-ole-storage": _old_office,
    "text/plain": _of_text(texts.plain),
    "text/html": _of_text(texts.structured),
    "application/xml": _of_text(texts.structured),
    "application/json": _of_text(texts.as_json),
    "application/rtf": _of_text(texts.rtf),
    "message/rfc822": _of_text(texts.letter),
}
