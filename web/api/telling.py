"""A request as JSON: what `request show` tells, with the numbers that further calls need."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from actions.cards import organisations
from actions.context import Work
from actions.letters import invitations, letter_rows
from actions.requests import cases, lookup, pairs
from actions.requests.patients import Shown
from actions.steps import taking
from catalog.kinds import RequestKind
from models.employee import Employee
from models.letters import InboxLetter, OutboxLetter
from models.organisation import Organisation
from models.request import AccessRequest, RequestFile, RequestLine
from states.lifecycle import Step
from states.statuses import AT_DESK
from states.words.files import file_label
from states.words.letters import INBOX, LETTERS, OUTBOX
from states.words.requests import LINES
from views.requests import summary
from web.api.schemas import (
    AskedOut,
    FileOut,
    FindingOut,
    LetterOut,
    LineOut,
    OrganisationBrief,
    RequestBrief,
    RequestOut,
    RoleOut,
    StepOut,
)
from web.forms import stepping
from web.forms.stepping import Asked


def brief(work: Work, request: AccessRequest, organisation: Organisation) -> RequestBrief:
    waits = request.status in AT_DESK
    return RequestBrief(
        id=request.id or 0,
        number=request.number,
        url=f"{work.policy.page_url}/requests/{request.id}",
        kind=request.kind,
        state=request.status,
        state_label=lookup.state_label(work, request),
        state_since=request.status_since,
        version=request.version,
        revision=request.revision,
        organisation=organisation_brief(organisation),
        ticket=request.ticket,
        deadline=request.due_at,
        deadline_warnings=summary.deadline_warnings(work, request),
        overdue=waits and request.due_at is not None and work.now > request.due_at,
    )


def organisation_brief(card: Organisation) -> OrganisationBrief:
    return OrganisationBrief(id=card.id or 0, inn=card.inn, kpp=card.kpp, name=card.name)


def whole(work: Work, request: AccessRequest, *, patients: Shown | None = None) -> RequestOut:
    shown = summary.show(work, request, patients=patients)
    kind = work.catalog.kind(request.kind)
    return RequestOut.model_validate(
        {
            **brief(work, request, organisations.get(work, request.organisation_id)).model_dump(),
            **{name: shown[name] for name in ("fields", "attachments", "outcome", "timeline", "held")},
            "findings": shown["findings"],
            "kind_title": kind.title,
            "channel": request.channel,
            "question": request.question,
            "lines": _lines(work, request),
            "files": _files(work, request),
            "letters": [*_letters(work, request)],
            "steps": [step_told(work, kind, step) for step in taking.allowed(work, request)],
            "related": [each.id for each in lookup.relatives_of(work, request)],
        }
    )


def findings_told(found: Iterable[dict[str, object]]) -> list[FindingOut]:
    return [FindingOut.model_validate(each) for each in found]


def _lines(work: Work, request: AccessRequest) -> list[LineOut]:
    lines = lookup.lines_of(work, request)
    persons = lookup.persons_of(work, lines)
    return [_line(work, line, persons.get(line.person_id or 0)) for line in lines]


def _line(work: Work, line: RequestLine, person: Employee | None) -> LineOut:
    facts = cases.line_facts(line, person)
    return LineOut(
        id=line.id or 0,
        row=line.position,
        person_id=person.id if person else None,
        person=facts.name,
        roles=[RoleOut.model_validate(each) for each in pairs.told(work, line, person)],
        role_labels=list(invitations.role_labels(work, line)),
        state=line.state,
        state_label=LINES[line.state],
        reason=pairs.reason_of(line, person),
        first_login_on=facts.first_login_on,
        verified_at=line.verified_at,
    )


def _files(work: Work, request: AccessRequest) -> list[FileOut]:
    """Of every version, newest first."""
    return [file_told(work, request, file) for file in reversed(lookup.rows_of(work, request).files)]


def file_told(work: Work, request: AccessRequest, file: RequestFile) -> FileOut:
    attachment = work.catalog.kind(request.kind).attachment(file.purpose)
    return FileOut(
        id=file.id or 0,
        purpose=file.purpose,
        label=attachment.title if attachment else file_label(file.purpose),
        name=file.name,
        media_type=file.media_type,
        size=file.size,
        sha256=file.sha256,
        version=file.version,
        current=file.version == request.version and file.replaced_at is None,
        added_at=file.added_at,
    )


def _letters(work: Work, request: AccessRequest) -> Iterator[LetterOut]:
    yield from map(sent_told, letter_rows.letters_out(work, request))
    yield from map(_received, letter_rows.letters_in(work, request))


def sent_told(letter: OutboxLetter) -> LetterOut:
    return LetterOut(
        id=letter.id or 0,
        direction="out",
        purpose=LETTERS.get(letter.purpose, "Письмо"),
        state=letter.state.value,
        state_label=OUTBOX[letter.state],
        at=letter.confirmed_at or letter.promised_at,
        subject=letter.subject,
        problem=letter.error,
    )


def _received(letter: InboxLetter) -> LetterOut:
    return LetterOut(
        id=letter.id or 0,
        direction="in",
        purpose="Принесено вручную" if letter.brought_by else "Пришло",
        state=letter.state.value,
        state_label=INBOX[letter.state],
        at=letter.received_at,
        subject=letter.subject,
        problem=letter.problem,
    )


def step_told(work: Work, kind: RequestKind, step: Step) -> StepOut:
    needs = stepping.asked(work, kind, step)
    return StepOut(trigger=step.trigger, label=step.label, confirm=step.confirm, asks=[*_asks(work, kind, step, needs)])


def _asks(work: Work, kind: RequestKind, step: Step, needs: Asked) -> Iterator[AskedOut]:
    """The fields of `StepIn`, or of the form where a file goes with them."""
    yield _ask("revision", "Номер правки, который вы видели; или заголовок If-Match")
    if needs.signature:
        yield _ask(
            "scan", "Скан: файлы PDF или JPG (multipart); не нужен, если эта версия уже приложена", required=False
        )
        yield _ask("signature", "Кто и когда подписал; в форме – отдельными полями")
    if needs.ticket or needs.registered:
        yield _ask("ticket", kind.number_label, required=needs.ticket_required)
    if needs.registered:
        yield _ask("registered_on", "Дата регистрации", required=False)
    if needs.outcome:
        yield _ask("outcome", "Что получено", values=[entry.code for entry in kind.outcomes])
        for entry in kind.attachments:
            if not entry.sent:
                yield _ask(f"file-{entry.code}", f"{entry.title}: файл (multipart)", required=False)
    if needs.question:
        yield _ask("question", "О чём спрашивает СТП")
    if needs.reply:
        yield _ask("text", "Ответ, который уйдёт в СТП")
    if needs.outcomes:
        yield _ask("answers", "Ответ о каждом работнике; роли, которые решены иначе, – в pairs", required=False)
        yield _ask("pairs", "Ответ о ролях: названа должна быть каждая, здесь или в answers", required=False)
        yield _ask("until", "До какого дня дан доступ, если день назван", required=False)
    if needs.reason:
        yield _ask("reason", "Причина")
    if needs.ground:
        yield _ask("ground", "На чём основан ответ: слова (не короче 10 знаков), письмо или файл", required=False)
        yield _ask("ground_letter", "Номер пришедшего письма", required=False)
        yield _ask("ground_file", "Файл (multipart)", required=False)
    if needs.address:
        yield _ask("confirm_address", "Подтверждаю адрес СТП", values=["true"])
    if needs.address_may:
        yield _ask(
            "confirm_address", "Подтверждаю адрес СТП: без этого приглашения ждут", required=False, values=["true"]
        )


def _ask(name: str, about: str, *, required: bool = True, values: list[str] | None = None) -> AskedOut:
    return AskedOut(name=name, required=required, about=about, values=values)
