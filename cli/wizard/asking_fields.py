"""The fields of the kind in its order: each judged at once by the kind's own rules."""

from __future__ import annotations

from catalog.kinds import KindField
from catalog.layouts import FormField
from catalog.wording import FIELD_TYPES
from cli.output import say
from cli.wizard.sheet import Sheet
from cli.wizard.talking import KEEP, SKIP, choice, line, tell_findings, value, yes_no
from models.findings import Finding, Severity, has_errors
from models.text import masked
from states.rules.fields import applies, is_required
from states.rules.values import NO, YES, items_of, read_value, shown

_LISTS = ("list", "record-numbers", "long-text")


def fields_asked(sheet: Sheet) -> list[KindField]:
    """Those that apply as far as is known now."""
    facts = sheet.facts()
    return [field for field in sheet.kind.fields if applies(field, facts, sheet.catalog)]


def is_settled(field: KindField, sheet: Sheet) -> bool:
    """There is a value and nothing is wrong with it."""
    return bool(sheet.fields.get(field.code)) and not has_errors(sheet.of_field(field.code))


def ask_field(field: KindField, sheet: Sheet) -> None:
    required = is_required(field, sheet.facts(), sheet.catalog)
    if field.type == "choice":
        _ask_choice(field, sheet, required=required)
    elif field.type == "yes-no":
        _ask_yes_no(field, sheet, required=required)
    elif field.type in _LISTS:
        _ask_lines(field, sheet, required=required)
    else:
        current = sheet.fields.get(field.code, "")
        typed = value(
            field.label,
            lambda text: _judge(field, sheet, text),
            current=current,
            shown=_shown(field, current),
            required=required,
            help=_help(field),
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


def _help(field: KindField) -> str:
    parts = [
        f"{FIELD_TYPES[field.type].capitalize()}.",
        field.help,
        f"Например: {field.example}." if field.example else "",
    ]
    return " ".join(part for part in parts if part)


def _ask_choice(field: KindField, sheet: Sheet, *, required: bool) -> None:
    values = [option.value for option in field.choices]
    now = sheet.fields.get(field.code, "")
    place = choice(
        field.label,
        [option.label for option in field.choices],
        current=values.index(now) if now in values else None,
        empty=not required,
        help=_help(field),
    )
    _put(field, sheet, values[place] if place is not None else "")
    tell_findings(sheet.of_field(field.code))


def _ask_yes_no(field: KindField, sheet: Sheet, *, required: bool) -> None:
    now = {YES: True, NO: False}.get(read_value(field, sheet.fields.get(field.code, ""))[0])
    for _ in range(2):
        now = yes_no(field.label, current=now, help=_help(field))
        if now is not None or not required:
            break
        tell_findings(sheet.of_field(field.code))
        say(f"  {SKIP}")
    _put(field, sheet, "" if now is None else YES if now else NO)


def _ask_lines(field: KindField, sheet: Sheet, *, required: bool) -> None:
    """Line by line until an empty one; each line is kept as soon as it is typed."""
    current = sheet.fields.get(field.code, "")
    note = "" if required else " (необязательно)"
    say(
        f"{field.label}{note}: по одной строке, пустая строка – конец{'. Enter – оставить, «-» – начать заново' if current else ''}"
    )
    if current:
        for item in current.splitlines():
            say(f"    {_shown(field, item)}")
    typed = [] if field.type == "long-text" else items_of(current)
    refused: str | None = None
    started = False
    while True:
        text = line(f"  {len(typed) + 1}" if field.type != "long-text" else "  ", help=_help(field))
        if text == "-" and current and not started:
            current, typed, started = "", [], True
            _put(field, sheet, "")
            continue
        if text:
            if not started and field.type == "long-text":
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
    problem = "" if field.type == "long-text" else read_value(field, text)[1]
    if problem and text != refused:
        tell_findings([Finding(field.rule, Severity.ERROR, problem)])
        say(f"  {KEEP}")
        return text, typed
    return None, [*typed, text] if field.type == "long-text" else [*typed, *items_of(text)]


def form_lines(sheet: Sheet, forms: dict[str, list[FormField]]) -> list[FormField]:
    """Lines that the form has beside the kind's fields, as that of an add-application by the organisation's kind."""
    entry = sheet.catalog.organisation_kind(sheet.organisation.kind)
    code = entry.branch_layout if sheet.organisation.branch and entry.branch_layout else entry.add_layout
    known = {field.code for field in sheet.kind.fields}
    return [one for one in forms.get(code, []) if one.answer and one.answer not in known]


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
