"""Small files that are much work end quickly, at every door, with a word of what is wrong."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from catalog import load
from documents.attachments import read_attachment
from documents.paper.pictures import safe_picture
from documents.rosters.annotating import annotate
from documents.rosters.reading import RosterError, read_roster
from documents.scans import page_picture, read_scan
from sandbox import Killed, Refused
from tests.sandbox import bombs

SECONDS = 25  # by the clock of a machine with other work; the least of these took 25 s and more before, alone


def _attached(path: Path) -> str:
    return read_attachment("details", "файл", path.read_bytes(), expects="file", search_text=True).problem


def _roster(path: Path) -> str:
    read_roster(path, load())
    return ""


def _marked(path: Path) -> str:
    annotate(path, path.with_name("marked.xlsx"), None, [])
    return ""


def _scan(path: Path) -> str:
    return "".join(failure.detail for failure in read_scan([path]).failures)


def _sheet(path: Path) -> str:
    page_picture(path, 0, width=2400)
    return ""


def _screenshot(path: Path) -> str:
    safe_picture(path.read_bytes())
    return ""


_CASES: dict[str, tuple[Callable[[], bytes], Callable[[Path], str], str]] = {
    "merged cells, attached": (bombs.merged_cells, _attached, "Файл не прочитан"),
    "merged cells, marked": (bombs.merged_cells, _marked, "Файл не разметить"),
    "merged cells, read": (bombs.merged_cells, _roster, "нет ни одной строки"),
    "empty rows, attached": (bombs.empty_rows, _attached, "слишком большой объём"),
    "empty rows, read": (bombs.empty_rows, _roster, "открывался слишком долго|нет ни одной строки"),
    "far cell, read": (bombs.far_cell, _roster, "XFD1048576"),
    "repeated rows of .ods, read": (bombs.repeated_ods, _roster, "не открывается"),
    "narrow picture, scanned": (bombs.narrow_picture, _scan, "не лист бумаги"),
    "narrow picture, drawn": (bombs.narrow_picture, _sheet, "не лист бумаги"),
    "huge picture, attached": (bombs.huge_picture, _attached, "слишком много точек"),
    "huge picture, scanned": (bombs.huge_picture, _scan, "слишком много точек"),
    "huge picture, a screenshot": (bombs.huge_picture, _screenshot, "слишком велик"),
    "many pages, scanned": (bombs.many_pages, _scan, "не больше 300"),
}


@pytest.mark.parametrize("case", _CASES)
def test_a_bomb_ends_quickly_with_a_word(tmp_path: Path, case: str) -> None:
    made, door, word = _CASES[case]
    path = tmp_path / "file"
    path.write_bytes(made())
    started = time.monotonic()
    try:
        told = door(path)
    except (Refused, Killed, RosterError) as trouble:
        told = getattr(trouble, "detail", "") or str(trouble)
    assert time.monotonic() - started < SECONDS
    assert re.search(word, told)


@pytest.mark.parametrize("made", [bombs.merged_cells, bombs.narrow_picture, bombs.huge_picture, bombs.repeated_ods])
def test_a_bomb_is_small(made: Callable[[], bytes]) -> None:
    assert len(made()) < 5000
