"""Packs of evidence: what was asked, sent, answered and granted, with the part of the log that proves it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from sqlalchemy import select
from sqlmodel import col

from actions.cards import organisations, people
from actions.context import NotFound, Work
from actions.evidence import corrections, evidence_tables, log, papers
from actions.evidence.evidence_tables import Key, key_of
from actions.evidence.papers import Stored
from actions.letters import letter_rows
from actions.log import audit
from actions.requests import lookup, telling
from actions.reviews import reviews
from actions.roles.holdings import subject_of
from documents.evidence import Absent, Contents, Enclosed, Table, finished, prepare
from documents.evidence.verify import EXPORTED, values
from documents.practice import MARK, TOLD
from models.audit import Event
from models.employee import Employee
from models.grant import Grant
from models.identifiers import inn_digits, snils_digits
from models.letters import InboxLetter, OutboxLetter
from models.organisation import Organisation
from models.request import AccessRequest, RequestLine
from models.review import ReviewCampaign
from states.moments import moment_on_record
from states.words.reviews import ANSWERS

Line = tuple[AccessRequest, RequestLine, Employee | None]


@dataclass(frozen=True, slots=True)
class Pack:
    """A finished archive; `anchor` is the log's head after it, to be kept apart from it."""

    data: bytes
    anchor: str
    files: int
    events: int
    absent: tuple[Absent, ...]

    def as_json(self) -> dict[str, object]:
        """JSON of `evidence`."""
        return {
            "anchor": self.anchor,
            "files": self.files,
            "events": self.events,
            "absent": [{"what": entry.what, "why": entry.why} for entry in self.absent],
        }


@dataclass
class _Case:
    """What one pack is about, as it is gathered."""

    title: str
    subject: str
    about: list[tuple[str, str]] = field(default_factory=list)
    requests: list[AccessRequest] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)
    grants: list[Grant] = field(default_factory=list)
    cards: dict[Key, Employee] = field(default_factory=dict)
    organisations: list[Organisation] = field(default_factory=list)
    out: list[OutboxLetter] = field(default_factory=list)
    received: list[InboxLetter] = field(default_factory=list)
    stored: list[Stored] = field(default_factory=list)
    absent: list[Absent] = field(default_factory=list)
    subjects: set[str] = field(default_factory=set)
    later: set[str] = field(default_factory=set)  # subjects of which only what came after the case began matters
    tables: list[Table] = field(default_factory=list)
    concerns: Callable[[Event], bool] = lambda event: True

    def take(self, found: Iterable[Stored | Absent]) -> None:
        for entry in found:
            if isinstance(entry, Stored):
                self.stored.append(entry)
            else:
                self.absent.append(entry)


def of_request(work: Work, request: AccessRequest) -> Pack:
    """One request, with the add-application that travels in its letter."""
    companion = lookup.companion_of(work, request)
    case = _Case(f"Доказательства по заявке {request.number}", lookup.subject(request))
    _gather(work, case, [request, companion] if companion else [request])
    card = case.organisations[0]
    case.about = [
        ("Заявка", f"{request.number}, {work.catalog.kind(request.kind).title}"),
        ("Организация", f"{card.called}, ИНН {card.inn}"),
        ("Обращение в СТП", request.ticket or ""),
    ]
    return _packed(work, case, "request")


def of_organisation(work: Work, inn: object) -> Pack:
    """Every request of an organisation and of its branches with the same ИНН. Raises BadIdentifier, NotFound."""
    digits = inn_digits(inn)
    cards = list(
        work.session.execute(select(Organisation).where(col(Organisation.inn) == digits).order_by(col(Organisation.id)))
        .scalars()
        .all()
    )
    if not cards:
        raise organisations.unknown(digits)
    query = select(AccessRequest).where(col(AccessRequest.organisation_id).in_([card.id for card in cards]))
    found = list(work.session.execute(query.order_by(col(AccessRequest.id))).scalars())
    numbers = [card.id or 0 for card in cards]
    if not found and not evidence_tables.held_in(work, numbers):
        raise NotFound("У этой организации ещё нет ни одной заявки и ни одной роли.")
    case = _Case(f"Доказательства: {cards[0].called}", f"organisation:{cards[0].id}")
    case.subjects |= {f"organisation:{card.id}" for card in cards}
    _gather(work, case, found, places=numbers)
    case.about = [("Организация", f"{cards[0].called}, ИНН {digits}"), ("Заявок", str(len(found)))]
    return _packed(work, case, "organisation")


def of_person(work: Work, number: object) -> Pack:
    """One person in every organisation that the user sees. Raises BadIdentifier, NotFound."""
    cards = people.cards_of(work, snils_digits(number))
    if not cards:
        raise NotFound("Работника с таким СНИЛС здесь нет.")
    return _of_cards(work, cards)


def of_employee(work: Work, card: Employee) -> Pack:
    """One employee of one organisation."""
    return _of_cards(work, [card])


def _of_cards(work: Work, cards: Sequence[Employee]) -> Pack:
    """Papers with other people's data are left out and named."""
    person_id, name = cards[0].person_id, ", ".join(dict.fromkeys(card.name for card in cards if card.name))
    own = select(col(RequestLine.request_id)).where(col(RequestLine.person_id) == person_id)
    query = select(AccessRequest).where(
        col(AccessRequest.id).in_(own), col(AccessRequest.organisation_id).in_([card.organisation_id for card in cards])
    )
    found = list(work.session.execute(query.order_by(col(AccessRequest.id))).scalars())
    case = _Case(f"Доказательства: {name}", people.subject(cards[0]))
    case.subjects |= {people.subject(card) for card in cards}
    case.subjects |= evidence_tables.old_subjects(work, cards)
    _gather(work, case, found, only=person_id, places=[card.organisation_id for card in cards])
    lines = [line.id or 0 for _, line, _ in case.lines]
    case.concerns = log.only_of(cards, lines, [grant.id or 0 for grant in case.grants])
    case.about = [("Работник", name), ("СНИЛС", evidence_tables.snils(cards[0].snils)), ("Заявок", str(len(found)))]
    return _packed(work, case, "person")


def of_review(work: Work, campaign: ReviewCampaign) -> Pack:
    """A yearly review: its questions, letters and answers."""
    review = reviews.show(work, campaign)
    case = _Case(f"Доказательства проверки доступа за {campaign.year} год", reviews.subject(campaign))
    case.subjects.add(case.subject)
    case.organisations = [entry.organisation for entry in review.organisations]
    asked = [asked for entry in review.organisations for asked in entry.questions]
    case.grants = [entry.grant for entry in asked]
    case.cards = {key_of(entry.person): entry.person for entry in asked}
    drafts = {entry.revocation.id: entry.revocation for entry in asked if entry.revocation is not None}
    key = reviews.letter_key(campaign)
    query = select(OutboxLetter).where(col(OutboxLetter.key).startswith(key, autoescape=True))
    case.out = list(work.session.execute(query.order_by(col(OutboxLetter.id))).scalars())
    case.subjects |= {f"letter:{letter.id}" for letter in case.out}
    case.take(papers.letters_out(case.out, "letters"))
    case.absent.append(
        Absent("Еженедельные напоминания", "они уходят в общих письмах ответственным, где есть и другие дела")
    )
    case.absent += [
        Absent(
            f"Заявка {draft.number} на прекращение ролей",
            "у неё свой комплект: его дают на её странице или командой egisz-access evidence",
        )
        for draft in drafts.values()
    ]
    case.requests = list(drafts.values())
    case.tables = [
        _answers(review),
        evidence_tables.letters_table(case.out, ()),
        evidence_tables.numbers_table(work, case.cards.values(), (), case.grants, case.organisations, case.requests),
    ]
    closed = f"{moment_on_record(campaign.closed_at)}, {campaign.closed_by}" if campaign.closed_at else "ещё открыта"
    case.about = [
        ("Начата", f"{moment_on_record(campaign.started_at)}, {campaign.started_by}"),
        ("Ответы ждали до", f"{campaign.until:%d.%m.%Y}"),
        ("Закрыта", closed),
        ("Без ответа", str(review.counts()["open"])),
    ]
    return _packed(work, case, "review")


def _answers(review: reviews.Review) -> Table:
    rows = tuple(
        (
            entry.organisation.called,
            asked.name,
            asked.label,
            moment_on_record(asked.grant.since),
            ANSWERS[asked.answer],
            moment_on_record(asked.question.answered_at),
            asked.question.answered_by,
            asked.revocation.number if asked.revocation else "",
        )
        for entry in review.organisations
        for asked in entry.questions
    )
    columns = ("Организация", "Работник", "Роль", "С", "Ответ", "Когда", "Кто ответил", "Заявка на прекращение")
    return Table("Вопросы и ответы", "Ответы стоят и в записях журнала, по номерам ролей (grant).", columns, rows)


def _gather(
    work: Work, case: _Case, found: Sequence[AccessRequest], only: int | None = None, places: Sequence[int] = ()
) -> None:
    """`only`: of one person, by number. `places`: organisations all of whose roles belong to it."""
    case.requests = list(found)
    for request in found:
        lines = lookup.lines_of(work, request)
        persons = lookup.persons_of(work, lines)
        case.lines += [
            (request, line, persons.get(line.person_id or 0))
            for line in lines
            if only is None or line.person_id == only
        ]
        _letters_and_papers(work, case, request, only)
    case.cards |= {key_of(card): card for _, _, card in case.lines if card is not None}
    held = evidence_tables.held_in(work, places, only)
    case.grants = list({grant.id: grant for grant in (*evidence_tables.grants_of(work, case.lines), *held)}.values())
    case.cards |= evidence_tables.cards_of(work, case.grants)
    case.later |= {people.subject(card) for card in case.cards.values()}
    case.later |= evidence_tables.old_subjects(work, case.cards.values())
    case.subjects |= {subject_of(grant) for grant in case.grants}
    numbers = {*(request.organisation_id for request in found), *places}
    query = select(Organisation).where(col(Organisation.id).in_(numbers)).order_by(col(Organisation.id))
    case.organisations = list(work.session.execute(query).scalars())
    case.tables = [
        evidence_tables.requests_table(work, found),
        evidence_tables.lines_table(work, case.lines),
        evidence_tables.grants_table(work, case.grants, case.cards),
        corrections.known_table(work, case.grants, case.cards),
        corrections.corrections_table(work, _corrected(case), None if only is None else _own_rows(case)),
        evidence_tables.letters_table(case.out, case.received),
        evidence_tables.numbers_table(
            work, case.cards.values(), case.lines, case.grants, case.organisations, case.requests
        ),
    ]


def _corrected(case: _Case) -> set[str]:
    """Requests, received letters and cards: what corrections are about."""
    cards = {people.subject(card) for card in case.cards.values()}
    return case.subjects | cards


def _own_rows(case: _Case) -> set[str]:
    """How a correction names what is this person's."""
    rows = {f"line:{line.id}" for _, line, _ in case.lines}
    rows |= {f"role:{pair.id}" for _, line, _ in case.lines for pair in line.asked}
    return rows | {f"grant:{grant.id}" for grant in case.grants} | {f"letter:{letter.id}" for letter in case.out}


def _letters_and_papers(work: Work, case: _Case, request: AccessRequest, only: int | None) -> None:
    out, received = letter_rows.letters_out(work, request), letter_rows.letters_in(work, request)
    if only is not None:
        out = [letter for letter in out if letter.person_id in (None, only)]
    case.out += out
    case.received += received
    case.subjects.add(lookup.subject(request))
    case.subjects |= {f"letter:{letter.id}" for letter in out} | {f"inbox:{letter.id}" for letter in received}
    if only is not None and papers.others_in(work, request, {only}):
        why = "в них есть данные других работников; они – в комплекте самой заявки"
        case.absent.append(Absent(f"Документы и письма заявки {request.number}", why))
        return
    case.take(papers.of_request(work, request))


def _packed(work: Work, case: _Case, scope: str) -> Pack:
    """Recorded before it exists: the record names the list of files, so the pack ends with its own proof."""
    events = _events(work, case)
    files = _enclosed(work, case, events)
    shown = tuple(event.seq for event in events)
    if work.policy.practice:
        case.title = f"{MARK}. {case.title}"
        case.about.insert(0, ("Учебный режим", TOLD))
    contents = Contents(
        title=case.title,
        made_at=moment_on_record(work.now),
        made_by=work.by,
        about=tuple(case.about),
        tables=tuple(case.tables),
        files=tuple(files),
        absent=tuple(case.absent),
        shown=shown,
        anchor=str(audit.anchor(work.session)),
    )
    prepared = prepare(contents, [(log.logged(event), _label(work, case, event)) for event in events])
    last = audit.record(
        work,
        EXPORTED,
        case.subject,
        scope=scope,
        manifest=prepared.manifest_sha256,
        requests=[request.id for request in case.requests],
        employees=sorted(card.id or 0 for card in case.cards.values()),
        files=len(files),
    )
    chain = log.between(work, min((*shown, last.seq)), last.seq)
    data = finished(prepared, chain, {*shown, last.seq})
    return Pack(data, f"{last.seq}:{last.hash}", len(files), len(shown) + 1, tuple(case.absent))


def _events(work: Work, case: _Case) -> list[Event]:
    """Of a request that only gave a role that is ended here, and of a list of roles, nothing but the records of that role."""
    own = {lookup.subject(request) for request in case.requests}
    grants = {grant.id for grant in case.grants}

    def belongs(event: Event) -> bool:
        if event.subject.startswith(("request:", "holdings:")) and event.subject not in own:
            return event.action.startswith("grant.") and json.loads(event.data).get("grant") in grants
        return case.concerns(event)

    events = [event for event in log.about(work, case.subjects) if belongs(event)]
    begun = min((event.seq for event in events), default=0)
    more = log.about(work, case.later - case.subjects)
    return sorted([*events, *(event for event in more if event.seq > begun)], key=lambda event: event.seq)


def _enclosed(work: Work, case: _Case, events: Iterable[Event]) -> list[Enclosed]:
    """Files whose hash some record names; the others are told of and left out."""
    named: dict[str, int] = {}
    for event in events:
        for value in values(json.loads(event.data)):
            named.setdefault(value, event.seq)
    files = []
    for stored in case.stored:
        data = papers.read(work, stored)
        if data is None:
            case.absent.append(Absent(stored.what, "файла в хранилище нет, или он повреждён"))
        elif stored.sha256 not in named:
            case.absent.append(Absent(stored.what, "его хеша ещё нет в журнале: письмо не ушло"))
        else:
            files.append(Enclosed(stored.path, data, stored.what, named[stored.sha256]))
    return files


def _label(work: Work, case: _Case, event: Event) -> str:
    traits = {lookup.subject(request): lookup.traits(work, request) for request in case.requests}
    return telling.told(event, traits.get(event.subject, frozenset()))
