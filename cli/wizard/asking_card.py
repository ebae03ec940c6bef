"""Facts of the organisation's card, each asked as the card's own form has it; what is said is written at once."""

from __future__ import annotations

from catalog.kinds import KindField
from cli.wizard.records import Records
from cli.wizard.sheet import Sheet
from cli.wizard.talking import choice, value
from models.findings import Finding, Severity
from models.identifiers import BadIdentifier
from states.rules.values import read_value
from views.offers.card_fields import Field, field_named

_PERSON = KindField(code="head", label="руководитель", type="person", rule="SGN-1")
_MOST_LISTED = 30  # of more options one is typed


def ask_card(name: str, sheet: Sheet, records: Records) -> None:
    if name not in sheet.card_asked:
        sheet.card_asked.append(name)
    field = field_named(name, sheet.catalog)
    if field.choices and len(field.choices) <= _MOST_LISTED:
        _ask_choice(field, sheet, records)
        return
    help = " ".join(filter(None, (field.help, f"Например: {field.example}." if field.example else "")))
    value(
        field.label, lambda text: _judged(field, text, sheet, records), current=field.shown(sheet.card[name]), help=help
    )


def _ask_choice(field: Field, sheet: Sheet, records: Records) -> None:
    codes = [code for code, _ in field.choices]
    now = sheet.card[field.name]
    current = codes.index(now) if now in codes else None
    place = choice(field.label, [label for _, label in field.choices], current=current, empty=True, help=field.help)
    if place is not None:
        records.change(sheet, field.name, codes[place])


def _judged(field: Field, text: str, sheet: Sheet, records: Records) -> list[Finding]:
    """A text of the card; a number with a wrong check digit is asked again."""
    if not text:
        return [
            Finding("", Severity.ERROR, f"Без этого заявку не закончить: {field.label[0].lower()}{field.label[1:]}.")
        ]
    if field.name == "head_name" and read_value(_PERSON, text)[1]:
        return [Finding("SGN-1", Severity.ERROR, read_value(_PERSON, text)[1])]
    try:
        records.change(sheet, field.name, text)
    except BadIdentifier as problem:
        return [Finding("", Severity.ERROR, str(problem))]
    return []
