"""What to fill in once access is there: `checklists.toml` checked, its references followed."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from catalog.loading import load, overlaid
from catalog.problems import CatalogError, Problem, read_file
from catalog.rules import rules
from catalog.schema import Code, Confidence, Entry, RuleId

Reference = Annotated[str, StringConstraints(pattern=r"^([a-z][a-z0-9-]*\.)?[a-z][a-z0-9-]*$")]
_FILE = "checklists.toml"


class Opening(Entry):
    """Whose verified grant opens the checklist; without `roles`, any role of the subsystem."""

    subsystem: Code
    roles: tuple[Code, ...] = ()


class After(Entry):
    """What has to be done before; «list.item» names an item of another checklist of the same organisation."""

    item: Reference
    rule: RuleId


class Term(Entry):
    """Default term in working days of the organisation's calendar, counted from the opening."""

    working_days: int = Field(ge=0, le=250)
    confidence: Confidence


class Assignment(Entry):
    """Whom one had better assign; `unit` as employees on record have it."""

    unit: Literal["hr", "maintenance"]
    advice: str
    rule: RuleId


class Item(Entry):
    """Пункт списка: a section of the register, or a step with one employee."""

    code: Code
    title: str
    what: tuple[str, ...]
    after: tuple[After, ...] = ()
    rule: RuleId
    due: Term
    assign: Assignment | None = None


class Note(Entry):
    """Something to know that is no step to do."""

    text: str
    rule: RuleId


class Checklist(Entry):
    """Список дел после доступа, one per organisation or one per employee."""

    code: Code
    title: str
    per: Literal["organisation", "worker"]
    opens_on: Opening
    intro: str
    rule: RuleId
    confidence: Confidence
    items: tuple[Item, ...] = Field(min_length=1)
    notes: tuple[Note, ...] = ()

    def item(self, code: str) -> Item | None:
        return next((item for item in self.items if item.code == code), None)


class Reminding(Entry):
    """How long before its term an item joins the digest."""

    working_days_before: int = Field(ge=0, le=250)
    confidence: Confidence


class ChecklistsFile(Entry):
    """The whole of `checklists.toml`."""

    reminding: Reminding
    checklists: tuple[Checklist, ...] = ()

    def checklist(self, code: str) -> Checklist | None:
        return next((entry for entry in self.checklists if entry.code == code), None)

    def of_reference(self, checklist: Checklist, reference: str) -> tuple[Checklist, Item]:
        """Where «item» or «list.item», said in `checklist`, leads. KeyError when nowhere."""
        list_code, _, code = reference.rpartition(".")
        where = self.checklist(list_code) if list_code else checklist
        item = where.item(code) if where else None
        if where is None or item is None:
            raise KeyError(reference)
        return where, item


@cache
def load_checklists(own: Path | None = None) -> ChecklistsFile:
    """The shipped checklists, or those of the folder `own`. Raises CatalogError naming file, key and reason."""
    loaded = read_file(overlaid(_FILE, own), ChecklistsFile)
    _refuse_twins("checklists", [entry.code for entry in loaded.checklists])
    for checklist in loaded.checklists:
        _check_opening(checklist, own)
        _refuse_twins(f"{checklist.code}.items", [item.code for item in checklist.items])
        _check_rules(checklist)
        _check_after(loaded, checklist)
    _refuse_circles(loaded)
    return loaded


def _wrong(key: str, reason: str) -> CatalogError:
    return CatalogError(Problem(_FILE, key, reason))


def _refuse_twins(key: str, codes: list[str]) -> None:
    twins = sorted({code for code in codes if codes.count(code) > 1})
    if twins:
        raise _wrong(key, f"код встречается дважды: {', '.join(twins)}.")


def _check_opening(checklist: Checklist, own: Path | None) -> None:
    key, opening = f"{checklist.code}.opens_on", checklist.opens_on
    subsystem = load(own).subsystems.get(opening.subsystem)
    if subsystem is None:
        raise _wrong(f"{key}.subsystem", f"подсистемы «{opening.subsystem}» нет в справочнике.")
    strange = sorted(set(opening.roles) - {role.code for role in subsystem.roles})
    if strange:
        raise _wrong(f"{key}.roles", f"таких ролей у подсистемы нет: {', '.join(strange)}.")


def _cited(checklist: Checklist) -> Iterator[tuple[str, str]]:
    """(key, rule ID) of everything in the list that cites a rule."""
    yield checklist.code, checklist.rule
    for note in checklist.notes:
        yield f"{checklist.code}.notes", note.rule
    for item in checklist.items:
        key = f"{checklist.code}.{item.code}"
        yield key, item.rule
        yield from ((f"{key}.after", after.rule) for after in item.after)
        if item.assign:
            yield f"{key}.assign", item.assign.rule


def _check_rules(checklist: Checklist) -> None:
    for key, rule in _cited(checklist):
        if rule not in rules():
            raise _wrong(f"{key}.rule", f"правила «{rule}» нет в rules.toml.")


def _check_after(loaded: ChecklistsFile, checklist: Checklist) -> None:
    """An employee's step may wait for the organisation's; the organisation's waits for no single employee."""
    for item in checklist.items:
        for after in item.after:
            key = f"{checklist.code}.{item.code}.after"
            try:
                other, _ = loaded.of_reference(checklist, after.item)
            except KeyError:
                raise _wrong(key, f"пункта «{after.item}» нет ни в этом списке, ни в названном.") from None
            if other.per == "worker" and other is not checklist:
                raise _wrong(key, f"«{after.item}» – пункт по работнику, другой список его ждать не может.")


def _refuse_circles(loaded: ChecklistsFile) -> None:
    graph: dict[str, set[str]] = {}
    for checklist in loaded.checklists:
        for item in checklist.items:
            before = (loaded.of_reference(checklist, after.item) for after in item.after)
            graph[f"{checklist.code}.{item.code}"] = {f"{other.code}.{needed.code}" for other, needed in before}
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        circle = " → ".join(reversed(error.args[1]))
        raise _wrong(f"{error.args[1][0]}.after", f"пункты ждут друг друга по кругу: {circle}.") from None
