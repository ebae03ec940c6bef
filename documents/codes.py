"""The code on each generated page: request, version, page of pages and a check, in 17 characters of a QR 1-M."""

from __future__ import annotations

import hashlib
import io
from dataclasses import dataclass
from functools import lru_cache

import segno
from PIL import Image

_PREFIX = "ED"
_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford: no I, L, O, U, so it can be typed by hand
_BITS = {"request": 24, "version": 7, "page": 12, "of": 12}
_BODY_LENGTH = 11  # 55 bits
_CHECK_LENGTH = 4
_DOTS = 8  # a module's side, so that no word processor has to blur it up
_QUIET_ZONE = 4  # modules; the standard asks for four


class ForeignCode(ValueError):
    """The text is not a page code of ours at all."""


class BadCode(ValueError):
    """The text looks like a page code of ours and is damaged."""


@dataclass(frozen=True, slots=True)
class PageCode:
    """One page of one version of one request. No personal data goes in here."""

    request: int
    version: int
    page: int
    of: int


def _check(body: str) -> str:
    number = int.from_bytes(hashlib.sha256(f"egisz-access page {body}".encode("ascii")).digest()[:4], "big")
    return _in_base32(number >> 12, _CHECK_LENGTH)


def _in_base32(number: int, length: int) -> str:
    return "".join(_ALPHABET[number >> 5 * place & 31] for place in reversed(range(length)))


def encode(code: PageCode) -> str:
    """The 17 characters. ValueError when a number does not fit (requests to 16 million, 127 versions, 4095 pages)."""
    packed = 0
    for name, bits in _BITS.items():
        number = getattr(code, name)
        if not 0 < number < 1 << bits:
            raise ValueError(f"{name} does not fit a page code: {number}")
        packed = packed << bits | number
    if code.page > code.of:
        raise ValueError(f"page {code.page} of {code.of}")
    body = _in_base32(packed, _BODY_LENGTH)
    return _PREFIX + body + _check(body)


def decode(text: str) -> PageCode:
    """Raises ForeignCode for any other text and BadCode for a code of ours that does not add up."""
    if not text.startswith(_PREFIX) or len(text) != len(_PREFIX) + _BODY_LENGTH + _CHECK_LENGTH:
        raise ForeignCode("not a page code")
    if any(character not in _ALPHABET for character in text[len(_PREFIX) :]):
        raise ForeignCode("not a page code")
    body, check = text[len(_PREFIX) : -_CHECK_LENGTH], text[-_CHECK_LENGTH:]
    if _check(body) != check:
        raise BadCode("the check characters do not fit")
    code = _unpacked(body)
    if not (code.request and code.version and 0 < code.page <= code.of):
        raise BadCode("numbers that no page has")
    return code


def _unpacked(body: str) -> PageCode:
    packed = 0
    for character in body:
        packed = packed << 5 | _ALPHABET.index(character)
    numbers = {}
    for name, bits in reversed(_BITS.items()):
        numbers[name] = packed & (1 << bits) - 1
        packed >>= bits
    return PageCode(**numbers)


@lru_cache(maxsize=1024)  # the Word and the Excel file of a paper bear the same codes
def picture(code: PageCode) -> bytes:
    """The QR as PNG with its quiet zone; 29 modules a side, so at 24 mm a module is 0.8 mm."""
    qr = segno.make(encode(code), version=1, error="m", mode="alphanumeric", boost_error=False)
    rows = [bytes(0 if dark else 255 for dark in row) for row in qr.matrix_iter(border=_QUIET_ZONE)]
    side = len(rows)
    image = Image.frombytes("L", (side, side), b"".join(rows)).convert("1")
    buffer = io.BytesIO()
    image.resize((side * _DOTS, side * _DOTS), Image.Resampling.NEAREST).save(buffer, "PNG")
    return buffer.getvalue()
