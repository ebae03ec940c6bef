"""The records of an old .xls that calamine does not tell: a password, hidden rows, cells with an error ([MS-XLS])."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field

from documents.rosters.package import Details

_BOF, _FILEPASS, _BOUNDSHEET, _ROW, _BOOLERR, _FORMULA, _FILTERMODE = 0x809, 0x2F, 0x85, 0x208, 0x205, 0x06, 0x9B
_HIDDEN = 0x20
_ERRORS = {0x00: "#NULL!", 0x07: "#DIV/0!", 0x0F: "#VALUE!", 0x17: "#REF!", 0x1D: "#NAME?", 0x24: "#NUM!", 0x2A: "#N/A"}


@dataclass(slots=True)
class Records:
    encrypted: bool = False
    sheets: dict[str, Details] = field(default_factory=dict)


def read(path: str) -> Records:
    """What cannot be read here tells nothing, the reader of values will."""
    import olefile

    told = Records()
    try:
        with olefile.OleFileIO(path) as ole:
            stream = next((name for name in ("Workbook", "Book") if ole.exists(name)), None)
            data = ole.openstream(stream).read() if stream else b""
        _read(data, told)
    except (OSError, struct.error, ValueError, IndexError):
        return told
    return told


def _read(data: bytes, told: Records) -> None:
    names: dict[int, Details] = {}
    present: Details | None = None
    for place, kind, body in _records(data):
        if kind == _FILEPASS:
            told.encrypted = True
            return
        if kind == _BOUNDSHEET:
            names[struct.unpack_from("<I", body)[0]] = told.sheets.setdefault(_sheet_name(body), Details())
        elif kind == _BOF and place in names:
            present = names[place]
        elif present is not None:
            _of_sheet(kind, body, present)


def _records(data: bytes) -> Iterator[tuple[int, int, bytes]]:
    place = 0
    while place + 4 <= len(data):
        kind, length = struct.unpack_from("<HH", data, place)
        yield place, kind, data[place + 4 : place + 4 + length]
        place += 4 + length


def _sheet_name(body: bytes) -> str:
    length, wide = body[6], body[7] & 1
    return body[8 : 8 + length * 2].decode("utf-16-le") if wide else body[8 : 8 + length].decode("latin-1")


def _of_sheet(kind: int, body: bytes, told: Details) -> None:
    if kind == _FILTERMODE:
        told.filtered = True
    elif kind == _ROW and struct.unpack_from("<H", body, 12)[0] & _HIDDEN:
        told.hidden_rows.add(struct.unpack_from("<H", body)[0] + 1)
    elif kind in (_BOOLERR, _FORMULA):
        row, column = struct.unpack_from("<HH", body)
        wrong = body[7] == 1 if kind == _BOOLERR else body[12:14] == b"\xff\xff" and body[6] == 2
        if wrong:
            told.unset[row + 1, column + 1] = _ERRORS.get(body[6] if kind == _BOOLERR else body[8], "#N/A")
