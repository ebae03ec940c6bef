"""The audit log: searched, verified, exported."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any
from urllib.parse import urlencode

from fastapi import APIRouter, Request, Response
from starlette.responses import StreamingResponse

from actions.accounts import accounts
from actions.cards import organisations
from actions.context import NotFound, Work
from actions.log import audit, checking
from actions.log.audit import Anchor
from actions.requests import lookup
from documents.practice import TOLD
from models.row_numbers import row_number
from service import anchors
from states.moments import short_moment
from views.log import log_search
from views.log.lines import action_groups, actors, chosen_actions, lines
from views.log.log_search import MACHINE, Search
from views.people.days import date_of, midnight
from web.shell import installed, looked, notice, own, page, reading
from web.shell.bodies import sought
from web.shell.downloads import LOCKED_UP
from web.shell.sealed import token

router = APIRouter(prefix="/audit")


@dataclass(frozen=True, slots=True)
class Asked:
    """What was typed, what it means, and what of it means nothing."""

    typed: dict[str, str]
    search: Search
    problems: dict[str, str]
    about: str  # what stands in addresses for the subject

    @property
    def address(self) -> str:
        """The question as the end of an address, "" when everything is asked for."""
        return urlencode({name: value for name, value in {**self.typed, "about": self.about}.items() if value})


def _asked(request: Request, work: Work) -> Asked:
    typed = {name: sought(request.query_params.get(name, "")) for name in _READERS}
    problems: dict[str, str] = {}
    meant: dict[str, Any] = {}
    for name, value in typed.items():
        try:
            meant |= _READERS[name](work, value) if value else {}
        except (ValueError, LookupError) as wrong:
            problems[name] = str(wrong)
    user = own(request)
    accounts_too = user.only_of is None or user.administers
    return Asked(
        typed,
        Search(scoped=user.only_of is not None, accounts=accounts_too, **meant),
        problems,
        token(request, typed["about"]),
    )


def _actor(work: Work, value: str) -> str:
    if value == MACHINE:
        return MACHINE
    number = row_number(value)
    if number is None:
        raise ValueError("Выберите пользователя из списка.")
    return accounts.get(work, number).login


def _actions(value: str) -> tuple[str, ...]:
    found = chosen_actions(value)
    if found is None:
        raise ValueError("Выберите действие из списка.")
    return found


def _subject(work: Work, value: str) -> str:
    """A request by its number, an organisation by its ИНН, anything by its code in the log."""
    kind, colon, number = value.partition(":")
    if colon and kind.isascii():
        return f"{kind}:{number}"
    if value.isascii() and value.isdigit() and len(value) in (10, 12):
        card = organisations.find(work, value)
        if card is None:
            raise NotFound(f"Организации с ИНН {value} нет.")
        return f"organisation:{card.id}"
    return lookup.subject(lookup.find(work, value))


_READERS: Mapping[str, Callable[[Work, str], dict[str, Any]]] = {
    "since": lambda _, value: {"since": midnight(date_of(value))},
    "until": lambda _, value: {"until": midnight(date_of(value)) + dt.timedelta(days=1)},
    "who": lambda work, value: {"actor": _actor(work, value)},
    "action": lambda _, value: {"actions": _actions(value)},
    "about": lambda work, value: {"subject": _subject(work, value)},
}


@router.get("")
def show_audit(request: Request, before: str = "") -> Response:
    """A page of events; the next begins where this one ends, so new events shift nothing."""
    with reading(request) as work:
        asked = _asked(request, work)
        place = row_number(before)
        found = log_search.find(work, asked.search, place) if not asked.problems else log_search.Found((), None)
        return page(
            request,
            "audit/audit.html",
            status=422 if asked.problems else 200,
            typed=asked.typed,
            problems=asked.problems,
            address=asked.address,
            lines=lines(work, found.events, administers=own(request).administers),
            found=found,
            place=place,
            actors=actors(work),
            groups=action_groups(),
            machine=MACHINE,
            head=audit.anchor(work.session).seq,
            scoped=asked.search.scoped,
        )


@router.get("/verify")
def verify(request: Request, anchor: str = "", after: str = "") -> Response:
    """Piece by piece where the page can ask again by itself, the whole at once for a browser without scripts."""
    problem, known = "", []
    if anchor.strip():
        try:
            known = [Anchor.parse(anchor)]
        except ValueError as wrong:
            problem = str(wrong)
    begun = bool(after)
    with reading(request) as work:
        checked = None
        if begun and not problem:
            settings = installed(request).settings
            outside, seals = [*known, *anchors.outside(settings)], anchors.seals(settings)
            if request.headers.get("hx-request"):
                start = row_number(after) or 0
                checked = checking.check_piece(work.session, start, outside, seals)
            else:
                verdict = checking.check_whole(work.session, outside, seals)
                checked = checking.Checked(verdict.events, verdict.events, verdict)
        answer = page(
            request,
            "audit/verify.html",
            status=422 if problem else 200,
            anchor=anchor.strip(),
            problem=problem,
            checked=checked,
            head=audit.anchor(work.session),
            matches=audit.holds(work.session, known[0]) if known else None,
        )
    if checked and checked.verdict:
        looked(request, "audit.checked", "audit", ok=checked.verdict.ok, events=checked.verdict.events)
    return answer


@router.get("/export.csv")
def export_table(request: Request) -> Response:
    return _exported(request, "csv", "text/csv; charset=utf-8", _table)


@router.get("/export.jsonl")
def export_events(request: Request) -> Response:
    return _exported(request, "jsonl", "application/x-ndjson", _events)


@router.get("/chain.jsonl")
def export_chain(request: Request) -> Response:
    """The same as `audit export`: all of it, so that the chain can be checked elsewhere."""
    if own(request).only_of is not None:
        text = "Цепочку выгружают целиком, а вам видны не все организации. Попросите того, кто видит все."
        return notice(request, 403, text)
    looked(request, "audit.exported", "audit", what="chain")
    return _streamed(_chain(request), "chain.jsonl", "application/x-ndjson")


def _exported(request: Request, suffix: str, media_type: str, written: Any) -> Response:
    """Recorded before the first line leaves; which filters were set is told, not what they said."""
    with reading(request) as work:
        asked = _asked(request, work)
    if asked.problems:
        return notice(request, 422, " ".join(asked.problems.values()))
    looked(
        request,
        "audit.exported",
        "audit",
        what=suffix,
        filters=sorted(name for name, value in asked.typed.items() if value),
    )
    return _streamed(written(request, asked.search), f"audit.{suffix}", media_type)


def _streamed(body: Iterator[str], name: str, media_type: str) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="{name}"', **LOCKED_UP}
    return StreamingResponse(body, media_type=media_type, headers=headers)


def _chain(request: Request) -> Iterator[str]:
    with reading(request) as work:
        for event in audit.export(work.session):
            yield json.dumps(event, ensure_ascii=False) + "\n"


def _events(request: Request, search: Search) -> Iterator[str]:
    with reading(request) as work:
        for event in log_search.every(work, search):
            yield json.dumps(audit.exported(event), ensure_ascii=False) + "\n"


def _table(request: Request, search: Search) -> Iterator[str]:
    """For Excel as it is set up here: a mark of UTF-8, semicolons."""
    told = _row((TOLD,)) if installed(request).practice else ""
    yield "\ufeff" + told + _row(("№", "Когда (МСК)", "Логин", "Кто", "Что", "О чём", "Подробно"))
    with reading(request) as work:
        events = log_search.every(work, search)
        while some := list(islice(events, 500)):
            for line in lines(work, some):
                details = "; ".join(f"{key}: {value}" for key, value in line.details)
                event = line.event
                yield _row(
                    (str(event.seq), short_moment(event.at), event.actor, line.who, line.what, line.about, details)
                )


def _row(cells: tuple[str, ...]) -> str:
    held = io.StringIO()
    csv.writer(held, delimiter=";").writerow(
        [f"'{cell}" if cell.startswith(("=", "+", "-", "@", "\t", "\r", "\n")) else cell for cell in cells]
    )
    return held.getvalue()
