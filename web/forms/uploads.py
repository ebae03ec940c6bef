"""The signed paper on its way in: what came, page by page, what to do with each sheet, and what is left before signing."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from starlette.datastructures import FormData

from actions.context import NotFound, Work
from actions.requests import cases, lookup
from actions.steps import scan_drafts, taking
from actions.steps.answer import Answer, Brought, Upload
from actions.steps.scan_drafts import Draft, Role, Sheet
from catalog.kinds import RequestKind
from models.facts import SignatureFacts
from models.identifiers import BadIdentifier
from models.request import AccessRequest, RequestFile, Status
from sandbox import Killed
from sandbox import Refused as RefusedFile
from states import guards
from states.lifecycle import Refused, Step
from states.rules.signers import signer_rule
from views.people.days import date_of
from views.requests.findings import Group, grouped
from web.shell import text, ticked, uploads
from web.shell.bodies import MAX_BODY

# A request carries a form around the file, so a file of exactly the limit would not pass.
MOST_OF_ONE = MAX_BODY - 1024 * 1024


@dataclass(frozen=True, slots=True)
class SheetView:
    """A sheet with what it is, what to do about it, and which buttons make sense. `ask_number`: a person may say the page."""

    sheet: Sheet
    picture: str
    what: str
    advice: str
    style: str
    ask_number: bool = False
    turns: bool = False


@dataclass(frozen=True, slots=True)
class FileView:
    file: RequestFile
    sheets: int
    failure: str
    unread: bool


@dataclass(frozen=True, slots=True)
class ScanView:
    """`verdict` says it in one sentence; `rest` are sheets that are no awaited page; `put_together`: ready to be signed."""

    verdict: str
    style: str
    slots: tuple[SheetView | None, ...]
    rest: tuple[SheetView, ...]
    dropped: tuple[SheetView, ...]
    files: tuple[FileView, ...]
    missing: tuple[int, ...]
    mark: str
    complete: bool
    codeless: int


def scan_view(work: Work, request: AccessRequest) -> ScanView:
    draft = scan_drafts.of(work, request)
    views = [_sheet_view(work, request, sheet) for sheet in draft.sheets]
    by_sheet = {id(view.sheet): view for view in views}
    counts = {file.id: 0 for file in draft.files}
    for sheet in draft.sheets:
        counts[sheet.file.id] += 1
    verdict, style = _verdict(draft)
    return ScanView(
        verdict=verdict,
        style=style,
        slots=tuple(by_sheet[id(sheet)] if sheet else None for sheet in draft.slots),
        rest=tuple(view for view in views if view.sheet.role not in (Role.PAGE, Role.DROPPED)),
        dropped=tuple(view for view in views if view.sheet.role is Role.DROPPED),
        files=tuple(
            FileView(file, counts[file.id], draft.failures.get(file.id or 0, ""), file in draft.unread)
            for file in draft.files
        ),
        missing=draft.missing,
        mark=draft.mark,
        complete=draft.complete,
        codeless=sum(sheet.role is Role.CODELESS for sheet in draft.sheets),
    )


def _verdict(draft: Draft) -> tuple[str, str]:
    """One sentence and the style of its state."""
    total = len(draft.slots)
    if not draft.files:
        return f"Скана пока нет. В заявке {total} стр.", "open"
    if draft.complete:
        return f"Скан полный: {total} из {total} стр.", "verified"
    if not draft.missing:
        return "Все страницы есть, но с некоторыми листами нужно решить", "warning"
    shown = ", ".join(map(str, draft.missing)) if len(draft.missing) <= 12 else f"{len(draft.missing)} из {total}"
    return f"Не хватает стр. {shown}", "rejected" if len(draft.missing) == total else "warning"


_TOLD: dict[Role, tuple[str, str, str]] = {
    Role.SPARE: ("Ещё одна копия страницы {number}", "Взята другая, более чёткая. Если подпись на этой, уберите ту.", "advice"),
    Role.CODELESS: ("Код страницы не читается", "Посмотрите лист и укажите, какая это страница, или снимите его ещё раз.", "warning"),
    Role.SURPLUS: (
        "Лишний лист", "Все страницы есть и без него, в СТП он не уйдёт. Доверенность приложите ниже, у подписи.", "advice",
    ),
    Role.BLANK: ("Пустой лист", "Если это страница заявки, снимите её ещё раз лицевой стороной, а этот лист уберите.", "warning"),
    Role.FOREIGN: ("Лист другой заявки", "Уберите его отсюда и приложите к своей заявке.", "rejected"),
    Role.OTHER_VERSION: (
        "Лист другой версии", "Распечатайте нынешнюю версию, подпишите и отсканируйте её. Этот лист уберите.", "rejected",
    ),
    Role.BROKEN: ("Лист не открывается", "Снимите или отсканируйте его ещё раз, этот уберите.", "rejected"),
    Role.DROPPED: ("Убран", "В СТП не уйдёт.", "withdrawn"),
}  # fmt: skip


def _sheet_view(work: Work, request: AccessRequest, sheet: Sheet) -> SheetView:
    page = sheet.page
    picture = f"/requests/{request.id}/scan/files/{sheet.file.id}/sheets/{page.page_in_file}.png?turn={page.rotation}"
    if sheet.role is Role.PAGE:
        what, advice, style = _page_told(sheet)
        return SheetView(
            sheet,
            picture,
            what,
            advice,
            style,
            ask_number=sheet.by_hand or page.problem == "too-small",
            turns=sheet.by_hand,
        )
    what, advice, style = _TOLD[sheet.role]
    if sheet.role is Role.FOREIGN and page.code:
        what = f"Лист другой заявки{_named(work, page.code.request)}, стр. {page.code.page}"
    elif sheet.role is Role.OTHER_VERSION and page.code:
        same = page.code.version == request.version
        what = (
            "Лист другой распечатки этой версии"
            if same
            else f"Лист из версии {page.code.version}, а нужна {request.version}"
        )
    elif sheet.role is Role.BROKEN and page.problem == "several-codes":
        what, advice = "На снимке сразу несколько страниц", "Снимите каждую страницу отдельно, этот лист уберите."
    asks = sheet.role in (Role.CODELESS, Role.BLANK)
    return SheetView(sheet, picture, what.format(number=sheet.number), advice, style, ask_number=asks, turns=asks)


def _page_told(sheet: Sheet) -> tuple[str, str, str]:
    page = sheet.page
    if page.problem == "too-small":
        return (
            "Слишком мелко",
            f"Около {page.dpi} точек на дюйм. Снимите ближе или отсканируйте с 200–300, либо подтвердите вручную.",
            "warning",
        )
    if page.drawn:
        return (
            "Это не скан",
            "Страница сохранена из программы: подписи на ней может не быть. Нужна подписанная бумага.",
            "warning",
        )
    if sheet.by_hand:
        return "Указано вручную", "Проверьте, что страница и версия те.", "advice"
    return "есть", "", "verified"


def _named(work: Work, number: int) -> str:
    """Another request by its number, when the user may see it."""
    try:
        return f" {lookup.get(work, number).number}"
    except NotFound:
        return ""


def sign_step(work: Work, request: AccessRequest) -> Step | None:
    """None when no scan is taken in now."""
    return next((step for step in taking.allowed(work, request) if step.trigger == "sign"), None)


def before_signing(work: Work, request: AccessRequest, step: Step, signature: SignatureFacts) -> list[Group]:
    """What the rules say of the signature as typed so far."""
    found = taking.reasons_against(work, request, step, Answer(signature=signature))
    return grouped(found)


def usual_signature(work: Work, request: AccessRequest) -> SignatureFacts:
    """What the form shows before anything is typed: whom the draft or the organisation's card names."""
    facts = cases.facts_of(work, request)
    rule, planned = signer_rule(facts, work.catalog), cases.signature_of(request)
    if planned is not None:
        return planned
    capacities = work.catalog.organisations.capacities
    return SignatureFacts(
        capacity=capacities[0].code if capacities else "",
        body=rule.body if rule and work.catalog.body(rule.body) else "",
        name=facts.organisation.head_name,
        post=facts.organisation.head_post,
    )


def signature_from(form: FormData) -> SignatureFacts:
    """The signature as the form tells it. Raises Refused for what is no date."""
    return SignatureFacts(
        capacity=text(form, "capacity", 40),
        body=text(form, "body", 60),
        name=text(form, "name", 200),
        post=text(form, "post", 300),
        signed_on=date_from(form, "signed_on", "дата подписи"),
        attorney_number=text(form, "attorney_number", 100),
        attorney_date=date_from(form, "attorney_date", "дата доверенности"),
        attorney_until=date_from(form, "attorney_until", "срок доверенности"),
        seal_present={"yes": True, "no": False}.get(text(form, "seal")),
        readable_confirmed=ticked(form, "readable"),
    )


def brought_from(form: FormData, kind: RequestKind) -> Brought:
    """The files of a step."""
    return Brought(
        scan=tuple(_files(form, "scan")),
        attorney=next(_files(form, "attorney"), None),
        by_hand=ticked(form, "by_hand"),
        ground=next(_files(form, "ground_file"), None),
        received=tuple(
            (entry.code, file)
            for entry in kind.attachments
            if not entry.sent
            for file in _files(form, f"file-{entry.code}")
        ),
    )


def _files(form: FormData, name: str) -> Iterator[Upload]:
    return (Upload(*file) for file in uploads(form, name))


def date_from(
    form: FormData, name: str, label: str, *, trigger: str = "sign", status: Status = Status.VALIDATED
) -> dt.date | None:
    """None when left empty. Raises Refused for what is no date."""
    typed = text(form, name, 20)
    try:
        return date_of(typed, f"Не похоже на дату: {label}. Пример: 2026-11-23.") if typed else None
    except BadIdentifier as wrong:
        raise Refused(trigger, status, [guards.process_finding(str(wrong))]) from None


def about_scan(refusal: RefusedFile | Killed) -> str:
    """Why the scan could not be taken in, and what to do."""
    return refusal.told if isinstance(refusal, RefusedFile) else f"{refusal.told} Отсканируйте лист ещё раз."
