"""Office files with the same bytes for the same content: fixed order, fixed times, fixed core properties."""

from __future__ import annotations

import datetime as dt
import io
import re
import zipfile
from collections.abc import Iterable, Mapping, Sequence

from models.file_names import climbs, same

_EPOCH = (1980, 1, 1, 0, 0, 0)
_CORE = "docProps/core.xml"
_MODIFIED = re.compile(rb"(<dcterms:modified[^>]*>)[^<]*(</dcterms:modified>)")
_FIRST = "[Content_Types].xml"


def normalised(data: bytes, made_on: dt.date) -> bytes:
    """The same office file with nothing in it that depends on when and where it was made."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    if _CORE in parts:
        stamp = f"{made_on.isoformat()}T00:00:00Z".encode("ascii")
        parts[_CORE] = _MODIFIED.sub(rb"\g<1>" + stamp + rb"\g<2>", parts[_CORE])
    return packed(parts)


class UnsafeNames(ValueError):
    """An archive would lose a file or lead out of its folder."""


def refuse_unsafe(names: Iterable[str]) -> None:
    """Raises UnsafeNames for a name that climbs, and for two that some disk takes for one."""
    used = set[str]()
    for name in names:
        if climbs(name):
            raise UnsafeNames("a name in the archive leads out of its folder")
        if same(name) in used:
            raise UnsafeNames("two files of one name in the archive")
        used.add(same(name))


def packed(parts: Mapping[str, bytes] | Sequence[tuple[str, bytes]]) -> bytes:
    """A zip whose bytes depend on names and contents only. Raises UnsafeNames."""
    pairs = list(parts.items()) if isinstance(parts, Mapping) else parts
    refuse_unsafe(name for name, _ in pairs)
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
        for name, data in sorted(pairs, key=lambda pair: (pair[0] != _FIRST, pair[0])):
            info = zipfile.ZipInfo(name, _EPOCH)
            info.compress_type = zipfile.ZIP_DEFLATED
            info.create_system = 0
            info.external_attr = 0
            archive.writestr(info, data)
    return buffer.getvalue()
