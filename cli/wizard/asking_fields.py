"""The fields of the kind in its order: each judged at once by the kind's own rules."""

from __future__ import annotations

from catalog.kinds import KindField
from catalog.layouts import FormField
from cli.output import say
from cli.wizard.sheet import Sheet
from cli.wizard.talking import KEEP, SKIP, choice, line, tell_findings, value, yes_no
from models.findings import Finding, Severity, has_errors
from models.text import masked
from states.rules.values import NO, YES, items_of, read_value, shown
from views.offers.field_questions import FieldQuestion


def ask_field(asked: FieldQuestion, sheet: Sheet) -> None:
    field, required = asked.field, asked.required
    if field.value_type.control == "select":
        _ask_choice(asked, sheet)
    elif field.value_type.control == "yes-no":
        _ask_yes_no(asked, sheet)
    elif field.value_type.control == "area":
        _ask_lines(asked, sheet)
    else:
        current = sheet.fields.get(field.code, "")
        typed = value(
            field.label,
            lambda text: _judge(field, sheet, text),
            current=current,
            shown=_shown(field, current),
            required=required,
            help=asked.help,
            keep=lambda text: _put(field, sheet, text),
        )
        _put(field, sheet, read_value(field, typed)[0])


def _shown(field: KindField, current: str) -> str:
    """What is there already; a patient's data may be recognised, not read."""
    text = shown(field, current)
    return masked(text) if field.holds == "patient" else text


def _put(field: KindField, sheet: Sheet, text: str) -> None:
    sheet.fields[field.code] = text


def _judge(field: KindField, sheet: Sheet, text: str) -> list[Finding]:
    """The rules see the value in its place; what is there already of other fields counts too."""
    _put(field, sheet, text)
    return [finding for finding in sheet.of_field(field.code) if finding.severity is not Severity.ADVICE]


def _ask_choice(asked: FieldQuestion, sheet: Sheet) -> None:
    field = asked.field
    values = [option.value for option in field.choices]
    now = sheet.fields.get(field.code, "")
    place = choice(
        field.label,
        [option.label for option in field.choices],
        current=values.index(now) if now in values else None,
        empty=not asked.required,
        help=asked.help,
    )
    _put(field, sheet, values[place] if place is not None else "")
    tell_findings(sheet.of_field(field.code))


def _ask_yes_no(asked: FieldQuestion, sheet: Sheet) -> None:
    field = asked.field
    now = {YES: True, NO: False}.get(read_value(field, sheet.fields.get(field.code, ""))[0])
    for _ in range(2):
        now = yes_no(field.label, current=now, help=asked.help)
        if now is not None or not asked.required:
            break
        tell_findings(sheet.of_field(field.code))
        say(f"  {SKIP}")
    _put(field, sheet, "" if now is None else YES if now else NO)


def _ask_lines(asked: FieldQuestion, sheet: Sheet) -> None:
    """Line by line until an empty one; each line is kept as soon as it is typed."""
    field, required = asked.field, asked.required
    current = sheet.fields.get(field.code, "")
    note = "" if required else " (необязательно)"
    say(
        f"{field.label}{note}: по одной строке, пустая строка – конец{'. Enter – оставить, «-» – начать заново' if current else ''}"
    )
    if current:
        for item in current.splitlines():
            say(f"    {_shown(field, item)}")
    typed = [] if not field.value_type.separators else items_of(current)
    refused: str | None = None
    started = False
    while True:
        text = line(f"  {len(typed) + 1}" if field.value_type.separators else "  ", help=asked.help)
        if text == "-" and current and not started:
            current, typed, started = "", [], True
            _put(field, sheet, "")
            continue
        if text:
            if not started and not field.value_type.separators:
                typed = []
            started, refused, typed = True, *_taken(field, text, refused, typed)
            _put(field, sheet, "\n".join(typed))
            continue
        found = _judge(field, sheet, sheet.fields.get(field.code, ""))
        tell_findings(found)
        if not has_errors(found) or refused == "" or not (required or typed):
            return
        say(f"  {SKIP}")
        refused = ""


def _taken(field: KindField, text: str, refused: str | None, typed: list[str]) -> tuple[str | None, list[str]]:
    """One line more; an item that cannot be is asked again, said twice it stays."""
    problem = "" if not field.value_type.separators else read_value(field, text)[1]
    if problem and text != refused:
        tell_findings([Finding(field.rule, Severity.ERROR, problem)])
        say(f"  {KEEP}")
        return text, typed
    return None, [*typed, text] if not field.value_type.separators else [*typed, *items_of(text)]


def ask_form_line(one: FormField, sheet: Sheet) -> None:
    code = one.answer or ""

    def put(text: str) -> None:
        sheet.fields[code] = text

    value(
        one.label,
        lambda text: (),
        current=sheet.fields.get(code, ""),
        required=False,
        keep=put,
        help="Строка формы. Можно оставить пустой и вписать от руки до подписания.",
    )
