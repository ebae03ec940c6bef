"""Inside the sandbox's child: words in bytes of an unknown make, and pictures in which there is nothing to read."""

from __future__ import annotations

import io
import re
import warnings
from collections.abc import Iterator

from PIL import Image

from documents.inside.markup import is_author

_WIDE = re.compile(rb"(?:[\t\n\r\x20-\x7e\xa0-\xbf]\x00|[\x01-\x5f]\x04|[\x10-\x3f]\x20|\x16\x21){4,}")
_NARROW = re.compile(rb"[\t\n\r\x20-\x7e\xa0\xa8\xab\xb8\xb9\xbb\xc0-\xff\x96\x97]{8,}")
_UTF8 = re.compile(
    rb"(?:[\t\n\r\x20-\x7e]|\xd0[\x81\x90-\xbf]|\xd1[\x80-\x8f\x91]|\xc2[\xa0-\xbf]|\xe2\x80[\x90-\xa6]){8,}"
)
_WORTH = re.compile(r"[А-Яа-яЁё]{2}|\d[\d \-]{7,}\d")
_SMALL_SIDE = 8  # pixels: no letter fits in
_MOST_PIXELS = 20_000_000  # of a picture that is looked through for being empty


def words_in(data: bytes) -> Iterator[str]:
    """Runs of letters and digits as UTF-16, UTF-8 and Windows-1251; not who made the file."""
    for shape, charset in ((_WIDE, "utf-16-le"), (_UTF8, "utf-8"), (_NARROW, "cp1251")):
        for found in shape.findall(data):
            text = found.decode(charset, "replace")
            if _WORTH.search(text) and not is_author(text):
                yield text


def is_empty_picture(data: bytes) -> bool:
    """Of one colour all over, or too small for a letter: nothing can be read in it."""
    Image.MAX_IMAGE_PIXELS = None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with Image.open(io.BytesIO(data)) as image:
                if int(getattr(image, "n_frames", 1)) > 1 or image.width * image.height > _MOST_PIXELS:
                    return False
                return min(image.size) < _SMALL_SIDE or is_even(image.convert("RGBA"))
    except Exception:  # whatever a broken picture makes the library raise: nobody knows what it shows
        return False


def is_even(image: Image.Image) -> bool:
    extremes = image.getextrema()
    sides = extremes if isinstance(extremes[0], tuple) else (extremes,)
    return all(low == high for low, high in sides)
