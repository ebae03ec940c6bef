"""Files as downloads that no browser opens as a page of ours."""

from __future__ import annotations

from urllib.parse import quote

from starlette.responses import Response

from documents.media import UNKNOWN, sniff

# Whatever a file holds, nothing of it runs.
LOCKED_UP = {"Content-Security-Policy": "default-src 'none'; base-uri 'none'; frame-ancestors 'none'; sandbox"}


def download(data: bytes, name: str, media_type: str) -> Response:
    """An attachment with its Cyrillic name (RFC 5987); a plain name stands in for programs that know only ASCII."""
    suffix = name.rpartition(".")[2] if "." in name else "bin"
    plain = f"file.{suffix}" if suffix.isascii() and suffix.isalnum() else "file.bin"
    disposition = f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"
    return Response(data, media_type=media_type, headers={"Content-Disposition": disposition, **LOCKED_UP})


_AS_THEY_ARE = ("image/jpeg", "image/png", "image/gif", "image/tiff", "image/bmp", "image/webp", "application/pdf", "application/rtf",
    "application/zip", "application/vnd.", "application/x-ole-storage", "message/rfc822")  # fmt: skip
_WORDS = ("text/", "application/xml", "application/json")
_ACTIVE = frozenset("htm html xhtml shtml mht mhtml svg xml xsl js mjs vbs hta css".split())  # noqa: SIM905 – words
_PROGRAMS = frozenset("exe scr com pif bat cmd ps1 msi jar lnk vbs js jse wsf hta cpl reg dll apk".split())  # noqa: SIM905 – words


def strangers_file(data: bytes, name: str) -> Response:
    """What came from outside: its type by its bytes, whatever it calls itself; a page or a script is a text, by name too."""
    kind, suffix = sniff(data), name.rpartition(".")[2].lower()
    if kind.startswith(_WORDS):
        return download(data, f"{name}.txt" if suffix in _ACTIVE else name, "text/plain")
    return download(data, name, kind if kind.startswith(_AS_THEY_ARE) else UNKNOWN)


def letters_file(data: bytes, number: int) -> Response:
    """A letter as it came: from the mailbox, or saved from Outlook."""
    if sniff(data) == "application/x-ole-storage":
        return download(data, f"Письмо {number}.msg", "application/vnd.ms-outlook")
    return download(data, f"Письмо {number}.eml", "message/rfc822")


def is_program(name: str) -> bool:
    """Whether opening it would run it."""
    return name.rpartition(".")[2].strip().lower() in _PROGRAMS
