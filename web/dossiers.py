"""Everything that the page of one request shows, gathered from the actions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlmodel import col

from actions import invitations, links, organisations, requests, show, steps
from actions.context import Work
from catalog.kinds import Recipient, RequestKind
from catalog.rules import rules
from catalog.schema import RuleText
from models.letters import InboxLetter, OutboxLetter
from models.organisation import Organisation
from models.person import Person
from models.request import AccessRequest, LineState, RequestFile, RequestLine, Status
from models.text import masked
from states.lifecycle import Step
from states.rules.conditions import holds
from states.rules.fields import printed
from web.boards import Card, cards
from web.findings import Group, grouped
from web.labels import FILES, INBOX, LETTERS, LINES, OUTBOX, path_of


@dataclass(frozen=True, slots=True)
class LineView:
    """A person of the request: what is asked for and what came of it."""

    line: RequestLine
    person: Person | None
    name: str
    post: str
    roles: tuple[str, ...]
    state: LineState
    label: str
    owes: str  # which login is still awaited, "" when none


@dataclass(frozen=True, slots=True)
class FileView:
    """`pages`: how many pages of a scan can be looked at."""

    file: RequestFile
    label: str
    pages: int = 0


@dataclass(frozen=True, slots=True)
class FieldText:
    """A field of the kind as it is printed; a patient's data are masked."""

    label: str
    value: str


@dataclass(frozen=True, slots=True)
class Dossier:
    request: AccessRequest
    kind: RequestKind
    organisation: Organisation
    card: Card
    path: list[tuple[Status, str, str]]
    groups: list[Group]
    lines: list[LineView]
    files: list[FileView]
    earlier: list[FileView]
    letters_out: list[tuple[OutboxLetter, str, str]]
    letters_in: list[tuple[InboxLetter, str]]
    timeline: list[dict[str, object]]
    actions: list[Step]
    main: str  # the trigger of the step that is next
    relatives: Sequence[AccessRequest]
    reason: RuleText
    scan: FileView | None
    desk_name: str
    desk_link: str
    fields: list[FieldText]
    recipient: Recipient | None


def dossier(work: Work, request: AccessRequest) -> Dossier:
    kind = work.catalog.kind(request.kind)
    organisation = organisations.get(work, request.organisation_id)
    facts = requests.facts_of(work, request)
    shown = printed(facts, work.catalog)
    files, letters_out = _files(work, request), show.letters_out(work, request)
    card = cards(work, [(request, organisation)])[0]
    present = [view for view in files if _is_present(request, view.file)]
    return Dossier(
        request=request,
        kind=kind,
        organisation=organisation,
        card=card,
        path=path_of(request, requests.traits(work, request)),
        groups=grouped(show.findings(work, request)),
        lines=line_views(work, request),
        files=present,
        scan=next((view for view in present if view.file.purpose == "scan"), None),
        earlier=[view for view in files if not _is_present(request, view.file)],
        letters_out=[
            (letter, LETTERS.get(letter.purpose, letter.purpose), OUTBOX[letter.state])
            for letter in letters_out
        ],
        letters_in=[(letter, INBOX[letter.state]) for letter in show.letters_in(work, request)],
        timeline=show.timeline(work, request),
        actions=steps.allowed(work, request),
        main=_main_step(request, kind, card, letters_out),
        relatives=_relatives(work, request),
        reason=rules()["ORG-13"],
        desk_name=work.catalog.desk.web_name,
        desk_link=work.catalog.desk.web_link,
        fields=[FieldText(field.label, masked(value) if field.holds == "patient" else value) for field, value, _ in shown],
        recipient=next((entry for entry in kind.recipients if holds(entry.when, facts, work.catalog)), None),
    )


def _main_step(request: AccessRequest, kind: RequestKind, card: Card, letters: Sequence[OutboxLetter]) -> str:
    """The officer's own next step; "" while it is somebody else's turn."""
    if request.status is Status.DRAFT:
        invited = any(letter.purpose == links.FIRST_LOGIN for letter in letters)
        return "invite" if kind.first_login and not invited else "validate"
    if request.status is Status.VALIDATED:
        return "sign" if kind.signature else _handing(kind)
    if request.status is Status.AWAITING and request.question:
        return "reply"
    if card.term is not None and card.term.overdue:
        return "follow_up"
    if request.status is Status.GRANTED and kind.verified != "login":
        return "verify"
    if request.status is Status.SIGNED:
        return _handing(kind)
    if request.status is Status.AWAITING and not kind.to_desk:
        return "grant"
    return "revise" if request.status is Status.REJECTED else ""


def _handing(kind: RequestKind) -> str:
    return "send" if kind.to_desk else "hand_over"


_BEFORE_SENDING = (Status.DRAFT, Status.VALIDATED, Status.SIGNED)


def _owes(work: Work, request: AccessRequest, line: RequestLine, person: Person | None) -> str:
    kind = work.catalog.kind(request.kind)
    if request.status in _BEFORE_SENDING and kind.first_login:
        purpose = links.FIRST_LOGIN
    elif request.status is Status.GRANTED and kind.verified == "login":
        purpose = links.LOGIN_CHECK
    else:
        return ""
    return purpose if person is not None and invitations.owes(line, person, purpose) else ""


def line_views(work: Work, request: AccessRequest) -> list[LineView]:
    lines = requests.lines_of(work, request)
    persons = requests.persons_of(work, lines)
    return [_line_view(work, request, line, persons.get(line.person_id or 0)) for line in lines]


def _line_view(work: Work, request: AccessRequest, line: RequestLine, person: Person | None) -> LineView:
    facts = requests.line_facts(line, person)
    return LineView(
        line=line,
        person=person,
        name=facts.name or "без имени",
        post=facts.post,
        roles=invitations.role_labels(work, line),
        state=line.state,
        label=LINES[line.state],
        owes=_owes(work, request, line, person),
    )


def _files(work: Work, request: AccessRequest) -> list[FileView]:
    """Of every version, newest first: history is kept."""
    query = select(RequestFile).where(col(RequestFile.request_id) == request.id).order_by(col(RequestFile.id).desc())
    return [
        FileView(file, FILES.get(file.purpose, "Файл"), int(str(file.detail.get("pages") or 0)))
        for file in work.session.execute(query).scalars()
    ]


def _is_present(request: AccessRequest, file: RequestFile) -> bool:
    return file.version == request.version and file.replaced_at is None


def _relatives(work: Work, request: AccessRequest) -> Sequence[AccessRequest]:
    """The request that this one came from and the ones that came from it."""
    query = select(AccessRequest).where(
        (col(AccessRequest.id) == request.parent_id) | (col(AccessRequest.parent_id) == request.id)
    )
    return work.session.execute(query.order_by(col(AccessRequest.id))).scalars().all()
