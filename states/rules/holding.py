"""A list of roles that people hold already: judged as a request's people are, and by since when and by whose words."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from catalog import Catalog
from models.facts import Known, LineFacts, OrganisationFacts, RoleRef, ToldHolding
from models.findings import Finding
from models.identifiers import format_snils, valid_snils
from states.rules import held, identity
from states.rules.application import check_snils
from states.rules.columns import typed_columns
from states.rules.held import HeldHere
from states.rules.names import check_names
from states.rules.telling import of_line
from states.rules.terms import check_last_day
from states.rules.values import read_date

_FIRST_DAY = dt.date(2000, 1, 1)
_MANDATORY = (("snils", "СНИЛС"), ("surname", "Фамилия"), ("given", "Имя"))


@dataclass(frozen=True, slots=True)
class Around:
    """What the list is held against. `held`: by СНИЛС, what each person holds now, anywhere."""

    organisation: OrganisationFacts
    today: dt.date
    known: Mapping[str, Known] = field(default_factory=dict)
    held: Mapping[str, Collection[RoleRef]] = field(default_factory=dict)


def check(rows: Sequence[ToldHolding], around: Around, catalog: Catalog) -> list[Finding]:
    """Every finding of every row; a role that two rows give is told at the later one."""
    found: list[Finding] = []
    for row in rows:
        found += _of_row(row, around, catalog)
    found += _repeated(rows, catalog)
    found += _together(rows, around, catalog)
    return found


def _of_row(row: ToldHolding, around: Around, catalog: Catalog) -> Iterator[Finding]:
    line = row.line
    for name, label in _MANDATORY:
        if not str(getattr(line, name)).strip():
            yield of_line(
                "APP-11", line, name, f"Не заполнено поле «{label}». Впишите его: обязательны все, кроме отчества."
            )
    if not line.roles:
        yield of_line("APP-10", line, "role", "Не указано, какая роль есть у работника. Впишите подсистему и роль.")
    yield from check_snils(line)
    yield from check_names(line)
    yield from typed_columns(line, around.organisation, catalog)
    clash = identity.clash_of(line, around.known.get(line.snils))
    if clash is not None:
        yield of_line("APP-2", line, "snils", clash.message)
    yield from _days(row, around.today)
    if not row.told_by.strip():
        yield of_line(
            "APP-11", line, "told_by", "Не указан источник. Впишите, с чьих слов или из какого списка известно о роли."
        )


def _days(row: ToldHolding, today: dt.date) -> Iterator[Finding]:
    since, found = _day(row.line, "since", row.since, "С какого дня", today)
    yield from found
    told_on, found = _day(row.line, "told_on", row.told_on, "Дата источника", today)
    yield from found
    if since and told_on and told_on < since:
        yield of_line(
            "APP-11",
            row.line,
            "told_on",
            f"Источник от {told_on:%d.%m.%Y} не мог знать о роли, полученной {since:%d.%m.%Y}. Проверьте обе даты.",
        )
    if row.line.asked_until:
        yield from check_last_day(row.line, today, since)


def _day(line: LineFacts, name: str, typed: str, label: str, today: dt.date) -> tuple[dt.date | None, list[Finding]]:
    """The date, or what is wrong with it."""
    if not typed:
        return None, [of_line("APP-11", line, name, f"Не заполнено поле «{label}». Впишите дату, например 01.09.2025.")]
    value, problem = read_date(typed)
    if problem:
        return None, [of_line("APP-11", line, name, f"{label}: {problem}")]
    date = dt.date.fromisoformat(value)
    if date > today:
        told = f"{label}: {date:%d.%m.%Y} ещё не наступило. В список вносят то, что есть сегодня."
    elif date < _FIRST_DAY:
        told = f"{label}: в {date.year} году ролей ЕГИСЗ ещё не было. Проверьте год."
    else:
        return date, []
    return None, [of_line("APP-11", line, name, told)]


def _repeated(rows: Sequence[ToldHolding], catalog: Catalog) -> Iterator[Finding]:
    names: dict[str, LineFacts] = {}
    roles: dict[tuple[str, RoleRef], LineFacts] = {}
    for line in (row.line for row in rows):
        if not valid_snils(line.snils):
            continue
        first = names.setdefault(line.snils, line)
        if not first.full_name.agrees(line.full_name):
            yield of_line(
                "APP-12",
                line,
                "snils",
                f"СНИЛС {format_snils(line.snils)} в строке {first.row} стоит у другого человека: «{first.name}». "
                "Исправьте номер или имя.",
            )
        for ref in line.roles:
            same = roles.setdefault((line.snils, ref), line)
            if same is not line:
                label = catalog.role(ref.subsystem, ref.role).label
                yield of_line(
                    "APP-12",
                    line,
                    "role",
                    f"Роль «{label}» у этого работника уже есть в строке {same.row}. Оставьте одну.",
                )


def _together(rows: Sequence[ToldHolding], around: Around, catalog: Catalog) -> Iterator[Finding]:
    """What one person may not hold at once, with what he holds already; told at each row that gives a part of it."""
    by_person: dict[str, list[LineFacts]] = {}
    for row in rows:
        if valid_snils(row.line.snils):
            by_person.setdefault(row.line.snils, []).append(row.line)
    for snils, lines in by_person.items():
        told = {ref for line in lines for ref in line.roles}
        already = set(around.held.get(snils, ())) - told
        everything = [_here(ref, around.organisation) for ref in sorted(told | already)]
        for clash in held.clashes(everything, catalog, day=around.today, logged_in=True):
            more = " Одна из них у работника уже записана." if clash.roles & already else ""
            for line in lines:
                if clash.roles & set(line.roles):
                    message = clash.finding.message + more
                    yield replace(clash.finding, message=message, row=line.row, person=line.name or None)


def _here(ref: RoleRef, organisation: OrganisationFacts) -> HeldHere:
    return HeldHere(ref.subsystem, ref.role, organisation.kind, organisation.authority, first_login=False)
