"""One request: where it stands, what is missing and why, people, papers, letters, history, and what can be done."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from actions import requests
from web.dossiers import dossier
from web.installed import work_of
from web.rendering import page
from web.waiting import waiting

router = APIRouter()


@router.get("/requests/{number:int}")
def show_request(request: Request, number: int) -> Response:
    with work_of(request) as work:
        found = dossier(work, requests.get(work, number))
        return page(request, "request.html", it=found, waiting=waiting(work))
