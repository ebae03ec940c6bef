"""What of a checklist may be done now, what waits for what, and by which day."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from catalog.checklists import Checklist, ChecklistsFile, Item

Place = tuple[str, str]
"""Code of the checklist, code of the item."""


@dataclass(frozen=True, slots=True)
class Dependence:
    """`item` of `checklist` stands at the other end of a dependence; `rule` says why."""

    checklist: Checklist
    item: Item
    rule: str


@dataclass(frozen=True, slots=True)
class Progress:
    """`next` is the title of what can be done now, "" when everything is done or waits."""

    done: int
    total: int
    overdue: int
    next: str

    @property
    def complete(self) -> bool:
        return self.total > 0 and self.done == self.total

    def as_json(self) -> dict[str, object]:
        return {"done": self.done, "total": self.total, "overdue": self.overdue, "next": self.next}


def lacking(
    checklists: ChecklistsFile, checklist: Checklist, item: Item, done: Collection[Place]
) -> tuple[Dependence, ...]:
    """What has to be done before `item` and is not. `done`: the organisation's items and this employee's."""
    found = []
    for after in item.after:
        other, needed = checklists.of_reference(checklist, after.item)
        if (other.code, needed.code) not in done:
            found.append(Dependence(other, needed, after.rule))
    return tuple(found)


def dependents(checklists: ChecklistsFile, checklist: Checklist, item: Item) -> tuple[Dependence, ...]:
    """What may be done only after `item`."""
    found = []
    for other in checklists.checklists:
        for later in other.items:
            for after in later.after:
                if checklists.of_reference(other, after.item) == (checklist, item):
                    found.append(Dependence(other, later, after.rule))
    return tuple(found)
