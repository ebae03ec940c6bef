"""Inside the sandbox's child: does an attached file open, how many pages has it, and what does it say."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

from PIL import Image, _plugins

from documents.inside import office, ole, pdf, texts
from documents.inside.archives import opened_archive, unpacked
from documents.inside.binary import words_in
from documents.inside.pieces import Pieces
from sandbox.errors import Refused

IMPORTED_LATE = (
    "openpyxl",
    "python_calamine",
    "pypdf.filters",
    "email.parser",
    *(f"PIL.{plugin}" for plugin in _plugins),
)
MAX_PIXELS = 80_000_000
_FORMATS = ("JPEG", "PNG", "TIFF", "BMP", "GIF", "WEBP")
_UNKNOWN = "весь файл: такие программа не читает"
_OPEN = "application/vnd.oasis.opendocument."
_MICROSOFT = "application/vnd.openxmlformats-officedocument."


def look(path: str, kind: str, search: bool) -> dict[str, Any]:
    """{"pages", "unread", "pieces"}; `pieces` only when searched, `unread` names what nobody can read in the file.

    Raises Refused for what does not open.
    """
    reader = _READERS.get(kind)
    if reader is None:
        return {"pages": None, "unread": [_UNKNOWN], "pieces": []}
    pieces = Pieces() if search else None
    pages = reader(path, pieces)
    return {"pages": pages, "unread": list(pieces.unread) if pieces else [], "pieces": pieces.rows if pieces else []}


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
                if pieces is not None:
                    pieces.leave("картинка")
                return frames if image.format == "TIFF" else 1
    except (OSError, SyntaxError, ValueError, EOFError):
        raise Refused("broken", "Картинка повреждена и не открывается. Сделайте снимок или скан заново.") from None


def _zip(path: str, pieces: Pieces | None) -> None:
    """Names and plain words of what is packed; files in files are not opened."""
    with opened_archive(Path(path).read_bytes()) as archive:
        if not archive.namelist():
            raise Refused("empty", "В архиве нет ни одного файла.")
        if pieces is not None:
            pieces.leave("файлы в архиве")
            pieces.aside("имена файлов", archive.namelist())
            for member in archive.infolist():
                pieces.aside("файлы в архиве", words_in(unpacked(archive, member)))


def _of_text(reader: Callable[[bytes, Pieces], None]) -> Callable[[str, Pieces | None], None]:
    def read(path: str, pieces: Pieces | None) -> None:
        if pieces is not None:
            reader(Path(path).read_bytes(), pieces)

    return read


_PICTURES = ("image/jpeg", "image/png", "image/tiff", "image/bmp", "image/gif", "image/webp")
_READERS: dict[str, Callable[[str, Pieces | None], int | None]] = {
    "application/pdf": pdf.read,
    **dict.fromkeys(_PICTURES, _picture),
    f"{_MICROSOFT}wordprocessingml.document": office.word,
    f"{_MICROSOFT}spreadsheetml.sheet": office.excel,
    f"{_OPEN}spreadsheet": office.open_document,
    f"{_OPEN}text": office.open_document,
    "application/zip": _zip,
    "application/x-ole-storage": ole.read,
    "text/plain": _of_text(texts.plain),
    "text/html": _of_text(texts.structured),
    "application/xml": _of_text(texts.structured),
    "application/json": _of_text(texts.as_json),
    "application/rtf": _of_text(texts.rtf),
    "message/rfc822": _of_text(texts.letter),
}
