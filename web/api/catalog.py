"""The regulation as data: subsystems, request kinds, rules; and the desk's terms reckoned."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Annotated

from fastapi import APIRouter, Query, Request

from catalog.kinds import RequestKind
from catalog.rules import rules
from models.moments import zoned
from states.deadlines import deadline
from web.api.schemas.catalogue import KindBrief, KindOut, RuleOut, SubsystemOut
from web.api.schemas.deadlines import DeadlineOut, SkippedOut
from web.shell import installed

router = APIRouter(tags=["Каталог и сроки"])


@router.get("/catalog/subsystems", operation_id="listSubsystems", summary="Подсистемы и роли")
def list_subsystems(request: Request) -> list[SubsystemOut]:
    """Коды, которыми называют роли в заявках."""
    return [SubsystemOut.model_validate(entry) for entry in installed(request).catalog.subsystems.values()]


@router.get("/catalog/kinds", operation_id="listKinds", summary="Виды заявок")
def list_kinds(request: Request) -> list[KindBrief]:
    """Коротко; сведения и приложения вида – по его коду."""
    return [KindBrief.model_validate(kind) for kind in installed(request).catalog.kinds.values()]


@router.get("/catalog/kinds/{code}", operation_id="getKind", summary="Вид заявки")
def show_kind(request: Request, code: str) -> KindOut:
    """Что спрашивает вид: сведения, приложения, подтверждения, возможные итоги."""
    found: RequestKind = installed(request).catalog.kind(code)
    return KindOut.model_validate(found)


@router.get("/catalog/rules", operation_id="listRules", summary="Правила регламента")
def list_rules() -> list[RuleOut]:
    """Что требует каждое правило и где это написано."""
    return [RuleOut.model_validate(rule) for rule in rules().values()]


@router.get("/deadline", operation_id="reckonDeadline", summary="Рассчитать срок")
def reckon(
    request: Request,
    start: Annotated[
        dt.datetime,
        Query(alias="from", description="Начало; без пояса – московское время", examples=["2026-11-23T10:00"]),
    ],
    hours: Annotated[Decimal, Query(description="Рабочие часы СТП", ge=0, le=10_000)] = Decimal(16),
) -> DeadlineOut:
    """В рабочих часах СТП по производственному календарю, с объяснением."""
    installation = installed(request)
    found = deadline(zoned(start), hours, installation.desk_schedule, installation.calendar)
    shorter = [SkippedOut(date=day.date, why=day.why) for day in found.shortened]
    return DeadlineOut.model_validate({**found.as_json(), "shortened": shorter})
