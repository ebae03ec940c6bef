"""The one writer of drafts, whichever door they are written by: page, wizards, command line, API, revocations.

Only a draft takes a change, the version grows when somebody may have seen a paper of the former one, a row that stays the
same person's keeps his invitation, and what somebody was said of a number holds on while number and name are the same.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Iterable, Mapping, Sequence

from sqlalchemy import select
from sqlmodel import col

from actions.cards import enrolling
from actions.context import Conflict, Work
from actions.log import audit
from actions.post import links
from actions.requests import cases, creation, lookup, pairs, papers
from models.audit import Event
from models.employee import Employee
from models.facts import LineFacts, RequestFacts, SignatureFacts
from models.findings import Finding
from models.identifiers import valid_snils
from models.link import PersonalLink
from models.organisation import Organisation
from models.request import AccessRequest, RequestLine, Status
from models.text import fold
from states.guards import Case, facts_valid
from states.rules.terms import last_day

LINES_CHANGED = "request.lines-changed"
# Writing a draft, and looking at what was typed: nothing of the version has left the page meanwhile.
_WRITING = (
    "request.created", LINES_CHANGED, "request.lines-replaced", "request.filled-in", "request.signer-planned", "request.people-viewed",
    "request.identity-settled", "request.confirmed", "patients.viewed", "file.added", "file.looked-through", "file.attached", "file.detached", "file.replaced",
)  # fmt: skip


def begin(work: Work, *, kind: str, organisation_id: int) -> AccessRequest:
    """A new draft; one's own that is still empty is taken instead of a second. Raises Conflict like `requests.create`."""
    # Two clicks at the same moment come one by one: the second finds the draft of the first.
    work.session.execute(select(col(Organisation.id)).where(col(Organisation.id) == organisation_id).with_for_update())
    untouched = (
        select(AccessRequest)
        .where(
            col(AccessRequest.kind) == kind,
            col(AccessRequest.organisation_id) == organisation_id,
            col(AccessRequest.created_by) == work.by,
            col(AccessRequest.status) == Status.DRAFT,
            col(AccessRequest.revision) == 0,
            col(AccessRequest.parent_id).is_(None),
            col(AccessRequest.id).not_in(select(col(RequestLine.request_id))),
        )
        .order_by(col(AccessRequest.id).desc())
        .limit(1)
    )
    empty = [found for found in work.session.execute(untouched).scalars() if not found.fields]
    return empty[0] if empty else creation.create(work, kind=kind, organisation_id=organisation_id)


def begin_like(work: Work, request: AccessRequest) -> AccessRequest:
    """A new draft with the same people and fields; the old request stays as it is. Raises Conflict."""
    lines = lookup.lines_of(work, request)
    persons = lookup.persons_of(work, lines)
    same = [cases.line_facts(line, persons.get(line.person_id or 0)) for line in lines]
    numbered = [dataclasses.replace(line, row=place) for place, line in enumerate(same, 1)]
    return creation.create(
        work, kind=request.kind, organisation_id=request.organisation_id, lines=numbered, fields=request.fields
    )


def of_mine(work: Work, *, limit: int = 6) -> list[AccessRequest]:
    """The drafts of whoever works, the newest first."""
    query = select(AccessRequest).where(
        col(AccessRequest.created_by) == work.by,
        col(AccessRequest.status) == Status.DRAFT,
        col(AccessRequest.relation).is_(None),
    )
    return list(work.session.execute(query.order_by(col(AccessRequest.id).desc()).limit(limit)).scalars())


def edit_lines(
    work: Work,
    request: AccessRequest,
    *,
    changed: Mapping[int, LineFacts] | None = None,
    added: Sequence[LineFacts] = (),
    removed: Collection[int] = (),
    intake: Iterable[Finding] = (),
) -> list[RequestLine]:
    """Rows by their ids, kept as typed; gives the new ones. What reading a roster found of a row goes with its change.

    `intake` is of the added ones, its rows as theirs. Raises Conflict when the request is no draft.
    """
    _writable(request)
    changed = changed or {}
    before = lookup.lines_of(work, request)
    kept = [line for line in before if line.id not in removed]
    retyped = {line.id: changed[line.id] for line in kept if line.id is not None and line.id in changed}
    cards = enrolling.enrol(work, request.organisation_id, [*retyped.values(), *added])
    of_changed = dict(zip(retyped, cards, strict=False))
    left = {line.person_id for line in before if line.person_id and (line.id in removed or line.id in retyped)}
    creation.remove_lines(work, request, [line for line in before if line.id in removed])
    fresh = [RequestLine(request_id=request.id or 0) for _ in added]
    typed = [(line, retyped[line.id], of_changed[line.id]) for line in before if line.id in retyped]
    _put(work, request, [*typed, *zip(fresh, added, cards[len(retyped) :], strict=True)])
    old = _still_said(cases.intake_of(request), _places(kept, set(changed)))
    new = _still_said(intake, {facts.row: len(kept) + place for place, facts in enumerate(added, 1) if facts.row})
    request.intake = [dict(finding.as_json()) for finding in (*old, *new)]
    for place, line in enumerate((*kept, *fresh), 1):
        if line.position != place or line.typed.get("row") != place:
            line.position, line.typed = place, {**line.typed, "row": place}
            work.session.add(line)
    work.session.flush()
    enrolling.forget_unused(work, request.organisation_id, left)
    _edited(
        work,
        request,
        LINES_CHANGED,
        changed=sorted(changed),
        added=[line.id for line in fresh],
        removed=sorted(removed),
    )
    return fresh


def replace_lines(
    work: Work, request: AccessRequest, lines: Sequence[LineFacts], intake: Iterable[Finding] = ()
) -> None:
    """A corrected roster in place of the lines; what reading it found replaces what was found before.

    Who stands in both at the same address keeps his row and with it his invitation. Raises Conflict when the request is no draft.
    """
    _writable(request)
    before = lookup.lines_of(work, request)
    checked = {str(old.typed["snils_checked"]) for old in before if old.typed.get("snils_checked")}
    cards = enrolling.enrol(work, request.organisation_id, lines)
    same = {_place(line): line for line in before if line.person_id}
    gone = {line.id: line for line in before}
    rows = []
    for position, (given, card) in enumerate(zip(lines, cards, strict=True), 1):
        facts = dataclasses.replace(given, snils_checked=given.identity) if given.identity in checked else given
        row = same.pop((card.person_id, fold(facts.email)), None) if card else None
        row = row or RequestLine(request_id=request.id or 0)
        gone.pop(row.id, None)
        row.position = position
        rows.append((row, facts, card))
    _put(work, request, rows)
    creation.remove_lines(work, request, list(gone.values()))
    work.session.flush()
    enrolling.forget_unused(work, request.organisation_id, {line.person_id for line in gone.values() if line.person_id})
    request.intake = [dict(finding.as_json()) for finding in intake]
    _edited(work, request, "request.lines-replaced", lines=len(lines))


def _place(line: RequestLine) -> tuple[int | None, str]:
    """Whose row it is, and to which address his invitation went."""
    return line.person_id, fold(str(line.typed.get("email") or ""))


def fill_in(work: Work, request: AccessRequest, values: Mapping[str, str]) -> None:
    """Answers of the kind's form; an empty one is taken away. Raises Conflict, UnknownField."""
    _writable(request)
    creation.check_fields(work.catalog.kind(request.kind), values, work.policy.own_catalog)
    request.fields = {name: value for name, value in {**request.fields, **values}.items() if value.strip()}
    _edited(work, request, "request.filled-in", fields=sorted(values))


def _writable(request: AccessRequest) -> None:
    if request.status is not Status.DRAFT:
        raise Conflict(
            f"Заявка {request.number} уже не черновик. Верните её в черновик: на её странице или командой egisz-access request edit {request.id}."
        )


def _edited(work: Work, request: AccessRequest, action: str, **data: object) -> None:
    """The version grows when something besides writing has happened since the last change: a paper may have been seen."""
    what_happened = (col(Event.subject) == lookup.subject(request), col(Event.action) != "request.viewed")
    query = select(col(Event.action)).where(*what_happened).order_by(col(Event.seq).desc())
    if work.session.execute(query.limit(1)).scalar_one_or_none() not in _WRITING:
        creation.next_version(work, request)
    request.revision += 1
    work.session.add(request)
    work.session.flush()
    audit.record(work, action, lookup.subject(request), **data)


def _put(work: Work, request: AccessRequest, rows: Sequence[tuple[RequestLine, LineFacts, Employee | None]]) -> None:
    """A letter that went to another person or to another address lets nobody in any more."""
    moved = [
        line
        for line, facts, card in rows
        if line.person_id is not None and _place(line) != (card.person_id if card else None, fold(facts.email))
    ]
    if moved:
        links.forget(work, request, moved)
    for line, facts, card in rows:
        line.person_id = card.person_id if card else None
        pairs.ask(work, line, facts.roles, last_day(facts))
        line.typed = creation.typed_values(facts)
    creation.number_lines(work, [line for line, _, _ in rows])
    work.session.flush()


def _places(kept: Sequence[RequestLine], changed: Collection[int]) -> dict[int, int]:
    """The row that findings know a line by, to its new place; what was typed anew has none."""
    return {
        int(str(line.typed["row"])): place
        for place, line in enumerate(kept, 1)
        if line.typed.get("row") and line.id not in changed
    }


def _still_said(intake: Iterable[Finding], places: Mapping[int, int]) -> list[Finding]:
    return [dataclasses.replace(found, row=places[found.row]) for found in intake if found.row and found.row in places]


@dataclasses.dataclass(frozen=True, slots=True)
class Added:
    """What came of people put into a draft at once; `known` stood there already."""

    added: int
    known: int


def add_people(
    work: Work,
    request: AccessRequest,
    lines: Sequence[LineFacts],
    intake: Iterable[Finding] = (),
    *,
    replace: bool = False,
) -> Added:
    """A roster's people behind those that are there, or in their place. Raises Conflict for no draft.

    Who stands there already is not put in twice; a repetition within the roster is, for its findings tell of it.
    """
    present = lookup.lines_of(work, request)
    gone = [line.id or 0 for line in present if replace or is_blank(cases.line_facts(line, None))]
    there = set() if replace else {str(line.typed.get("snils")) for line in present}
    fresh = [line for line in lines if not (valid_snils(line.snils) and line.snils in there)]
    if fresh or gone:
        edit_lines(work, request, added=fresh, removed=gone, intake=intake)
    return Added(len(fresh), len(lines) - len(fresh))


def drop_blanks(work: Work, request: AccessRequest) -> None:
    """Rows of which nothing was typed are nobody."""
    blank = [line.id or 0 for line in lookup.lines_of(work, request) if is_blank(cases.line_facts(line, None))]
    if blank:
        edit_lines(work, request, removed=blank)


def is_blank(line: LineFacts) -> bool:
    return not any((line.snils, line.surname, line.given, line.patronymic, line.email, line.post))


@dataclasses.dataclass(frozen=True, slots=True)
class Judged:
    """A draft as its rules see it now; rows are the places of the lines, whatever a roster called them."""

    facts: RequestFacts
    findings: tuple[Finding, ...]


def judged(work: Work, request: AccessRequest) -> Judged:
    """Everything that stands against the draft, and what is worth a look."""
    lines, facts = lookup.lines_of(work, request), cases.facts_of(work, request)
    places = _places(lines, ())
    numbered = tuple(dataclasses.replace(line, row=place) for place, line in enumerate(facts.lines, 1))
    facts = dataclasses.replace(facts, lines=numbered)
    case = Case(
        facts=facts,
        catalog=work.catalog,
        kind=work.catalog.kind(request.kind),
        intake=tuple(_placed(cases.intake_of(request), places)),
    )
    return Judged(facts, (*facts_valid(case), *papers.blanks(work, request, facts)))


def _placed(intake: Iterable[Finding], places: Mapping[int, int]) -> Iterable[Finding]:
    """What concerns no row of a person keeps none."""
    return (dataclasses.replace(found, row=places.get(found.row or 0)) for found in intake)


def plan_signer(work: Work, request: AccessRequest, signer: SignatureFacts) -> None:
    """Who is going to sign: printed under the form and judged with the draft.

    Raises Conflict when the request is no draft, CatalogError for codes that are not there.
    """
    _writable(request)
    creation.check_signer(work, signer)
    request.signature = cases.signature_values(signer)
    _edited(work, request, "request.signer-planned", capacity=signer.capacity, body=signer.body)


def is_invited(work: Work, request: AccessRequest) -> bool:
    """Whether somebody of it has a link for the first login."""
    query = (
        select(col(PersonalLink.id))
        .join(RequestLine, col(RequestLine.id) == col(PersonalLink.line_id))
        .where(col(RequestLine.request_id) == request.id, col(PersonalLink.purpose) == links.FIRST_LOGIN)
    )
    return work.session.execute(query.limit(1)).first() is not None
