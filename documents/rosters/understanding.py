"""Rows to lines of an application: names split, СНИЛС restored, subsystems and roles recognised."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace

from catalog import Catalog
from catalog.rosters import roster_wording, word_pattern
from catalog.wording import LINE_HEADINGS
from documents.rosters.asking import Asking, is_placeholder
from documents.rosters.choices import Choices
from documents.rosters.headings import Cell
from documents.rosters.names import name_of
from documents.rosters.parts import RosterRow
from documents.rosters.questions import hidden_columns, not_read, of_one_organisation, which_column
from documents.rosters.reading import Roster
from documents.rosters.strange_cells import beside_the_name, day_of, impossible, without_unset
from documents.rosters.vocabulary import Vocabulary, cyrillic, vocabulary_of
from models.facts import LineFacts, OrganisationFacts
from models.findings import Finding, Severity
from models.identifiers import BadIdentifier, inn_digits, snils_digits
from models.moments import MOSCOW
from models.text import tidy

_BESIDE_EMAIL = re.compile(r"^mailto:|^<|>$", re.IGNORECASE)


def roster_lines(
    roster: Roster,
    catalog: Catalog,
    *,
    organisation: OrganisationFacts,
    kind: str | None,
    choices: Choices | None = None,
) -> tuple[list[LineFacts], list[Finding]]:
    """Every row as a line, and what reading it found; rules judge the lines afterwards."""
    told = choices or Choices()
    vocabulary = vocabulary_of(catalog)
    lines = []
    findings = [
        *not_read(roster, told),
        *hidden_columns(roster, told),
        *which_column(roster),
        *_missing_columns(roster, kind),
    ]
    for row in roster.rows:
        line, found = _line(row, vocabulary, organisation, kind, told.today)
        lines.append(line)
        findings += found
    kept, strangers = of_one_organisation(lines, organisation, told)
    left = {line.row for line in lines} - {line.row for line in kept}
    return kept, [*(found for found in findings if found.row not in left), *strangers]


def _missing_columns(roster: Roster, kind: str | None) -> Iterator[Finding]:
    told: list[object] = []
    for part in roster.parts:
        if (not part.rows and part is not roster.main) or part.columns in told:
            continue
        told.append(part.columns)
        for field in ("snils", "surname", "given", "email"):
            if field in part.absent:
                yield Finding(
                    "APP-11",
                    Severity.ERROR,
                    f"В таблице нет столбца «{LINE_HEADINGS[field]}». Добавьте его и заполните.",
                    row=part.heading_row or None,
                    field=field,
                )
        if kind is None and not part.marks and not {"subsystem", "role"} & set(part.columns):
            yield Finding(
                "APP-10",
                Severity.ERROR,
                "Не сказано, к чему нужен доступ: добавьте столбец «Подсистема» или укажите вид заявки.",
                row=part.heading_row or None,
                field="subsystem",
            )


def _line(
    row: RosterRow, vocabulary: Vocabulary, organisation: OrganisationFacts, kind: str | None, today: dt.date | None
) -> tuple[LineFacts, list[Finding]]:
    row, unset = without_unset(row)
    cells = row.cells
    names = name_of(cells)
    surname, given, patronymic = names.surname, names.given, names.patronymic
    person = " ".join(part for part in (surname, given, patronymic) if part) or None
    asking = Asking(row, vocabulary, kind, person)
    beside = names.rest if names.rest_is_post else ""
    line = LineFacts(
        snils=_snils(cells.get("snils", "")),
        surname=surname,
        given=given,
        patronymic=patronymic,
        email=_email(cells.get("email", "")),
        roles=asking.roles(organisation),
        post=tidy(str(cells.get("post", ""))) or beside,
        unit=_unit(cells),
        own_card=_own_card(cells),
        email_is_esia=_yes_or_no(cells.get("email_is_esia")),
        esia_confirmed=_yes_or_no(cells.get("esia_confirmed")),
        first_login_on=_moment(cells.get("first_login")),
        subject=_optional(cells, "subject"),
        organisation_text=_optional(cells, "organisation"),
        inn=_inn(cells),
        asked_until=day(cells.get("asked_until")),
        row=row.number,
    )
    return line, [
        *(replace(found, person=person) for found in unset), *asking.findings,
        *beside_the_name(names, row.number, person), *impossible(row, person, today),
    ]  # fmt: skip


def _snils(value: Cell) -> str:
    """Eleven digits when it is one, nothing for «нет», else as typed."""
    try:
        return snils_digits(value)
    except BadIdentifier:
        text = tidy(str(value))
        return "" if is_placeholder(text) else text


def _email(value: Cell) -> str:
    """The address less what spreadsheets and hands add around it."""
    text = _BESIDE_EMAIL.sub("", tidy(str(value)).strip(" ,;.")).strip(" ,;.")
    return "" if is_placeholder(text) else text


def _inn(cells: Mapping[str, Cell]) -> str | None:
    """Digits when it is one, also of «7707083893/770701001»; else as typed, None when there is no such column."""
    text = _optional(cells, "inn")
    if not text:
        return text
    for part in (text, *re.split(r"[\s/,;]+", text)):
        try:
            return inn_digits(part)
        except BadIdentifier:
            continue
    return text


def _optional(cells: Mapping[str, Cell], field: str) -> str | None:
    return tidy(str(cells[field])) if field in cells else None


def _yes_or_no(value: Cell | None) -> bool | None:
    """None for a blank and for words that say neither."""
    text = cyrillic(str(value if value is not None else "")).strip(" .")
    words = roster_wording().words
    if text in words.no:
        return False
    return True if text in words.yes else None


def _unit(cells: Mapping[str, Cell]) -> str | None:
    """HR, maintenance or other, from the marks, the unit or the post; None when the table does not say."""
    marked = _yes_or_no(cells.get("is_hr"))
    if marked is not None:
        return "hr" if marked else "other"
    words = roster_wording().words
    told = [text for field in ("unit", "post") if (text := cyrillic(str(cells.get(field, ""))).strip(" .-"))]
    for text in told:
        for name, patterns in (("hr", words.hr), ("maintenance", words.maintenance)):
            if word_pattern(patterns).search(text):
                return name
    return "other" if told else None


def _own_card(cells: Mapping[str, Cell]) -> bool | None:
    text = cyrillic(str(cells.get("purpose", "")))
    return bool(word_pattern(roster_wording().words.own_card).search(text)) if text else None


def day(value: Cell | None) -> str:
    """ISO of a date; another text as typed, "" for a blank."""
    text = tidy(str(value if value is not None else "")).removesuffix(" г.").removesuffix(" 00:00:00")
    moment = _moment(text)
    return moment.date().isoformat() if moment else "" if is_placeholder(text) else text


def _moment(value: Cell | None) -> dt.datetime | None:
    day = day_of(str(value or "").strip())
    return dt.datetime.combine(day, dt.time(), MOSCOW) if day else None
