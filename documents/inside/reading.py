"""Reads one file of a scan, sheet by sheet, into plain values."""

from __future__ import annotations

from functools import partial
from typing import Any

from PIL import Image

from documents.inside.ink import ink_share, sharpness
from documents.inside.opening import Sheet, Source, opened
from documents.inside.qr import Found, find_codes
from sandbox.errors import Refused

LONGEST = 2400  # 205 dots an inch of A4
_FINER = 3600
BLANK_INK = 0.0006  # a page of text has 0.03, a signature and a seal alone 0.003
_PATIENCE = 30  # sheets without a code, after which the rest of the file is not searched as hard


def read_file(path: str, max_pages: int, max_pixels: int) -> list[dict[str, Any]]:
    """One record a sheet. Raises Refused when the file as a whole is no scan."""
    sheets: list[dict[str, Any]] = []
    patience = _PATIENCE
    with opened(path, max_pages=max_pages, max_pixels=max_pixels) as source:
        for index in range(source.count):
            sheets.append(_read(source, index, thorough=patience > 0))
            patience -= not sheets[-1].get("codes")
    return sheets


def _read(source: Source, index: int, *, thorough: bool) -> dict[str, Any]:
    try:
        sheet = source.sheet(index, LONGEST)
    except Refused as refusal:
        if source.count == 1:
            raise
        return {"page_in_file": index, "problem": refusal.code}
    ink = ink_share(sheet.picture)
    worth_it = thorough and ink >= BLANK_INK
    found = find_codes(sheet.picture, partial(_finer, source, index, sheet) if worth_it else None)
    return {
        "page_in_file": index,
        "dpi": sheet.dpi,
        "blank": ink < BLANK_INK,
        "ink": round(ink, 5),
        "sharpness": round(sharpness(sheet.picture), 1),
        **_codes(found),
    }


def _finer(source: Source, index: int, sheet: Sheet) -> Image.Image:
    """Only a sheet that has more to show is opened again."""
    if (sheet.dpi or 300) * 11.69 <= LONGEST:
        return sheet.picture
    return source.sheet(index, _FINER).picture


def _codes(found: Found) -> dict[str, Any]:
    codes = [[code.request, code.version, code.page, code.of] for code in found.codes]
    rotation = next(iter(found.codes.values()), 0)
    return {"codes": codes, "rotation": rotation, "damaged": found.damaged}
