"""A request and a list of requests as people and programs are shown them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, select
from sqlmodel import col

from actions.cards import organisations
from actions.context import Work
from actions.post import destinations, outbox
from actions.requests import cases, lookup, pairs
from actions.requests.patients import Shown
from actions.requests.telling import told
from actions.steps import taking
from models.attachments import AttachmentFacts
from models.audit import Event
from models.employee import Employee
from models.facts import RequestFacts
from models.findings import Finding
from models.letters import OutboxLetter
from models.organisation import Organisation
from models.request import AccessRequest, RequestLine, Status
from models.text import masked
from states.lifecycle import step_for
from states.rules.fields import printed
from states.turn import step_ahead
from views.board import order, searching
from views.board.counts import tally
from views.board.searching import Filters


def show(work: Work, request: AccessRequest, *, patients: Shown | None = None) -> dict[str, object]:
    """JSON of `request show`. Patients' data are masked unless it is on record that they are shown, and what for."""
    kind = work.catalog.kind(request.kind)
    outcome, facts = kind.outcome(request.outcome), cases.facts_of(work, request)
    organisation = organisations.get(work, request.organisation_id)
    return {
        "id": request.id,
        "number": request.number,
        "kind": request.kind,
        "state": request.status.value,
        "state_label": lookup.state_label(work, request),
        "version": request.version,
        "organisation": {"inn": organisation.inn, "name": organisation.name},
        "fields": _fields(work, facts, masks=patients is None),
        "attachments": [_attachment(file) for file in facts.attached],
        "outcome": {"code": outcome.code, "label": outcome.label, "next": outcome.next} if outcome else None,
        "lines": [_line(work, line, person) for line, person in _lines(work, request)],
        "findings": [finding.as_json() for finding in findings(work, request)],
        "deadline": request.due_at.isoformat() if request.due_at else None,
        "deadline_warnings": deadline_warnings(work, request),
        "ticket": request.ticket,
        "held": destinations.held_told(work) if outbox.held(work, request) else None,
        "timeline": timeline(work, request),
        "actions": [step.trigger for step in taking.allowed(work, request)],
    }


def deadline_warnings(work: Work, request: AccessRequest) -> list[str]:
    """Why the deadline is not sure: years that it spans and that have no calendar. Of other recipients days are counted."""
    if request.due_at is None or not work.catalog.kind(request.kind).to_desk:
        return []
    zone = ZoneInfo(work.desk_schedule.zone)
    first = (request.sent_at or request.due_at).astimezone(zone).date()
    return list(work.calendar.warnings(first, request.due_at.astimezone(zone).date()))


def _fields(work: Work, facts: RequestFacts, *, masks: bool) -> list[dict[str, object]]:
    return [
        {
            "code": field.code,
            "label": field.label,
            "value": masked(value) if masks and field.holds == "patient" else value,
            "patient": field.holds == "patient",
        }
        for field, value, _ in printed(facts, work.catalog)
    ]


def _attachment(file: AttachmentFacts) -> dict[str, object]:
    return {
        "code": file.code, "name": file.name, "media_type": file.media_type, "size": file.size, "pages": file.pages,
        "unread": list(file.unread), "looked_by": file.looked_by, "looked_at": file.looked_at or None,
    }  # fmt: skip


def _lines(work: Work, request: AccessRequest) -> list[tuple[RequestLine, Employee | None]]:
    lines = lookup.lines_of(work, request)
    persons = lookup.persons_of(work, lines)
    return [(line, persons.get(line.person_id or 0)) for line in lines]


def _line(work: Work, line: RequestLine, person: Employee | None) -> dict[str, object]:
    return {
        "person": cases.line_facts(line, person).name,
        "roles": pairs.told(work, line, person),
        "state": line.state.value,
        "reason": pairs.reason_of(line, person),
    }


def findings(work: Work, request: AccessRequest, facts: RequestFacts | None = None) -> list[Finding]:
    """What stands between the request and its next state. `facts`: where they were read already."""
    traits = lookup.traits(work, request)
    trigger = step_ahead(request.status, traits)
    if not trigger:
        return []
    return taking.reasons_against(work, request, step_for(trigger, request.status, traits), None, facts)


LOOKS = ("request.viewed", "file.viewed", "letter.viewed")  # change nothing; the log as a whole shows them
TALK = ("comment.added", "comment.removed")  # told by the comments themselves where they stand beside


def timeline(work: Work, request: AccessRequest) -> list[dict[str, object]]:
    """What happened to the request and its letters, oldest first."""
    traits = lookup.traits(work, request)
    return [
        {"at": event.at.isoformat(), "what": told(event, traits), "by": event.actor}
        for event in reversed(latest_events(work, request))
    ]


def latest_events(
    work: Work,
    request: AccessRequest,
    *,
    after: int = 0,
    limit: int | None = None,
    without: Sequence[str] = (),
    letters: Iterable[int] | None = None,
) -> Sequence[Event]:
    """Of the request and its `letters`, newest first; only those later than event number `after`."""
    if letters is None:
        own = select(col(OutboxLetter.id)).where(col(OutboxLetter.request_id) == request.id)
        letters = [number for number in work.session.execute(own).scalars() if number is not None]
    subjects = [lookup.subject(request), *(f"letter:{number}" for number in letters)]
    query = select(Event).where(
        col(Event.subject).in_(subjects), col(Event.seq) > after, col(Event.action).not_in((*LOOKS, *without))
    )
    return work.session.execute(query.order_by(col(Event.seq).desc()).limit(limit)).scalars().all()


def listed(
    work: Work,
    *,
    status: Status | None = None,
    inn: str | None = None,
    overdue: bool = False,
    text: str = "",
    limit: int = 500,
) -> list[tuple[AccessRequest, Organisation]]:
    """Requests, what the desk has first and by its deadline, then from state to state the ones that wait longest."""
    filters = searching.resolved(work, Filters(status=status, organisation=inn or "", overdue=overdue, text=text))
    found = order.in_order(work, filters, tally(work, filters).states, sort="", descending=False, limit=limit)
    return order.pairs(work, found)


def listed_after(
    work: Work,
    after: int,
    *,
    status: Status | None = None,
    inn: str | None = None,
    overdue: bool = False,
    text: str = "",
    limit: int = 100,
) -> list[tuple[AccessRequest, Organisation]]:
    """The same in the order of their numbers, behind number `after`: programs go through all of them page by page."""
    query = (
        select(AccessRequest, Organisation)
        .join(Organisation, col(Organisation.id) == col(AccessRequest.organisation_id))
        .where(col(AccessRequest.id) > after, *_wanted(work, status, inn, overdue, text))
        .order_by(col(AccessRequest.id))
        .limit(limit)
    )
    return [(request, organisation) for request, organisation in work.session.execute(query)]


def _wanted(work: Work, status: Status | None, inn: str | None, overdue: bool, text: str) -> list[ColumnElement[bool]]:
    """For a query that joins the organisation."""
    where = searching.conditions(work, Filters(status=status, overdue=overdue, text=text))
    return [*where, col(Organisation.inn) == inn] if inn else where
