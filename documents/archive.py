"""Office files with the same bytes for the same content: fixed order, fixed times, fixed core properties."""

from __future__ import annotations

import datetime as dt
import io
import re
import zipfile

_EPOCH = (1980, 1, 1, 0, 0, 0)
_CORE = "docProps/core.xml"
_MODIFIED = re.compile(rb"(<dcterms:modified[^>]*>)[^<]*(</dcterms:modified>)")
_FIRST = "[Content_Types].xml"


def normalised(data: bytes, made_on: dt.date) -> bytes:
    """The same office file with nothing in it that depends on when and where it was made."""
    parts = {}
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        for name in archive.namelist():
            parts[name] = archive.read(name)
    if _CORE in parts:
        stamp = f"{made_on.isoformat()}T00:00:00Z".encode("ascii")
        parts[_CORE] = _MODIFIED.sub(rb"\g<1>" + stamp + rb"\g<2>", parts[_CORE])
    return packed(parts)


def packed(parts: dict[str, bytes]) -> bytes:
    """A zip whose bytes depend on names and contents only."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
        for name in sorted(parts, key=lambda name: (name != _FIRST, name)):
            info = zipfile.ZipInfo(name, _EPOCH)
            info.compress_type = zipfile.ZIP_DEFLATED
            info.create_system = 0
            info.external_attr = 0
            archive.writestr(info, parts[name])
    return buffer.getvalue()
