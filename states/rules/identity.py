"""Whose number it is: a СНИЛС that is on record under another name stops the line until a person says why (APP-2)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from catalog import Catalog
from models.facts import FullName, Known, LineFacts, RequestFacts
from models.findings import Finding
from models.identifiers import valid_snils
from states.rules.telling import of_line


class Place(StrEnum):
    """Where the other name stands; it decides what can be done about it."""

    HERE = "here"
    DRAFT = "draft"
    ELSEWHERE = "elsewhere"


@dataclass(frozen=True, slots=True)
class Clash:
    """`name` and `number` (of a draft) are told only of the organisation's own records."""

    place: Place
    name: str = ""
    former: tuple[tuple[dt.date, FullName], ...] = ()
    number: str = ""

    @property
    def message(self) -> str:
        return f"{self._what} {_CHECK} {self._then}"

    @property
    def _what(self) -> str:
        match self.place:
            case Place.HERE:
                before = "".join(f", до {until:%d.%m.%Y} – {name}" for until, name in self.former)
                return f"Этот СНИЛС уже записан за другим работником: {self.name}{before}."
            case Place.DRAFT:
                return f"Этот СНИЛС в черновике {self.number} стоит у другого работника: {self.name}."
            case Place.ELSEWHERE:
                return "Этот СНИЛС в другой организации записан за человеком с другим именем."

    @property
    def _then(self) -> str:
        if self.place is Place.HERE:
            return (
                "Если человек тот же, а фамилия или имя сменились, запишите смену и её день; "
                "если опечатка была в карточке работника, исправьте карточку."
            )
        draft = " Если ошибка там, исправьте тот черновик." if self.place is Place.DRAFT else ""
        return f"Если номер и имя верны, подтвердите: «Номер проверен по документу, имя верное».{draft}"


_CHECK = "Сверьте номер с документом: если он набран с ошибкой, исправьте его в этой строке."


def clash_of(line: LineFacts, known: Known | None) -> Clash | None:
    """None while the name is still being typed, and where nothing contradicts it."""
    name = line.full_name
    if known is None or not valid_snils(line.snils) or not (name.surname and name.given):
        return None
    if known.here is not None:
        return None if known.here.agrees(name) else Clash(Place.HERE, str(known.here), known.former)
    if line.snils_checked == line.identity:
        return None
    for number, other in known.drafts:
        if not other.agrees(name):
            return Clash(Place.DRAFT, str(other), number=number)
    if known.elsewhere and not any(other.agrees(name) for other in known.elsewhere):
        return Clash(Place.ELSEWHERE)
    return None


def check(facts: RequestFacts, catalog: Catalog) -> Iterator[Finding]:
    for line in facts.lines:
        clash = clash_of(line, facts.known.get(line.snils))
        if clash is not None:
            yield of_line("APP-2", line, "snils", clash.message)
