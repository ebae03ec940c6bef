"""The parent's side of reading: a child for each file, as much for it as its size may need."""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from documents.codes import PageCode
from documents.scans.matching import match_scan
from documents.scans.sheets import FileFailure, Problem, ScanPage, ScanReading
from sandbox import Killed, Limits, Refused, run


@dataclass(frozen=True, slots=True)
class ScanLimits:
    """Of one file; `min_dpi` is counted as if every sheet were A4."""

    max_pages: int = 300
    max_pixels: int = 80_000_000
    min_dpi: int = 100
    seconds: float = 240
    memory_mb: int = 1024


def read_scan(paths: Sequence[Path], limits: ScanLimits = ScanLimits()) -> ScanReading:
    """Open PDF, JPG and PNG in the sandbox. A file that cannot be read becomes a FileFailure, nothing is raised."""
    settings = {"max_pages": limits.max_pages, "max_pixels": limits.max_pixels}
    jobs = [{"path": path, **settings} for path in paths]
    answers = [_answer(job, limits) for job in jobs]
    pages: list[ScanPage] = []
    failures: list[FileFailure] = []
    for index, answer in enumerate(answers):
        if isinstance(answer, Refused | Killed):
            failures.append(_failure(index, answer))
        else:
            pages += [_page(index, sheet, limits.min_dpi) for sheet in answer]
    reading = ScanReading(len(paths), tuple(pages), tuple(failures))
    return dataclasses.replace(reading, problems=_own_problems(reading))


def _answer(job: Mapping[str, Any], limits: ScanLimits) -> Any:
    """Measured: a sheet with its code 0.3 to 1.7 s, one without 2 s, 60 of those 116 s; 79 million points 2.8 s, 402 to 732 MB."""
    at_most = Limits(limits.seconds, limits.memory_mb)
    allowed = Limits(min(20, limits.seconds), limits.memory_mb).grown(job["path"], seconds=50, at_most=at_most)
    try:
        return run("documents.inside.reading:read_file", job, limits=allowed)
    except (Refused, Killed) as trouble:
        return trouble


def _failure(index: int, answer: Refused | Killed) -> FileFailure:
    if isinstance(answer, Refused):
        return FileFailure(index, answer.code, answer.detail)
    if answer.why == "crash":
        return FileFailure(index, "unreadable", "Файл повреждён и не открывается. Отсканируйте заново.")
    return FileFailure(index, "too-heavy", f"Файл не прочитан: {answer}. Отсканируйте с разрешением 200–300 dpi.")


def _page(index: int, sheet: Mapping[str, Any], min_dpi: int) -> ScanPage:
    if "problem" in sheet:
        return ScanPage(index, sheet["page_in_file"], problem=sheet["problem"])
    codes = [PageCode(*numbers) for numbers in sheet["codes"]]
    return ScanPage(
        file_index=index,
        page_in_file=sheet["page_in_file"],
        rotation=sheet["rotation"],
        dpi=sheet["dpi"],
        ink=sheet["ink"],
        sharpness=sheet["sharpness"],
        code=codes[0] if len(codes) == 1 else None,
        problem=_problem(sheet, len(codes), min_dpi),
    )


def _problem(sheet: Mapping[str, Any], codes: int, min_dpi: int) -> Problem | None:
    if codes > 1:
        return "several-codes"
    if codes == 0:
        if sheet["blank"] and not sheet["damaged"]:
            return "blank"
        return "bad-code" if sheet["damaged"] else "no-code"
    return "too-small" if (sheet["dpi"] or min_dpi) < min_dpi else None


def _own_problems(reading: ScanReading) -> tuple[str, ...]:
    """As if it were meant for the request and version that most of its pages belong to.

    Whether it was signed is not asked here, so a printout that was never printed is no problem yet.
    """
    codes = Counter((page.code.request, page.code.version) for page in reading.pages if page.code)
    (request, version), _ = codes.most_common(1)[0] if codes else ((0, 0), 0)
    found = match_scan(reading, request=request, version=version).findings
    return tuple(finding.message for finding in found if finding.field != "not-a-scan")
