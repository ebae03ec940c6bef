"""Files as downloads that no browser opens as a page of ours."""

from __future__ import annotations

from urllib.parse import quote

from starlette.responses import Response

# Whatever a file holds, nothing of it runs.
LOCKED_UP = {"Content-Security-Policy": "default-src 'none'; sandbox"}


def download(data: bytes, name: str, media_type: str) -> Response:
    """An attachment with its Cyrillic name (RFC 5987); a plain name stands in for programs that know only ASCII."""
    suffix = name.rpartition(".")[2] if "." in name else "bin"
    plain = f"file.{suffix}" if suffix.isascii() and suffix.isalnum() else "file.bin"
    disposition = f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"
    return Response(data, media_type=media_type, headers={"Content-Disposition": disposition, **LOCKED_UP})
