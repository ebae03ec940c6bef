"""Who is going to sign: told by the kind's rule for this request, named by the person."""

from __future__ import annotations

import dataclasses
import datetime as dt

from catalog.kinds import KindField
from catalog.loading import OWN
from catalog.schema import Capacity
from catalog.wording import able, able_by_themselves
from cli.output import say
from cli.wizard.sheet import Sheet
from cli.wizard.talking import choice, line, tell_findings, value
from cli.wrapping import tell
from models.facts import SignatureFacts
from models.findings import Finding, Severity
from states.rules.signature import check_planned
from states.rules.signers import is_applicant, signer_rule
from states.rules.values import read_value

_PERSON = KindField(code="name", label="имя", type="person", rule="SGN-1")
_DAY = KindField(code="day", label="дата", type="date", rule="SGN-1")


def ask_signer(sheet: Sheet) -> None:
    facts = sheet.facts()
    rule = signer_rule(facts, sheet.catalog)
    applicant = rule is None or is_applicant(rule.body, facts, sheet.catalog)
    known = able(rule, sheet.catalog) if rule else able_by_themselves(sheet.catalog)
    options = [
        entry for entry in known if not entry.sole_proprietor or (applicant and sheet.organisation.sole_proprietor)
    ]
    if rule:
        tell(f"Подписывает {rule.label} [{rule.rule}].")
    now = sheet.signer or SignatureFacts()
    capacity = _ask_capacity(options, now, sheet)
    body = rule.body if rule and rule.body != OWN else ""
    is_head = applicant and capacity.rank == max(entry.rank for entry in options)
    suggested = now.name or (sheet.organisation.head_name if is_head else "")
    label = "Кто подпишет: фамилия, имя, отчество"
    required = bool(rule and rule.name_in_full)
    name = value(
        label,
        lambda text: _judge_name(text, required=required),
        current=suggested,
        required=required,
        help="Печатается под местом подписи. Enter – оставить.",
    )
    head = sheet.catalog.body(body)
    usual = now.post or (head.head if head else "") or (sheet.organisation.head_post if is_head else "")
    post = line(f"Его должность{f' [{usual}]' if usual else ''}") or usual
    sheet.signer = dataclasses.replace(now, capacity=capacity.code, body=body, seal_of="", name=name, post=post)
    if capacity.needs_attorney:
        _ask_attorney(sheet)
    tell_findings(check_planned(sheet.facts(), sheet.catalog))


def _ask_capacity(options: list[Capacity], now: SignatureFacts, sheet: Sheet) -> Capacity:
    codes = [entry.code for entry in options]
    own = next((place for place, entry in enumerate(options) if entry.sole_proprietor), 0)
    current = codes.index(now.capacity) if now.capacity in codes else own
    if len(options) == 1:
        return options[0]
    place = choice("В каком качестве подписывает", [entry.label for entry in options], current=current)
    return options[place or 0]


def _judge_name(text: str, *, required: bool) -> list[Finding]:
    if not text:
        return [Finding("SGN-1", Severity.ERROR, "Имя подписанта нужно полностью.")] if required else []
    problem = read_value(_PERSON, text)[1]
    return [Finding("SGN-1", Severity.ERROR, problem)] if problem else []


def _ask_attorney(sheet: Sheet) -> None:
    now = sheet.signer or SignatureFacts()
    number = (
        line(f"Номер доверенности{f' [{now.attorney_number}]' if now.attorney_number else ''}") or now.attorney_number
    )
    sheet.signer = now = dataclasses.replace(now, attorney_number=number)
    sheet.signer = now = dataclasses.replace(
        now, attorney_date=_ask_day("Дата доверенности", now.attorney_date, required=True)
    )
    sheet.signer = dataclasses.replace(now, attorney_until=_ask_day("Действует до", now.attorney_until, required=False))
    say("  Скан доверенности приложите вместе с подписанным сканом: request sign --attorney.")


def _ask_day(label: str, current: dt.date | None, *, required: bool) -> dt.date | None:
    shown = f"{current:%d.%m.%Y}" if current else ""
    day, problem = read_value(_DAY, value(label, _judge_day, current=shown, required=required))
    return dt.date.fromisoformat(day) if day and not problem else current


def _judge_day(text: str) -> list[Finding]:
    if not text:
        return [Finding("SGN-1", Severity.ERROR, "Дата доверенности нужна.")]
    problem = read_value(_DAY, text)[1]
    return [Finding("SGN-1", Severity.ERROR, problem)] if problem else []
