"""Whether a scan is the whole of one version of one request, and in which order its sheets are that version."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from documents.scans.sheets import ScanPage, ScanReading
from documents.scans.telling import Telling
from models.findings import Finding, has_errors

_CODELESS = ("no-code", "bad-code")
# What a person's word may replace: a code that cannot be read. Not a page that is not there.


@dataclass(frozen=True, slots=True)
class ScanMatch:
    """`order` holds the sheets to send: pages of this version by number, sheets without a code in the gaps."""

    order: tuple[ScanPage, ...]
    missing: tuple[int, ...]
    findings: tuple[Finding, ...]

    @property
    def complete(self) -> bool:
        return bool(self.order) and not has_errors(self.findings)


@dataclass(slots=True)
class _Sorted:
    """Sheets by what they are to the awaited version."""

    ours: dict[int, list[ScanPage]] = field(default_factory=dict)
    foreign: list[ScanPage] = field(default_factory=list)
    other_version: list[ScanPage] = field(default_factory=list)
    codeless: list[ScanPage] = field(default_factory=list)
    blank: list[ScanPage] = field(default_factory=list)
    broken: list[ScanPage] = field(default_factory=list)


def match_scan(reading: ScanReading, request: int, version: int, of: int | None = None) -> ScanMatch:
    """Compare the codes with what is awaited; `of` pages, or as many as the codes themselves say."""
    sheets = _sorted(reading.pages, request, version, of)
    total = of or _stated_total(sheets)
    absent = tuple(number for number in range(1, (total or 0) + 1) if number not in sheets.ours)
    kept = {number: max(copies, key=_quality) for number, copies in sheets.ours.items()}
    stand_ins = sheets.codeless if absent or not sheets.ours else []
    missing = absent[len(stand_ins) :] if total else ()
    return ScanMatch(
        order=_ordered(kept, absent, stand_ins),
        missing=missing,
        findings=tuple(_findings(reading, sheets, kept, absent, missing, version, total)),
    )


def _sorted(pages: Sequence[ScanPage], request: int, version: int, of: int | None) -> _Sorted:
    sheets = _Sorted()
    for page in pages:
        if page.code is None:
            _place_of(sheets, page).append(page)
        elif page.code.request != request:
            sheets.foreign.append(page)
        elif page.code.version != version or (of is not None and page.code.of != of):
            sheets.other_version.append(page)
        else:
            sheets.ours.setdefault(page.code.page, []).append(page)
    return sheets


def _place_of(sheets: _Sorted, page: ScanPage) -> list[ScanPage]:
    if page.problem == "blank":
        return sheets.blank
    return sheets.codeless if page.problem in _CODELESS else sheets.broken


def _stated_total(sheets: _Sorted) -> int | None:
    stated = Counter(page.code.of for copies in sheets.ours.values() for page in copies if page.code)
    return stated.most_common(1)[0][0] if stated else None


def _quality(page: ScanPage) -> tuple[bool, int, float, float]:
    """Of two copies the readable one, then the finer; then the one with more on it, as a signature may be new."""
    return (page.problem is None, min(page.dpi or 0, 300) // 50, round(page.ink, 3), page.sharpness)


def _ordered(kept: dict[int, ScanPage], absent: Sequence[int], stand_ins: Sequence[ScanPage]) -> tuple[ScanPage, ...]:
    filled = {**kept, **dict(zip(absent, stand_ins, strict=False))}
    return (*(filled[number] for number in sorted(filled)), *stand_ins[len(absent) :])


def _findings(
    reading: ScanReading,
    sheets: _Sorted,
    kept: dict[int, ScanPage],
    absent: Sequence[int],
    missing: Sequence[int],
    version: int,
    total: int | None,
) -> Iterator[Finding]:
    tell = Telling(reading.files)
    yield from (tell.failure(failure) for failure in reading.failures)
    yield from (tell.broken(page) for page in sheets.broken)
    yield from (tell.foreign(page) for page in sheets.foreign)
    yield from (tell.other_version(page, version) for page in sheets.other_version)
    yield from _about_codeless(tell, sheets, bool(absent))
    if missing and total:
        yield tell.missing(missing, total, spare=len(absent) - len(missing))
    for number, page in sorted(kept.items()):
        if len(sheets.ours[number]) > 1:
            yield tell.duplicate(number, page, sheets.ours[number])
        if page.problem == "too-small":
            yield tell.too_small(page)
        if page.drawn:
            yield tell.not_a_scan(page)
    whole = bool(sheets.ours) and not absent
    yield from (tell.blank(page, harmless=whole) for page in sheets.blank)
    if not reading.pages and not reading.failures:
        yield tell.nothing()


def _about_codeless(tell: Telling, sheets: _Sorted, gaps: bool) -> Iterator[Finding]:
    """One finding when no sheet has a code; else one a sheet, a surplus one when nothing is missing."""
    if sheets.codeless and not (sheets.ours or sheets.foreign or sheets.other_version):
        yield tell.no_codes()
    elif gaps or not sheets.ours:
        yield from (tell.no_code(page) for page in sheets.codeless)
    else:
        yield from (tell.surplus(page) for page in sheets.codeless)
