"""The parent's side: files to what their pages show."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from documents.codes import PageCode
from sandbox import Killed, Limits, run

_LIMITS = Limits(seconds=180, memory_mb=2048, output_mb=16)
PROBLEMS = {
    "blank": "страница пуста",
    "no-code": "код страницы не найден",
    "foreign-code": "на странице чужой код",
    "unreadable-code": "код страницы повреждён",
    "too-small": "слишком низкое разрешение",
}


@dataclass(frozen=True, slots=True)
class ScanPage:
    """`rotation`: degrees to turn it upright; `ink`: share of dark pixels; `problem`: a key of PROBLEMS or None."""

    file: int
    place: int
    rotation: int
    dpi: int | None
    ink: float
    code: PageCode | None
    problem: str | None


@dataclass(frozen=True, slots=True)
class FileProblem:
    """Why a whole file could not be used."""

    file: int
    code: str
    message: str


@dataclass(frozen=True, slots=True)
class ScanReading:
    paths: tuple[Path, ...]
    pages: tuple[ScanPage, ...]
    problems: tuple[FileProblem, ...]

    def as_json(self) -> dict[str, list[object]]:
        """JSON of `scan read`."""
        pages: list[object] = [_page_json(number, page) for number, page in enumerate(self.pages, 1)]
        return {"pages": pages, "problems": [problem.message for problem in self.problems]}


def _page_json(number: int, page: ScanPage) -> dict[str, object]:
    code = page.code
    return {
        "page": code.page if code else number,
        "request": code.request if code else None,
        "version": code.version if code else None,
        "of": code.of if code else None,
        "problem": PROBLEMS[page.problem] if page.problem else None,
    }


def read_scan(paths: Sequence[Path]) -> ScanReading:
    """Several files in any order; one that cannot be opened is a problem and stops no other. Rule SGN-6."""
    job = {"paths": [str(Path(path).absolute()) for path in paths]}
    try:
        found = run("documents.scans.pages:read", job, limits=_LIMITS)
    except Killed as killed:
        problem = FileProblem(0, killed.why, f"Скан не прочитать: {killed}. Отсканируйте заново с обычным качеством.")
        return ScanReading(tuple(paths), (), (problem,))
    pages = tuple(_page(entry) for entry in found["pages"])
    return ScanReading(tuple(paths), pages, tuple(FileProblem(**entry) for entry in found["problems"]))


def _page(entry: dict[str, object]) -> ScanPage:
    code = entry.pop("code")
    return ScanPage(code=PageCode(*code) if code else None, **entry)  # type: ignore[misc, arg-type]
