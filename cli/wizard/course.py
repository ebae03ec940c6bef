"""The talk along the course of questions: the next one is always the first not answered yet; «назад» takes one back."""

from __future__ import annotations

from collections.abc import Iterator

from cli.output import say
from cli.wizard import asking_card, asking_fields, asking_files, asking_kind, asking_organisation, asking_people
from cli.wizard.asking_signer import ask_signer
from cli.wizard.records import Records
from cli.wizard.sheet import Sheet
from cli.wizard.talking import Back
from models.findings import has_errors
from states.rules.signature import check_planned
from views.offers.course import Part, Question, course
from views.offers.field_questions import FieldQuestion, FileQuestion

_GROUPS = {
    Part.KIND: "Что нужно",
    Part.ORGANISATION: "Организация",
    Part.CARD: "Карточка организации",
    Part.PEOPLE: "Работники",
    Part.FIELD: "Сведения",
    Part.LINE: "Строки формы",
    Part.FILE: "Приложения",
    Part.SIGNER: "Кто подпишет",
}


def run(sheet: Sheet, records: Records) -> None:
    """Ask everything that this request needs. Raises Ended; the sheet holds what was said till then."""
    done = [question.key for question in _questions(sheet) if _is_settled(question, sheet)] if sheet.request else []
    begun = len(done)
    group = ""
    while True:
        question = next((one for one in _questions(sheet) if one.key not in done), None)
        if question is None:
            return
        if _group(question, sheet) != group:
            group = _group(question, sheet)
            say(f"\n{group}")
        try:
            _ask(question, sheet, records)
            done.append(question.key)
        except Back:
            if len(done) == 0 or (sheet.request and len(done) <= min(begun, 2)):
                say("  Это первый вопрос.")
            else:
                done.pop()


def _questions(sheet: Sheet) -> Iterator[Question]:
    return course(sheet.facts(), sheet.catalog, sheet.own_catalog, sheet.card_asked)


def _group(question: Question, sheet: Sheet) -> str:
    single = question.part is Part.PEOPLE and sheet.kind.single
    return "Один человек" if single else _GROUPS[question.part]


def _ask(question: Question, sheet: Sheet, records: Records) -> None:
    match question.part, question.about:
        case Part.KIND, _:
            asking_kind.ask_kind(sheet)
        case Part.ORGANISATION, _:
            asking_organisation.ask_organisation(sheet, records)
        case Part.CARD, _:
            asking_card.ask_card(question.code, sheet, records)
        case Part.PEOPLE, _:
            asking_people.ask_people(sheet, records)
        case Part.SIGNER, _:
            ask_signer(sheet)
        case _, FieldQuestion() as asked:
            asking_fields.ask_field(asked, sheet)
        case _, FileQuestion() as asked:
            asking_files.ask_attachment(asked, sheet)
        case _, line:
            assert line is not None
            asking_fields.ask_form_line(line, sheet)


def _is_settled(question: Question, sheet: Sheet) -> bool:
    """What a draft that is gone on with has answered already, and well; people are always shown."""
    match question.part:
        case Part.KIND | Part.ORGANISATION:
            return True
        case Part.FIELD:
            return bool(sheet.fields.get(question.code)) and not has_errors(sheet.of_field(question.code))
        case Part.LINE:
            return bool(sheet.fields.get(question.code))
        case Part.FILE:
            return any(file.code == question.code for file in sheet.kept)
        case Part.SIGNER:
            named = sheet.signer is not None and bool(sheet.signer.capacity)
            return named and not has_errors(check_planned(sheet.facts(), sheet.catalog))
    return False
