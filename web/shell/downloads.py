"""Files as downloads that no browser opens as a page of ours."""

from __future__ import annotations

from urllib.parse import quote

from starlette.responses import Response

from documents.harmless import harmless
from documents.media import UNKNOWN, sniff

# Whatever a file holds, nothing of it runs.
LOCKED_UP = {"Content-Security-Policy": "default-src 'none'; base-uri 'none'; frame-ancestors 'none'; sandbox"}


def download(data: bytes, name: str, media_type: str) -> Response:
    """An attachment with its Cyrillic name (RFC 5987); a plain name stands in for programs that know only ASCII."""
    suffix = name.rpartition(".")[2] if "." in name else "bin"
    plain = f"file.{suffix}" if suffix.isascii() and suffix.isalnum() else "file.bin"
    disposition = f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"
    return Response(data, media_type=media_type, headers={"Content-Disposition": disposition, **LOCKED_UP})


_AS_THEY_ARE = (
    "image/jpeg",
    "image/png",
    "image/gif",
    "image/tiff",
    "image/bmp",
    "image/webp",
    "application/pdf",
    "application/rtf",
    "application/zip",
    "application/vnd.",
    "application/x-ole-storage",
    "message/rfc822",
    "text/plain",
)


def strangers_file(data: bytes, name: str) -> Response:
    """What came from outside: its type by its bytes, whatever it calls itself; what would run is a text or unknown, by name too."""
    name, kind = harmless(name, data)
    if kind.startswith(("text/", "application/json")):
        kind = "text/plain"
    return download(data, name, kind if kind.startswith(_AS_THEY_ARE) else UNKNOWN)


def letters_file(data: bytes, number: int) -> Response:
    """A letter as it came: from the mailbox, or saved from Outlook."""
    if sniff(data) == "application/x-ole-storage":
        return download(data, f"Письмо {number}.msg", "application/vnd.ms-outlook")
    return download(data, f"Письмо {number}.eml", "message/rfc822")
