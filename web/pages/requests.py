"""One request: where it stands, what is missing and why, people, papers, letters, history, and what can be done."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from actions.requests import lookup
from views.mail.waiting import waiting
from views.requests.dossier import dossier
from views.requests.grid import view_of
from web.shell.installed import looked, reading
from web.shell.rendering import page
from web.shell.users import own

router = APIRouter()


@router.get("/requests/{number:int}")
def show_request(request: Request, number: int, people: str = "1", only: str = "", history: str = "") -> Response:
    """`people` is a page of lines or "all", `only` an outcome, `history` "all" for every event."""
    with reading(request) as work:
        found = lookup.get(work, number)
        it = dossier(work, found, own(request), view_of(people, only), whole_history=history == "all")
        answer = page(request, "requests/request.html", it=it, waiting=waiting(work), whole_history=history == "all")
    looked(request, "request.viewed", lookup.subject(found))
    return answer
