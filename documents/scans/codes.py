"""Finding our code on a page that was copied, turned, blurred or photographed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from documents.codes import BadCode, ForeignCode, decode

if TYPE_CHECKING:
    from PIL import Image

_CROP = 0.42


def code_on(picture: Image.Image) -> tuple[str | None, int]:
    """The code's text and by how many degrees (counter-clockwise) the page must be turned to stand upright.

    A code of ours wins over any other on the page; without one, the first text that was read.
    """
    other: tuple[str | None, int] = (None, 0)
    for variant in _variants(picture):
        for text, angle in _read(variant):
            if _is_ours(text):
                return text, angle
            other = other if other[0] is not None else (text, angle)
    return other


def _is_ours(text: str) -> bool:
    try:
        decode(text)
    except (ForeignCode, BadCode):
        return False
    return True


def _read(picture: Image.Image) -> list[tuple[str, int]]:
    import zxingcpp

    found = zxingcpp.read_barcodes(picture, formats=zxingcpp.BarcodeFormat.QRCode)
    return [(barcode.text, _upright(barcode)) for barcode in found]


def _upright(barcode: Any) -> int:
    """The code's own turn, to the next quarter."""
    return round(barcode.orientation / 90) * 90 % 360


def _variants(picture: Image.Image) -> Iterator[Image.Image]:
    """The page as it is first, then cheaper guesses before dearer ones."""
    from PIL import Image, ImageFilter, ImageOps

    yield picture
    yield picture.filter(ImageFilter.MedianFilter(3))
    largest = max(picture.size)
    if largest > 2600:
        yield picture.resize((picture.width // 2, picture.height // 2), Image.Resampling.BOX)
    if largest <= 3600:
        yield picture.resize((picture.width * 2, picture.height * 2), Image.Resampling.BICUBIC)
    for corner in _corners(picture):
        enlarged = corner.resize((corner.width * 2, corner.height * 2), Image.Resampling.BICUBIC)
        yield ImageOps.autocontrast(enlarged, cutoff=2)
        yield ImageOps.autocontrast(enlarged.filter(ImageFilter.UnsharpMask(3, 200)), cutoff=5)


def _corners(picture: Image.Image) -> Iterator[Image.Image]:
    width, height = round(picture.width * _CROP), round(picture.height * _CROP)
    for left in (0, picture.width - width):
        for top in (0, picture.height - height):
            yield picture.crop((left, top, left + width, top + height))
