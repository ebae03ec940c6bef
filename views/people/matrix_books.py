"""The matrix as workbooks: as a table of people and roles, and as a list with a row per role."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from documents.tables.export import Value, table_xlsx
from models.identifiers import format_snils, valid_snils
from views.people.days import Day, local_date
from views.people.holders import Entry, Holder
from views.people.matrix import Column

MOST = 20_000  # people in one workbook
_LIST = (
    "Работник", "СНИЛС", "Подсистема", "Роль", "Организация", "ИНН", "С", "По", "На этот день", "Заявка", "Запись журнала",
    "Замечания", "Дана до", "Источник",
)  # fmt: skip


def title_of(day: Day) -> str:
    known = f" по сведениям на {day.known_on:%d.%m.%Y}" if day.known_on else ""
    return f"Роли на {day.date:%d.%m.%Y}{known}"


def matrix_book(
    day: Day, columns: Sequence[Column], rows: Sequence[Holder], made_on: dt.date, *, practice: bool = False
) -> bytes:
    """A row per person, a column per role; the cell says since when and what is known of the login."""
    headings = (
        "Работник",
        "СНИЛС",
        "Организация",
        *(f"{column.subsystem}: {column.label}" for column in columns),
        "Замечания",
    )
    table = [
        (
            holder.name,
            _snils(holder),
            "; ".join(dict.fromkeys(entry.place for entry in holder.entries)),
            *("; ".join(_cell(entry) for entry in holder.of(column.key)) for column in columns),
            _clashes(holder),
        )
        for holder in rows
    ]
    return table_xlsx(title_of(day), headings, table, made_on=made_on, practice=practice)


def list_book(
    day: Day, columns: Sequence[Column], rows: Sequence[Holder], made_on: dt.date, *, practice: bool = False
) -> bytes:
    """A row per role, with the request and the record of the log that prove it."""
    names = {column.key: column.subsystem for column in columns}
    table: list[tuple[Value, ...]] = [
        (
            holder.name,
            _snils(holder),
            names.get(entry.key, entry.grant.subsystem),
            entry.label,
            entry.place,
            entry.organisation.inn,
            local_date(entry.since),
            local_date(entry.until) if entry.until else None,
            entry.told,
            entry.number,
            f"№ {entry.grant.event_seq}",
            _clashes(holder),
            entry.grant.ends_on,
            entry.source,
        )
        for holder in rows
        for entry in holder.entries
    ]
    return table_xlsx(title_of(day), _LIST, table, made_on=made_on, practice=practice)


def _cell(entry: Entry) -> str:
    later = f", прекращена {local_date(entry.later):%d.%m.%Y}" if entry.later else ""
    ends = f", дана до {entry.grant.ends_on:%d.%m.%Y}" if entry.grant.ends_on else ""
    source = f", {entry.source}" if entry.source else ""
    return f"с {local_date(entry.since):%d.%m.%Y}, {entry.told}{ends}{later}{source}"


def _snils(holder: Holder) -> str:
    return format_snils(holder.person.snils) if valid_snils(holder.person.snils) else ""


def _clashes(holder: Holder) -> str:
    return "; ".join(f"{clash.finding.rule}: {clash.finding.message}" for clash in holder.clashes)
