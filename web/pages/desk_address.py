"""The desk's address: looked at and confirmed once; until then no letter leaves."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from actions.context import Conflict
from actions.post import destinations
from models.row_numbers import row_number
from web.shell import Form, page, reading, see_other, text, work_of

router = APIRouter(prefix=destinations.PAGE)


@router.get("")
def ask(request: Request, back: str = "") -> Response:
    """`back`: the request whose letters wait."""
    return _page(request, back)


@router.post("")
def confirm(request: Request, form: Form) -> Response:
    """A person's yes to the address that he was shown; another address asks again."""
    back = text(form, "back", 12)
    try:
        with work_of(request) as work:
            destinations.confirm_address(work, text(form, "address", 320))
    except Conflict as wrong:
        return _page(request, back, str(wrong))
    number = row_number(back)
    return see_other(f"/requests/{number}#letters" if number else destinations.PAGE)


def _page(request: Request, back: str, problem: str = "") -> Response:
    with reading(request) as work:
        desk = destinations.address(work)
        return page(
            request,
            "admin/desk-address.html",
            status=409 if problem else 200,
            desk=desk,
            yes=destinations.confirmation(work, desk),
            back=row_number(back),
            problem=problem,
            own=work.policy.desk_address is not None,
        )
