"""People out of a roster file; they stand beside those that were named before."""

from __future__ import annotations

from cli.output import say
from cli.wizard.paths import PathError, dropped_file
from cli.wizard.records import Records
from cli.wizard.roster_answers import answers
from cli.wizard.sheet import Sheet
from cli.wizard.talking import line, tell_findings, yes_no
from models.identifiers import valid_snils
from views.offers.line_questions import ORDER


def ask_roster(text: str, sheet: Sheet, records: Records) -> None:
    from actions.rosters.rosters import OpenQuestions, read_people
    from documents.rosters import Choices, RosterError

    choices = Choices()
    while True:
        typed = text or line(
            "Путь к файлу (можно перетащить в окно)", help="Excel, ODS или CSV со столбцами ФИО, СНИЛС, почта."
        )
        text = ""
        if not typed:
            return
        try:
            path = dropped_file(typed)
            taken = read_people(
                path, catalog=sheet.catalog, kind=sheet.kind_code, organisation=sheet.organisation, choices=choices
            )
        except OpenQuestions as questions:
            say(f"  {questions}")
            tell_findings(questions.findings)
            answered = answers(questions, choices)
            if answered is None:
                return
            choices, text = answered, typed
            continue
        except (PathError, RosterError) as problem:
            say(f"  ✗ {problem}")
            continue
        break
    lines, intake = taken.lines, taken.intake
    first = len(sheet.lines)
    known = sheet.known_snils()
    sheet.lines += [entry for entry in lines if entry.snils not in known or not valid_snils(entry.snils)]
    sheet.intake += intake
    records.look_around(sheet)
    say(f"  Прочитано строк: {len(lines)} ({taken.count}).")
    tell_findings(intake)
    for place in range(first, len(sheet.lines)):
        found = sheet.of_line(place, *ORDER, "role", "subsystem")
        if found:
            say(f"  {sheet.lines[place].name or f'строка {sheet.lines[place].row}'}:")
            tell_findings(found)
    _confirm_all(first, sheet)


def _confirm_all(first: int, sheet: Sheet) -> None:
    """What a roster does not say is asked once for all of its people."""
    places = range(first, len(sheet.lines))
    for entry in sheet.kind.confirmations:
        if yes_no(f"О всех из файла подтверждаю: {entry.label}"):
            for place in places:
                sheet.put(place, confirmed=tuple(dict.fromkeys((*sheet.lines[place].confirmed, entry.code))))
    unsaid = [place for place in places if sheet.lines[place].email_is_esia is None]
    if (
        sheet.kind.esia_email == "required"
        and unsaid
        and yes_no("У всех из файла указана почта из профиля на Госуслугах")
    ):
        for place in unsaid:
            sheet.put(place, email_is_esia=True)
