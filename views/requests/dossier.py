"""Everything that the page of one request shows, gathered from the actions in a fixed number of queries."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import or_, select
from sqlmodel import col

from actions.accounts import accounts
from actions.accounts.user import User
from actions.cards import organisations
from actions.cards.organisation_names import in_request
from actions.context import Work
from actions.requests import cases, lookup, papers
from actions.steps import comments, taking
from catalog.kinds import Recipient, RequestKind
from catalog.layouts import layout
from catalog.rules import rules
from catalog.schema import RuleText
from models.account import Account, AccountOrganisation, Role
from models.comment import Comment
from models.employee import Employee
from models.facts import OrganisationFacts, RequestFacts
from models.organisation import Organisation
from models.request import AccessRequest, RequestFile, RequestLine, Status
from models.text import masked
from states.lifecycle import Step
from states.rules.conditions import holds
from states.rules.fields import printed
from states.statuses import AT_DESK
from states.turn import Standing, main_step
from states.words.files import file_label
from views.board.time_left import Term, term_of
from views.board.turn_words import Mover, next_mover
from views.requests import summary
from views.requests.correspondence import Correspondence, correspondence
from views.requests.findings import Group, grouped
from views.requests.grid import Grid, View, grid, name_of
from views.requests.history import History, history
from views.requests.path import path_of
from views.requests.places import Places, positions_of
from views.requests.previews import paper_of


@dataclass(frozen=True, slots=True)
class FileView:
    """`seen`: its pages can be looked at; `beside`: the file whose pages stand next to them, a scan beside its paper."""

    file: RequestFile
    label: str
    seen: bool = False
    beside: int | None = None

    @property
    def erased(self) -> bool:
        return self.file.sha256.startswith("erased:")


@dataclass(frozen=True, slots=True)
class FieldText:
    """A field of the kind as it is printed; a patient's data are masked."""

    label: str
    value: str


@dataclass(frozen=True, slots=True)
class Heading:
    """Which request a page is about and where it stands."""

    request: AccessRequest
    kind: RequestKind
    organisation: Organisation
    then: Mapping[str, str]  # the organisation's names and numbers when the request left
    path: list[tuple[Status, str, str]]


@dataclass(frozen=True, slots=True)
class Dossier(Heading):
    mover: Mover
    term: Term | None
    groups: list[Group]
    grid: Grid
    files: list[FileView]
    earlier: list[FileView]
    letters: Correspondence
    history: History
    comments: Sequence[Comment]
    names: Mapping[str, str]  # of those who commented
    actions: list[Step]
    main: str  # the trigger of the step that is next
    officers: Sequence[str]  # who may act, told to those who may not
    relatives: Sequence[AccessRequest]
    reason: RuleText
    desk_name: str
    desk_link: str
    fields: list[FieldText]
    recipient: Recipient | None


def heading(work: Work, request: AccessRequest) -> Heading:
    """For the pages that lie under the request's own."""
    organisation = organisations.get(work, request.organisation_id)
    return Heading(
        request,
        work.catalog.kind(request.kind),
        organisation,
        in_request(work, request, organisation),
        path_of(request, lookup.traits(work, request)),
    )


def dossier(
    work: Work, request: AccessRequest, user: User | None = None, view: View = View(), *, whole_history: bool = False
) -> Dossier:
    """`user` None: an officer."""
    acts = user is None or user.acts
    top = heading(work, request)
    kind, organisation = top.kind, top.organisation
    rows = lookup.rows_of(work, request)
    facts = cases.facts_of(work, request, rows)
    lines, persons = rows.lines if kind.people else [], rows.persons
    letters = correspondence(work, request, {line.person_id: name_of(line) for line in lines if line.person_id})
    relatives = lookup.relatives_of(work, request)
    files = file_views(work, request, rows.files, facts.organisation)
    present = sorted((view for view in files if _is_present(request, view.file)), key=lambda view: view.beside is None)
    term = term_of(work, request.due_at) if request.status in AT_DESK else None
    places = Places(
        request, kind, organisation.seal is not None, acts, _companion(request, relatives), positions_of(facts.lines)
    )
    said = comments.of(work, request)
    standing = _standing(work, request, lines, persons, letters, term)
    main = main_step(standing)
    return Dossier(
        request=request,
        kind=kind,
        organisation=organisation,
        then=top.then,
        path=top.path,
        mover=next_mover(standing),
        term=term,
        groups=grouped(summary.findings(work, request, facts), places.of),
        grid=grid(work, request, lines, persons, view),
        files=present,
        earlier=[view for view in files if not _is_present(request, view.file)],
        letters=letters,
        history=history(work, request, letters.sent, whole=whole_history),
        comments=said,
        names=accounts.names(work, {comment.by for comment in said}) if said else {},
        actions=sorted(taking.allowed(work, request), key=lambda step: step.trigger != main) if acts else [],
        main=main,
        officers=() if acts else _officers(work, organisation),
        relatives=relatives,
        reason=rules()["ORG-13"],
        desk_name=work.catalog.desk.web_name,
        desk_link=work.catalog.desk.web_link,
        fields=_fields(work, facts),
        recipient=next((entry for entry in kind.recipients if holds(entry.when, facts, work.catalog)), None),
    )


def _standing(
    work: Work,
    request: AccessRequest,
    lines: Sequence[RequestLine],
    persons: Mapping[int, Employee],
    letters: Correspondence,
    term: Term | None,
) -> Standing:
    owed = sum(person.first_login_on is None for line in lines if (person := persons.get(line.person_id or 0)))
    return Standing(
        status=request.status,
        traits=lookup.traits(work, request),
        lines=Counter(line.state for line in lines),
        first_logins_owed=owed,
        letter=letters.package,
        question=request.question is not None,
        overdue=term is not None and term.overdue,
        invited=letters.invited,
    )


def _fields(work: Work, facts: RequestFacts) -> list[FieldText]:
    return [
        FieldText(field.label, masked(value) if field.holds == "patient" else value)
        for field, value, _ in printed(facts, work.catalog)
    ]


def file_views(
    work: Work, request: AccessRequest, files: Sequence[RequestFile], organisation: OrganisationFacts
) -> list[FileView]:
    """Of every version, newest first: history is kept. Scans stand beside the paper that was signed."""
    kind = work.catalog.kind(request.kind)
    signed = signed_paper(work, request, organisation)
    scans = {file.version: file.id for file in files if file.purpose == "scan" and file.replaced_at is None}
    return [
        FileView(
            file,
            _label(kind, file),
            paper_of(kind, file) is not None,
            scans.get(file.version) if file.purpose == signed else None,
        )
        for file in reversed(files)
    ]


def _label(kind: RequestKind, file: RequestFile) -> str:
    entry = kind.attachment(file.purpose)
    return entry.title if entry else file_label(file.purpose)


def signed_paper(work: Work, request: AccessRequest, organisation: OrganisationFacts) -> str:
    """The purpose of the file that was printed to be signed."""
    code = papers.layout_code(work.catalog.kind(request.kind), organisation, work.catalog)
    return f"{layout(code, work.policy.own_catalog).purpose}-docx"


def _is_present(request: AccessRequest, file: RequestFile) -> bool:
    return file.version == request.version and file.replaced_at is None


def _companion(request: AccessRequest, relatives: Sequence[AccessRequest]) -> int | None:
    return next((each.id for each in relatives if each.relation == "companion" and each.parent_id == request.id), None)


def _officers(work: Work, organisation: Organisation) -> list[str]:
    """Names of the officers who see this organisation, a few of them."""
    theirs = select(col(AccountOrganisation.account_id)).where(
        col(AccountOrganisation.organisation_id) == organisation.id
    )
    query = select(col(Account.name), col(Account.roles)).where(
        col(Account.active).is_(True), or_(col(Account.everywhere).is_(True), col(Account.id).in_(theirs))
    )
    found = work.session.execute(query.order_by(col(Account.name))).tuples()
    return [name for name, roles in found if Role.OFFICER.value in roles][:5]
