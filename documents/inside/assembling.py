"""Sheets drawn anew: as a PNG to look at, as a PDF to send."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path

import pypdfium2
from PIL import Image

from documents.inside.opening import A4_LONG, Source, opened
from documents.inside.qr import find_codes
from documents.inside.reading import LONGEST
from sandbox.errors import Refused

_ANY_PAGES = 5000  # reading has set the limit before
_MAX_PIXELS = 80_000_000
_MAX_WIDTH = 4000
_QUALITIES = ((200, 80), (200, 60), (150, 60), (150, 40), (110, 40))  # dots an inch, JPEG quality
_SHORT, _LONG = 595.28, 841.89  # points of A4
_TURNS = {90: Image.Transpose.ROTATE_270, 180: Image.Transpose.ROTATE_180, 270: Image.Transpose.ROTATE_90}


def draw(path: str, page_in_file: int, width: int, rotation: int | None, target: str) -> None:
    """A PNG file of one sheet, turned clockwise by `rotation`, None: as its code stands."""
    width = min(width, _MAX_WIDTH)
    with opened(path, max_pages=_ANY_PAGES, max_pixels=_MAX_PIXELS) as source:
        if not 0 <= page_in_file < source.count:
            raise Refused("no-such-page", "Такого листа в файле нет.")
        turn = _turn_of_code(source, page_in_file) if rotation is None else rotation
        picture = _upright(source, page_in_file, turn, longest=width * 2)
    height = max(1, round(picture.height * width / picture.width))
    picture.resize((width, height), Image.Resampling.LANCZOS).save(target, "PNG")


def _turn_of_code(source: Source, index: int) -> int:
    grey = source.sheet(index, LONGEST).picture
    found = find_codes(grey, lambda: grey)
    return next(iter(found.codes.values()), 0)


def _upright(source: Source, index: int, rotation: int, *, longest: int) -> Image.Image:
    picture = source.sheet(index, longest, colour=True).picture
    return picture.transpose(_TURNS[rotation]) if rotation else picture


def assemble(paths: list[str], sheets: list[list[int]], target: str, max_bytes: int) -> int:
    """Write the PDF with the best quality that fits; returns its size. `sheets`: file, page in it, rotation."""
    if not sheets:
        raise Refused("empty", "Отправлять нечего: в скане нет ни одной страницы.")
    for dpi, quality in _QUALITIES:
        pictures = list(_encoded(paths, sheets, dpi, quality))
        if sum(len(data) for data, _ in pictures) + 2000 * len(pictures) < max_bytes:
            return _write(pictures, target)
    raise Refused("too-large", f"Скан не помещается в {max_bytes // 1024 // 1024} МБ. Разделите заявку на несколько.")


def _encoded(
    paths: Sequence[str], sheets: Sequence[Sequence[int]], dpi: int, quality: int
) -> Iterator[tuple[bytes, tuple[int, int]]]:
    """Each sheet as JPEG with its size in pixels; each file is opened once."""
    with ExitStack() as stack:
        sources: dict[int, Source] = {}
        for file_index, page_in_file, rotation in sheets:
            if file_index not in sources:
                limits = {"max_pages": _ANY_PAGES, "max_pixels": _MAX_PIXELS}
                sources[file_index] = stack.enter_context(opened(paths[file_index], **limits))
            picture = _upright(sources[file_index], page_in_file, rotation, longest=round(dpi * A4_LONG))
            buffer = io.BytesIO()
            picture.save(buffer, "JPEG", quality=quality, optimize=True)
            yield buffer.getvalue(), picture.size


def _write(pictures: Sequence[tuple[bytes, tuple[int, int]]], target: str) -> int:
    pdf = pypdfium2.PdfDocument.new()
    for data, (wide, high) in pictures:
        width, height = (_SHORT, _LONG) if high >= wide else (_LONG, _SHORT)
        page = pdf.new_page(width, height)
        image = pypdfium2.PdfImage.new(pdf)
        image.load_jpeg(io.BytesIO(data), inline=True)
        scale = min(width / wide, height / high)
        shown = pypdfium2.PdfMatrix().scale(wide * scale, high * scale)
        image.set_matrix(shown.translate((width - wide * scale) / 2, (height - high * scale) / 2))
        page.insert_obj(image)
        page.gen_content()
    pdf.save(target)
    return Path(target).stat().st_size
