"""The course of the talk: the next question is always the first that was not answered yet; «назад» takes one back."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

from catalog.layouts import FormField, load_layouts
from cli.output import say
from cli.wizard import asking_fields, asking_files, asking_kind, asking_organisation, asking_people, asking_signer
from cli.wizard.records import Records
from cli.wizard.sheet import Sheet
from cli.wizard.talking import Back
from models.findings import has_errors
from states.rules.signature import check_planned
from wiring.work import Installation

_ADDITION = "add-application"
Forms = dict[str, list[FormField]]


@dataclass(frozen=True, slots=True)
class Question:
    """`key` says which questions were answered; `group` is announced when it begins."""

    key: str
    group: str
    ask: Callable[[], None]


def run(sheet: Sheet, records: Records, installation: Installation) -> None:
    """Ask everything that this request needs. Raises Ended; the sheet holds what was said till then."""
    forms = {code: list(form.fields) for code, form in load_layouts(installation.settings.catalog_folder).items()}
    additions = {
        code for code, form in load_layouts(installation.settings.catalog_folder).items() if form.purpose == _ADDITION
    }
    done = _settled(sheet, records, forms, additions) if sheet.request else []
    begun = len(done)
    group = ""
    while True:
        question = next((one for one in questions(sheet, records, forms, additions) if one.key not in done), None)
        if question is None:
            return
        if question.group != group:
            group = question.group
            say(f"\n{group}")
        try:
            question.ask()
            done.append(question.key)
        except Back:
            if len(done) == 0 or (sheet.request and len(done) <= min(begun, 2)):
                say("  Это первый вопрос.")
            else:
                done.pop()


def questions(sheet: Sheet, records: Records, forms: Forms, additions: set[str]) -> Iterator[Question]:
    """In order, as far as the answers so far tell; a later one may appear with an answer."""
    yield Question("kind", "Что нужно", partial(asking_kind.ask_kind, sheet, records))
    yield Question("organisation", "Организация", partial(asking_organisation.ask_organisation, sheet, records))
    if not sheet.can_be_kept:
        return
    kind = sheet.kind
    for key in asking_organisation.card_facts(sheet):  # one that turns on a role appears once the roles are named
        yield Question(
            f"card:{key}", "Карточка организации", partial(asking_organisation.ask_fact, key, sheet, records)
        )
    if kind.people:
        yield Question(
            "people", "Один человек" if kind.single else "Работники", partial(asking_people.ask_people, sheet, records)
        )
    for field in asking_fields.fields_asked(sheet):
        yield Question(f"field:{field.code}", "Сведения", partial(asking_fields.ask_field, field, sheet))
    if kind.layout in additions:
        for one in asking_fields.form_lines(sheet, forms):
            yield Question(f"field:{one.answer}", "Строки формы", partial(asking_fields.ask_form_line, one, sheet))
    for entry in kind.attachments:
        if not any(outcome.needs == entry.code for outcome in kind.outcomes):  # that one comes with the answer
            yield Question(f"file:{entry.code}", "Приложения", partial(asking_files.ask_attachment, entry, sheet))
    if kind.signature:
        yield Question("signer", "Кто подпишет", partial(asking_signer.ask_signer, sheet))


def _settled(sheet: Sheet, records: Records, forms: Forms, additions: set[str]) -> list[str]:
    """What a draft that is gone on with has answered already, and well; people are always shown."""
    fields = {f"field:{field.code}": field for field in sheet.kind.fields}
    files = {f"file:{file.code}" for file in sheet.kept}
    done = []
    for question in questions(sheet, records, forms, additions):
        known = fields.get(question.key)
        if (
            question.key in ("kind", "organisation")
            or question.key in files
            or (known is not None and asking_fields.is_settled(known, sheet))
            or (
                known is None
                and question.key.startswith("field:")
                and sheet.fields.get(question.key.removeprefix("field:"))
            )
            or (question.key == "signer" and _is_planned(sheet))
        ):
            done.append(question.key)
    return done


def _is_planned(sheet: Sheet) -> bool:
    """A signer is named, and he will do."""
    named = sheet.signer is not None and bool(sheet.signer.capacity)
    return named and not has_errors(check_planned(sheet.facts(), sheet.catalog))
