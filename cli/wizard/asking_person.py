"""One person, question by question, with what is wrong said at each."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Sequence

from catalog.kinds import Confirmation
from catalog.wording import LINE_HEADINGS
from cli.wizard.asking_roles import ask_roles, wrong
from cli.wizard.records import Records
from cli.wizard.sheet import Sheet
from cli.wizard.talking import Back, choice, tell_findings, value, yes_no
from models.facts import LineFacts
from models.findings import Finding, Severity
from models.identifiers import BadIdentifier, format_snils, snils_digits, valid_snils
from views.offers.line_questions import ORDER, UNITS, Mark, line_questions

Step = Callable[[], None]


def add_person(entry: LineFacts, sheet: Sheet, records: Records) -> None:
    """What is known of a person is not asked again, only what is wrong or missing."""
    sheet.lines.append(entry)
    place = len(sheet.lines) - 1
    try:
        ask_person(place, sheet, records, known=bool(entry.snils))
    except Back:
        if not any(getattr(sheet.lines[place], name) for name in ORDER):
            del sheet.lines[place]
        raise


def ask_person(place: int, sheet: Sheet, records: Records, *, known: bool = False) -> None:
    """Question by question; «назад» goes to the question before, from the first one out."""
    steps = [*_steps(place, sheet, records)]
    number = 0
    while number < len(steps):
        name, ask = steps[number]
        if known and name in ORDER and (name == "patronymic" or not wrong(sheet, place, name)):
            number += 1
            continue
        try:
            ask()
        except Back:
            number, known = number - 1, False
            if number < 0:
                raise
            continue
        number += 1
    found = sheet.of_line(place, "role", "subsystem", "purpose")
    tell_findings(each for each in found if each.severity is Severity.ERROR)


def _steps(place: int, sheet: Sheet, records: Records) -> Iterator[tuple[str, Step]]:
    asked = line_questions(sheet.kind, sheet.catalog)
    for name in asked.texts:
        yield name, lambda name=name: _ask_text(name, place, sheet, records)  # type: ignore[misc]
    for mark in asked.marks:
        yield mark.name, lambda mark=mark: _ask_mark(mark, place, sheet)  # type: ignore[misc]
    if asked.roles:
        yield "role", lambda: ask_roles(place, sheet)
    if asked.unit:
        yield "unit", lambda: _ask_unit(place, sheet)
    for entry in asked.confirmations:
        yield entry.code, lambda entry=entry: _ask_confirmation(entry, place, sheet)  # type: ignore[misc]


def _ask_text(name: str, place: int, sheet: Sheet, records: Records) -> None:
    current = getattr(sheet.lines[place], name)
    shown = format_snils(current) if name == "snils" and valid_snils(current) else current

    def keep(text: str) -> None:
        sheet.put(place, **{name: _plain(name, text)})

    def judge(text: str) -> Sequence[Finding]:
        keep(text)
        if name in ("snils", "email"):  # what the person holds already, and whose the address is
            records.look_around(sheet)
        return wrong(sheet, place, name)

    required = name in sheet.kind.line_fields
    value(LINE_HEADINGS[name], judge, current=current, shown=shown, required=required, keep=keep)


def _plain(name: str, text: str) -> str:
    if name == "snils":
        with contextlib.suppress(BadIdentifier):
            return snils_digits(text)
    return text


def _ask_mark(mark: Mark, place: int, sheet: Sheet) -> None:
    current = getattr(sheet.lines[place], mark.name)
    usual = False if mark.name == "own_card" and current is None else current
    sheet.put(place, **{mark.name: yes_no(mark.label[0].upper() + mark.label[1:], current=usual)})
    tell_findings(sheet.of_line(place, mark.finding))


def _ask_confirmation(entry: Confirmation, place: int, sheet: Sheet) -> None:
    already = sheet.lines[place].confirmed
    said = yes_no(f"Подтверждаю: {entry.label}", current=entry.code in already or None)
    others = tuple(one for one in already if one != entry.code)
    sheet.put(place, confirmed=(*others, entry.code) if said else others)
    tell_findings(sheet.of_line(place, entry.code))


def _ask_unit(place: int, sheet: Sheet) -> None:
    codes = [code for code, _ in UNITS]
    now = sheet.lines[place].unit
    chosen = choice(
        "Служба", [label for _, label in UNITS], current=codes.index(now) if now in codes else None, empty=True
    )
    sheet.put(place, unit=codes[chosen] if chosen is not None else None)
