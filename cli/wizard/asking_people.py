"""The people: found on record by surname, out of a roster file, or typed one by one with findings at each field."""

from __future__ import annotations

import contextlib

from cli.output import say
from cli.wizard.asking_person import add_person, ask_person
from cli.wizard.asking_roster import ask_roster
from cli.wizard.records import Records
from cli.wizard.sheet import Sheet
from cli.wizard.talking import Back, choice, line, yes_no
from cli.wrapping import tell
from models.facts import LineFacts
from models.identifiers import mask_snils, valid_snils

_HELP = (
    "Фамилия ищет среди тех, кто уже записан. «файл» – список сотрудников из Excel, ODS или CSV. «новый» – ввести человека. "
    "«изменить 2», «убрать 2» – правка списка. Enter – дальше."
)


def ask_people(sheet: Sheet, records: Records) -> None:
    """Until Enter; a kind for one person asks for one."""
    while True:
        _show(sheet)
        text = line(_prompt(sheet), help=_HELP)
        if text:
            with contextlib.suppress(Back):
                _answer(text, sheet, records)
        elif sheet.lines:
            return
        else:
            say("  Нужен хотя бы один человек: фамилия, «файл» или «новый».")
            if not line("Enter – продолжить без людей, черновик дополните потом"):
                return


def _prompt(sheet: Sheet) -> str:
    if sheet.kind.single:
        return "Enter – дальше, «изменить»" if sheet.lines else "Кто: фамилия (поиск) или «новый»"
    return "Кого добавить: фамилия (поиск), «файл», «новый»" + ("; Enter – дальше" if sheet.lines else "")


def _show(sheet: Sheet) -> None:
    for place, entry in enumerate(sheet.lines, 1):
        snils = mask_snils(entry.snils) if valid_snils(entry.snils) else entry.snils or "СНИЛС не указан"
        roles = ", ".join(sheet.catalog.role(ref.subsystem, ref.role).label for ref in entry.roles)
        tell(f"{entry.name or 'без имени'}, {snils}{f', {roles}' if roles else ''}", indent=2, mark=f"{place}. ")


def _answer(text: str, sheet: Sheet, records: Records) -> None:
    word, _, rest = text.partition(" ")
    place = int(rest) - 1 if rest.strip().isdigit() else 0
    if word.lower() == "убрать" and 0 <= place < len(sheet.lines):
        del sheet.lines[place]
    elif word.lower() == "изменить" and 0 <= place < len(sheet.lines):
        ask_person(place, sheet, records)
    elif sheet.kind.single and sheet.lines:
        say("  Эта заявка – на одного человека. «изменить» – поправить, «убрать» – назвать другого.")
    elif word.lower() == "файл":
        ask_roster(rest.strip(), sheet, records)
    elif word.lower() in ("новый", "новая", "новое"):
        add_person(LineFacts(), sheet, records)
    else:
        _search(text, sheet, records)


def _search(text: str, sheet: Sheet, records: Records) -> None:
    found = [entry for entry in records.persons(text, sheet.organisation_id) if entry.snils not in sheet.known_snils()]
    if not found:
        say(f"  Среди записанных «{text}» нет.")
        if yes_no("  Ввести нового человека?", current=True):
            add_person(LineFacts(surname=text if len(text.split()) == 1 else ""), sheet, records)
        return
    shown = [f"{entry.name}, {mask_snils(entry.snils)}{f', {entry.post}' if entry.post else ''}" for entry in found]
    place = choice("Кто из них", [*shown, "ввести нового"], current=0 if len(found) == 1 else None)
    if place is not None:
        add_person(found[place] if place < len(found) else LineFacts(surname=text), sheet, records)
