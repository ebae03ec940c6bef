"""What a file is, by its first bytes and never by its name."""

from __future__ import annotations

import re

from documents.der import CERTIFICATE, KEYS, PRIVATE, REQUEST, REVOKED, SIGNED, der_kind

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
    (b"mimetypeapplication/vnd.oasis.opendocument.text", "application/vnd.oasis.opendocument.text"),
)
_ARMOUR = re.compile(r"-----BEGIN ([A-Z0-9 ]{3,40})-----")
_ARMOURED = (
    ("PRIVATE KEY", PRIVATE),
    ("CERTIFICATE REQUEST", REQUEST),
    ("X509 CRL", REVOKED),
    ("CERTIFICATE", CERTIFICATE),
    ("PKCS7", SIGNED),
    ("CMS", SIGNED),
    ("PKCS12", KEYS),
)
_TEXTS = (
    (re.compile(r"\{\\rtf"), "application/rtf"),
    (re.compile(r"<\?xml\b"), "application/xml"),
    (re.compile(r"<!doctype html|<html\b", re.IGNORECASE), "text/html"),
    (re.compile(r"\{\s*(?:\"|\})|\[\s*(?:[\"{\[\]]|-?\d+\s*[,\]])"), "application/json"),
)
_CONTROLS = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")
_HEAD = 8192
UNKNOWN = "application/octet-stream"
# All that `sniff` can answer of a file that is something: what a catalogue may ask for.
REPORTED: frozenset[str] = frozenset(
    {"image/heic", "application/zip", "application/pdf", "message/rfc822", "text/plain"}
    | {kind for _, _, kind in _SIGNATURES}
    | {kind for _, kind in (*_OFFICE, *_ARMOURED)}
    | {kind for _, kind in _TEXTS}
)


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
    return der_kind(data) or ("message/rfc822" if _MAIL.match(data) else _text_kind(data[:_HEAD]))


def _text_kind(head: bytes) -> str:
    """A text of some sort, or unknown. The head may end in the middle of a letter."""
    text = _as_text(head)
    if text is None:
        return UNKNOWN
    armoured = _ARMOUR.findall(text)
    for mark, kind in _ARMOURED:
        if any(mark in label for label in armoured):
            return kind
    start = text.lstrip("\ufeff \t\r\n")
    return next((kind for shape, kind in _TEXTS if shape.match(start)), "text/plain")


def _as_text(head: bytes) -> str | None:
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return head.decode("utf-16", "replace")
    order = wide_order(head)
    if order is not None:
        text = head[: len(head) // 2 * 2].decode(order, "replace")
        return None if _CONTROLS.search(text.encode("latin-1", "replace")) else text
    if _CONTROLS.search(head):
        return None
    try:
        return head.decode("utf-8")
    except UnicodeDecodeError as error:
        if error.start >= len(head) - 3:
            return head[: error.start].decode("utf-8")
    letters = sum(byte >= 0x80 for byte in head)
    words = sum(byte in b" \n\t,.;" for byte in head)
    return head.decode("latin-1") if (words + 1) * 40 >= letters else None  # eight-bit letters with spaces between


def wide_order(data: bytes) -> str | None:
    """UTF-16 without a mark: nearly every other byte is 00 (Latin, spaces) or 04 (Cyrillic). None for anything else."""
    sample = data[:_HEAD]
    for order, high, low in (("utf-16-le", sample[1::2], sample[::2]), ("utf-16-be", sample[::2], sample[1::2])):
        if len(high) > 3 and high.count(0) + high.count(4) > 0.9 * len(high) and low.count(0) < 0.1 * len(low):
            return order
    return None
