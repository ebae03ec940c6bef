"""The page code on a sheet, with retries: each next attempt costs more and helps with a worse picture."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import numpy as np
import zxingcpp
from PIL import Image, ImageFilter, ImageOps

from documents.codes import BadCode, ForeignCode, PageCode, decode
from documents.inside.ink import levelled

_QR = zxingcpp.BarcodeFormats([zxingcpp.BarcodeFormat.QRCode])
_TILE = 0.55  # of a side: four overlapping tiles leave no code cut in two
_TILE_LONGEST = 2600
_BORDER = 60  # a code at the very edge of a photo has lost its quiet zone


@dataclass(slots=True)
class Found:
    """Codes of ours with the quarter turn (0, 90, 180, 270 clockwise) that makes the sheet upright."""

    codes: dict[PageCode, int] = field(default_factory=dict)
    damaged: bool = False
    foreign: bool = False


def find_codes(grey: Image.Image, finer: Callable[[], Image.Image] | None = None) -> Found:
    """Try harder and harder until a code of ours is read. The last attempts need `finer`, which gives a larger copy."""
    found = Found()
    for attempt in _attempts(grey, finer):
        for barcode in zxingcpp.read_barcodes(attempt, formats=_QR, try_invert=False):
            _take(found, barcode)
        if found.codes:
            break
    return found


def _take(found: Found, barcode: zxingcpp.Barcode) -> None:
    try:
        found.codes[decode(barcode.text)] = round(-barcode.orientation / 90) % 4 * 90
    except BadCode:
        found.damaged = True
    except ForeignCode:
        found.foreign = True


def _attempts(grey: Image.Image, finer: Callable[[], Image.Image] | None) -> Iterator[Image.Image]:
    yield grey
    yield grey.filter(ImageFilter.MedianFilter(3))
    yield _even_light(grey)
    if finer is None:
        return
    for tile in _tiles(finer()):
        enlarged = _enlarged(tile)
        yield enlarged
        yield enlarged.filter(ImageFilter.MedianFilter(5))
        yield _even_light(enlarged.filter(ImageFilter.GaussianBlur(1.5)))
        yield enlarged.filter(ImageFilter.UnsharpMask(6, 250, 2))


def _even_light(image: Image.Image) -> Image.Image:
    level = levelled(image, max(image.size) / 40)
    return Image.fromarray(np.clip((level - 0.45) * 400, 0, 255).astype(np.uint8))


def _tiles(image: Image.Image) -> Iterator[Image.Image]:
    """Lower corners first: that is where most forms have their code."""
    width, height = image.size
    wide, high = round(width * _TILE), round(height * _TILE)
    for left, top in ((width - wide, height - high), (0, height - high), (width - wide, 0), (0, 0)):
        yield image.crop((left, top, left + wide, top + high))


def _enlarged(tile: Image.Image) -> Image.Image:
    scale = min(2.0, _TILE_LONGEST / max(tile.size))
    large = tile.resize((round(tile.width * scale), round(tile.height * scale)), Image.Resampling.BICUBIC)
    return ImageOps.expand(large, _BORDER, fill=255)
