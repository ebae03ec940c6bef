"""The board: every request by state, what is late first; the same as a list, as a workbook, and a deadline explained."""

from __future__ import annotations

from functools import partial

from fastapi import APIRouter, Request, Response

from actions.context import Work
from actions.requests import lookup
from documents.tables.export import Value, table_xlsx
from models.moments import MOSCOW
from models.request import Status
from states.turn import TURNS
from states.words.requests import status_label
from views.board import order as boards
from views.board import searching
from views.board.addresses import chips, look_from
from views.board.cards import OFFERED, Card, board, cards
from views.board.counts import tally
from views.board.searching import Filters
from views.board.time_left import reckoning_of
from web.shell import looked, own, page, reading
from web.shell.downloads import download
from web.shell.sealed import token

router = APIRouter()
EXPORTED = 5000  # rows of a workbook: more of them nobody reads, and making them takes half a minute
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_HEADINGS = (
    "Номер", "Организация", "ИНН", "Вид заявки", "Состояние", "С какого времени", "Срок ответа", "Чей ход",
    "Что нужно", "Работников", "Версия", "Обращение",
)  # fmt: skip


@router.get("/")
def show_board(request: Request) -> Response:
    with reading(request) as work:
        look = look_from(request.query_params, own(request).login, work, partial(token, request))
        shown, people = board(work, look), searching.people_meant(work, look.filters)
        answer = page(
            request,
            "board/board.html",
            board=shown,
            look=look,
            chips=chips(look, work),
            turns=TURNS,
            states=Status,
            label=status_label,
            catalog=work.catalog,
            several=len(boards.with_requests(work, limit=2)) > 1,
            exported=EXPORTED,
        )
    _record_search(request, people)
    if request.headers.get("hx-request") and request.headers.get("hx-target") == "board":
        answer.headers["HX-Push-Url"] = look.on_page(look.page)  # less the filters that were left empty
    return answer


@router.get("/board/organisations")
def offer_organisations(request: Request) -> Response:
    """What the field of the filter proposes: fetched when the field is entered, a board does not carry 300 names."""
    with reading(request) as work:
        return page(request, "board/organisations.html", organisations=boards.with_requests(work, limit=OFFERED))


@router.get("/requests.xlsx")
def export_requests(request: Request) -> Response:
    """What is filtered, in the list's order; who took how many is recorded."""
    with reading(request) as work:
        look = look_from(request.query_params, own(request).login, work, partial(token, request))
        people, rows = (
            searching.people_meant(work, look.filters),
            _exported(work, searching.resolved(work, look.filters), look.order, look.descending),
        )
        title = f"Заявки {work.now.astimezone(MOSCOW):%d.%m.%Y}"
        data = table_xlsx(
            title, _HEADINGS, [_row(card) for card in rows], made_on=work.now.date(), practice=work.policy.practice
        )
    looked(request, "requests.exported", "requests", rows=len(rows), **({"employees": people} if people else {}))
    return download(data, f"{title}.xlsx", _XLSX)


@router.get("/requests/{number:int}/term")
def explain_term(request: Request, number: int) -> Response:
    """Which working hours were counted and which days skipped; a page of its own, from which a card takes its part."""
    with reading(request) as work:
        found = lookup.get(work, number)
        return page(request, "board/term.html", it=found, reckoning=reckoning_of(work, found))


def _record_search(request: Request, people: list[int] | None) -> None:
    """Whose requests were looked for is personal data: told by row numbers, never by what was typed."""
    if people is not None:
        looked(request, "people.searched", "requests", employees=people)


def _exported(work: Work, filters: Filters, order: str, descending: bool) -> list[Card]:
    states = tally(work, filters).states
    found = boards.in_order(work, filters, states, sort=order, descending=descending, limit=EXPORTED)
    return cards(work, boards.pairs(work, found))


def _row(card: Card) -> tuple[Value, ...]:
    found, organisation = card.request, card.organisation
    return (
        found.number, organisation.called, organisation.inn, card.title, card.label,
        found.status_since.astimezone(MOSCOW), found.due_at.astimezone(MOSCOW) if found.due_at else None, card.mover.who,
        card.mover.what, card.people or None, found.version, found.ticket or "",
    )  # fmt: skip
