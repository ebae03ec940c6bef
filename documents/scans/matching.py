"""Do these pages make the paper that this version of this request was printed as?"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from documents.scans.assembling import PageRef
from documents.scans.reading import ScanPage, ScanReading
from models.findings import Finding, Severity


@dataclass(frozen=True, slots=True)
class ScanMatch:
    """`order`: the pages to send, in order; `findings` have the kind of problem in `field`."""

    order: tuple[PageRef, ...]
    missing: tuple[int, ...]
    findings: tuple[Finding, ...]

    @property
    def complete(self) -> bool:
        return bool(self.order) and not any(finding.severity is Severity.ERROR for finding in self.findings)


def match_scan(reading: ScanReading, *, request: int, version: int) -> ScanMatch:
    """Every problem is a finding of its own with what to do (SGN-6). Pages without a code can be vouched for by hand."""
    ours = [page for page in reading.pages if page.code and (page.code.request, page.code.version) == (request, version)]
    best = _best(ours)
    of = max((page.code.of for page in ours if page.code), default=0)
    missing = tuple(number for number in range(1, of + 1) if number not in best)
    findings = [*_file_findings(reading), *_page_findings(reading, request, version), *_missing(missing, of)]
    if len(ours) > len(best):
        findings.append(_finding("duplicate", "Одна страница отсканирована дважды: взята та, что чётче.", Severity.WARNING))
    if not reading.pages and not reading.problems:
        findings.append(_finding("empty", "В файлах нет ни одной страницы."))
    return ScanMatch(_order(reading, best), missing, tuple(findings))


def _best(pages: list[ScanPage]) -> dict[int, ScanPage]:
    """Of two scans of one page the sharper: more dots, then more ink."""
    best: dict[int, ScanPage] = {}
    for page in pages:
        assert page.code is not None
        held = best.get(page.code.page)
        if held is None or (page.dpi or 0, page.ink) > (held.dpi or 0, held.ink):
            best[page.code.page] = page
    return best


def _order(reading: ScanReading, best: dict[int, ScanPage]) -> tuple[PageRef, ...]:
    """Numbered pages in order, then those without a code as they came; blank ones are left out."""
    numbered = [best[number] for number in sorted(best)]
    loose = [page for page in reading.pages if page.code is None and page.problem != "blank"]
    return tuple(PageRef(page.file, page.place, page.rotation) for page in (*numbered, *loose))


def _finding(kind: str, message: str, severity: Severity = Severity.ERROR, row: int | None = None) -> Finding:
    return Finding("SGN-6", severity, message, row=row, field=kind)


def _file_findings(reading: ScanReading) -> Iterator[Finding]:
    for problem in reading.problems:
        where = f"Файл {problem.file + 1}: " if len(reading.paths) > 1 else ""
        yield _finding(problem.code, f"{where}{problem.message}")


def _page_findings(reading: ScanReading, request: int, version: int) -> Iterator[Finding]:
    for number, page in enumerate(reading.pages, 1):
        code = page.code
        if code and code.request != request:
            yield _finding(
                "foreign-request", f"Страница {number} – от другой заявки. Уберите её или приложите к той.", row=number
            )
        elif code and code.version != version:
            yield _finding(
                "wrong-version",
                f"Страница {number} – версии {code.version}, а сейчас версия {version}. Распечатайте и подпишите её заново.",
                row=number,
            )
        elif page.problem:
            yield _problem(number, page.problem)


def _problem(number: int, problem: str) -> Finding:
    told = {
        "blank": "пуста. Если это оборот листа, ничего делать не надо",
        "no-code": "без нашего кода. Проверьте, что угол с кодом попал в скан, или подтвердите страницу вручную",
        "foreign-code": "с чужим кодом. Проверьте, та ли это бумага, или подтвердите страницу вручную",
        "unreadable-code": "с повреждённым кодом. Отсканируйте чётче или подтвердите страницу вручную",
        "too-small": "слишком мелкая: код и текст не разобрать. Отсканируйте не ниже 150 точек на дюйм",
    }
    severity = Severity.WARNING if problem == "blank" else Severity.ERROR
    return _finding(problem, f"Страница {number} {told[problem]}.", severity, number)


def _missing(missing: tuple[int, ...], of: int) -> Iterator[Finding]:
    if missing:
        pages = ", ".join(str(number) for number in missing)
        yield _finding("missing-page", f"Не хватает страниц: {pages} (всего их {of}). Досканируйте и приложите все вместе.")
