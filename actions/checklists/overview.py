"""How the checklists of every organisation stand, and what of them is to be reminded of."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlmodel import col

from actions.checklists import checklist_workers, checklists
from actions.context import Work
from catalog.checklists import Checklist, ChecklistsFile, Item
from models.checklist import ChecklistItem, ChecklistWorker, OpenedChecklist
from models.employee import Employee
from models.organisation import Organisation
from states.checklists import Place, Progress, lacking


@dataclass(frozen=True, slots=True)
class Standing:
    """How an organisation's opened list stands, for the overview."""

    organisation: Organisation
    entry: Checklist
    progress: Progress
    workers: int

    def as_json(self) -> dict[str, object]:
        return {
            "inn": self.organisation.inn,
            "organisation": self.organisation.name,
            "code": self.entry.code,
            "title": self.entry.title,
            "workers": self.workers if self.entry.per == "worker" else None,
            **self.progress.as_json(),
        }


def overview(work: Work, organisation_ids: Collection[int] | None = None) -> list[Standing]:
    """Every opened list of every organisation (or of those), what is late first; a few queries for any number of them."""
    known = checklists.catalogue(work)
    counts = _counts(work)
    workers = dict(
        work.session.execute(
            select(col(ChecklistWorker.checklist_id), func.count()).group_by(col(ChecklistWorker.checklist_id))
        )
        .tuples()
        .all()
    )
    query = (
        select(OpenedChecklist, Organisation)
        .join(Organisation, col(Organisation.id) == col(OpenedChecklist.organisation_id))
        .order_by(col(Organisation.fold), col(Organisation.id), col(OpenedChecklist.id))
    )
    if organisation_ids is not None:
        query = query.where(col(OpenedChecklist.organisation_id).in_(organisation_ids))
    found = []
    done_of: dict[int, set[Place]] = defaultdict(set)
    opened_lists = work.session.execute(query).tuples().all()
    for opened, organisation in opened_lists:
        for item, done, _, _ in counts[opened.id or 0]:
            if done:
                done_of[organisation.id or 0].add((opened.code, item))
    for opened, organisation in opened_lists:
        entry = known.checklist(opened.code)
        if entry is None:  # taken out of the catalogue since
            continue
        number = workers.get(opened.id or 0, 0) if entry.per == "worker" else 1
        today = checklists.today_at(work, organisation.id or 0)
        progress = _summed(known, entry, counts[opened.id or 0], number, today, done_of[organisation.id or 0])
        found.append(Standing(organisation, entry, progress, number if entry.per == "worker" else 0))
    return sorted(found, key=lambda standing: -standing.progress.overdue)


_Count = tuple[str, bool, dt.date | None, int]


def _counts(work: Work) -> defaultdict[int, list[_Count]]:
    """By opened list: (item, is done, term, how many)."""
    done = col(ChecklistItem.done_at).is_not(None)
    query = select(
        col(ChecklistItem.checklist_id), col(ChecklistItem.item), done, col(ChecklistItem.due_on), func.count()
    ).group_by(col(ChecklistItem.checklist_id), col(ChecklistItem.item), done, col(ChecklistItem.due_on))
    counted: defaultdict[int, list[_Count]] = defaultdict(list)
    for checklist_id, item, is_done, due_on, number in work.session.execute(query):
        counted[checklist_id].append((item, bool(is_done), due_on, number))
    return counted


def _summed(
    known: ChecklistsFile, entry: Checklist, counts: Sequence[_Count], number: int, today: dt.date, done: set[Place]
) -> Progress:
    codes = {item.code for item in entry.items}
    alive = [count for count in counts if count[0] in codes]
    finished = sum(times for _, is_done, _, times in alive if is_done)
    late = sum(times for _, is_done, due, times in alive if not is_done and due is not None and due < today)
    whole = {code: sum(times for item, is_done, _, times in alive if item == code and is_done) for code in codes}
    unfinished = [item for item in entry.items if whole[item.code] < number]
    if entry.per == "worker":
        title = unfinished[0].title if unfinished else ""
    else:
        title = next((item.title for item in unfinished if not lacking(known, entry, item, done)), "")
    return Progress(finished, number * len(entry.items), late, title)


@dataclass(frozen=True, slots=True)
class Ready:
    """An open item that can be done now, of so many employees; what reminders are made of."""

    organisation: Organisation
    entry: Checklist
    item: Item
    due_on: dt.date
    assignee: str
    workers: int

    @property
    def told(self) -> str:
        """For the digest: whose, what, by when, who."""
        whose = self.organisation.called
        many = f", работников: {self.workers}" if self.entry.per == "worker" else ""
        who = f", отвечает {self.assignee}" if self.assignee else ""
        return f"{whose} – «{self.item.title}» внести до {self.due_on:%d.%m.%Y}{many}{who}"


def ready_items(work: Work) -> Iterator[Ready]:
    """Open items with a term whose turn has come; employees with the same step and term are told as one."""
    known = checklists.catalogue(work)
    query = (
        select(
            Organisation,
            col(OpenedChecklist.code),
            col(ChecklistItem.worker_id),
            col(ChecklistItem.item),
            col(ChecklistItem.due_on),
            col(ChecklistItem.assignee_name),
            Employee,
        )
        .join(OpenedChecklist, col(OpenedChecklist.id) == col(ChecklistItem.checklist_id))
        .join(Organisation, col(Organisation.id) == col(OpenedChecklist.organisation_id))
        .join(Employee, checklist_workers.ASSIGNED, isouter=True)
        .where(col(ChecklistItem.done_at).is_(None))
        .order_by(col(ChecklistItem.id))
    )
    rows = work.session.execute(query).tuples().all()
    still_open = {(organisation.id, code, worker_id, item) for organisation, code, worker_id, item, *_ in rows}
    grouped: dict[tuple[int | None, str, str, dt.date, str], Ready] = {}
    for organisation, code, worker_id, item_code, due_on, typed, person in rows:
        entry = known.checklist(code)
        item = entry.item(item_code) if entry else None
        if entry is None or item is None or due_on is None:
            continue
        if _waits(known, entry, item, organisation.id, worker_id, still_open):
            continue
        assignee = person.name if person else typed
        key = (organisation.id, code, item_code, due_on, assignee)
        before = grouped[key].workers if key in grouped else 0
        grouped[key] = Ready(organisation, entry, item, due_on, assignee, before + (worker_id is not None))
    yield from grouped.values()


def _waits(
    known: ChecklistsFile,
    entry: Checklist,
    item: Item,
    organisation_id: int | None,
    worker_id: int | None,
    still_open: Collection[tuple[int | None, str, int | None, str]],
) -> bool:
    for after in item.after:
        other, needed = known.of_reference(entry, after.item)
        whose = worker_id if other.per == "worker" else None
        if (organisation_id, other.code, whose, needed.code) in still_open:
            return True
    return False
