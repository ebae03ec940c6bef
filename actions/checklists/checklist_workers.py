"""Employees entered into a checklist: by name and СНИЛС, as the register itself asks (FIL-8)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from sqlalchemy import ColumnElement, Exists, and_, delete, exists, or_, select
from sqlmodel import col

from actions.cards import people
from actions.checklists import checklists
from actions.context import Conflict, NotFound, Work
from actions.log import audit
from catalog.checklists import Checklist
from models.checklist import ChecklistItem, ChecklistWorker, OpenedChecklist
from models.employee import Employee
from models.identifiers import BadIdentifier, format_snils, snils_digits
from models.text import fold, tidy

ERASED = "сведения стёрты"
# Which card is meant: the person's in the organisation of the list.
ENTERED = and_(
    col(Employee.person_id) == col(ChecklistWorker.person_id),
    col(Employee.organisation_id) == col(OpenedChecklist.organisation_id),
)
ASSIGNED = and_(
    col(Employee.person_id) == col(ChecklistItem.assignee_id),
    col(Employee.organisation_id) == col(OpenedChecklist.organisation_id),
)


def add_worker(work: Work, organisation_id: int, *, name: str, snils: object, code: str = "") -> ChecklistWorker:
    """Enter an employee. Raises Conflict while the list is closed or when he is in it, BadIdentifier (FIL-8, APP-2)."""
    entry = _list(work, code)
    opened = checklists.opened_checklist(work, organisation_id, entry.code)
    if opened is None:
        subsystem = work.catalog.subsystems[entry.opens_on.subsystem].name
        raise Conflict(
            f"Список «{entry.title}» ещё закрыт: он откроется, когда доступ к {subsystem} подтвердят входом."
        )
    digits, whole = snils_digits(snils), tidy(name)
    if len(whole.split()) < 2:
        raise BadIdentifier("Нужны фамилия, имя и СНИЛС: по ним работника добавляют из регистра (правило FIL-8).")
    person = people.find(work, organisation_id, digits)
    if person is not None and not set(fold(whole).split()) & set(person.fold.split()):
        raise BadIdentifier(
            f"Этот СНИЛС уже записан за другим работником: {person.name}. Сверьте номер с документом и исправьте его. "
            "Если фамилия сменилась, запишите смену на странице работника."
        )
    if _entered(work, opened, digits, person) is not None:
        raise Conflict("Этот работник в списке уже есть.")
    worker = ChecklistWorker(
        checklist_id=opened.id or 0,
        person_id=person.person_id if person else None,
        name="" if person else whole,
        snils="" if person else digits,
        added_at=work.now,
    )
    work.session.add(worker)
    work.session.flush()
    checklists.add_items(work, opened, entry, worker.id)
    _told(work, organisation_id, "worker-added", entry, worker)
    return worker


def _list(work: Work, code: str) -> Checklist:
    """The list of that code; without one, the first that is kept per employee."""
    lists = [entry for entry in checklists.catalogue(work).checklists if entry.per == "worker"]
    for entry in lists:
        if code in ("", entry.code):
            return entry
    raise NotFound(
        f"Списка по работникам «{code}» нет. Есть: {', '.join(entry.code for entry in lists) or 'ни одного'}."
    )


def _entered(work: Work, opened: OpenedChecklist, snils: str, person: Employee | None) -> ChecklistWorker | None:
    who: list[ColumnElement[bool]] = [col(ChecklistWorker.snils) == snils]
    if person is not None:
        who.append(col(ChecklistWorker.person_id) == person.person_id)
    query = select(ChecklistWorker).where(col(ChecklistWorker.checklist_id) == opened.id, or_(*who))
    return work.session.execute(query).scalars().first()


def remove_worker(work: Work, organisation_id: int, worker_id: int) -> None:
    """One who was entered by mistake. Raises Conflict when something of his is ticked already."""
    worker, opened = get_worker(work, organisation_id, worker_id)
    mine = col(ChecklistItem.worker_id) == worker_id
    ticked = select(col(ChecklistItem.id)).where(mine, col(ChecklistItem.done_at).is_not(None)).limit(1)
    if work.session.execute(ticked).first() is not None:
        raise Conflict("По работнику уже есть отметки. Снимите их, если он внесён по ошибке.")
    work.session.execute(delete(ChecklistItem).where(mine).execution_options(synchronize_session=False))
    work.session.delete(worker)
    work.session.flush()
    _told(work, organisation_id, "worker-removed", _list(work, opened.code), worker)


def _told(work: Work, organisation_id: int, action: str, entry: Checklist, worker: ChecklistWorker) -> None:
    query = select(col(Employee.id)).where(
        col(Employee.person_id) == worker.person_id, col(Employee.organisation_id) == organisation_id
    )
    audit.record(
        work,
        f"checklist.{action}",
        checklists.subject(organisation_id),
        checklist=entry.code,
        worker=worker.id,
        employee=work.session.execute(query).scalar_one_or_none(),
    )


def get_worker(work: Work, organisation_id: int, worker_id: int) -> tuple[ChecklistWorker, OpenedChecklist]:
    """Raises NotFound for one of another organisation, too."""
    query = (
        select(ChecklistWorker, OpenedChecklist)
        .join(OpenedChecklist, col(OpenedChecklist.id) == col(ChecklistWorker.checklist_id))
        .where(col(ChecklistWorker.id) == worker_id, col(OpenedChecklist.organisation_id) == organisation_id)
    )
    found: tuple[ChecklistWorker, OpenedChecklist] | None = work.session.execute(query).tuples().first()
    if found is None:
        raise NotFound("Такого работника в списке нет.")
    return found


def find_worker(work: Work, organisation_id: int, text: str) -> ChecklistWorker:
    """By СНИЛС or by row number. Raises NotFound, BadIdentifier."""
    if text.isdigit() and len(text) < 9:
        return get_worker(work, organisation_id, int(text))[0]
    digits = snils_digits(text)
    query = (
        select(ChecklistWorker)
        .join(OpenedChecklist, col(OpenedChecklist.id) == col(ChecklistWorker.checklist_id))
        .join(Employee, ENTERED, isouter=True)
        .where(
            col(OpenedChecklist.organisation_id) == organisation_id,
            or_(col(ChecklistWorker.snils) == digits, people.has_snils(digits)),
        )
    )
    found: ChecklistWorker | None = work.session.execute(query).scalars().first()
    if found is None:
        raise NotFound("Работника с таким СНИЛС в списке нет.")
    return found


def known_people(work: Work, organisation_id: int) -> list[Employee]:
    """The organisation's employees, to whom something can be assigned; at most 500, by name."""
    query = select(Employee).where(col(Employee.organisation_id) == organisation_id, col(Employee.erased_on).is_(None))
    return list(work.session.execute(query.order_by(col(Employee.fold)).limit(500)).scalars())


def named(worker: ChecklistWorker, person: Employee | None) -> str:
    return (person.name if person else worker.name) or ERASED


def numbered(worker: ChecklistWorker, person: Employee | None) -> str:
    """His СНИЛС as it is written; "" once it is erased."""
    digits = person.snils if person else worker.snils
    return format_snils(digits) if digits.isdigit() else ""


def erase_done(work: Work, limit: dt.datetime) -> tuple[list[int], list[int]]:
    """Empty the names of those whose every item was done before `limit`, and who did what.

    Gives the row numbers of the employees and of the items that lost names and notes.
    """
    unfinished = select(col(ChecklistItem.worker_id)).where(
        col(ChecklistItem.worker_id).is_not(None),
        or_(col(ChecklistItem.done_at).is_(None), col(ChecklistItem.done_at) >= limit),
    )
    query = select(ChecklistWorker).where(
        col(ChecklistWorker.erased_on).is_(None),
        col(ChecklistWorker.added_at) < limit,
        col(ChecklistWorker.id).not_in(unfinished),
    )
    gone = work.session.execute(query).scalars().all()
    done = select(ChecklistItem).where(
        col(ChecklistItem.done_at) < limit,
        or_(col(ChecklistItem.done_by) != "", col(ChecklistItem.note) != "", col(ChecklistItem.assignee_name) != ""),
    )
    items = work.session.execute(done).scalars().all()
    empty(work, gone, items)
    return [worker.id for worker in gone if worker.id is not None], [item.id for item in items if item.id is not None]


def empty(work: Work, workers: Iterable[ChecklistWorker], items: Iterable[ChecklistItem]) -> None:
    """They lose names and notes."""
    for worker in workers:
        worker.name = worker.snils = ""
        worker.erased_on = work.now
    for item in items:
        item.done_by = item.note = item.assignee_name = ""
    work.session.flush()


def still_needed() -> tuple[Exists, Exists]:
    """Conditions of a card: the organisation's lists name the employee, to be entered or to fill something in."""
    entered = exists().where(
        col(OpenedChecklist.id) == col(ChecklistWorker.checklist_id), ENTERED, col(ChecklistWorker.erased_on).is_(None)
    )
    assigned = exists().where(
        col(OpenedChecklist.id) == col(ChecklistItem.checklist_id), ASSIGNED, col(ChecklistItem.done_at).is_(None)
    )
    return entered, assigned
