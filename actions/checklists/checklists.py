"""Checklists of what is filled in after access: opened, ticked, assigned, with terms and notes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from sqlalchemy import delete, or_, select
from sqlmodel import col

from actions.cards import organisations, people
from actions.context import Conflict, NotFound, Work
from actions.log import audit
from actions.requests import lookup
from catalog.checklists import Checklist, ChecklistsFile, Item, load_checklists
from models.audit import Event
from models.checklist import ChecklistItem, ChecklistWorker, OpenedChecklist
from models.employee import Employee
from models.findings import Finding, Severity, sourced
from models.grant import Grant
from models.identifiers import BadIdentifier
from models.lengths import within
from models.request import AccessRequest, LineState
from models.text import fold, tidy
from states.checklists import Place, dependents, lacking

_NOTE_LENGTH = 2000


class NotYet(Conflict):
    """The item waits for another one, or another one stands on it; the text names it and the rule."""


@dataclass(frozen=True, slots=True)
class Spot:
    """An item of an organisation's checklist; of one employee when `worker_id` is given."""

    organisation_id: int
    checklist: str
    item: str
    worker_id: int | None = None


def catalogue(work: Work) -> ChecklistsFile:
    return load_checklists(work.policy.own_catalog)


def open_by_request(work: Work, request: AccessRequest) -> list[OpenedChecklist]:
    """What the organisation's proven roles open; what is open already stays as it is."""
    roles = _proven_roles(work, request)
    return [
        open_checklist(work, request.organisation_id, entry.code)
        for entry in catalogue(work).checklists
        if any(_opens(entry, subsystem, role) for subsystem, role in roles)
    ]


def _proven_roles(work: Work, request: AccessRequest) -> set[tuple[str, str]]:
    """Roles in force whose login is proven, by this request's lines or before it. A revoked role opens nothing."""
    proven = {
        (line.person_id, pair.subsystem, pair.role)
        for line in lookup.lines_of(work, request)
        for pair in line.asked
        if pair.state is LineState.VERIFIED
    }
    query = select(Grant).where(col(Grant.organisation_id) == request.organisation_id, col(Grant.until).is_(None))
    return {
        (grant.subsystem, grant.role)
        for grant in work.session.execute(query).scalars()
        if grant.verified_at is not None or (grant.person_id, grant.subsystem, grant.role) in proven
    }


def _opens(entry: Checklist, subsystem: str, role: str) -> bool:
    opening = entry.opens_on
    return subsystem == opening.subsystem and (not opening.roles or role in opening.roles)


def open_checklist(work: Work, organisation_id: int, code: str) -> OpenedChecklist:
    """Open it with everything that its items depend on (FIL-5, FIL-6). Raises NotFound for an unknown code."""
    known = catalogue(work)
    entry = known.checklist(code)
    if entry is None:
        raise NotFound(f"Списка «{code}» нет. Есть: {', '.join(part.code for part in known.checklists)}.")
    needed = (known.of_reference(entry, after.item)[0].code for item in entry.items for after in item.after)
    for other in dict.fromkeys(needed):
        if other != code:
            open_checklist(work, organisation_id, other)
    opened = opened_checklist(work, organisation_id, code)
    if opened is not None:
        return opened
    organisation = organisations.get(work, organisation_id)
    opened = OpenedChecklist(organisation_id=organisation.id or 0, code=code, opened_at=work.now)
    work.session.add(opened)
    work.session.flush()
    if entry.per == "organisation":
        add_items(work, opened, entry)
    audit.record(work, "checklist.opened", subject(organisation_id), checklist=code)
    return opened


def close_unfounded(work: Work, request: AccessRequest) -> list[OpenedChecklist]:
    """Lists that the request's proof opened and that nothing opens any more; those already worked on stay, and are returned."""
    proofs = select(col(Event.at)).where(
        col(Event.subject) == lookup.subject(request), col(Event.action) == "request.verify"
    )
    query = select(OpenedChecklist).where(
        col(OpenedChecklist.organisation_id) == request.organisation_id, col(OpenedChecklist.opened_at).in_(proofs)
    )
    opened = {row.code: row for row in work.session.execute(query).scalars()}
    roles, known = _proven_roles(work, request), catalogue(work)
    entries = {entry.code: entry for entry in known.checklists if entry.code in opened}
    begun = {code for code, row in opened.items() if _begun(work, row)}
    kept = {code for code, entry in entries.items() if any(_opens(entry, *role) for role in roles)}
    wanted, more = kept | begun, True
    while more:  # what stands on another list keeps it open
        needed = {
            known.of_reference(entries[code], after.item)[0].code
            for code in wanted & set(entries)
            for item in entries[code].items
            for after in item.after
        }
        more = not needed <= wanted
        wanted |= needed
    for code in sorted(set(opened) - wanted):
        _close(work, opened[code])
    return [opened[code] for code in sorted(begun - kept)]


def _begun(work: Work, opened: OpenedChecklist) -> bool:
    """Somebody has ticked, noted or assigned something in it, or entered an employee."""
    item, worker = col(ChecklistItem.checklist_id), col(ChecklistWorker.checklist_id)
    changed = select(col(ChecklistItem.id)).where(item == opened.id, col(ChecklistItem.revision) > 0).limit(1)
    entered = select(col(ChecklistWorker.id)).where(worker == opened.id).limit(1)
    return any(work.session.execute(query).first() is not None for query in (changed, entered))


def _close(work: Work, opened: OpenedChecklist) -> None:
    work.session.execute(delete(ChecklistItem).where(col(ChecklistItem.checklist_id) == opened.id))
    work.session.delete(opened)
    work.session.flush()
    audit.record(work, "checklist.closed", subject(opened.organisation_id), checklist=opened.code)


def opened_checklist(work: Work, organisation_id: int, code: str) -> OpenedChecklist | None:
    query = select(OpenedChecklist).where(
        col(OpenedChecklist.organisation_id) == organisation_id, col(OpenedChecklist.code) == code
    )
    return work.session.execute(query).scalar_one_or_none()


def add_items(work: Work, opened: OpenedChecklist, entry: Checklist, worker_id: int | None = None) -> None:
    """Every item of the list with its default term."""
    work.session.add_all(_new_item(work, opened, item, worker_id) for item in entry.items)
    work.session.flush()


def _new_item(work: Work, opened: OpenedChecklist, item: Item, worker_id: int | None) -> ChecklistItem:
    today = today_at(work, opened.organisation_id)
    return ChecklistItem(
        checklist_id=opened.id or 0,
        worker_id=worker_id,
        item=item.code,
        opened_at=work.now,
        due_on=work.calendar.shifted(today, item.due.working_days),
    )


def today_at(work: Work, organisation_id: int) -> dt.date:
    """The day by the organisation's own clock."""
    return work.now.astimezone(ZoneInfo(organisations.get(work, organisation_id).time_zone)).date()


def subject(organisation_id: int) -> str:
    return f"organisation:{organisation_id}"


def find_spot(work: Work, organisation_id: int, name: str, worker_id: int | None = None) -> Spot:
    """By code («buildings», «sections.buildings») or by title. Raises NotFound naming the known ones."""
    per = "organisation" if worker_id is None else "worker"
    lists = [entry for entry in catalogue(work).checklists if entry.per == per]
    for entry in lists:
        for item in entry.items:
            if fold(name) in (item.code, f"{entry.code}.{item.code}", fold(item.title)):
                return Spot(organisation_id, entry.code, item.code, worker_id)
    known = ", ".join(f"{item.code} («{item.title}»)" for entry in lists for item in entry.items)
    raise NotFound(f"Пункта «{name}» нет. Есть: {known}.")


@dataclass(frozen=True, slots=True)
class _Held:
    """An item's row with its place in the catalogue, locked until the transaction ends."""

    entry: Checklist
    item: Item
    row: ChecklistItem
    done: Collection[Place]


def _hold(work: Work, spot: Spot, revision: int | None) -> _Held:
    """Raises NotFound, and Conflict when the row is not what the caller saw."""
    known = catalogue(work)
    entry = known.checklist(spot.checklist)
    item = entry.item(spot.item) if entry else None
    opened = opened_checklist(work, spot.organisation_id, spot.checklist)
    if entry is None or item is None or opened is None or (entry.per == "worker") != (spot.worker_id is not None):
        raise NotFound("Такого пункта в открытых списках организации нет.")
    if spot.worker_id is not None:
        worker = work.session.get(ChecklistWorker, spot.worker_id)
        if worker is None or worker.checklist_id != opened.id:
            raise NotFound("Такого работника в списке нет.")
    rows = _locked_rows(work, spot.organisation_id, spot.worker_id)
    row = next(
        (row for row, code in rows if (code, row.item, row.worker_id) == (entry.code, item.code, spot.worker_id)), None
    )
    if row is None:  # the catalogue has grown since the list was opened
        row = _new_item(work, opened, item, spot.worker_id)
        work.session.add(row)
        work.session.flush()
    if revision is not None and revision != row.revision:
        raise Conflict(f"Пункт «{item.title}» тем временем изменили. Посмотрите, как он стоит сейчас.")
    return _Held(entry, item, row, {(code, row.item) for row, code in rows if row.done_at is not None})


def _locked_rows(work: Work, organisation_id: int, worker_id: int | None) -> list[tuple[ChecklistItem, str]]:
    """The organisation's items and this employee's: two clicks that depend on one another come one by one."""
    query = (
        select(ChecklistItem, col(OpenedChecklist.code))
        .join(OpenedChecklist, col(OpenedChecklist.id) == col(ChecklistItem.checklist_id))
        .where(
            col(OpenedChecklist.organisation_id) == organisation_id,
            or_(col(ChecklistItem.worker_id).is_(None), col(ChecklistItem.worker_id) == worker_id),
        )
        .order_by(col(ChecklistItem.id))
        .with_for_update(of=ChecklistItem)
        .execution_options(populate_existing=True)
    )
    return [row._tuple() for row in work.session.execute(query)]


def _written(work: Work, spot: Spot, held: _Held, action: str, **data: object) -> ChecklistItem:
    held.row.revision += 1
    work.session.add(held.row)
    work.session.flush()
    audit.record(
        work,
        f"checklist.{action}",
        subject(spot.organisation_id),
        checklist=spot.checklist,
        item=spot.item,
        worker=spot.worker_id,
        **data,
    )
    return held.row


def tick(work: Work, spot: Spot, *, note: str = "", revision: int | None = None) -> ChecklistItem:
    """It is filled in. Raises NotYet while an item that it depends on is open (FIL-4…FIL-9)."""
    held = _hold(work, spot, revision)
    if held.row.done_at is not None:
        raise Conflict(f"«{held.item.title}» уже отмечено.")
    missing = lacking(catalogue(work), held.entry, held.item, held.done)
    if missing:
        told = ", ".join(f"«{part.item.title}» (правило {part.rule})" for part in missing)
        raise NotYet(f"«{held.item.title}» пока не отметить: сначала заполните {told}.")
    held.row.done_at, held.row.done_by = work.now, work.by
    held.row.note = _note(note) if note else held.row.note
    return _written(work, spot, held, "ticked")


def untick(work: Work, spot: Spot, *, revision: int | None = None) -> ChecklistItem:
    """It is not filled in after all. Raises NotYet while something done stands on it."""
    held = _hold(work, spot, revision)
    if held.row.done_at is None:
        raise Conflict(f"«{held.item.title}» и так не отмечено.")
    for later in dependents(catalogue(work), held.entry, held.item):
        if _is_done(work, spot, held, (later.checklist.code, later.item.code), later.checklist.per):
            raise NotYet(
                f"Отметку «{held.item.title}» не снять: за ней уже отмечено «{later.item.title}» (правило {later.rule}). "
                "Сначала снимите ту."
            )
    held.row.done_at, held.row.done_by = None, ""
    return _written(work, spot, held, "unticked")


def _is_done(work: Work, spot: Spot, held: _Held, place: Place, per: str) -> bool:
    """An organisation's item is held fast by any employee's step that stands on it."""
    if per == "organisation" or spot.worker_id is not None:
        return place in held.done
    query = (
        select(col(ChecklistItem.id))
        .join(OpenedChecklist, col(OpenedChecklist.id) == col(ChecklistItem.checklist_id))
        .where(
            col(OpenedChecklist.organisation_id) == spot.organisation_id,
            col(OpenedChecklist.code) == place[0],
            col(ChecklistItem.item) == place[1],
            col(ChecklistItem.done_at).is_not(None),
        )
        .limit(1)
    )
    return work.session.execute(query).first() is not None


def assign(
    work: Work, spot: Spot, *, employee_id: int | None = None, name: str = "", revision: int | None = None
) -> list[Finding]:
    """Who fills it in: an employee on record, a name, or nobody. Tells whom the regulation would rather see.

    Raises NotFound for an employee of another organisation.
    """
    held = _hold(work, spot, revision)
    person = people.get(work, employee_id) if employee_id is not None else None
    if person is not None and person.organisation_id != spot.organisation_id:
        raise NotFound("Такого работника в этой организации нет.")
    held.row.assignee_id = person.person_id if person else None
    held.row.assignee_name = "" if person else within(tidy(name), 200, "Имя")
    _written(work, spot, held, "assigned", employee=employee_id, by_name=bool(held.row.assignee_name))
    return advice(held.item, person)


def advice(item: Item, person: Employee | None) -> list[Finding]:
    """APP-18, APP-19: of an employee on record it is known in which unit he is."""
    if item.assign is None or person is None or person.unit == item.assign.unit:
        return []
    return [sourced(Finding(item.assign.rule, Severity.ADVICE, item.assign.advice, person=person.name))]


def set_due(work: Work, spot: Spot, day: dt.date | None, *, revision: int | None = None) -> ChecklistItem:
    """Another term; None for no term at all. Raises BadIdentifier for a day that is over."""
    held = _hold(work, spot, revision)
    today = today_at(work, spot.organisation_id)
    if day is not None and day != held.row.due_on and day < today:
        raise BadIdentifier(f"Срок {day:%d.%m.%Y} уже прошёл: сегодня {today:%d.%m.%Y}. Поставьте день не раньше.")
    held.row.due_on = day
    return _written(work, spot, held, "due-set", due=day.isoformat() if day else None)


def write_note(work: Work, spot: Spot, text: str, *, revision: int | None = None) -> ChecklistItem:
    held = _hold(work, spot, revision)
    held.row.note = _note(text)
    return _written(work, spot, held, "noted")


def _note(text: str) -> str:
    clean = text.strip()
    if len(clean) > _NOTE_LENGTH:
        raise BadIdentifier(f"Примечание длиннее {_NOTE_LENGTH} знаков: сократите его.")
    return clean


@dataclass(frozen=True, slots=True)
class Change:
    """What a form says of an item at once."""

    employee_id: int | None
    name: str
    due_on: dt.date | None
    note: str


def change(work: Work, spot: Spot, wanted: Change, *, revision: int) -> list[Finding]:
    """Write only what differs. Raises Conflict, and then nothing is written, when `revision` is an old one."""
    row = _hold(work, spot, revision).row
    card = _assignee(work, spot, row)
    held = Change(card.id if card else None, row.assignee_name, row.due_on, row.note)
    if wanted.due_on != held.due_on:
        set_due(work, spot, wanted.due_on)
    if wanted.note.strip() != held.note:
        write_note(work, spot, wanted.note)
    if (wanted.employee_id, tidy(wanted.name)) == (held.employee_id, held.name):
        return []
    return assign(work, spot, employee_id=wanted.employee_id, name=wanted.name)


def _assignee(work: Work, spot: Spot, row: ChecklistItem) -> Employee | None:
    query = select(Employee).where(
        col(Employee.person_id) == row.assignee_id, col(Employee.organisation_id) == spot.organisation_id
    )
    found: Employee | None = work.session.execute(query).scalar_one_or_none()
    return found
