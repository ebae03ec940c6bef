"""The records of an old .xls that calamine does not tell: a password, what is hidden, cells with an error or no value ([MS-XLS])."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field

from documents.rosters.package import MAX_COLUMNS, Details

_BOF, _FILEPASS, _BOUNDSHEET, _ROW, _BOOLERR, _FORMULA, _FILTERMODE, _COLINFO = (
    0x809,
    0x2F,
    0x85,
    0x208,
    0x205,
    0x06,
    0x9B,
    0x7D,
)
_RECALCID = (
    0x1C1  # which engine reckoned the formulas; programs that do not reckon leave it out, and an empty text in the cell
)
_STRING, _BETWEEN = 0x207, (0x4BC, 0x221, 0x236, 0x3C)  # a formula's text; what may stand between the two
_HIDDEN, _HIDDEN_COLUMN = 0x20, 0x01
_EMPTY_TEXT = 3
_NEVER_CALCULATED = 0x02  # programs that do not calculate ask Excel for it by this bit, and leave nought in the cell
_ERRORS = {0x00: "#NULL!", 0x07: "#DIV/0!", 0x0F: "#VALUE!", 0x17: "#REF!", 0x1D: "#NAME?", 0x24: "#NUM!", 0x2A: "#N/A"}


@dataclass(slots=True)
class Records:
    encrypted: bool = False
    reckoned: bool = False
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
    textless: tuple[int, int] | None = None  # a formula whose text has to follow
    for place, kind, body in _records(data):
        if present is not None and textless and kind not in (_STRING, *_BETWEEN):
            present.unset[textless] = "=…"
        textless = _promises_text(kind, body) or (textless if kind in _BETWEEN else None)
        if kind == _FILEPASS:
            told.encrypted = True
            return
        told.reckoned |= kind == _RECALCID
        if kind == _BOUNDSHEET:
            names[struct.unpack_from("<I", body)[0]] = told.sheets.setdefault(_sheet_name(body), Details())
        elif kind == _BOF and place in names:
            present = names[place]
        elif present is not None:
            _of_sheet(kind, body, present)
            if not told.reckoned and kind == _FORMULA and body[12:14] == b"\xff\xff" and body[6] == _EMPTY_TEXT:
                row, column = struct.unpack_from("<HH", body)
                present.unset[row + 1, column + 1] = "=…"


def _promises_text(kind: int, body: bytes) -> tuple[int, int] | None:
    if kind != _FORMULA or body[12:14] != b"\xff\xff" or body[6] != 0:
        return None
    row, column = struct.unpack_from("<HH", body)
    return row + 1, column + 1


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
    elif kind == _COLINFO:
        first, last, width, _, marks = struct.unpack_from("<HHHHH", body)
        if marks & _HIDDEN_COLUMN or not width:
            told.hidden_columns |= set(range(first + 1, min(last + 1, MAX_COLUMNS) + 1))
    elif kind in (_BOOLERR, _FORMULA):
        row, column = struct.unpack_from("<HH", body)
        wrong = body[7] == 1 if kind == _BOOLERR else body[12:14] == b"\xff\xff" and body[6] == 2
        if wrong:
            told.unset[row + 1, column + 1] = _ERRORS.get(body[6] if kind == _BOOLERR else body[8], "#N/A")
        elif kind == _FORMULA and not any(body[6:14]) and struct.unpack_from("<H", body, 14)[0] & _NEVER_CALCULATED:
            told.unset[row + 1, column + 1] = "=…"
