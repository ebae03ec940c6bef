"""Checklists as people and programs are shown them: progress, what is next, what waits for what."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlmodel import col

from actions.checklists import checklist_workers, checklists
from actions.context import NotFound, Work
from catalog.checklists import Checklist, ChecklistsFile, Item
from catalog.rules import rules
from models.checklist import ChecklistItem, ChecklistWorker, OpenedChecklist
from models.employee import Employee
from models.findings import Finding
from models.identifiers import mask_snils
from models.organisation import Organisation
from states.checklists import Dependence, Place, Progress, lacking


@dataclass(frozen=True, slots=True)
class ItemView:
    """`state` is done, ready or blocked; `row` is None for an item that the catalogue got after the opening."""

    entry: Item
    row: ChecklistItem | None
    lacking: tuple[Dependence, ...]
    needs: tuple[Dependence, ...]
    overdue: bool
    assignee: str
    advice: tuple[Finding, ...]

    @property
    def done(self) -> bool:
        return self.row is not None and self.row.done_at is not None

    @property
    def state(self) -> str:
        return "done" if self.done else "blocked" if self.lacking else "ready"

    @property
    def revision(self) -> int:
        return self.row.revision if self.row else 0

    def as_json(self) -> dict[str, object]:
        row = self.row
        return {
            "item": self.entry.code,
            "title": self.entry.title,
            "what": list(self.entry.what),
            "rule": self.entry.rule,
            "source": rules()[self.entry.rule].source,
            "state": self.state,
            "after": [_told(part) for part in self.needs],
            "waits_for": [_told(part) for part in self.lacking],
            "assignee": self.assignee,
            "due": row.due_on.isoformat() if row and row.due_on else None,
            "overdue": self.overdue,
            "done_at": row.done_at.isoformat() if row and row.done_at else None,
            "done_by": row.done_by if row else "",
            "note": row.note if row else "",
        }


def _told(dependence: Dependence) -> dict[str, str]:
    return {"item": dependence.item.code, "title": dependence.item.title, "rule": dependence.rule}


@dataclass(frozen=True, slots=True)
class WorkerView:
    worker: ChecklistWorker
    name: str
    snils: str
    items: tuple[ItemView, ...]
    progress: Progress

    @property
    def next(self) -> ItemView | None:
        """The step that can be done now."""
        return next((item for item in self.items if item.state == "ready"), None)

    @property
    def masked(self) -> str:
        digits = "".join(sign for sign in self.snils if sign.isdigit())
        return mask_snils(digits) if digits else ""

    def as_json(self) -> dict[str, object]:
        return {
            "worker": self.worker.id,
            "name": self.name,
            "snils": self.masked,
            "progress": self.progress.as_json(),
            "items": [item.as_json() for item in self.items],
        }


@dataclass(frozen=True, slots=True)
class ListView:
    """A checklist of an organisation; `opened` is None while it is closed."""

    entry: Checklist
    opened: OpenedChecklist | None
    items: tuple[ItemView, ...]
    workers: tuple[WorkerView, ...]
    progress: Progress

    def as_json(self) -> dict[str, object]:
        return {
            "code": self.entry.code,
            "title": self.entry.title,
            "opened": self.opened.opened_at.isoformat() if self.opened else None,
            "rule": self.entry.rule,
            "progress": self.progress.as_json(),
            "items": [item.as_json() for item in self.items],
            "workers": [worker.as_json() for worker in self.workers],
            "notes": [{"text": note.text, "rule": note.rule} for note in self.entry.notes],
        }


def lists_of(work: Work, organisation_id: int) -> tuple[ListView, ...]:
    """Every checklist of the catalogue as it stands in this organisation."""
    shown = _Shown(work, organisation_id)
    return tuple(shown.list_view(entry) for entry in shown.known.checklists)


def item_view(work: Work, spot: checklists.Spot) -> ItemView:
    """One item as it stands now. Raises NotFound."""
    for view in lists_of(work, spot.organisation_id):
        if view.entry.code == spot.checklist:
            owners = [worker.items for worker in view.workers if worker.worker.id == spot.worker_id] or [view.items]
            for item in owners[0]:
                if item.entry.code == spot.item:
                    return item
    raise NotFound("Такого пункта в открытых списках организации нет.")


def show(work: Work, organisation: Organisation) -> dict[str, object]:
    """JSON of `checklist show`."""
    return {
        "inn": organisation.inn,
        "organisation": organisation.name,
        "lists": [view.as_json() for view in lists_of(work, organisation.id or 0)],
    }


class _Shown:
    """What one organisation's checklists are put together from: three queries for any number of employees."""

    def __init__(self, work: Work, organisation_id: int) -> None:
        self.known: ChecklistsFile = checklists.catalogue(work)
        self.today = checklists.today_at(work, organisation_id)
        opened = select(OpenedChecklist).where(col(OpenedChecklist.organisation_id) == organisation_id)
        self.opened = {row.code: row for row in work.session.execute(opened).scalars()}
        ids = [row.id for row in self.opened.values()]
        self.rows: dict[tuple[int, int | None, str], tuple[ChecklistItem, Employee | None]] = {
            (item.checklist_id, item.worker_id, item.item): (item, person)
            for item, person in work.session.execute(
                select(ChecklistItem, Employee)
                .join(OpenedChecklist, col(OpenedChecklist.id) == col(ChecklistItem.checklist_id))
                .join(Employee, checklist_workers.ASSIGNED, isouter=True)
                .where(col(ChecklistItem.checklist_id).in_(ids))
            )
        }
        self.workers: defaultdict[int, list[tuple[ChecklistWorker, Employee | None]]] = defaultdict(list)
        for worker, person in work.session.execute(
            select(ChecklistWorker, Employee)
            .join(OpenedChecklist, col(OpenedChecklist.id) == col(ChecklistWorker.checklist_id))
            .join(Employee, checklist_workers.ENTERED, isouter=True)
            .where(col(ChecklistWorker.checklist_id).in_(ids))
            .order_by(col(ChecklistWorker.id))
        ):
            self.workers[worker.checklist_id].append((worker, person))
        self.done: dict[int | None, set[Place]] = defaultdict(set)
        codes = {row.id: row.code for row in self.opened.values()}
        for (checklist_id, worker_id, item), (row, _) in self.rows.items():
            if row.done_at is not None:
                self.done[worker_id].add((codes[checklist_id], item))

    def list_view(self, entry: Checklist) -> ListView:
        opened = self.opened.get(entry.code)
        if opened is None:
            return ListView(entry, None, (), (), Progress(0, 0, 0, ""))
        if entry.per == "organisation":
            items = self._items(entry, opened, None)
            return ListView(entry, opened, items, (), progress_of(items))
        workers = tuple(self._worker(entry, opened, *pair) for pair in self.workers[opened.id or 0])
        return ListView(entry, opened, (), workers, progress_of([item for each in workers for item in each.items]))

    def _worker(
        self, entry: Checklist, opened: OpenedChecklist, worker: ChecklistWorker, person: Employee | None
    ) -> WorkerView:
        items = self._items(entry, opened, worker.id)
        return WorkerView(
            worker,
            checklist_workers.named(worker, person),
            checklist_workers.numbered(worker, person),
            items,
            progress_of(items),
        )

    def _items(self, entry: Checklist, opened: OpenedChecklist, worker_id: int | None) -> tuple[ItemView, ...]:
        done = self.done[None] | self.done[worker_id]
        return tuple(self._item(entry, opened, item, worker_id, done) for item in entry.items)

    def _item(
        self, entry: Checklist, opened: OpenedChecklist, item: Item, worker_id: int | None, done: Collection[Place]
    ) -> ItemView:
        row, person = self.rows.get((opened.id or 0, worker_id, item.code), (None, None))
        late = row is not None and row.done_at is None and row.due_on is not None and row.due_on < self.today
        return ItemView(
            entry=item,
            row=row,
            lacking=lacking(self.known, entry, item, done),
            needs=lacking(self.known, entry, item, ()),
            overdue=late,
            assignee=(person.name or checklist_workers.ERASED) if person else row.assignee_name if row else "",
            advice=tuple(checklists.advice(item, person)),
        )


def progress_of(items: Sequence[ItemView]) -> Progress:
    ready = next((item.entry.title for item in items if item.state == "ready"), "")
    return Progress(sum(item.done for item in items), len(items), sum(item.overdue for item in items), ready)
