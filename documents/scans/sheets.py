"""What reading a scan gives: sheets in the order they came, each with the code of its page where one was read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from documents.codes import PageCode

Problem = Literal[
    "blank", "no-code", "bad-code", "several-codes", "too-small", "unreadable", "too-many-pixels", "not-a-sheet"
]

IN_WORDS: dict[Problem, str] = {
    "blank": "пустой лист",
    "no-code": "код страницы не найден",
    "bad-code": "код страницы повреждён",
    "several-codes": "на листе коды нескольких страниц",
    "too-small": "слишком мелкое изображение",
    "unreadable": "лист повреждён и не открывается",
    "too-many-pixels": "в изображении слишком много точек",
    "not-a-sheet": "полоса или значок вместо листа",
}


@dataclass(frozen=True, slots=True)
class ScanPage:
    """A sheet. Indices count from 0; `rotation` is the clockwise turn that makes it upright, in degrees.

    `dpi` is that of the sheet taken for A4, None when a program drew the page. `ink` is the written share of it.
    """

    file_index: int
    page_in_file: int
    rotation: int = 0
    dpi: int | None = None
    ink: float = 0.0
    sharpness: float = 0.0
    code: PageCode | None = None
    problem: Problem | None = None

    @property
    def drawn(self) -> bool:
        """Saved from a program, never printed: nobody can have signed it by hand."""
        return self.code is not None and self.dpi is None


@dataclass(frozen=True, slots=True)
class FileFailure:
    """A file that is no scan at all; `detail` says in Russian why and what to do."""

    file_index: int
    code: str
    detail: str


@dataclass(frozen=True, slots=True)
class ScanReading:
    """`problems` says in Russian what is wrong with the scan by itself, whichever request it is meant for."""

    files: int
    pages: tuple[ScanPage, ...]
    failures: tuple[FileFailure, ...] = ()
    problems: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        pages = [_as_json(page, place) for place, page in enumerate(self.pages, 1)]
        return {"pages": pages, "problems": list(self.problems)}


def _as_json(page: ScanPage, place: int) -> dict[str, Any]:
    code = page.code
    return {
        "page": code.page if code else place,
        "request": code.request if code else None,
        "version": code.version if code else None,
        "of": code.of if code else None,
        "problem": IN_WORDS[page.problem] if page.problem else None,
    }
