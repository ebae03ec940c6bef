"""The signed paper as it comes in, over several uploads: each file kept and read once, sheets laid in order by code or hand."""

from __future__ import annotations

import dataclasses
import hashlib
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from actions.context import Conflict, NotFound, Work
from actions.log import audit
from actions.requests import files, lookup, papers
from documents.codes import PageCode
from documents.media import sniff
from documents.scans import FileFailure, ScanMatch, ScanPage, ScanReading, assemble, match_scan
from models.findings import Finding, Severity, sourced
from models.request import AccessRequest, RequestFile

ORIGINAL = "scan-original"
MOST_FILES = 60
_TURN = 90
_BY_HAND = ("no-code", "bad-code", "blank", "too-small")  # what a person's word may replace


class Role(StrEnum):
    """What a sheet is to the awaited version."""

    PAGE = "page"
    SPARE = "spare"  # another copy of a page that is there
    CODELESS = "codeless"
    SURPLUS = "surplus"  # without a code, while no page is missing
    BLANK = "blank"
    FOREIGN = "foreign"
    OTHER_VERSION = "other-version"
    BROKEN = "broken"
    DROPPED = "dropped"  # a person does not want it


@dataclass(frozen=True, slots=True)
class Sheet:
    """`page` as it counts now: turned and placed by hand where somebody did that. `by_hand`: its number is a person's word."""

    file: RequestFile
    page: ScanPage
    role: Role
    by_hand: bool = False

    @property
    def number(self) -> int | None:
        """The page of the application that it is, by its code or by hand."""
        return self.page.code.page if self.page.code and self.role in (Role.PAGE, Role.SPARE) else None


@dataclass(frozen=True, slots=True)
class Draft:
    """What has come so far of the present version. `slots`: the sheet of each awaited page, None where it is missing."""

    files: tuple[RequestFile, ...]
    sheets: tuple[Sheet, ...]
    failures: Mapping[int, str]  # row number of a file that is no scan, and why in Russian
    slots: tuple[Sheet | None, ...]
    match: ScanMatch
    mark: str  # changes with every change of what would be sent

    @property
    def unread(self) -> tuple[RequestFile, ...]:
        return tuple(file for file in self.files if not _is_read(file))

    @property
    def complete(self) -> bool:
        return self.match.complete and not self.unread

    @property
    def missing(self) -> tuple[int, ...]:
        return tuple(number for number, sheet in enumerate(self.slots, 1) if sheet is None)

    @property
    def by_hand(self) -> bool:
        return any(sheet.by_hand for sheet in self.slots if sheet)

    def findings(self) -> list[Finding]:
        """Everything that is to be said of it; files that wait for their reading come first."""
        waiting = [
            Finding("SGN-6", Severity.ERROR, f"Файл «{file.name}» ещё не прочитан.", field="scan")
            for file in self.unread
        ]
        return [sourced(finding) for finding in (*waiting, *self.match.findings)]


def of(work: Work, request: AccessRequest) -> Draft:
    """The draft of the present version as it stands."""
    originals = [file for file in lookup.files_of(work, request) if file.purpose == ORIGINAL]
    total = papers.page_count(work, request)
    pages = {
        (index, page.page_in_file): page
        for index, file in enumerate(originals)
        for page in _pages(file, index, request, total)
    }
    taken = tuple(page for (index, place), page in pages.items() if place not in _numbers(originals[index], "dropped"))
    failures = tuple(
        FileFailure(index, str(told["code"]), str(told["detail"]))
        for index, file in enumerate(originals)
        if (told := _failure(file))
    )
    found = match_scan(ScanReading(len(originals), taken, failures), request.id or 0, request.version, of=total)
    sheets = tuple(
        Sheet(
            originals[page.file_index],
            page,
            _role(page, request, total, found) if page in taken else Role.DROPPED,
            by_hand=str(page.page_in_file) in _places(originals[page.file_index]),
        )
        for page in pages.values()
    )
    by_number = {sheet.number: sheet for sheet in sheets if sheet.role is Role.PAGE}
    return Draft(
        files=tuple(originals),
        sheets=sheets,
        failures={originals[failure.file_index].id or 0: failure.detail for failure in failures},
        slots=tuple(by_number.get(number) for number in range(1, total + 1)),
        match=found,
        mark=_mark(originals, found.order),
    )


def _pages(file: RequestFile, index: int, request: AccessRequest, total: int) -> list[ScanPage]:
    pages = [_page(index, stored) for stored in _list(file, "sheets")]
    return [_as_arranged(file, page, request, total) for page in pages]


def _page(index: int, stored: Mapping[str, Any]) -> ScanPage:
    code = stored.get("code")
    return ScanPage(**{**stored, "file_index": index, "code": PageCode(**code) if code else None})


def _as_arranged(file: RequestFile, page: ScanPage, request: AccessRequest, total: int) -> ScanPage:
    key = str(page.page_in_file)
    turned = dataclasses.replace(page, rotation=(page.rotation + _turns(file).get(key, 0)) % 360)
    number = _places(file).get(key)
    if number is None:
        return turned
    return dataclasses.replace(turned, code=PageCode(request.id or 0, request.version, number, total), problem=None)


def _role(page: ScanPage, request: AccessRequest, total: int, found: ScanMatch) -> Role:
    if page.code is None:
        if page.problem == "blank":
            return Role.BLANK
        if page.problem not in ("no-code", "bad-code"):
            return Role.BROKEN
        return Role.CODELESS if page in found.order else Role.SURPLUS
    if page.code.request != request.id:
        return Role.FOREIGN
    if page.code.version != request.version or page.code.of != total:
        return Role.OTHER_VERSION
    return Role.PAGE if page in found.order else Role.SPARE


def _mark(originals: Sequence[RequestFile], order: Sequence[ScanPage]) -> str:
    told = [[originals[page.file_index].sha256, page.page_in_file, page.rotation] for page in order]
    return hashlib.sha256(audit.canonical({"order": told}).encode()).hexdigest()[:16]


def add(work: Work, request: AccessRequest, name: str, data: bytes) -> RequestFile:
    """Keep an upload; it is read afterwards, see `note`. Raises Conflict when there are too many."""
    present = sum(file.purpose == ORIGINAL for file in lookup.files_of(work, request))
    if present >= MOST_FILES:
        raise Conflict(
            f"У скана уже {present} файлов, больше не нужно. Уберите лишние или сложите страницы в один PDF."
        )
    return files.add(work, request, purpose=ORIGINAL, name=name, data=data, media_type=sniff(data))


def note(work: Work, request: AccessRequest, read: Sequence[RequestFile], reading: ScanReading) -> Draft:
    """Remember what reading those files gave, in their order, and judge the whole anew."""
    for index, file in enumerate(read):
        failure = next((each for each in reading.failures if each.file_index == index), None)
        _put(
            work,
            file,
            sheets=[dataclasses.asdict(page) for page in reading.pages if page.file_index == index],
            failure={"code": failure.code, "detail": failure.detail} if failure else None,
        )
    draft = _changed(work, request)
    audit.record(
        work,
        "scan.read",
        lookup.subject(request),
        complete=draft.complete,
        by_hand=draft.by_hand,
        files=[file.sha256 for file in read],
        problems=[finding.rule for finding in draft.match.findings],
    )
    return draft


def place(work: Work, request: AccessRequest, file_id: int, sheet: int, number: int | None) -> Draft:
    """A person says which page a sheet is; None takes the word back. Raises Conflict where a code says otherwise."""
    draft = of(work, request)
    found = _sheet(draft, file_id, sheet)
    if number is not None:
        if not found.by_hand and not _may_be_placed(found):
            raise Conflict("Код на этом листе читается и говорит другое, вручную его не поменять. Уберите лист.")
        if not 1 <= number <= len(draft.slots):
            raise Conflict(f"В заявке страницы от 1 до {len(draft.slots)}.")
    places = {key: value for key, value in _places(found.file).items() if key != str(sheet)}
    return _arranged(
        work, request, found, "placed", number, placed=places if number is None else {**places, str(sheet): number}
    )


def _may_be_placed(sheet: Sheet) -> bool:
    return sheet.page.problem in _BY_HAND


def place_in_order(work: Work, request: AccessRequest) -> Draft:
    """A person vouches that the sheets without a readable code are the missing pages in the order they came."""
    draft = of(work, request)
    numbers = iter(draft.missing)
    for sheet in draft.sheets:
        number = sheet.number if sheet.page.problem == "too-small" else None
        if sheet.role is Role.CODELESS:
            number = next(numbers, None)
        if number is not None:
            place(work, request, sheet.file.id or 0, sheet.page.page_in_file, number)
    return of(work, request)


def turn(work: Work, request: AccessRequest, file_id: int, sheet: int) -> Draft:
    """A quarter clockwise, where no code shows which way is up."""
    found = _sheet(of(work, request), file_id, sheet)
    turns, key = _turns(found.file), str(sheet)
    return _arranged(work, request, found, "turned", sheet, turned={**turns, key: (turns.get(key, 0) + _TURN) % 360})


def drop(work: Work, request: AccessRequest, file_id: int, sheet: int, *, back: bool = False) -> Draft:
    """Leave one sheet of a file out, or take it `back`."""
    found = _sheet(of(work, request), file_id, sheet)
    without = _numbers(found.file, "dropped") - {sheet}
    return _arranged(
        work,
        request,
        found,
        "back" if back else "dropped",
        sheet,
        dropped=sorted(without if back else without | {sheet}),
    )


def remove(work: Work, request: AccessRequest, file_id: int) -> Draft:
    """A file that does not belong here. It stays stored as evidence of what was uploaded."""
    file = original(work, request, file_id)
    file.replaced_at = work.now
    work.session.add(file)
    work.session.flush()
    audit.record(work, "scan.file-removed", lookup.subject(request), file=file.id, sha256=file.sha256)
    return _changed(work, request)


def original(work: Work, request: AccessRequest, file_id: int) -> RequestFile:
    """Raises NotFound when it is not among the present uploads."""
    for file in lookup.files_of(work, request):
        if file.id == file_id and file.purpose == ORIGINAL:
            return file
    raise NotFound("Этого файла у скана уже нет. Обновите страницу.")


def _sheet(draft: Draft, file_id: int, place_in_file: int) -> Sheet:
    for sheet in draft.sheets:
        if sheet.file.id == file_id and sheet.page.page_in_file == place_in_file:
            return sheet
    raise NotFound("Этого листа у скана уже нет. Обновите страницу.")


def _arranged(work: Work, request: AccessRequest, sheet: Sheet, what: str, value: object, **detail: object) -> Draft:
    _put(work, sheet.file, **detail)
    audit.record(
        work,
        "scan.arranged",
        lookup.subject(request),
        file=sheet.file.id,
        sheet=sheet.page.page_in_file,
        what=what,
        value=value,
    )
    return _changed(work, request)


def _changed(work: Work, request: AccessRequest) -> Draft:
    """A scan put together from other sheets must not be signed any more."""
    draft = of(work, request)
    kept = _kept(work, request)
    if kept is not None and not (draft.complete and kept.detail.get("order") == draft.mark):
        files.replace(work, request, ("scan",))
    return draft


def _kept(work: Work, request: AccessRequest) -> RequestFile | None:
    return next((file for file in lookup.files_of(work, request) if file.purpose == "scan"), None)


@dataclass(frozen=True, slots=True)
class Plan:
    """What one PDF is to be put together from, outside of any transaction: it takes seconds."""

    order: tuple[ScanPage, ...]
    paths: tuple[Path, ...]
    mark: str

    def put_together(self) -> bytes:
        """Raises sandbox.Refused or sandbox.Killed."""
        with tempfile.TemporaryDirectory(prefix="egisz-scan-") as folder:
            target = Path(folder, "scan.pdf")
            assemble(self.paths, self.order, target)
            return target.read_bytes()


def is_whole(work: Work, request: AccessRequest) -> bool:
    """Whether a scan of every page is kept, which can be signed."""
    kept = _kept(work, request)
    return kept is not None and bool(kept.detail.get("complete"))


def mark(work: Work, request: AccessRequest) -> str:
    """Of what would be sent: told by the scan that is kept, and where none is, by the sheets as they lie."""
    kept = _kept(work, request)
    order = kept.detail.get("order") if kept else None
    return str(order) if order else of(work, request).mark


def plan(work: Work, request: AccessRequest, draft: Draft | None = None) -> Plan | None:
    """None while pages are missing, and when a scan is kept: whatever changes a sheet takes it away (`_changed`)."""
    if _kept(work, request) is not None:
        return None
    draft = draft or of(work, request)
    if not draft.complete:
        return None
    return Plan(draft.match.order, tuple(work.files.path(file.sha256) for file in draft.files), draft.mark)


def keep(work: Work, request: AccessRequest, made: Plan, data: bytes, draft: Draft | None = None) -> bool:
    """One PDF in the right order is what goes to the desk. False when the sheets have changed meanwhile.

    `draft`: where it was read already in the same transaction.
    """
    draft = draft or of(work, request)
    if not draft.complete or draft.mark != made.mark:
        return False
    files.replace(work, request, ("scan",))
    files.add(
        work,
        request,
        purpose="scan",
        name=f"Скан заявки {request.number} вер. {request.version}.pdf",
        data=data,
        media_type="application/pdf",
        detail={"complete": True, "by_hand": draft.by_hand, "pages": len(made.order), "order": made.mark},
    )
    return True


def _put(work: Work, file: RequestFile, **detail: object) -> None:
    file.detail = {**file.detail, **detail}
    work.session.add(file)
    work.session.flush()


def _is_read(file: RequestFile) -> bool:
    return "sheets" in file.detail


def _failure(file: RequestFile) -> dict[str, object] | None:
    failure = file.detail.get("failure")
    return failure if isinstance(failure, dict) else None


def _list(file: RequestFile, key: str) -> list[dict[str, Any]]:
    value = file.detail.get(key)
    return value if isinstance(value, list) else []


def _numbers(file: RequestFile, key: str) -> frozenset[int]:
    value = file.detail.get(key)
    return frozenset(int(each) for each in value) if isinstance(value, list) else frozenset()


def _places(file: RequestFile) -> dict[str, int]:
    value = file.detail.get("placed")
    return dict(value) if isinstance(value, dict) else {}


def _turns(file: RequestFile) -> dict[str, int]:
    value = file.detail.get("turned")
    return dict(value) if isinstance(value, dict) else {}
