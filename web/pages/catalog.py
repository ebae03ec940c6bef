"""The regulation as this installation reads it: subsystems, kinds of requests, rules, forms, the desk, the calendar."""

from __future__ import annotations

import datetime as dt
import re

from fastapi import APIRouter, Request, Response

from actions.context import NotFound, Work
from actions.post import destinations
from catalog.describing import describe_kind, describe_subsystem
from catalog.layouts import load_layouts
from catalog.media import media_text
from catalog.rules import rules
from catalog.wording import CONFIDENCE, FIELD_TYPES
from models.moments import MOSCOW
from views.catalogue.regulation import addresses, chapters, in_force, months, others, subsystems, unusual
from web.shell import page, reading, see_other
from web.shell.bodies import sought

router = APIRouter(prefix="/catalog")
_YEAR = re.compile(r"20\d\d", re.ASCII)


@router.get("")
def show_catalog(request: Request, text: str = "") -> Response:
    wanted = sought(text)
    with reading(request) as work:
        return page(
            request,
            "catalogue/catalog.html",
            subsystems=subsystems(work.catalog, _today(work), wanted),
            text=wanted,
            others=others(work.catalog, wanted),
            confidence=CONFIDENCE,
            total=len(work.catalog.subsystems),
            rules=len(rules()),
        )


def _today(work: Work) -> dt.date:
    return work.now.astimezone(MOSCOW).date()


@router.get("/subsystems/{subsystem}")
def show_subsystem(request: Request, subsystem: str) -> Response:
    with reading(request) as work:
        entry = work.catalog.subsystems.get(subsystem)
        if entry is None:
            raise NotFound("Такой подсистемы в каталоге нет.")
        levels = {level.code: level.label for level in work.catalog.organisations.levels}
        return page(
            request,
            "catalogue/subsystem.html",
            it=describe_subsystem(entry, work.catalog),
            entry=entry,
            levels=levels,
            labels={role.code: role.label for role in entry.roles},
            exclusions=work.catalog.exclusions,
            standing=in_force(entry, _today(work)),
            confidence=CONFIDENCE,
            rules=rules(),
        )


@router.get("/kinds/{kind}")
def show_kind(request: Request, kind: str) -> Response:
    with reading(request) as work:
        entry = work.catalog.kinds.get(kind)
        if entry is None:
            raise NotFound("Такого вида заявок в каталоге нет.")
        return page(
            request,
            "catalogue/kind.html",
            it=describe_kind(entry, work.catalog, work.policy.own_catalog),
            subsystems=[work.catalog.subsystems[each] for each in entry.subsystems],
            types=FIELD_TYPES,
            media=media_text,
            companion=work.catalog.kinds.get(entry.companion or ""),
            standing=in_force(entry, _today(work)),
            confidence=CONFIDENCE,
            rules=rules(),
        )


@router.get("/rules")
def show_rules(request: Request, text: str = "") -> Response:
    wanted = sought(text)
    with reading(request) as work:
        found = chapters(work.catalog, work.policy.own_catalog, wanted)
        return page(
            request,
            "catalogue/rules.html",
            chapters=found,
            text=wanted,
            total=len(rules()),
            shown=sum(len(chapter.rules) for chapter in found),
            confidence=CONFIDENCE,
        )


@router.get("/rules/{rule}")
def find_rule(rule: str) -> Response:
    """Where findings and colleagues' links lead: the rule among its neighbours."""
    wanted = rule.strip().upper()
    if wanted not in rules():
        raise NotFound("Правила с таким номером нет.")
    return see_other(f"/catalog/rules#{wanted}")


@router.get("/forms")
def show_forms(request: Request) -> Response:
    with reading(request) as work:
        used: dict[str, list[object]] = {}
        for kind in work.catalog.kinds.values():
            for form in describe_kind(kind, work.catalog, work.policy.own_catalog)["documents"]["forms"]:
                used.setdefault(form["code"], []).append(kind)
        return page(
            request,
            "catalogue/forms.html",
            forms=list(load_layouts(work.policy.own_catalog).values()),
            used=used,
            confidence=CONFIDENCE,
        )


@router.get("/desk")
def show_desk(request: Request) -> Response:
    with reading(request) as work:
        return page(
            request,
            "catalogue/desk.html",
            desk=work.catalog.desk,
            addresses=addresses(work.catalog, _today(work)),
            own=work.policy.desk_address,
            confirmed=destinations.is_confirmed(work),
            address=destinations.address(work),
            schedule=work.desk_schedule,
            links=list(work.catalog.links.values()),
            confidence=CONFIDENCE,
        )


@router.get("/calendar")
def show_calendar(request: Request, year: str = "") -> Response:
    with reading(request) as work:
        chosen = _year(year, _today(work).year)
        found = months(chosen, work.calendar)
        return page(
            request,
            "catalogue/calendar.html",
            year=chosen,
            months=found,
            unusual=unusual(found),
            today=_today(work),
            warning=work.calendar.warning(chosen),
            decreed=sorted({*work.calendar.table.decreed, *work.calendar.imported_years}),
        )


def _year(typed: str, present: int) -> int:
    year = typed.strip() or str(present)
    if not _YEAR.fullmatch(year):
        raise NotFound("Календаря на такой год нет. Год пишут четырьмя цифрами: 2026.")
    return int(year)
