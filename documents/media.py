"""What a file is, by its first bytes and never by its name."""

from __future__ import annotations

import re

_SIGNATURES: tuple[tuple[int, bytes, str], ...] = (
    (0, b"\xff\xd8\xff", "image/jpeg"),
    (0, b"\x89PNG\r\n\x1a\n", "image/png"),
    (0, b"II*\x00", "image/tiff"),
    (0, b"MM\x00*", "image/tiff"),
    (0, b"GIF8", "image/gif"),
    (0, b"BM", "image/bmp"),
    (0, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "application/x-ole-storage"),
    (0, b"Rar!\x1a\x07", "application/vnd.rar"),
    (0, b"7z\xbc\xaf\x27\x1c", "application/x-7z-compressed"),
    (8, b"WEBP", "image/webp"),
)
_HEIC_BRANDS = (b"heic", b"heix", b"hevc", b"mif1", b"msf1", b"avif")
_MAIL = re.compile(rb"(?:return-path|received|from|to|subject|date|message-id|mime-version|x-[\w-]+): ", re.IGNORECASE)
_ZIP = b"PK\x03\x04"
_OFFICE = (
    (b"word/", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    (b"xl/", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    (b"mimetypeapplication/vnd.oasis.opendocument.spreadsheet", "application/vnd.oasis.opendocument.spreadsheet"),
)
UNKNOWN = "application/octet-stream"


def sniff(data: bytes) -> str:
    """Media type; `application/octet-stream` for what is not recognised, `application/x-empty` for nothing.

    A signature at its own place outweighs `%PDF-` somewhere near the start: a file made to look like both is a picture.
    """
    if not data:
        return "application/x-empty"
    if data[4:8] == b"ftyp" and data[8:12] in _HEIC_BRANDS:
        return "image/heic"
    if data.startswith(_ZIP):
        return next((kind for mark, kind in _OFFICE if mark in data), "application/zip")
    signed = next((kind for place, mark, kind in _SIGNATURES if data.startswith(mark, place)), None)
    if signed is not None:
        return signed
    if b"%PDF-" in data[:1024]:
        return "application/pdf"
    return "message/rfc822" if _MAIL.match(data) else UNKNOWN
