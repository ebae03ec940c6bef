"""One request: where it stands, what is missing and why, people, papers, letters, history, and what can be done."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from actions.requests import lookup
from views.requests.dossier import dossier
from views.requests.grid import view_of
from web.shell import looked, own, page, reading

router = APIRouter()


@router.get("/requests/{number:int}")
def show_request(request: Request, number: int, people: str = "1", only: str = "", history: str = "") -> Response:
    """`people` is a page of lines or "all", `only` an outcome, `history` "all" for every event."""
    with reading(request) as work:
        found = lookup.get(work, number)
        it = dossier(work, found, own(request), view_of(people, only), whole_history=history == "all")
        answer = page(request, "requests/request.html", it=it, whole_history=history == "all")
    looked(request, "request.viewed", lookup.subject(found))
    return answer
