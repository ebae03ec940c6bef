"""The fields of a request kind, its own checks, what is confirmed of each person, the act of the year."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from catalog import Catalog
from catalog.kinds import KindField, RequestKind
from models.facts import RequestFacts
from models.findings import Finding, Severity
from states.rules.conditions import holds
from states.rules.telling import of_line, of_request
from states.rules.values import ahead, read_value, shown


def check(facts: RequestFacts, catalog: Catalog) -> Iterator[Finding]:
    kind = catalog.kind(facts.kind)
    for field in kind.fields:
        yield from _field(field, facts, catalog)
    for entry in kind.checks:
        if holds(entry.when, facts, catalog) and not holds(entry.must, facts, catalog):
            yield of_request(entry.rule, entry.field or next(iter(entry.must)), entry.message, Severity(entry.severity))
    yield from _confirmations(facts, kind)
    yield from _acts(facts, kind, catalog)


def applies(field: KindField, facts: RequestFacts, catalog: Catalog) -> bool:
    """The field is asked for in this request."""
    return holds(field.only_if, facts, catalog)


def is_required(field: KindField, facts: RequestFacts, catalog: Catalog) -> bool:
    if not applies(field, facts, catalog):
        return False
    return holds(field.required_if, facts, catalog) if field.required_if else field.required


def printed(facts: RequestFacts, catalog: Catalog) -> list[tuple[KindField, str, bool]]:
    """(field, value for print, required) of every field that applies, in the kind's order."""
    return [
        (
            field,
            shown(field, read_value(field, facts.fields.get(field.code, ""))[0]),
            is_required(field, facts, catalog),
        )
        for field in catalog.kind(facts.kind).fields
        if applies(field, facts, catalog)
    ]


def _field(field: KindField, facts: RequestFacts, catalog: Catalog) -> Iterator[Finding]:
    typed = facts.fields.get(field.code, "").strip()
    if not applies(field, facts, catalog):
        if typed:
            told = f"Поле «{field.label}» здесь не нужно и в документ не попадёт."
            yield of_request(field.rule, field.code, told, Severity.WARNING)
        return
    if not typed:
        if is_required(field, facts, catalog):
            yield of_request(
                field.rule, field.code, field.missing or f"Не заполнено поле «{field.label}».{_help(field)}"
            )
        return
    value, problem = read_value(field, typed)
    problem = problem or _impossible_day(field, value, facts, catalog)
    if problem:
        yield of_request(field.rule, field.code, f"Поле «{field.label}»: {problem}")


def _impossible_day(field: KindField, value: str, facts: RequestFacts, catalog: Catalog) -> str:
    """A day that has not come yet where only a past one can be meant, or one before the day that it follows."""
    if field.type != "date":
        return ""
    if field.past and ahead(dt.date.fromisoformat(value), facts.today):
        return f"{shown(field, value)} ещё не наступило. Исправьте дату."
    earlier = catalog.kind(facts.kind).field(field.not_before) if field.not_before else None
    if earlier is None:
        return ""
    first, wrong = read_value(earlier, facts.fields.get(earlier.code, ""))
    if first and not wrong and value < first:
        return f"{shown(field, value)} раньше, чем «{earlier.label}» ({shown(earlier, first)}). Проверьте обе даты."
    return ""


def _help(field: KindField) -> str:
    return f" {field.help}" if field.help else ""


def _confirmations(facts: RequestFacts, kind: RequestKind) -> Iterator[Finding]:
    for line in facts.lines:
        for entry in kind.confirmations:
            if entry.code not in line.confirmed:
                yield of_line(entry.rule, line, entry.code, entry.missing)


def _acts(facts: RequestFacts, kind: RequestKind, catalog: Catalog) -> Iterator[Finding]:
    """The list is re-issued yearly: for a year whose act is not in the catalogue a person looks (a warning)."""
    today = facts.today
    if kind.acts_rule is None or today is None or act_of(kind, today, catalog):
        return
    yield of_request(
        kind.acts_rule,
        "act",
        f"Номер постановления на {today.year} год в справочнике не записан. Внесите его в каталог (acts) или впишите в форму от руки.",
        Severity.WARNING,
    )


def act_of(kind: RequestKind, day: dt.date, catalog: Catalog) -> str:
    """The year's act as it is cited; "" when the catalogue has none."""
    acts = (act for code in kind.subsystems for act in catalog.subsystems[code].acts)
    return next((act.label for act in acts if act.year == day.year), "")
