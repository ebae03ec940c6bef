"""Who is going to sign: told by the kind's rule for this request, named by the person."""

from __future__ import annotations

import dataclasses
import datetime as dt

from catalog.kinds import KindField
from catalog.schema import Capacity
from cli.output import say
from cli.wizard.sheet import Sheet
from cli.wizard.talking import choice, line, tell_findings, value
from cli.wrapping import tell
from models.facts import SignatureFacts
from models.findings import Finding, Severity
from states.rules.signature import check_planned
from states.rules.values import read_value
from views.offers.signer_offer import SignerOffer, signer_offer

_PERSON = KindField(code="name", label="имя", type="person", rule="SGN-1")
_DAY = KindField(code="day", label="дата", type="date", rule="SGN-1")


def ask_signer(sheet: Sheet) -> None:
    offer = signer_offer(sheet.facts(), sheet.catalog)
    if offer.rule:
        tell(f"Подписывает {offer.rule.label} [{offer.rule.rule}].")
    now, required = offer.planned, offer.name_in_full
    capacity = _ask_capacity(offer)
    name = value(
        "Кто подпишет: фамилия, имя, отчество",
        lambda text: _judge_name(text, required=required),
        current=now.name or (offer.head_name if offer.is_head(capacity) else ""),
        required=required,
        help="Печатается под местом подписи. Enter – оставить.",
    )
    usual = now.post or (offer.head_post if offer.elsewhere or offer.is_head(capacity) else "")
    post = line(f"Его должность{f' [{usual}]' if usual else ''}") or usual
    sheet.signer = dataclasses.replace(now, capacity=capacity.code, body=offer.body, seal_of="", name=name, post=post)
    if capacity.needs_attorney:
        _ask_attorney(sheet)
    tell_findings(check_planned(sheet.facts(), sheet.catalog))


def _ask_capacity(offer: SignerOffer) -> Capacity:
    codes = [entry.code for entry in offer.capacities]
    own = next((place for place, entry in enumerate(offer.capacities) if entry.sole_proprietor), 0)
    current = codes.index(offer.planned.capacity) if offer.planned.capacity in codes else own
    if len(codes) == 1:
        return offer.capacities[0]
    place = choice("В каком качестве подписывает", [entry.label for entry in offer.capacities], current=current)
    return offer.capacities[place or 0]


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
