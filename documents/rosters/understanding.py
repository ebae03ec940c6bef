"""Rows to lines of an application: names split, СНИЛС restored, subsystems and roles recognised."""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from zoneinfo import ZoneInfo

from catalog import Catalog
from catalog.rosters import roster_wording, word_pattern
from documents.rosters.asking import Asking, is_placeholder
from documents.rosters.headings import Cell
from documents.rosters.names import name_of
from documents.rosters.reading import Roster, RosterRow
from documents.rosters.vocabulary import Vocabulary, cyrillic, vocabulary_of
from models.facts import LineFacts, OrganisationFacts
from models.findings import Finding, Severity
from models.identifiers import BadIdentifier, inn_digits, snils_digits, valid_inn
from models.text import tidy

_COLUMNS = {
    "snils": "СНИЛС",
    "surname": "Фамилия",
    "given": "Имя",
    "email": "Электронная почта",
}
_BESIDE_EMAIL = re.compile(r"^mailto:|^<|>$", re.IGNORECASE)


def roster_lines(
    roster: Roster, catalog: Catalog, *, organisation: OrganisationFacts, kind: str | None
) -> tuple[list[LineFacts], list[Finding]]:
    """Every row as a line, and what reading it found; rules judge the lines afterwards."""
    findings = [*_passed_over(roster), *_missing_columns(roster, kind)]
    vocabulary = vocabulary_of(catalog)
    lines = []
    for row in roster.rows:
        line, found = _line(row, vocabulary, organisation, kind)
        lines.append(line)
        findings += found
    return lines, [*findings, *_several_organisations(lines, organisation)]


def missing_fields(roster: Roster) -> set[str]:
    """Mandatory fields for which the table has no column at all."""
    present = set(roster.columns)
    if "name" in present:
        present |= {"surname", "given"}
    if "given_patronymic" in present:
        present.add("given")
    return set(_COLUMNS) - present


def _passed_over(roster: Roster) -> list[Finding]:
    told = ", ".join(f"«{sheet}» (строк: {count})" for sheet, count in roster.passed_over)
    message = (
        f"Прочитан только лист «{roster.sheet}», а список есть и на других: {told}. "
        "Соберите всех на одном листе или проверьте листы отдельными файлами."
    )
    return [Finding("APP-12", Severity.WARNING, message, field="file")] if told else []


def _missing_columns(roster: Roster, kind: str | None) -> list[Finding]:
    found = [
        Finding(
            "APP-11", Severity.ERROR, f"В таблице нет столбца «{_COLUMNS[field]}». Добавьте его и заполните.",
            row=roster.heading_row, field=field,
        )
        for field in _COLUMNS
        if field in missing_fields(roster)
    ]  # fmt: skip
    if kind is None and not roster.marks and not {"subsystem", "role"} & set(roster.columns):
        found.append(
            Finding(
                "APP-10", Severity.ERROR,
                "Не сказано, к чему нужен доступ: добавьте столбец «Подсистема» или укажите вид заявки.",
                row=roster.heading_row, field="subsystem",
            )
        )  # fmt: skip
    return found


def _several_organisations(lines: Sequence[LineFacts], organisation: OrganisationFacts) -> list[Finding]:
    """When nobody says whose the roster is, the ИНН of most rows is taken for its own."""
    inns = {line.row: line.inn for line in lines if line.inn and valid_inn(line.inn)}
    common = Counter(inns.values()).most_common(1)
    if organisation.inn or not common:
        return []
    usual = common[0][0]
    return [
        Finding(
            "APP-9", Severity.WARNING,
            f"ИНН {line.inn} – не тот, что в большинстве строк ({usual}). Заявка – на одну организацию: проверьте.",
            row=line.row, field="inn", person=line.name or None,
        )
        for line in lines
        if inns.get(line.row, usual) != usual
    ]  # fmt: skip


def _line(
    row: RosterRow, vocabulary: Vocabulary, organisation: OrganisationFacts, kind: str | None
) -> tuple[LineFacts, list[Finding]]:
    cells = row.cells
    surname, given, patronymic = name_of(cells)
    person = " ".join(part for part in (surname, given, patronymic) if part) or None
    asking = Asking(row, vocabulary, kind, person)
    line = LineFacts(
        snils=_snils(cells.get("snils", "")),
        surname=surname,
        given=given,
        patronymic=patronymic,
        email=_email(cells.get("email", "")),
        roles=asking.roles(organisation),
        post=tidy(str(cells.get("post", ""))),
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
    return line, asking.findings


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
    text = str(value or "").strip()
    for form in ("%d.%m.%Y", "%Y-%m-%d", "%d.%m.%y", "%Y-%m-%dT%H:%M:%S"):
        try:
            return dt.datetime.strptime(text, form).replace(tzinfo=ZoneInfo("Europe/Moscow"))
        except ValueError:
            continue
    return None
