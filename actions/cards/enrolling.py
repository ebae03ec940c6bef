"""How lines make and fill cards of employees, and how a card goes that only a mistyped number has made."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence

from sqlalchemy import ColumnElement, delete, exists, or_, select
from sqlmodel import col

from actions.cards.people import OF_GRANT, name_of, of_snils, set_address, set_name, subject
from actions.context import EVERYWHERE, Work
from actions.log import audit
from models.checklist import ChecklistItem, ChecklistWorker, OpenedChecklist
from models.employee import Employee
from models.facts import LineFacts
from models.grant import Grant
from models.identifiers import valid_snils
from models.letters import OutboxLetter
from models.numbering import number
from models.person import Person
from models.request import AccessRequest, RequestLine
from models.text import fold
from states.statuses import UNRELIED

_FILLED = ("surname", "given", "patronymic", "email", "email_is_esia", "post", "unit")


def relied_on(*, but: int | None = None) -> ColumnElement[bool]:
    """Cards whose name counts: vouched for, with a role, or in a request that has left its draft (`but` that one).

    Any other card is as good as its draft: it follows the line and goes with it, so that a mistyped number leaves nothing.
    """
    went_on = exists().where(
        col(RequestLine.person_id) == col(Employee.person_id),
        col(RequestLine.request_id) == col(AccessRequest.id),
        col(AccessRequest.organisation_id) == col(Employee.organisation_id),
        col(AccessRequest.status).not_in(UNRELIED),
        col(AccessRequest.id) != (but or 0),
    )
    return or_(col(Employee.stated_on).is_not(None), went_on, exists().where(OF_GRANT))


def _relied(work: Work, cards: Iterable[Employee], *, but: int | None = None) -> set[int]:
    ids = [card.id for card in cards]
    query = select(col(Employee.id)).where(col(Employee.id).in_(ids), relied_on(but=but))
    return {number for number in work.session.execute(query).scalars() if number is not None} if ids else set()


def enrol(work: Work, organisation_id: int, lines: Sequence[LineFacts]) -> list[Employee | None]:
    """The card of each line, put on record when new; None for a wrong СНИЛС (APP-2).

    A card that nobody relies on yet follows the line. The address is taken over once it was judged: a typing error
    in a draft must not occupy somebody's address.
    """
    once: dict[str, LineFacts] = {}
    for line in lines:
        if valid_snils(line.snils):
            once.setdefault(line.snils, line)
    if not once:
        return [None] * len(lines)
    cards = {card.snils: card for card in of_snils(work, organisation_id, once)}
    relied = _relied(work, cards.values())
    for snils, card in cards.items():
        if card.id not in relied:
            _follow(card, once[snils])
    cards |= _made(work, organisation_id, {snils: line for snils, line in once.items() if snils not in cards})
    for snils, card in cards.items():
        if name_of(card).agrees(once[snils].full_name):
            _take_marks(work, card, once[snils])
    return [cards.get(line.snils) for line in lines]


def _made(work: Work, organisation_id: int, lines: Mapping[str, LineFacts]) -> dict[str, Employee]:
    persons = _persons(work, lines)
    made = {
        snils: Employee(person_id=persons[snils].id or 0, organisation_id=organisation_id, person=persons[snils])
        for snils in lines
    }
    for snils, card in made.items():
        _write(card, lines[snils])
    number(work.session, list(made.values()))
    work.session.flush()
    audit.record_each(work, "person.enrolled", [(subject(card), {}) for card in made.values()])
    return made


def _persons(work: Work, numbers: Collection[str]) -> dict[str, Person]:
    """A number is one person everywhere."""
    query = select(Person).where(col(Person.snils).in_(list(numbers)))
    found = {person.snils: person for person in work.session.execute(query).scalars()}
    new = {snils: Person(snils=snils) for snils in numbers if snils not in found}
    number(work.session, list(new.values()))
    work.session.flush()
    return found | new


def _follow(card: Employee, line: LineFacts) -> None:
    """What was marked is another's when the name is."""
    if not name_of(card).agrees(line.full_name):
        card.esia_confirmed_on = card.first_login_on = card.unit = None
        card.post = ""
        set_address(card, "", None)
    card.erased_on = None
    _write(card, line)


def _write(card: Employee, line: LineFacts) -> None:
    set_name(card, line.full_name)
    card.post, card.unit = line.post or card.post, line.unit or card.unit


def _take_marks(work: Work, card: Employee, line: LineFacts) -> None:
    if line.esia_confirmed and card.esia_confirmed_on is None:
        card.esia_confirmed_on = work.now
    if line.first_login_on and card.first_login_on is None:
        card.first_login_on = line.first_login_on


def take_over(work: Work, request: AccessRequest, lines: Sequence[tuple[Employee, LineFacts]]) -> None:
    """Checked lines fill what their cards have empty; a card that was as good as this draft takes over its line."""
    relied = _relied(work, [card for card, _ in lines], but=request.id)
    filled: list[tuple[str, dict[str, object]]] = []
    for card, line in lines:
        before = _values(card)
        if card.id in relied:
            _fill(card, line)
        else:
            _follow(card, line)
            set_address(card, line.email, line.email_is_esia)
        changed = [name for name, value in _values(card).items() if value != before[name]]
        if changed:
            work.session.add(card)
            filled.append((subject(card), {"request": request.id, "fields": changed}))
    audit.record_each(work, "person.filled", filled)


def _values(card: Employee) -> dict[str, object]:
    return {name: getattr(card, name) for name in _FILLED}


def _fill(card: Employee, line: LineFacts) -> None:
    card.post, card.unit = card.post or line.post, card.unit or line.unit
    if line.patronymic and not card.patronymic and name_of(card).agrees(line.full_name):
        set_name(card, line.full_name)
    if not card.email or (card.email_is_esia is None and card.email_fold == fold(line.email)):
        set_address(card, line.email, line.email_is_esia)


def forget_unused(work: Work, organisation_id: int, person_ids: Collection[int]) -> None:
    """Cards that no line, role, list or statement needs any more go; a number that nobody knows goes with them."""
    if not person_ids:
        return
    work.session.flush()
    query = select(Employee).where(
        col(Employee.organisation_id) == organisation_id,
        col(Employee.person_id).in_(person_ids),
        col(Employee.stated_on).is_(None),
        ~exists().where(OF_GRANT),
        *(col(Employee.person_id).not_in(ids) for ids in _named_in(organisation_id)),
    )
    gone = work.session.execute(query).scalars().all()
    audit.record_each(work, "person.forgotten", [(subject(card), {}) for card in gone])
    for card in gone:
        work.session.delete(card)
    work.session.flush()
    known = (Employee.person_id, RequestLine.person_id, Grant.person_id, OutboxLetter.person_id)
    lists = (ChecklistWorker.person_id, ChecklistItem.assignee_id)
    work.session.execute(
        delete(Person)
        .where(
            col(Person.id).in_(person_ids),
            *(~exists().where(col(place) == col(Person.id)) for place in (*known, *lists)),
        )
        .execution_options(synchronize_session=False, **EVERYWHERE)
    )


def _named_in(organisation_id: int) -> list[ColumnElement[int]]:
    """Persons in the organisation's requests and lists."""
    asked = (
        select(col(RequestLine.person_id))
        .join(AccessRequest, col(AccessRequest.id) == col(RequestLine.request_id))
        .where(col(AccessRequest.organisation_id) == organisation_id, col(RequestLine.person_id).is_not(None))
    )
    entered = (
        select(col(ChecklistWorker.person_id))
        .join(OpenedChecklist, col(OpenedChecklist.id) == col(ChecklistWorker.checklist_id))
        .where(col(OpenedChecklist.organisation_id) == organisation_id, col(ChecklistWorker.person_id).is_not(None))
    )
    assigned = (
        select(col(ChecklistItem.assignee_id))
        .join(OpenedChecklist, col(OpenedChecklist.id) == col(ChecklistItem.checklist_id))
        .where(col(OpenedChecklist.organisation_id) == organisation_id, col(ChecklistItem.assignee_id).is_not(None))
    )
    return [asked, entered, assigned]  # type: ignore[list-item]
