"""The board: every request by state, what is overdue first."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from actions.context import NotFound
from models.request import Status
from states.guards import status_label
from web.boards import Filters, board
from web.installed import work_of
from web.rendering import page
from web.waiting import waiting

router = APIRouter()


@router.get("/")
def show_board(request: Request, state: str = "", inn: str = "", overdue: str = "", text: str = "") -> Response:
    filters = Filters(_status(state), inn.strip(), bool(overdue), text.strip()[:200])
    with work_of(request) as work:
        return page(
            request, "board.html", board=board(work, filters), filters=filters, states=Status,
            label=status_label, waiting=waiting(work), now=work.now,
        )


def _status(text: str) -> Status | None:
    try:
        return Status(text) if text else None
    except ValueError:
        raise NotFound("Такого состояния заявок нет.") from None
