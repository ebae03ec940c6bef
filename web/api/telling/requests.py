"""A request as JSON."""

from __future__ import annotations

from collections.abc import Iterable

from actions.cards import organisations
from actions.context import Work
from actions.letters import invitations
from actions.requests import cases, lookup, pairs
from actions.requests.patients import Shown
from actions.steps import taking
from models.employee import Employee
from models.organisation import Organisation
from models.request import AccessRequest, RequestFile, RequestLine
from states.statuses import AT_DESK
from states.words.files import file_label
from states.words.requests import LINES
from views.requests import summary
from web.api.schemas.common import FindingOut
from web.api.schemas.requests import FileOut, LineOut, OrganisationBrief, RequestBrief, RequestOut, RoleOut
from web.api.telling.letters import letters_told
from web.api.telling.steps import step_told


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
            "letters": [*letters_told(work, request)],
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
