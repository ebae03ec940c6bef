"""Rows to lines of an application: names split, СНИЛС restored, subsystems and roles recognised."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from zoneinfo import ZoneInfo

from catalog import Catalog
from catalog.rosters import roster_wording, word_pattern
from documents.rosters.asking import asked_roles
from documents.rosters.headings import Cell, cyrillic
from documents.rosters.reading import Roster, RosterRow
from models.facts import LineFacts, OrganisationFacts
from models.findings import Finding, Severity
from models.identifiers import BadIdentifier, snils_digits
from models.text import fold, tidy

_COLUMNS = {
    "snils": "СНИЛС",
    "surname": "Фамилия",
    "given": "Имя",
    "email": "Электронная почта",
}
_SPACED_HYPHEN = re.compile(r"\s*[-–—]\s*(?=[А-ЯЁ])")


def roster_lines(
    roster: Roster, catalog: Catalog, *, organisation: OrganisationFacts, kind: str | None
) -> tuple[list[LineFacts], list[Finding]]:
    """Every row as a line, and what reading it found; rules judge the lines afterwards."""
    findings = _missing_columns(roster, kind)
    lines = []
    for row in roster.rows:
        line, found = _line(row, catalog, organisation, kind)
        lines.append(line)
        findings += found
    return lines, findings


def missing_fields(roster: Roster) -> set[str]:
    """Mandatory fields for which the table has no column at all."""
    present = set(roster.columns)
    if "name" in present:
        present |= {"surname", "given"}
    return set(_COLUMNS) - present


def _missing_columns(roster: Roster, kind: str | None) -> list[Finding]:
    found = [
        Finding(
            "APP-11", Severity.ERROR, f"В таблице нет столбца «{_COLUMNS[field]}». Добавьте его и заполните.",
            row=roster.heading_row, field=field,
        )
        for field in _COLUMNS
        if field in missing_fields(roster)
    ]
    if kind is None and not roster.marks and not {"subsystem", "role"} & set(roster.columns):
        found.append(
            Finding(
                "APP-10", Severity.ERROR,
                "Не сказано, к чему нужен доступ: добавьте столбец «Подсистема» или укажите вид заявки.",
                row=roster.heading_row, field="subsystem",
            )
        )
    return found


def _line(
    row: RosterRow, catalog: Catalog, organisation: OrganisationFacts, kind: str | None
) -> tuple[LineFacts, list[Finding]]:
    cells = row.cells
    surname, given, patronymic = _name(cells)
    person = " ".join(part for part in (surname, given, patronymic) if part) or None
    roles, findings = asked_roles(row, catalog, organisation, kind, person)
    line = LineFacts(
        snils=_snils(cells.get("snils", "")),
        surname=surname,
        given=given,
        patronymic=patronymic,
        email=tidy(str(cells.get("email", ""))).removeprefix("mailto:").strip(" ,;"),
        roles=roles,
        post=tidy(str(cells.get("post", ""))),
        unit=_unit(cells),
        own_card=_own_card(cells),
        email_is_esia=_yes_or_no(cells.get("email_is_esia")),
        esia_confirmed=_yes_or_no(cells.get("esia_confirmed")),
        first_login_on=_moment(cells.get("first_login")),
        subject=_optional(cells, "subject"),
        organisation_text=_optional(cells, "organisation"),
        inn=_optional(cells, "inn"),
        row=row.number,
    )
    return line, findings


def _snils(value: Cell) -> str:
    """Eleven digits when it is one, else as typed."""
    try:
        return snils_digits(value)
    except BadIdentifier:
        return tidy(str(value))


def _name(cells: Mapping[str, Cell]) -> tuple[str, str, str]:
    parts = [tidy(str(cells.get(field, ""))) for field in ("surname", "given", "patronymic")]
    whole = tidy(str(cells.get("name", ""))).replace(",", " ")
    if whole and "name" in cells and not parts[1]:
        words = _SPACED_HYPHEN.sub("-", whole).split()
        parts = [words[0], words[1] if len(words) > 1 else "", " ".join(words[2:])]
    if fold(parts[2]) in roster_wording().words.no_patronymic:
        parts[2] = ""
    return parts[0], parts[1], parts[2]


def _optional(cells: Mapping[str, Cell], field: str) -> str | None:
    return tidy(str(cells[field])) if field in cells else None


def _yes_or_no(value: Cell | None) -> bool | None:
    """None for a blank and for words that say neither."""
    text = cyrillic(str(value if value is not None else ""))
    words = roster_wording().words
    if text in words.no:
        return False
    return True if text in words.yes else None


def is_marked(value: Cell) -> bool:
    """A cell of a subsystem's own column: anything but a blank or a no."""
    return bool(str(value).strip()) and cyrillic(str(value)) not in roster_wording().words.no


def _unit(cells: Mapping[str, Cell]) -> str | None:
    """HR, maintenance or other, from the marks, the unit or the post; None when the table does not say."""
    marked = _yes_or_no(cells.get("is_hr"))
    if marked is not None:
        return "hr" if marked else "other"
    words = roster_wording().words
    for field in ("unit", "post"):
        text = cyrillic(str(cells.get(field, "")))
        for name, patterns in (("hr", words.hr), ("maintenance", words.maintenance)):
            if text and word_pattern(patterns).search(text):
                return name
    return None


def _own_card(cells: Mapping[str, Cell]) -> bool | None:
    text = cyrillic(str(cells.get("purpose", "")))
    return bool(word_pattern(roster_wording().words.own_card).search(text)) if text else None


def _moment(value: Cell | None) -> dt.datetime | None:
    text = str(value or "").strip()
    for form in ("%d.%m.%Y", "%Y-%m-%d", "%d.%m.%y", "%Y-%m-%dT%H:%M:%S"):
        try:
            return dt.datetime.strptime(text, form).replace(tzinfo=ZoneInfo("Europe/Moscow"))
        except ValueError:
            continue
    return None
